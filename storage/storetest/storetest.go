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
		{"a schema under two subjects has one id and one content", testShared},
		{"a soft-deleted version stays readable and is not the latest", testSoftDelete},
		{"deleting a subject marks the versions up to the one named", testDeleteSubject},
		{"clearing removes what is soft-deleted and nothing else", testClear},
		{"a permanently deleted version takes its content along when it was the last", testDrop},
		{"the highest id never falls", testHighestID},
		{"the ends of a long subject are right after every deletion", testLongSubject},
		{"an id is refused a second content", testSecondContent},
		{"ids of different contexts are different ids", testContexts},
		{"references are found from their target, in every context", testReferrers},
		{"subjects are listed in order, by prefix, from a name, until stopped", testSubjects},
		{"config and mode are kept per subject and context", testSettings},
		{"a subject's revision changes with every record about it and never comes back", testRevision},
		{"members that are unknown here survive a rewrite", testUnknownMembers},
		{"who registered a version is kept when it is deleted and revived", testRegistrant},
		{"records that cannot be read are refused and change nothing", testHostileRecords},
		{"records that do not fit are too large", testTooLarge},
		{"a record of an unknown type changes nothing", testUnknownType},
		{"an error of a decision is returned as it is and writes nothing", testDecideError},
		{"a decision that panics is an error of its caller alone", testDecidePanic},
		{"a record that is refused undoes the records before it", testRefusedRecord},
		{"every decision sees what its predecessors decided", testSerial},
		{"concurrent registrations of one content get one id", testOneID},
		{"a view is a snapshot", testSnapshot},
		{"an update whose context has ended returns its error", testCancelled},
		{"what was acknowledged is there after reopening", testReopen},
		{"closing finishes what is queued and refuses the rest", testClose},
	}
	for _, c := range suite {
		t.Run(c.name, func(t *testing.T) { c.test(t, newOpen(t)) })
	}
	t.Run("the records of a state make the same state", func(t *testing.T) { testExport(t, newOpen) })
	t.Run("random records make the state that a plain model has", func(t *testing.T) { testModel(t, newOpen) })
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
