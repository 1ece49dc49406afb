package inclusion

import (
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/concord-registry/concord/formats/jsonschema"
)

// Schema is one side of a comparison: a schema compiled by the validator, and what the compiled form does not show.
type Schema struct {
	Compiled *validator.Schema
	// Anchors are compiled schemas with a $dynamicAnchor that Compiled may not lead to.
	Anchors []*validator.Schema
	// Written returns the schema as it was written, by its compiled location; it may be nil, and may return nil.
	Written func(location string) *jsonschema.Value
	// AssertFormat says that the validator asserts "format" in every draft. It does so for 2019-09 and 2020-12 when the
	// draft comes from the compiler's setting and not from the text.
	AssertFormat bool
}

func (s Schema) written(x *validator.Schema) *jsonschema.Value {
	if s.Written == nil {
		return nil
	}
	return s.Written(x.Location)
}

// byPointer reports whether the $dynamicRef of x names its target by a path, which makes it an ordinary reference.
func (s Schema) byPointer(x *validator.Schema) bool {
	ref := s.written(x).Get("$dynamicRef")
	if !ref.Is(jsonschema.String) {
		return false
	}
	_, fragment, _ := strings.Cut(ref.Text, "#")
	return fragment == "" || strings.HasPrefix(fragment, "/")
}

// Of prepares a parsed schema. It fails when the validator does not take the schema.
func Of(s *jsonschema.Schema) (Schema, error) {
	v, err := s.Validator()
	if err != nil {
		return Schema{}, err
	}
	prepared := Schema{Compiled: v.Compiled(), Anchors: v.Anchors()}
	prepared.Written = func(location string) *jsonschema.Value {
		_, value := s.Locate(location)
		return value
	}
	return prepared, nil
}
