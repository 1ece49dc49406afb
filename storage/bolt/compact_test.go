package bolt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/storage"
)

func TestCompactingChangesNothingButTheSize(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	fill(t, s, "s", 3000)
	var drops []storage.Record
	for i := range 900 {
		for v := range 3 {
			drops = append(drops, storage.DropSchema(fmt.Sprint("s", i), v+1, 1))
		}
	}
	if err := apply(s, drops...); err != nil {
		t.Fatal(err)
	}
	want := answersOf(t, s)
	closeAndCheck(t, s)
	steps, total := 0, 0
	before, after, err := Compact(t.Context(), path, func(done, of int) { steps, total = done, of })
	if err != nil {
		t.Fatal(err)
	}
	if after >= before/2 || steps == 0 || steps > total {
		t.Errorf("%d bytes became %d, in %d of %d steps", before, after, steps, total)
	}
	if info, err := os.Stat(path); err != nil || info.Size() != after {
		t.Errorf("the file has %d bytes, told were %d (%v)", info.Size(), after, err)
	}
	again := mustOpen(t, path)
	if got := answersOf(t, again); !slices.Equal(got, want) {
		t.Error("the compacted file answers differently")
	}
	// Numbers of contents must go on where they were: one that was given twice would be overwritten.
	if err := apply(again, version("new", 1, 5000), version("new", 2, 5001)); err != nil {
		t.Fatal(err)
	}
	closeAndCheck(t, again)
}

func TestCompactingRefusesADamagedFileAndLeavesItAsItIs(t *testing.T) {
	path := newPath(t)
	writeSample(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte(`"type":"record"`))
	data[at] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = Compact(t.Context(), path, nil)
	requireErr(t, err, storage.ErrCorrupt)
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, data) {
		t.Errorf("the file was changed (%v)", err)
	}
	requireAlone(t, path)
}

func TestCompactingRefusesAFileThatIsOpen(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path)
	_, _, err := Compact(t.Context(), path, nil)
	requireText(t, err, "another process has "+path+" open")
	if used, err := InUse(path); !used || err != nil {
		t.Errorf("in use: %t, %v", used, err)
	}
}

// requireAlone requires that nothing was left beside a file.
func requireAlone(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.Contains(entry.Name(), ".new-") {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
}

func TestASnapshotIsADataFileOfOneMoment(t *testing.T) {
	s := mustOpen(t, newPath(t))
	fill(t, s, "s", 50)
	want := answersOf(t, s)
	copied := newPath(t)
	err := s.Snapshot(func(_ storage.View, image Image) error {
		if err := apply(s, version("later", 1, 1000)); err != nil { // writers do not wait
			return err
		}
		f, err := os.Create(copied)
		if err != nil {
			return err
		}
		n, err := image.WriteTo(f)
		if n != image.Size() {
			t.Errorf("%d bytes were written, told were %d", n, image.Size())
		}
		return errors.Join(err, f.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := answersOf(t, mustOpen(t, copied)); !slices.Equal(got, want) {
		t.Error("the copy answers differently")
	}
}
