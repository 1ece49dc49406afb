package formats

// Outline is what a schema text defines for others and what it needs of them, found without resolving anything. Tools that
// are given a folder of schemas use it to find the references between them, and pages show what is in it.
type Outline struct {
	// Root is what the schema as a whole is called: the full name of an Avro type, the URI of a JSON schema, the package
	// of a Protobuf file; empty when it has no name.
	Root string
	// Defines lists the names that other texts may use: full names of Avro types, absolute URIs of JSON schemas. A
	// Protobuf file is found by its path and defines nothing here.
	Defines []string
	Needs   []Need
	// Nodes is what the text declares, as a tree in the order of the text. What a type of another text holds is not in it.
	Nodes []Node
	// Uses lists every place where the text names a type.
	Uses []Use
}

// NodeKind says what a Node is.
type NodeKind string

// The kinds of node. Types hold fields, enums hold symbols, and a field holds the fields of what it declares in its place.
const (
	TypeNode   NodeKind = "type"
	EnumNode   NodeKind = "enum"
	FieldNode  NodeKind = "field"
	SymbolNode NodeKind = "symbol"
)

// Node is one thing that a text declares.
type Node struct {
	Kind NodeKind `json:"kind"`
	Name string   `json:"name"` // as it is written
	// Full is what others call it: the full name of an Avro or Protobuf type, the pointer of a JSON schema; empty for
	// fields and symbols.
	Full string `json:"fullName,omitempty"`
	// Type is what a field holds, in a few words: "array<string>", "null | long", "repeated Item", "map<string, Money>". Of a
	// type it is the word that declares it: "record", "message", "object".
	Type string `json:"type,omitempty"`
	// Uses are the names under which the type that a field holds may be found, the likeliest first; empty when it has no
	// name or is declared in the field's place.
	Uses     []string `json:"uses,omitempty"`
	Doc      string   `json:"doc,omitempty"`
	Default  string   `json:"default,omitempty"`  // as written; empty when there is none
	Required bool     `json:"required,omitempty"` // of JSON properties and Protobuf fields: a message without it is refused
	Number   int32    `json:"number,omitempty"`   // of a Protobuf field or symbol; 0 otherwise
	Span     *Span    `json:"-"`                  // of the name
	Nodes    []Node   `json:"nodes,omitempty"`
}

// Use is a place where a text names a type.
type Use struct {
	Names []string // what it may be called, the likeliest first
	Span  *Span
}

// Need is one thing that a text uses and does not define.
type Need struct {
	// Name is what a Reference to it would be called: a full name (Avro), an import path (Protobuf), the URI as it is
	// written in $ref, without fragment (JSON Schema).
	Name string
	// Others are further names it may be defined under: an Avro name outside the namespace it is used in, a URI made
	// absolute.
	Others []string
	// Span is where it is used first.
	Span *Span
}

// Outliner is implemented by formats that can tell what a text needs.
type Outliner interface {
	Format
	// Outline reads a text within limits. A text that cannot be read yields a *ParseError or a *LimitError; what only a
	// complete parse finds is not looked for.
	Outline(text string, limits Limits) (*Outline, error)
}
