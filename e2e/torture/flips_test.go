//go:build e2e && linux

package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
	"github.com/concord-registry/concord/storage/storetest"
)

// sample lets the server write a data file with some of everything, and compacts it so that few of its bits mean nothing.
func sample(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "sample.db")
	s := mustStart(t, path)
	for i := range 12 {
		subject := fmt.Sprintf("subject-%d", i)
		requireOK(t, s, http.MethodPut, "/config/"+subject, map[string]any{
			"compatibility": "BACKWARD", "defaultMetadata": map[string]any{"properties": map[string]string{"owner": strings.Repeat(subject+" ", 20)}},
		})
		for v := range 2 {
			requireOK(t, s, http.MethodPost, "/subjects/"+subject+"/versions", map[string]string{"schema": fmt.Sprintf(
				`{"type":"record","name":"R%d","doc":"%s","fields":[{"name":"f%d","type":"string","default":""}]}`, i, strings.Repeat("words ", 30), v)})
		}
		if i%3 == 0 {
			requireOK(t, s, http.MethodPut, "/mode/"+subject, map[string]string{"mode": "READONLY"})
		}
		if i%3 == 1 {
			requireOK(t, s, http.MethodDelete, "/subjects/"+subject+"/versions/1", nil)
		}
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "compact", "--data", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func requireOK(t *testing.T, s *server, method, path string, body any) {
	t.Helper()
	if status, answer, err := s.do(method, path, body); err != nil || status != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", method, path, status, answer, err)
	}
}

// What a child says about a bit.
const (
	flipPassed   = "passed"   // the check has found nothing; what follows happens in the server itself
	flipDetected = "detected" // by the check
	flipHarmless = "harmless"
	flipWrong    = "WRONG"
	flipRefused  = "REFUSED"
)

// flipFile names the file whose bits a child flips.
const flipFile = "TORTURE_FLIP_FILE"

// flipChild turns this process into one that flips the bits that it is told and looks what comes of it, if it was started as
// one. A bit may end it, as it would end the child that checks a file before the server opens it.
func flipChild() {
	path := os.Getenv(flipFile)
	if path == "" {
		return
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	flipped := fmt.Sprintf("%s.%d", path, os.Getpid())
	defer os.Remove(flipped)
	want, err := answersOf(path)
	if err != nil {
		panic(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		bit, err := strconv.Atoi(lines.Text())
		if err != nil {
			panic(err)
		}
		whole[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(flipped, whole, 0o600); err != nil {
			panic(err)
		}
		whole[bit/8] ^= 1 << (bit % 8)
		fmt.Println(flipOne(flipped, want))
	}
	_ = os.Remove(flipped)
	os.Exit(0)
}

func flipOne(path string, want []string) string {
	if err := bolt.Check(context.Background(), path); errors.Is(err, storage.ErrCorrupt) {
		return flipDetected
	} else if err != nil {
		return flipRefused + " " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	fmt.Println(flipPassed)
	got, err := answersOf(path)
	switch {
	case err != nil:
		return flipRefused + " " + strings.ReplaceAll(err.Error(), "\n", " ")
	case !slices.Equal(got, want):
		return flipWrong
	}
	return flipHarmless
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

func startFlipper(path string) (*flipper, error) {
	f := &flipper{cmd: exec.Command(os.Args[0])}
	f.cmd.Env = append(os.Environ(), flipFile+"="+path)
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
	hung := time.AfterFunc(patience, func() { _ = f.cmd.Process.Kill() })
	defer hung.Stop()
	fmt.Fprintln(f.stdin, bit)
	line, err := f.stdout.ReadString('\n')
	if err != nil {
		return flipDetected, false
	}
	if strings.TrimSpace(line) != flipPassed {
		return strings.TrimSpace(line), true
	}
	if line, err = f.stdout.ReadString('\n'); err != nil {
		return "CRASH of what the check has let pass", false
	}
	return strings.TrimSpace(line), true
}

func (f *flipper) end() {
	_ = f.stdin.Close()
	_ = f.cmd.Wait() // a child that a bit has ended says so by its answer
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
	var mu sync.Mutex
	verdicts := map[string]int{}
	died := 0
	queue := make(chan int)
	var workers sync.WaitGroup
	for range 2 {
		workers.Go(func() {
			var f *flipper
			for bit := range queue {
				if f == nil {
					var err error
					if f, err = startFlipper(path); err != nil {
						t.Error(err)
						return
					}
				}
				verdict, alive := f.ask(bit)
				if !alive {
					f.end()
					f = nil
				}
				mu.Lock()
				kind, _, _ := strings.Cut(verdict, " ")
				verdicts[kind]++
				if !alive {
					died++
				}
				if kind != flipDetected && kind != flipHarmless && verdicts[kind] < 20 {
					t.Errorf("bit %d of byte %d: %s", bit%8, bit/8, verdict)
				}
				mu.Unlock()
			}
			if f != nil {
				f.end()
			}
		})
	}
	for _, bit := range bits {
		queue <- bit
	}
	close(queue)
	workers.Wait()
	report(t, "flipped bits: %d of the %d of a file; %d detected (%d by the end of the checking process), %d without effect, %d wrong or worse",
		len(bits), total, verdicts[flipDetected], died, verdicts[flipHarmless], len(bits)-verdicts[flipDetected]-verdicts[flipHarmless])
	if verdicts[flipDetected] == 0 || verdicts[flipHarmless] == 0 {
		t.Error("the bits do not cover both used and unused places")
	}
}

// everything is all that a server answers about its state.
func everything(s *server) (string, error) {
	var all strings.Builder
	get := func(path string) error {
		status, answer, err := s.do(http.MethodGet, path, nil)
		fmt.Fprintf(&all, "%s: %d %s\n", path, status, answer)
		return err
	}
	for _, path := range []string{"/subjects?deleted=true", "/schemas?deleted=true", "/schemas", "/contexts", "/config", "/mode"} {
		if err := get(path); err != nil {
			return "", err
		}
	}
	for i := range 12 {
		for _, path := range []string{"/config/subject-%d", "/mode/subject-%d", "/subjects/subject-%d/versions"} {
			if err := get(fmt.Sprintf(path, i)); err != nil {
				return "", err
			}
		}
	}
	return all.String(), nil
}

// flipServer starts a server on the sample with a bit flipped, and says what it does.
func flipServer(t *testing.T, program string, env []string, whole []byte, bit int, want string) (verdict string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "flipped.db")
	data := slices.Clone(whole)
	data[bit/8] ^= 1 << (bit % 8)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := start(program, path, env)
	if err != nil {
		return "CRASH " + err.Error()
	}
	defer s.kill()
	got, err := everything(s)
	switch {
	case err != nil:
		return "CRASH " + err.Error()
	case s.quarantined:
		if status, _, err := s.do(http.MethodGet, "/health/live", nil); err != nil || status != http.StatusOK {
			return "CRASH in quarantine"
		}
		return flipDetected
	case got == want:
		return flipHarmless
	case strings.Contains(got, "Stored data is damaged"):
		return flipDetected
	}
	return flipWrong
}

// sampled returns the bytes of the sample and what a server answers from it.
func sampled(t *testing.T) (whole []byte, want string) {
	t.Helper()
	path := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, path)
	if want, err = everything(s); err != nil {
		t.Fatal(err)
	}
	s.kill()
	return whole, want
}

// TestAServerOnAFlippedBitAnswersRightOrNotAtAll goes the whole way: it serves, or stays up and says that it cannot.
func TestAServerOnAFlippedBitAnswersRightOrNotAtAll(t *testing.T) {
	whole, want := sampled(t)
	random := rand.New(rand.NewPCG(2, 1))
	verdicts := map[string]int{}
	n := size(t, "FLIPPED_STARTS", 10, 1000)
	for range n {
		bit := random.IntN(len(whole) * 8)
		verdict := flipServer(t, binary, nil, whole, bit, want)
		verdicts[verdict]++
		if verdict != flipDetected && verdict != flipHarmless {
			t.Errorf("bit %d of byte %d: %s", bit%8, bit/8, verdict)
		}
	}
	report(t, "starts on a flipped bit: %d; %d detected, %d without effect, %d wrong or worse", n, verdicts[flipDetected], verdicts[flipHarmless], n-verdicts[flipDetected]-verdicts[flipHarmless])
}

// TestAServerWithoutChecksumsGivesWrongAnswers: the same bits find it out.
func TestAServerWithoutChecksumsGivesWrongAnswers(t *testing.T) {
	program := mutants(t)
	whole, want := sampled(t)
	random := rand.New(rand.NewPCG(3, 1))
	for n := range 300 {
		bit := random.IntN(len(whole) * 8)
		if flipServer(t, program, []string{"MUTANT=no-checksum"}, whole, bit, want) == flipWrong {
			report(t, "flipped bits without checksums: a wrong answer after %d", n+1)
			return
		}
	}
	t.Error("300 flipped bits and no wrong answer without checksums: the test of flipped bits proves nothing")
}
