package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/concord-registry/concord/storage"
)

func TestMain(m *testing.M) {
	if os.Getenv("CONCORD_TEST_CRASH") != "" && os.Getenv(checkFileVariable) != "" {
		panic("as bbolt does on a damaged page")
	}
	CheckChild()
	os.Exit(m.Run())
}

// newPath returns the name of a data file that is not there yet.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "concord.db") }

// mustOpen opens a store that is closed and checked at the end of the test.
func mustOpen(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAndCheck(t, s) })
	return s
}

// closeAndCheck closes a store and checks its file; after that it does nothing.
func closeAndCheck(t testing.TB, s *Store) {
	t.Helper()
	if s.isClosed() {
		return
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Check(context.Background(), s.path); err != nil {
		t.Fatal(err)
	}
}

func (s *Store) isClosed() bool {
	s.closing.RLock()
	defer s.closing.RUnlock()
	return s.closed
}

func apply(s *Store, records ...storage.Record) error {
	_, err := s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) { return records, nil, nil })
	return err
}

// version is the record of a version with a text of its own.
func version(subject string, number, id int) storage.Record {
	return storage.PutSchema(storage.SchemaValue{
		Subject: subject, Version: number, ID: id,
		Schema: fmt.Sprintf(`{"type":"record","name":"r%d","fields":[{"name":"a","type":"string","doc":"%0900d"}]}`, id, id),
	}, 1)
}

// fill registers n versions under names from a prefix, ids from 1.
func fill(t testing.TB, s *Store, prefix string, n int) {
	t.Helper()
	var records []storage.Record
	for i := range n {
		records = append(records, version(fmt.Sprintf("%s%d", prefix, i/3), i%3+1, i+1))
	}
	if err := apply(s, records...); err != nil {
		t.Fatal(err)
	}
}

// requireErr requires an error of a kind.
func requireErr(t testing.TB, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got error %v, want %v", err, kind)
	}
}
