package inclusion

import (
	"cmp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// Failure is a place where the validator rejects an instance.
type Failure struct {
	// Location is the absolute location of the keyword, in the compiled schema's terms.
	Location string
	// Path is the way the validator took to it, through references, from the root of the reader.
	Path string
	// Instance is the JSON pointer of the part of the instance that is at fault.
	Instance string
	// Message is the validator's own.
	Message string
}

// failuresOf lists the reasons of a validation error: the keywords that reject by themselves. It goes into everything
// that must hold, but not into the alternatives of anyOf and oneOf, none of which is the reason.
func failuresOf(err error) []Failure {
	failed, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return nil
	}
	var out []Failure
	var visit func(e *jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		if len(e.Causes) > 0 && !disjunctive(e) {
			for _, cause := range e.Causes {
				visit(cause)
			}
			return
		}
		out = append(out, Failure{Location: e.AbsoluteKeywordLocation, Path: e.KeywordLocation, Instance: e.InstanceLocation, Message: e.Message})
	}
	visit(failed)
	// The validator goes through maps in any order.
	slices.SortStableFunc(out, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(a.Instance, b.Instance), cmp.Compare(a.Location, b.Location), cmp.Compare(a.Path, b.Path))
	})
	return slices.CompactFunc(out, func(a, b Failure) bool { return a.Instance == b.Instance && a.Location == b.Location })
}

// disjunctive reports whether the causes of e are alternatives.
func disjunctive(e *jsonschema.ValidationError) bool {
	switch e.Message {
	case "anyOf failed", "oneOf failed":
		return true
	}
	return strings.HasSuffix(e.KeywordLocation, "/minContains") || strings.HasSuffix(e.KeywordLocation, "/contains")
}
