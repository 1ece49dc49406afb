//go:build e2e && linux

package torture

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/torture/disk"
)

// faulty is a server on a disk that fails, and clients that write to it.
type faulty struct {
	t       *testing.T
	disk    *disk.Disk
	server  *server
	random  *rand.Rand
	ledgers []*ledger // one for each client
	stop    chan struct{}
	clients sync.WaitGroup

	acknowledged, full, failed, asked atomic.Int64
}

// begin starts a server on a new disk.
func begin(t *testing.T, seed uint64) *faulty {
	d := mount(t, nil)
	f := &faulty{t: t, disk: d, random: rand.New(rand.NewPCG(seed, 3))}
	f.server = mustStart(t, filepath.Join(d.Dir, "concord.db"))
	t.Cleanup(func() {
		f.server.Kill()
		if err := d.Unmount(); err != nil {
			t.Error(err)
		}
	})
	for c := range 8 {
		f.ledgers = append(f.ledgers, &ledger{subject: fmt.Sprintf("f-%d", c)})
	}
	return f
}

// write lets every client write until halt, or until one of its writes fails for another reason than want of space.
func (f *faulty) write() {
	f.stop = make(chan struct{})
	for c, l := range f.ledgers {
		random := rand.New(rand.NewPCG(f.random.Uint64(), uint64(c)))
		f.clients.Go(func() {
			for {
				select {
				case <-f.stop:
					return
				default:
				}
				status, message, err := l.send(f.server, l.choose(random))
				switch {
				case err == nil && status == http.StatusOK:
					f.acknowledged.Add(1)
				case err == nil && status == http.StatusInternalServerError && strings.Contains(message, "disk is full: nothing was written"):
					f.full.Add(1)
					l.pending = nil // so the server says
				case err == nil && status == http.StatusInternalServerError:
					f.failed.Add(1)
					return
				default:
					f.t.Errorf("%s %s: %d %s, %v", l.pending.method, l.pending.path, status, message, err)
					return
				}
			}
		})
	}
}

func (f *faulty) halt() {
	close(f.stop)
	f.clients.Wait()
}

// await waits until something has happened n times more.
func (f *faulty) await(n int64, what *atomic.Int64) {
	f.t.Helper()
	n += what.Load()
	for deadline := time.Now().Add(patience); what.Load() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			f.t.Fatalf("%d acknowledged, %d refused for want of space, %d failed", f.acknowledged.Load(), f.full.Load(), f.failed.Load())
		}
	}
}

// verify compares what the server shows with what is known.
func (f *faulty) verify(when string) {
	f.t.Helper()
	for _, l := range f.ledgers {
		if err := l.verify(f.server, nil); err != nil {
			f.t.Errorf("%s: %v", when, err)
		}
	}
}

// restart cuts the power and starts a server on what is left.
func (f *faulty) restart() {
	f.t.Helper()
	image := f.disk.Cut(f.random)
	f.server.Kill()
	d := mount(f.t, image)
	f.server = mustStart(f.t, filepath.Join(d.Dir, "concord.db"))
	f.t.Cleanup(func() {
		f.server.Kill()
		if err := d.Unmount(); err != nil {
			f.t.Error(err)
		}
	})
}

// TestADiskThatFailsStopsWritesForGood: nothing is acknowledged after a sync or a write has failed, even when the next one
// would succeed, because the system may have dropped what it could not write. What is shown until the restart is still there
// after it.
func TestADiskThatFailsStopsWritesForGood(t *testing.T) {
	rounds := size(t, "FAULTS", 2, 20)
	acknowledged, unknown := 0, 0
	for _, fault := range []struct {
		name   string
		faults func(round int) disk.Faults
	}{
		{"sync", func(round int) disk.Faults { return disk.Faults{Sync: syscall.EIO, Spared: round % 4} }},
		{"sync for want of space", func(round int) disk.Faults { return disk.Faults{Sync: syscall.ENOSPC, Spared: round % 4} }},
		{"write", func(int) disk.Faults { return disk.Faults{Write: syscall.EIO} }},
	} {
		for round := range rounds {
			t.Run(fmt.Sprintf("%s %d", fault.name, round), func(t *testing.T) {
				f := begin(t, uint64(round))
				f.write()
				f.await(30, &f.acknowledged)
				f.disk.Set(fault.faults(round))
				f.clients.Wait()
				f.disk.Set(disk.Faults{})
				for range 20 {
					status, answer, err := f.server.Do(http.MethodPost, "/subjects/later/versions", map[string]string{"schema": `"string"`})
					if status != http.StatusInternalServerError || !strings.Contains(string(answer), "read-only") {
						t.Fatalf("a write after the failure: %d %s, %v", status, answer, err)
					}
				}
				if status, answer, err := f.server.Do(http.MethodGet, "/health/ready", nil); status != http.StatusServiceUnavailable || !strings.Contains(string(answer), "restart") {
					t.Errorf("the readiness check: %d %s, %v", status, answer, err)
				}
				if status, _, err := f.server.Do(http.MethodGet, "/health/live", nil); status != http.StatusOK {
					t.Errorf("the liveness check: %d, %v", status, err)
				}
				if _, answer, err := f.server.Do(http.MethodGet, "/metrics", nil); !strings.Contains(string(answer), "\nregistry_store_writable 0\n") {
					t.Errorf("the metrics do not tell: %v", err)
				}
				acknowledged += int(f.acknowledged.Load())
				unknown += int(f.failed.Load())
				f.verify("before the restart")
				f.restart()
				f.verify("after the restart")
				if status, answer, err := f.server.Do(http.MethodPost, "/subjects/later/versions", map[string]string{"schema": `"string"`}); status != http.StatusOK {
					t.Errorf("a write after the restart: %d %s, %v", status, answer, err)
				}
			})
		}
	}
	report(t, "failing disks: %d; %d writes acknowledged before, %d failed; 0 acknowledged after; losses: %t", 3*rounds, acknowledged, unknown, t.Failed())
}

// TestADiskThatCannotBeReadIsAnErrorOfTheRequest: the file is mapped into memory, where a page that cannot be read is a fault
// of the process. It must not be its end.
func TestADiskThatCannotBeReadIsAnErrorOfTheRequest(t *testing.T) {
	withheld := 0
	for round := range size(t, "UNREADABLE", 2, 50) {
		f := begin(t, uint64(round))
		f.write()
		f.await(100, &f.acknowledged)
		f.halt()
		f.disk.Set(disk.Faults{Read: syscall.EIO})
		if err := f.disk.Forget(); err != nil {
			t.Fatal(err)
		}
		for n := range 200 {
			l := f.ledgers[n%len(f.ledgers)]
			found, err := l.read(f.server)
			if err == nil && !found.equals(l.state) {
				t.Errorf("%s is %+v; acknowledged was %+v", l.subject, found, l.state)
			}
			if err != nil {
				withheld++
			}
		}
		select {
		case <-f.server.Ended:
			t.Fatalf("the server ends with %v: %.3000s", f.server.Exit(), f.server.Log())
		default:
		}
		f.disk.Set(disk.Faults{})
		f.verify("when it can be read again")
		f.restart()
		f.verify("after a power cut")
	}
	report(t, "disks that cannot be read: %d answers withheld; wrong ones: %t", withheld, t.Failed())
	if withheld == 0 {
		t.Error("nothing was read from the disk")
	}
}

func TestAFullDiskRefusesWritesUntilThereIsSpace(t *testing.T) {
	acknowledged, full := int64(0), int64(0)
	for round := range size(t, "FULL", 2, 20) {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			f := begin(t, uint64(round))
			f.write()
			for range 3 {
				f.await(30, &f.acknowledged)
				f.disk.Set(disk.Faults{Full: true})
				f.await(50, &f.full)
				f.halt()
				f.verify("on a full disk") // also what was refused: it is not there
				f.disk.Set(disk.Faults{})
				f.write()
			}
			f.await(30, &f.acknowledged)
			f.halt()
			if status, answer, err := f.server.Do(http.MethodGet, "/health/ready", nil); status != http.StatusOK {
				t.Errorf("with space again: %d %s, %v", status, answer, err)
			}
			f.restart()
			f.verify("after a power cut")
			acknowledged, full = acknowledged+f.acknowledged.Load(), full+f.full.Load()
			if n := f.failed.Load(); n > 0 {
				t.Errorf("%d writes failed for another reason", n)
			}
		})
	}
	report(t, "full disks: %d writes acknowledged, %d refused, writes again without a restart; losses: %t", acknowledged, full, t.Failed())
}

func TestShortWritesAreFinished(t *testing.T) {
	f := begin(t, 1)
	f.disk.Set(disk.Faults{Short: true})
	f.write()
	f.await(int64(size(t, "SHORT", 200, 5000)), &f.acknowledged)
	f.halt()
	f.restart()
	f.verify("after a power cut")
	if n := f.failed.Load(); n > 0 {
		t.Errorf("%d writes failed", n)
	}
	writes, _ := f.disk.Work()
	report(t, "short writes: %d of the disk, %d acknowledged; losses: %t", writes, f.acknowledged.Load(), t.Failed())
}

// slowSync is how long a sync takes on a slow disk, and slowRead what a read may take meanwhile at the 99th percentile, on a machine
// where reads do not take long anyway. On an idle one it takes a millisecond; a read that waits for a sync takes half of one on
// average.
const (
	slowSync = 500 * time.Millisecond
	slowRead = 200 * time.Millisecond
)

// reads asks again and again for some time, by a few clients, and returns how long each answer took, sorted.
func (f *faulty) reads(t *testing.T, span time.Duration) (times []time.Duration) {
	t.Helper()
	var mu sync.Mutex
	end := time.Now().Add(span)
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for time.Now().Before(end) {
				began := time.Now()
				// No two requests are the same, so that none is answered from memory.
				status, _, err := f.server.Do(http.MethodGet, fmt.Sprintf("/subjects?limit=%d", f.asked.Add(1)), nil)
				if status != http.StatusOK {
					t.Errorf("%d, %v", status, err)
					return
				}
				mu.Lock()
				times = append(times, time.Since(began))
				mu.Unlock()
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	readers.Wait()
	slices.Sort(times)
	return times
}

func TestSlowSyncsDoNotDelayReaders(t *testing.T) {
	f := begin(t, 1)
	f.write()
	f.await(50, &f.acknowledged)
	span := time.Duration(size(t, "SLOW_SECONDS", 3, 30)) * time.Second
	alone := f.reads(t, span/3)
	f.disk.Set(disk.Faults{Delay: slowSync})
	f.await(1, &f.acknowledged)
	before := f.acknowledged.Load()
	limit := max(slowRead, 3*percentile(alone, 99))
	times := f.reads(t, span)
	// Readers that wait for syncs go on waiting; what a busy machine does passes.
	for try := 1; try < 5 && percentile(times, 99) > limit; try++ {
		report(t, "syncs of %v: measured again, reads take %v at the 99th percentile", slowSync, percentile(times, 99))
		times = f.reads(t, span)
	}
	written := f.acknowledged.Load() - before
	f.disk.Set(disk.Faults{})
	f.halt()
	report(t, "syncs of %v: %d reads, median %v, 99th percentile %v (%v without), meanwhile %d writes acknowledged",
		slowSync, len(times), percentile(times, 50), percentile(times, 99), percentile(alone, 99), written)
	if percentile(times, 99) > limit || percentile(times, 50) > slowRead {
		t.Errorf("reads take %v, and %v at the 99th percentile", percentile(times, 50), percentile(times, 99))
	}
	if written == 0 {
		t.Error("nobody wrote")
	}
}

func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[len(sorted)*p/100].Round(time.Microsecond)
}
