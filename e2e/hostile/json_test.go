//go:build e2e && linux

package hostile

import (
	"fmt"
	"strings"
	"testing"
)

const (
	draft2019 = `"$schema":"https://json-schema.org/draft/2019-09/schema",`
	draft2020 = `"$schema":"https://json-schema.org/draft/2020-12/schema",`
)

// TestJSONSchemasThatAreCostlyToCompareAreAnsweredInTime registers a schema and what may replace it, where both verdicts
// count, and asks for the full report. Each schema is given a number that makes it differ a little from another one.
func TestJSONSchemasThatAreCostlyToCompareAreAnsweredInTime(t *testing.T) {
	definitions := func(n int, item func(i int) string) string {
		return `{"allOf":[{"$ref":"#/definitions/d0"}],"definitions":{` + list(n, func(i int) string { return fmt.Sprintf(`"d%d":%s`, i, item(i)) }) + `}}`
	}
	leaf := func(v int) string { return []string{`{"type":"number"}`, `{"type":"integer"}`}[v] }
	for _, attack := range []struct {
		name   string
		schema func(v int) string
	}{
		{"items nested 400 deep", func(v int) string { return nested(`{"items":`, leaf(v), "}", 400) }},
		{"properties nested 240 deep", func(v int) string {
			return nested(`{"type":"object","required":["a"],"properties":{"a":`, leaf(v), "}}", 240)
		}},
		{"not nested 400 deep", func(v int) string { return nested(`{"not":`, leaf(v), "}", 400) }},
		{"allOf nested 200 deep", func(v int) string { return nested(`{"allOf":[{"minimum":1},`, leaf(v), "]}", 200) }},
		{"a choice of two, 300 times", func(v int) string {
			return fmt.Sprintf(`{"type":"object","minProperties":%d,"allOf":[%s]}`, 300+v, list(300, func(i int) string {
				return fmt.Sprintf(`{"anyOf":[{"required":["a%d"]},{"required":["b%[1]d"]}]}`, i)
			}))
		}},
		{"exactly one of two, 100 times", func(v int) string {
			return fmt.Sprintf(`{"type":"object","maxProperties":%d,"allOf":[%s]}`, 100-v, list(100, func(i int) string {
				return fmt.Sprintf(`{"oneOf":[{"required":["a%d"]},{"required":["b%[1]d"]}]}`, i)
			}))
		}},
		{"a oneOf of 500 objects that overlap", func(v int) string {
			return `{"oneOf":[` + list(500, func(i int) string {
				return fmt.Sprintf(`{"type":"object","required":["p%d"],"properties":{"p%[1]d":%s}}`, i, leaf(v))
			}) + `]}`
		}},
		{"an anyOf of 2,000 arrays", func(v int) string {
			return `{"anyOf":[` + list(2_000, func(i int) string { return fmt.Sprintf(`{"type":"array","minItems":%d,"items":%s}`, i+1, leaf(v)) }) + `]}`
		}},
		{"objects that double 30 times", func(v int) string {
			return definitions(31, func(i int) string {
				if i == 30 {
					return leaf(v)
				}
				return fmt.Sprintf(`{"type":"object","required":["l","r"],"properties":{"l":{"$ref":"#/definitions/d%d"},"r":{"$ref":"#/definitions/d%[1]d"}}}`, i+1)
			})
		}},
		{"a chain of 9,000 references", func(v int) string {
			return definitions(9_000, func(i int) string {
				if i == 8_999 {
					return leaf(v)
				}
				return fmt.Sprintf(`{"$ref":"#/definitions/d%d"}`, i+1)
			})
		}},
		{"a chain of 2,000 conjunctions", func(v int) string {
			return definitions(2_000, func(i int) string {
				if i == 1_999 {
					return leaf(v)
				}
				return fmt.Sprintf(`{"allOf":[{"maximum":%d},{"$ref":"#/definitions/d%d"}]}`, 10_000-i, i+1)
			})
		}},
		{"90 types each of which has the others as properties", func(v int) string {
			return definitions(90, func(i int) string {
				return fmt.Sprintf(`{"type":"object","properties":{%s,"v":%s}}`, list(90, func(k int) string {
					return fmt.Sprintf(`"p%d":{"$ref":"#/definitions/d%[1]d"}`, k)
				}), leaf(v))
			})
		}},
		{"unions of 60 types each of which has the union as properties", func(v int) string {
			return definitions(61, func(i int) string {
				if i == 0 {
					return `{"oneOf":[` + list(60, func(k int) string { return fmt.Sprintf(`{"$ref":"#/definitions/d%d"}`, k+1) }) + `]}`
				}
				return fmt.Sprintf(`{"type":"object","required":["t"],"properties":{"t":{"const":"t%d"},"a":{"$ref":"#/definitions/d0"},"b":{"items":{"$ref":"#/definitions/d0"}},"v":%s}}`, i, leaf(v))
			})
		}},
		{"1,000 patternProperties", func(v int) string {
			return `{"type":"object","patternProperties":{` + list(1_000, func(i int) string {
				return fmt.Sprintf(`"^.{%d}x":{"type":"integer","minimum":%d}`, i%50, i+v)
			}) + `}}`
		}},
		{"1,000 patternProperties and 1,000 properties", func(v int) string {
			return `{"type":"object","additionalProperties":false,"patternProperties":{` + list(1_000, func(i int) string {
				return fmt.Sprintf(`"%d.*z":{"minimum":%d}`, i, i+v)
			}) + `},"properties":{` + list(1_000, func(i int) string { return fmt.Sprintf(`"%d-%dz":{"type":"integer"}`, i, i) }) + `}}`
		}},
		{"10,000 names held to a pattern of 16,000 parts", func(v int) string {
			return `{"type":"object","additionalProperties":false,"patternProperties":{"^` + strings.Repeat("a?b?", 8_000) + `c$":{"type":"string"}},"properties":{` +
				list(10_000, func(i int) string { return fmt.Sprintf(`"aaaaaaaaaaaaaaaa%d%d":{"type":"number"}`, i, v) }) + `}}`
		}},
		{"3,000 names of 300 letters and as many patterns", func(v int) string {
			return `{"type":"object","additionalProperties":false,"patternProperties":{` + list(3_000, func(i int) string {
				return fmt.Sprintf(`"^a.*%d$":%s`, i, leaf(v))
			}) + `},"properties":{` + list(3_000, func(i int) string { return fmt.Sprintf(`"%s%d":{"type":"string"}`, strings.Repeat("a", 300), i) }) + `}}`
		}},
		{"a pattern whose automaton explodes", func(v int) string {
			return fmt.Sprintf(`{"type":"string","pattern":"^(a|b)*a(a|b){%d}$"}`, 60+v)
		}},
		{"names of properties held to a pattern whose automaton explodes", func(v int) string {
			return fmt.Sprintf(`{"type":"object","minProperties":2,"propertyNames":{"pattern":"^(a|b)*a(a|b){%d}$"}}`, 30+v)
		}},
		{"strings of a billion characters", func(v int) string {
			return fmt.Sprintf(`{"type":"string","pattern":"^(ab|c)*$","minLength":%d}`, 1_000_000_000-1+v)
		}},
		{"arrays of a billion distinct items", func(v int) string {
			return fmt.Sprintf(`{"type":"array","uniqueItems":true,"minItems":%d,"items":{"type":"integer"}}`, 1_000_000_000-1+v)
		}},
		{"2,000 distinct items of 2,000 values", func(v int) string {
			return fmt.Sprintf(`{"type":"array","uniqueItems":true,"minItems":%d,"items":{"enum":[%s]}}`, 1_998+v, list(1_999, func(i int) string { return fmt.Sprint(i) }))
		}},
		{"an array that contains a million of something", func(v int) string {
			return fmt.Sprintf(`{%s"type":"array","minContains":%d,"contains":{"type":"integer"},"maxItems":2000000}`, draft2020, 1_000_000+v)
		}},
		{"arrays that contain 12 kinds of items", func(v int) string {
			return fmt.Sprintf(`{"type":"array","maxItems":%d,"allOf":[%s]}`, 12-v, list(12, func(i int) string {
				return fmt.Sprintf(`{"contains":{"type":"integer","multipleOf":%d}}`, []int{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37}[i])
			}))
		}},
		{"a number of 100,000 digits", func(v int) string {
			return `{"type":"number","multipleOf":` + strings.Repeat("7", 100_000+v) + `}`
		}},
		{"multiples of numbers with 9,000 digits", func(v int) string {
			return `{"type":"number","multipleOf":` + strings.Repeat("7", 9_000+v) + `,"minimum":` + strings.Repeat("9", 9_500) + `}`
		}},
		{"200 multiples of large numbers at once", func(v int) string {
			return `{"type":"number","allOf":[` + list(200, func(i int) string { return fmt.Sprintf(`{"multipleOf":%s%d}`, strings.Repeat("3", 400), 2*i+1+v) }) + `]}`
		}},
		{"multiples of nearly nothing", func(v int) string {
			return fmt.Sprintf(`{"type":"number","multipleOf":1e-%d,"maximum":1e9999,"minimum":-1e9999}`, 9_999-v)
		}},
		{"an enum of 100,000 numbers of 9,000 digits", func(v int) string {
			return `{"enum":[` + list(100_000, func(i int) string { return fmt.Sprintf("%d.5e9000", 2*i+v) }) + `]}`
		}},
		{"a ladder of 800 dependentSchemas", func(v int) string {
			return `{` + draft2019 + `"type":"object","dependentSchemas":{` + list(800, func(i int) string {
				return fmt.Sprintf(`"a%d":{"required":["a%d"],"properties":{"a%d":%s}}`, i, i+1, i+1, leaf(v))
			}) + `},"required":["a0"]}`
		}},
		{"a ladder of 2,000 dependencies", func(v int) string {
			return `{"type":"object","dependencies":{` + list(2_000, func(i int) string {
				return fmt.Sprintf(`"a%d":["a%d","a%d"]`, i, i+1, i+1+v)
			}) + `},"required":["a0"]}`
		}},
		{"conditions nested 100 deep", func(v int) string {
			return nested(`{"if":{"required":["a"]},"then":{"properties":{"a":{"type":"integer"}}},"else":`, leaf(v), "}", 100)
		}},
		{"200 conditions that decide what is unevaluated", func(v int) string {
			return fmt.Sprintf(`{%s"type":"object","maxProperties":%d,"unevaluatedProperties":false,"allOf":[%s]}`, draft2020, 400-v, list(200, func(i int) string {
				return fmt.Sprintf(`{"if":{"required":["c%d"]},"then":{"properties":{"c%[1]d":true,"t%[1]d":true}},"else":{"properties":{"e%[1]d":true}}}`, i)
			}))
		}},
		{"a hundred resources with the same dynamic anchor", func(v int) string {
			return `{` + draft2020 + `"$id":"http://x/r0","$ref":"#/$defs/r1","$dynamicAnchor":"n","$defs":{` + list(100, func(i int) string {
				return fmt.Sprintf(`"r%d":{"$id":"r%[1]d","$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"},"b":{"$ref":"r%d"},"v":%s}}`, i+1, (i+1)%100+1, leaf(v))
			}) + `}}`
		}},
		{"30,000 names that are required", func(v int) string {
			return `{"type":"object","required":[` + list(30_000, func(i int) string { return fmt.Sprintf(`"a%d"`, i+v) }) + `]}`
		}},
		{"an enum of 50,000 objects", func(v int) string {
			return `{"enum":[` + list(50_000, func(i int) string { return fmt.Sprintf(`{"a":{"b":[%d]}}`, i+v) }) + `]}`
		}},
		{"a constant of a million characters", func(v int) string {
			return fmt.Sprintf(`{"properties":{"a":{"const":"%s%d"}}}`, strings.Repeat("x", 1_000_000), v)
		}},
		{"a property with a name of a million characters", func(v int) string {
			return fmt.Sprintf(`{"type":"object","properties":{"%s":%s}}`, strings.Repeat("n", 1_000_000), leaf(v))
		}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			s := serve(t, "", "--compatibility-policy", "strict")
			s.attack(t, "/subjects/costly/versions", registration(t, "JSON", attack.schema(0)), answered)
			s.attack(t, "/api/compatibility/subjects/costly/versions", registration(t, "JSON", attack.schema(1)), answered)
			s.attack(t, "/subjects/costly/versions", registration(t, "JSON", attack.schema(1)), answered)
			s.attack(t, "/subjects/costly/versions?normalize=true", registration(t, "JSON", attack.schema(0)), answered)
		})
	}
}
