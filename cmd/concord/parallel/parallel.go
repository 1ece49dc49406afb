// Package parallel does something for many items, several at a time.
package parallel

import (
	"context"
	"sync"
)

// Each calls f for every item, for jobs of them at a time and for one at least, and returns the first error. After an error,
// or when ctx ends, the context that f is given ends, and f is not called again.
func Each[T any](ctx context.Context, jobs int, items []T, f func(ctx context.Context, item T) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan T)
	var wg sync.WaitGroup
	for range min(max(jobs, 1), len(items)) {
		wg.Go(func() {
			for item := range work {
				if ctx.Err() == nil {
					if err := f(ctx, item); err != nil {
						cancel(err)
					}
				}
			}
		})
	}
	for _, item := range items {
		work <- item
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}
