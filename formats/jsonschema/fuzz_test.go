package jsonschema

import (
	"context"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// FuzzRead: reading never panics, and canonical text read again is the same text, in order and sorted.
func FuzzRead(f *testing.F) {
	f.Add(`{"b":[1,2.50,-0,1e3],"a":"\ud800\u0041","b":null}`)
	f.Add(`[[[]]]`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Read(text, formats.Limits{Depth: 100})
		if err != nil {
			return
		}
		for name, print := range map[string]func([]byte, *Value) []byte{"compact": AppendCompact, "sorted": AppendSorted} {
			canonical := string(print(nil, v))
			again, err := Read(canonical, formats.Limits{Depth: 100})
			if err != nil {
				t.Fatalf("%s: %q is read, its canonical text %q is not: %v", name, text, canonical, err)
			}
			if second := string(print(nil, again)); second != canonical {
				t.Fatalf("%s: %q, then %q", name, canonical, second)
			}
			if name == "compact" && !v.Equal(again) {
				t.Fatalf("%q changes its value in canonical text %q", text, canonical)
			}
		}
	})
}

// FuzzParse: parsing, checking, printing and tagging never panic; what is valid stays valid when it is normalized.
func FuzzParse(f *testing.F) {
	f.Add(`{"$ref":"other","properties":{"a":{"$ref":"#/definitions/b"}},"definitions":{"b":{"$id":"x","confluent:tags":["T"]}}}`, `{"$anchor":"a"}`)
	f.Add(`{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicRef":"#a","$defs":{"a":{"$dynamicAnchor":"a"}}}`, `true`)
	f.Fuzz(func(t *testing.T, text, referenced string) {
		ref := formats.Reference{Name: "other", Subject: "other", Version: 1}
		src := formats.Source{
			Text: text, References: []formats.Reference{ref},
			Resolved: []formats.Resolved{{Reference: ref, Type: formats.JSON, Text: referenced}},
		}
		limits := formats.Limits{Bytes: 10_000, Depth: 50, Nodes: 1000}
		s, err := Parse(context.Background(), src, formats.Options{Limits: limits})
		if err != nil {
			return
		}
		s.Fields()
		if _, err := s.Retag(s.Tags(), nil); err != nil {
			t.Fatalf("its own tags cannot be added: %v", err)
		}
		normalized, err := s.Normalized()
		if err != nil {
			t.Fatal(err)
		}
		_, before := Parse(context.Background(), src, formats.Options{Validate: true, Limits: limits})
		src.Text = normalized.Canonical()
		_, after := Parse(context.Background(), src, formats.Options{Validate: true, Limits: formats.Limits{Bytes: 100_000}})
		if (before == nil) != (after == nil) {
			t.Fatalf("valid: %v; normalized: %v", before, after)
		}
	})
}
