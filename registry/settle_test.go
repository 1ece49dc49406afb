package registry_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/registry"
)

// Everything that takes several looks at the store meets a subject whose versions are deleted for good, and registered again,
// in between. No answer may be a fault of the server.
func TestVersionsMayBeDeletedForGoodWhileTheyAreLookedAt(t *testing.T) {
	f := open(t)
	ctx := context.Background()
	const subject = "s"
	words := func(n int) registry.SchemaRequest { return registry.SchemaRequest{Schema: fmt.Sprintf("a b%d", n%7)} }
	swapped := func(n int) registry.SchemaRequest { return registry.SchemaRequest{Schema: fmt.Sprintf("b%d a", n%7)} }
	transitive := registry.CheckOptions{Level: compat.FullTransitive, Full: true}

	asks := map[string]func(n int) error{
		"a lookup of another spelling": func(n int) error {
			_, err := f.Lookup(ctx, subject, swapped(n), registry.LookupOptions{})
			return err
		},
		"a lookup in a format": func(n int) error {
			_, err := f.Lookup(ctx, subject, swapped(n), registry.LookupOptions{WithDeleted: true, Format: "resolved"})
			return err
		},
		"a registration of another spelling": func(n int) error {
			_, err := f.Register(ctx, subject, swapped(n), registry.RegisterOptions{Format: "resolved"})
			return err
		},
		"a check": func(n int) error {
			_, err := f.CheckSubject(ctx, subject, words(n), transitive)
			return err
		},
		"a check against the latest version": func(n int) error {
			_, err := f.CheckVersion(ctx, subject, "latest", words(n), transitive)
			return err
		},
		"a comparison": func(int) error {
			_, err := f.Compare(ctx, subject, "", "")
			return err
		},
		"a history": func(int) error {
			_, err := f.History(ctx, subject, registry.Page{})
			return err
		},
		"a matrix": func(int) error {
			_, err := f.Matrix(ctx, subject, registry.Page{})
			return err
		},
		"an identification": func(n int) error {
			_, err := f.Identify(ctx, subject, swapped(n))
			return err
		},
	}
	stop := make(chan struct{})
	var workers sync.WaitGroup
	workers.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			for i := range 3 {
				_, _ = f.Register(ctx, subject, words(n+i), registry.RegisterOptions{Force: true})
			}
			_, _ = f.DeleteSubject(ctx, subject, false)
			_, _ = f.DeleteSubject(ctx, subject, true)
		}
	})
	var asked sync.WaitGroup
	for name, ask := range asks {
		asked.Go(func() {
			answers := 0
			for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); answers++ {
				err := guarded(ask, answers)
				if err != nil && registry.CodeOf(err) == 0 {
					t.Errorf("%s: %v", name, err)
					return
				}
			}
			if answers == 0 {
				t.Errorf("%s was never answered", name)
			}
		})
	}
	asked.Wait()
	close(stop)
	workers.Wait()
}

// guarded makes a panic an error.
func guarded(ask func(int) error, n int) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = errors.Join(err, fmt.Errorf("it panicked: %v", cause))
		}
	}()
	return ask(n)
}
