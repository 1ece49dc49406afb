package protobuf

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

var update = flag.Bool("update", false, "write the golden files anew")

// changedPair is one case of testdata/changes.txt.
type changedPair struct{ name, writer, reader string }

func readChanges(t testing.TB) []changedPair {
	t.Helper()
	data, err := os.ReadFile("testdata/changes.txt")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []changedPair
	for _, section := range strings.Split(string(data), "\n== ")[1:] {
		lines := strings.Split(strings.TrimSpace(section), "\n")
		if len(lines) != 3 {
			t.Fatalf("a case of %d lines: %s", len(lines), lines[0])
		}
		pairs = append(pairs, changedPair{lines[0], fullText(lines[1]), fullText(lines[2])})
	}
	return pairs
}

func fullText(line string) string {
	syntax, rest, _ := strings.Cut(line, " ")
	if syntax == "2023" {
		return "edition = \"2023\";\n" + rest
	}
	return "syntax = \"" + syntax + "\";\n" + rest
}

func compareFully(t testing.TB, writer, reader *format.Schema, d compat.Direction) *compat.Comparison {
	t.Helper()
	c, err := Comparer{}.Compare(context.Background(), compat.Request{Writer: writer, Reader: reader, Direction: d, Full: true})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestFindingsOfChanges holds everything that is said about the cases of testdata/changes.txt against a file that people
// have read: verdicts, codes, places, sentences, hints and witnesses.
func TestFindingsOfChanges(t *testing.T) {
	const golden = "testdata/findings.golden"
	var out strings.Builder
	for _, p := range readChanges(t) {
		fmt.Fprintf(&out, "== %s\n", p.name)
		c := compareFully(t, parseWith(t, p.writer, nil), parseWith(t, p.reader, nil), compat.NewReadsOld)
		for _, r := range append([]compat.Relation{compat.Reference}, allRelations...) {
			fmt.Fprintf(&out, "%s %s\n", r, c.Verdicts[r])
		}
		for _, f := range c.Findings {
			writeFinding(&out, f)
		}
		out.WriteString("\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(out.String(), "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			from := max(0, i-6)
			t.Fatalf("line %d differs; want …\n%s\ngot …\n%s", i+1, strings.Join(w[from:min(len(w), i+6)], "\n"), strings.Join(g[from:min(len(g), i+6)], "\n"))
		}
	}
}

func writeFinding(out *strings.Builder, f compat.Finding) {
	fmt.Fprintf(out, "- %s %v\n  writer %s %s, reader %s %s\n  %s\n  %s\n", f.Code, f.Breaks, f.WriterPath, lineOf(f.WriterSpan), f.ReaderPath, lineOf(f.ReaderSpan), f.Message, f.Hint)
	if f.NoWitness != "" {
		fmt.Fprintf(out, "  no witness: %s\n", f.NoWitness)
	}
	if w := f.Witness; w != nil {
		fmt.Fprintf(out, "  record %x = %s\n  writer %s\n  reader %s%s\n  %s\n", w.Data, w.Annotated, w.JSON, w.ReaderJSON, w.ReaderError, w.Note)
	}
}

func lineOf(s *formats.Span) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%d:%d-%d", s.Start.Line, s.Start.Column, s.End.Column)
}
