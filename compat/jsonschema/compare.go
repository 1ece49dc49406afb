// Package jsonschema compares JSON schemas: with the rules of the reference server, difference for difference, and by what
// the schemas mean for data.
package jsonschema

import (
	"context"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	"github.com/concord-registry/concord/formats"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// Comparer is the compat.Comparer of JSON Schema. The relations are compat.Reference and compat.Semantic.
type Comparer struct{}

// Type is formats.JSON.
func (Comparer) Type() formats.Type { return formats.JSON }

// Compare compares req.Reader with req.Writer, both of which must be of formats/jsonschema.
func (Comparer) Compare(ctx context.Context, req compat.Request) (*compat.Comparison, error) {
	writer, okW := req.Writer.(*model.Schema)
	reader, okR := req.Reader.(*model.Schema)
	if !okW || !okR {
		return nil, fmt.Errorf("compat/jsonschema cannot compare %T with %T", req.Reader, req.Writer)
	}
	semantic := req.Full || slices.Contains(req.Relations, compat.Semantic)
	c := &comparison{
		req: req, writer: writer, reader: reader, detailed: semantic,
		out: &compat.Comparison{Verdicts: map[compat.Relation]compat.Verdict{}, Findings: []compat.Finding{}},
	}
	if err := c.reference(ctx); err != nil {
		return nil, err
	}
	if semantic {
		if err := c.semantic(ctx); err != nil {
			return nil, err
		}
	}
	c.sumUp()
	return c.out, nil
}

// comparison is the work of one Compare.
type comparison struct {
	req            compat.Request
	writer, reader *model.Schema
	// detailed asks for words, places and instances. It goes with the semantic relation, whose findings are nothing
	// without them.
	detailed bool
	shown    []difference // those behind the findings, in the same order
	more     int          // incompatible differences that are no findings of their own
	untold   int          // of them those that have no message either
	bytes    int          // of the findings so far
	out      *compat.Comparison

	arrays map[*model.Value]map[string]*model.Value // see texts

	compiled struct{ writer, reader inclusion.Schema } // once the semantic relation is asked for
}

// reference decides the reference relation, and words its incompatible differences. Differences that the lenient setting forgives are
// kept for the semantic relation: data may contradict them all the same.
func (c *comparison) reference(ctx context.Context) error {
	found, err := diff(ctx, c.writer, c.reader, c.req.Lenient)
	if err != nil {
		return err
	}
	c.out.Verdicts[compat.Reference] = compat.Compatible
	var messages compat.Messages
	for _, d := range found {
		accepted := compatible[d.code] || c.req.Lenient && forgiven[d.code]
		if accepted && !(c.detailed && forgiven[d.code]) {
			continue
		}
		if !accepted {
			c.out.Verdicts[compat.Reference] = compat.Incompatible
			messages.Add(func() string { return message(d, c.req.Direction) })
			if len(c.out.Findings) >= maxFindings {
				c.more++
				continue
			}
		}
		f := c.finding(d)
		if err := c.spend(len(f.ReaderPath) + len(f.WriterPath) + len(f.Message) + len(f.Hint)); err != nil {
			return err
		}
		if !accepted {
			f.Breaks = append(f.Breaks, compat.Reference)
		}
		c.out.Findings = append(c.out.Findings, f)
		c.shown = append(c.shown, d)
	}
	c.out.Messages, c.untold = messages.All(), messages.Left()
	return nil
}

// maxBytes bounds what the findings of one comparison say: each has the names of all objects around its place,
// which may be as long as the schema.
const maxBytes = 32 << 20

// spend counts bytes of findings.
func (c *comparison) spend(bytes int) error {
	if c.bytes += bytes; c.bytes > maxBytes {
		return &compat.WorkError{What: "bytes to tell the differences", Max: maxBytes}
	}
	return nil
}

// maxFindings is how many differences become findings. Nobody reads more, and each takes a kilobyte of a report.
const maxFindings = 1_000

// FurtherDifferences is the code of the finding that counts the differences of the reference beyond maxFindings.
const FurtherDifferences = "FURTHER_DIFFERENCES"

// sumUp adds one finding for all the differences that have none.
func (c *comparison) sumUp() {
	if c.more == 0 {
		return
	}
	told := "of which only the messages tell"
	if c.untold > 0 {
		told = fmt.Sprintf("of which the messages tell %d", c.more-c.untold)
	}
	c.out.Findings = append(c.out.Findings, compat.Finding{
		Code: FurtherDifferences, Breaks: []compat.Relation{compat.Reference},
		Message:   fmt.Sprintf("The two schemas differ in %d more places, %s.", c.more, told),
		Hint:      "Mend the findings above first; many changes at once are often one change of a part that is used in many places.",
		NoWitness: "It was not looked for: the findings above have theirs.",
	})
}

// finding words one difference. Its places in the texts are only looked up for those who read them.
func (c *comparison) finding(d difference) compat.Finding {
	f := compat.Finding{Code: string(d.code)}
	if !c.detailed {
		f.ReaderPath, f.WriterPath = d.path.String(), d.path.String()
		return f
	}
	writer, reader := c.places(d)
	f.Message, f.Hint = explain(d, c.req.Direction, writer, reader)
	switch {
	case !forgiven[d.code]:
	case c.req.Lenient:
		f.Hint += " The setting compatibilityPolicy=LENIENT is in force: the reference's verdict accepts the change as it is."
	default:
		f.Hint += " With the setting compatibilityPolicy=LENIENT the reference's verdict accepts the change as it is."
	}
	f.ReaderPath, f.ReaderSpan = reader.pointer, reader.span
	f.WriterPath, f.WriterSpan = writer.pointer, writer.span
	return f
}

// places finds a difference in both texts.
func (c *comparison) places(d difference) (writer, reader place) {
	if d.writer != nil {
		writer = c.placeOf(c.writer, d.writer.value, d.keyword, d.name)
	}
	if d.reader != nil {
		reader = c.placeOf(c.reader, d.reader.value, d.keyword, d.name)
	}
	return writer, reader
}
