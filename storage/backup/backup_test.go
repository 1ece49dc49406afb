package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
	"github.com/concord-registry/concord/storage/storetest"
)

func TestMain(m *testing.M) {
	bolt.CheckChild()
	os.Exit(m.Run())
}

// newStore returns a store with n versions in a directory of its own.
func newStore(t testing.TB, n int) (*bolt.Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "concord.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	add(t, s, 1, n)
	return s, path
}

func add(t testing.TB, s *bolt.Store, from, n int) {
	t.Helper()
	_, err := s.Update(context.Background(), func(storage.View) (records []storage.Record, _ any, _ error) {
		for i := range n {
			value := storage.SchemaValue{Subject: fmt.Sprint("s", from+i), Version: 1, ID: from + i, Schema: fmt.Sprintf(`{"type":"fixed","name":"f%d","size":1}`, from+i)}
			records = append(records, storage.PutSchema(value, 1))
		}
		return records, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func answers(t testing.TB, path string) (lines []string) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.View(func(v storage.View) error { lines = storetest.Answers(v); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// mustMake makes a backup of a store with n versions, and returns the names of both files.
func mustMake(t testing.TB, n int) (backup, data string) {
	t.Helper()
	s, data := newStore(t, n)
	backup = filepath.Join(t.TempDir(), "b.backup")
	info, err := Make(t.Context(), s, backup, "test")
	if err != nil {
		t.Fatal(err)
	}
	if info.Subjects != n || info.Versions != n || info.Schemas != n || info.Program != "test" {
		t.Errorf("the backup says %+v", info)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return backup, data
}

func TestARestoredBackupAnswersLikeTheStore(t *testing.T) {
	backup, data := mustMake(t, 40)
	restored := filepath.Join(t.TempDir(), "new.db")
	result, err := Restore(t.Context(), backup, restored, false)
	if err != nil || result.Replaced != "" {
		t.Fatalf("%+v, %v", result, err)
	}
	if got, want := answers(t, restored), answers(t, data); !slices.Equal(got, want) {
		t.Error("the restored store answers differently")
	}
	requireFiles(t, restored, "new.db")
	requireFiles(t, backup, "b.backup")
}

func TestABackupTellsTheFormatOfItsDataFile(t *testing.T) {
	for format := 1; format <= bolt.Format; format++ {
		data, err := os.ReadFile(filepath.Join("..", "bolt", "testdata", "backcompat", fmt.Sprintf("format-%d.db", format)))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "concord.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		info, err := Make(t.Context(), s, path+".backup", "test")
		if err != nil {
			t.Fatal(err)
		}
		if info.Format != format {
			t.Errorf("a backup of a file of format %d says %d", format, info.Format)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// requireFiles requires that a file's directory holds these and nothing else.
func requireFiles(t *testing.T, path string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if !slices.Equal(got, names) {
		t.Errorf("the directory holds %v, want %v", got, names)
	}
}

func TestARestoreNeverReplacesADataFileUnlessTold(t *testing.T) {
	backup, data := mustMake(t, 5)
	before, err := os.ReadFile(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, data, false); !errors.Is(err, ErrExists) {
		t.Fatalf("got %v", err)
	}
	if now, err := os.ReadFile(data); err != nil || !bytes.Equal(now, before) {
		t.Fatalf("the file was changed (%v)", err)
	}
	result, err := Restore(t.Context(), backup, data, true)
	if err != nil {
		t.Fatal(err)
	}
	if kept, err := os.ReadFile(result.Replaced); err != nil || !bytes.Equal(kept, before) {
		t.Errorf("the file that was there is not kept (%v)", err)
	}
	s, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := Restore(t.Context(), backup, data, true); err == nil || !strings.Contains(err.Error(), "open; stop it") {
		t.Errorf("a file that is in use: %v", err)
	}
}

func TestRestoresInTheSameSecondKeepEveryDataFileThatTheyReplace(t *testing.T) {
	backup, data := mustMake(t, 2)
	kept := map[string]string{}
	for i := range 3 {
		text := fmt.Sprint("what was there before restore ", i)
		if err := os.WriteFile(data, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		result, err := Restore(t.Context(), backup, data, true)
		if err != nil {
			t.Fatal(err)
		}
		kept[text] = result.Replaced
	}
	for text, path := range kept {
		if got, err := os.ReadFile(path); err != nil || string(got) != text {
			t.Errorf("%s holds %.40q (%v), want %q", filepath.Base(path), got, err, text)
		}
	}
}

func TestEveryDamageToABackupIsRefused(t *testing.T) {
	backup, _ := mustMake(t, 20)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, data []byte) {
		t.Helper()
		var out bytes.Buffer
		_, err := Extract(t.Context(), bytes.NewReader(data), int64(len(data)), &out)
		if !errors.Is(err, ErrDamaged) || out.Len() > 0 {
			t.Errorf("%s: %v, and %d bytes were written", what, err, out.Len())
		}
	}
	step := 1
	if testing.Short() {
		step = 97
	}
	for at := 0; at < len(whole); at += step {
		data := slices.Clone(whole)
		data[at] ^= 1 << (at % 8)
		refused(fmt.Sprintf("a bit of byte %d is flipped", at), data)
	}
	for cut := 0; cut < len(whole); cut += 1 + len(whole)/300 {
		refused(fmt.Sprintf("cut off after %d bytes", cut), whole[:cut])
	}
	refused("more follows", append(slices.Clone(whole), 0))
	refused("no backup at all", bytes.Repeat([]byte("no"), 1000))
	data := filepath.Join(t.TempDir(), "concord.db")
	if err := os.WriteFile(backup, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), backup, data, false); !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), backup) {
		t.Errorf("restoring a damaged backup: %v", err)
	}
	requireFiles(t, data)
}

func TestADamagedStoreIsNotBackedUp(t *testing.T) {
	s, path := newStore(t, 20)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(data, []byte(`"fixed"`))
	data[at+1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	// Only what the check at the start did not reach gets this far; here there is none.
	image := sourceOf(data)
	backup := filepath.Join(t.TempDir(), "b.backup")
	if _, err := Make(t.Context(), image, backup, ""); !errors.Is(err, storage.ErrCorrupt) {
		t.Errorf("got %v", err)
	}
	requireFiles(t, backup)
}

// sourceOf is a source of these bytes.
type sourceOf []byte

func (s sourceOf) Snapshot(f func(storage.View, bolt.Image) error) error { return f(emptyView{}, s) }
func (s sourceOf) Size() int64                                           { return int64(len(s)) }
func (s sourceOf) Format() int                                           { return bolt.Format }
func (s sourceOf) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(s)
	return int64(n), err
}

type emptyView struct{ storage.View }

func (emptyView) Counts() (storage.Counts, error) { return storage.Counts{}, nil }

func TestAHugePromiseIsNotBelieved(t *testing.T) {
	for name, info := range map[string]Info{
		"more bytes than there are":  {Size: 1 << 40},
		"fewer bytes than there are": {Size: 10},
	} {
		var backup bytes.Buffer
		if err := write(t.Context(), &backup, &info, bytes.NewReader(make([]byte, 1000))); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		_, err := Extract(t.Context(), bytes.NewReader(backup.Bytes()), int64(backup.Len()), &out)
		if !errors.Is(err, ErrDamaged) || out.Len() > 1000 {
			t.Errorf("%s: %v, %d bytes", name, err, out.Len())
		}
	}
}

func TestTheKeeperKeepsTheNewestAndTellsTheirAge(t *testing.T) {
	s, _ := newStore(t, 5)
	dir := filepath.Join(t.TempDir(), "backups")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	old := []string{"concord-20200101T000000Z.backup", "concord-20200102T000000Z.backup", "concord-20200103T000000Z.backup"}
	for _, name := range append(old, "mine.backup", "concord-notes.txt", old[0]+".part-1", old[0]+".new-1") {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := NewKeeper(s, Options{Schedule: Schedule{every: time.Hour}, Keep: 2, Directory: dir})
	if got := k.Status(); got.Kept != 3 || got.Last.Format(time.DateOnly) != "2020-01-03" {
		t.Errorf("at first %+v", got)
	}
	if err := k.Backup(t.Context()); err != nil {
		t.Fatal(err)
	}
	status := k.Status()
	if status.Kept != 2 || status.Succeeded != 1 || time.Since(status.Last) > time.Minute || status.Size < 100 {
		t.Errorf("afterwards %+v", status)
	}
	requireFiles(t, filepath.Join(dir, "x"), old[2], Name(status.Last), "concord-notes.txt", "mine.backup")
	if _, err := Verify(t.Context(), filepath.Join(dir, Name(status.Last))); err != nil {
		t.Error(err)
	}
	k.opt.Directory = filepath.Join(dir, "mine.backup", "impossible")
	if err := k.Backup(t.Context()); err == nil || k.Status().Failed != 1 {
		t.Errorf("a backup that fails: %v, %+v", err, k.Status())
	}
}

func TestTheKeeperMakesABackupWhenOneIsDue(t *testing.T) {
	s, _ := newStore(t, 5)
	dir := t.TempDir()
	k := NewKeeper(s, Options{Schedule: Schedule{every: 50 * time.Millisecond}, Keep: 1, Directory: dir})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { k.Run(ctx); close(done) }()
	for deadline := time.Now().Add(20 * time.Second); k.Status().Succeeded < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 20 s: %+v", k.Status())
		}
	}
	stop()
	<-done
	if k.Status().Kept != 1 {
		t.Errorf("%+v", k.Status())
	}
}

// endless is a store that is never written to the end.
type endless struct {
	*bolt.Store
	begun func()
}

func (e endless) Snapshot(f func(storage.View, bolt.Image) error) error {
	return e.Store.Snapshot(func(v storage.View, image bolt.Image) error { return f(v, endlessImage{image, e.begun}) })
}

type endlessImage struct {
	bolt.Image
	begun func()
}

func (i endlessImage) WriteTo(w io.Writer) (int64, error) {
	i.begun()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		if n, err := w.Write(make([]byte, 4096)); err != nil {
			return int64(n), err
		}
	}
	return 0, errors.New("nobody gave it up")
}

func TestABackupIsGivenUpWhenTheServerStops(t *testing.T) {
	s, _ := newStore(t, 5)
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	k := NewKeeper(endless{s, stop}, Options{Schedule: Schedule{every: time.Hour}, Keep: 1, Directory: dir})
	if err := k.Backup(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with: %v", err)
	}
	requireFiles(t, filepath.Join(dir, "x"))
}

func TestAfterAFailureTheKeeperWaits(t *testing.T) {
	failure := errors.New("disk full")
	for name, c := range map[string]struct {
		last        time.Duration // ago
		err         error
		least, most time.Duration
	}{
		"the backup was made":                      {0, nil, 59 * time.Minute, time.Hour},
		"only older ones could not be removed":     {0, failure, 59 * time.Minute, time.Hour},
		"it could not be made, and is due by then": {2 * time.Hour, failure, retry, retry},
	} {
		k := &Keeper{opt: Options{Schedule: Schedule{every: time.Hour}}, status: Status{Last: time.Now().Add(-c.last)}}
		if got := k.pause(c.err); got < c.least || got > c.most {
			t.Errorf("%s: the next in %v", name, got)
		}
	}
}

func TestAScheduleSaysWhenTheNextBackupIsDue(t *testing.T) {
	day := func(text string) time.Time {
		at, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct{ schedule, last, next string }{
		{"6h", "2026-01-01 10:00:00", "2026-01-01 16:00:00"},
		{"03:30", "2026-01-01 10:00:00", "2026-01-02 03:30:00"},
		{"03:30", "2026-01-01 03:29:59", "2026-01-01 03:30:00"},
		{"03:30", "2026-01-01 03:30:00", "2026-01-02 03:30:00"},
	} {
		var s Schedule
		if err := s.UnmarshalText([]byte(c.schedule)); err != nil {
			t.Fatal(err)
		}
		if got := s.Next(day(c.last), day("2030-01-01 00:00:00")); !got.Equal(day(c.next)) {
			t.Errorf("%s after %s: %s", c.schedule, c.last, got)
		}
		if now := day("2030-01-01 00:00:00"); !s.Next(time.Time{}, now).Equal(now) {
			t.Errorf("%s: the first is not due at once", c.schedule)
		}
	}
	for _, wrong := range []string{"often", "10s", "-6h", "25:00", "6"} {
		var s Schedule
		if err := s.UnmarshalText([]byte(wrong)); err == nil || !strings.Contains(err.Error(), "03:30") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestASpooledBackupLeavesNothingBehindAndTheirNumberIsBounded(t *testing.T) {
	s, _ := newStore(t, 5)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, spoolPrefix+"of-a-crash"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	k := NewKeeper(s, Options{Spool: dir})
	var open []*Spooled
	for range maxSpools {
		b, err := k.Spool(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, b)
	}
	if _, err := k.Spool(t.Context()); !errors.Is(err, ErrBusy) {
		t.Errorf("one more than may be: %v", err)
	}
	data, err := io.ReadAll(open[0])
	if err != nil || int64(len(data)) != open[0].Size {
		t.Errorf("%d bytes of %d, %v", len(data), open[0].Size, err)
	}
	if _, err := Extract(t.Context(), bytes.NewReader(data), int64(len(data)), io.Discard); err != nil {
		t.Error(err)
	}
	for _, b := range open {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	requireFiles(t, filepath.Join(dir, "x"))
	b, err := k.Spool(t.Context())
	if err != nil {
		t.Fatalf("when there is room again: %v", err)
	}
	b.Close()
}

func TestABackupIsOfOneMomentWhileWritersGoOn(t *testing.T) {
	s, _ := newStore(t, 10)
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
				add(t, s, 100+2*n, 2) // two at a time: a backup that has one of them only is torn
			}
		}
	}()
	dir := t.TempDir()
	for i := range 5 {
		path := filepath.Join(dir, fmt.Sprint(i))
		if _, err := Make(t.Context(), s, path, ""); err != nil {
			t.Fatal(err)
		}
		data := path + ".db"
		if _, err := Restore(t.Context(), path, data, false); err != nil {
			t.Fatal(err)
		}
		restored, err := bolt.Open(data, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		err = restored.View(func(v storage.View) error {
			counts, err := v.Counts()
			if counts.Schemas%2 != 0 || counts.Schemas < 10 {
				t.Errorf("backup %d has %d schemas", i, counts.Schemas)
			}
			return err
		})
		if err := errors.Join(err, restored.Close()); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if n := <-done; n < 5 {
		t.Errorf("only %d writes went on meanwhile", n)
	}
}
