package jsonschema

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
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
	Semantic struct{ Compatible *bool }
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
	return sorted(out)
}

// deviations are the rows where the answer is meant to differ from the reference's, each with its reason.
func deviations(t testing.TB) map[string]bool {
	t.Helper()
	data, err := os.ReadFile("testdata/deviations.json")
	if err != nil {
		t.Fatal(err)
	}
	var rules []struct {
		Rule, Reason string
		Cases        []string
	}
	if err := json.Unmarshal(data, &rules); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range rules {
		if r.Rule == "" || r.Reason == "" {
			t.Errorf("a deviation without rule or reason: %+v", r)
		}
		for _, id := range r.Cases {
			ids[id] = true
		}
	}
	return ids
}

// TestReferenceVerdictsOfTheCorpus compares both verdicts of every row, and the incompatible differences with their paths,
// with those of the reference. With SHOW=1 it prints every row that differs.
func TestReferenceVerdictsOfTheCorpus(t *testing.T) {
	known, used, every := deviations(t), map[string]bool{}, 1
	if testing.Short() {
		every = 20
	}
	for _, group := range groups {
		t.Run(group, func(t *testing.T) {
			rows, unloaded, wrong, otherTypes := 0, 0, 0, 0
			corpustest.Sample(t, "jsonschema/"+group+".jsonl", every, func(r row) {
				if r.Confluent.Strict == nil {
					unloaded++ // the reference could not compare these
					return
				}
				rows++
				strict, lenient := differences(t, r, false), differences(t, r, true)
				got, want := incompatibleTypes(strict), sorted(r.Confluent.Types)
				sameTypes := slices.Equal(got, want)
				if !sameTypes {
					otherTypes++
				}
				bad := accepted(strict, false) != *r.Confluent.Strict || accepted(lenient, true) != *r.Confluent.Lenient ||
					group == "convention" && !sameTypes
				if bad {
					wrong++
				}
				if bad && known[r.ID] {
					used[r.ID] = true
				} else if bad {
					t.Errorf("%s: strict %v, lenient %v, differences %v; the reference: %v, %v, %v", r.ID,
						accepted(strict, false), accepted(lenient, true), got, *r.Confluent.Strict, *r.Confluent.Lenient, want)
				}
				if os.Getenv("SHOW") != "" && (bad || !sameTypes) {
					t.Logf("%s\n  writer %s\n  reader %s\n  got  %v\n  want %v", r.ID, r.Writer, r.Reader, got, want)
				}
			})
			t.Logf("%s: %d rows (%d more the reference could not compare): %d verdicts differ (%.2f %% agree), %d lists of differences differ",
				group, rows, unloaded, wrong, 100*float64(rows-wrong)/float64(rows), otherTypes)
			if (wrong > 1 || corpustest.Whole()) && 1000*wrong > 5*rows { // one alone is no share of a sample
				t.Errorf("%d of %d rows differ, more than 0.5 %%", wrong, rows)
			}
		})
	}
	if _, present := corpustest.Dir(t); !present || testing.Short() {
		return
	}
	for id := range known {
		if !used[id] {
			t.Errorf("%s is listed as a deviation but does not deviate", id)
		}
	}
}

func differences(t testing.TB, r row, lenient bool) []difference {
	t.Helper()
	found, err := diff(context.Background(), parseRow(t, r.Writer, r.Draft), parseRow(t, r.Reader, r.Draft), lenient)
	if err != nil {
		t.Errorf("%s: %v", r.ID, err)
	}
	return found
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

// TestFindingsOfTheCorpusAreProved compares every row in full: the semantic verdict is never the wrong one, every witness
// holds under the validator, and findings say which relation they break.
func TestFindingsOfTheCorpusAreProved(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, group := range groups {
		t.Run(group, func(t *testing.T) {
			rows, undecided, broken, shown, beyond, unproved := 0, 0, 0, 0, 0, 0
			corpustest.Sample(t, "jsonschema/"+group+".jsonl", 5, func(r row) {
				rows++
				w, rd := parseRow(t, r.Writer, r.Draft), parseRow(t, r.Reader, r.Draft)
				out, err := (Comparer{}).Compare(context.Background(), compat.Request{Writer: w, Reader: rd, Direction: compat.NewReadsOld, Full: true})
				if err != nil {
					t.Errorf("%s: %v", r.ID, err)
					return
				}
				witnesses := checkWitnesses(t, w, rd, out)
				verdict := out.Verdicts[compat.Semantic]
				switch {
				case verdict == compat.Undecided:
					undecided++
				case verdict == compat.Incompatible:
					broken++
				case witnesses > 0:
					t.Errorf("%s: %s, with a witness", r.ID, verdict)
				}
				// Rows of the new drafts without $schema are labelled with formats asserted, which no schema that names
				// its draft does.
				assumed := strings.HasPrefix(r.Draft, "20") && strings.Contains(string(r.Writer)+string(r.Reader), `"format"`) &&
					(withDraft(r.Writer, r.Draft) != string(r.Writer) || withDraft(r.Reader, r.Draft) != string(r.Reader))
				if want := r.Semantic.Compatible; !assumed && want != nil && verdict != compat.Undecided && *want != (verdict == compat.Compatible) {
					t.Errorf("%s: the semantic verdict is %s, but compatible is %v", r.ID, verdict, *want)
				}
				for _, f := range out.Findings {
					breaks := f.BreaksAny([]compat.Relation{compat.Semantic})
					switch {
					case breaks != (f.Witness != nil) || len(f.Breaks) == 0 || f.Witness == nil && f.NoWitness == "" || f.Message == "" || f.Hint == "":
						t.Errorf("%s: an incomplete finding: %+v", r.ID, f)
					case f.Code == NotIncluded:
						beyond++
					case f.Witness != nil:
						shown++
					case verdict == compat.Incompatible:
						unproved++
					}
				}
			})
			t.Logf("%s: %d rows, %d undecided, %d break data; there %d differences have a witness, %d have none, and %d findings are beyond the reference's",
				group, rows, undecided, broken, shown, unproved, beyond)
		})
	}
}
