package jsonschema

import (
	"context"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/concord-registry/concord/formats"
)

func source(text string, references ...string) formats.Source {
	src := formats.Source{Text: text}
	for i := 0; i+1 < len(references); i += 2 {
		ref := formats.Reference{Name: references[i], Subject: references[i], Version: 1}
		src.References = append(src.References, ref)
		src.Resolved = append(src.Resolved, formats.Resolved{Reference: ref, Type: formats.JSON, Text: references[i+1]})
	}
	return src
}

func parse(t *testing.T, text string, references ...string) *Schema {
	t.Helper()
	s, err := Parse(context.Background(), source(text, references...), formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestReferencesLeadToTheirSchema(t *testing.T) {
	other := `{"$id":"http://example.com/other.json","title":"other","definitions":{"d":{"title":"d"},"up":{"$ref":"#/definitions/d"}}}`
	for name, c := range map[string]struct {
		text       string
		references []string
		title      string // of the target of the reference at the root; empty when there is none
	}{
		"a JSON pointer":                      {`{"$ref":"#/definitions/a","definitions":{"a":{"title":"a"}}}`, nil, "a"},
		"a pointer with escapes":              {`{"$ref":"#/definitions/a~1b%20c","definitions":{"a/b c":{"title":"x"}}}`, nil, "x"},
		"a pointer into an unknown keyword":   {`{"$ref":"#/x/0","x":[{"title":"x"}]}`, nil, "x"},
		"the root":                            {`{"title":"root","properties":{"a":{}},"$ref":"#"}`, nil, "root"},
		"an $id relative to the root's":       {`{"$id":"http://x.org/root.json","$ref":"item.json","definitions":{"i":{"$id":"item.json","title":"i"}}}`, nil, "i"},
		"a fragment $id of the old drafts":    {`{"$ref":"#foo","definitions":{"i":{"$id":"#foo","title":"i"}}}`, nil, "i"},
		"the keyword id of draft 4":           {`{"$schema":"http://json-schema.org/draft-04/schema#","$ref":"#foo","definitions":{"i":{"id":"#foo","title":"i"}}}`, nil, "i"},
		"an $anchor":                          {`{"$schema":"https://json-schema.org/draft/2019-09/schema","$ref":"#foo","$defs":{"i":{"$anchor":"foo","title":"i"}}}`, nil, "i"},
		"a $dynamicAnchor by $ref":            {`{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#foo","$defs":{"i":{"$dynamicAnchor":"foo","title":"i"}}}`, nil, "i"},
		"a declared reference by its name":    {`{"$ref":"other.json"}`, []string{"other.json", other}, "other"},
		"a declared reference with a path":    {`{"$ref":"./other.json#/definitions/d"}`, []string{"other.json", other}, "d"},
		"a declared reference by its $id":     {`{"$ref":"http://example.com/other.json"}`, []string{"o", other}, "other"},
		"a reference relative to the root":    {`{"$id":"http://x.org/a/root.json","$ref":"other.json"}`, []string{"other.json", other}, "other"},
		"an absolute name":                    {`{"$ref":"http://y.org/o.json#/definitions/d"}`, []string{"http://y.org/o.json", other}, "d"},
		"a name that is no URI":               {`{"$ref":"my subject#/definitions/d"}`, []string{"my subject", other}, "d"},
		"nothing under that name":             {`{"$ref":"nowhere.json"}`, nil, ""},
		"nothing at that place":               {`{"$ref":"#/definitions/b","definitions":{}}`, nil, ""},
		"a place that is not a schema":        {`{"$ref":"#/title","title":"t"}`, nil, ""},
		"a URN":                               {`{"$id":"urn:example:root","$ref":"#/definitions/a","definitions":{"a":{"title":"a"}}}`, nil, "a"},
		"an $id beside $ref hides in draft 7": {`{"$id":"http://x.org/r.json","$ref":"#/definitions/a","definitions":{"a":{"title":"a"}}}`, nil, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, c.text, c.references...)
			target, ok := s.Ref(s.Root(), "$ref")
			if !ok {
				t.Fatal("the reference is not known")
			}
			if c.title == "" {
				if target.Problem == "" || target.Schema != nil {
					t.Fatalf("got %+v, want a problem", target)
				}
				return
			}
			if got := target.Schema.Get("title"); got == nil || got.Text != c.title {
				t.Fatalf("got %+v, want the schema titled %q", target, c.title)
			}
		})
	}
}

func TestReferencesInsideReferencedTextsResolveThere(t *testing.T) {
	s := parse(t, `{"$ref":"a.json#/definitions/up"}`, "a.json", `{"definitions":{"up":{"$ref":"#/definitions/d"},"d":{"$ref":"b.json"}}}`, "b.json", `{"title":"b"}`)
	v := s.Root()
	for range 3 {
		target, ok := s.Ref(v, "$ref")
		if !ok || target.Schema == nil {
			t.Fatalf("%+v", target)
		}
		v = target.Schema
	}
	if v.Get("title").Text != "b" || s.ResourceOf(v).Document.Name != "b.json" {
		t.Fatalf("ended at %v", v)
	}
}

func TestAMetaschemaIsKnownByItsDraft(t *testing.T) {
	s := parse(t, `{"$ref":"http://json-schema.org/draft-07/schema#"}`)
	if target, _ := s.Ref(s.Root(), "$ref"); target.Metaschema != Draft7 {
		t.Fatalf("%+v", target)
	}
}

func TestDynamicReferences(t *testing.T) {
	s := parse(t, `{"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://x.org/r","$dynamicRef":"#node","$defs":{"n":{"$dynamicAnchor":"node"}}}`)
	target, ok := s.Ref(s.Root(), "$dynamicRef")
	if !ok || target.Anchor != "node" || target.Schema != s.ResourceOf(s.Root()).DynamicAnchor("node") {
		t.Fatalf("%+v", target)
	}
	s = parse(t, `{"$schema":"https://json-schema.org/draft/2019-09/schema","$recursiveAnchor":true,"items":{"$recursiveRef":"#"}}`)
	if target, ok := s.Ref(s.Root().Get("items"), "$recursiveRef"); !ok || target.Schema != s.Root() || !s.ResourceOf(s.Root()).RecursiveAnchor() {
		t.Fatalf("%+v", target)
	}
}

func TestTheValidatorTouchesNothingOutside(t *testing.T) {
	for _, text := range []string{`{"$ref":"http://127.0.0.1:1/x.json"}`, `{"$ref":"file:///etc/passwd"}`, `{"$ref":"nowhere.json"}`} {
		_, err := parse(t, text).Validator()
		if err == nil || !strings.Contains(err.Error(), "not among the declared references") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestTheValidatorKnowsTheReferences(t *testing.T) {
	s := parse(t, `{"$id":"http://x.org/root","properties":{"a":{"$ref":"other.json#/definitions/d"}}}`,
		"other.json", `{"definitions":{"d":{"type":"string","pattern":"^(?=x)y"}}}`)
	v, err := s.Validator()
	if err != nil {
		t.Fatal(err)
	}
	if v.Exact {
		t.Error("a look-ahead was left out, but the validator says it is exact")
	}
	if err := v.Validate([]byte(`{"a":"s"}`)); err != nil {
		t.Error(err)
	}
	if err := v.Validate([]byte(`{"a":1}`)); !Invalid(err) {
		t.Errorf("got %v, want the instance to be invalid", err)
	}
}

func TestLocationsOfTheCompiledSchemaLeadBackToTheText(t *testing.T) {
	for name, text := range map[string]string{
		"without an $id":       `{"properties":{"a/b %":{"items":[{"type":"string"}]}}}`,
		"with an absolute $id": `{"$id":"http://x.org/r.json","properties":{"a/b %":{"items":[{"type":"string"}]}}}`,
		"with a relative $id":  `{"$id":"r.json","properties":{"a/b %":{"items":[{"type":"string"}]}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := parse(t, text)
			v, err := s.Validator()
			if err != nil {
				t.Fatal(err)
			}
			compiled := v.Compiled().Properties["a/b %"].Items.([]*validator.Schema)[0]
			document, value := s.Locate(compiled.Location)
			if want := s.Root().At("/properties/a~1b %/items/0"); value != want || document != s.Document() {
				t.Fatalf("%s leads to %v, want %v", compiled.Location, value, want)
			}
			if got := document.Pointer(value); got != "#/properties/a~1b %/items/0" {
				t.Errorf("pointer %s", got)
			}
			failed, ok := v.Validate([]byte(`{"a/b %":[1]}`)).(*validator.ValidationError)
			if !ok {
				t.Fatal("the instance should be invalid")
			}
			for len(failed.Causes) > 0 {
				failed = failed.Causes[0]
			}
			if _, value := s.Locate(failed.AbsoluteKeywordLocation); value == nil || value.Text != "string" {
				t.Errorf("%s leads to %v", failed.AbsoluteKeywordLocation, value)
			}
		})
	}
}
