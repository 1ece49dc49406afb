// Package diff says what distinguishes two schemas: declaration by declaration (Compare) and line by line (Lines). It is what
// "concord diff" prints and what the page that compares two versions shows; all of it can be encoded as JSON.
//
// To show two schemas side by side with their changes marked:
//
//	old, err = diff.Layout(ctx, engine, old)       // registered texts of JSON have one line; give them more
//	new, err = diff.Layout(ctx, engine, new)
//	d, err := diff.Compare(ctx, engine, old, new, compat.PolicyReference)
//	rows := diff.Lines(d.OldText, d.NewText)
//
// Each Change has a sentence, its verdict in both directions and the places it has in OldText and NewText: mark the rows whose
// Old.Number or New.Number lies between Start.Line and End.Line of the Span. A change with a verdict of "compatible" in
// both directions harms nobody. The findings of a change, with their hints and witnesses, are those that a check of the
// new schema against the old one reports. Of the first thousand in a direction, each is told with a change; one that follows
// from several changes is told with each of them.
package diff

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/jsonschema"
	"github.com/concord-registry/concord/formats/protobuf"
)

// Diff is what distinguishes a new schema from an old one.
type Diff struct {
	OldType formats.Type  `json:"oldType"`
	NewType formats.Type  `json:"newType"`
	Policy  compat.Policy `json:"policy"`
	// Identical says that both are the same schema to a registry: same type, canonical text and references. Without it and
	// without Changes, they are only written differently.
	Identical bool `json:"identical"`
	// Backward is the verdict on the new schema as reader of the old one's data, Forward the opposite.
	Backward Effect   `json:"backward"`
	Forward  Effect   `json:"forward"`
	Changes  []Change `json:"changes"`
	// More counts the changes beyond those listed; it is 0 but for very large differences.
	More int `json:"more,omitempty"`
	// Undecided lists what the comparison had no means to decide.
	Undecided []string `json:"undecided,omitempty"`
	// OldText and NewText are the texts that the spans of changes and findings point into.
	OldText string `json:"oldText"`
	NewText string `json:"newText"`
}

// Breaking reports whether a change is an error in one of the directions that the level asks for.
func (d *Diff) Breaking(level compat.Level) bool {
	for _, direction := range level.Directions() {
		if d.In(direction) == Breaks {
			return true
		}
	}
	return false
}

// In is the verdict in one direction.
func (d *Diff) In(direction compat.Direction) Effect {
	if direction == compat.OldReadsNew {
		return d.Forward
	}
	return d.Backward
}

// Kind is what happened to an element.
type Kind string

// The kinds of change.
const (
	Added     Kind = "added"
	Removed   Kind = "removed"
	Changed   Kind = "changed"
	Reordered Kind = "reordered"
)

// Effect is what a change, or all of them, means in one direction.
type Effect string

// The effects: Breaks is an error under the policy; Warns breaks something that the policy does not ask for. Unknown is only
// given to single changes, where there are so many that not all have been looked at.
const (
	Harmless Effect = "compatible"
	Warns    Effect = "warning"
	Breaks   Effect = "error"
	Unknown  Effect = "unknown"
)

// Change is one difference between the two schemas.
type Change struct {
	Kind Kind `json:"kind"`
	// Element is what changed, in the language of the format: "field", "enum value", "property"; "schema" for the whole.
	Element string `json:"element"`
	// Attribute is what of it changed, when it was neither added nor removed: "type", "default", "doc".
	Attribute string `json:"attribute,omitempty"`
	// Old and New show it in the two schemas. Old is nil for what was added, New for what was removed. Where an attribute was
	// added or removed, the other side is the element without it, with an empty Text.
	Old *Side `json:"old,omitempty"`
	New *Side `json:"new,omitempty"`
	// Message is a sentence that says what changed.
	Message  string           `json:"message"`
	Backward Effect           `json:"backward"`
	Forward  Effect           `json:"forward"`
	Findings []compat.Finding `json:"findings,omitempty"`

	note  bool     // nothing that reads data looks at it
	names []string // of the element in both schemas
}

// Side is one of the two sides of a change.
type Side struct {
	// Path leads to the element: "shop.Order.id" (Avro, Protobuf), "#/properties/id" (JSON Schema).
	Path string `json:"path"`
	// Text is the element or the attribute in short; long ones are cut.
	Text string `json:"text,omitempty"`
	// Span points into OldText or NewText; nil for what stands in a referenced schema.
	Span *formats.Span `json:"span,omitempty"`

	loose bool // the span is that of what the element or attribute is a part of
}

// Path is where the change is: in the new schema if it is there, else in the old one.
func (c *Change) Path() string {
	if c.New != nil {
		return c.New.Path
	}
	return c.Old.Path
}

// maxChanges is how many changes are told one by one, maxFindings how many findings of a direction: some comparers tell no more
// than that, and then a change without a finding may be one whose finding was left out.
const (
	maxChanges  = 1_000
	maxFindings = 1_000
)

// Compare tells what distinguishes next from old, and what of it breaks somebody under the policy. The schemas may be of
// different types; then that is the one change. It ends within a bounded amount of work: the errors are those of
// compat.Comparer.
func Compare(ctx context.Context, checker *compat.Checker, old, next formats.Schema, policy compat.Policy) (*Diff, error) {
	d := &Diff{
		OldType: old.Type(), NewType: next.Type(), Policy: policy, Changes: []Change{}, Backward: Harmless, Forward: Harmless,
		OldText: textOf(old), NewText: textOf(next),
	}
	c := &comparison{}
	if old.Type() == next.Type() {
		before, after := tree(old), tree(next)
		before.parts, after.parts = append(before.parts, references(old)...), append(after.parts, references(next)...)
		c.elements(before, after)
	}
	d.Identical = old.Type() == next.Type() && old.Canonical() == next.Canonical() && sameReferences(old, next)
	m := newMatcher(d.OldText, d.NewText, c)
	unsure := map[compat.Direction]bool{}
	for _, level := range []compat.Level{compat.Backward, compat.Forward} {
		report, err := checker.CheckFull(ctx, next, []compat.Version{{Schema: old}}, compat.Rules{Level: level, Policy: policy})
		if err != nil {
			return nil, err
		}
		d.Undecided = append(d.Undecided, report.Undecided...)
		effect := d.effect(level)
		if len(report.Findings) > maxFindings {
			report.Findings = report.Findings[:maxFindings]
		}
		unsure[level.Directions()[0]] = len(report.Findings) == maxFindings
		for _, finding := range report.Findings {
			m.attach(finding)
			*effect = worst(*effect, effectOf(finding))
		}
		if !report.Compatible {
			*effect = Breaks
		}
	}
	d.Changes, d.More = append(d.Changes, c.changes...), c.more
	for i := range d.Changes {
		d.Changes[i].judge(unsure)
	}
	return d, nil
}

func (d *Diff) effect(level compat.Level) *Effect {
	if level == compat.Forward {
		return &d.Forward
	}
	return &d.Backward
}

// judge sums up the findings of a change. unsure tells in which direction not all findings are known.
func (c *Change) judge(unsure map[compat.Direction]bool) {
	c.Backward, c.Forward = Harmless, Harmless
	if unsure[compat.NewReadsOld] && !c.note {
		c.Backward = Unknown
	}
	if unsure[compat.OldReadsNew] && !c.note {
		c.Forward = Unknown
	}
	for _, f := range c.Findings {
		if f.Direction == compat.OldReadsNew {
			c.Forward = worst(c.Forward, effectOf(f))
		} else {
			c.Backward = worst(c.Backward, effectOf(f))
		}
	}
}

func effectOf(f compat.Finding) Effect {
	if f.Severity == compat.Error {
		return Breaks
	}
	return Warns
}

func worst(a, b Effect) Effect {
	if a == Breaks || b == Harmless {
		return a
	}
	return b // what is known of a change counts more than that something is not
}

// whole is the path of a schema without a name.
const whole = "(schema)"

// tree makes the elements of a schema.
func tree(s formats.Schema) *element {
	switch s := s.(type) {
	case *avro.Schema:
		return avroTree(s)
	case *protobuf.Schema:
		return protobufTree(s)
	case *jsonschema.Schema:
		return jsonTree(s)
	}
	return &element{kind: schemaKind, path: whole}
}

// textOf is the text that the spans of a schema point into.
func textOf(s formats.Schema) string {
	if p, ok := s.(*protobuf.Schema); ok {
		return p.Text()
	}
	return s.Source().Text
}

// references makes elements of what a schema declares to refer to. Version 0 stands for a text that is not registered; it is
// known by its content.
func references(s formats.Schema) (elements []*element) {
	texts := map[string]string{}
	for _, r := range s.Source().Resolved {
		texts[r.Name] = r.Text
	}
	for _, ref := range s.Source().References {
		version := fmt.Sprintf("version %d of %s", ref.Version, ref.Subject)
		if ref.Version == 0 {
			version = fmt.Sprintf("%s, not registered, with the content %.4x", ref.Subject, sha256.Sum256([]byte(texts[ref.Name])))
		}
		elements = append(elements, &element{
			kind: "reference", name: ref.Name, path: ref.Name, keys: []string{ref.Name}, text: version,
			attrs: []attribute{{name: "target", text: version}},
		})
	}
	return elements
}

func sameReferences(a, b formats.Schema) bool {
	return slices.EqualFunc(references(a), references(b), func(x, y *element) bool { return x.name == y.name && x.text == y.text })
}
