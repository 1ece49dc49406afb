package registry_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage/bolt"

	avrocompat "github.com/concord-registry/concord/compat/avro"
)

// countingFormat counts what is parsed.
type countingFormat struct {
	avro.Format
	parsed atomic.Int64
}

func (f *countingFormat) Parse(ctx context.Context, src formats.Source, opt formats.Options) (formats.Schema, error) {
	f.parsed.Add(1)
	return f.Format.Parse(ctx, src, opt)
}

func TestATransitiveCheckParsesTheNewSchemaAlone(t *testing.T) {
	const subjects, versions = 10, 50
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "concord.db")
	format := &countingFormat{}
	start := func() (*registry.Registry, *bolt.Store) {
		store, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := engine.New(formats.Limits{}, []formats.Format{format}, []compat.Comparer{avrocompat.Comparer{}})
		return registry.New(store, e, registry.Options{}), store
	}
	subject := func(i int) string { return fmt.Sprintf("evolved-%d", i) }
	text := func(i, n int) string { return evolved(fmt.Sprintf("E%d", i), n) }

	r, store := start()
	var fill sync.WaitGroup
	for i := range subjects {
		fill.Go(func() {
			for n := range versions {
				if _, err := r.Register(ctx, subject(i), registry.SchemaRequest{Schema: text(i, n)}, registry.RegisterOptions{Force: true}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	fill.Wait()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}

	r, store = start()
	defer store.Close()
	for round, want := range []int64{subjects * (versions + 1), subjects, subjects} {
		format.parsed.Store(0)
		for i := range subjects {
			report, err := r.CheckSubject(ctx, subject(i), registry.SchemaRequest{Schema: text(i, versions+round)}, registry.CheckOptions{Level: compat.BackwardTransitive})
			if err != nil || len(report.Compared) != versions {
				t.Fatal(report, err)
			}
		}
		if got := format.parsed.Load(); got != want {
			t.Errorf("round %d after the start: %d schemas were parsed, want %d", round+1, got, want)
		}
	}
}
