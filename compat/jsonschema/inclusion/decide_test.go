package inclusion

import (
	"context"
	"testing"
)

const (
	in2019 = `"$schema":"https://json-schema.org/draft/2019-09/schema",`
	in2020 = `"$schema":"https://json-schema.org/draft/2020-12/schema",`
	in4    = `"$schema":"http://json-schema.org/draft-04/schema#",`
)

// Every case has a witness where the writer is not included.
func TestDecide(t *testing.T) {
	for _, test := range []struct {
		name           string
		writer, reader string
		witness        string // empty when the writer is included
	}{
		// types
		{"integers are numbers", `{"type":"integer"}`, `{"type":"number"}`, ""},
		{"not every number is an integer", `{"type":"number"}`, `{"type":"integer"}`, "0.1"},
		{"a number without fraction is an integer", `{"const":1.0}`, `{"type":"integer"}`, ""},
		{"a type fewer", `{"type":["string","null"]}`, `{"type":"string"}`, "null"},
		{"nothing is included in anything", `false`, `{"type":"string"}`, ""},
		{"anything is not included in nothing", `true`, `false`, "null"},

		// numbers, exactly
		{"a bound that excludes itself", `{"minimum":3,"type":"number"}`, `{"exclusiveMinimum":3}`, "3"},
		{"neighbours beyond the precision of floating point", `{"const":9007199254740993}`, `{"maximum":9007199254740992}`, "9007199254740993"},
		{"tenths are exact", `{"type":"number","multipleOf":0.3}`, `{"multipleOf":0.1}`, ""},
		{"multiples of both are multiples of the least common multiple", `{"type":"integer","allOf":[{"multipleOf":4},{"multipleOf":6}]}`, `{"multipleOf":12}`, ""},
		{"no whole number between two", `{"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2}`, `false`, ""},
		{"every multiple in the range is excluded", `{"multipleOf":5,"type":"number","minimum":1,"maximum":9,"not":{"const":5}}`, `false`, ""},
		{"even or odd", `{"type":"integer"}`, `{"anyOf":[{"multipleOf":2},{"not":{"multipleOf":2}}]}`, ""},
		{"a single number is left", `{"type":"integer","minimum":1,"maximum":6,"not":{"anyOf":[{"multipleOf":2},{"multipleOf":3}]}}`, `{"enum":[1]}`, "5"},

		// strings
		{"lengths count code points", `{"const":"\ud83d\ude00"}`, `{"maxLength":1}`, ""},
		{"a pattern covered by another", `{"type":"string","pattern":"^[a-f0-9]{8}$"}`, `{"pattern":"^[a-z0-9]+$","maxLength":8}`, ""},
		{"a pattern wider than another", `{"type":"string","pattern":"^[a-z]+$"}`, `{"pattern":"^[a-f]+$"}`, `"g"`},
		{"a union of patterns", `{"type":"string","pattern":"^(ab)*$"}`, `{"anyOf":[{"maxLength":0},{"pattern":"b$"}]}`, ""},
		{"patterns are not anchored", `{"type":"string","pattern":"abc"}`, `{"pattern":"b"}`, ""},
		{"a length that no match has", `{"type":"string","pattern":"^(aaa)+$"}`, `{"not":{"minLength":4,"maxLength":5}}`, ""},
		{"a pattern that excludes the only length", `{"type":"string","maxLength":1,"pattern":"^(|aa)$"}`, `{"const":""}`, ""},
		{"a format fits its regular expression", `{"type":"string","format":"uuid"}`, `{"pattern":"^[0-9a-fA-F-]{36}$"}`, ""},
		{"a date is no date and time", `{"type":"string","format":"date"}`, `{"format":"date-time"}`, `"2020-01-01"`},
		{"formats are not asserted since 2019-09", `{` + in2020 + `"type":"string"}`, `{` + in2020 + `"format":"date"}`, ""},
		{"no e-mail address is that long", `{"type":"string","format":"email"}`, `{"maxLength":254}`, ""},

		// values
		{"fewer values", `{"enum":[1,"a",null]}`, `{"enum":[1,"a"]}`, "null"},
		{"values written differently", `{"enum":[1.0,{"a":1,"b":2}]}`, `{"enum":[{"b":2,"a":1.0},1]}`, ""},
		{"all values of a small type", `{"type":"boolean"}`, `{"enum":[true,false]}`, ""},
		{"an object that differs from a value", `{"type":"object","required":["a"]}`, `{"not":{"const":{"a":null}}}`, `{"a":null}`},

		// objects
		{"a property added to an open object", `{"type":"object"}`, `{"type":"object","properties":{"email":{"type":"string"}}}`, `{"email":null}`},
		{"a property added to a closed object", `{"type":"object","additionalProperties":false}`, `{"type":"object","properties":{"email":{"type":"string"}}}`, ""},
		{"a property removed from a closed object", `{"properties":{"a":true},"additionalProperties":false,"type":"object"}`, `{"additionalProperties":false}`, `{"a":null}`},
		{"a required property", `{"type":"object","properties":{"a":{"type":"string"}}}`, `{"required":["a"]}`, `{}`},
		{"a property that cannot be required", `{"type":"object","properties":{"a":false},"required":["a"]}`, `false`, ""},
		{"patterns decide what is additional", `{"type":"object","patternProperties":{"^x":true},"additionalProperties":false}`, `{"additionalProperties":false,"patternProperties":{"^[x-z]":true}}`, ""},
		{"names too short for the pattern", `{"type":"object","propertyNames":{"maxLength":1}}`, `{"patternProperties":{"^..":false}}`, ""},
		{"more properties than there are names", `{"type":"object","propertyNames":{"enum":["a","b"]},"minProperties":3}`, `false`, ""},
		{"as many properties as there are names", `{"type":"object","propertyNames":{"pattern":"^[ab]$"},"minProperties":2}`, `{"not":{"required":["a"]}}`, `{"a":null,"b":null}`},
		{"a dependency", `{"type":"object","dependencies":{"a":["b"]}}`, `{"dependencies":{"a":["b","c"]}}`, `{"a":null,"b":null}`},
		{"a chain of dependencies", `{"type":"object","required":["a"],"dependencies":{"a":["b"],"b":["c"]}}`, `{"required":["c"]}`, ""},
		{"a dependency on a schema", `{"type":"object","dependencies":{"a":{"maxProperties":1}}}`, `{"anyOf":[{"maxProperties":1},{"not":{"required":["a"]}}]}`, ""},
		{"one name meets several demands", `{"type":"object","maxProperties":1,"allOf":[{"not":{"propertyNames":{"not":{"pattern":"a"}}}},{"not":{"propertyNames":{"not":{"pattern":"b"}}}}]}`, `false`, `{"ab":null}`},

		// arrays
		{"tuples", `{"items":[{"type":"string"}],"additionalItems":{"type":"integer"},"type":"array"}`, `{"items":{"type":["string","integer"]}}`, ""},
		{"a tuple left open", `{"type":"array","items":[{"type":"string"}]}`, `{"items":[{"type":"string"},{"type":"string"}]}`, `["",null]`},
		{"contains and a length", `{"type":"array","contains":{"type":"string"},"maxItems":1}`, `{"items":{"type":"string"}}`, ""},
		{"two kinds of items need two items", `{"type":"array","allOf":[{"contains":{"type":"string"}},{"contains":{"type":"integer"}}]}`, `{"minItems":2}`, ""},
		{"counting what is contained", `{` + in2020 + `"type":"array","contains":{"const":1},"minContains":2,"maxItems":3}`, `{` + in2020 + `"contains":{"const":1},"maxContains":2}`, "[1,1,1]"},
		{"distinct items run out", `{"type":"array","uniqueItems":true,"items":{"type":"boolean"}}`, `{"maxItems":2}`, ""},
		{"distinct items of two kinds", `{"type":"array","uniqueItems":true,"minItems":3,"items":{"enum":[1,2,"a"]}}`, `{"contains":{"type":"string"}}`, ""},
		{"repeated items", `{"type":"array","items":[{"type":"integer"},{"minimum":5}]}`, `{"uniqueItems":true}`, "[5,5]"},
		{"items that cannot be repeated", `{"type":"array","maxItems":2,"items":[{"type":"integer"},{"type":"string"}]}`, `{"uniqueItems":true}`, ""},

		// combinations
		{"members of a union may be reordered", `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"anyOf":[{"type":"integer"},{"type":"string"}]}`, ""},
		{"a union of types is a type list", `{"type":["string","integer"]}`, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`, ""},
		{"exactly one of overlapping members", `{"type":"number"}`, `{"oneOf":[{"minimum":0},{"maximum":0}]}`, "0"},
		{"a negation cancelled", `{"not":{"not":{"type":"string"}}}`, `{"type":"string"}`, ""},
		{"a condition", `{"if":{"properties":{"kind":{"const":"a"}},"required":["kind"]},"then":{"required":["x"]},"type":"object"}`, `{"anyOf":[{"required":["x"]},{"not":{"required":["kind"]}},{"properties":{"kind":{"not":{"const":"a"}}}}]}`, ""},
		{"ranges that cover a range together", `{"type":"number","minimum":0,"maximum":10}`, `{"anyOf":[{"maximum":4},{"minimum":3}]}`, ""},
		{"ranges that leave a gap", `{"type":"number","minimum":0,"maximum":10}`, `{"anyOf":[{"maximum":4},{"exclusiveMinimum":4}]}`, ""},
		{"a distributed conjunction", `{"allOf":[{"anyOf":[{"type":"string"},{"type":"null"}]},{"anyOf":[{"type":"integer"},{"type":"null"}]}]}`, `{"type":"null"}`, ""},
		{"an exclusive pair of which one includes the other", `{"oneOf":[{"type":"object","dependencies":{"x":{"not":{"required":["e"]}},"e":{"not":{"required":["x"]}}}},{"type":"object","dependencies":{"x":{"not":{"required":["e"]}}}}]}`, `false`, ""},

		// unevaluated
		{"unevaluated properties see through allOf", `{` + in2019 + `"type":"object","allOf":[{"properties":{"a":true}}],"unevaluatedProperties":false}`, `{` + in2019 + `"propertyNames":{"const":"a"}}`, ""},
		{"unevaluated properties see only the branch that holds", `{` + in2020 + `"type":"object","anyOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"b":true},"required":["b"]}],"unevaluatedProperties":false}`, `{` + in2020 + `"properties":{"a":{"type":"string"}}}`, ""},
		{"a condition evaluates", `{` + in2020 + `"type":"object","if":{"required":["k"],"properties":{"k":true}},"then":{"properties":{"x":true}},"unevaluatedProperties":false}`, `{` + in2020 + `"dependentRequired":{"x":["k"]}}`, ""},
		{"unevaluated items after a tuple", `{` + in2020 + `"type":"array","prefixItems":[true,true],"unevaluatedItems":false}`, `{` + in2020 + `"maxItems":2}`, ""},
		{"contains evaluates since 2020-12", `{` + in2020 + `"type":"array","contains":{"type":"string"},"unevaluatedItems":false}`, `{` + in2020 + `"items":{"type":"string"}}`, ""},
		{"contains did not evaluate before", `{` + in2019 + `"type":"array","contains":{"type":"string"},"unevaluatedItems":false}`, `{` + in2019 + `"type":"string"}`, ""},
		{"a reader with unevaluated properties", `{` + in2020 + `"type":"object","properties":{"a":true},"additionalProperties":false}`, `{` + in2020 + `"anyOf":[{"properties":{"a":{"type":"string"}}},true],"unevaluatedProperties":false}`, `{"a":null}`},

		// recursion
		{"a list unrolled once", `{"$ref":"#/definitions/l","definitions":{"l":{"type":"object","properties":{"next":{"$ref":"#/definitions/l"}}}}}`,
			`{"$ref":"#/definitions/l","definitions":{"l":{"type":"object","properties":{"next":{"type":"object","properties":{"next":{"$ref":"#/definitions/l"}}}}}}}`, ""},
		{"a tree whose leaves are widened", `{"$ref":"#/definitions/t","definitions":{"t":{"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/definitions/t"}}]}}}`,
			`{"$ref":"#/definitions/t","definitions":{"t":{"anyOf":[{"type":"number"},{"type":"array","items":{"$ref":"#/definitions/t"}}]}}}`, ""},
		{"a tree whose leaves are narrowed", `{"$ref":"#/definitions/t","definitions":{"t":{"anyOf":[{"type":"number"},{"type":"array","minItems":1,"items":{"$ref":"#/definitions/t"}}]}}}`,
			`{"$ref":"#/definitions/t","definitions":{"t":{"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/definitions/t"}}]}}}`, "0.1"},
		{"an object that would never end", `{"$ref":"#/definitions/e","definitions":{"e":{"type":"object","required":["e"],"properties":{"e":{"$ref":"#/definitions/e"}}}}}`, `false`, ""},
		{"even and odd depths", `{"$ref":"#/definitions/even","definitions":{"even":{"anyOf":[{"const":0},{"type":"array","minItems":1,"maxItems":1,"items":{"$ref":"#/definitions/odd"}}]},"odd":{"type":"array","minItems":1,"maxItems":1,"items":{"$ref":"#/definitions/even"}}}}`,
			`{"$ref":"#/definitions/any","definitions":{"any":{"anyOf":[{"type":"integer"},{"type":"array","items":{"$ref":"#/definitions/any"}}]}}}`, ""},
		{"a reference into the dynamic scope", `{` + in2020 + `"$id":"http://x/strict","$ref":"tree","$dynamicAnchor":"node","unevaluatedProperties":false,"$defs":{"tree":{"$id":"tree","$dynamicAnchor":"node","type":"object","properties":{"data":true,"children":{"type":"array","items":{"$dynamicRef":"#node"}}}}}}`,
			`{` + in2020 + `"properties":{"children":{"items":{"propertyNames":{"enum":["data","children"]}}}}}`, ""},
		{"a list of a type given from outside", `{` + in2020 + `"$id":"http://x/strings","$ref":"list","$defs":{"item":{"$dynamicAnchor":"T","type":"string"},"list":{"$id":"list","type":"array","items":{"$dynamicRef":"#T"},"$defs":{"any":{"$dynamicAnchor":"T"}}}}}`,
			`{` + in2020 + `"items":{"type":"string"}}`, ""},
		{"a recursive reference", `{` + in2019 + `"$id":"http://x/t","$recursiveAnchor":true,"type":"object","properties":{"c":{"$recursiveRef":"#"}},"additionalProperties":false}`,
			`{` + in2019 + `"properties":{"c":{"type":"object"}}}`, ""},

		// drafts
		{"there was no const in draft-04", `{` + in4 + `"const":1}`, `{` + in4 + `"type":"integer"}`, "null"},
		{"exclusive bounds of draft-04", `{` + in4 + `"type":"integer","minimum":3,"exclusiveMinimum":true}`, `{` + in4 + `"minimum":4}`, ""},
		{"keywords beside a $ref count for nothing in draft-07", `{"properties":{"a":{"$ref":"#/definitions/x","type":"integer"}},"required":["a"],"type":"object","definitions":{"x":true}}`, `{"properties":{"a":{"type":"integer"}}}`, `{"a":null}`},
		{"keywords beside a $ref count since 2019-09", `{` + in2019 + `"properties":{"a":{"$ref":"#/$defs/x","type":"integer"}},"type":"object","$defs":{"x":true}}`, `{` + in2019 + `"properties":{"a":{"type":"integer"}}}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			writer, reader := mustSchema(t, test.writer), mustSchema(t, test.reader)
			result := Decide(context.Background(), writer, reader, Limits{})
			if result.Verdict == Undecided {
				t.Fatalf("undecided: %s", result.Why)
			}
			if result.Verdict == Included {
				if test.witness != "" {
					t.Errorf("included, want the witness %s", test.witness)
				}
				return
			}
			if got := string(result.Witness.JSON); got != test.witness {
				t.Errorf("witness %s, want %s", got, test.witness)
			}
			confirmWitness(t, test.name, writer, reader, result.Witness)
		})
	}
}

func TestWhatCannotBeKnownIsUndecidedOnlyWhereItMatters(t *testing.T) {
	const lookahead = `"pattern":"^(?!abc)[a-z]+$"`
	for _, test := range []struct {
		name           string
		writer, reader string
		want           Verdict
	}{
		{"the same pattern on both sides", `{"type":"string",` + lookahead + `,"maxLength":5}`, `{"type":"string",` + lookahead + `,"maxLength":6}`, Included},
		{"the pattern dropped", `{"type":"string",` + lookahead + `}`, `{"type":"string"}`, Included},
		{"the pattern added", `{"type":"string"}`, `{"type":"string",` + lookahead + `}`, Undecided},
		{"another kind is missing", `{"type":["string","null"],` + lookahead + `}`, `{"type":"string",` + lookahead + `}`, NotIncluded},
		{"in a property that does not change", `{"type":"object","properties":{"a":{` + lookahead + `},"b":{"type":"integer"}}}`, `{"type":"object","properties":{"a":{` + lookahead + `},"b":{"type":"string"}}}`, NotIncluded},
		{"among the patterns of properties", `{"type":"object","patternProperties":{"^(?!x)":{"type":"string"}}}`, `{"type":"object","patternProperties":{"^(?!x)":{"type":"string"}},"maxProperties":2}`, Undecided},
		{"what is additional depends on the pattern", `{"type":"object","patternProperties":{"^(?!x)":{}},"additionalProperties":false}`, `{"maxProperties":0}`, Undecided},
		{"the same pattern, and what is additional", `{"type":"object","patternProperties":{"^(?!x)":{}},"additionalProperties":false}`, `{"patternProperties":{"^(?!x)":{}},"additionalProperties":false}`, Included},
		{"the same pattern with a reference to something else", `{"type":"object","patternProperties":{"^(?!x)":{"$ref":"#/definitions/d"}},"definitions":{"d":{"type":"integer"}}}`, `{"patternProperties":{"^(?!x)":{"$ref":"#/definitions/d"}},"definitions":{"d":{"type":"null"}}}`, Undecided},
		{"the same pattern with a reference to the same", `{"type":"object","patternProperties":{"^(?!x)":{"$ref":"#/definitions/d"}},"definitions":{"d":{"type":"integer"}}}`, `{"type":["object","null"],"patternProperties":{"^(?!x)":{"$ref":"#/definitions/e"}},"definitions":{"e":{"type":"integer"}}}`, Included},
		{"which properties are evaluated", `{` + in2020 + `"type":"object","allOf":[{"patternProperties":{"^(?!x)":{}}}],"unevaluatedProperties":false}`, `{` + in2020 + `"maxProperties":0}`, Undecided},
		{"the same patterns of properties", `{"type":"object","patternProperties":{"^(?!x)":{"type":"string"}}}`, `{"type":["object","null"],"patternProperties":{"^(?!x)":{"type":"string"}}}`, Included},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := Decide(context.Background(), mustSchema(t, test.writer), mustSchema(t, test.reader), Limits{})
			if result.Verdict != test.want {
				t.Errorf("%s (%s), want %s", result.Verdict, result.Why, test.want)
			}
			if result.Verdict == Undecided && result.Why == "" {
				t.Error("undecided without saying why")
			}
		})
	}
}

func TestACancelledContextEndsTheWork(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	writer, reader := mustSchema(t, choices(20)), mustSchema(t, `{"minProperties":20}`)
	if result := Decide(ctx, writer, reader, Limits{}); result.Verdict != Undecided || result.Why != context.Canceled.Error() {
		t.Errorf("%s: %s", result.Verdict, result.Why)
	}
}
