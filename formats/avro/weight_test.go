package avro_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/weightest"
)

func TestWeightIsAboutTheMemoryOfASchema(t *testing.T) {
	record := func(field string) string {
		parts := make([]string, 40)
		for i := range parts {
			parts[i] = fmt.Sprintf(field, i)
		}
		return `{"type":"record","name":"Event","namespace":"weighed","fields":[` + strings.Join(parts, ",") + `]}`
	}
	weightest.Check(t, avro.Format{}, 1.35, map[string]string{
		"plain fields":     record(`{"name":"f%d","type":"string"}`),
		"fields with docs": record(`{"name":"f%d","type":"string","doc":"what this field says about the thing"}`),
		"optional fields":  record(`{"name":"f%d","type":["null","string"],"default":null}`),
		"logical types":    record(`{"name":"f%d","type":{"type":"long","logicalType":"timestamp-millis"}}`),
		"arrays of unions": record(`{"name":"f%d","type":{"type":"array","items":["null","long"]},"default":[]}`),
		"nested records":   record(`{"name":"f%d","type":{"type":"record","name":"R%[1]d","fields":[{"name":"a","type":"string"},{"name":"b","type":"int"}]}}`),
		"small enums":      record(`{"name":"f%d","type":{"type":"enum","name":"R%[1]d","symbols":["A","B","C"]}}`),
		"large enums":      record(`{"name":"f%d","type":{"type":"enum","name":"R%[1]d","symbols":["A","B","C","D","E","F","G","H","I","J","K","L"]}}`),
	})
}
