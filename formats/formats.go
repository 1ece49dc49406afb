// Package formats holds what the three schema languages have in common: a Format parses a text into a Schema.
//
// The packages below it (formats/avro, formats/protobuf, formats/jsonschema) each implement one Format. Nothing here
// or below touches the network or the file system: everything a schema refers to is handed in as a Source.
package formats

import (
	"context"
	"crypto/sha256"
	"fmt"
)

// Type names a schema language as the REST API spells it. The zero value is not a Type; an absent schemaType means Avro.
type Type string

// The three schema types. Names are case sensitive on the wire.
const (
	Avro     Type = "AVRO"
	JSON     Type = "JSON"
	Protobuf Type = "PROTOBUF"
)

// Types lists every Type in the order `GET /schemas/types` answers.
func Types() []Type { return []Type{JSON, Protobuf, Avro} }

// Reference is a schema's declared dependency on a version of a subject. What Name means depends on the format:
// the full name of a type (Avro), the import path (Protobuf), the URI used in $ref (JSON Schema).
type Reference struct {
	Name    string `json:"name"`
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// Resolved is a Reference together with the text it stands for.
type Resolved struct {
	Reference
	// Subject is qualified with its context, so that two schemas can tell whether they mean the same version.
	Type       Type
	Text       string
	References []Reference // what this text itself declares
}

// Source is everything a Format needs to parse a schema.
type Source struct {
	Text string
	// References is the list as declared by whoever registers the schema, in order.
	References []Reference
	// Resolved holds the texts of all direct and transitive references, dependencies before what depends on them
	// (depth first, in declared order). Of several with the same Name only the first is present.
	Resolved []Resolved
}

// Options say how strictly a text is parsed.
type Options struct {
	// Validate applies the checks for schemas that are new to the registry (names, defaults, a full compile). Texts
	// that are already stored, or that are only looked up, are parsed without it.
	Validate bool
	// Strict additionally applies the checks of the config field validateFields.
	Strict bool
	// Limits bounds the work; zero fields mean the defaults of DefaultLimits.
	Limits Limits
}

// Limits bounds a text before it reaches a parser. Every limit that is exceeded is reported as a *LimitError.
type Limits struct {
	Bytes int // size of the text, and of all resolved references together
	Depth int // nesting of the text (JSON values, braces)
	Nodes int // JSON values or tokens in the text
}

// DefaultLimits are the limits of a server that was not told otherwise.
func DefaultLimits() Limits { return Limits{Bytes: 4 << 20, Depth: 500, Nodes: 500_000} }

// OrDefault returns l with its zero fields filled in from DefaultLimits.
func (l Limits) OrDefault() Limits {
	d := DefaultLimits()
	if l.Bytes == 0 {
		l.Bytes = d.Bytes
	}
	if l.Depth == 0 {
		l.Depth = d.Depth
	}
	if l.Nodes == 0 {
		l.Nodes = d.Nodes
	}
	return l
}

// Format parses the texts of one schema type. Implementations are stateless and safe for concurrent use.
type Format interface {
	Type() Type
	// Parse returns the schema that src describes. A text that is at fault yields a *ParseError or a *LimitError;
	// a cancelled ctx yields its error. Parse never panics and never reads anything but src.
	Parse(ctx context.Context, src Source, opt Options) (Schema, error)
}

// Schema is a parsed schema. It is immutable and safe for concurrent use.
type Schema interface {
	Type() Type
	// Source is what the schema was parsed from. Spans of findings point into Source().Text.
	Source() Source
	// Canonical is the text that is stored, hashed and read back.
	Canonical() string
	// Normalized returns the schema that `normalize=true` registers: the same meaning, with every freedom of order and
	// spelling taken away. The reference list of the result is that of the receiver.
	Normalized() (Schema, error)
	// Print renders the schema for the query parameter `format`; an unknown name renders the canonical text.
	Print(format string) (string, error)
	// Identity is equal for two schemas of one type exactly when they stand for the same registered version although their
	// canonical texts may differ: Avro's covers the structure, the others' their canonical text. References are compared by
	// the caller.
	Identity() Identity
	// Fields names the fields at the top of the schema, in order (a record's, the first message's, an object's
	// properties). The metadata property confluent:reserved is checked against them.
	Fields() []string
	// Weight estimates the memory that the parsed form holds, in bytes, so that a cache can bound it.
	Weight() int
}

// Namer is implemented by schemas that can have a name of their own, which serializers put into the names of subjects.
type Namer interface {
	Schema
	// Name is the full name of an Avro type or of a file's first message, or a JSON schema's title; empty when there is none.
	Name() string
}

// Identity is a digest of what makes a schema one version and not another, whatever the freedoms of its text. It takes so
// little that a server can keep those of many more schemas than it can keep parsed.
type Identity [16]byte

// IdentityOf returns the identity of what b holds.
func IdentityOf(b []byte) Identity {
	sum := sha256.Sum256(b)
	return Identity(sum[:])
}

// ParseError says what is wrong with a schema text, and where.
type ParseError struct {
	Message string
	Span    *Span  // nil when the fault has no place in the text
	Name    string // the Reference.Name of the text at fault; empty for the schema itself
}

func (e *ParseError) Error() string {
	switch {
	case e.Name != "" && e.Span != nil:
		return fmt.Sprintf("%s (in reference %q, line %d, column %d)", e.Message, e.Name, e.Span.Start.Line, e.Span.Start.Column)
	case e.Name != "":
		return fmt.Sprintf("%s (in reference %q)", e.Message, e.Name)
	case e.Span != nil:
		return fmt.Sprintf("%s (line %d, column %d)", e.Message, e.Span.Start.Line, e.Span.Start.Column)
	}
	return e.Message
}

// LimitError says which limit a schema text exceeds.
type LimitError struct {
	Limit string // what is limited: "bytes", "levels of nesting", "nodes" …
	Max   int
	Got   int // 0 when counting stopped at the limit
}

func (e *LimitError) Error() string {
	if e.Got > 0 {
		return fmt.Sprintf("schema exceeds the limit of %d %s (it has %d)", e.Max, e.Limit, e.Got)
	}
	return fmt.Sprintf("schema exceeds the limit of %d %s", e.Max, e.Limit)
}
