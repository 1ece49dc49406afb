package protobuf

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// Caches are bounded by Weight, so it must be about what a schema takes.
func TestWeightIsAboutTheMemoryOfASchema(t *testing.T) {
	const schemas, fields = 200, 40
	for _, c := range []struct{ name, field string }{
		{"plain fields", "  string f%d = %d;"},
		{"fields with comments", "  // what this field says about the thing\n  string f%d = %d;"},
		{"nested messages", "  message M%d { string a = 1; int32 b = 2; } M%[1]d m%[1]d = %[2]d;"},
		{"maps", "  map<string, int64> f%d = %d;"},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := make([]string, fields)
			for i := range parts {
				parts[i] = fmt.Sprintf(c.field, i, i+1)
			}
			text := "syntax = \"proto3\";\npackage weighed;\nmessage E {\n" + strings.Join(parts, "\n") + "\n}\n"
			kept := make([]formats.Schema, schemas)
			weight, before := 0, heap()
			for i := range kept {
				s, err := Format{}.Parse(context.Background(), formats.Source{Text: strings.Clone(text)}, formats.Options{})
				if err != nil {
					t.Fatal(err)
				}
				kept[i] = s
				weight += s.Weight()
			}
			took := heap() - before
			runtime.KeepAlive(kept)
			if ratio := float64(weight) / float64(took); ratio < 0.75 || ratio > 1.6 {
				t.Errorf("a schema weighs %d bytes and takes %d: %.2f times as much", weight/schemas, took/schemas, ratio)
			}
		})
	}
}

// heap is what lives in memory, in bytes.
func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
