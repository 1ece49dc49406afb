// Package weightest holds what formats say a parsed schema weighs to the memory that it takes.
package weightest

import (
	"context"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// Check parses each text many times and compares what the schemas weigh with what they take: caches are bounded by the former.
// The ratio must lie between 0.75 and most.
func Check(t *testing.T, format formats.Format, most float64, texts map[string]string) {
	t.Helper()
	const schemas = 200
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			kept := make([]formats.Schema, schemas)
			weight, before := 0, heap()
			for i := range kept {
				s, err := format.Parse(context.Background(), formats.Source{Text: strings.Clone(text)}, formats.Options{})
				if err != nil {
					t.Fatal(err)
				}
				kept[i] = s
				weight += s.Weight()
			}
			took := heap() - before
			runtime.KeepAlive(kept)
			if ratio := float64(weight) / float64(took); ratio < 0.75 || ratio > most {
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
