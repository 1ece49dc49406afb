package jsonschema

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats"
)

func tag(path string, kind formats.EntityType, tags ...string) formats.EntityTags {
	return formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags}
}

const tagged = `{"type":"object","confluent:tags":["R"],"properties":{
	"a":{"type":"string","confluent:tags":["A","B","A"]},
	"list":{"type":"array","items":{"type":"object","properties":{"x":{"type":"null","confluent:tags":["X"]}}}},
	"either":{"oneOf":[{"type":"string"},{"type":"object","confluent:tags":["O"],"properties":{"y":{"confluent:tags":["Y"]}}}]},
	"maybe":{"type":["null","object"],"properties":{"z":{"confluent:tags":["Z"]}}},
	"d.o.t":{"confluent:tags":["D"]}},
	"definitions":{"def":{"type":"object","properties":{"w":{"confluent:tags":["W"]}}}}}`

func TestTagsAreListedByEntity(t *testing.T) {
	got, err := json.Marshal(parse(t, tagged).Tags())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal([]formats.EntityTags{
		tag("object", formats.RecordEntity, "R"),
		tag("object.a", formats.FieldEntity, "A", "B"),
		tag("object.list.array.object.x", formats.FieldEntity, "X"),
		tag("object.either.oneof.0.object", formats.RecordEntity, "O"),
		tag("object.either.oneof.0.object.y", formats.FieldEntity, "Y"),
		tag("object.maybe.anyof.1.object.z", formats.FieldEntity, "Z"),
		tag("object.d.o.t", formats.FieldEntity, "D"),
		tag("object.definitions.def.object.w", formats.FieldEntity, "W"),
	})
	if string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEveryListedEntityCanBeRetagged(t *testing.T) {
	s := parse(t, tagged)
	text, err := s.Retag(nil, s.Tags())
	if err != nil {
		t.Fatal(err)
	}
	bare := parse(t, text)
	if known := bare.Known(s.Tags()); len(known) != len(s.Tags()) {
		t.Errorf("without their tags, only %v are known", known)
	}
	if tags := bare.Tags(); len(tags) > 0 {
		t.Errorf("left after removing all: %v", tags)
	}
	text, err = bare.Retag(s.Tags(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(parse(t, text).Tags())
	want, _ := json.Marshal(s.Tags())
	if string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestRetagKeepsTheRestOfTheText(t *testing.T) {
	s := parse(t, `{"properties":{"a":{"confluent:tags":["X","Y"],"type":"string"},"b":{}}}`)
	text, err := s.Retag([]formats.EntityTags{tag("object.a", formats.FieldEntity, "Z"), tag("object.b", formats.FieldEntity, "Q")},
		[]formats.EntityTags{tag("object.a", formats.FieldEntity, "X")})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"properties":{"a":{"confluent:tags":["Y","Z"],"type":"string"},"b":{"confluent:tags":["Q"]}}}`; text != want {
		t.Errorf("got %s, want %s", text, want)
	}
	for _, path := range []string{"object.c", "array.object", "object.a.object.x", "", "object.anyof", "nonsense"} {
		if _, err := s.Retag([]formats.EntityTags{tag(path, formats.FieldEntity, "Z")}, nil); err == nil {
			t.Errorf("%q names nothing, but was tagged", path)
		}
	}
}

func TestNoPathTakesLongToFollow(t *testing.T) {
	const depth = 60
	nested := strings.Repeat(`{"anyOf":[`, depth) + `{}` + strings.Repeat(`]}`, depth)
	doubled := strings.Repeat(`{"type":["object","object"],"properties":{"a":`, depth) + `{"confluent:tags":["T"]}` + strings.Repeat(`}}`, depth)
	done := make(chan struct{})
	go func() {
		defer close(done)
		path := strings.Repeat("anyof.0.", depth) + "object"
		if _, err := parse(t, nested).Retag([]formats.EntityTags{tag(path, formats.FieldEntity, "T")}, nil); err == nil {
			t.Error("a field without a name was tagged")
		}
		if tags := parse(t, doubled).Tags(); len(tags) != 1 {
			t.Errorf("%d tags", len(tags))
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("following a path does not end")
	}
}
