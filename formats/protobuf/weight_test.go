package protobuf

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats/weightest"
)

func TestWeightIsAboutTheMemoryOfASchema(t *testing.T) {
	message := func(field string) string {
		parts := make([]string, 40)
		for i := range parts {
			parts[i] = fmt.Sprintf(field, i, i+1)
		}
		return "syntax = \"proto3\";\npackage weighed;\nmessage E {\n" + strings.Join(parts, "\n") + "\n}\n"
	}
	weightest.Check(t, Format{}, 1.6, map[string]string{
		"plain fields":         message("  string f%d = %d;"),
		"fields with comments": message("  // what this field says about the thing\n  string f%d = %d;"),
		"nested messages":      message("  message M%d { string a = 1; int32 b = 2; } M%[1]d m%[1]d = %[2]d;"),
		"maps":                 message("  map<string, int64> f%d = %d;"),
	})
}
