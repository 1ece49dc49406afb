//go:build e2e && linux

package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
	"github.com/concord-registry/concord/storage/storetest"
)

// What a child says about a bit.
const (
	flipPassed   = "passed"   // the check has found nothing; what follows happens in the server itself
	flipDetected = "detected" // by the check, or named by the answer
	flipHarmless = "harmless"
	flipWrong    = "WRONG"
	flipRefused  = "REFUSED"
	flipHung     = "HUNG"
)

// flipFile names the file whose bits a child flips, flipDir where it makes its copy.
const (
	flipFile = "TORTURE_FLIP_FILE"
	flipDir  = "TORTURE_FLIP_DIR"
)

// flipWriteEvery is how many bits share one write to the file that a bit has not harmed.
const flipWriteEvery = 11

// flipChild turns this process into one that flips the bits that it is told and looks what comes of it, if it was started as
// one. A bit may end it, as it would end the child that checks a file before the server opens it.
func flipChild() {
	path := os.Getenv(flipFile)
	if path == "" {
		return
	}
	f, err := newFlips(path)
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		bit, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		if err := f.flip(bit); err != nil {
			panic(err)
		}
		fmt.Println(f.judge(bit%flipWriteEvery == 0))
	}
	_ = os.Remove(f.path)
	os.Exit(0)
}

// flips is what a child works with.
type flips struct {
	whole           []byte
	path            string   // of the copy with a flipped bit
	want, wantAfter []string // the answers before and after a write
}

func newFlips(path string) (*flips, error) {
	whole, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &flips{whole: whole, path: filepath.Join(os.Getenv(flipDir), fmt.Sprintf("%d.db", os.Getpid()))}
	if err := os.WriteFile(f.path, whole, 0o600); err != nil {
		return nil, err
	}
	if f.want, err = answersOf(f.path); err == nil {
		f.wantAfter, err = answersAfterAWrite(f.path)
	}
	return f, err
}

// flip makes the copy differ from the whole file in one bit.
func (f *flips) flip(bit int) error {
	f.whole[bit/8] ^= 1 << (bit % 8)
	err := os.WriteFile(f.path, f.whole, 0o600)
	f.whole[bit/8] ^= 1 << (bit % 8)
	return err
}

func (f *flips) judge(write bool) (verdict string) {
	if err := bolt.Check(context.Background(), f.path); errors.Is(err, storage.ErrCorrupt) {
		return flipDetected
	} else if err != nil {
		return refusedBecause(err)
	}
	fmt.Println(flipPassed)
	got, err := answersOf(f.path)
	if err != nil {
		return refusedBecause(err)
	}
	verdict = compare(got, f.want)
	if verdict != flipHarmless || !write {
		return verdict
	}
	if got, err = answersAfterAWrite(f.path); err != nil {
		return refusedBecause(err)
	}
	return compare(got, f.wantAfter)
}

// compare tells apart the right answers, answers of which some say that the data is damaged, and wrong ones.
func compare(got, want []string) string {
	if slices.Equal(got, want) {
		return flipHarmless
	}
	right := map[string]bool{}
	for _, line := range want {
		right[line] = true
	}
	damaged := 0
	for _, line := range got {
		switch {
		case strings.Contains(line, storage.ErrCorrupt.Error()):
			damaged++
		case !right[line]:
			return flipWrong + " " + line[:min(len(line), 500)]
		}
	}
	if damaged == 0 {
		return flipWrong + " and some are missing"
	}
	return flipDetected
}

func refusedBecause(err error) string {
	return flipRefused + " " + strings.ReplaceAll(err.Error(), "\n", " ")
}

// answersAfterAWrite registers a version, which takes pages off the list of free ones and gives others up, and makes sure
// that the file is whole after it.
func answersAfterAWrite(path string) (lines []string, err error) {
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return nil, err
	}
	record := storage.PutSchema(storage.SchemaValue{Subject: "written", Version: 1, ID: 900, Schema: `"bytes"`}, 1)
	_, err = store.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) { return []storage.Record{record}, nil, nil })
	if err := errors.Join(err, store.Close()); err != nil {
		return nil, err
	}
	if err := bolt.Check(context.Background(), path); err != nil {
		return nil, err
	}
	return answersOf(path)
}

// answersOf opens a data file as a server does, and asks it everything.
func answersOf(path string) (lines []string, err error) {
	store, err := bolt.Open(path, bolt.Options{ReadOnly: "its answers are compared"}) // the file is thrown away, and need not be synced
	if err != nil {
		return nil, err
	}
	err = store.View(func(v storage.View) error { lines = storetest.Answers(v); return nil })
	return lines, errors.Join(err, store.Close())
}

// flipper is a child and what it says.
type flipper struct {
	cmd    *exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
}

func startFlipper(path, dir string) (*flipper, error) {
	f := &flipper{cmd: exec.Command(os.Args[0])}
	f.cmd.Env = append(os.Environ(), flipFile+"="+path, flipDir+"="+dir)
	var err error
	if f.stdin, err = f.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := f.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	f.stdout = bufio.NewReader(stdout)
	return f, f.cmd.Start()
}

// ask returns what comes of a bit; alive is false when the child has died over it.
func (f *flipper) ask(bit int) (verdict string, alive bool) {
	var stuck atomic.Bool
	hung := time.AfterFunc(patience, func() {
		stuck.Store(true)
		_ = f.cmd.Process.Kill()
	})
	defer hung.Stop()
	fmt.Fprintln(f.stdin, bit)
	line, err := f.stdout.ReadString('\n')
	passed := strings.TrimSpace(line) == flipPassed
	if passed {
		line, err = f.stdout.ReadString('\n')
	}
	switch {
	case err == nil:
		return strings.TrimSpace(line), true
	case stuck.Load():
		return flipHung, false
	case passed:
		return "CRASH of what the check has let pass", false
	}
	return flipDetected, false
}

func (f *flipper) end() {
	_ = f.stdin.Close()
	_ = f.cmd.Wait() // a child that a bit has ended says so by its answer
}

// memoryDir makes a folder that needs no syncing, where there can be one: a run over every bit writes its file half a million
// times.
func memoryDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "concord-flips-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// flipping hands out bits to children, and starts another one when a bit has ended one.
type flipping struct {
	path, dir string // of the file, and for copies of it

	mu       sync.Mutex
	verdicts map[string]int
	died     int // children that ended during the check, as that of a server would
}

// work takes bits until there are none.
func (all *flipping) work(t *testing.T, bits <-chan int) {
	var f *flipper
	ask := func(bit int) (verdict string, alive bool) {
		if f == nil {
			var err error
			if f, err = startFlipper(all.path, all.dir); err != nil {
				return "CANNOT START " + err.Error(), true
			}
		}
		if verdict, alive = f.ask(bit); !alive {
			f.end()
			f = nil
		}
		return verdict, alive
	}
	for bit := range bits {
		verdict, alive := ask(bit)
		if !alive { // over this bit, or over what an earlier one has left in its memory, or because the machine stood still
			verdict, alive = ask(bit)
		}
		all.record(t, bit, verdict, alive)
	}
	if f != nil {
		f.end()
	}
}

func (all *flipping) record(t *testing.T, bit int, verdict string, alive bool) {
	all.mu.Lock()
	defer all.mu.Unlock()
	kind, _, _ := strings.Cut(verdict, " ")
	all.verdicts[kind]++
	if !alive && kind == flipDetected {
		all.died++
	}
	if kind != flipDetected && kind != flipHarmless && all.verdicts[kind] < 20 {
		t.Errorf("bit %d of byte %d: %s", bit%8, bit/8, verdict)
	}
}

// TestEveryBitThatFlipsIsHarmlessOrDetected checks and opens the file with one bit flipped, as a start does.
func TestEveryBitThatFlipsIsHarmlessOrDetected(t *testing.T) {
	path := sample(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	total := int(info.Size()) * 8
	bits := rand.New(rand.NewPCG(1, 1)).Perm(total)
	bits = bits[:min(total, size(t, "FLIPS", 400, total))]
	all := flipping{path: path, dir: memoryDir(t), verdicts: map[string]int{}}
	queue := make(chan int)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() { all.work(t, queue) })
	}
	for i, bit := range bits {
		queue <- bit
		if (i+1)%50_000 == 0 {
			t.Logf("%d bits", i+1)
		}
	}
	close(queue)
	workers.Wait()
	detected, harmless := all.verdicts[flipDetected], all.verdicts[flipHarmless]
	report(t, "flipped bits: %d of the %d of a file; %d detected (%d by the end of the checking process), %d without effect, %d wrong or worse",
		len(bits), total, detected, all.died, harmless, len(bits)-detected-harmless)
	if detected == 0 || harmless == 0 {
		t.Error("the bits do not cover both used and unused places")
	}
}
