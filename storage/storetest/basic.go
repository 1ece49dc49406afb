package storetest

import (
	"reflect"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

func testEmpty(t *testing.T, open Open) {
	s := open(t)
	view(t, s, func(v storage.View) {
		want(t, "contexts", must[[]string](t)(v.Contexts()), []string{"."})
		want(t, "subject", must[*storage.Subject](t)(v.Subject("a")), nil)
		want(t, "row", must[*storage.Row](t)(v.Row("a", 1)), nil)
		want(t, "latest", must[*storage.Row](t)(v.Latest("a")), nil)
		want(t, "content", must[*storage.Content](t)(v.Content(".", 1)), nil)
		want(t, "highest id", must[int](t)(v.HighestID(".")), 0)
		want(t, "config", must[*storage.Config](t)(v.Config("")), nil)
		want(t, "mode", must[string](t)(v.Mode("")), "")
		want(t, "schemas", must[storage.Counts](t)(v.Counts()).Schemas, 0)
		want(t, "contexts counted", must[storage.Counts](t)(v.Counts()).Contexts, 1)
	})
}

func testRegister(t *testing.T, open Open) {
	s := open(t)
	value := schema("a", 1, 7, 1)
	apply(t, s, put(value))
	content := storage.ContentOf(&value)
	row := storage.Row{Subject: "a", Version: 1, ID: 7, Time: 1001}
	view(t, s, func(v storage.View) {
		want(t, "row", *must[*storage.Row](t)(v.Row("a", 1)), row)
		want(t, "latest", *must[*storage.Row](t)(v.Latest("a")), row)
		want(t, "rows", must[[]storage.Row](t)(v.Rows("a")), []storage.Row{row})
		want(t, "content", must[*storage.Content](t)(v.Content(".", 7)), content)
		want(t, "id by key", must[int](t)(v.FindID(".", storage.KeyOf(content))), 7)
		want(t, "rows of id", must[[]storage.Row](t)(v.RowsOfID(".", 7)), []storage.Row{row})
		want(t, "rows of id in subject", must[[]storage.Row](t)(v.RowsOfIDIn("a", 7)), []storage.Row{row})
		want(t, "ids of guid", must[[]storage.ContextID](t)(v.IDsOfGUID(content.GUID)), []storage.ContextID{{Context: ".", ID: 7}})
		want(t, "highest id", must[int](t)(v.HighestID(".")), 7)
		counts := must[storage.Counts](t)(v.Counts())
		want(t, "live versions", counts.Versions[formats.Avro], 1)
		want(t, "subjects", counts.Subjects, 1)
	})
}

// want compares what a store says with what it should; nil stands for a nil pointer.
func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if want == nil && (got == nil || reflect.ValueOf(got).Kind() == reflect.Pointer && reflect.ValueOf(got).IsNil()) {
		return
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}
