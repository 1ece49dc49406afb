// Package compat holds what all compatibility checks have in common: levels and directions, the relations a pair of
// schemas can break, the policies that choose among them, and the Finding, Witness and Report that say so.
//
// compat/avro, compat/protobuf and compat/jsonschema each implement Comparer for one format. Checker applies them to the
// versions a level asks for. compat/engine ties all formats together.
package compat

import (
	"context"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// Level is a subject's compatibility level.
type Level string

// The seven levels.
const (
	None               Level = "NONE"
	Backward           Level = "BACKWARD"
	BackwardTransitive Level = "BACKWARD_TRANSITIVE"
	Forward            Level = "FORWARD"
	ForwardTransitive  Level = "FORWARD_TRANSITIVE"
	Full               Level = "FULL"
	FullTransitive     Level = "FULL_TRANSITIVE"
)

// Levels lists every Level, weakest first.
func Levels() []Level {
	return []Level{None, Backward, BackwardTransitive, Forward, ForwardTransitive, Full, FullTransitive}
}

// ParseLevel reads a level in any case.
func ParseLevel(s string) (Level, bool) {
	for _, l := range Levels() {
		if strings.EqualFold(s, string(l)) {
			return l, true
		}
	}
	return "", false
}

// Transitive reports whether the level asks for every live version rather than the latest.
func (l Level) Transitive() bool { return strings.HasSuffix(string(l), "_TRANSITIVE") }

// Directions lists the directions the level checks, in the order their messages are reported: forward before backward.
func (l Level) Directions() []Direction {
	switch l {
	case Backward, BackwardTransitive:
		return []Direction{NewReadsOld}
	case Forward, ForwardTransitive:
		return []Direction{OldReadsNew}
	case Full, FullTransitive:
		return []Direction{OldReadsNew, NewReadsOld}
	}
	return nil
}

// Direction says which of two versions is the reader.
type Direction string

// The two directions.
const (
	NewReadsOld Direction = "backward" // the new schema reads data of the old one
	OldReadsNew Direction = "forward"  // the old schema reads data of the new one
)

// ReaderWriter names reader and writer as the messages of the reference do.
func (d Direction) ReaderWriter() (reader, writer string) {
	if d == OldReadsNew {
		return "old", "new"
	}
	return "new", "old"
}

// Relation is a property that a pair of schemas has or breaks.
type Relation string

// The relations. Reference and Semantic exist for every format, the others only for Protobuf.
const (
	// Reference is the verdict of the reference server, difference for difference.
	Reference Relation = "reference"
	// Semantic: a real reader reads everything the writer may write, with the meaning it had. Avro: decoding neither
	// fails nor misreads; Protobuf: the published update rules (wire-spec); JSON Schema: language inclusion.
	Semantic Relation = "semantic"
	// WireExact: every record of the writer keeps its exact value in the reader (Protobuf).
	WireExact Relation = "wire-exact"
	// JSONMapping: every record keeps its value through the JSON mapping (Protobuf).
	JSONMapping Relation = "json"
	// Names: generated code and names that others use keep working (Protobuf). No policy rejects on it.
	Names Relation = "names"
)

// Verdict answers whether a relation holds.
type Verdict string

// The verdicts. Undecided means that the work budget ended first.
const (
	Compatible   Verdict = "compatible"
	Incompatible Verdict = "incompatible"
	Undecided    Verdict = "undecided"
)

// Policy says which relations reject a schema. The others only warn.
type Policy string

// The policies. PolicyWireExact and PolicyJSON mean PolicySemantic for formats that do not have these relations.
const (
	PolicyReference Policy = "reference"
	PolicySemantic  Policy = "semantic"
	PolicyStrict    Policy = "strict"
	PolicyWireExact Policy = "wire-exact"
	PolicyJSON      Policy = "json"
)

// Policies lists every Policy, the default first.
func Policies() []Policy {
	return []Policy{PolicyReference, PolicySemantic, PolicyStrict, PolicyWireExact, PolicyJSON}
}

// ParsePolicy reads a policy in any case.
func ParsePolicy(s string) (Policy, bool) {
	for _, p := range Policies() {
		if strings.EqualFold(s, string(p)) {
			return p, true
		}
	}
	return "", false
}

// Relations lists the relations whose breach rejects a schema of type t.
func (p Policy) Relations(t formats.Type) []Relation {
	switch p {
	case PolicySemantic:
		return []Relation{Semantic}
	case PolicyStrict:
		return []Relation{Reference, Semantic}
	case PolicyWireExact:
		if t == formats.Protobuf {
			return []Relation{WireExact}
		}
		return []Relation{Semantic}
	case PolicyJSON:
		if t == formats.Protobuf {
			return []Relation{JSONMapping}
		}
		return []Relation{Semantic}
	}
	return []Relation{Reference}
}

// Severity says what a finding does under the policy in force.
type Severity string

// The severities: an error rejects, a warning does not.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one reason why a reader does not (fully) read what a writer writes.
type Finding struct {
	// Code is the reference's name of the difference where it has one ("TYPE_MISMATCH"), else our own.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Breaks lists the relations this finding is a breach of.
	Breaks    []Relation `json:"breaks"`
	Direction Direction  `json:"direction,omitempty"`
	// Version is the registered version on the other side; 0 when that is not a version.
	Version    int    `json:"version,omitempty"`
	ReaderPath string `json:"readerPath,omitempty"`
	WriterPath string `json:"writerPath,omitempty"`
	// ReaderSpan and WriterSpan point into the Source().Text of the two schemas.
	ReaderSpan *formats.Span `json:"readerSpan,omitempty"`
	WriterSpan *formats.Span `json:"writerSpan,omitempty"`
	// Message is a sentence for a person who does not know the specification.
	Message string `json:"message"`
	// Hint says how to mend it.
	Hint    string   `json:"hint,omitempty"`
	Witness *Witness `json:"witness,omitempty"`
	// NoWitness says why there is none, when one was asked for.
	NoWitness string `json:"noWitness,omitempty"`
}

// BreaksAny reports whether the finding is a breach of one of the relations.
func (f Finding) BreaksAny(relations []Relation) bool {
	for _, b := range f.Breaks {
		for _, r := range relations {
			if b == r {
				return true
			}
		}
	}
	return false
}

// Witness is a concrete message that proves a finding. It was verified with a real decoder (validator).
type Witness struct {
	// Data is the message in the format's own encoding: Avro binary, a Protobuf record, a JSON text.
	Data []byte `json:"data"`
	// Index is the message index under which a framed payload names the type of a Protobuf record: the path to it among
	// the messages of the writer's schema.
	Index []int `json:"index,omitempty"`
	// Framed is Data as a serializer sends it, behind the id of the writer's schema and the message index. Only when it was
	// asked for and the writer's schema is a registered version.
	Framed []byte `json:"framed,omitempty"`
	// JSON shows the message as the writer means it.
	JSON string `json:"json"`
	// Annotated explains Data byte by byte where that helps.
	Annotated string `json:"annotated,omitempty"`
	// ReaderJSON is what the reader makes of it; empty when it fails.
	ReaderJSON string `json:"readerJson,omitempty"`
	// ReaderError is why the reader fails, in the decoder's own words; empty when it misreads instead.
	ReaderError string `json:"readerError,omitempty"`
	// VerifiedBy names the library and version that confirmed it.
	VerifiedBy string `json:"verifiedBy"`
	// Note qualifies it ("Java decodes this").
	Note string `json:"note,omitempty"`
}

// Request asks for the comparison of one reader with one writer.
type Request struct {
	Reader, Writer formats.Schema // both of the Comparer's type
	Direction      Direction
	// Lenient is the config field compatibilityPolicy=LENIENT of the reference.
	Lenient bool
	// Relations to decide. Findings and verdicts beyond them may be left out unless Full is set.
	Relations []Relation
	// Full asks for every relation, all findings with spans and hints, and their witnesses.
	Full bool
}

// Comparison is the outcome of a Request.
type Comparison struct {
	// Verdicts holds at least the relations that were asked for.
	Verdicts map[Relation]Verdict
	// Why says what the Undecided ones among them are due to, as far as that is known.
	Why map[Relation]string
	// Messages are the reference's strings, one for each of its incompatible differences, in its order.
	Messages []string
	Findings []Finding
}

// Comparer compares schemas of one format. Implementations are stateless and safe for concurrent use.
type Comparer interface {
	Type() formats.Type
	// Compare ends within a bounded amount of work: a *WorkError when the reference relation itself cannot be decided
	// within it, a Verdict of Undecided for the others. A cancelled ctx yields its error.
	Compare(ctx context.Context, req Request) (*Comparison, error)
}

// WorkError reports that two schemas are too large to compare.
type WorkError struct {
	What string // what was counted, for example "pairs of types"
	Max  int
}

func (e *WorkError) Error() string {
	return fmt.Sprintf("comparing the schemas takes more than %d %s; split the schema into smaller ones", e.Max, e.What)
}
