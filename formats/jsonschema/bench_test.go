package jsonschema

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

func BenchmarkParse60Fields(b *testing.B) {
	var text strings.Builder
	text.WriteString(`{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{`)
	for i := range 60 {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `"field_%d":{"type":"string","maxLength":%d,"description":"field %d"}`, i, 100+i, i)
	}
	text.WriteString(`}}`)
	b.ReportAllocs()
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		if _, err := Parse(context.Background(), formats.Source{Text: text.String()}, formats.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
