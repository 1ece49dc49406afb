package inclusion

var everyDraft = []int{4, 6, 7, 2019, 2020}

var families = []family{
	{
		name: "numbers", drafts: []int{4, 7, 2020}, world: smallNumbers,
		schemas: []string{
			`{}`, `{"type":"number"}`, `{"type":"integer"}`, `{"type":["integer","string"]}`, `{"minimum":0}`, `{"minimum":0.1}`, `{"exclusiveMinimum":0}`, `{"maximum":10}`, `{"exclusiveMaximum":10}`,
			`{"minimum":0,"exclusiveMinimum":true}`, `{"maximum":10,"exclusiveMaximum":true}`, `{"type":"integer","exclusiveMinimum":0}`, `{"type":"integer","minimum":1}`,
			`{"type":"integer","minimum":0.1,"maximum":9.9}`, `{"type":"integer","minimum":1,"maximum":9}`, `{"multipleOf":1}`, `{"multipleOf":0.1}`, `{"multipleOf":0.01}`, `{"multipleOf":0.3}`,
			`{"multipleOf":1.5}`, `{"multipleOf":3}`, `{"multipleOf":2}`, `{"multipleOf":6}`, `{"allOf":[{"multipleOf":2},{"multipleOf":3}]}`, `{"anyOf":[{"multipleOf":2},{"multipleOf":3}]}`,
			`{"type":"integer","multipleOf":0.5}`, `{"type":"integer","multipleOf":1.5}`, `{"type":"number","multipleOf":3,"minimum":1,"maximum":5}`, `{"enum":[3]}`, `{"enum":[3.0]}`, `{"enum":[1,2,3,"1"]}`,
			`{"const":9007199254740993}`, `{"const":9007199254740992}`, `{"minimum":9007199254740993}`, `{"minimum":9007199254740992}`, `{"exclusiveMinimum":9007199254740992}`,
			`{"type":"integer","exclusiveMinimum":9007199254740992}`, `{"maximum":1e308}`, `{"maximum":1e309}`, `{"exclusiveMinimum":0,"maximum":1e-400}`,
			`{"not":{"multipleOf":2}}`, `{"not":{"minimum":3}}`, `{"type":"number","not":{"minimum":3}}`, `{"type":"integer","not":{"multipleOf":2},"minimum":0,"maximum":6}`, `{"enum":[1,3,5]}`,
			`{"oneOf":[{"minimum":0},{"maximum":5}]}`, `{"anyOf":[{"type":"number","maximum":-1},{"type":"number","minimum":5,"exclusiveMinimum":5}]}`, `{"minimum":2,"maximum":1}`,
			`{"type":"number","minimum":2,"maximum":1}`, `{"not":{"type":"number"}}`, `{"type":"integer","minimum":-0.5,"maximum":0.5}`, `{"const":0}`, `{"multipleOf":1e-10,"minimum":0,"maximum":1e-11,"type":"number"}`,
		},
	},
	{
		name: "strings", drafts: []int{7, 2020},
		world: func() []any {
			return words([]string{"a", "b", "A", "1", " ", "é"}, 4, "\n", "a\n", "ab\n", "\u2028", "𝒳", "𝒳a", "e\u0301", "ſ", "K", "k", "K", "aaaaa", "aaaaaa", "12345", "2020-02-29", "1.2.3.4", "a@b", "ß", "_", "a-b", "ababab", "☃")
		},
		schemas: []string{
			`{}`, `{"type":"string"}`, `{"minLength":1}`, `{"minLength":2}`, `{"maxLength":2}`, `{"maxLength":0}`, `{"minLength":2,"maxLength":2}`, `{"pattern":""}`, `{"pattern":"a"}`, `{"pattern":"^a"}`, `{"pattern":"a$"}`,
			`{"pattern":"^a$"}`, `{"pattern":"^a*$"}`, `{"pattern":"^a+$"}`, `{"pattern":"^(a|b)*$"}`, `{"pattern":"^[ab]*$"}`, `{"pattern":"^[^b]*$"}`, `{"pattern":"^(ab)*$"}`, `{"pattern":"^a{2,3}$"}`, `{"pattern":"^a?a?a?$"}`, `{"pattern":"^.$"}`,
			`{"pattern":"^..$"}`, `{"pattern":"^(.|\\n)$"}`, `{"pattern":"(?s)^.$"}`, `{"pattern":"^\\d+$"}`, `{"pattern":"^[0-9]+$"}`, `{"pattern":"^\\w+$"}`, `{"pattern":"^[A-Za-z0-9_]+$"}`, `{"pattern":"^\\s$"}`, `{"pattern":"^\\S+$"}`,
			`{"pattern":"^\\p{L}+$"}`, `{"pattern":"^\\p{Lu}+$"}`, `{"pattern":"^\\P{L}+$"}`, `{"pattern":"(?i)^a+$"}`, `{"pattern":"^[aA]+$"}`, `{"pattern":"(?i)^k$"}`, `{"pattern":"^[kKK]$"}`, `{"pattern":"\\bb"}`, `{"pattern":"a\\b"}`, `{"pattern":"\\Ba"}`,
			`{"pattern":"(?m)^b$"}`, `{"pattern":"\\Aa\\z"}`, `{"pattern":"^\\u0061+$"}`, `{"pattern":"^[^]$"}`, `{"pattern":"^[\\ud800\\udc00-\\udbff\\udfff]a?$"}`, `{"pattern":"^$|a"}`, `{"pattern":"a|"}`, `{"pattern":"x^"}`, `{"pattern":"^[\\x{10000}-\\x{10FFFF}]a?$"}`, `{"type":"string","pattern":"$a"}`,
			`{"pattern":"^a","maxLength":1}`, `{"not":{"pattern":"b"}}`, `{"type":"string","not":{"pattern":"^a*$"}}`, `{"allOf":[{"pattern":"a"},{"pattern":"b"}]}`, `{"pattern":"a.*b|b.*a"}`, `{"pattern":"a(.|\\n)*b|b(.|\\n)*a"}`,
			`{"enum":["a","ab"]}`, `{"enum":["a","b",1]}`, `{"const":"a"}`, `{"format":"date"}`, `{"format":"ipv4"}`, `{"format":"email","maxLength":2}`, `{"format":"email"}`, `{"format":"uri","maxLength":2}`, `{"format":"uri-reference","maxLength":2}`, `{"format":"ipv6","maxLength":2}`, `{"format":"hostname","maxLength":1}`, `{"format":"duration","maxLength":3}`, `{"format":"time","maxLength":9}`, `{"format":"regex","maxLength":2}`, `{"format":"json-pointer","maxLength":1}`, `{"format":"relative-json-pointer","maxLength":1}`, `{"format":"uuid"}`, `{"format":"date-time"}`, `{"format":"unheard-of"}`, `{"type":"string","minLength":3,"maxLength":2}`, `{"oneOf":[{"pattern":"a"},{"pattern":"b"}]}`,
		},
	},
	{
		name: "expressions that are not regular", drafts: []int{7}, open: 200,
		world: func() []any { return words([]string{"a", "b", "1"}, 4) },
		schemas: []string{
			`{}`, `{"type":"string"}`, `{"pattern":"^a(?!b)"}`, `{"pattern":"^(?=a)ab"}`, `{"pattern":"^(a|b)\\1$"}`, `{"pattern":"(?<!a)b"}`, `{"pattern":"^ab"}`, `{"pattern":"^a(?!b)","maxLength":3}`,
			`{"allOf":[{"pattern":"^a(?!b)"},{"minLength":1}]}`, `{"anyOf":[{"pattern":"^a(?!b)"},{"type":"number"}]}`, `{"patternProperties":{"^(?!a)":{"type":"string"}}}`, `{"enum":["aa"]}`, `false`,
		},
	},
	{
		name: "arrays", drafts: everyDraft, world: func() []any {
			return append(smallArrays(4, []any{number("0"), number("1"), "a", nil}), []any{[]any{}, []any{}}, []any{number("1"), number("1.0")}, []any{true, false}, []any{true, false, true}, nil, "a",
				[]any{map[string]any{}, []any{}}, []any{[]any{number("0")}}, []any{number("0"), number("0"), number("0"), number("0"), number("0")})
		},
		schemas: []string{
			`{}`, `{"type":"array"}`, `{"minItems":1}`, `{"maxItems":1}`, `{"minItems":2,"maxItems":3}`, `{"uniqueItems":true}`, `{"uniqueItems":true,"items":{"enum":[0,1]}}`, `{"maxItems":2,"items":{"enum":[0,1]}}`, `{"items":{"enum":[0,1]}}`,
			`{"type":"array","uniqueItems":true,"minItems":3,"items":{"type":"boolean"}}`, `{"type":"array","uniqueItems":true,"minItems":3,"items":{"enum":[0,1,null]}}`, `{"uniqueItems":true,"items":{"enum":[1,1.5,"a"]}}`, `{"items":{"type":"integer"}}`, `{"items":{"type":"number"}}`, `{"items":{"not":{"type":"null"}}}`, `{"items":false}`,
			`{"items":[{"type":"integer"}]}`, `{"items":[{"type":"integer"}],"additionalItems":false}`, `{"items":[{"type":"integer"},{"type":"string"}],"additionalItems":{"type":"null"}}`, `{"items":[{"enum":[0]},{"enum":[0]}],"uniqueItems":true}`,
			`{"prefixItems":[{"type":"integer"}]}`, `{"prefixItems":[{"type":"integer"}],"items":false}`, `{"prefixItems":[{"type":"integer"},{"type":"string"}],"items":{"type":"null"}}`, `{"prefixItems":[{"type":"integer"}],"maxItems":1}`,
			`{"contains":{"type":"null"}}`, `{"contains":{"type":"null"},"minContains":2}`, `{"contains":{"type":"null"},"maxContains":1}`, `{"contains":{"type":"null"},"minContains":0}`, `{"contains":{"type":"null"},"minContains":0,"maxContains":0}`,
			`{"not":{"contains":{"type":"null"}}}`, `{"contains":{"type":"null"},"minContains":2,"maxContains":1}`, `{"contains":{},"maxContains":2}`, `{"contains":{},"minContains":2}`, `{"contains":{"enum":[0,1]},"items":{"enum":[0,"a"]}}`, `{"contains":{"const":0},"uniqueItems":true,"minContains":1}`, `{"contains":{"const":0},"maxContains":1}`,
			`{"contains":{"const":0},"minContains":2,"uniqueItems":true,"type":"array"}`, `{"allOf":[{"contains":{"const":0}},{"contains":{"const":1}}],"maxItems":1,"type":"array"}`, `{"allOf":[{"contains":{"const":0}},{"contains":{"type":"integer"}}],"maxItems":1}`,
			`{"unevaluatedItems":false}`, `{"prefixItems":[{"type":"integer"}],"unevaluatedItems":false}`, `{"anyOf":[{"prefixItems":[{"type":"integer"}]},{"prefixItems":[{},{"type":"string"}]}],"unevaluatedItems":false}`, `{"contains":{"type":"null"},"unevaluatedItems":{"type":"integer"}}`,
			`{"if":{"prefixItems":[{"const":0}]},"then":{"prefixItems":[{},{"const":1}]},"unevaluatedItems":{"type":"string"}}`, `{"items":{"items":{"items":{}}}}`, `{"const":[0,1]}`, `{"enum":[[0],[0,1]]}`, `{"not":{"uniqueItems":true}}`, `{"not":{"items":{"type":"integer"}}}`, `{"type":"array","items":{"anyOf":[{"const":0},{"const":"a"}]},"minItems":1}`,
		},
	},
	{
		name: "objects", drafts: []int{4, 7, 2019, 2020}, world: func() []any {
			return append(smallObjects([]string{"a", "b", "ab", "x-1", ""}, []any{number("0"), "s", nil}), nil, "s", number("1"), []any{}, map[string]any{"c": number("1"), "a": number("1.5")}, map[string]any{"zzz": true},
				map[string]any{"a": map[string]any{"a": nil}})
		},
		schemas: []string{
			`{}`, `{"type":"object"}`, `{"required":["a"]}`, `{"required":["a","b"]}`, `{"minProperties":1}`, `{"minProperties":2}`, `{"maxProperties":1}`, `{"maxProperties":0}`, `{"properties":{"a":{"type":"integer"}}}`, `{"properties":{"a":{"type":"number"}}}`,
			`{"properties":{"a":{"type":"integer"}},"additionalProperties":false}`, `{"properties":{"a":{}},"additionalProperties":false}`, `{"properties":{"a":{},"b":{}},"additionalProperties":false}`, `{"additionalProperties":{"type":"integer"}}`, `{"additionalProperties":false}`, `{"properties":{"a":false}}`, `{"properties":{"a":{"not":{}}}}`,
			`{"patternProperties":{"^a":{"type":"integer"}}}`, `{"patternProperties":{"^a$":{"type":"integer"}}}`, `{"patternProperties":{"a":{"type":"integer"},"b":{"type":"string"}}}`, `{"patternProperties":{"^[ab]*$":{"type":"integer"}},"additionalProperties":false}`, `{"patternProperties":{"":{"type":"integer"}}}`, `{"patternProperties":{"^\\u0061":{"type":"integer"}},"additionalProperties":false}`, `{"patternProperties":{".":{"type":"integer"}}}`,
			`{"propertyNames":{"maxLength":1}}`, `{"propertyNames":{"enum":["a","b"]}}`, `{"propertyNames":{"pattern":"^[ab]$"}}`, `{"propertyNames":false}`, `{"propertyNames":{"enum":["a","b"]},"minProperties":3,"type":"object"}`, `{"propertyNames":{"enum":["a","b"]},"minProperties":2,"type":"object"}`, `{"required":["a"],"propertyNames":{"not":{"const":"a"}},"type":"object"}`,
			`{"dependencies":{"a":["b"]}}`, `{"dependencies":{"a":{"required":["b"]}}}`, `{"dependencies":{"a":{"properties":{"b":{"type":"string"}}}}}`, `{"dependencies":{"a":["b"],"b":["ab"]}}`, `{"dependentRequired":{"a":["b"]}}`, `{"dependentRequired":{"a":["b","ab"]}}`, `{"dependentSchemas":{"a":{"required":["b"]}}}`, `{"dependentSchemas":{"a":{"maxProperties":1}}}`, `{"dependentSchemas":{"a":false}}`,
			`{"unevaluatedProperties":false}`, `{"properties":{"a":{}},"unevaluatedProperties":false}`, `{"allOf":[{"properties":{"a":{}}}],"unevaluatedProperties":false}`, `{"anyOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"b":{"type":"string"}}}],"unevaluatedProperties":false}`, `{"if":{"required":["a"]},"then":{"properties":{"b":{}}},"else":{"properties":{"ab":{}}},"unevaluatedProperties":false}`,
			`{"oneOf":[{"required":["a"],"properties":{"a":{}}},{"required":["b"],"properties":{"b":{}}}],"unevaluatedProperties":false}`, `{"not":{"required":["a"]}}`, `{"not":{"properties":{"a":{"type":"integer"}}}}`, `{"not":{"additionalProperties":false}}`, `{"not":{"maxProperties":1}}`, `{"type":"object","not":{"anyOf":[{"required":["a"]},{"required":["b"]}]}}`,
			`{"const":{"a":0}}`, `{"enum":[{"a":0},{"a":0,"b":"s"}]}`, `{"required":["a"],"properties":{"a":{"const":0}},"additionalProperties":false}`, `{"anyOf":[{"properties":{"a":{"type":"integer"}}},{"properties":{"a":{"type":"string"}}}]}`, `{"properties":{"a":{"type":["integer","string"]}}}`, `{"oneOf":[{"required":["a"]},{"required":["b"]}]}`,
		},
	},
	{
		name: "combinations", drafts: []int{4, 7, 2019, 2020}, world: func() []any {
			return append(append(smallObjects([]string{"a", "b"}, []any{number("0"), "s"}), smallArrays(2, []any{number("0"), "a"})...), nil, true, false, number("0"), number("1"), number("2"), number("1.5"), number("-3"), "", "a", "b", "ab", "abc")
		},
		schemas: []string{
			`{}`, `{"not":{}}`, `{"not":{"not":{}}}`, `{"not":{"not":{"type":"string"}}}`, `{"not":{"not":{"not":{"type":"string"}}}}`, `{"type":"string"}`, `{"type":["string","number"]}`, `{"type":["string","integer"]}`, `{"anyOf":[{"type":"string"},{"type":"integer"}]}`, `{"oneOf":[{"type":"string"},{"type":"integer"}]}`,
			`{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `{"oneOf":[{"type":"number"},{"type":"number"}]}`, `{"oneOf":[{},{"type":"number"}]}`, `{"oneOf":[{"type":"integer"},{"type":"number"},{"type":"string"}]}`, `{"type":"number","not":{"type":"integer"}}`, `{"oneOf":[{"type":"string","maxLength":2},{"type":"string","minLength":2}]}`,
			`{"anyOf":[{"type":"string","maxLength":2},{"type":"string","minLength":2}]}`, `{"allOf":[{"type":"string"},{"type":"integer"}]}`, `{"allOf":[{"type":"number"},{"type":"integer"}]}`, `{"anyOf":[{"not":{"type":"string"}},{"type":"string"}]}`, `{"anyOf":[{"not":{"type":"string"}},{"maxLength":1}]}`, `{"maxLength":1}`, `{"enum":[null,true,false]}`, `{"type":["null","boolean"]}`,
			`{"if":{"type":"string"},"then":{"maxLength":1}}`, `{"if":{"type":"string"},"then":{"maxLength":1},"else":{"type":"integer"}}`, `{"if":{"type":"string"},"else":{"if":{"type":"number"},"then":{"minimum":0},"else":{"if":{"type":"null"},"then":{},"else":{"type":"object"}}}}`, `{"if":{},"then":{"type":"string"}}`, `{"if":{"not":{}},"then":{"not":{}},"else":{"type":"string"}}`,
			`{"if":{"required":["a"]},"then":{"required":["b"]}}`, `{"dependencies":{"a":["b"]}}`, `{"anyOf":[{"not":{"required":["a"]}},{"required":["b"]}]}`, `{"anyOf":[{"not":{"required":["a"],"type":"object"}},{"required":["b"]}]}`, `{"then":{"type":"string"}}`, `{"not":{"if":{"type":"string"},"then":{"maxLength":1}}}`, `{"not":{"anyOf":[{"type":"string"},{"type":"number"}]}}`, `{"not":{"oneOf":[{"type":"integer"},{"type":"number"}]}}`, `{"not":{"allOf":[{"type":"number"},{"minimum":1}]}}`,
			`{"anyOf":[{"enum":[0,1]},{"enum":[1,2]}]}`, `{"oneOf":[{"enum":[0,1]},{"enum":[1,2]}]}`, `{"enum":[0,2]}`, `{"enum":[0,1,2]}`, `{"allOf":[{"enum":[0,1]},{"enum":[1,2]}]}`, `{"const":1}`, `{"type":"integer","minimum":0,"maximum":2}`, `{"anyOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]},{"type":"object","maxProperties":0}]}`, `{"type":"object"}`, `{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}`,
			`{"oneOf":[{"properties":{"a":{"type":"string"}},"required":["a"]},{"properties":{"a":{"type":"integer"}},"required":["a"]}],"type":"object"}`, `{"properties":{"a":{"type":["string","integer"]}},"required":["a"],"type":"object"}`, `{"anyOf":[{"type":"array","items":{"type":"string"}},{"type":"array","items":{"type":"number"}}]}`, `{"type":"array","items":{"type":["string","number"]}}`,
		},
	},
	{
		name: "recursion", drafts: []int{7, 2019, 2020}, world: func() []any { return smallTrees(3) },
		schemas: []string{
			`{}`, `{"type":"object"}`, `{"type":["object","null"],"properties":{"next":{"$ref":"#"}}}`, `{"type":["object","null"],"properties":{"next":{"$ref":"#"},"v":{"type":"integer"}}}`, `{"type":["object","null"],"properties":{"next":{"$ref":"#"},"v":{"type":"number"}}}`,
			`{"type":["object","null"],"properties":{"next":{"$ref":"#"}},"additionalProperties":false}`, `{"type":["object","null"],"properties":{"next":{"type":["object","null"],"properties":{"next":{"$ref":"#"}}}}}`, `{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}`, `{"anyOf":[{"type":"null"},{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}]}`,
			`{"oneOf":[{"type":"null"},{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}]}`, `{"anyOf":[{"type":"integer"},{"type":"object","properties":{"l":{"$ref":"#"},"r":{"$ref":"#"}},"required":["l","r"]}]}`, `{"anyOf":[{"type":"number"},{"type":"object","properties":{"l":{"$ref":"#"},"r":{"$ref":"#"}},"required":["l"]}]}`,
			`{"type":"array","items":{"$ref":"#"}}`, `{"type":"array","items":{"$ref":"#"},"maxItems":1}`, `{"type":["array","string"],"items":{"$ref":"#"}}`, `{"anyOf":[{"type":"array","items":{"$ref":"#"}},{"type":"null"}]}`, `{"not":{"type":"object","properties":{"next":{"$ref":"#"}},"required":["next"]}}`, `{"type":"object","properties":{"next":{"not":{"$ref":"#"}}}}`,
			`{"definitions":{"even":{"anyOf":[{"type":"null"},{"type":"object","properties":{"next":{"$ref":"#/definitions/odd"}},"required":["next"]}]},"odd":{"type":"object","properties":{"next":{"$ref":"#/definitions/even"}},"required":["next"]}},"allOf":[{"$ref":"#/definitions/even"}]}`,
			`{"definitions":{"even":{"anyOf":[{"type":"null"},{"type":"object","properties":{"next":{"$ref":"#/definitions/odd"}},"required":["next"]}]},"odd":{"type":"object","properties":{"next":{"$ref":"#/definitions/even"}},"required":["next"]}},"anyOf":[{"$ref":"#/definitions/even"},{"$ref":"#/definitions/odd"}]}`,
			`{"$recursiveAnchor":true,"type":["object","null"],"properties":{"next":{"$recursiveRef":"#"}}}`, `{"$dynamicAnchor":"n","type":["object","null"],"properties":{"next":{"$dynamicRef":"#n"}}}`, `{"$dynamicAnchor":"n","type":["object","null"],"properties":{"next":{"$dynamicRef":"#n"}},"unevaluatedProperties":false}`,
			`{"$ref":"#/$defs/t","$defs":{"t":{"$id":"t","$dynamicAnchor":"n","type":["object","null"],"properties":{"next":{"$dynamicRef":"#n"}}}}}`, `{"$dynamicAnchor":"n","$ref":"t","unevaluatedProperties":false,"$defs":{"t":{"$id":"t","$dynamicAnchor":"n","type":["object","null"],"properties":{"next":{"$dynamicRef":"#n"}}}}}`,
			`{"$recursiveAnchor":true,"$ref":"t","unevaluatedProperties":false,"$defs":{"t":{"$id":"t","$recursiveAnchor":true,"type":["object","null"],"properties":{"next":{"$recursiveRef":"#"}}}}}`,
		},
	},
}
