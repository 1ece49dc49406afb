package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

func testShared(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("b", 1, 1, 1)), put(schema("a", 1, 1, 1)), put(schema("a", 2, 1, 1)))
	view(t, s, func(v storage.View) {
		want(t, "owners", rowNames(must[[]storage.Row](t)(v.RowsOfID(".", 1))), "a/1 a/2 b/1")
		want(t, "owners in a", rowNames(must[[]storage.Row](t)(v.RowsOfIDIn("a", 1))), "a/1 a/2")
		counts := must[storage.Counts](t)(v.Counts())
		want(t, "schemas", counts.Schemas, 1)
		want(t, "versions", counts.Versions[formats.Avro], 3)
	})
	owner := func(want string) {
		t.Helper()
		view(t, s, func(v storage.View) {
			if got := rowNames([]storage.Row{*must[*storage.Row](t)(v.Owner(".", 1))}); got != want {
				t.Errorf("the owner is %s, want %s", got, want)
			}
		})
	}
	owner("a/2")
	apply(t, s, storage.DeleteSubject("a", 2, 0))
	owner("b/1")
	apply(t, s, storage.DeleteSubject("b", 1, 0))
	owner("a/2-")
	apply(t, s, put(schema("a", 2, 1, 1)), storage.DropSchema("a", 1, 0), storage.DropSchema("b", 1, 0))
	view(t, s, func(v storage.View) {
		want(t, "owners", rowNames(must[[]storage.Row](t)(v.RowsOfID(".", 1))), "a/2")
		if must[*storage.Content](t)(v.Content(".", 1)) == nil {
			t.Error("the content is gone while a version has it")
		}
	})
}

func rowNames(rows []storage.Row) string {
	names := make([]string, len(rows))
	for i, row := range rows {
		names[i] = fmt.Sprintf("%s/%d", row.Subject, row.Version)
		if row.Deleted {
			names[i] += "-"
		}
	}
	return strings.Join(names, " ")
}

func testSoftDelete(t *testing.T, open Open) {
	s := open(t)
	two := schema("a", 2, 2, 2)
	apply(t, s, put(schema("a", 1, 1, 1)), put(two))
	two.Deleted = true
	apply(t, s, storage.PutSchema(two, 5000))
	view(t, s, func(v storage.View) {
		want(t, "rows", rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/1 a/2-")
		want(t, "latest", must[*storage.Row](t)(v.Latest("a")).Version, 1)
		want(t, "time of registration", must[*storage.Row](t)(v.Row("a", 2)).Time, int64(1002))
		want(t, "owners", rowNames(must[[]storage.Row](t)(v.RowsOfID(".", 2))), "a/2-")
		summary := must[*storage.Subject](t)(v.Subject("a"))
		want(t, "summary", []int{summary.Live, summary.Deleted, summary.Latest, summary.Highest}, []int{1, 1, 1, 2})
		content := storage.ContentOf(&two)
		want(t, "id by key", must[int](t)(v.FindID(".", storage.KeyOf(content))), 2)
	})
	two.Deleted = false
	apply(t, s, storage.PutSchema(two, 6000))
	view(t, s, func(v storage.View) {
		want(t, "latest", must[*storage.Row](t)(v.Latest("a")).Version, 2)
		want(t, "deleted", must[*storage.Subject](t)(v.Subject("a")).Deleted, 0)
	})
}

func testRegistrant(t *testing.T, open Open) {
	s := open(t)
	anna, other := storage.Registrant{Principal: "anna", Client: "producer/1 <\">"}, storage.Registrant{Client: "é"}
	with := func(v storage.SchemaValue, by storage.Registrant) storage.SchemaValue { v.By = by; return v }
	apply(t, s, put(with(schema("a", 1, 1, 1), anna)), put(schema("a", 2, 2, 2)), put(with(schema("a", 3, 3, 3), other)))
	apply(t, s, storage.PutSchema(with(schema("a", 4, 4, 4), anna), 1))
	deleted := schema("a", 1, 1, 1)
	deleted.Deleted = true
	apply(t, s, put(deleted), storage.DeleteSubject("a", 3, 0))
	apply(t, s, put(schema("a", 1, 1, 1)))
	apply(t, s, put(schema("a", 4, 5, 5)))
	view(t, s, func(v storage.View) {
		var by []storage.Registrant
		for _, row := range must[[]storage.Row](t)(v.Rows("a")) {
			by = append(by, row.By)
			want(t, "of one version", must[*storage.Row](t)(v.Row("a", row.Version)).By, row.By)
		}
		want(t, "registered by; nobody knows of the one that another schema replaces", by, []storage.Registrant{anna, {}, other, {}})
	})
}

func testDeleteSubject(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("a", 1, 1, 1)), put(schema("a", 2, 2, 2)), put(schema("a", 3, 3, 3)), put(schema("ab", 1, 1, 1)))
	apply(t, s, storage.DeleteSubject("a", 2, 0))
	view(t, s, func(v storage.View) {
		want(t, "rows", rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/1- a/2- a/3")
		want(t, "neighbour", rowNames(must[[]storage.Row](t)(v.Rows("ab"))), "ab/1")
	})
	apply(t, s, storage.Record{Key: storage.Key{Type: storage.DeleteSubjectKey, Subject: "a"}, Value: []byte(`{"subject":"a"}`)})
	view(t, s, func(v storage.View) {
		want(t, "rows", rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/1- a/2- a/3-")
		want(t, "latest", must[*storage.Row](t)(v.Latest("a")), nil)
		counts := must[storage.Counts](t)(v.Counts())
		want(t, "subjects", []int{counts.Subjects, counts.DeletedSubjects}, []int{1, 1})
	})
	apply(t, s, storage.Record{Key: storage.Key{Type: storage.DeleteSubjectKey, Subject: "a"}})
	view(t, s, func(v storage.View) {
		want(t, "rows after the tombstone", rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/1- a/2- a/3-")
	})
}

func testClear(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("a", 1, 1, 1)), put(schema("a", 2, 2, 2)), put(schema("b", 1, 3, 3)), put(schema(":.x:c", 1, 1, 1)))
	apply(t, s, storage.DeleteSubject("a", 1, 0), storage.DeleteSubject("b", 1, 0), storage.DeleteSubject(":.x:c", 1, 0))
	clear := func(subject string) storage.Record {
		return storage.Record{Key: storage.Key{Type: storage.ClearSubjectKey, Subject: subject}, Value: []byte(`{}`)}
	}
	apply(t, s, clear("a"))
	view(t, s, func(v storage.View) {
		want(t, "a", rowNames(must[[]storage.Row](t)(v.Rows("a"))), "a/2")
		want(t, "b", rowNames(must[[]storage.Row](t)(v.Rows("b"))), "b/1-")
	})
	apply(t, s, clear(""))
	view(t, s, func(v storage.View) {
		want(t, "b", rowNames(must[[]storage.Row](t)(v.Rows("b"))), "")
		want(t, "another context", rowNames(must[[]storage.Row](t)(v.Rows(":.x:c"))), ":.x:c/1-")
	})
}

func testDrop(t *testing.T, open Open) {
	s := open(t)
	value := schema("a", 1, 1, 1)
	content := storage.ContentOf(&value)
	apply(t, s, put(value), storage.DropSchema("a", 1, 0), storage.DropSchema("a", 9, 0), storage.DropSchema("z", 1, 0))
	view(t, s, func(v storage.View) {
		want(t, "subject", must[*storage.Subject](t)(v.Subject("a")), nil)
		want(t, "content", must[*storage.Content](t)(v.Content(".", 1)), nil)
		want(t, "id by key", must[int](t)(v.FindID(".", storage.KeyOf(content))), 0)
		want(t, "ids of guid", len(must[[]storage.ContextID](t)(v.IDsOfGUID(content.GUID))), 0)
		want(t, "schemas", must[storage.Counts](t)(v.Counts()).Schemas, 0)
	})
}

func testHighestID(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("a", 1, 7, 1)), put(schema(":.x:a", 1, 3, 1)), storage.PutContext(".x", 0))
	apply(t, s, storage.DropSchema("a", 1, 0), storage.DropSchema(":.x:a", 1, 0), storage.DropContext(".x", 0))
	for _, when := range []string{"before", "after"} {
		view(t, s, func(v storage.View) {
			want(t, when+" reopening", must[int](t)(v.HighestID(".")), 7)
			want(t, when+" reopening, in a context that is gone", must[int](t)(v.HighestID(".x")), 3)
			want(t, when+" reopening, contexts", must[[]string](t)(v.Contexts()), []string{"."})
		})
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open(t)
	}
	apply(t, s, put(schema("a", 1, 5, 5)))
	view(t, s, func(v storage.View) { want(t, "after a lower id", must[int](t)(v.HighestID(".")), 7) })
}

func testLongSubject(t *testing.T, open Open) {
	s := open(t)
	const last = 700 // several pages of versions
	var records []storage.Record
	for version := 1; version <= last; version++ {
		records = append(records, put(schema("a", version, version, version)))
	}
	apply(t, s, records...)
	ends := func(latest, highest int) {
		t.Helper()
		view(t, s, func(v storage.View) {
			summary := must[*storage.Subject](t)(v.Subject("a"))
			want(t, "ends", []int{summary.Latest, summary.Highest}, []int{latest, highest})
		})
	}
	records = nil
	for version := last; version > last-300; version-- {
		records = append(records, storage.DropSchema("a", version, 0))
	}
	apply(t, s, records...)
	ends(last-300, last-300)
	records = nil
	for version := 10; version <= last-300; version++ {
		value := schema("a", version, version, version)
		value.Deleted = true
		records = append(records, put(value))
	}
	apply(t, s, records...)
	ends(9, last-300)
	records = nil
	for version := 11; version <= last-300; version++ {
		records = append(records, storage.DropSchema("a", version, 0))
	}
	apply(t, s, records...)
	ends(9, 10)
}

func testSecondContent(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, put(schema("a", 1, 1, 1)))
	for _, other := range []storage.SchemaValue{schema("a", 1, 1, 2), schema("a", 2, 1, 2), schema("b", 1, 1, 2)} {
		if err := tryApply(s, put(other)); !errors.Is(err, storage.ErrRecord) {
			t.Errorf("id 1 for another schema as version %d of %s: got %v, want ErrRecord", other.Version, other.Subject, err)
		}
	}
	view(t, s, func(v storage.View) {
		want(t, "owners", rowNames(must[[]storage.Row](t)(v.RowsOfID(".", 1))), "a/1")
		want(t, "revision", must[uint64](t)(v.Revision()), uint64(1))
	})
	apply(t, s, put(schema("a", 1, 2, 2)), put(schema("b", 1, 1, 3)))
}

func testContexts(t *testing.T, open Open) {
	s := open(t)
	apply(t, s, storage.PutContext(".x", 0), put(schema(":.x:a", 1, 1, 1)), storage.PutContext(".b", 0), put(schema("a", 1, 1, 2)), put(schema(":.x:b", 1, 2, 2)))
	two := schema("a", 1, 1, 2)
	content := storage.ContentOf(&two)
	view(t, s, func(v storage.View) {
		want(t, "contexts", must[[]string](t)(v.Contexts()), []string{".", ".b", ".x"})
		want(t, "counted", must[storage.Counts](t)(v.Counts()).Contexts, 3)
		want(t, "id in .", must[int](t)(v.FindID(".", storage.KeyOf(content))), 1)
		want(t, "id in .x", must[int](t)(v.FindID(".x", storage.KeyOf(content))), 2)
		want(t, "owners in .x", rowNames(must[[]storage.Row](t)(v.RowsOfID(".x", 1))), ":.x:a/1")
		want(t, "by guid", must[[]storage.ContextID](t)(v.IDsOfGUID(content.GUID)), []storage.ContextID{{Context: ".", ID: 1}, {Context: ".x", ID: 2}})
		want(t, "default context by its name", must[*storage.Row](t)(v.Row(":.:a", 1)).Subject, "a")
	})
}

func testReferrers(t *testing.T, open Open) {
	s := open(t)
	referring := func(subject string, id int, to ...formats.Reference) storage.Record {
		value := schema(subject, 1, id, id)
		value.References = to
		return put(value)
	}
	apply(t, s,
		referring("r", 3, formats.Reference{Name: "n", Subject: "a", Version: 1}),
		referring("q", 2, formats.Reference{Name: "n", Subject: "a", Version: 1}, formats.Reference{Name: "m", Subject: ":.x:a", Version: 1}),
		referring(":.x:r", 1, formats.Reference{Name: "n", Subject: "a", Version: 1}, formats.Reference{Name: "m", Subject: ":.:a", Version: 2}),
		storage.DeleteSubject("r", 1, 0),
	)
	referrers := func(subject string, version int) (names string) {
		view(t, s, func(v storage.View) {
			for _, r := range must[[]storage.Referrer](t)(v.Referrers(subject, version)) {
				names += fmt.Sprintf("%s/%d=%d,%t ", r.Subject, r.Version, r.ID, r.Deleted)
			}
		})
		return strings.TrimSpace(names)
	}
	want(t, "of a/1", referrers("a", 1), "q/1=2,false r/1=3,true")
	want(t, "of a/2", referrers("a", 2), ":.x:r/1=1,false")
	want(t, "of .x a/1", referrers(":.x:a", 1), ":.x:r/1=1,false q/1=2,false")
	apply(t, s, storage.DropSchema("q", 1, 0))
	want(t, "of a/1 after q is gone", referrers("a", 1), "r/1=3,true")
}

func testSubjects(t *testing.T, open Open) {
	s := open(t)
	var records []storage.Record
	for i, subject := range []string{"b", "a", "ab", "a\x01", "a-b", "é", ":.x:a", "A", "a/b c%"} {
		records = append(records, put(schema(subject, 1, i+1, i+1)))
	}
	for version := 2; version <= 60; version++ { // what a list has to pass over
		records = append(records, put(schema("a", version, version+8, version+8)), put(schema(":.x:a", version, version+8, version+8)))
	}
	apply(t, s, records...)
	list := func(context, prefix, from string, limit int) (names []string) {
		view(t, s, func(v storage.View) {
			err := v.Subjects(context, prefix, from, func(s storage.Subject) bool {
				names = append(names, s.Name)
				return len(names) != limit
			})
			if err != nil {
				t.Fatal(err)
			}
		})
		return names
	}
	all := []string{"A", "a", "a\x01", "a-b", "a/b c%", "ab", "b", "é"}
	want(t, "all", list(".", "", "", 0), all)
	want(t, "by prefix", list(".", "a", "", 0), all[1:6])
	want(t, "from", list(".", "", "a-", 0), all[3:])
	want(t, "by prefix and from", list(".", "a", "ab", 0), all[5:6])
	want(t, "stopped", list(".", "", "", 2), all[:2])
	want(t, "of a context", list(".x", "", "", 0), []string{":.x:a"})
	want(t, "of no context", len(list(".y", "", "", 0)), 0)
	want(t, "past the prefix", slices.Equal(list(".", "a", "b", 0), nil), true)
}

func testSettings(t *testing.T, open Open) {
	s := open(t)
	yes := true
	for _, subject := range []string{"", "a", ":.x:", ":.x:a", ":.__GLOBAL:"} {
		apply(t, s, storage.PutConfig(storage.Config{Subject: subject, Alias: "of " + subject, Normalize: &yes}, 0), storage.PutMode(subject, "IMPORT", 0))
	}
	view(t, s, func(v storage.View) {
		want(t, "config", *must[*storage.Config](t)(v.Config(":.x:a")), storage.Config{Subject: ":.x:a", Alias: "of :.x:a", Normalize: &yes})
		want(t, "mode", must[string](t)(v.Mode(":.x:")), "IMPORT")
		want(t, "mode of another", must[string](t)(v.Mode("x")), "")
		var configs, modes []string
		if err := v.Configs(func(subject string, _ *storage.Config) bool { configs = append(configs, subject); return true }); err != nil {
			t.Fatal(err)
		}
		if err := v.Modes(func(subject, _ string) bool { modes = append(modes, subject); return len(modes) < 2 }); err != nil {
			t.Fatal(err)
		}
		want(t, "configs", configs, []string{"", ":.__GLOBAL:", ":.x:", ":.x:a", "a"})
		want(t, "modes until stopped", modes, []string{"", ":.__GLOBAL:"})
	})
	apply(t, s, storage.DropConfig("", 0), storage.DropMode("", 0), storage.PutMode("a", "READONLY", 0))
	view(t, s, func(v storage.View) {
		want(t, "config", must[*storage.Config](t)(v.Config("")), nil)
		want(t, "mode", must[string](t)(v.Mode("")), "")
		want(t, "mode of a", must[string](t)(v.Mode("a")), "READONLY")
	})
}

func testRevision(t *testing.T, open Open) {
	s := open(t)
	seen := map[uint64]string{}
	for _, step := range []struct {
		what    string
		records []storage.Record
	}{
		{"registered", []storage.Record{put(schema("a", 1, 1, 1))}},
		{"config", []storage.Record{storage.PutConfig(storage.Config{Subject: "a"}, 0)}},
		{"config dropped", []storage.Record{storage.DropConfig("a", 0)}},
		{"mode", []storage.Record{storage.PutMode("a", "IMPORT", 0)}},
		{"second version", []storage.Record{put(schema("a", 2, 2, 2))}},
		{"deleted", []storage.Record{storage.DeleteSubject("a", 2, 0)}},
		{"dropped and registered again", []storage.Record{storage.DropSchema("a", 2, 0), storage.DropSchema("a", 1, 0), put(schema("a", 1, 1, 1))}},
	} {
		apply(t, s, step.records...)
		view(t, s, func(v storage.View) {
			revision := must[*storage.Subject](t)(v.Subject("a")).Revision
			if earlier, ok := seen[revision]; ok || revision == 0 {
				t.Errorf("after %q the revision is %d, as after %q", step.what, revision, earlier)
			}
			seen[revision] = step.what
		})
	}
	of := func() (revision uint64) {
		view(t, s, func(v storage.View) { revision = must[*storage.Subject](t)(v.Subject("a")).Revision })
		return revision
	}
	before := of()
	apply(t, s, put(schema("b", 1, 3, 3)))
	want(t, "revision after a record about another", of(), before)
}
