package avro

import "strings"

// Kind is what an Avro type is.
type Kind uint8

// The kinds of type, in the order of the specification.
const (
	Null Kind = iota
	Boolean
	Int
	Long
	Float
	Double
	Bytes
	String
	Record
	Enum
	Array
	Map
	Union
	Fixed
)

var kindNames = [...]string{"null", "boolean", "int", "long", "float", "double", "bytes", "string", "record", "enum", "array", "map", "union", "fixed"}

// String returns the kind as a schema spells it.
func (k Kind) String() string { return kindNames[k] }

// Primitive reports whether the kind has no parts and no name.
func (k Kind) Primitive() bool { return k <= String }

// Named reports whether types of the kind have a name.
func (k Kind) Named() bool { return k == Record || k == Enum || k == Fixed }

// primitives maps the names of the primitive types to their kinds.
var primitives = map[string]Kind{
	"null": Null, "boolean": Boolean, "int": Int, "long": Long, "float": Float, "double": Double, "bytes": Bytes, "string": String,
}

// typeWord reports whether name is the name of a kind, so that it cannot stand alone for a type of that name.
func typeWord(name string) bool {
	for _, k := range kindNames {
		if k == name {
			return true
		}
	}
	return false
}

// Pos is a stretch of a text, in bytes. Source is 0 for the schema's own text and i+1 for Source.Resolved[i].
type Pos struct {
	Source     int32
	Start, End int32
}

// Name is the name of a type.
type Name struct {
	Space string // "" is the null namespace
	Local string
	Full  string
}

// newName splits a name; one with a dot brings its own namespace.
func newName(name, space string) Name {
	if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
		n := Name{Space: name[:dot], Local: name[dot+1:], Full: name}
		if dot == 0 {
			n.Full = n.Local
		}
		return n
	}
	if space == "" {
		return Name{Local: name, Full: name}
	}
	return Name{Space: space, Local: name, Full: space + "." + name}
}

// Type is a node of a schema: a graph in which every use of a named type is the same *Type, and so is every use of a
// primitive type without properties, in all schemas. Types are not modified after Parse. Others are made by NewUnion,
// NewContainer, Copy and the With methods, never as a literal.
type Type struct {
	Kind     Kind
	complete bool

	Pos   Pos // the definition; none for primitive types without properties
	Props []Prop

	Items    *Type // the elements of arrays, the values of maps
	Branches []*Type
	// ItemsPos and BranchPos are where the parts are used.
	ItemsPos  Pos
	BranchPos []Pos

	// What only named types have. It is never nil: all others share an empty one. Most types of a schema are others, and
	// schemas are kept in memory by the thousand.
	*Definition
}

// Definition is what records, enums and fixed have beyond other types.
type Definition struct {
	Name Name
	// Aliases are names that writers may have used, in order, without repetition.
	Aliases []Name
	Doc     *string

	Fields  []Field // of records
	IsError bool    // a record that was declared as "error"

	Symbols []string // of enums
	Default *string  // of enums

	Size int // of fixed, in bytes

	NamePos, SymbolsPos, SizePos Pos

	index map[string]int // of the names of fields or of the symbols, where there are more than fewParts
}

// undefined is the definition of the types that have none.
var undefined = &Definition{}

// NewUnion returns a union of no text.
func NewUnion(branches []*Type) *Type {
	return &Type{Kind: Union, Branches: branches, complete: true, Definition: undefined}
}

// NewContainer returns an array or a map of no text.
func NewContainer(kind Kind, items *Type, props []Prop) *Type {
	return &Type{Kind: kind, Items: items, Props: props, complete: true, Definition: undefined}
}

// Copy returns a type of its own that says what t says, with the parts of t. Its Definition may be changed if it is named.
func (t *Type) Copy() *Type {
	c := *t
	if t.Kind.Named() {
		d := *t.Definition
		c.Definition = &d
	}
	return &c
}

// WithFields returns a record like t with other fields.
func (t *Type) WithFields(fields []Field) *Type {
	c := t.Copy()
	c.Fields, c.index = fields, nil
	return c
}

// WithName returns a named type like t under another name. Its parts still refer to t where they refer to themselves.
func (t *Type) WithName(name Name) *Type {
	c := t.Copy()
	c.Name = name
	return c
}

// fewParts is the number of fields or symbols up to which looking at each is as fast as an index.
const fewParts = 8

// bare holds the primitive types without properties, which all schemas share.
var bare = func() (types [String + 1]*Type) {
	for kind := range types {
		types[kind] = &Type{Kind: Kind(kind), complete: true, Definition: undefined}
	}
	return types
}()

// Field is a field of a record.
type Field struct {
	Name    string
	Type    *Type
	Doc     *string
	Default *Value // nil when there is none
	Order   Order
	Aliases []string
	Props   []Prop

	Pos, NamePos, TypePos, DefaultPos Pos
}

// Order is how a field takes part in sorting.
type Order uint8

// The orders.
const (
	Ascending Order = iota
	Descending
	Ignore
)

var orderNames = [...]string{"ascending", "descending", "ignore"}

// String returns the order as a schema spells it.
func (o Order) String() string { return orderNames[o] }

// Prop is an attribute without a meaning of its own in the schema language.
type Prop struct {
	Key   string
	Value *Value
}

// Prop returns the attribute named key, or nil.
func (t *Type) Prop(key string) *Value { return prop(t.Props, key) }

// Prop returns the attribute named key, or nil.
func (f *Field) Prop(key string) *Value { return prop(f.Props, key) }

func prop(props []Prop, key string) *Value {
	for i := range props {
		if props[i].Key == key {
			return props[i].Value
		}
	}
	return nil
}

// FieldIndex returns the position of a record's field, or -1.
func (t *Type) FieldIndex(name string) int {
	if t.index != nil {
		if i, ok := t.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range t.Fields {
		if t.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// SymbolIndex returns the position of an enum's symbol, or -1.
func (t *Type) SymbolIndex(symbol string) int {
	if t.index != nil {
		if i, ok := t.index[symbol]; ok {
			return i
		}
		return -1
	}
	for i, s := range t.Symbols {
		if s == symbol {
			return i
		}
	}
	return -1
}

// String names the type for a person: its full name, or what it is made of. It is short and not a schema.
func (t *Type) String() string {
	switch t.Kind {
	case Record, Enum, Fixed:
		return t.Name.Full
	case Array, Map:
		return t.Kind.String() + " of " + t.Items.short()
	case Union:
		names := make([]string, 0, len(t.Branches))
		for i, b := range t.Branches {
			if i == 5 {
				names = append(names, "…")
				break
			}
			names = append(names, b.short())
		}
		return "[" + strings.Join(names, ", ") + "]"
	}
	return t.Kind.String()
}

func (t *Type) short() string {
	if t == nil {
		return "?"
	}
	if t.Kind.Named() {
		return t.Name.Full
	}
	return t.Kind.String()
}
