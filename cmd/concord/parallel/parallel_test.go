package parallel_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/concord-registry/concord/cmd/concord/parallel"
)

func TestEachTakesEveryItemAndNoMoreAtATimeThanItMay(t *testing.T) {
	items := make([]int, 100)
	for i := range items {
		items[i] = i
	}
	for _, jobs := range []int{-1, 1, 7, 1000} {
		var sum, running atomic.Int64
		err := parallel.Each(t.Context(), jobs, items, func(_ context.Context, item int) error {
			if n := running.Add(1); n > int64(max(jobs, 1)) {
				t.Errorf("%d of %d jobs", n, jobs)
			}
			sum.Add(int64(item))
			running.Add(-1)
			return nil
		})
		if err != nil || sum.Load() != 4950 {
			t.Errorf("%d jobs: the sum is %d, %v", jobs, sum.Load(), err)
		}
	}
	if err := parallel.Each(t.Context(), 3, nil, func(context.Context, int) error { return errors.New("called") }); err != nil {
		t.Error(err)
	}
}

func TestAnErrorEndsTheWork(t *testing.T) {
	fault := errors.New("fault")
	calls := 0
	err := parallel.Each(t.Context(), 1, []int{1, 2, 3}, func(_ context.Context, item int) error {
		calls++
		if item == 2 {
			return fault
		}
		return nil
	})
	if !errors.Is(err, fault) || calls != 2 {
		t.Errorf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = parallel.Each(ctx, 2, []int{1, 2, 3}, func(context.Context, int) error { return fault })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of its context: %v", err)
	}
}
