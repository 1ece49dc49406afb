package inclusion

import (
	"context"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Verdict answers whether every instance of the writer is an instance of the reader.
type Verdict uint8

// The verdicts. Included is proved; NotIncluded comes with an instance that the validator itself confirmed.
const (
	Undecided Verdict = iota
	Included
	NotIncluded
)

func (v Verdict) String() string { return [...]string{"undecided", "included", "not included"}[v] }

// Result is the answer to one question.
type Result struct {
	Verdict Verdict
	// Witness is set when the verdict is NotIncluded.
	Witness *Witness
	// Why says what an Undecided verdict is due to.
	Why string
	// Steps is the work that was done, to read the schemas and to decide.
	Steps int
}

// Witness is an instance that the writer accepts and the reader rejects, according to the validator.
type Witness struct {
	Instance any
	JSON     []byte
	// Failures are the places of the reader that reject it.
	Failures []Failure
}

// Decide answers whether every instance of writer is an instance of reader.
//
// It ends within the limits, or soon after ctx does, with Undecided. It does not panic, keeps nothing between calls, and
// may be called concurrently with the same schemas.
func Decide(ctx context.Context, writer, reader Schema, limits Limits) Result {
	q := newQuestion(ctx, writer, reader, limits)
	return q.decide(nil)
}

// question is one pair of schemas with the work allowed for it.
type question struct {
	writer, reader Schema
	budget         *budget
	steps          int
	nodes          int                           // that both schemas consist of, once they were read
	cost           int                           // applications that the validator needs for the last witness
	located        map[string]*jsonschema.Schema // compiled schemas of the reader by location
}

func newQuestion(ctx context.Context, writer, reader Schema, limits Limits) *question {
	b := newBudget(ctx, limits)
	return &question{writer: writer, reader: reader, budget: b, steps: b.left}
}

// decide looks for an instance of the writer that the reader, without the dropped keywords, rejects.
func (q *question) decide(dropped map[Keyword]bool) Result {
	writing, reading := &builder{source: q.writer}, &builder{source: q.reader, dropped: dropped}
	w, r := writing.build(q.writer.Compiled), reading.build(q.reader.Compiled)
	q.nodes = len(writing.nodes) + len(reading.nodes)
	schemas := newInterner()
	roots := schemas.all([]*schema{w, r})
	sv := newSolver(q.budget, schemas)
	a := sv.solve(goal{is(roots[0]), isNot(roots[1])})
	result := Result{}
	switch a.verdict {
	case empty:
		result.Verdict = Included
	case inhabited:
		q.located = reading.located()
		witness, err := q.verify(a.instance)
		if err != nil {
			result.Why = err.Error()
			break
		}
		result.Verdict, result.Witness = NotIncluded, witness
	default:
		result.Why = q.reason(sv.notes)
	}
	result.Steps = q.steps - max(0, q.budget.left) + q.nodes*stepsToRead
	return result
}

// reason says why a question stayed open.
func (q *question) reason(n notes) string {
	switch {
	case q.budget.err == context.DeadlineExceeded:
		return "the time for it is used up"
	case q.budget.err != nil && q.budget.err != errSteps:
		return q.budget.err.Error()
	case q.budget.err != nil:
		return fmt.Sprintf("the work budget of %d steps is used up", q.steps)
	case n.opaque != "":
		return fmt.Sprintf("it depends on what %.80s accepts", n.opaque)
	case n.unsure:
		return "it depends on a pattern that is not a regular expression (look-around, back-references)"
	case n.tooLarge:
		return "an instance that would show a difference is too large to build"
	}
	return "no way was found to decide it"
}

// verify has the validator confirm the instance.
func (q *question) verify(instance any) (*Witness, error) {
	if q.cost = applications([]Schema{q.writer, q.reader}, instance); q.cost > maxValidation {
		return nil, fmt.Errorf("the validator would take too long to confirm the instance that was found")
	}
	failures, err := q.confirm(instance)
	if err != nil {
		return nil, err
	}
	text, err := textOf(instance)
	if err != nil {
		return nil, err
	}
	return &Witness{Instance: instance, JSON: text, Failures: failures}, nil
}

// confirm asks the validator whether the writer accepts and the reader rejects the instance, and where.
func (q *question) confirm(instance any) ([]Failure, error) {
	if err := q.writer.Compiled.Validate(instance); err != nil {
		return nil, fmt.Errorf("the validator rejects the instance that was found under the writer: %w", err)
	}
	failures := failuresOf(q.reader.Compiled.Validate(instance))
	if len(failures) == 0 {
		return nil, fmt.Errorf("the validator accepts the instance that was found under the reader")
	}
	return failures, nil
}
