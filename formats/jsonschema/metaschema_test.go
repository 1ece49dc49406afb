package jsonschema

import (
	"fmt"
	"testing"
)

// TestWhatConformsIsAcceptedByTheMetaschema holds the quick check against the validator's own: schemas that conform compile.
func TestWhatConformsIsAcceptedByTheMetaschema(t *testing.T) {
	values := []string{
		`null`, `true`, `false`, `0`, `1`, `-1`, `1.0`, `1.5`, `0.0`, `1e3`, `12345678901`, `""`, `"a"`, `"#"`, `"#/x"`, `"a b"`, `"string"`, `"9"`, `"("`,
		`"http://json-schema.org/draft-07/schema#"`, `[]`, `[1]`, `["a"]`, `["a","a"]`, `["string"]`, `["string","null"]`, `["string","string"]`, `[1,1.0]`,
		`[{}]`, `[true]`, `[[]]`, `{}`, `{"a":{}}`, `{"a":true}`, `{"a":1}`, `{"a":[]}`, `{"a":["b"]}`, `{"a":["b","b"]}`, `{"a":[1]}`, `{"(":{}}`,
	}
	checked := 0
	for address, draft := range metaschemas {
		for _, keyword := range []string{
			"title", "description", "$comment", "format", "pattern", "contentEncoding", "contentMediaType", "uniqueItems", "readOnly", "writeOnly",
			"deprecated", "$recursiveAnchor", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
			"minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains", "required", "enum", "const", "default", "type",
			"dependencies", "dependentRequired", "dependentSchemas", "additionalItems", "additionalProperties", "items", "prefixItems", "examples",
			"allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains", "propertyNames", "properties", "patternProperties", "definitions", "$defs",
			"unevaluatedItems", "unevaluatedProperties", "$anchor", "$dynamicAnchor", "contentSchema", "other",
		} {
			for _, value := range values {
				s := parse(t, fmt.Sprintf(`{"$schema":"https://%s","properties":{"p":{%q:%s}}}`, address, keyword, value))
				if !conforms(s.Root().At("/properties/p"), draft) {
					continue
				}
				checked++
				if _, err := s.Validator(); err != nil {
					t.Errorf("draft %v: %s: %s conforms, but: %v", draft, keyword, value, err)
				}
			}
		}
	}
	t.Logf("%d keywords conform", checked)
}
