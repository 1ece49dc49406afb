package jsonschema

import (
	"fmt"
	"strings"
	"testing"
	"time"
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
	for name, text := range map[string]string{
		"subschemas of 2020-12": `{"$schema":"https://json-schema.org/draft/2020-12/schema","properties":{` +
			many(20_000, func(i int) string { return fmt.Sprintf(`"p%d":{}`, i) }) + `}}`,
		"a chain of references": `{"$ref":"#/definitions/d0","definitions":{` +
			many(50_000, func(i int) string { return fmt.Sprintf(`"d%d":{"$ref":"#/definitions/d%d"}`, i, i+1) }) + `}}`,
		"a long enum":        `{"enum":[` + many(100_000, func(i int) string { return fmt.Sprint(i) }) + `]}`,
		"large repetitions":  `{"allOf":[` + many(50_000, func(int) string { return `{"pattern":"(ab){1000}"}` }) + `]}`,
		"long names, nested": strings.Repeat(`{"properties":{"`+strings.Repeat("x", 5000)+`":`, 200) + `{"allOf":[` + many(1000, func(int) string { return "{}" }) + `]}` + strings.Repeat("}}", 200),
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, text)
			start := time.Now()
			if _, err := s.Validator(); err == nil {
				t.Error("it was compiled")
			} else if took := time.Since(start); took > 2*time.Second {
				t.Errorf("it took %v to say: %v", took, err)
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
