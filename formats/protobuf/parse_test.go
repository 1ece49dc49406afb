package protobuf

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

func TestHostileTextsAreRefusedBeforeTheyCost(t *testing.T) {
	cases := map[string]struct{ text, limit string }{
		"messages nested without end":      {strings.Repeat("message A{", 1_000_000), "bytes"},
		"messages nested within the size":  {strings.Repeat("message A{", 300_000), "levels of nesting"},
		"option literals nested":           {"option (a) = " + strings.Repeat("{values:{list_value:", 11_000), "levels of nesting"},
		"lists nested":                     {"option (a) = " + strings.Repeat("[", 1_000_000), "levels of nesting"},
		"groups nested":                    {"message A{" + strings.Repeat("optional group G = 1{", 100_000), "levels of nesting"},
		"names without end":                {strings.Repeat("message A{} ", 300_000), ""},
		"too many declarations":            {"message A{" + strings.Repeat("reserved 1,2,3;", 250_000), "nodes"},
		"an option name of many parts":     {"option (a)" + strings.Repeat(".b", 100_000) + " = 1;", ""},
		"indentation larger than the text": {strings.Repeat("message A{", 99) + strings.Repeat("reserved 1;", 100_000) + strings.Repeat("}", 99), "bytes of canonical text"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(context.Background(), formats.Source{Text: c.text}, formats.Options{})
			var limit *formats.LimitError
			if err == nil || c.limit != "" && (!errors.As(err, &limit) || limit.Limit != c.limit) {
				t.Errorf("error %v, want limit %q", err, c.limit)
			}
		})
	}
}

func TestFaultsNameTheirPlace(t *testing.T) {
	cases := map[string]struct {
		text         string
		line, column int
		says         string
	}{
		"unknown type":           {"syntax = \"proto3\";\nmessage A {\n  Missing m = 1;\n}", 3, 3, "the type Missing is not defined"},
		"missing semicolon":      {"message A {\n  optional int32 a = 1\n}", 3, 1, `expected ';'`},
		"label in proto3 oneof":  {"syntax = \"proto3\"; message A { oneof o { optional int32 a = 1; } }", 1, 42, "has no label"},
		"required in proto3":     {"syntax = \"proto3\"; message A { required int32 a = 1; }", 1, 32, "no required fields"},
		"no label in proto2":     {"message A { int32 a = 1; }", 1, 13, "need a label"},
		"name with a dot":        {"message A.B {}", 1, 9, "cannot be the name of a message"},
		"comment without end":    {"message A {} /* …", 1, 14, "does not end"},
		"number too large":       {"message A { optional int32 a = 99999999999; }", 1, 32, "not a number"},
		"declared twice":         {"message A {}\nmessage A {}", 2, 9, "declared twice"},
		"edition of the future":  {"edition = \"2024\";", 1, 11, "not supported"},
		"text that is not proto": {"{\"type\": \"string\"}", 1, 1, "expected a name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(context.Background(), formats.Source{Text: c.text}, formats.Options{Validate: true})
			var fault *formats.ParseError
			if !errors.As(err, &fault) || fault.Span == nil {
				t.Fatalf("error %v, want a ParseError with a span", err)
			}
			if at := fault.Span.Start; at.Line != c.line || at.Column != c.column || !strings.Contains(fault.Message, c.says) {
				t.Errorf("%d:%d %s, want %d:%d %s", at.Line, at.Column, fault.Message, c.line, c.column, c.says)
			}
		})
	}
}

func TestEveryBuiltinImportIsThere(t *testing.T) {
	if b := builtin(); b.err != nil || len(b.units) != 30 {
		t.Fatalf("%d built-in files, error %v", len(b.units), b.err)
	}
	var text strings.Builder
	text.WriteString("syntax = \"proto3\";\n")
	for _, path := range BuiltinImports() {
		text.WriteString("import \"" + path + "\";\n")
	}
	text.WriteString("message A { google.type.Money m = 1; confluent.type.Decimal d = 2; google.protobuf.Timestamp t = 3; }")
	s, err := Parse(context.Background(), formats.Source{Text: text.String()}, formats.Options{Validate: true, Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	if l, err := s.Linked(); err != nil || l.File.Imports().Len() != 30 {
		t.Fatalf("not linked: %v", err)
	}
}

func TestReferencesAreFoundWithAndWithoutTheSuffix(t *testing.T) {
	const text = "syntax = \"proto3\"; import \"a/b\"; message A { x.B b = 1; }"
	src := source(text, map[string]string{"a/b.proto": "syntax = \"proto3\"; package x; message B { int32 c = 1; }"})
	if _, err := Parse(context.Background(), src, formats.Options{Validate: true, Strict: true}); err != nil {
		t.Error(err)
	}
}

func TestStrictParsingRefusesWhatACompilerRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"a number twice":       "syntax = \"proto3\"; message A { int32 a = 1; int32 b = 1; }",
		"a reserved number":    "syntax = \"proto3\"; message A { reserved 1; int32 a = 1; }",
		"an enum without zero": "syntax = \"proto3\"; enum E { A = 1; }",
		"a missing import":     "syntax = \"proto3\"; import \"nowhere.proto\"; message A { int32 a = 1; }",
		"a type not imported":  "syntax = \"proto3\"; message A { google.protobuf.Timestamp t = 1; }",
	} {
		t.Run(name, func(t *testing.T) {
			src := formats.Source{Text: text}
			if _, err := Parse(context.Background(), src, formats.Options{Validate: true}); err != nil {
				t.Errorf("lenient parsing: %v", err)
			}
			var fault *formats.ParseError
			if _, err := Parse(context.Background(), src, formats.Options{Validate: true, Strict: true}); !errors.As(err, &fault) {
				t.Errorf("strict parsing: %v", err)
			}
		})
	}
}

func TestFieldsAreThoseOfTheFirstMessage(t *testing.T) {
	leaf := map[string]string{"leaf.proto": "syntax = \"proto3\"; package com; message Foo { string id = 1; }"}
	for text, want := range map[string]string{
		"syntax = \"proto3\"; enum E { Z = 0; } message A { int32 b = 2; oneof o { int32 c = 3; } int32 a = 1; } message B { int32 z = 1; }": "b a c",
		"syntax = \"proto3\"; package com; import public \"leaf.proto\";":                                                                    "id",
		"syntax = \"proto3\"; import public \"google/protobuf/timestamp.proto\";":                                                            "seconds nanos",
		"syntax = \"proto3\"; import public \"leaf.proto\"; message B { int32 z = 1; }":                                                      "z",
	} {
		if got := strings.Join(mustParse(t, text, leaf).Fields(), " "); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
