package message

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/jsonschema"
)

type jsonCodec struct {
	schema   *jsonschema.Schema
	compiled inclusion.Schema
}

// maxJSONDepth is the deepest nesting of a message; the validator works recursively.
const maxJSONDepth = 1000

func (c *jsonCodec) read(_ codec, payload []byte, _ Options) *Reading {
	instance, err := parse(payload)
	if err != nil {
		return failed(err)
	}
	r := &Reading{}
	var line bytes.Buffer
	if err := json.Compact(&line, payload); err != nil {
		return failed(noJSON(err))
	}
	r.JSON = line.String()
	failures, err := inclusion.Validate(c.compiled, instance)
	if err != nil {
		r.fault(Fault{Message: err.Error()})
	}
	for _, f := range failures {
		r.fault(Fault{Path: f.Instance, Message: f.Message})
	}
	return r
}

// parse reads one JSON value as the validator wants it.
func parse(text []byte) (any, error) {
	if _, err := jsonschema.Read(string(text), formats.Limits{Bytes: MaxBytes, Depth: maxJSONDepth}); err != nil {
		return nil, noJSON(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var instance any
	if err := decoder.Decode(&instance); err != nil {
		return nil, noJSON(err)
	}
	return instance, nil
}

// noJSON words why a payload is no JSON that can be read.
func noJSON(err error) error {
	var limit *formats.LimitError
	var fault *formats.ParseError
	switch {
	case errors.As(err, &limit):
		return fmt.Errorf("the message has more than %d %s", limit.Max, limit.Limit)
	case errors.As(err, &fault) && fault.Span != nil:
		return fmt.Errorf("%s (line %d, column %d)", fault.Message, fault.Span.Start.Line, fault.Span.Start.Column)
	}
	return err
}

func (c *jsonCodec) encode(text string, o Options) ([]byte, error) {
	r := c.read(c, []byte(text), o)
	if r.Fits() {
		return []byte(r.JSON), nil
	}
	lines := make([]string, len(r.Faults))
	for i, f := range r.Faults {
		lines[i] = f.String()
	}
	return nil, errors.New(strings.Join(lines, "; "))
}
