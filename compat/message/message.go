// Package message reads and writes the messages that schemas describe: it takes the frame of the wire apart, decodes a payload to JSON,
// encodes JSON to a payload, makes an example, and says why bytes do not fit a schema.
//
// From bytes out of a topic to JSON, and to the reason why version 7 cannot read them:
//
//	frame, err := message.ParseFrame(data)       // which schema wrote it: frame.ID or frame.GUID
//	written, err := message.NewCodec(schema)     // that schema, parsed with its references
//	reading := written.Read(frame.Payload, message.Options{})
//	reading.JSON, reading.Faults                 // the message; what is wrong with it, if anything
//	other, err := message.NewCodec(version7)
//	why := other.ReadFrom(written, frame.Payload, message.Options{})
//	why.Faults                                   // empty if version 7 reads it
//
// Everything is bounded: a message by MaxBytes, its values by the decoders, its JSON text by maxJSON and maxNesting, the lists of
// faults and notes by maxListed. Hostile bytes yield faults, never a panic.
package message

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/jsonschema"
	"github.com/concord-registry/concord/formats/protobuf"
)

// MaxBytes is the largest payload or JSON text that is read.
const MaxBytes = 4 << 20

// The JSON text of a message: its length, since names stand in it that the payload need not spell out, and its nesting, since
// programs that read JSON give up at some depth.
const (
	maxJSON    = 12 << 20
	maxNesting = 5_000
)

// maxListed bounds the faults and the notes of one reading, maxPath the bytes of the path of a fault.
const (
	maxListed = 50
	maxPath   = 1_000
)

// Options choose among what a schema leaves open. They matter to Protobuf only.
type Options struct {
	// Message is the message type to take, by its name with or without the package. When it is empty the payload's index says which, and
	// where the payload has none it is the first of the file.
	Message string
	// Index is the message index when it travelled apart from the payload, in a header. With it, and with
	// NoIndex, the payload is the record alone.
	Index   []int
	NoIndex bool
}

// Reading is what a schema makes of a payload.
type Reading struct {
	// JSON is the message in one line: the JSON encoding of Avro, the JSON mapping of Protobuf, the payload itself for JSON Schema. It is
	// empty when the payload cannot be read at all, or would be too long or too deep a text, and then Faults say why.
	JSON string `json:"message,omitempty"`
	// Type is the name of the Avro type or Protobuf message.
	Type string `json:"type,omitempty"`
	// Index is the message index that the payload began with; nil when it had none.
	Index []int `json:"index,omitempty"`
	// Faults are the reasons why the payload does not fit the schema; none when it does.
	Faults []Fault `json:"faults,omitempty"`
	// Notes are worth knowing and no fault: fields that the schema does not have, values that mean something else to the reader.
	Notes []Fault `json:"notes,omitempty"`
	// Meanings shows values of logical types (Avro) as a person writes them: dates, times, decimals.
	Meanings []Fault `json:"meanings,omitempty"`
}

// Fault is something about one place of a message.
type Fault struct {
	// Path leads to the value: fields after dots, elements and keys in brackets; a JSON pointer for JSON Schema. It is empty for the
	// message itself, and a very long one is cut.
	Path string `json:"path,omitempty"`
	// Offset is the number of bytes of the payload before the place; nil where there is no telling.
	Offset  *int   `json:"offset,omitempty"`
	Message string `json:"message"`
}

// String is the fault in one line.
func (f Fault) String() string {
	where := f.Path
	if f.Offset != nil {
		if where != "" {
			where += ", "
		}
		where += fmt.Sprintf("byte %d", *f.Offset)
	}
	if where == "" {
		return f.Message
	}
	return where + ": " + f.Message
}

func at(offset int) *int { return &offset }

// Fits reports whether the payload is a message of the schema.
func (r *Reading) Fits() bool { return len(r.Faults) == 0 }

func (r *Reading) fault(f Fault) {
	if len(f.Path) > maxPath {
		f.Path = strings.ToValidUTF8(f.Path[:maxPath], "") + "…"
	}
	if len(r.Faults) < maxListed {
		r.Faults = append(r.Faults, f)
	}
}

func (r *Reading) note(f Fault) {
	if len(r.Notes) < maxListed {
		r.Notes = append(r.Notes, f)
	}
}

// failed is a reading with a single fault, which is err.
func failed(err error) *Reading {
	r := &Reading{}
	var fault *avro.DatumError
	if errors.As(err, &fault) {
		f := Fault{Path: fault.Path, Message: fault.Message}
		if fault.Offset >= 0 {
			f.Offset = at(fault.Offset)
		}
		r.fault(f)
		return r
	}
	r.fault(Fault{Message: err.Error()})
	return r
}

// Codec reads and writes messages of one schema. It is safe for concurrent use.
type Codec struct {
	schema formats.Schema
	format codec
}

// codec is what each schema language does.
type codec interface {
	// read decodes a payload. writer is the codec of the schema that wrote it, or the codec itself.
	read(writer codec, payload []byte, o Options) *Reading
	encode(text string, o Options) ([]byte, error)
	sample(ctx context.Context, o Options) (string, error)
}

// NewCodec prepares a schema that was parsed with its references. It fails for a Protobuf schema that does not link and for a JSON
// schema that does not compile.
func NewCodec(s formats.Schema) (*Codec, error) {
	switch s := s.(type) {
	case *avro.Schema:
		return &Codec{s, &avroCodec{s.Root()}}, nil
	case *protobuf.Schema:
		d, err := protobuf.NewDecoder(s)
		if err != nil {
			return nil, fmt.Errorf("the schema does not compile, so no message can be read with it: %w", err)
		}
		return &Codec{s, &protobufCodec{s, d}}, nil
	case *jsonschema.Schema:
		compiled, err := inclusion.Of(s)
		if err != nil {
			return nil, fmt.Errorf("the schema does not compile, so no message can be checked against it: %w", err)
		}
		return &Codec{s, &jsonCodec{s, compiled}}, nil
	}
	return nil, fmt.Errorf("messages of %s schemas cannot be read", s.Type())
}

var (
	errLargeJSON = fmt.Errorf("the message is larger than %d MiB as JSON", maxJSON>>20)
	errDeepJSON  = fmt.Errorf("the message is nested more than %d levels deep as JSON", maxNesting)
)

// deep reports whether arrays and objects of a JSON text are nested beyond maxNesting.
func deep(text string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// Schema is the codec's schema.
func (c *Codec) Schema() formats.Schema { return c.schema }

var errLarge = fmt.Errorf("the message is larger than %d MiB", MaxBytes>>20)

// Read decodes a payload, what follows the id or guid of a frame, that was written with this very schema.
//
// For Protobuf it finds out by itself whether the payload begins with a message index, which some clients leave out: no record begins
// with a byte below 8, since there is no field 0, and every index of up to three places does.
func (c *Codec) Read(payload []byte, o Options) *Reading {
	if len(payload) > MaxBytes {
		return failed(errLarge)
	}
	return c.shown(c.format, payload, o)
}

// shown reads a payload, and keeps the JSON text back that is nested too deep.
func (c *Codec) shown(writer codec, payload []byte, o Options) *Reading {
	r := c.format.read(writer, payload, o)
	if deep(r.JSON) {
		r.JSON, r.Meanings = "", nil
		r.fault(Fault{Message: errDeepJSON.Error()})
	}
	return r
}

// ReadFrom reads a payload that another schema wrote as a reader of this schema does. Avro resolves the two schemas; readers of the
// other formats never see the writer's. The schemas must be of one type.
func (c *Codec) ReadFrom(writer *Codec, payload []byte, o Options) *Reading {
	switch {
	case len(payload) > MaxBytes:
		return failed(errLarge)
	case writer.schema.Type() != c.schema.Type():
		return failed(fmt.Errorf("the message was written with a schema of type %s, and this one is %s", writer.schema.Type(), c.schema.Type()))
	}
	return c.shown(writer.format, payload, o)
}

// Encode turns JSON, as Read writes it, into a payload: for Protobuf with its message index, unless o says NoIndex.
func (c *Codec) Encode(text string, o Options) ([]byte, error) {
	if len(text) > MaxBytes {
		return nil, errLarge
	}
	return c.format.encode(text, o)
}

// Sample makes an example message, in the JSON that Encode takes. It fails where no message exists or none is found.
func (c *Codec) Sample(ctx context.Context, o Options) (string, error) {
	return c.format.sample(ctx, o)
}
