package protobuf

import (
	"fmt"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// finding explains a difference of the reference's list to a person.
func finding(writer, reader *format.Schema, d difference) compat.Finding {
	f := compat.Finding{
		Code: d.code, Breaks: []compat.Relation{compat.Reference}, ReaderPath: d.path, WriterPath: d.path,
		ReaderSpan: span(reader, d.reader), WriterSpan: span(writer, d.writer),
	}
	words := sentences[d.code]
	f.Message, f.Hint = fmt.Sprintf(words.message, d.path), words.hint
	return f
}

var sentences = map[string]struct{ message, hint string }{
	packageChanged:             {"The package is another one (%s): types get other full names.", "Keep the package, or register the schema under a subject of its own."},
	messageRemoved:             {"The message %s is not there any more.", "Keep the message, even if it is not used."},
	fieldKindChanged:           {"The field %s changes between a scalar, a message and a map.", "Keep the field as it is and add another one with a new number."},
	fieldScalarKindChanged:     {"The field %s has a type that is encoded differently.", "Keep the type and add another field with a new number."},
	fieldNamedTypeChanged:      {"The message type of the field %s is another one, or changes incompatibly.", "Keep the type of the field; add another field with a new number for the new one."},
	fieldNumericLabelChanged:   {"The label of the numeric field %s changes.", "Keep the label and add another field with a new number."},
	requiredFieldAdded:         {"The field %s is required and data written before does not have it.", "Make the field optional."},
	requiredFieldRemoved:       {"The required field %s is not there any more.", "Keep the field."},
	oneofFieldRemoved:          {"The member %s of a oneof is not there any more.", "Keep the member, or reserve its number and name."},
	multipleFieldsMovedToOneof: {"The oneof %s makes fields exclusive that could be set together.", "Leave the fields outside a oneof."},
	fieldMovedToExistingOneof:  {"The oneof %s makes a field exclusive with others that could be set beside it.", "Leave the field where it was."},
}

func span(s *format.Schema, p place) *formats.Span {
	if p.unit == nil || !p.unit.Own() {
		return nil
	}
	return s.Span(p.pos)
}
