package avro

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
)

func TestAcceptance(t *testing.T) {
	field := func(attributes string) string {
		return `{"type":"record","name":"R","fields":[{"name":"f",` + attributes + `}]}`
	}
	for name, c := range map[string]struct {
		text        string
		new, stored bool
	}{
		"a primitive by name":                                {`"int"`, true, true},
		"a bare word is not JSON":                            {`int`, false, false},
		"comments between tokens":                            {"/* a */ {\"type\": // b\n\"int\"}", true, true},
		"a comment after the schema":                         {`"int" // a`, false, false},
		"a comma before a closing bracket":                   {`["int",]`, false, false},
		"a raw control character in a string":                {"{\"type\":\"int\",\"doc\":\"\x01\"}", false, false},
		"an unknown escape":                                  {`{"type":"int","p":"\x"}`, false, false},
		"a number that starts with zero":                     {`{"type":"int","p":01}`, false, false},
		"a number with a bare point":                         {`{"type":"int","p":1.}`, false, false},
		"text that is not UTF-8":                             {"\"in\xfft\"", false, false},
		"an unknown type":                                    {`"strin"`, false, false},
		"a union in a union":                                 {`["null",["int"]]`, false, false},
		"a union in a union by way of a name is impossible":  {`[{"type":"array","items":["null","int"]}]`, true, true},
		"two branches of one name":                           {`[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":1}]`, true, true},
		"two branches that are maps":                         {`[{"type":"map","values":"int"},{"type":"map","values":"long"}]`, false, false},
		"a name with a letter beyond ASCII":                  {`{"type":"record","name":"é","fields":[]}`, false, true},
		"an alias with a letter beyond ASCII":                {`{"type":"record","name":"R","aliases":["é"],"fields":[]}`, false, false},
		"a namespace with a dash":                            {`{"type":"record","name":"R","namespace":"a-b","fields":[]}`, false, true},
		"any alias of a field":                               {field(`"type":"int","aliases":["not a name"]`), true, true},
		"two fields of one name":                             {`{"type":"record","name":"R","fields":[{"name":"f","type":"int"},{"name":"f","type":"int"}]}`, false, false},
		"a symbol twice":                                     {`{"type":"enum","name":"E","symbols":["A","A"]}`, false, false},
		"the default of an enum that is no symbol":           {`{"type":"enum","name":"E","symbols":["A"],"default":"B"}`, false, false},
		"the default of an enum that is no string":           {`{"type":"enum","name":"E","symbols":["A"],"default":5}`, true, true},
		"an enum without symbols":                            {`{"type":"enum","name":"E","symbols":[]}`, true, true},
		"a fixed of no bytes":                                {`{"type":"fixed","name":"F","size":0}`, true, true},
		"a fixed with a size in quotes":                      {`{"type":"fixed","name":"F","size":"4"}`, false, false},
		"an order in capitals":                               {field(`"type":"int","order":"IGNORE"`), true, true},
		"an order that does not exist":                       {field(`"type":"int","order":"random"`), false, false},
		"a default of another type":                          {field(`"type":"int","default":"x"`), false, true},
		"a default of a later branch":                        {field(`"type":["null","int"],"default":5`), true, true},
		"a default of no branch":                             {field(`"type":["null","int"],"default":"x"`), false, true},
		"a default of an enum that is no symbol of it":       {field(`"type":{"type":"enum","name":"E","symbols":["A"]},"default":"B"`), true, true},
		"the number of a double as a string":                 {field(`"type":"double","default":"1.5"`), true, true},
		"a double that is no number":                         {field(`"type":"double","default":"one"`), false, false},
		"a default that lacks a field":                       {field(`"type":{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]},"default":{}`), false, true},
		"a default that leaves a field to its own default":   {field(`"type":{"type":"record","name":"S","fields":[{"name":"a","type":"int","default":1}]},"default":{}`), true, true},
		"a type that is used before it is defined":           {`{"type":"record","name":"R","fields":[{"name":"a","type":"S"},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}`, true, true},
		"a default of a type that is defined later":          {`{"type":"record","name":"R","fields":[{"name":"a","type":"S","default":5},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}`, false, true},
		"a union with a type that is defined later twice":    {`{"type":"record","name":"R","fields":[{"name":"a","type":["S","S"]},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}`, false, false},
		"a second definition that says the same":             {`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"S","size":1}},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}`, true, true},
		"a second definition that differs":                   {`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"S","size":1}},{"name":"b","type":{"type":"fixed","name":"S","size":2}}]}`, false, false},
		"a definition inside itself":                         {`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"R","fields":[{"name":"a","type":"R"}]}}]}`, false, false},
		"a record in the null namespace from inside another": {`{"type":"record","name":"Outer","fields":[{"name":"n","type":{"type":"record","name":"x.N","fields":[{"name":"o","type":["null","Outer"]}]}}]}`, true, true},
	} {
		for _, validate := range []bool{true, false} {
			want := c.stored
			if validate {
				want = c.new
			}
			_, err := Format{}.Parse(context.Background(), formats.Source{Text: c.text}, formats.Options{Validate: validate})
			if (err == nil) != want {
				t.Errorf("%s (validate %v): %v", name, validate, err)
			}
			var fault *formats.ParseError
			if err != nil && (!errors.As(err, &fault) || fault.Span == nil) {
				t.Errorf("%s: the error does not say where: %v", name, err)
			}
		}
	}
}

func TestCanonicalText(t *testing.T) {
	for name, c := range map[string][2]string{
		"attributes come in a fixed order": {
			`{"fields":[{"aliases":["b"],"order":"ignore","default":1,"doc":"d","x":1,"type":"int","name":"a"}],"aliases":["S"],"p":true,"doc":"r","namespace":"n","name":"R","type":"record"}`,
			`{"type":"record","name":"R","namespace":"n","doc":"r","fields":[{"name":"a","type":"int","doc":"d","default":1,"order":"ignore","aliases":["b"],"x":1}],"p":true,"aliases":["S"]}`},
		"names are as short as can be": {
			`{"type":"record","name":"n.R","aliases":["n.S","m.T"],"fields":[{"name":"a","type":{"type":"fixed","name":"n.F","size":1}},{"name":"b","type":"n.F"},{"name":"c","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`,
			`{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"F","size":1}},{"name":"b","type":"F"},{"name":"c","type":{"type":"fixed","name":"F","namespace":"","size":1}}],"aliases":["S","m.T"]}`},
		"an alias without a namespace keeps its dot": {
			`{"type":"fixed","name":"n.F","size":1,"aliases":[".G"]}`,
			`{"type":"fixed","name":"F","namespace":"n","size":1,"aliases":[".G"]}`},
		"numbers are as Java writes them": {
			`{"type":"int","p":[1e3,0.10,1e7,1.0E-4,123456789012345678901234567890,-0,-0.0,1e400,4.9e-324,2e-323,1e23]}`,
			`{"type":"int","p":[1000.0,0.1,1.0E7,1.0E-4,123456789012345678901234567890,0,-0.0,"Infinity",4.9E-324,2.0E-323,1.0E23]}`},
		"strings are escaped as little as can be": {
			`{"type":"int","p":"\u0001\n\t\"\\\/é\ud83d\ude00\u2028\u007f\ud800"}`,
			"{\"type\":\"int\",\"p\":\"\\u0001\\n\\t\\\"\\\\/é😀\u2028\u007f\\uD800\"}"},
		"a type is written out where it is used first": {
			`{"type":"record","name":"R","fields":[{"name":"a","type":"S"},{"name":"b","type":{"type":"fixed","name":"S","size":1}}]}`,
			`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"fixed","name":"S","size":1}},{"name":"b","type":"S"}]}`},
		"of two members with one name the last counts, in the place of the first": {
			`{"type":"int","a":1,"b":2,"a":3}`, `{"type":"int","a":3,"b":2}`},
	} {
		got := mustParse(t, c[0]).Canonical()
		if got != c[1] {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c[1])
		}
		if again := mustParse(t, got).Canonical(); again != got {
			t.Errorf("%s: not a fixed point: %s", name, again)
		}
	}
}

func TestNormalizedText(t *testing.T) {
	for name, c := range map[string][2]string{
		"properties and aliases are sorted": {
			`{"type":"fixed","name":"n.F","size":1,"z":{"b":1,"a":2},"y":0,"aliases":["z.A","B"]}`,
			`{"type":"fixed","name":"F","namespace":"n","size":1,"y":0,"z":{"a":2,"b":1},"aliases":["B","z.A"]}`},
		"the attributes of a logical type come first": {
			`{"type":"bytes","a":1,"scale":2,"precision":5,"logicalType":"decimal"}`,
			`{"type":"bytes","logicalType":"decimal","precision":5,"scale":2,"a":1}`},
		"an empty doc of a type is dropped, one of a field kept": {
			`{"type":"record","name":"R","doc":"","fields":[{"name":"f","type":"int","doc":""}]}`,
			`{"type":"record","name":"R","fields":[{"name":"f","type":"int","doc":""}]}`},
		"numbers are written as their type has them": {
			`{"type":"record","name":"R","fields":[{"name":"a","type":"double","default":1},{"name":"b","type":"float","default":0.1},{"name":"c","type":["null","double"],"default":2}]}`,
			`{"type":"record","name":"R","fields":[{"name":"a","type":"double","default":1.0},{"name":"b","type":"float","default":0.1},{"name":"c","type":["null","double"],"default":2.0}]}`},
		"errors stay errors, namespaces stay": {
			`{"type":"error","name":"n.R","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`,
			`{"type":"error","name":"R","namespace":"n","fields":[{"name":"f","type":{"type":"fixed","name":"F","namespace":"","size":1}}]}`},
	} {
		if got := normalized(t, mustParse(t, c[0])); got != c[1] {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c[1])
		}
	}
}

func TestReferences(t *testing.T) {
	address := `{"type":"record","name":"geo.Address","fields":[{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HOME"]}}]}`
	person := `{"type":"record","name":"geo.Person","fields":[{"name":"at","type":"Address"},{"name":"kind","type":"geo.Kind"}]}`
	s := mustParse(t, person, address)
	want := `{"type":"record","name":"Person","namespace":"geo","fields":[{"name":"at","type":"Address"},{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HOME"]}}]}`
	if s.Canonical() != want {
		t.Errorf("canonical: %s", s.Canonical())
	}
	resolved, err := s.Print("resolved")
	if err != nil || strings.Count(resolved, "HOME") != 1 || !strings.Contains(resolved, `"name":"Address"`) {
		t.Errorf("resolved: %s, %v", resolved, err)
	}
	if s.Identity() != mustParse(t, resolved).Identity() {
		t.Error("a schema with references is not equivalent to the same written out")
	}
	if span := s.Span(s.Root().Fields[0].Type.NamePos); span != nil {
		t.Errorf("a place in a reference has a span: %v", span)
	}
	_, err = Format{}.Parse(context.Background(), source(person, `{"type":"recor"}`), formats.Options{})
	var fault *formats.ParseError
	if !errors.As(err, &fault) || fault.Name != "ref0" {
		t.Errorf("the fault of a reference does not name it: %v", err)
	}
}

func TestSpansCountCharacters(t *testing.T) {
	s := mustParse(t, "{\"type\":\"record\",\"name\":\"R\",\n \"doc\":\"é\", \"fields\":[{\"name\":\"f\",\"type\":\"int\"}]}")
	span := s.Span(s.Root().Fields[0].TypePos)
	if span.Start != (formats.Position{Line: 2, Column: 42}) || span.End.Column != 47 {
		t.Errorf("%+v", span)
	}
}

func TestTagsAreReadAddedAndRemoved(t *testing.T) {
	s := mustParse(t, `{"type":"record","name":"n.R","confluent:tags":["A"],"fields":[{"name":"f","type":{"type":"record","name":"S","fields":[{"name":"g","type":"int"}]},"confluent:tags":["B","B","C"]}]}`)
	if got := fmt.Sprint(s.Tags()); got != "[{{n.R SR_RECORD} [A]} {{n.R.f SR_FIELD} [B C]}]" {
		t.Error(got)
	}
	tags := func(path string, kind formats.EntityType, names ...string) formats.EntityTags {
		return formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: names}
	}
	text, err := s.Retag(
		[]formats.EntityTags{tags("n.S.g", formats.FieldEntity, "PII"), tags("S", formats.RecordEntity, "D")},
		[]formats.EntityTags{tags("n.R", formats.RecordEntity, "A"), tags("n.R.f", formats.FieldEntity, "B")})
	want := `{"type":"record","name":"R","namespace":"n","fields":[{"name":"f","type":{"type":"record","name":"S","fields":[{"name":"g","type":"int","confluent:tags":["PII"]}],"confluent:tags":["D"]},"confluent:tags":["C"]}]}`
	if err != nil || text != want {
		t.Errorf("%s, %v", text, err)
	}
	var fault *formats.ParseError
	if _, err := s.Retag([]formats.EntityTags{tags("n.R.nope", formats.FieldEntity, "X")}, nil); !errors.As(err, &fault) {
		t.Error(err)
	}
	if s.Tags()[0].Tags[0] != "A" {
		t.Error("Retag changed the schema itself")
	}
}

// TestLimits feeds texts that are cheap to send and dear to read.
func TestLimits(t *testing.T) {
	long := strings.Repeat("n", 200_000)
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString(`{"type":"record","name":"R","fields":[{"name":"f","type":"C0"}`)
		for i := range n {
			fmt.Fprintf(&b, `,{"name":"f%d","type":{"type":"record","name":"C%d","fields":[{"name":"g","type":"C%d"}]}}`, i, i, i+1)
		}
		fmt.Fprintf(&b, `,{"name":"last","type":{"type":"fixed","name":"C%d","size":1}}]}`, n)
		return b.String()
	}
	for name, text := range map[string]string{
		"more bytes than allowed":                  `{"type":"int","p":"` + strings.Repeat("x", 5<<20) + `"}`,
		"arrays nested a million deep":             strings.Repeat("[", 1_000_000),
		"objects nested deeper than allowed":       strings.Repeat(`{"type":"array","items":`, 600) + `"int"` + strings.Repeat("}", 600),
		"more values than allowed":                 `{"type":"int","p":[` + strings.Repeat("1,", 600_000) + `1]}`,
		"a long namespace that is named often":     `{"type":"record","name":"R","namespace":"` + long + `","fields":[` + strings.TrimSuffix(strings.Repeat(`{"name":"f","type":"nope"},`, 1000), ",") + `]}`,
		"types that nest when they are sorted out": chain(2000),
		"a default that relies on itself":          `{"type":"record","name":"R","fields":[{"name":"a","type":"S","default":{}},{"name":"b","type":{"type":"record","name":"S","fields":[{"name":"c","type":"R","default":{}}]}}]}`,
		"many defaults that rely on a large record": `{"type":"record","name":"R","fields":[{"name":"s","type":{"type":"record","name":"S","fields":[` +
			series(20_000, `{"name":"a#","type":"int","default":1}`) + `]}},` + series(20_000, `{"name":"b#","type":"S","default":{}}`) + `]}`,
		"a number of a million digits": `{"type":"int","p":` + strings.Repeat("9", 1_000_000) + `}`,
	} {
		var err error
		took := cputest.Within(t, 10*time.Second, func() {
			_, err = Format{}.Parse(context.Background(), formats.Source{Text: text}, formats.Options{Validate: true})
		})
		var limit *formats.LimitError
		var fault *formats.ParseError
		if !errors.As(err, &limit) && !errors.As(err, &fault) {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%-45s %8v  %.100v", name, took.Round(time.Millisecond), err)
	}
}

func TestAMessageOfAWideRecordIsReadInTimeWhateverTheOrderOfItsMembers(t *testing.T) {
	const n = 90_000
	s, err := Format{}.Parse(context.Background(), formats.Source{Text: `{"type":"record","name":"R","fields":[` + series(n, `{"name":"a#","type":"int"}`) + `]}`}, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	members := strings.Split(series(n, `"a#":#`), ",")
	slices.Reverse(members)
	var d Datum
	cputest.Within(t, 5*time.Second, func() {
		d, err = ParseDatum(s.(*Schema).Root(), "{"+strings.Join(members, ",")+"}", formats.Limits{})
	})
	if err != nil || len(d.Parts) != n || d.Parts[0].Int != 0 || d.Parts[n-1].Int != n-1 {
		t.Fatalf("%d fields, error %v", len(d.Parts), err)
	}
}

func TestALargeUnionIsReadWhenItIsStoredAndRefusedWhenItIsNew(t *testing.T) {
	for _, n := range []int{10_000, 10_001, 100_000} {
		text := `[` + series(n, `{"type":"fixed","name":"F#","size":1}`) + `]`
		if _, err := (Format{}).Parse(context.Background(), formats.Source{Text: text}, formats.Options{}); err != nil {
			t.Errorf("%d branches, stored: %v", n, err)
		}
		_, err := Format{}.Parse(context.Background(), formats.Source{Text: text}, formats.Options{Validate: true})
		var limit *formats.LimitError
		if refused := errors.As(err, &limit); refused != (n > 10_000) {
			t.Errorf("%d branches, new: %v", n, err)
		}
	}
}

func series(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, ",")
}
