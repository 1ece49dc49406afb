package bolt

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"github.com/concord-registry/concord/storage"
)

// FuzzDecode feeds every decoder with bodies that a seal would have let through only by accident. None may panic, and what
// is decoded must survive being encoded again.
func FuzzDecode(f *testing.F) {
	content := storage.ContentOf(&storage.SchemaValue{Schema: `{"type":"string"}`, Metadata: &storage.Metadata{Sensitive: []string{"x"}}})
	body, err := appendContent(nil, content)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add((&rowValue{id: 1, code: 1, time: 5, extra: []byte(`{"a":1}`)}).append(nil))
	f.Add((&rowValue{id: 1, code: 1, time: 5, extra: []byte(`{"registeredBy":{"principal":"anna","client":"c"}}`)}).append(nil))
	f.Add(appendSummary(nil, &storage.Subject{Live: 1, Latest: 2, Highest: 3, Revision: 4}))
	f.Add((&idValue{number: 7}).append(nil))
	f.Add(contextValue{highest: 9, known: true}.append(nil))
	f.Add((&counts{contexts: 1}).append(nil))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		if c, err := decodeContent(body); err == nil {
			again, err := appendContent(nil, c)
			if err != nil {
				t.Fatal(err)
			}
			if c2, err := decodeContent(again); err != nil || !reflect.DeepEqual(c, c2) {
				t.Fatalf("content %+v becomes %+v, %v", c, c2, err)
			}
		}
		if r, ok := decodeRow(body); ok {
			if r2, ok := decodeRow(r.append(nil)); !ok || !reflect.DeepEqual(r, r2) {
				t.Fatalf("row %+v becomes %+v", r, r2)
			}
		}
		if s, ok := decodeSummary(body); ok && !bytes.Equal(appendSummary(nil, &s), body) {
			t.Fatalf("summary %+v", s)
		}
		if v, ok := decodeID(body); ok && !bytes.Equal(v.append(nil), body) {
			t.Fatalf("id %+v", v)
		}
		if v, ok := decodeContext(body); ok {
			if v2, ok := decodeContext(v.append(nil)); !ok || v != v2 {
				t.Fatalf("context %+v", v)
			}
		}
		if c, ok := decodeCounts(body); ok && !bytes.Equal(c.append(nil), body) {
			t.Fatalf("counts %+v", c)
		}
		splitRow(body)
		splitContextID(body)
	})
}

// FuzzApply applies a hostile record between two good ones. It is applied or refused, and the state stays whole.
func FuzzApply(f *testing.F) {
	f.Add("SCHEMA", "a", 1, "", []byte(`{"subject":"a","version":1,"id":1,"schema":"x"}`))
	f.Add("SCHEMA", ":.x:a", 2, "", []byte(`{"subject":":.x:a","version":2,"id":2147483647,"schema":"x","references":[{"name":"n","subject":"","version":-1}]}`))
	f.Add("SCHEMA", "a", 1, "", []byte(nil))
	f.Add("CONFIG", "", 0, "", []byte(`{"compatibilityLevel":"FULL","x":{}}`))
	f.Add("MODE", ":.x:", 0, "", []byte(`{"mode":"IMPORT","x":1}`))
	f.Add("DELETE_SUBJECT", "good", 0, "", []byte(`{"version":1}`))
	f.Add("CLEAR_SUBJECT", "", 0, "", []byte(`{}`))
	f.Add("CONTEXT", "", 0, ".x", []byte(`{}`))
	f.Add("NOOP", "", 0, "", []byte(`{"highestIds":{".":-5,".x":9}}`))
	f.Add("ASSOC", "", 0, "", []byte(`{}`))
	s := mustOpen(f, newPath(f))
	fill(f, s, "good", 5)
	f.Fuzz(func(t *testing.T, keyType, subject string, number int, context string, value []byte) {
		tx, err := s.newTransaction()
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := rollback(tx.tx); err != nil {
				t.Fatal(err)
			}
		}()
		key := storage.Key{Type: storage.KeyType(keyType), Subject: subject, Version: number, Context: context}
		for _, r := range []storage.Record{version("good9", 1, 1_000_000), {Key: key, Value: value}, version("good9", 1, 1_000_000)} {
			err := tx.apply(r)
			if err != nil && !errors.Is(err, storage.ErrRecord) && !errors.Is(err, storage.ErrTooLarge) {
				t.Fatalf("record %+v %q: %v", key, value, err)
			}
		}
		if err := tx.verify(t.Context(), func(err error) { t.Errorf("record %+v %q: %v", key, value, err) }); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzMembers keeps unknown members through a rewrite.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":1,"mode":"X"}`), []byte(`{"b":[null]}`))
	f.Add([]byte(`{}`), []byte(``))
	f.Add([]byte(`{"mode":[{"mode":1,"x":","}],"subject":"{","m\u006fde":"\\\""}`), []byte(`{"a":"\ud800"}`))
	f.Fuzz(func(t *testing.T, value, older []byte) {
		var object members
		if json.Unmarshal(value, &object) != nil {
			return
		}
		slow := false // what the quick look must not overlook
		for name := range object {
			slow = slow || !modeMembers[name]
		}
		if slow && onlyKnown(value, modeMembers) {
			t.Fatalf("a member of %q is overlooked", value)
		}
		kept, err := keepMembers(value, older, modeMembers)
		if err != nil {
			return
		}
		again, err := keepMembers(kept, nil, modeMembers)
		if err != nil {
			t.Fatalf("%q cannot be kept again: %v", kept, err)
		}
		extra, err := unknownMembers(again, nil, modeMembers)
		if err != nil {
			t.Fatal(err)
		}
		want, err := unknownMembers(value, older, modeMembers)
		if err != nil || !bytes.Equal(extra, want) {
			t.Fatalf("kept %s of %s, %v", extra, want, err)
		}
	})
}
