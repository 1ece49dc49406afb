package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// taggedFields is an Avro record with n fields that carry a tag, or do not.
func taggedFields(n int, tags string) string {
	var fields []string
	for i := range n {
		fields = append(fields, fmt.Sprintf(`{"name":"f%d","type":"int","default":0%s}`, i, tags))
	}
	return `{"type":"record","name":"R","fields":[` + strings.Join(fields, ",") + `]}`
}

func TestTagsOfTheVersionBeforeArePropagatedToWhatIsStillThere(t *testing.T) {
	f, ctx := openWith(t, engine.Default(formats.Limits{})), context.Background()
	f.register("s", taggedFields(3, `,"confluent:tags":["PII"]`))
	v, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: taggedFields(2, ""), PropagateTags: true}, registry.RegisterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(v.Schema, "PII"); n != 2 {
		t.Errorf("%d of two fields have their tag: %s", n, v.Schema)
	}
}

func TestManyPropagatedTagsTakeLittleTime(t *testing.T) {
	const n = 4000
	f, ctx := openWith(t, engine.Default(formats.Limits{})), context.Background()
	f.register("s", taggedFields(n, `,"confluent:tags":["PII"]`))
	began := time.Now()
	if _, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: taggedFields(n-1, ""), PropagateTags: true}, registry.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("the registration took %v", took)
	}
}
