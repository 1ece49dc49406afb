package jsonschema

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
)

// Two thousand parts that are compared with two thousand took four seconds and 400 megabytes to be too large to compare.
func TestPartsWithNothingInCommonAreToldApartAtOnce(t *testing.T) {
	for _, keyword := range []string{"allOf", "oneOf"} {
		text := func(kind string) string {
			var parts []string
			for i := range 2000 {
				var properties []string
				for k := range 10 {
					properties = append(properties, fmt.Sprintf(`"p%d":{"type":%q}`, i*10+k, kind))
				}
				parts = append(parts, `{"type":"object","properties":{`+strings.Join(properties, ",")+`}}`)
			}
			return `{"` + keyword + `":[` + strings.Join(parts, ",") + `]}`
		}
		out := compareTexts(t, text("string"), text("integer"), compat.Request{})
		if out.Verdicts[compat.Reference] != compat.Incompatible || len(out.Messages) != 1 || !strings.Contains(out.Messages[0], "COMBINED_TYPE_SUBSCHEMAS_CHANGED") {
			t.Errorf("%s: %s, %d messages", keyword, out.Verdicts[compat.Reference], len(out.Messages))
		}
	}
}

// A look at the names must not tell of two objects that the comparison would let become each other that they cannot.
func TestStrangersAreNothingThatTheComparisonAccepts(t *testing.T) {
	var texts []string
	for _, properties := range []string{``, `"a":{"type":"string"}`, `"a":{}`, `"a":true`, `"a":false`, `"a":{"type":"string","default":"x"}`, `"a":{"$ref":"#/definitions/any"}`, `"b":{"type":"string"}`, `"a":{"type":"string"},"b":{}`} {
		for _, rest := range []string{``, `,"required":["a"]`, `,"additionalProperties":false`, `,"additionalProperties":{"type":"string"}`, `,"additionalProperties":{}`, `,"patternProperties":{"^a":{"type":"string"}}`} {
			texts = append(texts, `{"type":"object","properties":{`+properties+`}`+rest+`,"definitions":{"any":{}}}`)
		}
	}
	strangers := 0
	for _, before := range texts {
		for _, after := range texts {
			for _, lenient := range []bool{false, true} {
				writer, reader := schema(t, before), schema(t, after)
				d := &differ{ctx: context.Background(), lenient: lenient, running: map[pair]bool{}, refuted: map[pair]bool{}, known: map[pair][]difference{}, assumed: map[pair]bool{}}
				l := &list{differ: d}
				w, r := newLoader(writer).load(writer.Root()), newLoader(reader).load(reader.Root())
				if !l.strangers(w, r) {
					continue
				}
				strangers++
				if l.allAccepted(l.try(w, r)) {
					t.Errorf("%s and %s are said to be strangers (lenient %t)", before, after, lenient)
				}
			}
		}
	}
	if strangers < 100 {
		t.Errorf("only %d pairs of strangers", strangers)
	}
}
