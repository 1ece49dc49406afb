package registry_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
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

// inTime fails the test when f takes long. Whoever sends a schema must not be able to keep the server busy.
func inTime(t *testing.T, what string, f func()) {
	t.Helper()
	t.Logf("%s takes %v", what, cputest.Within(t, 20*time.Second, f))
}

func TestManyTagsTakeLittleTime(t *testing.T) {
	f, ctx := openWith(t, engine.Default(formats.Limits{})), context.Background()
	const n = 4000
	f.register("fields", taggedFields(n, `,"confluent:tags":["PII"]`))
	inTime(t, "propagating tags of many fields", func() {
		if _, err := f.Register(ctx, "fields", registry.SchemaRequest{Schema: taggedFields(n-1, ""), PropagateTags: true}, registry.RegisterOptions{}); err != nil {
			t.Error(err)
		}
	})
	var tags []string
	var quoted []string
	for i := range 100_000 {
		tags = append(tags, fmt.Sprintf("t%06d", i))
		quoted = append(quoted, `"`+tags[i]+`"`)
	}
	for _, schema := range []struct {
		typ, bare, tagged, path string
	}{
		{"AVRO", `{"type":"record","name":"R","fields":[]}`, `{"type":"record","name":"R","fields":[],"confluent:tags":[%s]}`, "R"},
		{"JSON", `{"type":"object"}`, `{"type":"object","confluent:tags":[%s]}`, "object"},
		{"PROTOBUF", `syntax = "proto3"; message R {}`, `syntax = "proto3"; message R { option (confluent.message_meta) = {tags: [%s]}; }`, "R"},
	} {
		t.Run(schema.typ, func(t *testing.T) {
			bare, tagged := "bare-"+schema.typ, "tagged-"+schema.typ
			f.registerTyped(schema.typ, bare, schema.bare)
			entity := formats.Entity{Path: schema.path, Type: formats.RecordEntity}
			var one []formats.EntityTags
			for _, tag := range tags {
				one = append(one, formats.EntityTags{Entity: entity, Tags: []string{tag}})
			}
			for _, add := range [][]formats.EntityTags{{{Entity: entity, Tags: tags}}, one} {
				inTime(t, "adding many tags", func() {
					v, err := f.Tag(ctx, bare, "1", registry.TagRequest{TagsToAdd: add}, registry.Registrant{})
					if err != nil || !strings.Contains(v.Schema, tags[len(tags)-1]) {
						t.Error(err)
					}
				})
			}
			f.registerTyped(schema.typ, tagged, fmt.Sprintf(schema.tagged, strings.Join(quoted, ",")))
			inTime(t, "looking for many tags", func() {
				v, err := f.Version(ctx, tagged, "latest", registry.ReadOptions{FindTags: []string{"*"}})
				if err != nil || len(v.Tags) != 1 || len(v.Tags[0].Tags) != len(tags) {
					t.Error(err)
				}
			})
		})
	}
}

func TestTagsAreChangedWithinBounds(t *testing.T) {
	f, ctx := openWith(t, engine.Default(formats.Limits{})), context.Background()
	f.register("s", `{"type":"record","name":"R","fields":[]}`)
	var many []formats.EntityTags
	for i := range 10_001 {
		many = append(many, formats.EntityTags{Entity: formats.Entity{Path: fmt.Sprint("R", i), Type: formats.RecordEntity}, Tags: []string{"T"}})
	}
	for name, add := range map[string][]formats.EntityTags{
		"too many entities": many,
		"too long a path":   {{Entity: formats.Entity{Path: strings.Repeat("a.", 5000), Type: formats.FieldEntity}, Tags: []string{"T"}}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.Tag(ctx, "s", "latest", registry.TagRequest{TagsToAdd: add}, registry.Registrant{})
			f.wantCode(err, registry.InvalidSchema)
		})
	}
	f.register("p", taggedRecords(10_001))
	_, err := f.Register(ctx, "p", registry.SchemaRequest{Schema: `{"type":"record","name":"T","fields":[]}`, PropagateTags: true}, registry.RegisterOptions{})
	f.wantCode(err, registry.InvalidSchema)
}

// taggedRecords is an Avro record with n fields, each of a record of its own that carries a tag.
func taggedRecords(n int) string {
	var fields []string
	for i := range n {
		fields = append(fields, fmt.Sprintf(`{"name":"f%05d","type":{"type":"record","name":"R%05d","fields":[],"confluent:tags":["P"]}}`, i, i))
	}
	return `{"type":"record","name":"T","fields":[` + strings.Join(fields, ",") + `]}`
}

func (f *fixture) registerTyped(typ, subject, text string) {
	f.t.Helper()
	req := registry.SchemaRequest{Schema: text, Type: typ}
	if _, err := f.Register(context.Background(), subject, req, registry.RegisterOptions{Force: true}); err != nil {
		f.t.Fatalf("register %.80q under %s: %v", text, subject, err)
	}
}
