package avro

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"reflect"
	"strings"
	"time"

	twmb "github.com/twmb/avro"

	"github.com/concord-registry/concord/formats/avro"
)

// verifier names the library that confirms witnesses.
const verifier = "github.com/twmb/avro v1.9.0"

// maxLibrarySchema is the size of the largest schema that is handed to the library, in bytes.
const maxLibrarySchema = 256 << 10

// outcome is what the library made of a witness with the reader's schema.
type outcome struct {
	failure string // why it does not read the data with the reader's schema
	differs bool   // it reads the data, to another value
	read    string // what it reads, as JSON
}

// errReaderSchema is that the library does not accept the reader's schema at all.
var errReaderSchema = errors.New(verifier + " does not read the reader's schema")

// library holds the writer's schema as the library sees it, parsed once for all witnesses of a comparison.
type library struct {
	writer *twmb.Schema
	names  map[string]bool // of the writer's types
}

func newLibrary(writer *avro.Type) (l *library, err error) {
	defer guard(&err)
	text, whole := writer.Text(maxLibrarySchema)
	if !whole {
		return nil, fmt.Errorf("the schema is too large to verify messages with %s", verifier)
	}
	s, err := twmb.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s does not read the writer's schema: %w", verifier, err)
	}
	return &library{writer: s, names: writerNames(writer)}, nil
}

// guard turns a panic of the library into an error: it is fed schemas that it may never have met.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s failed: %v", verifier, p)
	}
}

// try decodes data with the writer's schema, and then with what the library makes of the reader's. path is the way to
// the value that is in question, code what is.
func (l *library) try(reader *avro.Type, data []byte, path []step, code string) (out outcome, err error) {
	defer guard(&err)
	var written any
	rest, err := l.writer.Decode(bytes.Clone(data), &written)
	if err != nil || len(rest) > 0 {
		return out, fmt.Errorf("%s does not read the data with the writer's schema: %w", verifier, err)
	}
	if reader, err = newPortable(l.names, atFaultAlone(code)).copy(reader); err != nil {
		return out, err
	}
	text, whole := reader.Text(maxLibrarySchema)
	if !whole {
		return out, fmt.Errorf("the schema is too large to verify messages with %s", verifier)
	}
	r, err := twmb.Parse(text)
	if err != nil {
		return out, fmt.Errorf("%w: %v", errReaderSchema, err)
	}
	resolved, err := twmb.Resolve(l.writer, r)
	if err != nil {
		out.failure = err.Error()
		return out, nil
	}
	var read any
	if rest, err = resolved.Decode(bytes.Clone(data), &read); err != nil {
		out.failure = err.Error()
		return out, nil
	}
	if data, err := json.Marshal(read); err == nil {
		out.read = string(data)
	}
	out.differs = len(rest) > 0 || !sameValue(follow(written, path, true), follow(read, path, false))
	return out, nil
}

// follow goes down a generic value, on the writer's or the reader's side of a path.
func follow(v any, path []step, writer bool) any {
	for _, s := range path {
		switch s.kind {
		case fieldStep:
			name := s.readerName
			if writer {
				name = s.writerName
			}
			if m, ok := v.(map[string]any); ok {
				v = m[name]
			}
		case itemsStep:
			if a, ok := v.([]any); ok && len(a) > 0 {
				v = a[0]
			}
		case valuesStep:
			if m, ok := v.(map[string]any); ok {
				v = m["k"]
			}
		}
	}
	return v
}

// sameValue compares generic values by what they stand for: numbers as numbers, instants as instants.
func sameValue(a, b any) bool {
	if ta, ok := a.(time.Time); ok {
		tb, ok := b.(time.Time)
		return ok && ta.Equal(tb)
	}
	if na, ok := number(a); ok {
		nb, ok := number(b)
		return ok && na.Cmp(nb) == 0
	}
	return reflect.DeepEqual(a, b)
}

func number(v any) (*big.Rat, bool) {
	switch n := reflect.ValueOf(v); n.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if _, isDuration := v.(time.Duration); isDuration {
			return nil, false
		}
		return new(big.Rat).SetInt64(n.Int()), true
	case reflect.Float32, reflect.Float64:
		r := new(big.Rat).SetFloat64(n.Float())
		return r, r != nil
	}
	switch n := v.(type) {
	case *big.Rat:
		return n, n != nil
	case fmt.Stringer:
		if r, ok := new(big.Rat).SetString(strings.TrimSpace(n.String())); ok {
			return r, true
		}
	}
	return nil, false
}
