package registry_test

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	avrocompat "github.com/concord-registry/concord/compat/avro"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage/bolt"
)

// The version that a schema refers to is replaced by another schema after it was read, and before the new one is stored.
func TestWhatASchemaRefersToMayBeReplacedWhileItIsChecked(t *testing.T) {
	ctx := context.Background()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	comparer := &interruptedComparer{}
	e := engine.New(formats.Limits{}, []formats.Format{avro.Format{}}, []compat.Comparer{comparer})
	r := registry.New(store, e, registry.Options{Level: compat.Backward})
	register := func(subject string, req registry.SchemaRequest) error {
		_, err := r.Register(ctx, subject, req, registry.RegisterOptions{})
		return err
	}
	for subject, schema := range map[string]string{"base": `{"type":"enum","name":"T","symbols":["A"]}`, "user": `{"type":"record","name":"User","fields":[]}`} {
		if err := register(subject, registry.SchemaRequest{Schema: schema}); err != nil {
			t.Fatal(err)
		}
	}
	comparer.once = func() {
		for _, permanent := range []bool{false, true} {
			if _, err := r.DeleteSubject(ctx, "base", permanent); err != nil {
				t.Error(err)
			}
		}
		if err := register("base", registry.SchemaRequest{Schema: `{"type":"enum","name":"Other","symbols":["A"]}`}); err != nil {
			t.Error(err)
		}
	}
	err = register("user", registry.SchemaRequest{
		Schema:     `{"type":"record","name":"User","fields":[{"name":"t","type":["null","T"],"default":null}]}`,
		References: []formats.Reference{{Name: "T", Subject: "base", Version: 1}},
	})
	if registry.CodeOf(err) != registry.InvalidSchema {
		t.Errorf("got %v, want a refusal: version 1 of base does not define T any more", err)
	}
}

// interruptedComparer does something else once, before it compares.
type interruptedComparer struct {
	avrocompat.Comparer
	once func()
}

func (c *interruptedComparer) Compare(ctx context.Context, req compat.Request) (*compat.Comparison, error) {
	if do := c.once; do != nil {
		c.once = nil
		do()
	}
	return c.Comparer.Compare(ctx, req)
}

// Clients register, delete and restore a schema and those that refer to it, all at the same time. Version 1 of what is referred
// to is now one schema and now another, which does not define what the referrers need. Whenever they rest, every version of a
// referrer can be read with what it refers to.
func TestNoOrderOfRequestsLeavesAReferenceToNothing(t *testing.T) {
	ctx := context.Background()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	e := engine.New(formats.Limits{}, []formats.Format{avro.Format{}}, []compat.Comparer{avrocompat.Comparer{}})
	r := registry.New(store, e, registry.Options{Level: compat.None})

	base := []string{`{"type":"enum","name":"T","symbols":["A"]}`, `{"type":"enum","name":"T","symbols":["A","B"]}`, `{"type":"enum","name":"Other","symbols":["A"]}`}
	user := registry.SchemaRequest{
		Schema:     `{"type":"record","name":"User","fields":[{"name":"t","type":"T","default":"B"}]}`,
		References: []formats.Reference{{Name: "T", Subject: "base", Version: 1}},
	}
	requests := []func(random *rand.Rand) error{
		func(random *rand.Rand) error {
			_, err := r.Register(ctx, "base", registry.SchemaRequest{Schema: base[random.IntN(len(base))]}, registry.RegisterOptions{})
			return err
		},
		func(random *rand.Rand) error {
			_, err := r.Register(ctx, "user-"+strconv.Itoa(random.IntN(3)), user, registry.RegisterOptions{})
			return err
		},
		func(random *rand.Rand) error {
			_, err := r.DeleteSubject(ctx, "base", random.IntN(2) == 0)
			return err
		},
		func(random *rand.Rand) error {
			_, err := r.DeleteSubject(ctx, "user-"+strconv.Itoa(random.IntN(3)), random.IntN(2) == 0)
			return err
		},
		func(random *rand.Rand) error {
			_, err := r.RestoreSubject(ctx, []string{"base", "user-0"}[random.IntN(2)])
			return err
		},
	}
	registered := 0
	// Two seconds are hundreds of rounds, and on a slow disk a few that may leave no referrer: then there are more.
	for round, end := 0, time.Now().Add(2*time.Second); time.Now().Before(end) || registered == 0 && round < 1000; round++ {
		var clients sync.WaitGroup
		for client := range 6 {
			random := rand.New(rand.NewPCG(uint64(round), uint64(client)))
			clients.Go(func() {
				for range 8 {
					if err := requests[random.IntN(len(requests))](random); err != nil && registry.CodeOf(err) == 0 {
						t.Errorf("round %d: %v", round, err)
					}
				}
			})
		}
		clients.Wait()
		for i := range 3 {
			subject := "user-" + strconv.Itoa(i)
			versions, err := r.Versions(ctx, subject, registry.WithDeleted, registry.Page{})
			if registry.CodeOf(err) == registry.SubjectNotFound {
				continue
			}
			for _, version := range versions {
				registered++
				if _, err := r.Version(ctx, subject, strconv.Itoa(version), registry.ReadOptions{WithDeleted: true, Format: "resolved"}); err != nil {
					t.Fatalf("round %d: version %d of %s cannot be read: %v", round, version, subject, err)
				}
			}
		}
	}
	if registered == 0 {
		t.Error("no version with a reference was ever there")
	}
	t.Logf("%d versions with references were read", registered)
}
