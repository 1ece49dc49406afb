package formats_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// The path of a field holds the name of its record, so that the paths of all fields could be many times the text.
func TestTagsOfLongPathsAreLeftOut(t *testing.T) {
	e := engine.Default(formats.Limits{})
	list := func(n int, format, separator string) string {
		var list []string
		for i := range n {
			list = append(list, fmt.Sprintf(format, i))
		}
		return strings.Join(list, separator)
	}
	for typ, text := range map[formats.Type]func(name string, n int) string{
		formats.Avro: func(name string, n int) string {
			return `{"type":"record","name":"` + name + `","fields":[` + list(n, `{"name":"f%d","type":"int","confluent:tags":["T"]}`, ",") + `]}`
		},
		formats.JSON: func(name string, n int) string {
			return `{"properties":{"` + name + `":{"properties":{` + list(n, `"f%d":{"properties":{},"confluent:tags":["T"]}`, ",") + `}}}}`
		},
		formats.Protobuf: func(name string, n int) string {
			return `syntax = "proto3"; import "confluent/meta.proto"; message ` + name + ` {` + list(n, `message F%[1]d { int32 f = 1 [(confluent.field_meta).tags = "T"]; } `, "") + `}`
		},
	} {
		tags := func(text string) ([]formats.EntityTags, uint64) {
			s, err := e.Parse(context.Background(), typ, formats.Source{Text: text}, formats.Options{})
			if err != nil {
				t.Fatalf("%s: %v", typ, err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			tags := s.(formats.Tagger).Tags()
			runtime.ReadMemStats(&after)
			return tags, after.TotalAlloc - before.TotalAlloc
		}
		if found, _ := tags(text("M", 3)); len(found) != 3 {
			t.Errorf("%s: tags %v, want those of three fields", typ, found)
		}
		if found, taken := tags(text(strings.Repeat("k", 200_000), 1000)); len(found) > 0 || taken > 50<<20 {
			t.Errorf("%s: tags of %d fields in a record with a long name, which took %d MB", typ, len(found), taken>>20)
		}
	}
}
