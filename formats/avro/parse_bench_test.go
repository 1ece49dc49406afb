package avro

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// BenchmarkParse parses an ordinary record of about 1.5 KB as one that is new to the registry.
func BenchmarkParse(b *testing.B) {
	var fields []string
	for i := range 20 {
		fields = append(fields, fmt.Sprintf(`{"name":"field_%d","type":["null","string"],"doc":"field %d","default":null}`, i, i))
	}
	text := `{"type":"record","name":"Event","namespace":"bench","fields":[` + strings.Join(fields, ",") + `]}`
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Format{}).Parse(context.Background(), formats.Source{Text: text}, formats.Options{Validate: true}); err != nil {
			b.Fatal(err)
		}
	}
}
