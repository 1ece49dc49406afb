package protobuf

import (
	"context"
	"errors"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// FuzzCompare compares anything with anything: it ends, in words, and a schema is compatible with itself.
func FuzzCompare(f *testing.F) {
	texts := []string{
		"syntax = \"proto3\"; package p; message A { int64 a = 1; repeated string b = 2; map<string, B> m = 3; oneof o { B c = 4; bytes d = 5; } } message B { A a = 1; E e = 2; } enum E { Z = 0; O = 1; }",
		"syntax = \"proto2\"; message A { required int32 a = 1 [default = 7]; optional group G = 2 { optional E e = 1; } repeated B m = 3; extensions 100 to 200; } message B { optional string k = 1; optional B v = 2; } enum E { Z = 1; O = 0; } extend A { optional int64 x = 150; }",
		"edition = \"2023\"; message A { string a = 1 [features.utf8_validation = NONE]; B b = 2 [features.message_encoding = DELIMITED]; repeated fixed32 r = 3 [features.repeated_field_encoding = EXPANDED]; } message B { sint32 x = 1 [features.field_presence = LEGACY_REQUIRED]; reserved 4, old; }",
		"syntax = \"proto3\"; import \"google/protobuf/any.proto\"; message A { google.protobuf.Any a = 1; Missing m = 2; int32 b = 3; float c = 3; }",
		"syntax = \"proto2\"; message S { option message_set_wire_format = true; extensions 4 to max; } message A { optional S s = 1; required A a = 2; }",
	}
	for _, w := range texts {
		for _, r := range texts {
			f.Add(w, r)
		}
	}
	f.Fuzz(func(t *testing.T, writerText, readerText string) {
		writer, err := format.Parse(context.Background(), formats.Source{Text: writerText}, formats.Options{})
		if err != nil {
			return
		}
		reader, err := format.Parse(context.Background(), formats.Source{Text: readerText}, formats.Options{})
		if err != nil {
			return
		}
		for _, d := range []compat.Direction{compat.NewReadsOld, compat.OldReadsNew} {
			compareAnything(t, writer, reader, d)
		}
		for relation, verdict := range compareAnything(t, writer, writer, compat.NewReadsOld) {
			if verdict == compat.Incompatible && relation != compat.Names {
				t.Errorf("a schema breaks %s with itself: %q", relation, writerText)
			}
		}
	})
}

func compareAnything(t *testing.T, writer, reader *format.Schema, d compat.Direction) map[compat.Relation]compat.Verdict {
	t.Helper()
	c, err := Comparer{}.Compare(context.Background(), compat.Request{Writer: writer, Reader: reader, Direction: d, Full: true})
	var work *compat.WorkError
	if errors.As(err, &work) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, finding := range c.Findings {
		if finding.Message == "" || finding.Witness == nil && finding.NoWitness == "" && len(finding.Breaks) > 0 {
			t.Errorf("%s is not explained or not proved: %+v", finding.Code, finding)
		}
	}
	return c.Verdicts
}
