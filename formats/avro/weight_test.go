package avro_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

// Caches are bounded by Weight, so it must be about what a schema takes.
func TestWeightIsAboutTheMemoryOfASchema(t *testing.T) {
	const schemas, fields = 200, 40
	for _, c := range []struct{ name, field string }{
		{"plain fields", `{"name":"f%d","type":"string"}`},
		{"fields with docs", `{"name":"f%d","type":"string","doc":"what this field says about the thing"}`},
		{"optional fields", `{"name":"f%d","type":["null","string"],"default":null}`},
		{"logical types", `{"name":"f%d","type":{"type":"long","logicalType":"timestamp-millis"}}`},
		{"arrays of unions", `{"name":"f%d","type":{"type":"array","items":["null","long"]},"default":[]}`},
		{"nested records", `{"name":"f%d","type":{"type":"record","name":"R%[1]d","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}}`},
		{"small enums", `{"name":"f%d","type":{"type":"enum","name":"R%[1]d","symbols":["A","B","C"]}}`},
		{"large enums", `{"name":"f%d","type":{"type":"enum","name":"R%[1]d","symbols":["A","B","C","D","E","F","G","H","I","J","K","L"]}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			parts := make([]string, fields)
			for i := range parts {
				parts[i] = fmt.Sprintf(c.field, i)
			}
			text := `{"type":"record","name":"Event","namespace":"weighed","fields":[` + strings.Join(parts, ",") + `]}`
			kept := make([]formats.Schema, schemas)
			weight, before := 0, heap()
			for i := range kept {
				s, err := (avro.Format{}).Parse(context.Background(), formats.Source{Text: strings.Clone(text)}, formats.Options{})
				if err != nil {
					t.Fatal(err)
				}
				kept[i] = s
				weight += s.Weight()
			}
			took := heap() - before
			runtime.KeepAlive(kept)
			if ratio := float64(weight) / float64(took); ratio < 0.75 || ratio > 1.35 {
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
