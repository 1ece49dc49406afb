package protobuf

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// row is one labelled pair.
type row struct {
	ID         string `json:"id"`
	Reader     string `json:"reader"`
	Writer     string `json:"writer"`
	References struct {
		Reader map[string]labelledReference `json:"reader"`
		Writer map[string]labelledReference `json:"writer"`
	} `json:"references"`
	Backward *bool    `json:"backward_compatible"`
	Types    []string `json:"confluent_types"`
	Verdicts struct {
		WireValue *bool `json:"wire_value_safe"`
		WireSpec  *bool `json:"wire_spec_safe"`
		JSON      *bool `json:"json_safe"`
		Names     *bool `json:"names_safe"`
	} `json:"verdicts"`
}

type labelledReference struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
	Text    string `json:"text"`
}

func (r row) parse(t testing.TB) (writer, reader *format.Schema) {
	t.Helper()
	return parseWith(t, r.Writer, r.References.Writer), parseWith(t, r.Reader, r.References.Reader)
}

func parseWith(t testing.TB, text string, references map[string]labelledReference) *format.Schema {
	t.Helper()
	src := formats.Source{Text: text}
	for name, ref := range references {
		r := formats.Reference{Name: name, Subject: ref.Subject, Version: ref.Version}
		src.References = append(src.References, r)
		src.Resolved = append(src.Resolved, formats.Resolved{Reference: r, Type: formats.Protobuf, Text: ref.Text})
	}
	sort.Slice(src.Resolved, func(i, j int) bool { return src.Resolved[i].Name < src.Resolved[j].Name })
	s, err := format.Parse(context.Background(), src, formats.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

var corpora = []string{"protobuf/compat.jsonl", "protobuf/matrix.jsonl"}

// deviation is a rule by which we differ from the labels on purpose, with the pairs that show it.
type deviation struct {
	Rule   string   `json:"rule"`
	Reason string   `json:"reason"`
	Labels []string `json:"labels"`
	Cases  []string `json:"cases"`
}

// deviations returns the pairs whose named label we do not follow.
func deviations(t testing.TB, label string) map[string]bool {
	t.Helper()
	data, err := os.ReadFile("testdata/deviations.json")
	if err != nil {
		t.Fatal(err)
	}
	var rules []deviation
	if err := json.Unmarshal(data, &rules); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, r := range rules {
		if r.Rule == "" || r.Reason == "" {
			t.Errorf("a deviation without rule or reason: %+v", r)
		}
		for _, l := range r.Labels {
			for _, id := range r.Cases {
				ids[id] = ids[id] || l == label
			}
		}
	}
	return ids
}

func TestReferenceCorpus(t *testing.T) {
	deviant := deviations(t, "reference")
	for _, name := range corpora {
		agree, rows := 0, 0
		corpustest.Rows(t, name, func(r row) {
			if r.Backward == nil {
				return // the reference's parser refuses a side
			}
			rows++
			if deviant[r.ID] {
				return
			}
			writer, reader := r.parse(t)
			found, err := differences(context.Background(), writer, reader)
			if err != nil {
				t.Errorf("%s: %v", r.ID, err)
				return
			}
			got, ok := list(found)
			want := append([]string(nil), r.Types...)
			sort.Strings(want)
			if ok != *r.Backward || strings.Join(got, "\n") != strings.Join(want, "\n") {
				t.Errorf("%s: compatible %v, want %v\ngot  %v\nwant %v\n%s\n--->\n%s", r.ID, ok, *r.Backward, got, want, r.Writer, r.Reader)
				return
			}
			agree++
		})
		t.Logf("%s: verdict and differences agree on %d of %d labelled rows", name, agree, rows)
	}
}

func list(found []difference) (lines []string, compatible bool) {
	compatible = true
	for _, d := range found {
		lines = append(lines, d.code+" "+d.path)
		compatible = compatible && !incompatible(d.code)
	}
	sort.Strings(lines)
	return lines, compatible
}

func TestMessagesAreTheReferences(t *testing.T) {
	writer := parseWith(t, "syntax = \"proto3\"; message A { int32 a = 1; }", nil)
	reader := parseWith(t, "syntax = \"proto3\"; message A { string a = 1; }", nil)
	for direction, want := range map[compat.Direction]string{
		compat.NewReadsOld: `{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/A/1' in the new schema does not match its kind in the old schema"}`,
		compat.OldReadsNew: `{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/A/1' in the old schema does not match its kind in the new schema"}`,
	} {
		c, err := Comparer{}.Compare(context.Background(), compat.Request{Reader: reader, Writer: writer, Direction: direction, Relations: []compat.Relation{compat.Reference}})
		if err != nil || len(c.Messages) != 1 || c.Messages[0] != want {
			t.Errorf("%v, error %v", c, err)
		}
	}
}

// TestSemanticCorpus compares the verdicts of the relations beyond the reference's with their labels.
func TestSemanticCorpus(t *testing.T) {
	relations := []compat.Relation{compat.WireExact, compat.Semantic, compat.JSONMapping, compat.Names}
	deviant := map[compat.Relation]map[string]bool{}
	for _, r := range relations {
		deviant[r] = deviations(t, string(r))
	}
	for _, name := range corpora {
		agree, rows := map[compat.Relation]int{}, map[compat.Relation]int{}
		corpustest.Rows(t, name, func(r row) {
			if r.Verdicts.WireValue == nil {
				return // a side is not a schema
			}
			writer, reader := r.parse(t)
			a, err := analyze(context.Background(), writer, reader, relations)
			if err != nil {
				t.Errorf("%s: %v", r.ID, err)
				return
			}
			labels := map[compat.Relation]*bool{
				compat.WireExact: r.Verdicts.WireValue, compat.Semantic: r.Verdicts.WireSpec, compat.JSONMapping: r.Verdicts.JSON, compat.Names: r.Verdicts.Names,
			}
			for _, relation := range relations {
				label := labels[relation]
				if label == nil {
					continue
				}
				rows[relation]++
				want := map[bool]compat.Verdict{true: compat.Compatible, false: compat.Incompatible}[*label]
				switch got := a.verdict(relation); {
				case got == want:
					agree[relation]++
				case !deviant[relation][r.ID]:
					t.Errorf("%s: %s %s, want %s; causes %v\n%s\n--->\n%s", r.ID, relation, got, want, a.codes(), r.Writer, r.Reader)
				}
			}
		})
		for _, relation := range relations {
			t.Logf("%s: %s agrees on %d of %d labelled rows", name, relation, agree[relation], rows[relation])
		}
	}
}

// codes summarizes the causes for messages of failed tests.
func (a *analysis) codes() []string {
	var out []string
	for _, c := range a.causes {
		line := c.code
		for _, f := range []*format.FieldModel{c.w, c.r} {
			if f != nil {
				line += " " + f.Name
			}
		}
		for _, r := range []compat.Relation{compat.WireExact, compat.Semantic, compat.JSONMapping, compat.Names} {
			if c.breaks(r) {
				line += " " + string(r)
			}
		}
		out = append(out, line)
	}
	return out
}

// TestEveryWireFindingHasAWitness compares all labelled pairs in full: what breaks a relation of the wire must be proved
// by a record that the runtime confirmed, or have a reason that the schemas themselves give.
func TestEveryWireFindingHasAWitness(t *testing.T) {
	excused := []string{"does not compile"}
	for _, name := range corpora {
		wire, proved, json, jsonProved := 0, 0, 0, 0
		corpustest.Rows(t, name, func(r row) {
			if r.Verdicts.WireValue == nil {
				return
			}
			writer, reader := r.parse(t)
			c, err := Comparer{}.Compare(context.Background(), compat.Request{Reader: reader, Writer: writer, Direction: compat.NewReadsOld, Full: true})
			if err != nil {
				t.Fatalf("%s: %v", r.ID, err)
			}
			for _, f := range c.Findings {
				if f.Message == "" || strings.Contains(f.Message, "%!") || strings.Contains(f.Hint, "%!") || f.WriterPath == "" && f.ReaderPath == "" {
					t.Errorf("%s: a finding without words: %+v", r.ID, f)
				}
				onWire := f.BreaksAny([]compat.Relation{compat.WireExact, compat.Semantic})
				switch {
				case onWire:
					wire++
				case f.BreaksAny([]compat.Relation{compat.JSONMapping}):
					json++
				default:
					continue
				}
				switch {
				case f.Witness != nil && onWire:
					proved++
				case f.Witness != nil:
					jsonProved++
				case !slices.ContainsFunc(excused, func(s string) bool {
					return strings.Contains(f.NoWitness, s) || strings.Contains(strings.ToLower(f.NoWitness), s)
				}):
					t.Errorf("%s: %s %s has no witness: %s\n%s\n%s\n--->\n%s", r.ID, f.Code, f.WriterPath, f.NoWitness, f.Message, r.Writer, r.Reader)
				}
			}
		})
		t.Logf("%s: %d of %d findings on the wire and %d of %d in JSON are proved", name, proved, wire, jsonProved, json)
	}
}
