package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concord-registry/concord/storage"
)

func testHostileRecords(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("a", 1, 1, 1)))
	key := storage.Key{Type: storage.SchemaKey, Subject: "a", Version: 2}
	value := func(text string) []byte { return []byte(text) }
	records := map[string]storage.Record{
		"cut off":                    {Key: key, Value: value(`{"subject":"a",`)},
		"an array":                   {Key: key, Value: value(`[]`)},
		"a wrong type":               {Key: key, Value: value(`{"subject":1,"version":2,"id":2,"schema":"x"}`)},
		"another subject":            {Key: key, Value: value(`{"subject":"b","version":2,"id":2,"schema":"x"}`)},
		"another version":            {Key: key, Value: value(`{"subject":"a","version":3,"id":2,"schema":"x"}`)},
		"no id":                      {Key: key, Value: value(`{"subject":"a","version":2,"schema":"x"}`)},
		"an id below one":            {Key: key, Value: value(`{"subject":"a","version":2,"id":-1,"schema":"x"}`)},
		"an id that is too high":     {Key: key, Value: value(`{"subject":"a","version":2,"id":2147483648,"schema":"x"}`)},
		"an unknown schema type":     {Key: key, Value: value(`{"subject":"a","version":2,"id":2,"schemaType":"XML","schema":"x"}`)},
		"deep nesting":               {Key: key, Value: value(strings.Repeat("[", 1_000_000))},
		"version zero":               {Key: storage.Key{Type: storage.SchemaKey, Subject: "a"}},
		"a version that is too high": {Key: storage.Key{Type: storage.SchemaKey, Subject: "a", Version: 1 << 31}},
		"a zero byte":                {Key: storage.Key{Type: storage.SchemaKey, Subject: "a\x00b", Version: 1}},
		"a context without a name":   {Key: storage.Key{Type: storage.ContextKey}, Value: value(`{}`)},
		"a config that is none":      {Key: storage.Key{Type: storage.ConfigKey, Subject: "a"}, Value: value(`"FULL"`)},
		"a mode that is none":        {Key: storage.Key{Type: storage.ModeKey, Subject: "a"}, Value: value(`{}`)},
		"a deletion that is none":    {Key: storage.Key{Type: storage.DeleteSubjectKey, Subject: "a"}, Value: value(`1`)},
	}
	before := snapshotOf(t, s)
	for name, record := range records {
		if err := tryApply(s, record); !errors.Is(err, storage.ErrRecord) {
			t.Errorf("%s: got %v, want ErrRecord", name, err)
		}
	}
	requireSame(t, s, before, Answers)
	for _, empty := range [][]byte{{}, []byte("null")} {
		apply(t, s, put(schema("a", 2, 2, 2)), storage.Record{Key: key, Value: empty})
		view(t, s, func(v storage.View) {
			want(t, fmt.Sprintf("rows after the tombstone %q", empty), rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/1")
		})
	}
}

// snapshotOf returns all that a store answers.
func snapshotOf(t testing.TB, s storage.Store) (lines []string) {
	view(t, s, func(v storage.View) { lines = Answers(v) })
	return lines
}

func testTooLarge(t *testing.T, open Open) {
	s := open(t)
	for _, size := range []int{20_000, 40_000, 1 << 20} {
		if err := tryApply(s, put(schema(strings.Repeat("s", size), 1, 1, 1))); !errors.Is(err, storage.ErrTooLarge) {
			t.Errorf("a subject of %d bytes: got %v, want ErrTooLarge", size, err)
		}
	}
	long := strings.Repeat("s", 8192)
	value := schema(":."+long[:4000]+":"+long[:4000], 1, 1, 1)
	value.References = append(value.References, randomSchema("", 0, 0, 1).References...)
	value.References[0].Subject = long
	apply(t, s, put(value))
	view(t, s, func(v storage.View) {
		want(t, "rows", len(must[[]storage.Row](t)(v.Rows(value.Subject))), 1)
		target := storage.ReferredSubject(contextOf(value.Subject), long)
		want(t, "referrers", len(must[[]storage.Referrer](t)(v.Referrers(target, 1))), 1)
	})
	large := schema("large", 1, 2, 2)
	large.Schema = strings.Repeat("x", 10<<20)
	apply(t, s, put(large))
	view(t, s, func(v storage.View) {
		want(t, "text", must[*storage.Content](t)(v.Content(".", 2)).Schema == large.Schema, true)
	})
}

func testUnknownType(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, storage.Record{Key: storage.Key{Type: "ASSOC", Subject: "a"}, Value: []byte(`not JSON`)}, storage.Record{Key: storage.Key{Type: storage.NoopKey}, Value: []byte(`{`)})
	want(t, "skipped", s.Status().Skipped, uint64(1))
	view(t, s, func(v storage.View) { want(t, "subject", must[*storage.Subject](t)(v.Subject("a")), nil) })
}

func testDecideError(t *testing.T, open Open) {
	s := open(t)
	mine := errors.New("mine")
	result, err := s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) {
		return []storage.Record{put(schema("a", 1, 1, 1))}, "result", mine
	})
	if err != mine || result != nil {
		t.Errorf("got %v, %v; want nil and the error itself", result, err)
	}
	view(t, s, func(v storage.View) { want(t, "subject", must[*storage.Subject](t)(v.Subject("a")), nil) })
	result, err = s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) { return nil, "nothing", nil })
	if err != nil || result != "nothing" {
		t.Errorf("a decision without records: got %v, %v", result, err)
	}
}

func testDecidePanic(t *testing.T, open Open) {
	s := open(t)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			_, err := s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) {
				if i%2 == 0 {
					panic("at the disco")
				}
				return []storage.Record{put(schema(fmt.Sprint("s", i), 1, i, i))}, nil, nil
			})
			if got := err != nil && strings.Contains(err.Error(), "at the disco"); got != (i%2 == 0) {
				t.Errorf("update %d: got error %v", i, err)
			}
		})
	}
	wg.Wait()
	view(t, s, func(v storage.View) { want(t, "subjects", must[storage.Counts](t)(v.Counts()).Subjects, 32) })
}

func testRefusedRecord(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("taken", 1, 1, 1)))
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			records := []storage.Record{put(schema(fmt.Sprint("s", i), 1, i+10, i+10))}
			if i%3 == 0 {
				records = append(records, put(schema(fmt.Sprint("s", i), 2, 1, 2)))
			}
			if err := tryApply(s, records...); errors.Is(err, storage.ErrRecord) != (i%3 == 0) {
				t.Errorf("update %d: got error %v", i, err)
			}
		})
	}
	wg.Wait()
	view(t, s, func(v storage.View) {
		for i := range 64 {
			if got := must[*storage.Row](t)(v.Row(fmt.Sprint("s", i), 1)); (got == nil) != (i%3 == 0) {
				t.Errorf("subject s%d: got %v", i, got)
			}
		}
	})
}

// register is a decision that gives the next version and id to a content, or finds it.
func register(subject string, number int) storage.Decide {
	return func(v storage.View) ([]storage.Record, any, error) {
		value := schema(subject, 0, 0, number)
		context, _ := storage.SplitSubject(subject)
		id, err := v.FindID(context, storage.KeyOf(storage.ContentOf(&value)))
		if err != nil {
			return nil, nil, err
		}
		if id != 0 {
			rows, err := v.RowsOfIDIn(subject, id)
			if err != nil || len(rows) > 0 {
				return nil, id, err
			}
		} else {
			if id, err = v.HighestID(context); err != nil {
				return nil, nil, err
			}
			id++
		}
		s, err := v.Subject(subject)
		if err != nil {
			return nil, nil, err
		}
		value.ID, value.Version = id, 1
		if s != nil {
			value.Version = s.Highest + 1
		}
		return []storage.Record{put(value)}, id, nil
	}
}

func testSerial(t *testing.T, open Open) {
	s := open(t)
	const writers, each = 16, 20
	var mu sync.Mutex
	var ids []int
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				id, err := s.Update(context.Background(), register("s", w*each+i))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				ids = append(ids, id.(int))
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(ids)
	for i, id := range ids {
		if id != i+1 {
			t.Fatalf("the ids are %v, and not 1 to %d", ids, writers*each)
		}
	}
	view(t, s, func(v storage.View) {
		rows := must[[]storage.Row](t)(v.Rows("s"))
		for i, row := range rows {
			if row.Version != i+1 || row.ID != i+1 {
				t.Fatalf("row %d is %+v", i, row)
			}
		}
		want(t, "versions", len(rows), writers*each)
	})
}

func testOneID(t *testing.T, open Open) {
	s := open(t)
	for round := range 10 {
		var wg sync.WaitGroup
		got := make([]any, 32)
		for i := range got {
			wg.Go(func() { got[i], _ = s.Update(context.Background(), register("s", round)) })
		}
		wg.Wait()
		for _, id := range got {
			if id != round+1 {
				t.Fatalf("round %d: ids %v", round, got)
			}
		}
	}
	view(t, s, func(v storage.View) { want(t, "versions", len(must[[]storage.Row](t)(v.Rows("s"))), 10) })
}

func testSnapshot(t *testing.T, open Open) {
	s := open(t)
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(done)
		for i := range 200 {
			apply(t, s, put(schema(fmt.Sprint("s", i), 1, i+1, i+1)), put(schema(fmt.Sprint("t", i), 1, i+1, i+1)))
		}
	})
	for range 4 {
		wg.Go(func() {
			last := uint64(0)
			for {
				view(t, s, func(v storage.View) {
					first := must[storage.Counts](t)(v.Counts())
					revision := must[uint64](t)(v.Revision())
					listed := 0
					_ = v.Subjects(".", "", "", func(storage.Subject) bool { listed++; return true })
					again := must[storage.Counts](t)(v.Counts())
					if first.Subjects != listed || again.Subjects != listed || listed%2 != 0 || revision < last {
						t.Errorf("counted %d, listed %d, counted %d; revision %d after %d", first.Subjects, listed, again.Subjects, revision, last)
					}
					last = revision
				})
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
}

func testCancelled(t *testing.T, open Open) {
	s := open(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Update(ctx, register("a", 1))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	blocked, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_, _ = s.Update(context.Background(), func(storage.View) ([]storage.Record, any, error) {
			close(blocked)
			<-release
			return nil, nil, nil
		})
	})
	<-blocked
	ctx, cancel = context.WithCancel(context.Background())
	wg.Go(func() {
		if _, err := s.Update(ctx, register("b", 2)); !errors.Is(err, context.Canceled) {
			t.Errorf("an update that waits: got %v", err)
		}
		close(release)
	})
	cancel()
	wg.Wait()
	apply(t, s, put(schema("c", 1, 9, 9)))
}

func testReopen(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, randomState()...)
	before := snapshotOf(t, s)
	if len(before) < 100 {
		t.Fatalf("only %d answers to compare", len(before))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	requireSame(t, open(t), before, Answers)
}

func testClose(t *testing.T, open Open) {
	s := open(t)
	const writers = 64
	acknowledged := make([]bool, writers)
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			_, err := s.Update(context.Background(), register(fmt.Sprint("s", i), i))
			acknowledged[i] = err == nil
			if err != nil && !errors.Is(err, storage.ErrClosed) {
				t.Error(err)
			}
		})
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	if _, err := s.Update(context.Background(), register("late", 1)); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("an update after Close: got %v", err)
	}
	if err := s.View(func(storage.View) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("a view after Close: got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: got %v", err)
	}
	view(t, open(t), func(v storage.View) {
		for i, ok := range acknowledged {
			if got := must[*storage.Subject](t)(v.Subject(fmt.Sprint("s", i))); (got != nil) != ok {
				t.Errorf("writer %d: acknowledged %t, stored %t", i, ok, got != nil)
			}
		}
	})
}
