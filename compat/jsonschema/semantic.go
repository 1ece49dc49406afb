package jsonschema

import (
	"context"
	"fmt"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// NotIncluded is the code of a finding for data that the reader rejects although the reference's rules see no difference
// there.
const NotIncluded = "NOT_INCLUDED"

// maxTime bounds how long one comparison looks for instances.
const maxTime = 2 * time.Second

// semantic decides whether the reader accepts every instance of the writer, and proves what it rejects: each reason is
// laid to the difference it shows, or is a finding of its own.
func (c *comparison) semantic(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	verdict, reasons, why := c.decide(bounded)
	if err := ctx.Err(); err != nil {
		return err
	}
	c.out.Verdicts[compat.Semantic] = verdict
	for _, reason := range reasons {
		c.prove(reason)
	}
	for i := range c.out.Findings {
		if f := &c.out.Findings[i]; f.Witness == nil && c.req.Full {
			f.NoWitness = c.unproved(verdict, why)
		}
	}
	return nil
}

// decide returns the verdict, the reasons it rests on, and why it is open where it is.
func (c *comparison) decide(ctx context.Context) (compat.Verdict, []*inclusion.Witness, string) {
	writer, err := inclusion.Of(c.writer)
	if err != nil {
		return compat.Undecided, nil, fmt.Sprintf("the writer's schema cannot be compiled: %v", err)
	}
	reader, err := inclusion.Of(c.reader)
	if err != nil {
		return compat.Undecided, nil, fmt.Sprintf("the reader's schema cannot be compiled: %v", err)
	}
	result := inclusion.Decide(ctx, writer, reader, inclusion.Limits{})
	switch result.Verdict {
	case inclusion.Included:
		return compat.Compatible, nil, ""
	case inclusion.NotIncluded:
		return compat.Incompatible, []*inclusion.Witness{result.Witness}, ""
	}
	return compat.Undecided, nil, result.Why
}

// unproved says why a finding of the reference relation comes without an instance.
func (c *comparison) unproved(verdict compat.Verdict, why string) string {
	r, w := c.req.Direction.ReaderWriter()
	switch verdict {
	case compat.Compatible:
		return fmt.Sprintf("There is no such data: the %s schema accepts everything that the %s schema does. Only the rules of the reference reject the change.", r, w)
	case compat.Undecided:
		return "Whether there is such data could not be decided: " + why + "."
	}
	return "No data was found that breaks for this reason alone; other findings have theirs."
}

// prove attaches a witness to the difference that it shows, or makes it a finding of its own.
func (c *comparison) prove(reason *inclusion.Witness) {
	witness := c.witness(reason)
	if at := c.attribute(reason); at >= 0 {
		f := &c.out.Findings[at]
		if f.Witness == nil {
			f.Witness = witness
			f.Breaks = append(f.Breaks, compat.Semantic)
		}
		return
	}
	f := compat.Finding{Code: NotIncluded, Breaks: []compat.Relation{compat.Semantic}, Witness: witness}
	r, w := c.req.Direction.ReaderWriter()
	f.Message = fmt.Sprintf("The %s schema rejects data that the %s schema accepts, for example %s: %s.", r, w, shorten(string(reason.JSON)), witness.ReaderError)
	f.Hint = "Let the new schema accept what the old one accepts here."
	if c.req.Direction == compat.OldReadsNew {
		f.Hint = tightenHere
	}
	if len(reason.Failures) > 0 {
		if p, ok := failurePlace(c.reader, reason.Failures[0].Location); ok {
			f.ReaderPath, f.ReaderSpan = p.pointer, p.span
		}
	}
	c.out.Findings = append(c.out.Findings, f)
}

// witness is what readers of the report see of a reason.
func (c *comparison) witness(reason *inclusion.Witness) *compat.Witness {
	w := &compat.Witness{Data: reason.JSON, JSON: string(reason.JSON), VerifiedBy: model.VerifiedBy}
	for i, failure := range reason.Failures {
		if i > 0 {
			w.ReaderError += "; "
		}
		where := failure.Instance
		if where == "" {
			where = "the value"
		}
		w.ReaderError += where + ": " + failure.Message
	}
	return w
}

func shorten(text string) string {
	if len(text) > 2*maxQuoted {
		return text[:2*maxQuoted] + "…"
	}
	return text
}

// failurePlace finds the keyword that rejects an instance in the reader's text.
func failurePlace(s *model.Schema, location string) (place, bool) {
	document, value := s.Locate(location)
	if value == nil {
		return place{}, false
	}
	p := place{pointer: document.Pointer(value), span: document.Span(value), value: value}
	if document != s.Document() {
		p.pointer, p.span = document.Name+p.pointer, nil
	}
	return p, true
}
