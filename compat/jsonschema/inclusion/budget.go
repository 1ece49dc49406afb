package inclusion

import (
	"context"
	"errors"
)

// Limits bound the work of one comparison. Zero fields mean the defaults.
type Limits struct {
	// Steps counts units of work, each about a microsecond or less and a few hundred bytes.
	Steps int
}

// DefaultSteps is the work that is done for one question when nothing else is said: it ends well within two seconds
// and 256 MB.
const DefaultSteps = 400_000

// errSteps is why the budget refuses.
var errSteps = errors.New("the work budget is used up")

// budget counts the steps of one comparison and listens to its context.
type budget struct {
	ctx   context.Context
	left  int
	since int   // steps since the context was last asked
	err   error // why there is nothing left
}

func newBudget(ctx context.Context, limits Limits) *budget {
	if limits.Steps <= 0 {
		limits.Steps = DefaultSteps
	}
	return &budget{ctx: ctx, left: limits.Steps}
}

// spend takes n steps; it reports an error when they are not there any more.
func (b *budget) spend(n int) error {
	if b.err != nil {
		return b.err
	}
	if b.left -= n; b.left < 0 {
		b.err = errSteps
		return b.err
	}
	if b.since += n; b.since > 1000 {
		b.since = 0
		b.err = b.ctx.Err()
	}
	return b.err
}

// within runs f with at most n of the steps that are left and reports whether they sufficed.
func (b *budget) within(n int, f func()) bool {
	if b.err != nil || n >= b.left {
		f()
		return b.err == nil
	}
	saved := b.left - n
	b.left = n
	f()
	b.left = max(b.left, 0) + saved
	if b.err == errSteps {
		b.err = nil
		return false
	}
	return b.err == nil
}
