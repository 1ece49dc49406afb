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
		ReaderSpan: r.span(r.reader, d.reader, d.readerVia), WriterSpan: r.span(r.writer, d.writer, d.writerVia),
	}
	if len(causes) == 0 {
		f.Message, f.Hint = r.sentenceOf(d), sentences[d.code].hint
		if d.inner {
			f.Hint = "Mend what changes inside the type, or keep referring to the version of it that the old schema has."
		}
		switch {
		case r.witnesses == nil:
		case d.inner:
			f.NoWitness = "It follows from what changes inside the type, which is a finding of its own."
		default:
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

// span is a place in a schema's own text: where the difference is, or the field that leads to the file where it is.
func (r *reporter) span(s *format.Schema, p, via place) *formats.Span {
	if p.unit != nil && !p.unit.Own() {
		p = via
	}
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

// sentenceOf explains a difference of which nothing else is known than that the reference has it in its list.
func (r *reporter) sentenceOf(d difference) string {
	if d.code == packageChanged {
		name := func(pkg string) string {
			if pkg == "" {
				return "no package"
			}
			return "the package `" + pkg + "`"
		}
		return fmt.Sprintf("The types are in %s in the %s schema and in %s in the %s one, so that their full names change.", name(r.writer.Own().Package), r.sides.writer, name(r.reader.Own().Package), r.sides.reader)
	}
	w, rd := nameOfNode(d.writer.node), nameOfNode(d.reader.node)
	if w == "" {
		w = rd
	}
	if w != rd && rd != "" {
		w += " (" + rd + " in the " + r.sides.reader + " schema)"
	}
	if d.inner {
		return fmt.Sprintf("The message type of %s is declared in another file, and changes incompatibly there between the two versions.", w)
	}
	return fmt.Sprintf(sentences[d.code].message, w, r.sides.reader)
}

func nameOfNode(node any) string {
	switch n := node.(type) {
	case *format.Field:
		return fmt.Sprintf("`%s`, number %d,", n.Name, n.Number)
	case *format.Message:
		return "`" + n.Name + "`"
	case *format.Oneof:
		return "`" + n.Name + "`"
	}
	return ""
}

// sentences explain the differences of the reference's list where nothing else is known about them: what they are about,
// and the reader.
var sentences = map[string]struct{ message, hint string }{
	packageChanged:             {"", "Keep the package, or register the schema under a subject of its own."},
	messageRemoved:             {"The message %s is not in the %s schema.", "Keep the message, even if it is not used."},
	fieldKindChanged:           {"The field %s is another kind of thing in the %s schema: a scalar, a message and a map are not taken for one another.", "Keep the field as it is and add another one with a new number."},
	fieldScalarKindChanged:     {"The field %s has a type in the %s schema that is not taken for the other one.", "Keep the type and add another field with a new number."},
	fieldNamedTypeChanged:      {"The field %s has another message type in the %s schema, or one that changes incompatibly.", "Keep the type of the field, and add another field with a new number for the new one."},
	fieldNumericLabelChanged:   {"The numeric field %s has another label in the %s schema.", "Keep the label and add another field with a new number."},
	requiredFieldAdded:         {"The field %s is required in the %s schema only.", "Make the field optional."},
	requiredFieldRemoved:       {"The required field %s is not in the %s schema.", "Keep the field."},
	oneofFieldRemoved:          {"The field %s of a oneof is not in the %s schema: where it is set, readers see a oneof that is not set.", "Keep the member of the oneof."},
	multipleFieldsMovedToOneof: {"The oneof %s of the %s schema makes fields exclusive that could be set together.", "Leave the fields outside a oneof."},
	fieldMovedToExistingOneof:  {"The oneof %s of the %s schema makes a field exclusive with others that could be set beside it.", "Leave the field where it was."},
}
