package registry_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage/bolt"
)

// benchRegistry holds 1,000 subjects with one Avro schema of about 1 KB each.
func benchRegistry(b *testing.B) (*registry.Registry, []string) {
	b.Helper()
	store, err := bolt.Open(filepath.Join(b.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = store.Close() })
	r := registry.New(store, engine.Default(formats.Limits{}), registry.Options{})
	texts := make([]string, 1000)
	for i := range texts {
		var fields []string
		for f := range 20 {
			fields = append(fields, fmt.Sprintf(`{"name":"field_%d_%d","type":["null","string"],"default":null}`, i, f))
		}
		texts[i] = fmt.Sprintf(`{"type":"record","name":"R%d","namespace":"bench","fields":[%s]}`, i, strings.Join(fields, ","))
		if _, err := r.Register(context.Background(), fmt.Sprintf("s%d", i), registry.SchemaRequest{Schema: texts[i]}, registry.RegisterOptions{By: registry.Registrant{Principal: "bench", Client: "confluent-kafka-python/2.16.0"}}); err != nil {
			b.Fatal(err)
		}
	}
	return r, texts
}

func BenchmarkByID(b *testing.B) {
	r, texts := benchRegistry(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := r.ByID(context.Background(), i%len(texts)+1, "", registry.ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLatestVersion(b *testing.B) {
	r, texts := benchRegistry(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := r.Version(context.Background(), fmt.Sprintf("s%d", i%len(texts)), "latest", registry.ReadOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRegisterKnown(b *testing.B) {
	r, texts := benchRegistry(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := i % len(texts)
		if _, err := r.Register(context.Background(), fmt.Sprintf("s%d", n), registry.SchemaRequest{Schema: texts[n]}, registry.RegisterOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	r, texts := benchRegistry(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		n := i % len(texts)
		if _, err := r.Lookup(context.Background(), fmt.Sprintf("s%d", n), registry.SchemaRequest{Schema: texts[n]}, registry.LookupOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRegisterNew registers schemas nobody has seen, from as many producers as a group commit takes together.
func BenchmarkRegisterNew(b *testing.B) {
	r, texts := benchRegistry(b)
	text := texts[0]
	var next atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(64)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n := next.Add(1)
			schema := strings.Replace(text, `"R0"`, fmt.Sprintf(`"New%d"`, n), 1)
			if _, err := r.Register(context.Background(), fmt.Sprintf("new-%d", n), registry.SchemaRequest{Schema: schema}, registry.RegisterOptions{By: registry.Registrant{Principal: "bench", Client: "confluent-kafka-python/2.16.0"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// evolved is version n of a record that gets one more optional field with each version.
func evolved(name string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `{"type":"record","name":%q,"namespace":"bench","fields":[{"name":"id","type":"long"},{"name":"kind","type":{"type":"enum","name":"%sKind","symbols":["A","B","C"]}}`, name, name)
	for i := range n + 8 {
		fmt.Fprintf(&b, `,{"name":"field_%d","type":["null","string"],"default":null}`, i)
	}
	return b.String() + "]}"
}

// BenchmarkCheckTransitive checks a new version of 100 subjects in turn, each with 50 versions: not much less than the parsed
// schemas that are kept.
func BenchmarkCheckTransitive(b *testing.B) {
	r, _ := benchRegistry(b)
	ctx := context.Background()
	const subjects, versions = 100, 50
	var fill sync.WaitGroup
	for i := range subjects {
		fill.Go(func() {
			for n := range versions {
				if _, err := r.Register(ctx, fmt.Sprintf("evolved-%d", i), registry.SchemaRequest{Schema: evolved(fmt.Sprintf("E%d", i), n)}, registry.RegisterOptions{Force: true}); err != nil {
					b.Error(err)
				}
			}
		})
	}
	fill.Wait()
	check := func(i int) {
		n := i % subjects
		report, err := r.CheckSubject(ctx, fmt.Sprintf("evolved-%d", n), registry.SchemaRequest{Schema: evolved(fmt.Sprintf("E%d", n), versions+i/subjects%8)},
			registry.CheckOptions{Level: compat.BackwardTransitive})
		if err != nil || !report.Compatible || len(report.Compared) != versions {
			b.Fatal(report, err)
		}
	}
	for i := range subjects {
		check(i)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		check(i)
	}
}
