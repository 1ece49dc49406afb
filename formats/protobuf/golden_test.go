package protobuf

import (
	"context"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
)

// labelledText is one test of the labelled cases: texts under names, and what was asserted about them.
type labelledText struct {
	Test    string            `json:"test"`
	Texts   map[string]string `json:"texts"`
	Asserts []string          `json:"asserts"`
}

var (
	equality = regexp.MustCompile(`^(\w+), (\w+)(?:\.canonicalString\(\))?$`)
	contains = regexp.MustCompile(`^parsed\.contains\((".*")\)$`)
)

// TestTextsEqualTheReferences reads each assertion of the labelled texts as a statement about the text called
// schemaString (or about the text itself where there is none): "x, schema" about its canonical text, "x, normalized"
// about the normalized one, "x, schema2" about the text of its descriptor.
func TestTextsEqualTheReferences(t *testing.T) {
	var cases []labelledText
	if err := json.Unmarshal(corpustest.Read(t, "protobuf/text-goldens.json"), &cases); err != nil {
		t.Fatal(err)
	}
	tests, checks := 0, 0
	for _, c := range cases {
		n := 0
		t.Run(c.Test, func(t *testing.T) { n = c.check(t) })
		if n > 0 {
			tests++
		}
		checks += n
	}
	if checks == 0 {
		t.Fatal("no assertion ran")
	}
	t.Logf("%d of %d tests assert texts, %d assertions", tests, len(cases), checks)
}

func (c labelledText) check(t *testing.T) int {
	input, ok := c.Texts["schemaString"]
	if !ok {
		input, ok = c.Texts["optionSchemaString"]
	}
	if !ok {
		input = c.Texts["canonicalString"]
	}
	references := map[string]string{"withenum/imported.proto": c.Texts["importedProto"], "leaf.proto": c.Texts["leafProto"]}
	tagged := strings.Contains(c.Test, "Tags") || strings.Contains(c.Test, "Remove") || strings.Contains(c.Test, "OneOfFieldName")
	checks := 0
	for _, assert := range c.Asserts {
		if m := contains.FindStringSubmatch(assert); m != nil {
			part := strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\'`, `'`).Replace(m[1][1 : len(m[1])-1])
			if text := mustParse(t, input, references).Canonical(); !strings.Contains(text, part) {
				t.Errorf("no %q in:\n%s", part, text)
			}
			checks++
			continue
		}
		m := equality.FindStringSubmatch(assert)
		if m == nil || tagged || c.Texts[m[1]] == "" {
			continue
		}
		s := mustParse(t, input, references)
		want, got := c.Texts[m[1]], ""
		switch {
		case m[1] == "normalizedWithoutCustomOptions":
			got = normalized(t, throughDescriptor(t, s, references))
		case m[2] == "noExtSchema":
			got = print(t, must(s.Normalized())(t), "ignore_extensions")
		case m[2] == "schema2" && m[1] != "schemaString":
			got = throughDescriptor(t, s, references).Canonical()
		case strings.HasPrefix(m[2], "normalized"):
			got = normalized(t, s)
			// Our normalized text must also be what the normalized text is normalized to.
			if again := normalized(t, mustParse(t, got, references)); again != got {
				t.Errorf("normalizing is not a fixed point:\n%s", diff(got, again))
			}
		default:
			got = s.Canonical()
		}
		if got != want {
			t.Errorf("%s:\n%s", assert, diff(want, got))
		}
		if again := mustParse(t, got, references).Canonical(); again != got && !strings.HasPrefix(m[2], "normalized") {
			t.Errorf("%s: printing is not a fixed point:\n%s", assert, diff(got, again))
		}
		checks++
	}
	for name, text := range c.Texts {
		if _, err := Parse(context.Background(), source(text, references), formats.Options{}); (err != nil) != (name == "invalidSchemaString") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
		checks++
	}
	return checks
}

func source(text string, references map[string]string) formats.Source {
	src := formats.Source{Text: text}
	for name, text := range references {
		if text == "" {
			continue
		}
		ref := formats.Reference{Name: name, Subject: name, Version: 1}
		src.References = append(src.References, ref)
		src.Resolved = append(src.Resolved, formats.Resolved{Reference: ref, Type: formats.Protobuf, Text: text})
	}
	return src
}

func mustParse(t *testing.T, text string, references map[string]string) *Schema {
	t.Helper()
	s, err := Parse(context.Background(), source(text, references), formats.Options{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return s
}

func must(s formats.Schema, err error) func(t *testing.T) *Schema {
	return func(t *testing.T) *Schema {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s.(*Schema)
	}
}

func normalized(t *testing.T, s *Schema) string {
	t.Helper()
	return must(s.Normalized())(t).Canonical()
}

func print(t *testing.T, s *Schema, format string) string {
	t.Helper()
	text, err := s.Print(format)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func throughDescriptor(t *testing.T, s *Schema, references map[string]string) *Schema {
	t.Helper()
	return mustParse(t, print(t, s, "serialized"), references)
}

// diff shows two texts from the first line on which they differ.
func diff(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	i := 0
	for i < len(w) && i < len(g) && w[i] == g[i] {
		i++
	}
	from := max(0, i-2)
	return "want …\n" + strings.Join(w[from:min(len(w), i+8)], "\n") + "\ngot …\n" + strings.Join(g[from:min(len(g), i+8)], "\n")
}
