package inclusion

import (
	"context"
	"strings"
	"testing"
)

// mustSchema prepares a schema text.
func mustSchema(t testing.TB, text string) Schema {
	t.Helper()
	s, err := schemaOf(text)
	if err != nil {
		t.Fatalf("%.200s: %v", text, err)
	}
	return s
}

func TestEveryIndependentReasonHasItsOwnWitness(t *testing.T) {
	writer := mustSchema(t, `{"type": "object",
		"properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "tags": {"type": "array", "items": {"type": "string"}}},
		"required": ["id"]}`)
	reader := mustSchema(t, `{"type": "object",
		"properties": {"id": {"type": "integer", "minimum": 1}, "name": {"type": "string", "maxLength": 20},
			"tags": {"type": "array", "items": {"type": "string", "pattern": "^[a-z]+$"}}, "email": {"type": "string"}},
		"required": ["id", "name", "tags"]}`)
	result, reasons := Explain(context.Background(), writer, reader, Limits{}, 20)
	if result.Verdict != NotIncluded {
		t.Fatalf("verdict %s (%s)", result.Verdict, result.Why)
	}
	wanted := map[string]bool{
		"/properties/id/minimum": true, "/properties/name/maxLength": true, "/properties/tags/items/pattern": true,
		"/properties/email/type": true, "/required": true,
	}
	for _, w := range reasons {
		confirmWitness(t, "", writer, reader, w)
		_, place, _ := strings.Cut(w.Failures[0].Location, "#")
		t.Logf("%-32s %s", place, w.JSON)
		if !wanted[place] {
			t.Errorf("unexpected reason %s", place)
		}
	}
	if len(reasons) != 6 { // required names two properties
		t.Errorf("%d reasons, want 6", len(reasons))
	}
}
