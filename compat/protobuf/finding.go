package protobuf

import (
	"fmt"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// reporter turns differences and causes into findings.
type reporter struct {
	sides
	writer, reader *format.Schema
	witnesses      *witnesses // nil when none are asked for
}

// convention is why a difference has no witness when nothing is read wrongly because of it.
const convention = "The reference rejects this by convention; no record shows it, for what is written here is read as it was written."

// difference makes a finding of an entry of the reference's list. Causes are what goes wrong at the same place, the worst
// first.
func (r *reporter) difference(d difference, causes []*cause) compat.Finding {
	f := compat.Finding{
		Code: d.code, Breaks: []compat.Relation{compat.Reference}, ReaderPath: d.path, WriterPath: d.path,
		ReaderSpan: r.span(r.reader, d.reader), WriterSpan: r.span(r.writer, d.writer),
	}
	if len(causes) == 0 {
		words := sentences[d.code]
		f.Message, f.Hint = fmt.Sprintf(words.message, d.path), words.hint
		if r.witnesses != nil {
			f.NoWitness = convention
		}
		return f
	}
	f.Message, f.Hint = r.explain(causes[0])
	r.breaks(&f, causes)
	r.prove(&f, causes[0])
	return f
}

// cause makes a finding of what goes wrong beyond the reference's list, together with what else goes wrong there.
func (r *reporter) cause(causes []*cause) compat.Finding {
	c := causes[0]
	f := compat.Finding{Code: c.code, Breaks: []compat.Relation{}}
	f.WriterPath, f.ReaderPath = c.paths()
	f.WriterSpan, f.ReaderSpan = r.causeSpans(c)
	f.Message, f.Hint = r.explain(c)
	r.breaks(&f, causes)
	r.prove(&f, c)
	return f
}

func (r *reporter) breaks(f *compat.Finding, causes []*cause) {
	for _, relation := range []compat.Relation{compat.Semantic, compat.WireExact, compat.JSONMapping, compat.Names} {
		for _, c := range causes {
			if c.breaks(relation) {
				f.Breaks = append(f.Breaks, relation)
				break
			}
		}
	}
}

// prove adds a witness, or why there is none. What is only told needs no proof.
func (r *reporter) prove(f *compat.Finding, c *cause) {
	if r.witnesses == nil || c.class == information {
		return
	}
	f.Witness, f.NoWitness = r.witnesses.of(c)
	if f.NoWitness != "" {
		f.NoWitness = capital(f.NoWitness) + "."
	}
}

func (r *reporter) span(s *format.Schema, p place) *formats.Span {
	if r.witnesses == nil || p.unit == nil || !p.unit.Own() {
		return nil
	}
	return s.Span(p.pos)
}

// causeSpans finds the places of a cause in both texts. What happens in an imported type is shown at the field that leads
// there.
func (r *reporter) causeSpans(c *cause) (writer, reader *formats.Span) {
	if r.witnesses == nil {
		return nil, nil
	}
	w, rd := c.w, c.r
	for at := c.at; ; at = at.outer {
		if writer == nil {
			writer = r.writer.Span(spotOf(w, at.w, c))
		}
		if reader == nil && at.r != nil {
			reader = r.reader.Span(spotOf(rd, at.r, c))
		}
		if at.outer == nil || writer != nil && reader != nil {
			return writer, reader
		}
		w, rd = at.field, at.into
	}
}

// spotOf is the place of a field, or of its message when there is no field; the zero Pos when it is in another file.
func spotOf(f *format.FieldModel, m *format.MessageModel, c *cause) format.Pos {
	switch {
	case f != nil && (f.Decl == nil || !f.Unit.Own()):
		return format.Pos{}
	case f == nil && !m.Type.Unit.Own():
		return format.Pos{}
	case f == nil:
		return m.Type.Message.NamePos
	}
	switch c.code {
	case codeFieldRenamed, codeJSONNameChanged, codeJSONNameReused:
		return f.Decl.NamePos
	case codeRenumbered, codeSwapped, codeReservedReused:
		return f.Decl.NumberPos
	case codeRequiredAdded, codeDefaultChanged, codeOneofMerged, codeRepeatedToOne, codePackedToOne, codeMessagesMerged:
		return f.Decl.Pos
	}
	return f.Decl.TypePos
}

// sentences explain the differences of the reference's list where nothing else is known about them.
var sentences = map[string]struct{ message, hint string }{
	packageChanged:             {"The package is another one (%s): types get other full names.", "Keep the package, or register the schema under a subject of its own."},
	messageRemoved:             {"The message %s is not there any more.", "Keep the message, even if it is not used."},
	fieldKindChanged:           {"The field %s changes between a scalar, a message and a map.", "Keep the field as it is and add another one with a new number."},
	fieldScalarKindChanged:     {"The field %s has a type of another group.", "Keep the type and add another field with a new number."},
	fieldNamedTypeChanged:      {"The message type of the field %s is another one, or changes incompatibly.", "Keep the type of the field; add another field with a new number for the new one."},
	fieldNumericLabelChanged:   {"The label of the numeric field %s changes.", "Keep the label and add another field with a new number."},
	requiredFieldAdded:         {"The field %s is required and data written before does not have it.", "Make the field optional."},
	requiredFieldRemoved:       {"The required field %s is not there any more.", "Keep the field."},
	oneofFieldRemoved:          {"The member %s of a oneof is not there any more.", "Keep the member, or reserve its number and name."},
	multipleFieldsMovedToOneof: {"The oneof %s makes fields exclusive that could be set together.", "Leave the fields outside a oneof."},
	fieldMovedToExistingOneof:  {"The oneof %s makes a field exclusive with others that could be set beside it.", "Leave the field where it was."},
}
