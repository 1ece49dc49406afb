package inclusion

import (
	"context"
	"errors"
	"regexp"

	model "github.com/concord-registry/concord/formats/jsonschema"
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

	patterns patternSizes
	matched  int // work on patterns that no step was taken for yet
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

// stepsToRead is the work, in steps, that it takes to read one subschema of a compiled schema. What is read to decide is bounded by
// the limits on schemas and counts nothing; whatever reads the same schemas again pays for it.
const stepsToRead = 4

// stepMatching is how much work on patterns is a step.
const stepMatching = 800

// patternSizes are how many instructions patterns have, of those that were asked for.
type patternSizes map[*regexp.Regexp]int

// work is what it takes at worst to match a text of that length: every instruction at each of its bytes.
func (known *patternSizes) work(p *regexp.Regexp, length int) int {
	size, ok := (*known)[p]
	if !ok {
		if *known == nil {
			*known = patternSizes{}
		}
		size = model.PatternCost(p.String()) + 10
		(*known)[p] = size
	}
	return length * size
}

// match reports whether a text matches a pattern; unsure when there are no steps for it any more.
func (b *budget) match(p *regexp.Regexp, text string) truth {
	b.matched += b.patterns.work(p, len(text))
	steps := b.matched / stepMatching
	b.matched %= stepMatching
	if b.spend(steps) != nil {
		return unsure
	}
	return truthOf(p.MatchString(text))
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
