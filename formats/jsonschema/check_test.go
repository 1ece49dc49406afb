package jsonschema

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

func TestNewSchemasAreChecked(t *testing.T) {
	const (
		draft4 = `"$schema":"http://json-schema.org/draft-04/schema#",`
		d2019  = `"$schema":"https://json-schema.org/draft/2019-09/schema",`
		d2020  = `"$schema":"https://json-schema.org/draft/2020-12/schema",`
	)
	for name, c := range map[string]struct{ text, fault string }{
		"a schema must be an object or boolean":      {`5`, "a schema must be"},
		"a subschema must be one as well":            {`{"properties":{"a":5}}`, "#/properties/a: a schema must be"},
		"an unknown type":                            {`{"type":"text"}`, "#/type: the value must be one of"},
		"an unknown type in a list":                  {`{"type":["string","any"]}`, "#/type"},
		"required must list names":                   {`{"required":["a",1]}`, "#/required: a name must be a string"},
		"required of draft 3":                        {`{"properties":{"a":{"required":true}}}`, "#/properties/a/required"},
		"minLength must be whole":                    {`{"minLength":1.5}`, "#/minLength"},
		"maximum must be a number":                   {`{"maximum":"9"}`, "#/maximum"},
		"multipleOf 0":                               {`{"multipleOf":0}`, "#/multipleOf"},
		"exclusiveMinimum of draft 4 in draft 7":     {`{"minimum":1,"exclusiveMinimum":true}`, "#/exclusiveMinimum: the value must be a number"},
		"exclusiveMinimum of draft 7 in draft 4":     {`{` + draft4 + `"exclusiveMinimum":1}`, "#/exclusiveMinimum: the value must be a boolean"},
		"a broken pattern":                           {`{"pattern":"[a"}`, "is not a regular expression"},
		"a broken pattern of properties":             {`{"patternProperties":{"(a":{}}}`, "is not a regular expression"},
		"allOf must be an array":                     {`{"allOf":{}}`, "#/allOf"},
		"items of 2020-12 cannot be an array":        {`{` + d2020 + `"items":[{}]}`, "#/items"},
		"dependencies must be objects":               {`{"dependencies":[]}`, "#/dependencies"},
		"a reference to nowhere":                     {`{"properties":{"a":{"$ref":"other.json"}}}`, "declare it as a reference"},
		"a reference to nothing":                     {`{"$ref":"#/definitions/x"}`, "there is nothing at this place"},
		"a fault behind a reference":                 {`{"$ref":"#/definitions/x","definitions":{"x":{"type":"text"}}}`, "#/definitions/x/type"},
		"a title that is no string":                  {`{"title":1}`, "#/title"},
		"the id of draft 4":                          {`{` + draft4 + `"id":1}`, "#/id"},
		"if must be a schema":                        {`{"if":1}`, "#/if"},
		"dependentSchemas must be an object":         {`{` + d2019 + `"dependentSchemas":[]}`, "#/dependentSchemas"},
		"good: unused definitions may be anything":   {`{"definitions":{"x":5,"y":{"type":"text"}}}`, ""},
		"good: beside $ref nothing counts":           {`{"$ref":"#/definitions/x","type":5,"definitions":{"x":{}}}`, ""},
		"good: look-ahead is not this engine's":      {`{"pattern":"^(?!x)\\d{1,2000}$","patternProperties":{"^(?=a)":{}}}`, ""},
		"good: an empty required of draft 4":         {`{` + draft4 + `"required":[]}`, ""},
		"good: if of draft 6 has no meaning":         {`{"$schema":"http://json-schema.org/draft-06/schema#","if":1}`, ""},
		"good: a metaschema":                         {`{"$ref":"http://json-schema.org/draft-07/schema#"}`, ""},
		"good: an unknown $schema means draft 7":     {`{"$schema":"http://example.com/my","if":{"type":"string"}}`, ""},
		"good: an unknown keyword":                   {`{"x":{"type":5}}`, ""},
		"good: numbers of any size":                  {`{"maximum":1e400,"minLength":1.0}`, ""},
		"good: a boolean":                            {`true`, ""},
		"good: a recursion":                          {`{"properties":{"a":{"$ref":"#"}}}`, ""},
		"good: dependencies of both kinds":           {`{"dependencies":{"a":["b"],"b":{"type":"object"}}}`, ""},
		"good: recursive and dynamic references":     {`{` + d2020 + `"$dynamicAnchor":"n","properties":{"a":{"$dynamicRef":"#n"}}}`, ""},
		"good: names with $$ without validateFields": {`{"properties":{"$$a":{}}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(context.Background(), formats.Source{Text: c.text}, formats.Options{Validate: true})
			var fault *formats.ParseError
			switch {
			case c.fault == "" && err != nil:
				t.Errorf("%v", err)
			case c.fault != "" && (!errors.As(err, &fault) || !strings.Contains(fault.Message, c.fault) || fault.Span == nil):
				t.Errorf("got %v, want a fault about %q", err, c.fault)
			}
			if _, err := Parse(context.Background(), formats.Source{Text: c.text}, formats.Options{}); err != nil {
				t.Errorf("a stored text is refused: %v", err)
			}
		})
	}
}

func TestAFaultInAReferencedTextNamesTheReference(t *testing.T) {
	_, err := Parse(context.Background(), source(`{"$ref":"other.json"}`, "other.json", `{"type":"text"}`), formats.Options{Validate: true})
	var fault *formats.ParseError
	if !errors.As(err, &fault) || fault.Name != "other.json" {
		t.Errorf("%v", err)
	}
	_, err = Parse(context.Background(), source(`{}`, "other.json", `{`), formats.Options{})
	if !errors.As(err, &fault) || fault.Name != "other.json" {
		t.Errorf("%v", err)
	}
}

func TestStrictRefusesReservedNames(t *testing.T) {
	_, err := Parse(context.Background(), formats.Source{Text: `{"properties":{"$$a":{}}}`}, formats.Options{Validate: true, Strict: true})
	if err == nil || !strings.Contains(err.Error(), "$$") {
		t.Errorf("%v", err)
	}
}

func TestASchemaKnowsItsFieldsAndForms(t *testing.T) {
	s := parse(t, `{ "properties": {"b": {}, "a": {}}, "type": "object" }`)
	if got := strings.Join(s.Fields(), ","); got != "b,a" {
		t.Errorf("fields %s", got)
	}
	normalized, err := s.Normalized()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := normalized.Canonical(), `{"properties":{"a":{},"b":{}},"type":"object"}`; got != want {
		t.Errorf("normalized %s, want %s", got, want)
	}
	if text, _ := s.Print("resolved"); text != s.Canonical() || s.Canonical() != `{"properties":{"b":{},"a":{}},"type":"object"}` {
		t.Errorf("printed %s", text)
	}
	if s.Identity() == normalized.Identity() || s.Identity() != parse(t, `{"properties":{"b":{},"a":{}},"type":"object"}`).Identity() {
		t.Error("schemas are equivalent when their canonical texts are equal")
	}
	if s.Weight() < 100 {
		t.Errorf("weight %d", s.Weight())
	}
	if parse(t, `true`).Fields() != nil || parse(t, `{"properties":[]}`).Fields() != nil {
		t.Error("fields where there are none")
	}
}
