package jsonschema

import (
	"context"
	"encoding/json"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

var groups = []string{"convention", "adversarial", "realworld", "suite", "containment", "semantic", "fuzz"}

type row struct {
	ID             string
	Draft          string
	Writer, Reader json.RawMessage
	Types          []string `json:"confluent_types"`
	Notes          string
	Confluent      struct {
		Strict, Lenient *bool
		Error           string
		Types           []string `json:"incompatible_types"`
	}
}

func parseRow(t testing.TB, text json.RawMessage, draft string) *model.Schema {
	t.Helper()
	s, err := model.Parse(context.Background(), formats.Source{Text: withDraft(text, draft)}, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var metaschema = map[string]string{
	"draft-04": "http://json-schema.org/draft-04/schema#", "draft-06": "http://json-schema.org/draft-06/schema#",
	"2019-09": "https://json-schema.org/draft/2019-09/schema", "2020-12": "https://json-schema.org/draft/2020-12/schema",
}

// withDraft adds the draft that a row assumes to a schema that does not say its own.
func withDraft(text json.RawMessage, draft string) string {
	uri, ok := metaschema[draft]
	s := strings.TrimSpace(string(text))
	if !ok || !strings.HasPrefix(s, "{") || strings.Contains(s, `"$schema"`) {
		return s
	}
	if rest := strings.TrimSpace(s[1:]); rest == "}" {
		return `{"$schema":"` + uri + `"}`
	}
	return `{"$schema":"` + uri + `",` + s[1:]
}

func accepted(found []difference, lenient bool) bool {
	for _, f := range found {
		if !compatible[f.code] && !(lenient && forgiven[f.code]) {
			return false
		}
	}
	return true
}

func incompatibleTypes(found []difference) []string {
	var out []string
	for _, f := range found {
		if !compatible[f.code] {
			out = append(out, string(f.code)+" "+f.path.String())
		}
	}
	sort.Strings(out)
	return out
}

func TestReferenceVerdictsOfTheCorpus(t *testing.T) {
	for _, group := range groups {
		t.Run(group, func(t *testing.T) {
			rows, errors, strict, lenient, types := 0, 0, 0, 0, 0
			corpustest.Rows(t, "jsonschema/"+group+".jsonl", func(r row) {
				if r.Confluent.Strict == nil {
					errors++
					return
				}
				rows++
				w, rd := parseRow(t, r.Writer, r.Draft), parseRow(t, r.Reader, r.Draft)
				s, err := diff(context.Background(), w, rd, false)
				if err != nil {
					t.Errorf("%s: %v", r.ID, err)
				}
				le, _ := diff(context.Background(), w, rd, true)
				want := append([]string(nil), r.Confluent.Types...)
				sort.Strings(want)
				bad := ""
				if accepted(s, false) != *r.Confluent.Strict {
					strict++
					bad += " strict"
				}
				if accepted(le, true) != *r.Confluent.Lenient {
					lenient++
					bad += " lenient"
				}
				if got := incompatibleTypes(s); strings.Join(got, ",") != strings.Join(want, ",") {
					types++
					bad += " types"
				}
				if bad != "" && os.Getenv("SHOW") != "" {
					t.Logf("%s [%s]%s\n  writer %s\n  reader %s\n  got  %v\n  want %v\n all %v", r.ID, r.Draft, bad, r.Writer, r.Reader, incompatibleTypes(s), want, r.Types)
				}
			})
			t.Logf("%s: %d rows (%d errors), wrong: strict %d, lenient %d, types %d", group, rows, errors, strict, lenient, types)
		})
	}
}
