package bolt

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

func requireText(t testing.TB, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("error %q does not say %q", err, part)
		}
	}
}

func TestOpenRefusesAFileThatAnotherProcessHasOpen(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path)
	_, err := Open(path, Options{LockTimeout: 1})
	requireText(t, err, "another process has "+path+" open")
}

// The check in a child would wait for the file too, ten times as long.
func TestOpenRefusesAFileThatAnotherProcessHasOpenBeforeItChecksIt(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path)
	t.Setenv("CONCORD_TEST_CRASH", "1") // a check would end with another error
	_, err := Open(path, Options{LockTimeout: 1})
	requireText(t, err, "another process has "+path+" open")
}

func TestOpenRefusesWhatIsNotADataFile(t *testing.T) {
	path := newPath(t)
	if err := os.WriteFile(path, []byte(strings.Repeat("not a database\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Open(path, Options{})
	requireText(t, err, path, "not a data file", "--data", "backup")
	if errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("a file that was named by mistake is reported as damaged: %v", err)
	}
}

func TestOpenCallsADataFileWhoseHeadsAreDestroyedDamaged(t *testing.T) {
	path := newPath(t)
	if err := mustOpen(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	for page := range int64(2) { // behind the magic, within what the checksum covers
		if _, err := file.WriteAt([]byte{0xff, 0xff, 0xff}, page*int64(os.Getpagesize())+40); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{})
	requireErr(t, err, storage.ErrCorrupt)
	requireText(t, err, path, "backup")
}

func TestOpenRefusesTheFileOfAnotherProgram(t *testing.T) {
	path := newPath(t)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err }), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{})
	requireText(t, err, path, "another program")
}

func TestOpenRefusesANewerFormatAndNamesIt(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		key := []byte(formatKey)
		return tx.Bucket([]byte("meta")).Put(key, seal(metaBucket, key, binary.BigEndian.AppendUint32(begin(4), 77)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	_, err = Open(path, Options{})
	requireText(t, err, path, "format 77", "newer Concord", fmt.Sprint("up to ", Format))
}

func TestOpenNamesAFileItCannotMake(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "concord.db")
	_, err := Open(path, Options{})
	requireErr(t, err, os.ErrNotExist)
	requireText(t, err, path)
}

func TestOpenMakesAStoreOfAnEmptyFileAndSweepsDraftsOfCrashedStarts(t *testing.T) {
	path := newPath(t)
	for _, name := range []string{path, path + ".new-1", path + ".new-2"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := mustOpen(t, path)
	if err := apply(s, version("a", 1, 1)); err != nil {
		t.Fatal(err)
	}
	closeAndCheck(t, s)
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 || entries[0].Name() != "concord.db" {
		t.Errorf("the directory holds %v, %v", entries, err)
	}
}

func TestTheFirstStartLeavesNoFileOrAWholeOne(t *testing.T) {
	path := newPath(t)
	if err := createFile(path); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	// A second process that makes the file at the same time must not replace the first one's.
	draft := path + ".new-x"
	if err := writeEmpty(draft); err != nil {
		t.Fatal(err)
	}
	if err := publish(draft, path); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(path)
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was replaced (%v)", err)
	}
}

// TestOpenReadsTheFilesOfEveryFormat opens files that released formats have left: testdata/backcompat/format-N.db. Each
// holds what writeSample writes. They can be written to, and compacting gives them the newest format.
// CONCORD_WRITE_SAMPLE=1 writes the one of this format.
func TestOpenReadsTheFilesOfEveryFormat(t *testing.T) {
	if os.Getenv("CONCORD_WRITE_SAMPLE") != "" {
		writeSample(t, filepath.Join("testdata", "backcompat", fmt.Sprintf("format-%d.db", Format)))
	}
	fresh := newPath(t)
	writeSample(t, fresh)
	want := answersOf(t, mustOpen(t, fresh))
	for format := 1; format <= Format; format++ {
		t.Run(fmt.Sprint("format ", format), func(t *testing.T) {
			path := sampleOf(t, format)
			s := mustOpen(t, path)
			requireAnswers(t, s, want)
			requireFormat(t, s, format)
			if err := apply(s, version("later", 1, 1000), storage.DropSchema("s3", 1, 1)); err != nil {
				t.Fatal(err)
			}
			written := answersOf(t, s)
			closeAndCheck(t, s)
			if _, _, err := Compact(t.Context(), path, nil); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, path)
			requireAnswers(t, s, written)
			requireFormat(t, s, Format)
			if err := apply(s, version("later", 2, 1001), storage.DropSchema("s4", 1, 1)); err != nil {
				t.Error(err)
			}
		})
	}
}

// sampleOf copies the committed file of a format.
func sampleOf(t *testing.T, format int) (path string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "backcompat", fmt.Sprintf("format-%d.db", format)))
	if err != nil {
		t.Fatal(err)
	}
	path = newPath(t)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func requireAnswers(t *testing.T, s *Store, want []string) {
	t.Helper()
	if got := answersOf(t, s); !slices.Equal(got, want) {
		t.Errorf("the file is read differently:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func requireFormat(t *testing.T, s *Store, want int) {
	t.Helper()
	err := s.View(func(v storage.View) error {
		format, err := v.(*snapshot).format()
		if format != want {
			t.Errorf("the file has format %d, want %d", format, want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// writeSample writes a store with some of everything, without the unused space behind it.
func writeSample(t *testing.T, path string) {
	t.Helper()
	_ = os.Remove(path)
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, "s", 20)
	large := storage.SchemaValue{Subject: "large", Version: 1, ID: 50, Schema: `{"type":"string","doc":"` + strings.Repeat("compressed ", 1000) + `"}`}
	referring := storage.SchemaValue{
		Subject: ":.x:p", Version: 1, ID: 4, Type: "PROTOBUF", Schema: `syntax = "proto3"; import "o.proto"; message P { O o = 1; }`,
		Metadata: &storage.Metadata{Properties: map[string]string{"owner": "me"}}, RuleSet: &storage.RuleSet{EnableAt: "now"},
	}
	referring.References = []formats.Reference{{Name: "o.proto", Subject: ":.:s1", Version: 2}}
	err = apply(s, storage.PutSchema(large, 9), storage.PutContext(".x", 5), storage.PutSchema(referring, 7), storage.PutConfig(storage.Config{CompatibilityLevel: "FULL"}, 1),
		storage.PutMode(":.x:", "IMPORT", 1), storage.DeleteSubject("s2", 2, 1), storage.DropSchema("s2", 1, 1))
	small := path + ".small"
	err = errors.Join(err, s.db.View(func(tx *bbolt.Tx) error { return tx.CopyFile(small, 0o600) }), s.Close(), os.Rename(small, path))
	if err != nil {
		t.Fatal(err)
	}
}
