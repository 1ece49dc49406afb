package formats

// Outline is what a schema text defines for others and what it needs of them, found without resolving anything. Tools that
// are given a folder of schemas use it to find the references between them.
type Outline struct {
	// Root is what the schema as a whole is called: the full name of an Avro type, the URI of a JSON schema, the package
	// of a Protobuf file; empty when it has no name.
	Root string
	// Defines lists the names that other texts may use: full names of Avro types, absolute URIs of JSON schemas. A
	// Protobuf file is found by its path and defines nothing here.
	Defines []string
	Needs   []Need
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
