package jsonschema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats/weightest"
)

func TestWeightIsAboutTheMemoryOfASchema(t *testing.T) {
	object := func(property string) string {
		parts := make([]string, 40)
		for i := range parts {
			parts[i] = fmt.Sprintf(property, i)
		}
		return `{"title":"E","definitions":{"d":{"type":"string"}},"properties":{` + strings.Join(parts, ",") + `}}`
	}
	weightest.Check(t, Format{}, 1.6, map[string]string{
		"plain properties":   object(`"f%d":{"type":"string"}`),
		"bounds":             object(`"f%d":{"type":"integer","minimum":0,"maximum":100,"description":"what it is"}`),
		"nested objects":     object(`"f%d":{"type":"object","properties":{"a":{"type":"string"},"b":{"enum":["A","B","C"]}},"required":["a"],"additionalProperties":false}`),
		"references":         object(`"f%d":{"$ref":"#/definitions/d"}`),
		"patterns of values": object(`"f%d":{"type":"string","pattern":"^[a-z]+$"}`),
	})
}
