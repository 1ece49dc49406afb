package protobuf

import "iter"

// Pos is a stretch of a file's text in byte offsets, End exclusive. The zero Pos means that there is no place to name.
type Pos struct{ Start, End int32 }

// File is a .proto file as it was written: names are not resolved and nothing is checked beyond the grammar. Within one
// kind the declarations keep their order.
type File struct {
	Syntax   string // "proto2", "proto3", or "" when the file does not say (then proto2 rules apply)
	Edition  string // "2023"; Syntax is then empty
	Package  string
	Imports  []Import
	Options  []Option
	Messages []*Message
	Enums    []*Enum
	Extends  []*Extend
	Services []*Service

	PackagePos Pos
}

// ImportKind is the keyword between "import" and the path.
type ImportKind uint8

// The kinds of import.
const (
	PlainImport ImportKind = iota
	PublicImport
	WeakImport
)

// Import is one import line.
type Import struct {
	Path string
	Kind ImportKind
	Pos  Pos
}

// Message is a message declaration, or the body of a group.
type Message struct {
	Name       string
	Options    []Option
	Reserved   []Reserved
	Fields     []*Field // outside oneofs, without groups
	Oneofs     []*Oneof
	Groups     []*Field // outside oneofs
	Extensions []Extensions
	Extends    []*Extend
	Messages   []*Message
	Enums      []*Enum

	Pos, NamePos Pos
}

// Label is the word before a field's type.
type Label uint8

// The labels. A proto3 singular field, a oneof member and a map have none.
const (
	NoLabel Label = iota
	Optional
	Required
	Repeated
)

func (l Label) String() string { return [...]string{"", "optional", "required", "repeated"}[l] }

// Field is a field, a oneof member, an extension field or a group.
type Field struct {
	Label  Label
	Type   string   // as written; empty for maps and groups
	Map    *MapType // for map<key, value>
	Group  *Message // for groups; its Name is the group's
	Name   string
	Number int32
	// Options are those of the brackets without default and json_name.
	Options  []Option
	Default  *Value
	JSONName *string

	Pos, TypePos, NamePos, NumberPos Pos
}

// MapType is the type of a map field, as written.
type MapType struct{ Key, Value string }

// Oneof is a oneof declaration.
type Oneof struct {
	Name    string
	Options []Option
	Fields  []*Field
	Groups  []*Field

	Pos, NamePos Pos
}

// Enum is an enum declaration.
type Enum struct {
	Name     string
	Options  []Option
	Reserved []Reserved
	Values   []*EnumValue

	Pos, NamePos Pos
}

// EnumValue is a constant of an enum.
type EnumValue struct {
	Name    string
	Number  int32
	Options []Option

	Pos, NamePos Pos
}

// Range is a range of numbers, both ends included. Single says that it was written as one number, ToMax that its end was
// written "max".
type Range struct {
	Start, End    int32
	Single, ToMax bool
	Pos           Pos
}

// Reserved is one reserved statement. Values are in written order: ranges and names.
type Reserved struct {
	Values []ReservedValue
	Pos    Pos
}

// ReservedValue is a name, or a range when Name is nil.
type ReservedValue struct {
	Name  *string
	Range Range
}

// Extensions is one extensions statement.
type Extensions struct {
	Ranges  []Range
	Options []Option
	Pos     Pos
}

// Extend is one extend block.
type Extend struct {
	Extendee string
	Fields   []*Field
	Groups   []*Field

	Pos, NamePos Pos
}

// Service is a service declaration.
type Service struct {
	Name    string
	Options []Option
	Methods []*Method
	Pos     Pos
}

// Method is an rpc.
type Method struct {
	Name            string
	Input, Output   string
	InputStreaming  bool
	OutputStreaming bool
	Options         []Option
	Pos             Pos
}

// Option is an option: a name, a path into its value, and the value.
type Option struct {
	Name  string // without parentheses; may begin with a dot
	Paren bool   // written in parentheses: a custom option
	Path  []OptionPart
	Value Value
	Pos   Pos
}

// OptionPart is one step of the path after an option's name.
type OptionPart struct {
	Name  string
	Paren bool
}

// Kind is the kind of an option's value.
type Kind uint8

// The kinds of value.
const (
	StringValue Kind = iota
	BoolValue
	NumberValue
	IdentValue // an enum constant, inf, nan
	LiteralValue
	ListValue
)

// Value is the value of an option.
type Value struct {
	Kind Kind
	// Text is the content of a string (escapes resolved, so any bytes) or the word as written.
	Text   string
	Fields []LiteralField // of a literal
	List   []Value
}

// LiteralField is one key of a message literal. Keys that occur more than once are one LiteralField with a list.
type LiteralField struct {
	Key   string // extension names and type URLs in their brackets
	Value Value
}

// groupBodies returns the messages that the groups of m declare, those of its oneofs and extend blocks included.
func (m *Message) groupBodies() []*Message {
	var bodies []*Message
	add := func(groups []*Field) {
		for _, g := range groups {
			bodies = append(bodies, g.Group)
		}
	}
	add(m.Groups)
	for _, o := range m.Oneofs {
		add(o.Groups)
	}
	for _, e := range m.Extends {
		add(e.Groups)
	}
	return bodies
}

// option returns the last option of that plain name.
func option(options []Option, name string) (Value, bool) {
	for i := len(options) - 1; i >= 0; i-- {
		if o := options[i]; o.Name == name && !o.Paren && len(o.Path) == 0 {
			return o.Value, true
		}
	}
	return Value{}, false
}

// IsMapEntry reports whether m carries option map_entry = true, as the entry types in descriptors do.
func (m *Message) IsMapEntry() bool {
	v, ok := option(m.Options, "map_entry")
	return ok && v.Text == "true"
}

// Field returns the field of that name outside oneofs.
func (m *Message) Field(name string) *Field {
	for _, f := range m.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// fieldLists returns the fields of m list by list: fields, the members of each oneof, groups.
func (m *Message) fieldLists() [][]*Field {
	lists := make([][]*Field, 0, 2+2*len(m.Oneofs))
	lists = append(lists, m.Fields)
	for _, o := range m.Oneofs {
		lists = append(lists, o.Fields, o.Groups)
	}
	return append(lists, m.Groups)
}

// AllFields yields the fields, oneof members and groups of m: fields first, then oneof by oneof, then groups.
func (m *Message) AllFields() iter.Seq[*Field] {
	return func(yield func(*Field) bool) {
		for _, list := range m.fieldLists() {
			for _, f := range list {
				if !yield(f) {
					return
				}
			}
		}
	}
}
