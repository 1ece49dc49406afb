package registry_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

// What is looked for in each context is made once: a text of megabytes, hashed for each of a thousand contexts, takes a minute.
func TestALargeSchemaIsIdentifiedAmongManyContextsAtOnce(t *testing.T) {
	f := open(t)
	for i := range 200 {
		f.register(fmt.Sprintf(":.c%d:s", i), fmt.Sprintf("word%d", i))
	}
	large := strings.Repeat("x", 1<<20)
	f.register(":.c7:large", large)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found, err := f.Identify(t.Context(), "", registry.SchemaRequest{Schema: large})
	runtime.ReadMemStats(&after)
	if err != nil || len(found.Matches) != 1 || !found.Matches[0].Equal || found.Matches[0].Subject != ":.c7:large" {
		t.Fatalf("%+v, %v", found, err)
	}
	if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 200 {
		t.Errorf("%d MiB were allocated for a schema of 1 MiB", made)
	}
}
