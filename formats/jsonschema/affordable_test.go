package jsonschema

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats/cputest"
)

func TestHostileSchemasAreNotCompiled(t *testing.T) {
	many := func(n int, item func(i int) string) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(item(i))
		}
		return b.String()
	}
	nested := func(open, inner, end string, depth int) string {
		return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
	}
	for name, text := range map[string]string{
		"items in items":             nested(`{"items":`, `{}`, `}`, 400),
		"items in items of 2019-09":  `{"$schema":"https://json-schema.org/draft/2019-09/schema","items":` + nested(`{"items":`, `{}`, `}`, 200) + `}`,
		"allOf in allOf":             nested(`{"allOf":[{"minLength":-1,"enum":3},`, `{}`, `]}`, 200),
		"faults in properties":       nested(`{"minLength":-1,"properties":{"a":`, `{}`, `}}`, 240),
		"additional in additional":   `{"$schema":"http://json-schema.org/draft-04/schema#","not":` + nested(`{"additionalProperties":`, `{}`, `}`, 400) + `}`,
		"many below many levels":     nested(`{"items":`, `{"anyOf":[`+many(3000, func(int) string { return `{"type":"string"}` })+`]}`, `}`, 100),
		"references to many anchors": `{"definitions":{` + many(3000, func(i int) string { return fmt.Sprintf(`"a%d":{"$id":"#a%d","items":{"$ref":"#a%d"}}`, i, i, i) }) + `}}`,
		"many lists":                 `{"allOf":[` + many(2000, func(int) string { return `{"enum":[` + many(100, func(i int) string { return fmt.Sprint(i) }) + `]}` }) + `]}`,
		"many large numbers":         `{"allOf":[` + many(1000, func(int) string { return `{"minimum":1e9999}` }) + `]}`,
		"a long pattern":             `{"pattern":"` + strings.Repeat("(a*)*", 150_000) + `"}`,
		"subschemas of 2020-12": `{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{` +
			many(20_000, func(i int) string { return fmt.Sprintf(`"p%d":{}`, i) }) + `}}`,
		"a chain of references": `{"$ref":"#/definitions/d0","definitions":{` +
			many(50_000, func(i int) string { return fmt.Sprintf(`"d%d":{"$ref":"#/definitions/d%d"}`, i, i+1) }) + `}}`,
		"a long enum":                  `{"enum":[` + many(100_000, func(i int) string { return fmt.Sprint(i) }) + `]}`,
		"large repetitions":            `{"allOf":[` + many(50_000, func(int) string { return `{"pattern":"(ab){1000}"}` }) + `]}`,
		"long names, nested":           strings.Repeat(`{"properties":{"`+strings.Repeat("x", 5000)+`":`, 200) + `{"allOf":[` + many(1000, func(int) string { return "{}" }) + `]}` + strings.Repeat("}}", 200),
		"references below a long name": `{"$id":"http://x/` + strings.Repeat("k", 100_000) + `","properties":{` + many(300, func(i int) string { return fmt.Sprintf(`"p%d":{"$ref":"#/properties/q"}`, i) }) + `,"q":{}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, text)
			cputest.Within(t, 15*time.Second, func() {
				if _, err := s.Validator(); err == nil {
					t.Error("it was compiled")
				}
			})
		})
	}
}

func TestDeepSchemasOfOrdinarySizeAreCompiled(t *testing.T) {
	for name, text := range map[string]string{
		"200 objects inside one another": strings.Repeat(`{"type":"object","properties":{"a":`, 200) + `{}` + strings.Repeat(`}}`, 200),
		"150 arrays inside one another":  strings.Repeat(`{"type":"array","items":`, 150) + `{}` + strings.Repeat(`}`, 150),
		"20 faults inside one another":   strings.Repeat(`{"multipleOf":1.5,"enum":[1.0,2.0],"items":`, 20) + `{}` + strings.Repeat(`}`, 20),
		"2,000 properties with lists":    `{"properties":{"p":{}` + strings.Repeat(`,"q":{"enum":["a","b"]}`, 2000) + `}}`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(t, text).Validator(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPatternCostGrowsWithRepetition(t *testing.T) {
	if small, large := PatternCost("^[a-z]+$"), PatternCost("^([a-z]{30}x){30}$"); small > 20 || large < 900 {
		t.Errorf("%d and %d", small, large)
	}
	if PatternCost("(?=a)b") != 0 {
		t.Error("a pattern that cannot run has a cost")
	}
}
