//go:build unix

package bolt

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/concord-registry/concord/storage"
)

// BenchmarkView reads as requests do, from a store of 1,000 and one of 100,000 schemas.
func BenchmarkView(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		s := mustOpen(b, newPath(b))
		register(b, s, size)
		read := func(name string, f func(v storage.View, n int) error) {
			b.Run(fmt.Sprintf("%s of %d", name, size), func(b *testing.B) {
				b.ReportAllocs()
				var n atomic.Int64
				b.RunParallel(func(p *testing.PB) {
					for p.Next() {
						i := int(n.Add(7919)) % size
						if err := s.View(func(v storage.View) error { return f(v, i) }); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
		read("nothing", func(storage.View, int) error { return nil })
		read("content by id", func(v storage.View, n int) error { _, err := v.Content(".", n+1); return err })
		read("owner and content by id", func(v storage.View, n int) error {
			owner, err := v.Owner(".", n+1)
			if err != nil || owner == nil {
				return fmt.Errorf("%v, %w", owner, err)
			}
			_, err = v.Content(".", n+1)
			return err
		})
		read("latest version", func(v storage.View, n int) error {
			row, err := v.Latest(fmt.Sprint("s", n+1))
			if err != nil {
				return err
			}
			_, err = v.Content(".", row.ID)
			return err
		})
	}
}

// BenchmarkUpdate registers new schemas from several writers at once, in a store that holds some already. One operation is one
// registration.
func BenchmarkUpdate(b *testing.B) {
	for _, size := range []int{1_000, 100_000} {
		s := mustOpen(b, newPath(b))
		register(b, s, size)
		var next atomic.Int64
		next.Store(int64(size))
		for _, writers := range []int{1, 16, 128} {
			b.Run(fmt.Sprintf("%d writers at %d", writers, size), func(b *testing.B) {
				commits, pages, cpu := s.Status().Committed, pagesWritten(s), processorTime()
				last := next.Load() + int64(b.N)
				var wg sync.WaitGroup
				for range writers {
					wg.Go(func() {
						for n := next.Add(1); n <= last; n = next.Add(1) {
							_, err := s.Update(context.Background(), func(v storage.View) ([]storage.Record, any, error) {
								id, err := v.HighestID(".")
								return []storage.Record{version(fmt.Sprint("s", n), 1, id+1)}, nil, err
							})
							if err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
				b.StopTimer()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "registrations/s")
				b.ReportMetric(float64(b.N)/float64(s.Status().Committed-commits), "registrations/commit")
				b.ReportMetric(float64(pagesWritten(s)-pages)/float64(b.N), "pages/op")
				b.ReportMetric(float64((processorTime()-cpu).Microseconds())/float64(b.N), "µs-cpu/op")
			})
		}
	}
}

// register fills a store with so many schemas, each under a subject of its own.
func register(b *testing.B, s *Store, size int) {
	for from := 0; from < size; from += 10_000 {
		var records []storage.Record
		for id := from + 1; id <= min(from+10_000, size); id++ {
			records = append(records, version(fmt.Sprint("s", id), 1, id))
		}
		if err := apply(s, records...); err != nil {
			b.Fatal(err)
		}
	}
}

// pagesWritten is how many pages the commits of a store have written so far.
func pagesWritten(s *Store) int64 {
	stats := s.db.Stats()
	return stats.TxStats.GetPageAlloc() / int64(s.db.Info().PageSize)
}

// processorTime is what this process has used of the processors.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
