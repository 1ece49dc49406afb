package inclusion

import (
	"bytes"
	"fmt"
	"regexp"
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

	exact bool // Compiled has everything that was written
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

// opaquePattern is the "pattern" of x when the validator was compiled without it because it is no regular expression
// that it can run.
func (s Schema) opaquePattern(x *validator.Schema) string {
	if x.Pattern != nil || s.exact {
		return ""
	}
	if pattern := s.written(x).Get("pattern"); pattern.Is(jsonschema.String) {
		return pattern.Text
	}
	return ""
}

// opaquePatternProperties spells the members of patternProperties that were left out for that reason: two that are spelled
// the same mean the same.
func (s Schema) opaquePatternProperties(x *validator.Schema) string {
	if s.exact {
		return ""
	}
	patterns := s.written(x).Get("patternProperties")
	if !patterns.Is(jsonschema.Object) {
		return ""
	}
	left := &jsonschema.Value{Kind: jsonschema.Object}
	for _, m := range patterns.Members {
		if _, err := regexp.Compile(m.Key); err != nil {
			left.Members = append(left.Members, m)
		}
	}
	if len(left.Members) == 0 {
		return ""
	}
	opaque := append(jsonschema.AppendSorted([]byte("patternProperties "), left), " in "+x.Draft.String()...)
	if bytes.Contains(opaque, []byte(`Ref":`)) || bytes.Contains(opaque, []byte(`$ref":`)) || bytes.Contains(opaque, []byte(`$id":`)) {
		opaque = fmt.Appendf(opaque, " of %p", x) // what they refer to may be something else elsewhere
	}
	return string(opaque)
}

// Of prepares a parsed schema. It fails when the validator does not take the schema.
func Of(s *jsonschema.Schema) (Schema, error) {
	v, err := s.Validator()
	if err != nil {
		return Schema{}, err
	}
	prepared := Schema{Compiled: v.Compiled(), Anchors: v.Anchors(), exact: v.Exact}
	prepared.Written = func(location string) *jsonschema.Value {
		_, value := s.Locate(location)
		return value
	}
	return prepared, nil
}
