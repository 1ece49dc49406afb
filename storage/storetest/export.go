package storetest

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/concord-registry/concord/storage"
)

// records returns what a store's state can be made from; nil when the store does not tell.
func records(t testing.TB, s storage.Store) (list []storage.Record) {
	view(t, s, func(v storage.View) {
		if e, ok := v.(storage.Exporter); ok {
			if err := e.Records(func(r storage.Record) bool { list = append(list, r); return true }); err != nil {
				t.Fatal(err)
			}
		}
	})
	return list
}

var revisionMember = regexp.MustCompile(`"Revision":\d+`)

// testExport compares a state with one made from its records. Revisions count records, so they differ.
func testExport(t *testing.T, newOpen func(t testing.TB) Open) {
	s := newOpen(t)(t)
	apply(t, s, randomState()...)
	apply(t, s, put(schema("gone", 1, 99, 99)), storage.DropSchema("gone", 1, 0), storage.KeepIDs(map[string]int{".y": 5}, 0))
	list := records(t, s)
	if list == nil {
		t.Skip("this store does not tell its records")
	}
	again := newOpen(t)(t)
	apply(t, again, list...)
	withoutRevision := func(lines []string) []string {
		for i, line := range lines {
			lines[i] = revisionMember.ReplaceAllString(line, "")
		}
		return lines
	}
	requireSame(t, again, withoutRevision(snapshotOf(t, s)), func(v storage.View) []string { return withoutRevision(Answers(v)) })
	view(t, again, func(v storage.View) {
		want(t, "highest id", must[int](t)(v.HighestID(".")), 99)
		want(t, "highest id of an empty context", must[int](t)(v.HighestID(".y")), 5)
	})
}

// testUnknownMembers rewrites values without the members that another program has given them.
func testUnknownMembers(t *testing.T, open Open) {
	s := open(t)
	if records(t, s) == nil {
		t.Skip("this store does not tell its records")
	}
	value := schema("a", 1, 1, 1)
	with := func(r storage.Record, extra string) storage.Record {
		r.Value = []byte(`{"new":{"deep":[1,"<"]},` + extra + string(r.Value[1:]))
		return r
	}
	config, mode := storage.Config{Subject: "a", CompatibilityLevel: "FULL"}, storage.PutMode("a", "IMPORT", 0)
	apply(t, s, with(put(value), `"md5":"AAECAwQFBgcICQoLDA0ODw==","ts":5,`), with(storage.PutConfig(config, 0), ""), with(mode, ""))
	value.Deleted, config.CompatibilityLevel = true, ""
	apply(t, s, put(value), storage.PutConfig(config, 0), storage.PutMode("a", "READONLY", 0), storage.DeleteSubject("a", 1, 0))
	kept := map[storage.KeyType]map[string]any{}
	for _, r := range records(t, s) {
		members := map[string]any{}
		if err := json.Unmarshal(r.Value, &members); err != nil {
			t.Fatal(err)
		}
		kept[r.Key.Type] = members
	}
	for _, key := range []storage.KeyType{storage.SchemaKey, storage.ConfigKey, storage.ModeKey} {
		want(t, string(key)+" keeps its unknown member", kept[key]["new"], any(map[string]any{"deep": []any{1.0, "<"}}))
	}
	want(t, "md5", kept[storage.SchemaKey]["md5"], any("AAECAwQFBgcICQoLDA0ODw=="))
	want(t, "ts, which is not kept", kept[storage.SchemaKey]["ts"], nil)
	want(t, "deleted", kept[storage.SchemaKey]["deleted"], any(true))
	want(t, "a level that was cleared", kept[storage.ConfigKey]["compatibilityLevel"], nil)
	want(t, "mode", kept[storage.ModeKey]["mode"], any("READONLY"))
}

// randomState is a state with some of everything.
func randomState() []storage.Record {
	var list []storage.Record
	for number := range randomTexts {
		for i, subject := range randomSubjects {
			value := randomSchema(subject, number+1, number+1, number)
			value.By = storage.Registrant{Principal: subject, Client: "client"}
			list = append(list, storage.PutSchema(value, int64(i)))
		}
	}
	return slices.Concat(list, []storage.Record{
		storage.PutContext(".x", 0), storage.PutMode("a", "IMPORT", 0), storage.PutConfig(storage.Config{Subject: "b", CompatibilityLevel: "FULL"}, 0),
		storage.DeleteSubject("b", 3, 1), storage.DropSchema("é", 2, 1),
	})
}
