package jsonschema

import (
	"context"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// wideObject is an object schema with n properties of several types, closed, in a version that differs a little.
func wideObject(n int, version int) string {
	var b strings.Builder
	b.WriteString(`{"$schema":"http://json-schema.org/draft-07/schema#","title":"Wide","type":"object","additionalProperties":false,"properties":{`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, `"field_%d":{"type":"string","maxLength":%d,"description":"field %d"}`, i, 100+version, i)
		case 1:
			fmt.Fprintf(&b, `"field_%d":{"type":"integer","minimum":0,"maximum":1000}`, i)
		case 2:
			fmt.Fprintf(&b, `"field_%d":{"type":["string","null"],"format":"date-time"}`, i)
		case 3:
			fmt.Fprintf(&b, `"field_%d":{"type":"array","items":{"type":"number"}}`, i)
		}
	}
	b.WriteString(`},"required":["field_0","field_1"]}`)
	return b.String()
}

func BenchmarkCompareTwoObjectsOf60Fields(b *testing.B) {
	w, err := model.Parse(context.Background(), formats.Source{Text: wideObject(60, 1)}, formats.Options{})
	if err != nil {
		b.Fatal(err)
	}
	r, err := model.Parse(context.Background(), formats.Source{Text: wideObject(60, 2)}, formats.Options{})
	if err != nil {
		b.Fatal(err)
	}
	req := compat.Request{Writer: w, Reader: r, Direction: compat.NewReadsOld, Relations: []compat.Relation{compat.Reference}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Comparer{}).Compare(context.Background(), req); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSpeedOnRealEvolutions measures the comparison of published successive versions, parsing not included: by the reference
// relation, by both, and by both once the validator has compiled the schemas, which it does once for each text.
//
//	go test ./compat/jsonschema -run SpeedOnReal -v
func TestSpeedOnRealEvolutions(t *testing.T) {
	every := 4
	if testing.Short() {
		every = 40
	}
	var reference, first, again []time.Duration
	corpustest.Sample(t, "jsonschema/realworld.jsonl", every, func(r row) {
		req := compat.Request{
			Writer: parseRow(t, r.Writer, r.Draft), Reader: parseRow(t, r.Reader, r.Draft), Direction: compat.NewReadsOld,
		}
		measure := func(times *[]time.Duration, relations ...compat.Relation) {
			req.Relations = relations
			start := time.Now()
			if _, err := (Comparer{}).Compare(context.Background(), req); err != nil {
				t.Errorf("%s: %v", r.ID, err)
			}
			*times = append(*times, time.Since(start))
		}
		measure(&reference, compat.Reference)
		measure(&first, compat.Reference, compat.Semantic)
		measure(&again, compat.Reference, compat.Semantic)
	})
	for _, m := range []struct {
		what string
		took []time.Duration
	}{{"reference relation", reference}, {"both relations, first time", first}, {"both relations, schemas compiled", again}} {
		sort.Slice(m.took, func(i, j int) bool { return m.took[i] < m.took[j] })
		t.Logf("%s: median %v, p99 %v, slowest %v", m.what, m.took[len(m.took)/2], m.took[len(m.took)*99/100], m.took[len(m.took)-1])
	}
}
