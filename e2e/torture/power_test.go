//go:build e2e && linux

package torture

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/torture/disk"
	"github.com/concord-registry/concord/storage/bolt"
)

// Clients of a server whose power is cut, and the subjects that each of them writes to between two cuts.
const (
	powerClients  = 16
	powerSubjects = 3
)

// mount mounts a disk; without FUSE it skips the test.
func mount(t *testing.T, image disk.Image) *disk.Disk {
	t.Helper()
	dir, err := os.MkdirTemp(scratch, "disk-")
	if err != nil {
		t.Fatal(err)
	}
	d, err := disk.Mount(dir, image)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("SKIPPED, nothing is proven here: %v; this test needs Linux, root and /dev/fuse", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// outage is a run of power cuts over one disk.
type outage struct {
	program string
	env     []string
	random  *rand.Rand
	image   disk.Image
	ledgers []*ledger // of all rounds
	fresh   []*ledger // that were written to since they were last verified
	watcher watcher

	cuts, early, acknowledged, unknown, writes, syncs int
	problems                                          []string
}

func newOutage(program string, env ...string) *outage {
	return &outage{
		program: program, env: env, random: rand.New(rand.NewPCG(8, 1)),
		watcher: watcher{seen: map[string]bool{}, next: 1},
	}
}

func (o *outage) problem(format string, args ...any) {
	if len(o.problems) < 20 {
		o.problems = append(o.problems, fmt.Sprintf("cut %d: %.2000s", o.cuts, fmt.Sprintf(format, args...)))
	}
}

// round starts a server on what the last cut has left, looks for what it had promised, writes, and cuts the power. One cut in
// five comes while the server starts.
func (o *outage) round(t *testing.T) {
	d := mount(t, o.image)
	d.Set(disk.Faults{Delay: time.Duration(o.random.IntN(2000)) * time.Microsecond})
	data := filepath.Join(d.Dir, "concord.db")
	var s *server
	defer func() {
		o.image = d.Cut(o.random)
		if s != nil {
			s.Kill()
		}
		writes, syncs := d.Work()
		o.cuts, o.writes, o.syncs = o.cuts+1, o.writes+writes, o.syncs+syncs
		if err := d.Unmount(); err != nil {
			t.Fatal(err)
		}
	}()
	var err error
	if o.random.IntN(5) == 0 {
		o.early++
		if s, _, err = launch(o.program, data, o.env); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(o.random.IntN(150)) * time.Millisecond)
		return
	}
	if s = o.start(data); s == nil {
		return
	}
	o.verify(s, o.fresh)
	o.fresh = nil
	o.load(s, func() { d.Cut(o.random) })
}

// start starts the server; nil when it does not serve, which is a problem.
func (o *outage) start(data string) *server {
	s, err := start(o.program, data, o.env)
	switch {
	case err != nil:
		o.problem("%v", err)
		return nil
	case s.Quarantined:
		o.problem("the data file is damaged: %s", s.Log())
		s.Kill()
		return nil
	}
	return s
}

func (o *outage) verify(s *server, ledgers []*ledger) {
	var mu sync.Mutex
	each(len(ledgers), func(i int) {
		if err := ledgers[i].verify(s, o.watcher.seen); err != nil {
			mu.Lock()
			defer mu.Unlock()
			o.problem("%v", err)
		}
	})
}

// load writes until the power is cut.
func (o *outage) load(s *server, cut func()) {
	var acknowledged, unknown atomic.Int64
	var refusals sync.Map
	var clients sync.WaitGroup
	for c := range powerClients {
		random := rand.New(rand.NewPCG(uint64(o.cuts), uint64(c)))
		var mine []*ledger
		for n := range powerSubjects {
			mine = append(mine, &ledger{subject: fmt.Sprintf("s-%d-%d-%d", o.cuts, c, n)})
		}
		if len(o.ledgers) > 0 && len(o.fresh) == 0 { // and one of an earlier round
			old := o.ledgers[o.random.IntN(len(o.ledgers))]
			mine = append(mine, old)
		}
		o.ledgers, o.fresh = append(o.ledgers, mine[:powerSubjects]...), append(o.fresh, mine...)
		clients.Go(func() {
			for {
				l := mine[random.IntN(len(mine))]
				status, _, err := l.send(s, l.choose(random))
				switch {
				case err == nil && status == http.StatusOK:
					acknowledged.Add(1)
				case err == nil && status < http.StatusInternalServerError:
					refusals.Store(fmt.Sprintf("%s: %s %s is refused with %d in state %+v", l.subject, l.pending.method, l.pending.path, status, l.state), true)
					return
				default: // the power is gone, and only the disk knows
					unknown.Add(1)
					return
				}
			}
		})
	}
	clients.Go(func() { o.watcher.watch(s) })
	time.Sleep(time.Duration(30+o.random.IntN(250)) * time.Millisecond)
	cut()
	s.Kill()
	clients.Wait()
	refusals.Range(func(refusal, _ any) bool { o.problem("%v", refusal); return true })
	o.acknowledged += int(acknowledged.Load())
	o.unknown += int(unknown.Load())
}

// finish looks for everything once more, and checks the whole file.
func (o *outage) finish(t *testing.T) {
	data := filepath.Join(t.TempDir(), "concord.db")
	for name, content := range o.image {
		if err := os.WriteFile(filepath.Join(filepath.Dir(data), name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := o.start(data)
	if s == nil {
		return
	}
	o.verify(s, o.ledgers)
	if err := s.Stop(); err != nil {
		o.problem("%v", err)
	}
	if err := bolt.CheckApart(t.Context(), data); err != nil {
		o.problem("%v", err)
	}
}

// each calls f with 0 … n-1 from several goroutines.
func each(n int, f func(i int)) {
	const workers = 16
	var wg sync.WaitGroup
	for worker := range workers {
		wg.Go(func() {
			for i := worker; i < n; i += workers {
				f(i)
			}
		})
	}
	wg.Wait()
}

// TestNothingAcknowledgedIsLostWhenThePowerIsCut also holds for what anybody has read, and for every kind of write.
func TestNothingAcknowledgedIsLostWhenThePowerIsCut(t *testing.T) {
	cuts := size(t, "CUTS", 15, 500)
	o := newOutage(binary)
	// A slow machine needs more of them for as many acknowledgements.
	for enough := 20 * cuts; (o.cuts < cuts || o.acknowledged < enough && o.cuts < 10*cuts) && len(o.problems) == 0; {
		o.round(t)
	}
	o.finish(t)
	for _, problem := range o.problems {
		t.Error(problem)
	}
	report(t, "power cuts: %d, %d of them during the start; %d writes acknowledged, %d with an unknown outcome; %d writes and %d syncs of the disk; %d losses",
		o.cuts, o.early, o.acknowledged, o.unknown, o.writes, o.syncs, len(o.problems))
	if o.acknowledged < 20*cuts {
		t.Errorf("%d acknowledgements are too few to prove anything", o.acknowledged)
	}
}

// TestAServerThatDoesNotSyncLosesWhatItAcknowledged: the same cuts find it out.
func TestAServerThatDoesNotSyncLosesWhatItAcknowledged(t *testing.T) {
	program := mutants(t)
	o := newOutage(program, "MUTANT=no-sync")
	for o.cuts < 300 && len(o.problems) == 0 { // a few are enough nearly always
		o.round(t)
	}
	report(t, "power cuts without syncs: found after %d cuts and %d acknowledged writes: %.200q", o.cuts, o.acknowledged, o.problems)
	if len(o.problems) == 0 {
		t.Error("a server that never syncs passes: the power cuts prove nothing")
	}
}
