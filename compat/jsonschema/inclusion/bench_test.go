package inclusion

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats/corpustest"
)

// wide is an object schema with n fields of several types; with a change every so many fields, if any.
func wide(n, every int) string {
	var fields []string
	for i := range n {
		length := 100
		if every > 0 && i%every == 0 {
			length = 200
		}
		switch i % 4 {
		case 0:
			fields = append(fields, fmt.Sprintf(`"field_%d": {"type": "string", "maxLength": %d, "description": "Field number %d"}`, i, length+i, i))
		case 1:
			fields = append(fields, fmt.Sprintf(`"field_%d": {"type": ["integer", "null"], "minimum": 0, "maximum": %d}`, i, 1000*length))
		case 2:
			fields = append(fields, fmt.Sprintf(`"field_%d": {"type": "array", "items": {"type": "string", "maxLength": %d}}`, i, length))
		case 3:
			fields = append(fields, fmt.Sprintf(`"field_%d": {"type": "object", "properties": {"id": {"type": "string", "pattern": "^[a-z]{1,%d}$"}}, "required": ["id"]}`, i, length/10))
		}
	}
	return `{"type": "object", "additionalProperties": false, "required": ["field_0", "field_1"], "properties": {` + strings.Join(fields, ", ") + `}}`
}

func BenchmarkSixtyFields(b *testing.B) {
	for _, test := range []struct {
		name           string
		writer, reader string
	}{
		{"unchanged", wide(60, 0), wide(60, 0)},
		{"some fields widened", wide(60, 0), wide(60, 10)},
		{"every field widened", wide(60, 0), wide(60, 1)},
		{"every field narrowed", wide(60, 1), wide(60, 0)},
		{"a field added", wide(60, 0), wide(61, 0)},
		{"a field removed", wide(61, 0), wide(60, 0)},
	} {
		b.Run(test.name, func(b *testing.B) {
			writer, reader := mustSchema(b, test.writer), mustSchema(b, test.reader)
			b.ReportAllocs()
			for b.Loop() {
				if r := Decide(context.Background(), writer, reader, Limits{}); r.Verdict == Undecided {
					b.Fatal(r.Why)
				}
			}
		})
	}
}

// BenchmarkRealEvolutions decides every labelled pair of published revisions in turn.
func BenchmarkRealEvolutions(b *testing.B) {
	var pairs [][2]Schema
	corpustest.Rows(b, "jsonschema/realworld.jsonl", func(row struct {
		Draft          string
		Writer, Reader json.RawMessage
	}) {
		writer, err1 := side(row.Writer, row.Draft)
		reader, err2 := side(row.Reader, row.Draft)
		if err1 == nil && err2 == nil {
			pairs = append(pairs, [2]Schema{writer, reader})
		}
	})
	b.ResetTimer()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		p := pairs[i%len(pairs)]
		Decide(context.Background(), p[0], p[1], Limits{})
		i++
	}
}

func BenchmarkExplain(b *testing.B) {
	writer, reader := mustSchema(b, wide(60, 10)), mustSchema(b, wide(60, 0))
	for b.Loop() {
		Explain(context.Background(), writer, reader, Limits{}, 20)
	}
}
