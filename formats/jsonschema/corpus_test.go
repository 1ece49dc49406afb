package jsonschema

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
)

// TestWhatTheReferenceLoadsIsAccepted: every schema that the reference server could compare must pass validation.
func TestWhatTheReferenceLoadsIsAccepted(t *testing.T) {
	type row struct {
		ID, Draft      string
		Writer, Reader json.RawMessage
		Confluent      struct{ Strict *bool }
	}
	for _, group := range []string{"convention", "adversarial", "realworld", "suite", "containment", "semantic", "fuzz"} {
		t.Run(group, func(t *testing.T) {
			schemas, uncompiled, every := 0, 0, 1
			if testing.Short() {
				every = 20
			}
			corpustest.Sample(t, "jsonschema/"+group+".jsonl", every, func(r row) {
				if r.Confluent.Strict == nil {
					return
				}
				for _, text := range []json.RawMessage{r.Writer, r.Reader} {
					schemas++
					s, err := Parse(context.Background(), formats.Source{Text: withDraft(string(text), r.Draft)}, formats.Options{Validate: true})
					if err != nil {
						t.Errorf("%s: %v", r.ID, err)
						continue
					}
					if _, err := s.Validator(); err != nil {
						uncompiled++
						if os.Getenv("SHOW") != "" {
							t.Logf("%s: validator: %v", r.ID, err)
						}
					}
				}
			})
			t.Logf("%s: %d schemas, %d of which the validator does not compile", group, schemas, uncompiled)
		})
	}
}

// withDraft adds the draft that a row assumes to a schema that does not say its own.
func withDraft(text, draft string) string {
	uri := map[string]string{
		"draft-04": "http://json-schema.org/draft-04/schema#", "draft-06": "http://json-schema.org/draft-06/schema#",
		"2019-09": "https://json-schema.org/draft/2019-09/schema", "2020-12": "https://json-schema.org/draft/2020-12/schema",
	}[draft]
	rest, object := strings.CutPrefix(strings.TrimSpace(text), "{")
	if uri == "" || !object || strings.Contains(text, `"$schema"`) {
		return text
	}
	if strings.TrimSpace(rest) == "}" {
		return `{"$schema":"` + uri + `"}`
	}
	return `{"$schema":"` + uri + `",` + rest
}
