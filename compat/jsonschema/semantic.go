package jsonschema

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// NotIncluded is the code of a finding for data that the reader rejects although the reference's rules see no difference
// there.
const NotIncluded = "NOT_INCLUDED"

// Bounds of one comparison: how long it looks for instances, how many reasons it shows, for how many differences it looks for
// an instance of their own, and the steps for each of these and for all.
const (
	maxTime     = 1500 * time.Millisecond
	maxReasons  = 16
	maxAims     = 50
	aimSteps    = 50_000
	maxAimSteps = inclusion.DefaultSteps
)

// semantic decides whether the reader accepts every instance of the writer, and proves what it rejects: each reason is
// laid to the difference it shows, or is a finding of its own.
func (c *comparison) semantic(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	verdict, reasons, why := c.decide(bounded)
	c.out.Verdicts[compat.Semantic] = verdict
	if verdict == compat.Undecided {
		c.out.Why = map[compat.Relation]string{compat.Semantic: why}
	}
	for _, reason := range reasons {
		c.prove(reason)
	}
	if verdict == compat.Incompatible {
		c.proveTheRest(bounded)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	findings := c.out.Findings[:0]
	for _, f := range c.out.Findings {
		if len(f.Breaks) == 0 {
			continue // forgiven, and contradicted by no data that was found
		}
		if f.Witness == nil && f.NoWitness == "" {
			f.NoWitness = c.unproved(verdict, why)
		}
		findings = append(findings, f)
	}
	c.out.Findings = findings
	return nil
}

// proveTheRest looks for data that shows the differences which no reason has shown yet: several of them can rest on one
// keyword of the reader, of which the reasons count only the first use.
func (c *comparison) proveTheRest(ctx context.Context) {
	var open []int
	var differences []difference
	for i, d := range c.shown {
		switch f := &c.out.Findings[i]; {
		case f.Witness != nil:
		case len(open) == maxAims || ctx.Err() != nil:
			f.NoWitness = notLookedFor
		default:
			open, differences = append(open, i), append(differences, d)
		}
	}
	left := maxAimSteps
	for k, target := range c.targets(ctx, differences) {
		f, d := &c.out.Findings[open[k]], differences[k]
		if left <= 0 || ctx.Err() != nil {
			f.NoWitness = notLookedFor
			continue
		}
		verdict, witness := c.aim(ctx, target, &left)
		switch {
		case witness != nil && c.shows(witness, d):
			c.attach(f, witness)
		case verdict == inclusion.Included:
			_, w := c.req.Direction.ReaderWriter()
			f.NoWitness = fmt.Sprintf("There is none: no data of the %s schema breaks this rule. Only the rules of the reference reject the change.", w)
		}
	}
	c.share()
}

const notLookedFor = "It was not looked for: the time for this comparison went into the other findings."

// share gives a difference that sums up others (a property is not covered) the witness of one that it sums up.
func (c *comparison) share() {
	for i, d := range c.shown {
		f := &c.out.Findings[i]
		if f.Witness != nil || !strings.Contains(f.Code, "_NOT_COVERED_") {
			continue
		}
		for j, other := range c.shown {
			if proof := c.out.Findings[j].Witness; proof != nil && other.path.isAtOrBelow(d.path) {
				f.Witness, f.NoWitness = proof, ""
				f.Breaks = append(f.Breaks, compat.Semantic)
				break
			}
		}
	}
}

// attach lays a witness to a finding.
func (c *comparison) attach(f *compat.Finding, reason *inclusion.Witness) {
	if f.Witness == nil {
		f.Witness, f.NoWitness = c.witness(reason), ""
		f.Breaks = append(f.Breaks, compat.Semantic)
	}
}

// decide returns the verdict, the reasons it rests on, and why it is open where it is.
func (c *comparison) decide(ctx context.Context) (compat.Verdict, []*inclusion.Witness, string) {
	if c.writer.Same(c.reader) {
		return compat.Compatible, nil, ""
	}
	var err error
	if c.compiled.writer, err = inclusion.Of(c.writer); err != nil {
		return compat.Undecided, nil, fmt.Sprintf("the writer's schema cannot be compiled: %v", err)
	}
	if c.compiled.reader, err = inclusion.Of(c.reader); err != nil {
		return compat.Undecided, nil, fmt.Sprintf("the reader's schema cannot be compiled: %v", err)
	}
	result, reasons := inclusion.Explain(ctx, c.compiled.writer, c.compiled.reader, inclusion.Limits{}, maxReasons)
	switch result.Verdict {
	case inclusion.Included:
		return compat.Compatible, nil, ""
	case inclusion.NotIncluded:
		return compat.Incompatible, reasons, ""
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
	if at := c.attribute(reason); at >= 0 {
		c.attach(&c.out.Findings[at], reason)
		return
	}
	c.out.Findings = append(c.out.Findings, c.beyond(reason))
}

// beyond words a reason that no difference of the reference covers.
func (c *comparison) beyond(reason *inclusion.Witness) compat.Finding {
	f := compat.Finding{Code: NotIncluded, Breaks: []compat.Relation{compat.Semantic}, Witness: c.witness(reason)}
	r, w := c.req.Direction.ReaderWriter()
	f.Message = fmt.Sprintf("The %s schema rejects data that the %s schema accepts, for example %s (%s). The rules of the reference see no difference there.",
		r, w, shorten(string(reason.JSON)), f.Witness.ReaderError)
	keyword := "it"
	if len(reason.Failures) > 0 {
		failure := reason.Failures[0]
		if p, ok := failurePlace(c.reader, failure.Location); ok {
			f.ReaderPath, f.ReaderSpan = p.pointer, p.span
			keyword = quoted(keywordName(failure.Location))
		}
		p := c.partOf(tokens(failure.Instance))
		f.WriterPath, f.WriterSpan = p.pointer, p.span
	}
	f.Hint = fmt.Sprintf("Leave %s out of the new schema here, or let it accept what the old schema allows.", keyword)
	if c.req.Direction == compat.OldReadsNew {
		f.Hint = fmt.Sprintf("Let the new schema ask for %s as the old one does.", keyword)
	}
	return f
}

// partOf finds the schema that the writer holds a part of an instance to, as far as properties and items lead there.
func (c *comparison) partOf(path []string) place {
	at := c.behind(c.writer.Root())
	for _, token := range path {
		next := c.schemaOf(at, token)
		if next == nil {
			break
		}
		at = c.behind(next)
	}
	return c.placeOf(c.writer, at, "", "")
}

// behind follows the $ref of a schema of the writer, and those it leads to.
func (c *comparison) behind(schema *model.Value) *model.Value {
	for range 10 {
		target, ok := c.writer.Ref(schema, "$ref")
		if !ok || target.Schema == nil {
			break
		}
		schema = target.Schema
	}
	return schema
}

// schemaOf is what a schema asks of one property or item; nil where no single subschema speaks of it.
func (c *comparison) schemaOf(schema *model.Value, token string) *model.Value {
	if next := schema.Get("properties").Get(token); next.IsSchema() {
		return next
	}
	for _, keyword := range []string{"prefixItems", "items"} {
		if list := schema.Get(keyword); list.Is(model.Array) && c.element(list, token).IsSchema() {
			return c.element(list, token)
		}
	}
	for _, keyword := range []string{"additionalProperties", "items"} {
		if next := schema.Get(keyword); next.Is(model.Object) {
			return next
		}
	}
	return nil
}

// witness is what readers of the report see of a reason.
func (c *comparison) witness(reason *inclusion.Witness) *compat.Witness {
	w := &compat.Witness{Data: reason.JSON, JSON: string(reason.JSON), VerifiedBy: model.VerifiedBy}
	var words []string
	for _, failure := range reason.Failures[:min(len(reason.Failures), maxWords)] {
		where := failure.Instance
		if where == "" {
			where = "the value"
		}
		words = append(words, where+": "+failure.Message)
	}
	if more := len(reason.Failures) - maxWords; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	w.ReaderError = strings.Join(words, "; ")
	return w
}

// maxWords is how many of the validator's messages about one instance are shown.
const maxWords = 5

func shorten(text string) string {
	if len(text) > 2*maxQuoted {
		return strings.ToValidUTF8(text[:2*maxQuoted], "") + "…"
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
