package bolt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/storetest"
)

// answersOf returns all that a store answers.
func answersOf(t testing.TB, s *Store) (lines []string) {
	t.Helper()
	if err := s.View(func(v storage.View) error { lines = storetest.Answers(v); return nil }); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestABitThatFlipsIsDetectedOrHarmless flips single bits of a closed file of each format. Either the check of the file finds
// it, or the file gives the right answer to every question.
func TestABitThatFlipsIsDetectedOrHarmless(t *testing.T) {
	for format := 1; format <= Format; format++ {
		t.Run(fmt.Sprint("format ", format), func(t *testing.T) { flipBits(t, sampleOf(t, format)) })
	}
}

func flipBits(t *testing.T, path string) {
	s := mustOpen(t, path)
	want := answersOf(t, s)
	closeAndCheck(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	trials := 100
	if testing.Short() {
		trials = 30
	}
	random := rand.New(rand.NewPCG(1, 2))
	detected, harmless := 0, 0
	flipped := newPath(t)
	for range trials {
		bit := random.IntN(len(whole) * 8)
		data := slices.Clone(whole)
		data[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(flipped, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkInChild(t.Context(), flipped, time.Minute); err != nil {
			requireErr(t, err, storage.ErrCorrupt)
			requireText(t, err, flipped)
			detected++
			continue
		}
		s, err := Open(flipped, Options{})
		if err != nil {
			t.Fatalf("bit %d: the check passes and Open says %v", bit, err)
		}
		if got := answersOf(t, s); !slices.Equal(got, want) {
			t.Errorf("bit %d of byte %d is not detected and changes answers", bit%8, bit/8)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		harmless++
	}
	t.Logf("%d bits flipped in a file of %d bytes: %d detected, %d without effect", trials, len(whole), detected, harmless)
	if detected == 0 || harmless == 0 {
		t.Error("the bits do not cover both used and unused places")
	}
}

// TestAFileThatCannotBeOpenedIsLetGo: bbolt panics over a damaged free list, after it has locked the file.
func TestAFileThatCannotBeOpenedIsLetGo(t *testing.T) {
	path := newPath(t)
	closeAndCheck(t, mustOpen(t, path))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := slices.Clone(whole)
	const kind = 8 // where the header of a page says what it is
	damaged[slices.Index(pagesOf(t, path), "freelist")*os.Getpagesize()+kind] ^= 1
	if err := os.WriteFile(path, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	requireErr(t, Check(t.Context(), path), storage.ErrCorrupt)
	_, err = openFile(path, fileOptions(time.Second))
	requireErr(t, err, storage.ErrCorrupt)
	if used, err := InUse(path); used || err != nil {
		t.Errorf("the file is still locked (%v)", err)
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Check(t.Context(), path); err != nil {
		t.Error(err)
	}
}

// TestABitOfAHeadThatFlipsTakesNothingBack flips bits of the two heads of files that were closed and compacted: a head that
// is passed over must not mean the state before the last write.
func TestABitOfAHeadThatFlipsTakesNothingBack(t *testing.T) {
	step := 11
	if testing.Short() {
		step = 41
	}
	for name, finish := range map[string]func(path string) error{
		"closed":    func(string) error { return nil },
		"compacted": func(path string) error { _, _, err := Compact(t.Context(), path, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			path := newPath(t)
			s := mustOpen(t, path)
			for id := range 4 {
				if err := apply(s, version("s", id+1, id+1)); err != nil {
					t.Fatal(err)
				}
			}
			want := answersOf(t, s)
			closeAndCheck(t, s)
			if err := finish(path); err != nil {
				t.Fatal(err)
			}
			file, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			head := make([]byte, 80) // the header of the page and bbolt's meta
			for page := range int64(2) {
				at := page * int64(os.Getpagesize())
				if _, err := file.ReadAt(head, at); err != nil {
					t.Fatal(err)
				}
				for bit := 0; bit < len(head)*8; bit += step {
					flipped := slices.Clone(head)
					flipped[bit/8] ^= 1 << (bit % 8)
					if _, err := file.WriteAt(flipped, at); err != nil {
						t.Fatal(err)
					}
					s, err := Open(path, Options{ReadOnly: "it is examined"})
					if err != nil {
						requireErr(t, err, storage.ErrCorrupt)
						continue
					}
					if got := answersOf(t, s); !slices.Equal(got, want) {
						t.Errorf("bit %d of head %d takes something back", bit, page)
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := file.WriteAt(head, at); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestAPageThatClaimsMoreThanTheFileHasIsDamage: bbolt would count the billions of pages that a flipped bit makes of none.
func TestAPageThatClaimsMoreThanTheFileHasIsDamage(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	if err := apply(s, version("s", 1, 1)); err != nil {
		t.Fatal(err)
	}
	closeAndCheck(t, s)
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	seen := map[string]bool{}
	for id, kind := range pagesOf(t, path) {
		const highest, bit = 15, 1 << 6 // of the number of pages behind this one, in the header of a page
		at := int64(id*os.Getpagesize()) + highest
		if _, err := file.WriteAt([]byte{bit}, at); err != nil {
			t.Fatal(err)
		}
		err := Check(t.Context(), path)
		switch kind {
		case "meta", "free": // what they say of others is never looked at
			if err != nil {
				t.Errorf("%s page %d: %v", kind, id, err)
			}
		default:
			requireErr(t, err, storage.ErrCorrupt)
			requireText(t, err, fmt.Sprintf("page %d", id), "1073741824 more pages")
		}
		if _, err := file.WriteAt([]byte{0}, at); err != nil {
			t.Fatal(err)
		}
		seen[kind] = true
	}
	if !seen["leaf"] || !seen["freelist"] || !seen["free"] {
		t.Errorf("not every kind of page was there: %v", seen)
	}
}

// TestEntriesThatVanishAreMissed takes each bit from the number of entries of every leaf, small buckets within one included: no
// checksum covers it.
func TestEntriesThatVanishAreMissed(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	for i := range 8 {
		subject := fmt.Sprintf("s%d", i)
		config := storage.Config{Subject: subject, CompatibilityLevel: "FULL", Alias: strings.Repeat("a", 200)}
		if err := apply(s, version(subject, 1, i+1), storage.PutConfig(config, 1), storage.PutMode(subject, "IMPORT", 1)); err != nil {
			t.Fatal(err)
		}
	}
	want := answersOf(t, s)
	closeAndCheck(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := newPath(t)
	stride := 1
	if testing.Short() { // as under the race detector
		stride = 3
	}
	require := func(at int) {
		t.Helper()
		for bit := 0; bit < 16; bit += stride {
			data := slices.Clone(whole)
			data[at+bit/8] &^= 1 << (bit % 8)
			if slices.Equal(data, whole) {
				continue
			}
			if err := os.WriteFile(damaged, data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := checkInChild(t.Context(), damaged, time.Minute); errors.Is(err, storage.ErrCorrupt) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			s, err := Open(damaged, Options{ReadOnly: "it is examined"})
			if err != nil {
				t.Fatal(err)
			}
			if got := answersOf(t, s); !slices.Equal(got, want) {
				t.Errorf("bit %d of the number at %d makes entries vanish", bit, at)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	const number = 10 // where the header of a page says how many entries it has
	leaves := 0
	for id, kind := range pagesOf(t, path) {
		if kind == "leaf" {
			require(id*os.Getpagesize() + number)
			leaves++
		}
	}
	// The entry of a small bucket is its name, its header of 16 bytes, which begins with eight zeroes, and its page. Older ones
	// may lie about in free pages.
	for _, b := range []bucket{modeBucket, contextBucket} {
		entry := append([]byte(b.String()), make([]byte, 8)...)
		for from := 0; ; from += len(entry) {
			at := bytes.Index(whole[from:], entry)
			if at < 0 {
				break
			}
			from += at
			require(from + len(b.String()) + 16 + number)
			leaves++
		}
	}
	if leaves < 5 {
		t.Errorf("%d leaves are too few", leaves)
	}
}

// TestAnEntryThatLeadsOutOfTheFileIsDamage gives keys and values a length that no file has. Reading them is a fault of memory,
// which must neither end the process nor go unnamed.
func TestAnEntryThatLeadsOutOfTheFileIsDamage(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	for id := range 6 {
		if err := apply(s, version("s", id+1, id+1)); err != nil {
			t.Fatal(err)
		}
	}
	closeAndCheck(t, s)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := newPath(t)
	stride := 1
	if testing.Short() { // as under the race detector
		stride = 4
	}
	entries := 0
	for id, kind := range pagesOf(t, path) {
		if kind != "leaf" {
			continue
		}
		// A page starts with a header of 16 bytes, which has the number of entries at 10; then each has 16 bytes, of which the
		// last eight are the lengths of key and value.
		page := id * os.Getpagesize()
		for entry := range int(binary.NativeEndian.Uint16(whole[page+10:])) {
			start := page + 16 + 16*entry
			bucket := whole[start]&1 != 0 // bbolt looks at no more of its value than it needs, whatever the length
			for name, at := range map[string]int{"key": 8, "value": 12} {
				if entries++; entries%stride != 0 {
					continue
				}
				data := slices.Clone(whole)
				const highest = 3
				data[start+at+highest] ^= 1 << 6
				if err := os.WriteFile(damaged, data, 0o600); err != nil {
					t.Fatal(err)
				}
				if err := Check(t.Context(), damaged); !errors.Is(err, storage.ErrCorrupt) && (err != nil || !bucket) {
					t.Errorf("the length of %s %d on page %d: %v", name, entry, id, err)
				}
			}
		}
	}
	if entries < 20 {
		t.Errorf("%d lengths are too few", entries)
	}
}

// pagesOf tells what each page of a file is.
func pagesOf(t *testing.T, path string) (kinds []string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.View(func(tx *bbolt.Tx) error {
		for {
			page, err := tx.Page(len(kinds))
			if err != nil || page == nil {
				return err
			}
			kinds = append(kinds, page.Type)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return kinds
}

// TestDamageIsNamedWhenItIsRead flips each byte of a stored text in turn.
func TestDamageIsNamedWhenItIsRead(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	value := storage.SchemaValue{Subject: "a", Version: 1, ID: 1, Schema: strings.Repeat("needle", 20)}
	if err := apply(s, storage.PutSchema(value, 1)); err != nil {
		t.Fatal(err)
	}
	closeAndCheck(t, s)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s, err = Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	// The check at the start has found nothing: the damage comes later.
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for at := strings.Index(string(data), "needle"); at >= 0; {
		if _, err := file.WriteAt([]byte{data[at] ^ 0x20}, int64(at)); err != nil {
			t.Fatal(err)
		}
		data[at] ^= 0x20
		at = strings.Index(string(data), "needle")
	}
	err = s.View(func(v storage.View) error { _, err := v.Content(".", 1); return err })
	requireErr(t, err, storage.ErrCorrupt)
	requireText(t, err, path, "bucket content", "key", "backup")
	if s.Status().Damage == "" {
		t.Error("the status does not tell the damage")
	}
	err = s.View(func(v storage.View) error { _, err := v.Row("a", 1); return err })
	if err != nil {
		t.Errorf("what is not damaged cannot be read: %v", err)
	}
}

func TestTheScrubFindsDamageThatNobodyReads(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	fill(t, s, "s", 400)
	for place, rounds := (scrubPlace{}), 0; rounds < 100; rounds++ {
		s.scrubStep(&place)
	}
	if damage := s.Status().Damage; damage != "" {
		t.Fatalf("damage in a whole file: %s", damage)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("subject")).Delete(appendRow(nil, "s7", 2))
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, rounds := (scrubPlace{}), 0; rounds < 100; rounds++ {
		s.scrubStep(&place)
	}
	if s.Status().Damage == "" {
		t.Error("a missing version was not found")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	requireErr(t, checkInChild(t.Context(), path, time.Minute), storage.ErrCorrupt)
}

func TestAFileThatWasNotClosedIsCheckedBeforeItIsOpened(t *testing.T) {
	path := newPath(t)
	s := mustOpen(t, path)
	fill(t, s, "s", 50)
	if _, err := os.Stat(runningMark(path)); err != nil {
		t.Fatalf("an open store leaves no mark: %v", err)
	}
	closeAndCheck(t, s)
	if _, err := os.Stat(runningMark(path)); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("a closed store leaves its mark: %v", err)
	}
	setRunning(path)
	s = mustOpen(t, path)
	closeAndCheck(t, s)

	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for at := 3 * page; at < len(data); at += page {
		data[at+16] ^= 0xff // the first element of each page behind the heads
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	setRunning(path)
	_, err = Open(path, Options{})
	requireErr(t, err, storage.ErrCorrupt)
	requireText(t, err, path, "backup", "surgery")
}

func TestASmallFileHasTimeToBeReadWholeOnABusyMachine(t *testing.T) {
	path := newPath(t)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		size    int64
		crashed bool
		want    time.Duration
	}{
		{smallFile, false, checkTimeIfSmall}, {smallFile, true, checkTimeIfSmall}, {smallFile + 1, false, checkTimeIfClean}, {smallFile + 1, true, checkTime},
	} {
		if err := os.Truncate(path, c.size); err != nil {
			t.Fatal(err)
		}
		if c.crashed {
			setRunning(path)
		} else {
			_ = os.Remove(runningMark(path))
		}
		if got := limitOfCheck(path); got != c.want {
			t.Errorf("%d bytes, after a crash %t: %v, want %v", c.size, c.crashed, got, c.want)
		}
	}
}

func TestACrashOfTheCheckIsADamagedFile(t *testing.T) {
	path := newPath(t)
	writeSample(t, path)
	t.Setenv("CONCORD_TEST_CRASH", "1")
	err := checkInChild(t.Context(), path, time.Minute)
	requireErr(t, err, storage.ErrCorrupt)
	requireText(t, err, path, "ended the process")
}

func TestAFullDiskRefusesWritesAndNothingElse(t *testing.T) {
	s := mustOpen(t, newPath(t))
	fill(t, s, "s", 10)
	commit := s.commit
	s.commit = func(tx *bbolt.Tx) error {
		return errors.Join(&os.PathError{Op: "write", Path: s.path, Err: syscall.ENOSPC}, tx.Rollback())
	}
	for i := range 50 {
		err := apply(s, version("new", 1, 100+i))
		requireErr(t, err, storage.ErrFull)
		requireText(t, err, s.path, "space")
	}
	if s.Status().ReadOnly != "" {
		t.Error("a full disk makes the store read-only")
	}
	if got := answersOf(t, s); len(got) == 0 {
		t.Error("reads do not go on")
	}
	s.commit = commit
	if err := apply(s, version("new", 1, 100)); err != nil {
		t.Errorf("when there is space again: %v", err)
	}
}

func TestASyncThatFindsNoSpaceIsAFailedSync(t *testing.T) {
	for err, full := range map[error]bool{
		&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}:     true,
		fmt.Errorf("file resize error: truncate x: %v", syscall.EFBIG): true,
		fmt.Errorf("file sync error: sync x: %v", syscall.ENOSPC):      false,
		syscall.ENOSPC: false,
		&os.PathError{Op: "write", Path: "x", Err: syscall.EIO}: false,
	} {
		if isFull(err) != full {
			t.Errorf("%v: got %t", err, !full)
		}
	}
}

// TestAViewNeitherSeesNorAwaitsWhatIsBeingSynced holds a commit between the moment it can be seen and the end of its sync.
func TestAViewNeitherSeesNorAwaitsWhatIsBeingSynced(t *testing.T) {
	s := mustOpen(t, newPath(t))
	fill(t, s, "s", 30)
	before := answersOf(t, s)
	visible, synced := make(chan struct{}), make(chan struct{})
	s.commit = func(tx *bbolt.Tx) error {
		err := tx.Commit()
		close(visible)
		<-synced
		return err
	}
	var writer, readers sync.WaitGroup
	writer.Go(func() {
		if err := apply(s, version("a", 1, 100)); err != nil {
			t.Error(err)
		}
	})
	<-visible
	for range 8 { // they share the state, and are done before the sync is
		readers.Go(func() {
			for range 20 {
				if got := answersOf(t, s); !slices.Equal(got, before) {
					t.Error("a view saw what was not synced")
				}
			}
		})
	}
	readers.Wait()
	lasting := make(chan struct{})
	readers.Go(func() { // a view that outlasts the sync keeps its state
		err := s.View(func(v storage.View) error {
			close(lasting)
			writer.Wait()
			row, err := v.Row("a", 1)
			if row != nil {
				t.Error("the state of a view has changed")
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-lasting
	close(synced)
	writer.Wait()
	readers.Wait()
	if got := answersOf(t, s); slices.Equal(got, before) {
		t.Error("what was acknowledged is not seen")
	}
	for deadline := time.Now().Add(time.Minute); s.db.Stats().OpenTxN != 0; time.Sleep(time.Millisecond) { // the scrub's may be
		if time.Now().After(deadline) {
			t.Fatalf("%d read transactions are left open", s.db.Stats().OpenTxN)
		}
	}
}

func TestWhatASyncFailedToStoreIsNotSeen(t *testing.T) {
	s := mustOpen(t, newPath(t))
	fill(t, s, "s", 30)
	before := answersOf(t, s)
	s.commit = func(tx *bbolt.Tx) error { return errors.Join(tx.Commit(), syscall.EIO) }
	requireErr(t, apply(s, version("a", 1, 100)), storage.ErrReadOnly)
	if got := answersOf(t, s); !slices.Equal(got, before) {
		t.Error("a view saw what may not be stored")
	}
}

func TestAFailedSyncMakesTheStoreReadOnlyForGood(t *testing.T) {
	path := newPath(t)
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, "s", 10)
	attempts := 0
	s.commit = func(tx *bbolt.Tx) error {
		attempts++
		return errors.Join(syscall.EIO, tx.Rollback())
	}
	for range 3 {
		err := apply(s, version("new", 1, 100))
		requireErr(t, err, storage.ErrReadOnly)
		requireText(t, err, path, "input/output error", "restart")
	}
	if attempts != 1 {
		t.Errorf("%d attempts to write, want 1", attempts)
	}
	if !strings.Contains(s.Status().ReadOnly, "input/output error") {
		t.Errorf("the status says %q", s.Status().ReadOnly)
	}
	if len(answersOf(t, s)) == 0 {
		t.Error("reads do not go on")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(runningMark(path)); err != nil {
		t.Errorf("the next start will not check the file: %v", err)
	}
	mustOpen(t, path)
}

func TestACommitThatPanicsMakesTheStoreReadOnly(t *testing.T) {
	s := mustOpen(t, newPath(t))
	fill(t, s, "s", 3)
	s.commit = func(*bbolt.Tx) error { panic("page 7: invalid type") }
	err := apply(s, version("new", 1, 100))
	requireErr(t, err, storage.ErrReadOnly)
	requireText(t, err, "page 7")
	if len(answersOf(t, s)) == 0 {
		t.Error("reads do not go on")
	}
}

func TestAStoreThatIsToldSoIsReadOnly(t *testing.T) {
	path := newPath(t)
	writeSample(t, path)
	s, err := Open(path, Options{ReadOnly: "this is a replica"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = apply(s, version("new", 1, 100))
	requireErr(t, err, storage.ErrReadOnly)
	requireText(t, err, "this is a replica")
}

// TestATreeThatCannotBeFollowedIsAnErrorOfTheView cuts off a file behind its mapping: reading there faults.
func TestATreeThatCannotBeFollowedIsAnErrorOfTheView(t *testing.T) {
	path := newPath(t)
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, s, "s", 300)
	defer s.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, int64(2*os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	err = s.View(func(v storage.View) error { _, err := v.Content(".", 1); return err })
	requireErr(t, err, storage.ErrCorrupt)
	requireText(t, err, path)
	requireErr(t, apply(s, version("new", 1, 1000)), storage.ErrCorrupt)
	if err := os.Truncate(path, info.Size()); err != nil {
		t.Fatal(err)
	}
}

func TestAPanicOfAViewersOwnGoesOn(t *testing.T) {
	s := mustOpen(t, newPath(t))
	defer func() {
		if cause := recover(); fmt.Sprint(cause) != "mine" {
			t.Errorf("recovered %v", cause)
		}
		if err := apply(s, version("a", 1, 1)); err != nil {
			t.Error(err)
		}
	}()
	_ = s.View(func(storage.View) error { panic("mine") })
}

// TestWhatWasRolledBackIsNotRemembered makes one decision read the content that another one of its group has added, lets
// the commit fail, and gives the number of that content to another.
func TestWhatWasRolledBackIsNotRemembered(t *testing.T) {
	s := mustOpen(t, newPath(t))
	blocked, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	update := func(decide storage.Decide) {
		wg.Go(func() { _, _ = s.Update(t.Context(), decide) })
	}
	update(func(storage.View) ([]storage.Record, any, error) {
		close(blocked)
		<-release
		return nil, nil, nil
	})
	<-blocked
	commit := s.commit
	s.commit = func(tx *bbolt.Tx) error {
		return errors.Join(&os.PathError{Op: "write", Path: s.path, Err: syscall.ENOSPC}, tx.Rollback())
	}
	update(func(storage.View) ([]storage.Record, any, error) {
		return []storage.Record{version("a", 1, 1)}, nil, nil
	})
	for len(s.queue) == 0 {
		time.Sleep(time.Millisecond)
	}
	read := false
	update(func(v storage.View) ([]storage.Record, any, error) {
		c, err := v.Content(storage.DefaultContext, 1)
		read = c != nil
		return nil, nil, err
	})
	for len(s.queue) < 2 {
		time.Sleep(time.Millisecond)
	}
	close(release)
	wg.Wait()
	if !read {
		t.Fatal("the second decision did not see what the first one added")
	}
	s.commit = commit
	value := storage.SchemaValue{Subject: "a", Version: 1, ID: 1, Schema: "another"}
	if err := apply(s, storage.PutSchema(value, 1)); err != nil {
		t.Fatal(err)
	}
	err := s.View(func(v storage.View) error {
		c, err := v.Content(storage.DefaultContext, 1)
		if err == nil && c.Schema != "another" {
			t.Errorf("id 1 is %s, which was rolled back", c.Schema)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
