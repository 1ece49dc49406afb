package avro

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/concord-registry/concord/compat"
)

var update = flag.Bool("update", false, "write the golden files")

// findingCases has one pair for each code, and for what is special about some.
var findingCases = []struct{ Name, Reader, Writer string }{
	{"a field is added without a default", `{"type":"record","name":"User","fields":[{"name":"id","type":"long"},{"name":"email","type":"string"}]}`, `{"type":"record","name":"User","fields":[{"name":"id","type":"long"}]}`},
	{"a nullable field is added without a default", `{"type":"record","name":"User","fields":[{"name":"email","type":["null","string"]}]}`, `{"type":"record","name":"User","fields":[]}`},
	{"a type changes deep inside", `{"type":"record","name":"Cart","fields":[{"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[{"name":"price","type":"int"}]}}}]}`, `{"type":"record","name":"Cart","fields":[{"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[{"name":"price","type":"string"}]}}}]}`},
	{"a record is renamed", `{"type":"record","name":"shop.Client","fields":[]}`, `{"type":"record","name":"shop.Customer","fields":[]}`},
	{"a record is renamed and a field of it changes", `{"type":"record","name":"B","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}`, `{"type":"record","name":"A","fields":[{"name":"a","type":"int"}]}`},
	{"a fixed is renamed and grows", `{"type":"fixed","name":"New","size":20}`, `{"type":"fixed","name":"Old","size":16}`},
	{"a union becomes one of its types", `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`, `{"type":"record","name":"R","fields":[{"name":"a","type":["null","int"]}]}`},
	{"a type becomes a union without it", `{"type":"record","name":"R","fields":[{"name":"a","type":["null","string"]}]}`, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`},
	{"a fixed grows", `{"type":"fixed","name":"Hash","size":20}`, `{"type":"fixed","name":"Hash","size":16}`},
	{"an enum loses symbols", `{"type":"enum","name":"Color","symbols":["RED"]}`, `{"type":"enum","name":"Color","symbols":["RED","GREEN","BLUE"]}`},
	{"the default of an enum hides symbols", `{"type":"enum","name":"Color","symbols":["RED"],"default":"RED"}`, `{"type":"enum","name":"Color","symbols":["RED","GREEN"]}`},
	{"a union loses two branches", `["null","int"]`, `["null","string","int","bytes"]`},
	{"a union is wrong only in what it holds", `["null",{"type":"array","items":"string"}]`, `["null",{"type":"array","items":"int"}]`},
	{"decoders take the wrong branch", `["null",{"type":"record","name":"v1.Event","fields":[{"name":"at","type":"string"}]},{"type":"record","name":"v2.Event","fields":[{"name":"at","type":"long"}]}]`, `{"type":"record","name":"Event","fields":[{"name":"at","type":"long"}]}`},
	{"a branch is found by its short name only", `["null",{"type":"enum","name":"a.Color","symbols":["RED"]}]`, `{"type":"enum","name":"b.Color","symbols":["RED"]}`},
	{"an alias matches two fields", `{"type":"record","name":"R","fields":[{"name":"b","type":"int","aliases":["a"]}]}`, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"b","type":"int"}]}`},
	{"two fields share an alias", `{"type":"record","name":"R","fields":[{"name":"b","type":"int","aliases":["a"]},{"name":"c","type":"int","aliases":["a"],"default":7}]}`, `{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}`},
	{"a default is no symbol", `{"type":"record","name":"R","fields":[{"name":"color","type":{"type":"enum","name":"Color","symbols":["RED"]},"default":"PINK"}]}`, `{"type":"record","name":"R","fields":[]}`},
	{"a decimal moves its point", `{"type":"bytes","logicalType":"decimal","precision":6,"scale":3}`, `{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}`},
	{"a decimal gets more digits", `{"type":"bytes","logicalType":"decimal","precision":8,"scale":2}`, `{"type":"bytes","logicalType":"decimal","precision":6,"scale":2}`},
	{"milliseconds become microseconds", `{"type":"long","logicalType":"timestamp-micros"}`, `{"type":"long","logicalType":"timestamp-millis"}`},
	{"longs are read as doubles", `"double"`, `"long"`},
	{"bytes are read as text", `"string"`, `"bytes"`},
	{"an enum with a default is added as a field without one", `{"type":"record","name":"R","fields":[{"name":"color","type":{"type":"enum","name":"Color","symbols":["RED"],"default":"RED"}}]}`, `{"type":"record","name":"R","fields":[]}`},
	{"no data can exist", `{"type":"record","name":"R","fields":[{"name":"r","type":"R"},{"name":"x","type":"int"}]}`, `{"type":"record","name":"R","fields":[{"name":"r","type":"R"},{"name":"x","type":"string"}]}`},
	{"the reference is wrong about a recursive type in a union", `{"type":"record","name":"Top","fields":[{"name":"p","type":[{"type":"record","name":"n1.A","fields":[{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}},{"name":"z","type":"string"}]},{"type":"record","name":"n2.A","fields":[{"name":"b","type":"n1.B"},{"name":"z","type":"int"}]}]},{"name":"q","type":"n1.B"}]}`, `{"type":"record","name":"Top","fields":[{"name":"p","type":{"type":"record","name":"A","fields":[{"name":"b","type":{"type":"record","name":"B","fields":[{"name":"a","type":["null","A"]}]}},{"name":"z","type":"int"}]}},{"name":"q","type":"B"}]}`},
}

func TestFindingsReadAsTheGoldenFileSays(t *testing.T) {
	type entry struct {
		Name, Reader, Writer string
		Verdicts             map[compat.Relation]compat.Verdict
		Findings             []compat.Finding
		Messages             []string
	}
	var out []entry
	for _, c := range findingCases {
		result := compare(t, c.Reader, c.Writer)
		out = append(out, entry{c.Name, c.Reader, c.Writer, result.Verdicts, result.Findings, result.Messages})
	}
	var got bytes.Buffer
	e := json.NewEncoder(&got)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		t.Fatal(err)
	}
	const path = "testdata/findings.golden.json"
	if *update {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the findings differ from %s; run the test with -update and look at what changed", path)
	}
}

// TestEveryCodeIsCovered keeps the golden file complete.
func TestEveryCodeIsCovered(t *testing.T) {
	missing := map[string]bool{
		NameMismatch: true, FixedSizeMismatch: true, MissingEnumSymbols: true, MissingDefault: true, TypeMismatch: true, MissingUnionBranch: true,
		AmbiguousAlias: true, SharedAlias: true, InvalidDefault: true, UnionBranch: true, NamespaceMismatch: true, HiddenSymbols: true,
		DecimalScale: true, DecimalPrecision: true, LogicalTypeChanged: true, LossyPromotion: true, BytesAsText: true,
	}
	for _, c := range findingCases {
		for _, f := range compare(t, c.Reader, c.Writer).Findings {
			delete(missing, f.Code)
		}
	}
	for code := range missing {
		t.Errorf("no case shows %s", code)
	}
}

func TestForwardFindingsSpeakOfTheOldReader(t *testing.T) {
	c := findingCases[0]
	checker := compat.NewChecker(Comparer{})
	report, err := checker.CheckFull(t.Context(), parse(t, c.Writer), []compat.Version{{Number: 3, Schema: parse(t, c.Reader)}}, compat.Rules{Level: compat.Forward, Policy: compat.PolicyReference})
	if err != nil {
		t.Fatal(err)
	}
	f := report.Findings[0]
	if report.Compatible || f.Severity != compat.Error || f.Version != 3 || f.Direction != compat.OldReadsNew ||
		f.Message != "The old schema needs the field User.email, which data written with the new schema does not have, and there is no default to stand in for it." {
		t.Errorf("%+v", f)
	}
}

func TestPoliciesDecideWhatRejects(t *testing.T) {
	for _, c := range []struct {
		policy       compat.Policy
		hides, empty bool // whether the pairs below are accepted
	}{
		{compat.PolicyReference, true, false},
		{compat.PolicySemantic, false, true},
		{compat.PolicyStrict, false, false},
	} {
		for _, full := range []bool{false, true} {
			checker := compat.NewChecker(Comparer{})
			check := checker.Check
			if full {
				check = checker.CheckFull
			}
			for name, want := range map[string]bool{"the default of an enum hides symbols": c.hides, "no data can exist": c.empty} {
				pair := caseNamed(t, name)
				report, err := check(t.Context(), parse(t, pair[0]), []compat.Version{{Number: 1, Schema: parse(t, pair[1])}}, compat.Rules{Level: compat.Backward, Policy: c.policy})
				if err != nil {
					t.Fatal(err)
				}
				if report.Compatible != want || report.Compatible != (len(report.Messages) == 0) {
					t.Errorf("%s, %s, full %v: %v %q", c.policy, name, full, report.Compatible, report.Messages)
				}
			}
		}
	}
}

func caseNamed(t *testing.T, name string) [2]string {
	t.Helper()
	for _, c := range findingCases {
		if c.Name == name {
			return [2]string{c.Reader, c.Writer}
		}
	}
	t.Fatalf("no case named %q", name)
	return [2]string{}
}
