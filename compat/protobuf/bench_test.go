package protobuf

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// sixtyFields is a schema of 60 fields in two messages and an enum; changed has a few of them changed.
func sixtyFields(changed bool) string {
	var out strings.Builder
	out.WriteString("syntax = \"proto3\";\npackage bench;\nimport \"google/protobuf/timestamp.proto\";\nmessage Order {\n")
	types := []string{"int32", "int64", "string", "bytes", "double", "bool", "Line", "Status", "google.protobuf.Timestamp", "repeated string", "map<string, Line>", "repeated int32"}
	for n := 1; n <= 50; n++ {
		typ := types[n%len(types)]
		if changed && n%12 == 1 {
			typ = "int32"
		}
		fmt.Fprintf(&out, "  %s field_%d = %d;\n", typ, n, n)
	}
	out.WriteString("}\nmessage Line {\n")
	for n := 1; n <= 10; n++ {
		fmt.Fprintf(&out, "  %s part_%d = %d;\n", types[n%6], n, n)
	}
	out.WriteString("}\nenum Status { UNKNOWN = 0; OPEN = 1; CLOSED = 2; }\n")
	return out.String()
}

func parseBench(b *testing.B, text string) *format.Schema {
	s, err := format.Parse(context.Background(), formats.Source{Text: text}, formats.Options{Validate: true})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func compareBench(b *testing.B, writer, reader *format.Schema, full bool, relations ...compat.Relation) {
	c, err := Comparer{}.Compare(context.Background(), compat.Request{Writer: writer, Reader: reader, Direction: compat.NewReadsOld, Full: full, Relations: relations})
	if err != nil || c.Verdicts[compat.Reference] == "" {
		b.Fatal(err)
	}
}

// BenchmarkCompare measures schemas of 60 fields. The budget is 2 ms for parsing and comparing both, 100 µs for comparing
// alone.
func BenchmarkCompare(b *testing.B) {
	old, changed := sixtyFields(false), sixtyFields(true)
	b.Run("cold/parse and reference", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, parseBench(b, old), parseBench(b, changed), false, compat.Reference)
		}
	})
	b.Run("cold/parse and all relations", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, parseBench(b, old), parseBench(b, changed), false, append(allRelations, compat.Reference)...)
		}
	})
	b.Run("cold/parse and full with witnesses", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, parseBench(b, old), parseBench(b, changed), true)
		}
	})
	w, r := parseBench(b, old), parseBench(b, changed)
	b.Run("warm/reference", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, w, r, false, compat.Reference)
		}
	})
	b.Run("warm/semantic", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, w, r, false, compat.Semantic)
		}
	})
	b.Run("warm/all relations", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, w, r, false, append(allRelations, compat.Reference)...)
		}
	})
	b.Run("warm/full with witnesses", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			compareBench(b, w, r, true)
		}
	})
}
