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

// TestSpeedOnRealEvolutions measures the reference relation on published successive versions, parsing not included.
func TestSpeedOnRealEvolutions(t *testing.T) {
	var took []time.Duration
	corpustest.Rows(t, "jsonschema/realworld.jsonl", func(r row) {
		req := compat.Request{
			Writer: parseRow(t, r.Writer, r.Draft), Reader: parseRow(t, r.Reader, r.Draft),
			Direction: compat.NewReadsOld, Relations: []compat.Relation{compat.Reference},
		}
		start := time.Now()
		if _, err := (Comparer{}).Compare(context.Background(), req); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		took = append(took, time.Since(start))
	})
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	t.Logf("reference relation: median %v, p99 %v, slowest %v", took[len(took)/2], took[len(took)*99/100], took[len(took)-1])
}
