package formats_test

import (
	"slices"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/jsonschema"
	"github.com/concord-registry/concord/formats/protobuf"
)

func TestOutlinesTellWhatATextDefinesAndNeeds(t *testing.T) {
	for _, test := range []struct {
		name    string
		format  formats.Outliner
		text    string
		defines []string
		needs   []string
		line    int // of the first need
	}{
		{"an Avro record uses a type of its namespace and one by full name", avro.Format{},
			"{\"type\":\"record\",\"name\":\"a.R\",\"fields\":[\n{\"name\":\"x\",\"type\":\"Money\"},\n{\"name\":\"y\",\"type\":[\"null\",\"b.Addr\"]},{\"name\":\"z\",\"type\":\"Money\"}]}",
			[]string{"a.R"}, []string{"a.Money", "b.Addr"}, 2},
		{"an Avro type that refers to itself needs nothing", avro.Format{},
			`{"type":"record","name":"a.Node","fields":[{"name":"next","type":["null","Node"]},{"name":"k","type":{"type":"enum","name":"K","symbols":["A"]}}]}`,
			[]string{"a.K", "a.Node"}, nil, 0},
		{"a Protobuf file needs its imports but not the built-in ones", protobuf.Format{},
			"syntax = \"proto3\";\nimport \"google/protobuf/timestamp.proto\";\nimport public \"common/money.proto\";\nmessage A { common.Money m = 1; }",
			nil, []string{"common/money.proto"}, 3},
		{"a JSON schema needs what its $refs lead to outside it", jsonschema.Format{},
			"{\"$id\":\"https://example.com/order.json\",\"properties\":{\n\"m\":{\"$ref\":\"money.json#/definitions/amount\"},\"a\":{\"$ref\":\"#/definitions/b\"}},\"definitions\":{\"b\":{\"$id\":\"b.json\"}, \"c\":{\"$ref\":\"b.json\"}}}",
			[]string{"https://example.com/b.json", "https://example.com/order.json"}, []string{"money.json"}, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			outline, err := test.format.Outline(test.text, formats.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if defines := slices.Sorted(slices.Values(outline.Defines)); !slices.Equal(defines, test.defines) {
				t.Errorf("defines %q, want %q", defines, test.defines)
			}
			var needs []string
			for _, need := range outline.Needs {
				needs = append(needs, need.Name)
			}
			if !slices.Equal(needs, test.needs) {
				t.Errorf("needs %q, want %q", needs, test.needs)
			}
			if len(outline.Needs) > 0 && outline.Needs[0].Span.Start.Line != test.line {
				t.Errorf("first need at line %d, want %d", outline.Needs[0].Span.Start.Line, test.line)
			}
		})
	}
}

func TestPositionsCountCodePointsAndLinesFromOne(t *testing.T) {
	lines := formats.NewLines("a\nbä日c\n")
	for offset, want := range map[int]formats.Position{
		0: {Line: 1, Column: 1}, 1: {Line: 1, Column: 2}, 2: {Line: 2, Column: 1}, 5: {Line: 2, Column: 3}, 8: {Line: 2, Column: 4},
		10: {Line: 3, Column: 1}, 99: {Line: 3, Column: 1}, -1: {Line: 1, Column: 1},
	} {
		if got := lines.Position(offset); got != want {
			t.Errorf("offset %d: got %v, want %v", offset, got, want)
		}
	}
}
