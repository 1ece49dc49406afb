package diff_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	"github.com/concord-registry/concord/formats/cputest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var everything = engine.Default(formats.Limits{})

func parse(t testing.TB, kind formats.Type, text string) formats.Schema {
	t.Helper()
	s, err := everything.Parse(context.Background(), kind, formats.Source{Text: text}, formats.Options{})
	if err != nil {
		t.Fatalf("%v\n%.500s", err, text)
	}
	return s
}

func compare(t testing.TB, old, next formats.Schema) *diff.Diff {
	t.Helper()
	d, err := diff.Compare(context.Background(), everything.Checker, old, next, compat.PolicyReference)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// show prints a diff with what the spans cover, so that a wrong place is seen.
func show(d *diff.Diff) string {
	var b strings.Builder
	fmt.Fprintf(&b, "identical %v, backward %s, forward %s\n", d.Identical, d.Backward, d.Forward)
	for _, c := range d.Changes {
		fmt.Fprintf(&b, "%s %s", c.Kind, c.Element)
		if c.Attribute != "" {
			fmt.Fprintf(&b, ".%s", c.Attribute)
		}
		fmt.Fprintf(&b, " at %s: backward %s, forward %s\n  %s\n", c.Path(), c.Backward, c.Forward, c.Message)
		showSide(&b, "-", c.Old, d.OldText)
		showSide(&b, "+", c.New, d.NewText)
		for _, f := range c.Findings {
			fmt.Fprintf(&b, "  %s %s %s %v: %s\n", f.Direction, f.Severity, f.Code, f.Breaks, f.Message)
		}
	}
	return b.String()
}

func showSide(b *strings.Builder, sign string, s *diff.Side, text string) {
	if s == nil {
		return
	}
	fmt.Fprintf(b, "  %s %s", sign, s.Text)
	if s.Span != nil {
		covered := strings.Join(strings.Fields(cut(text, *s.Span)), " ")
		if len(covered) > 70 {
			covered = covered[:70] + "…"
		}
		fmt.Fprintf(b, " @%d:%d %s", s.Span.Start.Line, s.Span.Start.Column, covered)
	}
	b.WriteByte('\n')
}

// cut returns what a span covers.
func cut(text string, span formats.Span) string {
	var out []rune
	at := formats.Position{Line: 1, Column: 1}
	for _, r := range text {
		after := at.Line > span.Start.Line || at.Line == span.Start.Line && at.Column >= span.Start.Column
		before := at.Line < span.End.Line || at.Line == span.End.Line && at.Column < span.End.Column
		if after && before {
			out = append(out, r)
		}
		at.Column++
		if r == '\n' {
			at.Line, at.Column = at.Line+1, 1
		}
	}
	return string(out)
}

// The golden files are read by eye: each change once, where it is, with the findings that are about it.
func TestChangesAreToldWithTheirPlacesAndVerdicts(t *testing.T) {
	for name, kind := range map[string]formats.Type{"avro": formats.Avro, "protobuf": formats.Protobuf, "jsonschema": formats.JSON} {
		archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
		if err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		for i := 0; i < len(archive.Files); i += 2 {
			title := strings.TrimSuffix(archive.Files[i].Name, "/old")
			if archive.Files[i+1].Name != title+"/new" {
				t.Fatalf("%s has no new schema", title)
			}
			d := compare(t, parse(t, kind, string(archive.Files[i].Data)), parse(t, kind, string(archive.Files[i+1].Data)))
			fmt.Fprintf(&out, "== %s\n%s\n", title, show(d))
		}
		golden := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if out.String() != string(want) {
			t.Errorf("%s differs; run with -update and read it:\n%s", golden, out.String())
		}
	}
}

// Whatever a check reports is told with a change, and the verdicts are those of the check.
func TestEveryFindingIsToldWithAChange(t *testing.T) {
	for file, kind := range map[string]formats.Type{"avro/compat.jsonl": formats.Avro, "protobuf/compat.jsonl": formats.Protobuf, "jsonschema/containment.jsonl": formats.JSON} {
		t.Run(file, func(t *testing.T) {
			corpustest.Sample(t, file, 4, func(row struct {
				ID             string
				Reader, Writer json.RawMessage
			}) {
				old, err := everything.Parse(context.Background(), kind, formats.Source{Text: text(t, kind, row.Writer)}, formats.Options{})
				if err != nil {
					return // some rows are about texts that cannot be read
				}
				next, err := everything.Parse(context.Background(), kind, formats.Source{Text: text(t, kind, row.Reader)}, formats.Options{})
				if err != nil {
					return
				}
				report, err := everything.CheckFull(context.Background(), next, []compat.Version{{Schema: old}}, compat.Rules{Level: compat.Full, Policy: compat.PolicyReference})
				if err != nil {
					return
				}
				d := compare(t, old, next)
				distinct := map[string]bool{}
				for _, c := range d.Changes {
					for _, f := range c.Findings {
						distinct[fmt.Sprint(f.Direction, f.Code, f.ReaderPath, f.WriterPath, f.Message)] = true
					}
				}
				told := 0
				for _, f := range report.Findings {
					if distinct[fmt.Sprint(f.Direction, f.Code, f.ReaderPath, f.WriterPath, f.Message)] {
						told++
					}
				}
				if told != len(report.Findings) || report.Compatible == d.Breaking(compat.Full) {
					t.Errorf("%s: %d findings, %d told; compatible %v, breaking %v", row.ID, len(report.Findings), told, report.Compatible, d.Breaking(compat.Full))
				}
				if d.Identical && len(d.Changes) > 0 && report.Compatible {
					t.Errorf("%s: identical schemas have changes:\n%s", row.ID, show(d))
				}
			})
		})
	}
}

// text is a schema in a row: JSON schemas stand there as they are, others as strings.
func text(t *testing.T, kind formats.Type, raw json.RawMessage) string {
	if kind == formats.JSON {
		return string(raw)
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		t.Fatal(err)
	}
	return text
}

func TestSchemasOfDifferentTypesAreOneChange(t *testing.T) {
	d := compare(t, parse(t, formats.Avro, `"string"`), parse(t, formats.JSON, `{"type": "string"}`))
	if len(d.Changes) != 1 || d.Changes[0].Backward != diff.Breaks || d.Changes[0].Forward != diff.Breaks || d.Identical {
		t.Errorf("%s", show(d))
	}
}

func TestNothingIsCalledHarmlessThatWasNotLookedAt(t *testing.T) {
	record := func(kind string) formats.Schema {
		var fields []string
		for i := range 3000 {
			fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":%q}`, i, kind))
		}
		return parse(t, formats.Avro, `{"type":"record","name":"R","fields":[`+strings.Join(fields, ",")+`]}`)
	}
	d := compare(t, record("int"), record("string"))
	if d.Backward != diff.Breaks || d.Forward != diff.Breaks || len(d.Changes)+d.More != 3000 {
		t.Fatalf("backward %s, forward %s, %d changes and %d more", d.Backward, d.Forward, len(d.Changes), d.More)
	}
	for _, c := range d.Changes {
		if c.Backward == diff.Harmless || c.Forward == diff.Harmless {
			t.Fatalf("%s is called harmless: %+v", c.Path(), c)
		}
	}
}

func TestAReferenceToAnotherVersionIsAChange(t *testing.T) {
	at := func(version int) formats.Schema {
		ref := formats.Reference{Name: "a.Money", Subject: "money", Version: version}
		text := `{"type":"record","name":"a.Money","fields":[{"name":"units","type":"` + []string{"", "int", "long"}[version] + `"}]}`
		s, err := everything.Parse(context.Background(), formats.Avro, formats.Source{
			Text:       `{"type":"record","name":"a.Order","fields":[{"name":"price","type":"Money"}]}`,
			References: []formats.Reference{ref}, Resolved: []formats.Resolved{{Reference: ref, Type: formats.Avro, Text: text}},
		}, formats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	d := compare(t, at(1), at(2))
	if len(d.Changes) != 2 || d.Identical {
		t.Fatalf("%s", show(d))
	}
	if c := d.Changes[0]; c.Path() != "a.Money.units" || c.Forward != diff.Breaks || c.Backward == diff.Breaks {
		t.Errorf("%s", show(d))
	}
	if c := d.Changes[1]; c.Element != "reference" || c.New.Text != "version 2 of money" {
		t.Errorf("%s", show(d))
	}
}

func TestLayoutGivesTextsOfOneLineMoreOfThem(t *testing.T) {
	ctx := context.Background()
	for _, test := range []struct {
		name  string
		kind  formats.Type
		text  string
		lines int
	}{
		{"an Avro record as it is stored", formats.Avro, `{"type":"record","name":"R","fields":[{"name":"id","type":"long"}]}`, 7},
		{"a JSON schema as it is stored", formats.JSON, `{"type":"object"}`, 3},
		{"what is in a field stands on its line", formats.JSON, `{"properties":{"id":{"type":"integer","minimum":0},"tags":{"items":{"type":"string"}}}}`, 6},
		{"what somebody laid out stays", formats.JSON, "{\"type\":\n\"object\"}", 2},
		{"a Protobuf file has lines", formats.Protobuf, `syntax = "proto3"; message M {}`, 1},
		{"an Avro type by its bare name", formats.Avro, `"string"`, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := parse(t, test.kind, test.text)
			laid, err := diff.Layout(ctx, everything, s)
			if err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(strings.TrimSpace(laid.Source().Text), "\n") + 1; lines != test.lines || laid.Canonical() != s.Canonical() {
				t.Errorf("%d lines, want %d:\n%s", lines, test.lines, laid.Source().Text)
			}
		})
	}
}

func TestADiffSurvivesJSON(t *testing.T) {
	d := compare(t, parse(t, formats.Avro, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`), parse(t, formats.Avro, `{"type":"record","name":"R","fields":[{"name":"b","type":"int"}]}`))
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again diff.Diff
	if err := json.Unmarshal(text, &again); err != nil {
		t.Fatal(err)
	}
	if second, _ := json.Marshal(again); !reflect.DeepEqual(text, second) || len(again.Changes) != 2 {
		t.Errorf("%s", text)
	}
}

// The path of an element holds the names of all that it is in, so that all of them could be many times the text.
func TestADiffBelowALongNameTakesLittleMemory(t *testing.T) {
	list := func(format string) string {
		var b strings.Builder
		for i := range 2000 {
			fmt.Fprintf(&b, format, i+1)
		}
		return b.String()
	}
	long := strings.Repeat("k", 100_000)
	for kind, texts := range map[formats.Type][3]string{
		formats.Avro:     {`{"type":"record","name":"` + long + `","fields":[` + list(`{"name":"f%d","type":"int"},`), `{"name":"g","type":"int","default":1},`, `{"name":"h","type":"int"}]}`},
		formats.JSON:     {`{"properties":{"` + long + `":{"properties":{` + list(`"f%d":{"title":"t"},`), `"g":{},`, `"h":{}}}}}`},
		formats.Protobuf: {`syntax = "proto3"; message ` + long + ` {` + list("int32 f%[1]d = %[1]d;"), "int32 g = 3000;", "}"},
	} {
		old, next := parse(t, kind, texts[0]+texts[2]), parse(t, kind, texts[0]+texts[1]+texts[2])
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d := compare(t, old, next)
		runtime.ReadMemStats(&after)
		if taken := (after.TotalAlloc - before.TotalAlloc) >> 20; taken > 100 {
			t.Errorf("%s: the diff took %d MB", kind, taken)
		}
		if len(d.Changes) != 1 || len(d.Changes[0].Path()) > 3000 {
			t.Errorf("%s: %d changes, want one with a path that is cut", kind, len(d.Changes))
		}
	}
}

// Names are looked for in the sentences of findings, each of which may be long: three thousand took twenty seconds.
func TestFindingsOfLongNamesFindTheirChangesInTime(t *testing.T) {
	long := strings.Repeat("X", 1_200)
	text := func(from int) string {
		var b strings.Builder
		b.WriteString(`syntax = "proto3"; enum E { Z = 0; `)
		for i := range 3_000 {
			fmt.Fprintf(&b, "%s%d = %d; ", long, i, from+i)
		}
		b.WriteString("} message M { E e = 1; }")
		return b.String()
	}
	old, next := parse(t, formats.Protobuf, text(1)), parse(t, formats.Protobuf, text(2))
	var d *diff.Diff
	cputest.Within(t, 10*time.Second, func() { d = compare(t, old, next) })
	if len(d.Changes) < 1_000 || d.Backward == diff.Harmless {
		t.Errorf("%d changes, backward %s", len(d.Changes), d.Backward)
	}
}
