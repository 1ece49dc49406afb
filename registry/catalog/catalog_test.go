package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

// world is a registry with a catalog over it.
type world struct {
	reg     *registry.Registry
	store   *bolt.Store
	engine  *engine.Engine
	catalog *catalog.Catalog
}

func open(t testing.TB, path string) *world {
	t.Helper()
	store, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	e := engine.Default(formats.Limits{})
	w := &world{store: store, engine: e, reg: registry.New(store, e, registry.Options{})}
	w.catalog = w.newCatalog(t)
	return w
}

// newCatalog returns a catalog that has read everything.
func (w *world) newCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	return readAll(t, catalog.Options{Store: w.store, Registry: w.reg, Engine: w.engine})
}

// readAll returns a catalog that has read everything.
func readAll(t testing.TB, opt catalog.Options) *catalog.Catalog {
	t.Helper()
	c := catalog.New(opt)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	for {
		list, err := c.Subjects(ctx, catalog.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if list.Coverage.Complete {
			break
		}
	}
	stop() // from here on only questions bring it up to date
	<-done
	return c
}

func (w *world) register(t testing.TB, subject string, req registry.SchemaRequest) *registry.SchemaVersion {
	t.Helper()
	v, err := w.reg.Register(context.Background(), subject, req, registry.RegisterOptions{Force: true})
	if err != nil {
		t.Fatalf("register %s: %v", subject, err)
	}
	return v
}

func (w *world) subjects(t testing.TB, q catalog.Query) *catalog.Subjects {
	t.Helper()
	list, err := w.catalog.Subjects(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func names(list *catalog.Subjects) []string {
	found := []string{}
	for _, s := range list.Subjects {
		found = append(found, s.Subject)
	}
	return found
}

func record(name, field, typ string) registry.SchemaRequest {
	return registry.SchemaRequest{Schema: fmt.Sprintf(`{"type":"record","name":%q,"fields":[{"name":%q,"type":%q,"doc":"The %s of it."}]}`, name, field, typ, field)}
}

func owned(req registry.SchemaRequest, owner string) registry.SchemaRequest {
	req.Metadata = &registry.Metadata{Properties: map[string]string{"owner": owner}}
	return req
}

func TestTheListIsSearchedFacetedSortedAndCut(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	ctx := context.Background()
	w.register(t, "orders-value", owned(record("Order", "id", "long"), "Team Shop"))
	order := w.register(t, "orders-value", owned(record("Order", "no", "long"), "Team Shop"))
	w.register(t, "reorders-value", registry.SchemaRequest{Type: "JSON", Schema: `{"type":"object","properties":{"id":{"type":"string"}}}`})
	w.register(t, "basket-value", registry.SchemaRequest{
		Schema:     `{"type":"record","name":"Basket","fields":[{"name":"o","type":"Order"}]}`,
		References: []formats.Reference{{Name: "Order", Subject: "orders-value", Version: 2}},
	})
	w.register(t, ":.eu:orders-value", record("EuOrder", "id", "long"))
	w.register(t, "old-value", record("Old", "id", "int"))
	if _, err := w.reg.DeleteSubject(ctx, "old-value", false); err != nil {
		t.Fatal(err)
	}
	level := "FULL"
	if _, err := w.reg.SetConfig(ctx, "orders-value", registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &level}}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		query catalog.Query
		want  []string
	}{
		{"everything that is not deleted, the default context first", catalog.Query{}, []string{"basket-value", "orders-value", "reorders-value", ":.eu:orders-value"}},
		{"deleted ones too", catalog.Query{Deleted: catalog.WithDeleted}, []string{"basket-value", "old-value", "orders-value", "reorders-value", ":.eu:orders-value"}},
		{"deleted ones alone", catalog.Query{Deleted: catalog.OnlyDeleted}, []string{"old-value"}},
		{"one context", catalog.Query{Context: ".eu"}, []string{":.eu:orders-value"}},
		{"a part of a name in any case, names that begin with it first", catalog.Query{Text: "ORDERS"}, []string{"orders-value", ":.eu:orders-value", "reorders-value"}},
		{"every term must be found, in the name or the owner", catalog.Query{Text: "value shop"}, []string{"orders-value"}},
		{"an id", catalog.Query{Text: fmt.Sprint(order.ID), Context: "."}, []string{"orders-value"}},
		{"a type", catalog.Query{Types: []string{"JSON"}}, []string{"reorders-value"}},
		{"a level that is set on the subject", catalog.Query{Levels: []string{"FULL"}}, []string{"orders-value"}},
		{"an owner", catalog.Query{Owners: []string{"Team Shop"}}, []string{"orders-value"}},
		{"sorted by what refers to it", catalog.Query{Sort: "-in", Limit: 1}, []string{"orders-value"}},
		{"a page", catalog.Query{Offset: 1, Limit: 2}, []string{"orders-value", "reorders-value"}},
		{"backwards", catalog.Query{Sort: "-name", Limit: 2}, []string{":.eu:orders-value", "reorders-value"}},
		{"beyond the end", catalog.Query{Offset: 50}, []string{}},
	} {
		if got := names(w.subjects(t, test.query)); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	list := w.subjects(t, catalog.Query{Types: []string{"JSON"}})
	if want := []catalog.Count{{Value: "AVRO", Count: 3}, {Value: "JSON", Count: 1}}; !reflect.DeepEqual(list.Types, want) || list.Deleted != 0 {
		t.Errorf("a facet counts what choosing its values would lead to: %v, want %v; deleted %d", list.Types, want, list.Deleted)
	}
	summary, err := w.catalog.Subject(ctx, "orders-value")
	if err != nil || summary == nil {
		t.Fatal(summary, err)
	}
	if s := *summary; s.ReferencesIn != 1 || s.Latest != 2 || s.Versions != 2 || s.Level != "FULL" || !s.OwnLevel || s.Mode != "READWRITE" || s.Owner != "Team Shop" || s.Registered == 0 {
		t.Errorf("%+v", s)
	}
}

func TestFieldsAreFoundByPathTypeAndDocInEveryFormat(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	w.register(t, "a", registry.SchemaRequest{Schema: `{"type":"record","name":"A","fields":[{"name":"customer","type":{"type":"record","name":"C","fields":[{"name":"id","type":["null","long"],"doc":"Never reused"}]}}]}`})
	w.register(t, "b", registry.SchemaRequest{Type: "PROTOBUF", Schema: "syntax = \"proto3\"; message B { string id = 1; int64 n = 2; }"})
	w.register(t, "c", registry.SchemaRequest{Type: "JSON", Schema: `{"type":"object","properties":{"n":{"type":"integer"},"tags":{"type":"array","items":{"type":"string"}}}}`})
	for _, test := range []struct {
		name  string
		query catalog.FieldQuery
		want  []string
	}{
		{"by path", catalog.FieldQuery{Text: "customer.ID"}, []string{"a customer.id null | long"}},
		{"by doc", catalog.FieldQuery{Text: "reused"}, []string{"a customer.id null | long"}},
		{"by type", catalog.FieldQuery{Text: "array<"}, []string{"c tags array<string>"}},
		{"by exact name", catalog.FieldQuery{Text: "n", Exact: true}, []string{"b B.n int64", "c n integer"}},
		{"in one format", catalog.FieldQuery{Text: "id", Types: []string{"PROTOBUF"}}, []string{"b B.id string"}},
		{"nothing", catalog.FieldQuery{Text: "nowhere"}, nil},
	} {
		found, err := w.catalog.Fields(context.Background(), test.query)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found.Fields {
			got = append(got, f.Subject+" "+f.Path+" "+f.Type)
		}
		if !reflect.DeepEqual(got, test.want) || found.Total != len(test.want) {
			t.Errorf("%s: %q (%d), want %q", test.name, got, found.Total, test.want)
		}
	}
	all, err := w.catalog.Fields(context.Background(), catalog.FieldQuery{})
	if err != nil {
		t.Fatal(err)
	}
	want := []catalog.Disagreement{{Name: "id", Count: 2, Types: []catalog.TypeCount{{Type: "null | long", Count: 1, Subject: "a"}, {Type: "string", Count: 1, Subject: "b"}}}}
	if !reflect.DeepEqual(all.Disagreements, want) {
		t.Errorf("disagreements %+v, want %+v: n is a whole number in both of its formats", all.Disagreements, want)
	}
}

// TestACatalogThatFollowsEqualsOneThatReads makes random changes and compares the catalog that has seen them all with one
// that is made of the outcome.
func TestACatalogThatFollowsEqualsOneThatReads(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		w := open(t, filepath.Join(dir, fmt.Sprintf("%d.db", n)))
		ctx := context.Background()
		subject := rapid.SampledFrom([]string{"a", "b", "B", ":.x:a", ":.x:c", "z"})
		for range rapid.IntRange(1, 12).Draw(rt, "changes") {
			name := subject.Draw(rt, "subject")
			// What is refused changes nothing, and that too must be so in both.
			switch rapid.IntRange(0, 6).Draw(rt, "change") {
			case 0, 1, 2:
				req := owned(record("R", rapid.SampledFrom([]string{"id", "no"}).Draw(rt, "field"), rapid.SampledFrom([]string{"int", "string"}).Draw(rt, "type")), name)
				_, _ = w.reg.Register(ctx, name, req, registry.RegisterOptions{Force: true})
			case 3:
				req := registry.SchemaRequest{Schema: `["null","R"]`, References: []formats.Reference{{Name: "R", Subject: subject.Draw(rt, "target"), Version: 1}}}
				_, _ = w.reg.Register(ctx, name, req, registry.RegisterOptions{Force: true})
			case 4:
				_, _ = w.reg.DeleteSubject(ctx, name, rapid.Bool().Draw(rt, "permanent"))
			case 5:
				_, _ = w.reg.DeleteVersion(ctx, name, "latest", false)
			case 6:
				level := rapid.SampledFrom([]string{"NONE", "FULL"}).Draw(rt, "level")
				owner := rapid.SampledFrom([]string{name, "", ":.x:"}).Draw(rt, "owner")
				_, _ = w.reg.SetConfig(ctx, owner, registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &level}})
			}
			if rapid.Bool().Draw(rt, "ask") {
				w.subjects(t, catalog.Query{})
			}
		}
		fresh := &world{reg: w.reg, store: w.store, engine: w.engine}
		followed := w.subjects(t, catalog.Query{Deleted: catalog.WithDeleted})
		followedFields, err := w.catalog.Fields(ctx, catalog.FieldQuery{})
		if err != nil {
			rt.Fatal(err)
		}
		fresh.catalog = fresh.newCatalog(t)
		read := fresh.subjects(t, catalog.Query{Deleted: catalog.WithDeleted})
		readFields, err := fresh.catalog.Fields(ctx, catalog.FieldQuery{})
		if err != nil {
			rt.Fatal(err)
		}
		followed.Coverage, read.Coverage, followedFields.Coverage, readFields.Coverage = catalog.Coverage{}, catalog.Coverage{}, catalog.Coverage{}, catalog.Coverage{}
		if !reflect.DeepEqual(followed, read) {
			rt.Fatalf("followed %+v\nread %+v", followed, read)
		}
		if !reflect.DeepEqual(followedFields, readFields) {
			rt.Fatalf("followed %+v\nread %+v", followedFields, readFields)
		}
	})
}

func TestListenersHearOfCommits(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	changes, stop := w.catalog.Listen()
	defer stop()
	w.register(t, "orders-value", record("Order", "id", "long"))
	w.subjects(t, catalog.Query{})
	if got := <-changes; !reflect.DeepEqual(got, []string{"orders-value"}) {
		t.Errorf("heard of %q", got)
	}
}

// damagedStore is a store in which the content of one id, or the list of subjects, cannot be read.
type damagedStore struct {
	*bolt.Store
	id       int
	subjects error
}

func (s *damagedStore) View(f func(storage.View) error) error {
	return s.Store.View(func(v storage.View) error { return f(damagedView{v, s}) })
}

type damagedView struct {
	storage.View
	store *damagedStore
}

func (v damagedView) Content(context string, id int) (*storage.Content, error) {
	if id == v.store.id {
		return nil, fmt.Errorf("%w: a content", storage.ErrCorrupt)
	}
	return v.View.Content(context, id)
}

func (v damagedView) Subjects(context, prefix, from string, f func(storage.Subject) bool) error {
	return errors.Join(v.store.subjects, v.View.Subjects(context, prefix, from, f))
}

func TestADamagedSubjectIsLeftOutAndHidesNoOther(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	w.register(t, "a", record("A", "id", "long"))
	damaged := w.register(t, "b", record("B", "id", "long"))
	w.register(t, "c", record("C", "id", "long"))
	w.register(t, ":.other:d", record("D", "id", "long"))
	w.catalog = readAll(t, catalog.Options{Store: &damagedStore{Store: w.store, id: damaged.ID}, Registry: w.reg, Engine: w.engine})
	want := []string{"a", "c", ":.other:d"}
	if got := names(w.subjects(t, catalog.Query{})); !reflect.DeepEqual(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	level := "NONE"
	if _, err := w.reg.SetConfig(context.Background(), "b", registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &level}}); err != nil {
		t.Fatal(err)
	}
	if got := names(w.subjects(t, catalog.Query{})); !reflect.DeepEqual(got, want) {
		t.Errorf("followed to %q, want %q", got, want)
	}
}

func TestACatalogThatCouldNotReadEverythingDoesNotClaimIt(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	w.register(t, "a", record("A", "id", "long"))
	store := &damagedStore{Store: w.store, subjects: fmt.Errorf("%w: a list", storage.ErrCorrupt)}
	c := catalog.New(catalog.Options{Store: store, Registry: w.reg, Engine: w.engine})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	defer func() { stop(); <-done }()
	for range 3 { // the first question waits for the first reading
		list, err := c.Subjects(ctx, catalog.Query{})
		if err != nil {
			t.Fatal(err)
		}
		if list.Coverage.Complete || list.Coverage.Total != 1 {
			t.Fatalf("%+v", list.Coverage)
		}
	}
}

func TestFieldsWithoutRoomAreCountedOnce(t *testing.T) {
	w := open(t, filepath.Join(t.TempDir(), "concord.db"))
	w.catalog = readAll(t, catalog.Options{Store: w.store, Registry: w.reg, Engine: w.engine, MaxFields: 2})
	two := func(name string) registry.SchemaRequest {
		return registry.SchemaRequest{Schema: `{"type":"record","name":"R","fields":[{"name":"id","type":"long"},{"name":"` + name + `","type":"long","default":0}]}`}
	}
	w.register(t, "a", two("x"))
	for _, step := range []struct {
		change string
		make   func()
		want   int
	}{
		{"a subject for which there is no room", func() { w.register(t, "b", two("x")) }, 2},
		{"another version of it", func() { w.register(t, "b", two("y")) }, 2},
		{"its end", func() {
			if _, err := w.reg.DeleteSubject(context.Background(), "b", false); err != nil {
				t.Fatal(err)
			}
		}, 0},
	} {
		step.make()
		fields, err := w.catalog.Fields(context.Background(), catalog.FieldQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if fields.LeftOut != step.want || fields.Total != 2 {
			t.Errorf("after %s: %d fields, and %d left out, want 2 and %d", step.change, fields.Total, fields.LeftOut, step.want)
		}
	}
}
