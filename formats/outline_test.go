package formats_test

import (
	"fmt"
	"slices"
	"strings"
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

// sketch writes nodes on one line each, indented.
func sketch(nodes []formats.Node, indent string) string {
	var b strings.Builder
	for _, n := range nodes {
		fmt.Fprintf(&b, "%s%s %s", indent, n.Kind, n.Name)
		for _, part := range []string{n.Full, n.Type, n.Default, n.Doc} {
			if part != "" {
				b.WriteString(" · " + part)
			}
		}
		if n.Required {
			b.WriteString(" · required")
		}
		if len(n.Uses) > 0 {
			fmt.Fprintf(&b, " → %s", strings.Join(n.Uses, " or "))
		}
		fmt.Fprintf(&b, " @%d\n%s", n.Span.Start.Line, sketch(n.Nodes, indent+"  "))
	}
	return b.String()
}

func TestOutlinesShowTheTreeOfAText(t *testing.T) {
	for _, test := range []struct {
		name   string
		format formats.Outliner
		text   string
		want   string
		uses   string
	}{
		{"an Avro record with a type in a field's place, an enum and a type of elsewhere", avro.Format{},
			`{"type":"record","name":"Order","namespace":"shop","doc":"One order.","fields":[
{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},
{"name":"items","doc":"What was bought.","type":{"type":"array","items":{"type":"record","name":"Item","fields":[{"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","OLD"]}}]}},"default":[]},
{"name":"from","type":["null","geo.Address"],"default":null},{"name":"next","type":"Item"}]}`, `type Order · shop.Order · record · One order. @1
  field at · timestamp-millis (long) @2
  field items · array<Item> · [] · What was bought. → shop.Item @3
    type Item · shop.Item · record @3
      field state · State → shop.State @3
        enum State · shop.State · enum @3
          symbol NEW @3
          symbol OLD @3
  field from · null | Address · null → geo.Address @4
  field next · Item → shop.Item or Item @4
`, "geo.Address@4:[32] shop.Item@4:[85]"},
		{"a Protobuf file with nesting, a map, a oneof and docs in options", protobuf.Format{},
			`syntax = "proto3";
package shop;
message Order {
  string id = 1 [(confluent.field_meta).doc = "Never reused."];
  map<string, Item> items = 2;
  oneof payment { Card card = 3; geo.Place cash = 4; }
  repeated Item more = 5;
  message Item { State state = 1; }
}
enum State { NEW = 0; }`, `type Order · shop.Order · message @3
  field id · string · Never reused. @4
  field items · map<string, Item> → shop.Order.Item or shop.Item or Item @5
  field more · repeated Item → shop.Order.Item or shop.Item or Item @7
  field card · Card → shop.Order.Card or shop.Card or Card @6
  field cash · Place → shop.Order.geo.Place or shop.geo.Place or geo.Place @6
  type Item · shop.Order.Item · message @8
    field state · State → shop.Order.Item.State or shop.Order.State or shop.State or State @8
enum State · shop.State · enum @10
  symbol NEW @10
`, ""},
		{"a JSON schema with definitions, requirements and references", jsonschema.Format{},
			`{"title":"Order","type":"object","required":["id"],"properties":{
"id":{"type":"string","format":"uuid","description":"Never reused."},
"to":{"$ref":"address.json#/definitions/home"},
"lines":{"type":"array","items":{"$ref":"#/definitions/line"}},
"kind":{"enum":["a",1]}},
"definitions":{"line":{"type":"object","properties":{"n":{"type":["integer","null"],"default":1}}}}}`, `type Order · # · object · Order @1
  field id · string (uuid) · Never reused. · required @2
  field to · home → address.json#/definitions/home or address.json @3
  field lines · array<line> → #/definitions/line @4
  field kind · enum @5
    symbol "a" @5
    symbol 1 @5
type line · #/definitions/line · object @6
  field n · integer | null · 1 @6
`, "address.json#/definitions/home@3:[15] #/definitions/line@4:[42]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			outline, err := test.format.Outline(test.text, formats.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := sketch(outline.Nodes, ""); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
			var uses []string
			for _, u := range outline.Uses {
				uses = append(uses, fmt.Sprintf("%s@%d:[%d]", u.Names[0], u.Span.Start.Line, u.Span.Start.Column))
			}
			if got := strings.Join(uses, " "); test.uses != "" && got != test.uses {
				t.Errorf("uses %s, want %s", got, test.uses)
			}
		})
	}
}
