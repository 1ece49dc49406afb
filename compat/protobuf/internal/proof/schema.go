package proof

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// Schema is a small schema that was made up: a root message M, two helper messages and two enums. M has extensions, where
// the syntax has them.
type Schema struct {
	Syntax     string // proto2, proto3 or 2023
	Messages   []*message
	Enums      []*enum
	extensions []*made
}

// Extensions of M have this number and the next ones.
const firstExtension = 100

type message struct {
	name   string
	fields []*made
}

type made struct {
	name     string
	number   int
	json     string // a JSON name of its own
	label    string // "", "optional", "required", "repeated", "map"
	typ, key string
	oneof    int // 0 for none
	value    string
	options  []string
}

type enum struct {
	name    string
	numbers []int
	open    bool // in editions
	turn    int  // which value comes first, where that is free
}

var scalarNames = []string{
	"int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool", "fixed32", "fixed64", "sfixed32", "sfixed64", "float", "double", "string", "bytes",
}

var keyNames = []string{"int32", "int64", "uint32", "uint64", "sint32", "sint64", "bool", "fixed32", "fixed64", "sfixed32", "sfixed64", "string"}

func pick[T any](rng *rand.Rand, list []T) T { return list[rng.IntN(len(list))] }

// NewSchema makes up a schema.
func NewSchema(rng *rand.Rand) *Schema {
	s := &Schema{Syntax: pick(rng, []string{"proto2", "proto3", "proto3", "2023"})}
	for _, name := range []string{"E", "F"} {
		s.Enums = append(s.Enums, &enum{name: name, numbers: []int{0, 1, 2, 5}[:1+rng.IntN(4)], open: rng.IntN(2) == 0, turn: rng.IntN(3)})
	}
	for i, name := range []string{"A", "B", "M"} {
		m := &message{name: name}
		for n := range 1 + rng.IntN(2+2*i) {
			m.fields = append(m.fields, s.newField(rng, n+1, i))
		}
		s.Messages = append(s.Messages, m)
	}
	slices.Reverse(s.Messages)
	for n := range rng.IntN(3) {
		s.extensions = append(s.extensions, s.newField(rng, firstExtension+n, 2))
	}
	return s
}

// newField makes up a field of a message that may use the helpers before it, and sometimes itself.
func (s *Schema) newField(rng *rand.Rand, number, helpers int) *made {
	f := &made{name: fmt.Sprintf("f%d", number), number: number}
	f.retype(rng, helpers)
	f.relabel(rng, s)
	if rng.IntN(4) == 0 {
		f.oneof = 1 + rng.IntN(2)
	}
	return f
}

func (f *made) retype(rng *rand.Rand, helpers int) {
	names := append(slices.Clone(scalarNames), "E", "F", "E")
	if helpers > 0 {
		names = append(names, "A", "A")
	}
	if helpers > 1 {
		names = append(names, "B", "B", "M")
	}
	f.typ, f.value = pick(rng, names), ""
	f.key = pick(rng, keyNames)
	f.options = nil
	if rng.IntN(4) == 0 {
		f.options = append(f.options, pick(rng, []string{"packed", "expanded", "unchecked", "delimited", "implicit", "required"}))
	}
}

func (f *made) relabel(rng *rand.Rand, s *Schema) {
	f.label = pick(rng, []string{"", "optional", "repeated", "map", "optional", "required"})
	f.value = ""
	if s.Syntax != "proto3" && rng.IntN(3) == 0 {
		f.value = pick(rng, []string{"0", "1", "7"})
	}
}

// Mutate changes a copy of the schema in one or a few places.
func (s *Schema) Mutate(rng *rand.Rand) *Schema {
	c := s.clone()
	for range 1 + rng.IntN(2) {
		c.mutate(rng)
	}
	return c
}

func (s *Schema) clone() *Schema {
	c := &Schema{Syntax: s.Syntax}
	for _, m := range s.Messages {
		n := &message{name: m.name}
		for _, f := range m.fields {
			copied := *f
			n.fields = append(n.fields, &copied)
		}
		c.Messages = append(c.Messages, n)
	}
	for _, f := range s.extensions {
		copied := *f
		c.extensions = append(c.extensions, &copied)
	}
	for _, e := range s.Enums {
		copied := *e
		copied.numbers = slices.Clone(e.numbers)
		c.Enums = append(c.Enums, &copied)
	}
	return c
}

func (s *Schema) mutate(rng *rand.Rand) {
	at := rng.IntN(len(s.Messages))
	m := s.Messages[at]
	helpers := len(s.Messages) - 1 - at
	if len(m.fields) == 0 {
		m.fields = append(m.fields, s.newField(rng, 1, helpers))
		return
	}
	i := rng.IntN(len(m.fields))
	f := m.fields[i]
	switch rng.IntN(15) {
	case 0:
		m.fields = slices.Delete(m.fields, i, i+1)
	case 1, 2:
		label := f.label
		f.retype(rng, helpers)
		f.label = label
	case 3:
		f.relabel(rng, s)
	case 4:
		f.oneof = rng.IntN(3)
	case 5:
		f.value = pick(rng, []string{"", "0", "1", "7"})
	case 6:
		e := pick(rng, s.Enums)
		e.numbers = []int{0, 1, 2, 5}[:1+rng.IntN(4)]
		e.open = rng.IntN(2) == 0
		e.turn = rng.IntN(3)
	case 7:
		s.Syntax = pick(rng, []string{"proto2", "proto3", "2023"})
	case 8:
		m.fields = append(m.fields, s.newField(rng, 6+rng.IntN(3), helpers))
	case 9:
		f.key = pick(rng, keyNames)
	case 10:
		f.typ = sibling(rng, f.typ)
	case 11:
		f.number = pick(rng, []int{1, 2, 3, 4, 15, 16, 2047, 2048, 1<<29 - 1})
	case 12:
		f.name, f.json = pick(rng, []string{f.name, "f1", "f2", "f_3"}), pick(rng, []string{"", "f1", "f2", "f3", "x"})
	case 13:
		s.mutateExtension(rng)
	case 14:
		if f.number < firstExtension && len(s.extensions) > 0 {
			x := pick(rng, s.extensions)
			*x, *f = *f, *x
			x.number, f.number = f.number, x.number
		}
	}
}

func (s *Schema) mutateExtension(rng *rand.Rand) {
	if len(s.extensions) == 0 {
		s.extensions = append(s.extensions, s.newField(rng, firstExtension, 2))
		return
	}
	i := rng.IntN(len(s.extensions))
	switch x := s.extensions[i]; rng.IntN(4) {
	case 0:
		s.extensions = slices.Delete(s.extensions, i, i+1)
	case 1:
		x.retype(rng, 2)
	case 2:
		x.relabel(rng, s)
	case 3: // the number is a field's now
		s.extensions = slices.Delete(s.extensions, i, i+1)
		s.Messages[0].fields = append(s.Messages[0].fields, x)
	}
}

// sibling is a type that is close to another one, so that many changes are safe or nearly so.
func sibling(rng *rand.Rand, typ string) string {
	for _, group := range [][]string{
		{"int32", "int64", "uint32", "uint64", "bool", "E", "F"}, {"sint32", "sint64"}, {"fixed32", "sfixed32", "float"},
		{"fixed64", "sfixed64", "double"}, {"string", "bytes"}, {"A", "B", "bytes"},
	} {
		if slices.Contains(group, typ) {
			return pick(rng, group)
		}
	}
	return typ
}

// Text is the schema as a .proto text. What a syntax does not have is left out or written in its way.
func (s *Schema) Text() string {
	var out strings.Builder
	if s.Syntax == "2023" {
		out.WriteString("edition = \"2023\";\n")
	} else {
		fmt.Fprintf(&out, "syntax = %q;\n", s.Syntax)
	}
	out.WriteString("package p;\n")
	extended := s.extended()
	for _, m := range s.Messages {
		fmt.Fprintf(&out, "message %s {\n", m.name)
		if m == s.Messages[0] && len(extended) > 0 {
			fmt.Fprintf(&out, "  extensions %d to %d;\n", firstExtension, firstExtension+9)
		}
		oneofs := map[int][]string{}
		for _, f := range distinct(m.fields) {
			if f.oneof > 0 && f.label != "map" && f.label != "repeated" {
				oneofs[f.oneof] = append(oneofs[f.oneof], "    "+s.field(f, true))
			} else {
				out.WriteString("  " + s.field(f, false))
			}
		}
		for _, n := range []int{1, 2} {
			if len(oneofs[n]) > 0 {
				fmt.Fprintf(&out, "  oneof o%d {\n%s  }\n", n, strings.Join(oneofs[n], ""))
			}
		}
		out.WriteString("}\n")
	}
	if len(extended) > 0 {
		out.WriteString("extend M {\n")
		for _, x := range extended {
			out.WriteString("  " + s.field(x, false))
		}
		out.WriteString("}\n")
	}
	for _, e := range s.Enums {
		fmt.Fprintf(&out, "enum %s {\n", e.name)
		if s.Syntax == "2023" && !e.open {
			out.WriteString("  option features.enum_type = CLOSED;\n")
		}
		numbers := e.numbers
		if turn := e.turn % len(numbers); (s.Syntax == "proto2" || s.Syntax == "2023" && !e.open) && !s.inMap(e.name) {
			numbers = append(slices.Clone(numbers[turn:]), numbers[:turn]...)
		}
		for _, n := range numbers {
			fmt.Fprintf(&out, "  %s%d = %d;\n", e.name, n, n)
		}
		out.WriteString("}\n")
	}
	return out.String()
}

// distinct leaves out the fields whose number or name another one has, and their JSON names where another one has these.
func distinct(fields []*made) []*made {
	var out []*made
	taken := map[string]bool{}
	for _, f := range fields {
		number, name := strconv.Itoa(f.number), strings.ReplaceAll(f.name, "_", "")
		if taken[number] || taken[name] {
			continue
		}
		one := *f
		if taken[one.json] || one.json == name {
			one.json = ""
		}
		taken[number], taken[name], taken[one.json] = true, true, true
		out = append(out, &one)
	}
	// A JSON name that a later field has for its own name gives way.
	for _, f := range out {
		if f.json != "" && slices.ContainsFunc(out, func(other *made) bool { return strings.ReplaceAll(other.name, "_", "") == f.json }) {
			f.json = ""
		}
	}
	return out
}

// extended lists the extensions of M in a form that extensions may have; none when their numbers are taken.
func (s *Schema) extended() []*made {
	if s.Syntax == "proto3" || slices.ContainsFunc(s.Messages[0].fields, func(f *made) bool { return f.number >= firstExtension && f.number < firstExtension+10 }) {
		return nil
	}
	var out []*made
	for _, x := range distinct(s.extensions) {
		x.name, x.json = "e"+strconv.Itoa(x.number), ""
		if x.label != "repeated" {
			x.label = "optional"
		}
		x.options = slices.DeleteFunc(slices.Clone(x.options), func(o string) bool { return o == "implicit" || o == "required" })
		out = append(out, x)
	}
	return out
}

// inMap reports whether a map has values of the type: such an enum must begin with zero.
func (s *Schema) inMap(typ string) bool {
	for _, m := range s.Messages {
		for _, f := range m.fields {
			if f.label == "map" && f.typ == typ {
				return true
			}
		}
	}
	return false
}

func (s *Schema) isMessage(typ string) bool { return typ == "A" || typ == "B" || typ == "M" }

func (s *Schema) field(f *made, inOneof bool) string {
	label := f.label
	switch {
	case label == "map":
		return fmt.Sprintf("map<%s, %s> %s = %d%s;\n", f.key, f.typ, f.name, f.number, s.brackets(f, true, inOneof))
	case inOneof, s.Syntax == "2023" && label != "repeated", s.Syntax == "proto3" && label == "required":
		label = ""
	case s.Syntax == "proto2" && label == "":
		label = "optional"
	case label == "required" && f.typ == "M":
		label = "optional" // a record that must hold another one has no end
	}
	if label != "" {
		label += " "
	}
	return fmt.Sprintf("%s%s %s = %d%s;\n", label, f.typ, f.name, f.number, s.brackets(f, false, inOneof))
}

// brackets are the options that the field's type and syntax allow.
func (s *Schema) brackets(f *made, isMap, inOneof bool) string {
	var options []string
	if f.json != "" {
		options = append(options, fmt.Sprintf("json_name = %q", f.json))
	}
	list := f.label == "repeated" && !isMap
	text := f.typ == "string" || f.typ == "bytes"
	if f.value != "" && !list && !isMap && s.Syntax != "proto3" && !s.isMessage(f.typ) && !(s.Syntax == "2023" && slices.Contains(f.options, "implicit")) {
		if value, ok := s.defaultOf(f); ok {
			options = append(options, "default = "+value)
		}
	}
	for _, o := range f.options {
		switch {
		case o == "packed" || o == "expanded":
			if !list || text || s.isMessage(f.typ) {
				continue
			}
			if s.Syntax == "2023" {
				options = append(options, "features.repeated_field_encoding = "+strings.ToUpper(o))
			} else {
				options = append(options, fmt.Sprintf("packed = %v", o == "packed"))
			}
		case s.Syntax != "2023":
		case o == "unchecked" && (f.typ == "string" || isMap && f.key == "string"):
			options = append(options, "features.utf8_validation = NONE")
		case o == "delimited" && s.isMessage(f.typ) && !isMap:
			options = append(options, "features.message_encoding = DELIMITED")
		case o == "implicit" && !list && !isMap && !inOneof && !s.isMessage(f.typ) && !s.closed(f.typ):
			options = append(options, "features.field_presence = IMPLICIT")
		case o == "required" && !list && !isMap && !inOneof && f.typ != "M":
			options = append(options, "features.field_presence = LEGACY_REQUIRED")
		}
	}
	if len(options) == 0 {
		return ""
	}
	return " [" + strings.Join(options, ", ") + "]"
}

func (s *Schema) closed(typ string) bool {
	for _, e := range s.Enums {
		if e.name == typ {
			return !e.open
		}
	}
	return false
}

func (s *Schema) defaultOf(f *made) (string, bool) {
	switch f.typ {
	case "string", "bytes":
		return `"` + f.value + `"`, true
	case "bool":
		return fmt.Sprint(f.value != "0"), true
	case "E", "F":
		for _, e := range s.Enums {
			if e.name == f.typ && slices.Contains(e.numbers, 1) && f.value == "1" {
				return f.typ + "1", true
			}
		}
		return "", false
	}
	return f.value, true
}
