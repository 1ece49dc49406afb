package jsonschema

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func schema(t testing.TB, text string) *model.Schema {
	t.Helper()
	s, err := model.Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

func compareTexts(t testing.TB, writer, reader string, req compat.Request) *compat.Comparison {
	t.Helper()
	req.Writer, req.Reader = schema(t, writer), schema(t, reader)
	if req.Direction == "" {
		req.Direction = compat.NewReadsOld
	}
	out, err := (Comparer{}).Compare(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// golden compares got with a file of testdata, which -update rewrites.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(gotLines), len(wantLines)) {
		g, w := "", ""
		if i < len(gotLines) {
			g = gotLines[i]
		}
		if i < len(wantLines) {
			w = wantLines[i]
		}
		if g != w {
			t.Fatalf("%s, line %d:\n got %s\nwant %s", path, i+1, g, w)
		}
	}
}

// changes reads the pairs of testdata/changes.txt: a line "# name", then the writer and the reader on a line each.
func changes(t testing.TB) (pairs []change) {
	t.Helper()
	data, err := os.ReadFile("testdata/changes.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	for i := 0; i+2 < len(lines); i += 4 {
		name, ok := strings.CutPrefix(lines[i], "# ")
		if !ok {
			t.Fatalf("testdata/changes.txt:%d: expected a name, got %q", i+1, lines[i])
		}
		pairs = append(pairs, change{name, lines[i+1], lines[i+2]})
	}
	return pairs
}

type change struct{ name, writer, reader string }

func TestEveryChangeHasTheReferencesDifferences(t *testing.T) {
	var b strings.Builder
	seen := map[code]bool{}
	for _, c := range changes(t) {
		fmt.Fprintf(&b, "# %s\n", c.name)
		found, err := diff(context.Background(), schema(t, c.writer), schema(t, c.reader), false)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range found {
			seen[d.code] = true
			verdict := "incompatible"
			if compatible[d.code] {
				verdict = "compatible"
			} else if forgiven[d.code] {
				verdict = "incompatible, forgiven by lenient"
			}
			fmt.Fprintf(&b, "%s %s (%s)\n", d.code, d.path, verdict)
		}
		b.WriteByte('\n')
	}
	golden(t, "differences.golden", b.String())
	for c := range compatible {
		if !seen[c] {
			t.Errorf("no change shows %s", c)
		}
	}
	for c := range explanations {
		if !seen[c] {
			t.Errorf("no change shows %s", c)
		}
	}
}

func TestEveryFindingIsWordedInBothDirections(t *testing.T) {
	var b strings.Builder
	for _, c := range changes(t) {
		fmt.Fprintf(&b, "# %s\n", c.name)
		for _, direction := range []compat.Direction{compat.NewReadsOld, compat.OldReadsNew} {
			out := compareTexts(t, c.writer, c.reader, compat.Request{Direction: direction, Full: true})
			for i, message := range out.Messages {
				f := out.Findings[i]
				fmt.Fprintf(&b, "%s: %s\n", direction, message)
				fmt.Fprintf(&b, "  %s\n  %s\n  reader %s%s, writer %s%s\n", f.Message, f.Hint, f.ReaderPath, at(f.ReaderSpan), f.WriterPath, at(f.WriterSpan))
				if f.Message == "" || f.Hint == "" || strings.Contains(f.Message+f.Hint, "{reader}") {
					t.Errorf("%s: %s is not worded: %q %q", c.name, f.Code, f.Message, f.Hint)
				}
			}
		}
		b.WriteByte('\n')
	}
	golden(t, "findings.golden", b.String())
}

func at(s *formats.Span) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf(" at %d:%d-%d:%d", s.Start.Line, s.Start.Column, s.End.Line, s.End.Column)
}

func TestLenientForgivesWhatOldDataContradictsOnlyByChance(t *testing.T) {
	writer, reader := `{"properties":{"a":{}}}`, `{"properties":{"a":{},"b":{"type":"string"}}}`
	if v := compareTexts(t, writer, reader, compat.Request{}).Verdicts[compat.Reference]; v != compat.Incompatible {
		t.Errorf("strict: %s", v)
	}
	if v := compareTexts(t, writer, reader, compat.Request{Lenient: true}).Verdicts[compat.Reference]; v != compat.Compatible {
		t.Errorf("lenient: %s", v)
	}
}

func TestRecursiveSchemasAreComparedToTheEnd(t *testing.T) {
	tree := func(value string) string {
		return `{"definitions":{"n":{"type":"object","additionalProperties":false,"properties":{"v":{"type":"` + value + `"},"next":{"oneOf":[{"type":"null"},{"$ref":"#/definitions/n"}]}}}},"$ref":"#/definitions/n"}`
	}
	if found, err := diff(context.Background(), schema(t, tree("string")), schema(t, tree("string")), false); err != nil || len(found) > 0 {
		t.Errorf("the same tree: %v, %v", found, err)
	}
	found, err := diff(context.Background(), schema(t, tree("string")), schema(t, tree("number")), false)
	if err != nil || len(incompatibleTypes(found)) == 0 {
		t.Errorf("a tree of other values: %v, %v", found, err)
	}
	// Under "not" the sides change places; the recursion must still end.
	not := `{"not":{"$ref":"#"}}`
	if _, err := diff(context.Background(), schema(t, not), schema(t, not), false); err != nil {
		t.Error(err)
	}
}

func TestAChangeDeepInARecursionIsNotTakenForGranted(t *testing.T) {
	// A compares with A only if B with B does, which needs A with A again; the difference shows in A alone.
	text := func(kind string) string {
		return `{"definitions":{"A":{"type":"object","properties":{"k":{"type":"` + kind + `"},"b":{"oneOf":[{"$ref":"#/definitions/B"}]}}},
		"B":{"type":"object","properties":{"a":{"oneOf":[{"$ref":"#/definitions/A"}]}}}},
		"properties":{"first":{"anyOf":[{"$ref":"#/definitions/A"},{"type":"null"}]},"then":{"anyOf":[{"$ref":"#/definitions/B"},{"type":"null"}]}}}`
	}
	found, err := diff(context.Background(), schema(t, text("string")), schema(t, text("number")), false)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(incompatibleTypes(found), ","); got != "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/first,COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/then" {
		t.Errorf("got %s", got)
	}
}

func TestComparingIsBounded(t *testing.T) {
	var wide, doubling strings.Builder
	wide.WriteString(`{"anyOf":[`)
	for i := range 3000 {
		if i > 0 {
			wide.WriteByte(',')
		}
		fmt.Fprintf(&wide, `{"type":"string","maxLength":%d,"title":"%%s%d"}`, i, i)
	}
	wide.WriteString(`]}`)
	doubling.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
	for i := range 60 {
		fmt.Fprintf(&doubling, `"d%d":{"type":"object","properties":{"a":{"$ref":"#/definitions/d%d"},"b":{"$ref":"#/definitions/d%d"}}},`, i, i+1, i+1)
	}
	doubling.WriteString(`"d60":{"type":"%s"}}}`)
	var chain strings.Builder
	chain.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
	for i := range 20_000 {
		fmt.Fprintf(&chain, `"d%d":{"type":"object","properties":{"a":{"$ref":"#/definitions/d%d"}}},`, i, i+1)
	}
	chain.WriteString(`"d20000":{"type":"%s"}}}`)
	for name, c := range map[string]struct {
		form, writer, reader string
		tooLarge             bool
	}{
		"definitions 20,000 levels deep": {chain.String(), "string", "number", true},

		"a union of thousands":                 {wide.String(), "a", "b", true},
		"definitions that double at 60 levels": {doubling.String(), "string", "number", false},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := schema(t, strings.ReplaceAll(c.form, "%s", c.writer)), schema(t, strings.ReplaceAll(c.form, "%s", c.reader))
			var found []difference
			var err error
			cputest.Within(t, 30*time.Second, func() { found, err = diff(context.Background(), w, r, false) })
			var tooLarge *compat.WorkError
			if errors.As(err, &tooLarge) != c.tooLarge {
				t.Fatalf("%d differences, %v", len(found), err)
			}
			if !c.tooLarge && (accepted(found, false) || len(found) > 10*maxDifferences) {
				t.Errorf("%d differences", len(found))
			}
		})
	}
}

func TestACancelledComparisonEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	text := `{"anyOf":[` + strings.Repeat(`{"type":"object","properties":{"a":{"enum":[1]}}},`, 99) + `{"title":"x"}]}`
	w := schema(t, strings.Replace(text, `"a"`, `"b"`, 50))
	if _, err := diff(ctx, w, schema(t, text), false); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
}

func TestAReportStaysReadableHoweverManyDifferencesThereAre(t *testing.T) {
	properties := func(prefix string) string {
		var b strings.Builder
		for i := range 3000 {
			fmt.Fprintf(&b, `,"%s%d":{"type":"string"}`, prefix, i)
		}
		return `{"properties":{` + b.String()[1:] + `}}`
	}
	out := compareTexts(t, properties("a"), properties("b"), compat.Request{Full: true})
	if len(out.Messages) != 3000 || len(out.Findings) > maxFindings+maxReasons+1 {
		t.Fatalf("%d messages, %d findings", len(out.Messages), len(out.Findings))
	}
	if last := out.Findings[len(out.Findings)-1]; last.Code != FurtherDifferences || !strings.Contains(last.Message, "2000 more") {
		t.Errorf("the last finding is %s: %s", last.Code, last.Message)
	}
}

// As many properties as a schema may have made an answer of 50 megabytes.
func TestTheLastMessageCountsTheDifferencesThatHaveNone(t *testing.T) {
	const differences = compat.MaxMessages + 2000
	properties := func(kind string) string {
		var b strings.Builder
		for i := range differences {
			fmt.Fprintf(&b, `,"a%d":{"type":%q}`, i, kind)
		}
		return `{"properties":{` + b.String()[1:] + `}}`
	}
	out := compareTexts(t, properties("string"), properties("boolean"), compat.Request{})
	if out.Verdicts[compat.Reference] != compat.Incompatible || len(out.Messages) != compat.MaxMessages+1 {
		t.Fatalf("%s, %d messages", out.Verdicts[compat.Reference], len(out.Messages))
	}
	if last := out.Messages[compat.MaxMessages]; !strings.Contains(last, "FURTHER_DIFFERENCES") || !strings.Contains(last, "2000 more places") {
		t.Errorf("the last message is %s", last)
	}
	if last := out.Findings[len(out.Findings)-1]; !strings.Contains(last.Message, fmt.Sprintf("%d more places, of which the messages tell %d", differences-maxFindings, compat.MaxMessages-maxFindings)) {
		t.Errorf("the last finding is %s", last.Message)
	}
}

func TestReportsOfLongNamesAreBounded(t *testing.T) {
	properties := func(kind string) *model.Schema {
		var b strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&b, `,"a%d":{"type":%q}`, i, kind)
		}
		return schema(t, `{"properties":{"`+strings.Repeat("k", 200_000)+`":{"properties":{`+b.String()[1:]+`}}}}`)
	}
	for _, full := range []bool{false, true} {
		var tooLarge *compat.WorkError
		if _, err := (Comparer{}).Compare(context.Background(), compat.Request{Writer: properties("string"), Reader: properties("integer"), Full: full}); !errors.As(err, &tooLarge) {
			t.Errorf("full %v: error %.100v, want a *compat.WorkError", full, err)
		}
	}
}

func TestManyPropertiesAgainstManyPatternsEndInTime(t *testing.T) {
	var properties, patterns strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&properties, `,"a%d":{"type":"string"}`, i)
		fmt.Fprintf(&patterns, `,"^b%d$":{"type":"string"}`, i)
	}
	w, r := schema(t, `{"properties":{`+properties.String()[1:]+`}}`), schema(t, `{"patternProperties":{`+patterns.String()[1:]+`}}`)
	var err error
	cputest.Within(t, 30*time.Second, func() { _, err = diff(context.Background(), w, r, false) })
	var tooLarge *compat.WorkError
	if !errors.As(err, &tooLarge) {
		t.Error(err)
	}
}

// A pattern may have tens of thousands of instructions, each of which is carried out at each letter of a name. Ten thousand
// names took minutes.
func TestManyNamesAgainstALargePatternEndInTime(t *testing.T) {
	large := `"additionalProperties":false,"patternProperties":{"^` + strings.Repeat("a?b?", 8_000) + `c$":{"type":"string"}}`
	names := func(suffix string) string {
		var properties strings.Builder
		for i := range 10_000 {
			fmt.Fprintf(&properties, `,"%s%d%s":{"type":"number"}`, strings.Repeat("a", 30), i, suffix)
		}
		return `{"type":"object",` + large + `,"properties":{` + properties.String()[1:] + `}}`
	}
	for name, readers := range map[string]string{
		"that only one schema has": names("x"),
		"that both schemas have":   strings.Replace(names(""), `"string"`, `"integer"`, 1),
	} {
		t.Run(name, func(t *testing.T) {
			var c *compat.Comparison
			var err error
			cputest.Within(t, 20*time.Second, func() {
				c, err = (Comparer{}).Compare(context.Background(), compat.Request{
					Writer: schema(t, names("")), Reader: schema(t, readers), Direction: compat.NewReadsOld, Full: true,
				})
			})
			var tooLarge *compat.WorkError
			switch {
			case err != nil && !errors.As(err, &tooLarge):
				t.Error(err)
			case err == nil && c.Verdicts[compat.Semantic] != compat.Undecided:
				t.Errorf("the semantic relation is %v", c.Verdicts[compat.Semantic])
			}
		})
	}
}
