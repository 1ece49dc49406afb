package protobuf

import (
	"context"
	"encoding/base64"
	"errors"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// seeds are texts that together use every rule of the grammar.
var seeds = []string{
	"",
	"syntax = \"proto3\";\npackage a.b;\nimport \"x.proto\";\nimport public 'google/protobuf/timestamp.proto';\nimport weak \"w\";\noption java_package = \"p\";\n",
	"message A {\n  reserved 1, 3 to 5, 9 to max;\n  reserved \"x\", 'y';\n  option (o).b.(c.d) = { k: 1 l < m: -inf > [e.f]: [1, 2.5e3, 'x' \"y\"], [a.b/c.d] { } };\n  required .A.B b = 7 [default = 0x1F, json_name = \"j\", (p) = [\"q\"], features.x = Y];\n  optional group G = 8 { optional int32 g = 1; }\n  extensions 100 to 200, 300 [verification = UNVERIFIED];\n  extend A { repeated string e = 101; }\n  oneof o { int32 p = 10; string q = 11; }\n  map<string, B> m = 12;\n  message B {}\n  enum E { option allow_alias = true; reserved -5 to -1; Z = 0; Y = 0x0; N = -7 [deprecated = true]; }\n}\n",
	"edition = \"2023\";\nmessage A { reserved foo; string s = 1 [features.utf8_validation = NONE]; B b = 2 [features.message_encoding = DELIMITED]; }\nmessage B { option features.field_presence = IMPLICIT; int32 x = 1; }\n",
	"syntax = \"proto3\";\nservice S { option deprecated = true; rpc M (stream A) returns (A) { option idempotency_level = NO_SIDE_EFFECTS; } rpc N (A) returns (stream A); }\nmessage A { string s = 1 [(confluent.field_meta).tags = \"PII\"]; }\n",
	"/* c */ // d\nmessage A { optional string s = 1 [default = \"\\a\\x41\\101\\u00e9\\q\\377\"]; }",
	"syntax = \"proto2\"; enum E { B = 2; A = 1; } message M { optional E e = 1; optional double d = 2 [default = nan]; }",
	base64.StdEncoding.EncodeToString([]byte("\n\x07a.proto\"\x0e\n\x01A\x12\x09\n\x01x\x18\x01 \x01(\x05b\x06proto3")),
}

// FuzzParse parses anything: a text is refused with one of the errors of the contract, or everything that can be asked of
// the schema has an answer.
func FuzzParse(f *testing.F) {
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, opt := range []formats.Options{{}, {Validate: true}, {Validate: true, Strict: true}} {
			s, err := Parse(context.Background(), formats.Source{Text: text}, opt)
			if err != nil {
				known(t, err)
				continue
			}
			for _, format := range []string{"default", "ignore_extensions", "serialized"} {
				if _, err := s.Print(format); err != nil {
					known(t, err)
				}
			}
			s.Fields()
			s.Model()
			if tags := s.Tags(); len(tags) > 0 {
				if _, err := s.Retag(tags, tags[:1]); err != nil {
					known(t, err)
				}
			}
			if _, err := s.Linked(); err != nil {
				known(t, err)
			}
		}
	})
}

func known(t *testing.T, err error) {
	t.Helper()
	var fault *formats.ParseError
	var limit *formats.LimitError
	if !errors.As(err, &fault) && !errors.As(err, &limit) {
		t.Errorf("error of type %T: %v", err, err)
	}
}

// FuzzCanonicalText holds that a printed text is read as the same schema: printing it again changes nothing, and so does
// normalizing what is normalized.
func FuzzCanonicalText(f *testing.F) {
	for _, text := range seeds {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
		if err != nil {
			return
		}
		again, err := Parse(context.Background(), formats.Source{Text: s.Canonical()}, formats.Options{})
		if err != nil {
			t.Fatalf("the canonical text does not parse: %v\n%s\n%q", err, s.Canonical(), text)
		}
		if again.Canonical() != s.Canonical() {
			t.Fatalf("the canonical text is no fixed point:\n%s\n%q", diff(s.Canonical(), again.Canonical()), text)
		}
		normal, err := s.Normalized()
		if err != nil {
			known(t, err)
			return
		}
		reparsed, err := Parse(context.Background(), formats.Source{Text: normal.Canonical()}, formats.Options{})
		if err != nil {
			t.Fatalf("the normalized text does not parse: %v\n%s\n%q", err, normal.Canonical(), text)
		}
		twice, err := reparsed.Normalized()
		if err != nil {
			t.Fatalf("the normalized text cannot be normalized: %v\n%s\n%q", err, normal.Canonical(), text)
		}
		if twice.Canonical() != normal.Canonical() {
			t.Fatalf("the normalized text is no fixed point:\n%s\n%q", diff(normal.Canonical(), twice.Canonical()), text)
		}
	})
}

// FuzzDescriptor parses anything as the bytes of a descriptor.
func FuzzDescriptor(f *testing.F) {
	for _, text := range seeds[1:] {
		s, err := Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
		if err != nil {
			f.Fatal(err)
		}
		if printed, err := s.Print("serialized"); err == nil {
			data, _ := base64.StdEncoding.DecodeString(printed)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Parse(context.Background(), formats.Source{Text: base64.StdEncoding.EncodeToString(data)}, formats.Options{})
		if err != nil {
			known(t, err)
			return
		}
		again, err := Parse(context.Background(), formats.Source{Text: s.Canonical()}, formats.Options{})
		if err != nil || again.Canonical() != s.Canonical() {
			t.Fatalf("error %v\n%s", err, s.Canonical())
		}
		if _, err := s.Linked(); err != nil {
			known(t, err)
		}
	})
}
