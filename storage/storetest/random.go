package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// The small world in which random records meet each other often.
var (
	randomSubjects = []string{"a", "ab", "a b", "b", "é", ":.x:a", ":.x:", ":.xy:b", "", ":.__GLOBAL:"}
	randomContexts = []string{".", ".x", ".xy"}
)

const (
	randomVersions = 4
	randomIDs      = 6
	randomTexts    = 5
)

// randomContents lists every content that a random record can hold.
func randomContents() []*storage.Content {
	var contents []*storage.Content
	for number := range randomTexts {
		value := randomSchema("a", 1, 1, number)
		contents = append(contents, storage.ContentOf(&value))
	}
	return contents
}

// randomSchema is a SCHEMA value whose text, type, references and metadata all depend on a number.
func randomSchema(subject string, version, id, number int) storage.SchemaValue {
	v := schema(subject, version, id, number)
	v.Type = formats.Types()[number%3]
	switch number {
	case 1:
		v.References = []formats.Reference{{Name: "r", Subject: "a", Version: 1}}
	case 2:
		v.References = []formats.Reference{{Name: "r", Subject: ":.x:a", Version: 2}, {Name: "s", Subject: "b", Version: 1}}
		v.Metadata = &storage.Metadata{Properties: map[string]string{"owner": "me"}, Tags: map[string][]string{"f": {"PII"}}}
	case 3:
		v.RuleSet = &storage.RuleSet{DomainRules: []storage.Rule{{Name: "r", Kind: "CONDITION", Mode: "WRITE", Type: "CEL", Expr: "true"}}}
	case 4:
		for len(v.Schema) < 2000 {
			v.Schema += " " + v.Schema
		}
	}
	return v
}

func randomRecord(t *rapid.T) storage.Record {
	subject := rapid.SampledFrom(randomSubjects).Draw(t, "subject")
	version := rapid.IntRange(1, randomVersions).Draw(t, "version")
	time := rapid.Int64Range(1, 1000).Draw(t, "time")
	switch rapid.IntRange(0, 15).Draw(t, "kind") {
	case 0, 1, 2, 3, 4, 5:
		number := rapid.IntRange(0, randomTexts-1).Draw(t, "text")
		id := number + 1
		if rapid.IntRange(0, 4).Draw(t, "other id") == 0 {
			id = rapid.IntRange(1, randomIDs).Draw(t, "id")
		}
		v := randomSchema(subject, version, id, number)
		v.Deleted = rapid.IntRange(0, 3).Draw(t, "deleted") == 0
		v.By = rapid.SampledFrom([]storage.Registrant{{}, {Client: "a <b>"}, {Principal: "anna", Client: "é"}}).Draw(t, "registered by")
		return storage.PutSchema(v, time)
	case 6, 7, 8:
		return storage.DropSchema(subject, version, time)
	case 9:
		return storage.DeleteSubject(subject, rapid.IntRange(0, randomVersions).Draw(t, "up to"), time)
	case 10:
		return storage.Record{Key: storage.Key{Type: storage.ClearSubjectKey, Subject: subject}, Value: []byte(`{}`), Time: time}
	case 11:
		return storage.PutConfig(storage.Config{Subject: subject, CompatibilityLevel: rapid.SampledFrom([]string{"FULL", "NONE"}).Draw(t, "level")}, time)
	case 12:
		return storage.PutMode(subject, rapid.SampledFrom([]string{"READONLY", "IMPORT"}).Draw(t, "mode"), time)
	case 13:
		return rapid.SampledFrom([]storage.Record{storage.DropConfig(subject, time), storage.DropMode(subject, time)}).Draw(t, "drop")
	case 14:
		return storage.PutContext(rapid.SampledFrom(randomContexts).Draw(t, "context"), time)
	default:
		return rapid.SampledFrom([]storage.Record{
			storage.DropContext(rapid.SampledFrom(randomContexts).Draw(t, "context"), time),
			{Key: storage.Key{Type: storage.NoopKey}},
			{Key: storage.Key{Type: "ASSOC", Subject: subject}, Value: []byte(`{"x":1}`)},
			{Key: storage.Key{Type: storage.SchemaKey, Subject: subject, Version: 1}, Value: []byte(`{"id":`)},
			{Key: storage.Key{Type: storage.DeleteSubjectKey, Subject: subject}},
		}).Draw(t, "other")
	}
}

// testModel applies random records, several to an update, and compares every answer with that of the model; now and then
// it opens the store afresh.
func testModel(t *testing.T, newOpen func(t testing.TB) Open) {
	rapid.Check(t, func(rt *rapid.T) {
		open := newOpen(t)
		s := open(t)
		m := newModel()
		contents := randomContents()
		for range rapid.IntRange(1, 12).Draw(rt, "updates") {
			records := rapid.SliceOfN(rapid.Custom(randomRecord), 1, 6).Draw(rt, "records")
			next, wanted := m.clone(), error(nil)
			for _, r := range records {
				if wanted = next.apply(r); wanted != nil {
					break
				}
			}
			err := tryApply(s, records...)
			if !errors.Is(err, wanted) || (err == nil) != (wanted == nil) {
				rt.Fatalf("apply %s: got error %v, want %v", describe(records), err, wanted)
			}
			if wanted == nil {
				m = next
			}
			if rapid.IntRange(0, 7).Draw(rt, "reopen") == 0 {
				if err := s.Close(); err != nil {
					rt.Fatal(err)
				}
				s = open(t)
			}
			u := universeOf(m, randomSubjects, randomVersions, randomIDs, contents)
			requireSame(rt, s, u.answers(m), u.answers)
		}
		if err := s.Close(); err != nil {
			rt.Fatal(err)
		}
	})
}

// requireSame compares what a store answers with what it should.
func requireSame(t rapid.TB, s storage.Store, want []string, ask func(storage.View) []string) {
	t.Helper()
	var got []string
	if err := s.View(func(v storage.View) error { got = ask(v); return nil }); err != nil {
		t.Fatal(err)
	}
	if slices.Equal(got, want) {
		return
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("the store answers\n  %s\nand should answer\n  %s", got[min(i, len(got)-1)], want[i])
		}
	}
}

func describe(records []storage.Record) string {
	text := ""
	for _, r := range records {
		text += fmt.Sprintf("\n  %+v %s", r.Key, r.Value)
	}
	return text
}
