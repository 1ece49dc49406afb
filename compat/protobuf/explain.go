package protobuf

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/concord-registry/concord/compat"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// sides names the two schemas of a comparison in sentences.
type sides struct {
	reader, writer string // "new", "old"
	readerIsNew    bool
}

func newSides(d compat.Direction) sides {
	r, w := d.ReaderWriter()
	return sides{reader: r, writer: w, readerIsNew: d == compat.NewReadsOld}
}

// paths are the places of a cause in both schemas: messages and fields by name, "[]" for the elements of a list, "{}" for
// the values of a map.
func (c *cause) paths() (writer, reader string) {
	var steps func(v *visit) (string, string)
	steps = func(v *visit) (string, string) {
		if v.outer == nil {
			name := "#/" + strings.ReplaceAll(v.w.Name(), ".", "/")
			if v.r == nil {
				return name, ""
			}
			return name, "#/" + strings.ReplaceAll(v.r.Name(), ".", "/")
		}
		w, r := steps(v.outer)
		w += "/" + v.field.Name + brackets(v.field)
		if v.r != nil {
			r += "/" + v.into.Name + brackets(v.into)
		}
		return w, r
	}
	writer, reader = steps(c.at)
	part := map[string]string{"key": "{key}", "value": "{}"}[c.part]
	if c.w != nil {
		writer += "/" + c.w.Name + part
	}
	if c.r != nil {
		reader += "/" + c.r.Name + part
	}
	return writer, reader
}

func brackets(f *format.FieldModel) string {
	return map[format.Cardinality]string{format.List: "[]", format.Map: "{}"}[f.Cardinality]
}

// typeName is the type of a field as its text has it.
func typeName(f *format.FieldModel) string {
	switch {
	case f.Cardinality == format.Map:
		return "map<" + typeName(f.Key) + ", " + typeName(f.Value) + ">"
	case f.Cardinality == format.List:
		return "repeated " + elementName(f)
	case f.Required:
		return "required " + elementName(f)
	}
	return elementName(f)
}

func elementName(f *format.FieldModel) string {
	switch {
	case f.Kind == protoreflect.GroupKind && f.Message != nil:
		return "group " + f.Message.Name()
	case f.Message != nil:
		return f.Message.Name()
	case f.Enum != nil:
		return f.Enum.Type.LocalName()
	case f.Kind == protoreflect.MessageKind && f.Decl != nil:
		return f.Decl.Type
	}
	return f.Kind.String()
}

// show writes a scalar for a person.
func show(f *format.FieldModel, v format.Scalar) string {
	switch f.Kind {
	case protoreflect.StringKind, protoreflect.BytesKind:
		return shorten(strconv.Quote(v.Text))
	case protoreflect.BoolKind:
		return strconv.FormatBool(v.Bits != 0)
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return strconv.FormatFloat(math.Float64frombits(v.Bits), 'g', -1, 64)
	case protoreflect.EnumKind:
		if name, ok := f.Enum.Names[int32(v.Bits)]; ok {
			return fmt.Sprintf("%s (%d)", name, int32(v.Bits))
		}
		return strconv.Itoa(int(int32(v.Bits)))
	}
	if familyOf(f.Kind) == unsignedFamily {
		return strconv.FormatUint(v.Bits, 10)
	}
	return strconv.FormatInt(int64(v.Bits), 10)
}

func shorten(s string) string {
	if len(s) > 60 {
		return s[:57] + `..."`
	}
	return s
}

// change begins most sentences: the field and its type on both sides.
func (s sides) change(c *cause) string {
	name := quote(c.w)
	if c.w.Name != c.r.Name {
		name = fmt.Sprintf("%s (%s in the %s schema)", name, quote(c.r), s.reader)
	}
	subject, verb := fmt.Sprintf("%s, number %d,", name, c.w.Number), "is"
	w, r := typeName(c.w), typeName(c.r)
	if c.part != "" && c.w.Cardinality == format.Map && c.r.Cardinality == format.Map {
		ew, er := c.element()
		subject, verb = fmt.Sprintf("the %ss of %s, number %d,", c.part, name, c.w.Number), "are"
		w, r = elementName(ew), elementName(er)
	}
	if w == r {
		return fmt.Sprintf("%s %s %s in both schemas", subject, verb, w)
	}
	return fmt.Sprintf("%s %s %s in the %s schema and %s in the %s one", subject, verb, w, s.writer, r, s.reader)
}

func quote(f *format.FieldModel) string { return "`" + f.Name + "`" }

// reads is the end of a sentence about one value.
func (c *cause) reads() string {
	w, r := c.element()
	switch {
	case c.scalar == nil:
		return ""
	case c.got != nil:
		return fmt.Sprintf(": %s is read as %s", show(w, *c.scalar), show(r, *c.got))
	}
	return fmt.Sprintf(": %s is not seen by the reader", show(w, *c.scalar))
}

// element returns the fields that hold the cause's scalar.
func (c *cause) element() (w, r *format.FieldModel) {
	w, r = c.w, c.r
	pick := func(f *format.FieldModel) *format.FieldModel {
		switch {
		case f == nil || f.Cardinality != format.Map:
			return f
		case c.part == "key":
			return f.Key
		}
		return f.Value
	}
	return pick(w), pick(r)
}

// explain says in a sentence what goes wrong, and how to mend it.
func (s sides) explain(c *cause) (message, hint string) {
	message = capital(s.sentence(c) + ".")
	return message, s.hint(c)
}

func capital(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (s sides) sentence(c *cause) string {
	switch c.code {
	case codeMessageRemoved:
		return fmt.Sprintf("the message `%s` is not in the %s schema, so that its records have no type to be read with", c.at.w.Name(), s.reader)
	case codeRequiredAdded:
		return fmt.Sprintf("%s is required in the %s schema, and records of the %s one need not have it: they are refused", quote(c.r), s.reader, s.writer)
	case codeDefaultChanged:
		return fmt.Sprintf("%s has another default: where it is not set, the %s schema reads %s and the %s one %s", quote(c.w), s.writer, show(c.w, *c.scalar), s.reader, show(c.r, *c.got))
	case codeOneofMerged:
		return fmt.Sprintf("%s and `%s` can be set together in the %s schema; in the %s one they are in one oneof, which keeps only the last", quote(c.w), c.other, s.writer, s.reader)
	case codeMessageSet:
		return fmt.Sprintf("`%s` is a message set in one schema only, and message sets are encoded differently", c.at.w.Name())
	}
	if text := s.name(c); text != "" {
		return text
	}
	if text := s.json(c); text != "" {
		return text
	}
	return s.change(c) + s.effect(c)
}

// effect says what becomes of the values.
func (s sides) effect(c *cause) string {
	switch c.code {
	case codeUTF8:
		return fmt.Sprintf(": the %s schema takes only UTF-8 and refuses a record with other bytes", s.reader)
	case codeBytesAsMessage:
		return ": most texts and bytes are no encoded message, and the record is refused"
	case codeMessageAsText:
		return ": the encoded message is taken for text"
	case codePackedToOne:
		return ": a packed list is not seen by a reader of single values"
	case codeRepeatedToOne:
		return ": of several values the reader keeps the last"
	case codeMessagesMerged:
		return ": the reader merges the elements into one message that nobody wrote"
	case codeListToMap:
		return ": elements with the same key become one, and elements that are not entries are misread"
	case codeMapToList:
		return ": the messages in the list are not the entries of the map"
	case codeMapShape:
		return ": entries of a map are something else to the reader"
	case codeGroup:
		return ": one is written with tags around it, the other with a length before it, and the reader does not see the field"
	case codeWireType:
		if c.class == decodeError {
			return ": the values are encoded in another form, so that the required field is missing"
		}
		return ": the values are encoded in another form" + c.reads()
	case codeEnumClosed:
		return fmt.Sprintf(". The %s enum is closed, and numbers that it does not declare are dropped%s", s.reader, c.reads())
	}
	return c.reads()
}

func (s sides) name(c *cause) string {
	switch c.code {
	case codeRenumbered:
		return fmt.Sprintf("%s has number %d in the %s schema and %d in the %s one, so that code which reads it by name finds nothing", quote(c.w), c.w.Number, s.writer, c.r.Number, s.reader)
	case codeSwapped:
		return fmt.Sprintf("%s has number %d in the %s schema and %d in the %s one, where another field takes its place: the two are exchanged", quote(c.w), c.w.Number, s.writer, c.r.Number, s.reader)
	case codeEnumRenumbered:
		return fmt.Sprintf("the enum value `%s` of %s is %d in the %s schema and %d in the %s one", c.other, quote(c.w), int32(c.scalar.Bits), s.writer, int32(c.got.Bits), s.reader)
	case codeReservedReused:
		return fmt.Sprintf("%s has a %s that the %s schema reserves: something else used it before", quote(c.r), c.other, s.writer)
	case codeFieldRenamed:
		return fmt.Sprintf("number %d is called %s in the %s schema and %s in the %s one; records are not affected, code and JSON are", c.w.Number, quote(c.w), s.writer, quote(c.r), s.reader)
	case codeEnumRenamed:
		return fmt.Sprintf("a value of the enum of %s has another name: %s in the %s schema, %s in the %s one", quote(c.w), show(c.w, *c.scalar), s.writer, show(c.r, *c.got), s.reader)
	}
	return ""
}

func (s sides) json(c *cause) string {
	switch c.code {
	case codeJSONNameChanged:
		return fmt.Sprintf("%s is called %q in JSON of the %s schema and %q in the %s one, which does not see it", quote(c.w), c.w.JSONName, s.writer, c.r.JSONName, s.reader)
	case codeJSONNameReused:
		if c.r == nil {
			return fmt.Sprintf("the extension %s extends another message in the %s schema, which refuses JSON that has it here", quote(c.w), s.reader)
		}
		if c.other != "" {
			return fmt.Sprintf("the %s schema reads both %q and %q of JSON as %s, which are two fields in the %s one", s.reader, c.other, c.w.JSONName, quote(c.r), s.writer)
		}
		return fmt.Sprintf("in JSON %q is %s in the %s schema and %s in the %s one", c.w.JSONName, quote(c.w), s.writer, quote(c.r), s.reader)
	case codeJSONEnumName:
		if c.scalar == nil {
			return s.change(c) + ", and JSON writes enums by name"
		}
		w, _ := c.element()
		return fmt.Sprintf("JSON writes enums by name, and the %s schema does not have %s of %s", s.reader, show(w, *c.scalar), quote(c.w))
	case codeJSONType:
		if c.w == nil {
			return fmt.Sprintf("`%s` has a form of its own in JSON in one of the schemas only", c.at.w.Name())
		}
		return s.change(c) + ", and their forms in JSON do not fit each other"
	case codeJSONOneof:
		return fmt.Sprintf("%s and `%s` can be set together in the %s schema; the %s one refuses JSON that sets both", quote(c.w), c.other, s.writer, s.reader)
	}
	return ""
}

// hint says how to mend it, in terms of the new schema, which is the one that can still be changed.
func (s sides) hint(c *cause) string {
	oldField, newField, newMessage := c.w, c.r, c.at.r
	if !s.readerIsNew {
		oldField, newField, newMessage = c.r, c.w, c.at.w
	}
	switch c.code {
	case codeMessageRemoved:
		if s.readerIsNew {
			return fmt.Sprintf("Keep the message `%s`.", c.at.w.Name())
		}
		return fmt.Sprintf("Readers of the old schema do not know `%s`; give it to them first.", c.at.w.Name())
	case codeRequiredAdded:
		if s.readerIsNew {
			return fmt.Sprintf("Make %s optional.", quote(c.r))
		}
		return fmt.Sprintf("Keep %s required for as long as there are readers that cannot do without it.", quote(c.r))
	case codeDefaultChanged:
		return "Keep the default, and handle unset values in code."
	case codeOneofMerged, codeJSONOneof:
		return "Leave the fields outside the oneof, or add new fields to it with numbers of their own."
	case codeReservedReused:
		return fmt.Sprintf("Keep the reservation, and give %s a number and a name that nothing has used%s.", quote(c.r), free(newMessage))
	case codeFieldRenamed, codeEnumRenamed:
		return "Keep the name if code or JSON depends on it."
	case codeEnumRenumbered:
		return "Keep the numbers of the enum's values; give new values new numbers."
	case codeJSONNameChanged, codeJSONNameReused:
		if c.r == nil {
			return "Keep the type of the field, or give the extensions different names."
		}
		if c.other != "" {
			return "Give the fields names that stay apart: JSON is read by the declared name too."
		}
		if c.code == codeJSONNameReused {
			return fmt.Sprintf("Give %s a json_name of its own: %q is %s in the old schema.", quote(newField), c.w.JSONName, quote(oldField))
		}
		if oldField != nil && newField != nil {
			return fmt.Sprintf("Set json_name = %q on %s.", oldField.JSONName, quote(newField))
		}
	case codeJSONEnumName:
		return "Keep the names of the enum's values, and add new ones to readers before writers use them."
	case codeEnumClosed:
		return "Keep the values of the enum, and add new ones to readers before writers use them."
	case codeUTF8:
		if oldField.Name == newField.Name {
			return "Keep the type and the syntax of the file, or see to it that writers send nothing but UTF-8."
		}
	case codeMessageSet:
		return "Leave message_set_wire_format as it was."
	}
	if oldField == nil || newField == nil {
		return ""
	}
	if oldField.Name != newField.Name && c.code != codeRenumbered && c.code != codeSwapped {
		return fmt.Sprintf("Reserve %d and %q instead of reusing the number, and give %s a new one%s.", oldField.Number, oldField.Name, quote(newField), free(newMessage))
	}
	if c.code == codeRenumbered || c.code == codeSwapped {
		return fmt.Sprintf("Keep %s at number %d.", quote(oldField), oldField.Number)
	}
	return fmt.Sprintf("Keep %s as %s, and add a field with a new number for the other type%s.", quote(oldField), typeName(oldField), free(newMessage))
}

// free suggests a number that no field of the message has.
func free(m *format.MessageModel) string {
	if m == nil || len(m.Fields) == 0 {
		return ""
	}
	next := m.Fields[len(m.Fields)-1].Number + 1
	if next >= 19000 && next <= 19999 {
		next = 20000
	}
	if next > 1<<29-1 {
		return ""
	}
	return fmt.Sprintf(", such as %d", next)
}
