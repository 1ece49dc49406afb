// Package storetest is the conformance suite that every storage.Store must pass.
package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Open opens the store of a test. It is called again, after Close, to see what has become durable.
type Open func(t testing.TB) storage.Store

// Run runs the whole suite. newOpen makes the Open of one subtest; each has a store of its own.
func Run(t *testing.T, newOpen func(t testing.TB) Open) {
	suite := []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"an empty store has the default context and nothing else", testEmpty},
		{"a registered version is found in every way", testRegister},
	}
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) { c.test(t, newOpen(t)) })
	}
}

// apply stores records in one update.
func apply(t testing.TB, s storage.Store, records ...storage.Record) {
	t.Helper()
	if err := tryApply(s, records...); err != nil {
		t.Fatalf("apply: %v", err)
	}
}

func tryApply(s storage.Store, records ...storage.Record) error {
	_, err := s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) { return records, nil, nil })
	return err
}

// view runs f on a snapshot.
func view(t testing.TB, s storage.Store, f func(v storage.View)) {
	t.Helper()
	if err := s.View(func(v storage.View) error { f(v); return nil }); err != nil {
		t.Fatalf("view: %v", err)
	}
}

// must returns a value that a View method has returned without an error.
func must[T any](t testing.TB) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// schema is a SCHEMA value with a text of its own for each number.
func schema(subject string, version, id, number int) storage.SchemaValue {
	return storage.SchemaValue{
		Subject: subject, Version: version, ID: id, Type: formats.Avro,
		Schema: fmt.Sprintf(`{"type":"fixed","name":"n%d","size":%d}`, number, number),
	}
}

func put(v storage.SchemaValue) storage.Record { return storage.PutSchema(v, 1000+int64(v.Version)) }
