package httpapi

import (
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

var benchText = `{"type":"record","name":"Order","namespace":"com.example","fields":[` + strings.Repeat(`{"name":"field","type":"long"},`, 10) + `{"name":"at","type":"long"}]}`

func BenchmarkAppendString(b *testing.B) {
	b.SetBytes(int64(len(benchText)))
	var buf []byte
	for b.Loop() {
		buf = appendString(buf[:0], benchText)
	}
}

func BenchmarkDecodeSchemaRequest(b *testing.B) {
	body := append(appendString([]byte(`{"schema":`), benchText), '}')
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var req registry.SchemaRequest
		if err := decodeJSON(body, &req); err != nil {
			b.Fatal(err)
		}
	}
}
