package avro

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
)

// deviation is a rule by which we differ from the reference on purpose, with the labelled cases that show it.
type deviation struct {
	Rule   string   `json:"rule"`
	Reason string   `json:"reason"`
	Cases  []string `json:"cases"`
}

func deviations(t testing.TB) map[string]bool {
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
		for _, id := range r.Cases {
			ids[id] = true
		}
	}
	return ids
}

func source(text string, refs ...string) formats.Source {
	src := formats.Source{Text: text}
	for i, ref := range refs {
		r := formats.Reference{Name: fmt.Sprintf("ref%d", i), Subject: fmt.Sprintf("subject%d", i), Version: 1}
		src.References = append(src.References, r)
		src.Resolved = append(src.Resolved, formats.Resolved{Reference: r, Type: formats.Avro, Text: ref})
	}
	return src
}

type outcome struct {
	OK         bool    `json:"ok"`
	Canonical  string  `json:"canonical"`
	Normalized *string `json:"normalized"`
	Resolved   *string `json:"resolved"`
}

func TestParseCorpus(t *testing.T) {
	known, used := deviations(t), map[string]bool{}
	limits := formats.Limits{Depth: 1000, Nodes: 5_000_000}
	corpustest.Rows(t, "avro/parse.jsonl", func(row struct {
		ID       string   `json:"id"`
		Schema   string   `json:"schema"`
		Refs     []string `json:"refs"`
		New      outcome  `json:"new"`
		Existing *outcome `json:"existing"`
	}) {
		if row.Existing == nil {
			row.Existing = &row.New
		}
		for _, validate := range []bool{true, false} {
			want, mode := *row.Existing, "stored"
			if validate {
				want, mode = row.New, "new"
			}
			fault := differs(source(row.Schema, row.Refs...), formats.Options{Validate: validate, Limits: limits}, want)
			switch {
			case fault != "" && known[row.ID]:
				used[row.ID] = true
			case fault != "":
				t.Errorf("%s (%s): %s\nschema %.400s", row.ID, mode, fault, row.Schema)
			}
		}
	})
	corpustest.Rows(t, "avro/equiv.jsonl", func(row struct {
		ID         string `json:"id"`
		A, B       string
		Canonical  bool `json:"same_canonical"`
		Equivalent bool `json:"equivalent"`
		Normalized bool `json:"same_normalized"`
	}) {
		a, b := mustParse(t, row.A), mustParse(t, row.B)
		na, nb := normalized(t, a), normalized(t, b)
		same := (a.Canonical() == b.Canonical()) == row.Canonical && (a.Identity() == b.Identity()) == row.Equivalent && (na == nb) == row.Normalized
		switch {
		case !same && known[row.ID]:
			used[row.ID] = true
		case !same:
			t.Errorf("%s: %v %v %v\n%s\n%s", row.ID, a.Canonical() == b.Canonical(), a.Identity() == b.Identity(), na == nb, na, nb)
		}
	})
	for id := range known {
		if !used[id] {
			t.Errorf("%s is listed as a deviation but does not deviate", id)
		}
	}
}

func differs(src formats.Source, opt formats.Options, want outcome) string {
	s, err := Format{}.Parse(context.Background(), src, opt)
	if (err == nil) != want.OK {
		return fmt.Sprintf("accepted %v, want %v (%v)", err == nil, want.OK, err)
	}
	if err != nil {
		return ""
	}
	if s.Canonical() != want.Canonical {
		return fmt.Sprintf("canonical\n got %s\nwant %s", s.Canonical(), want.Canonical)
	}
	n, err := s.Normalized()
	if err != nil {
		return "normalize: " + err.Error()
	}
	if want.Normalized == nil || n.Canonical() != *want.Normalized {
		return fmt.Sprintf("normalized\n got %s\nwant %v", n.Canonical(), deref(want.Normalized))
	}
	resolved, err := s.Print("resolved")
	if err != nil {
		return "resolved: " + err.Error()
	}
	if want.Resolved != nil && resolved != *want.Resolved {
		return fmt.Sprintf("resolved\n got %s\nwant %s", resolved, *want.Resolved)
	}
	return ""
}

func deref(s *string) string {
	if s == nil {
		return "(none)"
	}
	return *s
}

func mustParse(t testing.TB, text string, refs ...string) *Schema {
	t.Helper()
	s, err := Format{}.Parse(context.Background(), source(text, refs...), formats.Options{Validate: true})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s.(*Schema)
}

func normalized(t testing.TB, s formats.Schema) string {
	t.Helper()
	n, err := s.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	return n.Canonical()
}
