package protobuf

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
)

// TestTrickyPairs holds verdicts and codes against what is written in testdata/tricky.txt, and both against records that
// are really encoded and decoded: what is called safe reads made-up records as they were written, and what is not has a
// record that shows it, confirmed by a decoder of its own.
func TestTrickyPairs(t *testing.T) {
	data, err := os.ReadFile("testdata/tricky.txt")
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 6))
	for _, section := range strings.Split(string(data), "\n== ")[1:] {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		if len(lines) != 4 {
			t.Fatalf("a case of %d lines: %s", len(lines), lines[0])
		}
		t.Run(lines[0], func(t *testing.T) {
			texts := [2]string{fullText(lines[2]), fullText(lines[3])}
			if got := whatBreaks(compareFully(t, parseWith(t, texts[0], nil), parseWith(t, texts[1], nil), compat.NewReadsOld)); got != strings.TrimSpace(lines[1]) {
				t.Errorf("%s\nwant %s", got, lines[1])
			}
			tr := newTrial(t, texts)
			if tr.a.verdict(compat.WireExact) == compat.Compatible {
				tr.survives(t, rng)
			} else {
				tr.proves(t)
			}
			if tr.a.verdict(compat.JSONMapping) == compat.Compatible {
				tr.survivesJSON(t, rng)
			}
		})
	}
}

// whatBreaks are the relations that a comparison breaks, and the codes of the findings that break one.
func whatBreaks(c *compat.Comparison) string {
	var relations, codes []string
	for _, r := range append([]compat.Relation{compat.Reference}, allRelations...) {
		if c.Verdicts[r] == compat.Incompatible {
			relations = append(relations, string(r))
		}
	}
	if relations == nil {
		relations = []string{"nothing"}
	}
	for _, f := range c.Findings {
		if len(f.Breaks) > 0 {
			codes = append(codes, f.Code)
		}
	}
	return strings.TrimSpace(strings.Join(relations, " ") + ": " + strings.Join(codes, " "))
}

// file is a reference that both sides have, under a version each.
type file struct{ name, writer, reader string }

// TestTrickyPairsAcrossFiles is TestTrickyPairs for schemas that refer to others, whose records the runtime's decoder
// confirms.
func TestTrickyPairsAcrossFiles(t *testing.T) {
	for _, c := range []struct {
		name, want, writer, reader string
		files                      []file
	}{
		{
			"a version of an import that breaks",
			"reference semantic wire-exact json: FIELD_SCALAR_KIND_CHANGED FIELD_NAMED_TYPE_CHANGED",
			`import "a.proto"; message M { p.A a = 1; }`, `import "a.proto"; message M { p.A a = 1; }`,
			[]file{{"a.proto", "package p; message A { int32 x = 1; }", "package p; message A { string x = 1; }"}},
		},
		{
			"a version of an import that breaks only what is not used",
			"nothing:",
			`import "a.proto"; message M { p.A a = 1; }`, `import "a.proto"; message M { p.A a = 1; }`,
			[]file{{"a.proto", "package p; message A { int32 x = 1; } message B { int32 x = 1; }", "package p; message A { int32 x = 1; } message B { string x = 1; }"}},
		},
		{
			"a version of an import whose enum loses a value",
			"json: JSON_ENUM_NAME",
			`import "a.proto"; message M { p.E e = 1; }`, `import "a.proto"; message M { p.E e = 1; }`,
			[]file{{"a.proto", "package p; enum E { A = 0; B = 1; }", "package p; enum E { A = 0; }"}},
		},
		{
			"an import of an import that breaks, in a map",
			"reference semantic wire-exact json: FIELD_KIND_CHANGED FIELD_NAMED_TYPE_CHANGED FIELD_NAMED_TYPE_CHANGED",
			`import "b.proto"; message M { map<string, q.B> m = 1; }`, `import "b.proto"; message M { map<string, q.B> m = 1; }`,
			[]file{
				{"b.proto", `package q; import "a.proto"; message B { repeated p.A a = 1; }`, `package q; import "a.proto"; message B { repeated p.A a = 1; }`},
				{"a.proto", "package p; message A { bytes x = 1; }", "package p; message A { p.A x = 1; }"},
			},
		},
		{
			"a message moves to another file and package",
			"reference: MESSAGE_REMOVED",
			`message M { A a = 1; } message A { int32 x = 1; }`, `import "a.proto"; message M { p.A a = 1; }`,
			[]file{{"a.proto", "package p; message A { int32 x = 1; }", "package p; message A { int32 x = 1; }"}},
		},
		{
			"a message is imported publicly now",
			"nothing:",
			`import "a.proto"; message M { p.A a = 1; }`, `import "b.proto"; message M { p.A a = 1; }`,
			[]file{{"b.proto", `import public "a.proto";`, `import public "a.proto";`}, {"a.proto", "package p; message A { int32 x = 1; }", "package p; message A { int32 x = 1; }"}},
		},
		{
			"a message of another file moves to another package",
			"nothing:",
			`import "a.proto"; message M { p.A a = 1; }`, `import "a.proto"; message M { q.A a = 1; }`,
			[]file{{"a.proto", "package p; message A { int32 x = 1; }", "package q; message A { int32 x = 1; }"}},
		},
		{
			"a field of an imported message becomes narrower",
			"wire-exact json: NUMERIC_NARROWED",
			`import "a.proto"; message M { oneof o { p.A a = 1; string s = 2; } }`, `import "a.proto"; message M { oneof o { p.A a = 1; string s = 2; } }`,
			[]file{{"a.proto", "package p; message A { int64 x = 1; }", "package p; message A { int32 x = 1; }"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			writer, reader := map[string]labelledReference{}, map[string]labelledReference{}
			for _, f := range c.files {
				writer[f.name] = labelledReference{Subject: f.name, Version: 1, Text: "syntax = \"proto3\"; " + f.writer}
				reader[f.name] = labelledReference{Subject: f.name, Version: 2, Text: "syntax = \"proto3\"; " + f.reader}
			}
			got := compareFully(t, parseWith(t, fullText("proto3 "+c.writer), writer), parseWith(t, fullText("proto3 "+c.reader), reader), compat.NewReadsOld)
			if text := whatBreaks(got); text != c.want {
				t.Errorf("%s\nwant %s", text, c.want)
			}
			for _, f := range got.Findings {
				if f.BreaksAny([]compat.Relation{compat.WireExact, compat.JSONMapping}) && f.Witness == nil {
					t.Errorf("%s is not proved: %s", f.Code, f.NoWitness)
				}
			}
		})
	}
}
