package protobuf

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
)

func on(kind formats.EntityType, path string, tags ...string) formats.EntityTags {
	return formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags}
}

func field(path string, tags ...string) formats.EntityTags {
	return on(formats.FieldEntity, path, tags...)
}

func message(path string, tags ...string) formats.EntityTags {
	return on(formats.RecordEntity, path, tags...)
}

func TestRetaggingGivesTheReferencesTexts(t *testing.T) {
	var cases []labelledText
	if err := json.Unmarshal(corpustest.Read(t, "protobuf/text-goldens.json"), &cases); err != nil {
		t.Fatal(err)
	}
	const pkg = "com.example.mynamespace."
	everything := []formats.EntityTags{
		message("SampleRecord", "PII"), field(pkg+"SampleRecord.my_field1", "PII"), field("SampleRecord.my_field2", "PII"), field("."+pkg+"SampleRecord.my_field3", "PII"),
		message("SampleRecord.NestedRecord", "PII"), field("SampleRecord.NestedRecord.nested_filed1", "PII"),
	}
	steps := map[string][]struct {
		want        string
		add, remove []formats.EntityTags
	}{
		"testBasicAddAndRemoveSchemaTags": {
			{want: "expectedString", add: everything},
			{want: "removedTagSchema", remove: []formats.EntityTags{
				message("SampleRecord", "OTHER"), field("SampleRecord.my_field1", "OTHER"), field("SampleRecord.my_field2", "PRIVATE"),
				field("SampleRecord.my_field3", "PII"), message("SampleRecord.NestedRecord", "PII"),
			}},
		},
		"testAddDuplicateTags": {{want: "expectedSchemaString", add: []formats.EntityTags{field("SampleRecord.my_field1", "PRIVATE"), field("SampleRecord.my_field2", "PRIVATE")}}},
		"testComplexRemove": {{want: "afterRemovedTag", remove: []formats.EntityTags{
			field("SampleRecord.my_field1", "PRIVATE"), field("SampleRecord.my_field3", "PRIVATE"), field("SampleRecord.my_field4", "PRIVATE"),
			field("SampleRecord.other_id", "PRIVATE"), field("SampleRecord.NestedRecord.nested_filed1", "PRIVATE"),
		}}},
		"testOptionalOneOfFieldName": {{want: "expectedSchemaString", add: []formats.EntityTags{
			field("SampleRecord.test_oneof.f1", "TAG1", "TAG2"), field("SampleRecord.f2", "TAG3", "TAG4"),
		}}},
	}
	ran := 0
	for _, c := range cases {
		text := c.Texts["schemaString"]
		for _, step := range steps[c.Test] {
			got, err := mustParse(t, text, nil).Retag(step.add, step.remove)
			if err != nil {
				t.Fatalf("%s: %v", c.Test, err)
			}
			if want := c.Texts[step.want]; got != want {
				t.Errorf("%s, %s:\n%s", c.Test, step.want, diff(want, got))
			}
			text = got
			ran++
		}
	}
	if ran != 5 {
		t.Errorf("%d steps ran", ran)
	}
}

const taggedText = `syntax = "proto3";
package p;
message A {
  option (confluent.message_meta) = { tags: "X" };
  int32 a = 1 [(confluent.field_meta).tags = "Y", (.confluent.field_meta).tags = ["Z", "Y"]];
  oneof o {
    int32 b = 2 [(confluent.field_meta) = { doc: "d", tags: ["W"] }];
  }
  message B {
    int32 c = 1 [(other.field_meta).tags = "no"];
  }
}`

func TestTagsAreListedUnderFullNames(t *testing.T) {
	want := []formats.EntityTags{message("p.A", "X"), field("p.A.a", "Y", "Z"), field("p.A.b", "W")}
	if got := mustParse(t, taggedText, nil).Tags(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestRetaggingWhatIsNotThereIsRefused(t *testing.T) {
	s := mustParse(t, taggedText, nil)
	for _, e := range []formats.EntityTags{field("A.missing", "T"), field("A.x.b", "T"), message("C", "T"), message("A.a", "T"), field("a", "T"), field("", "T"), message("p", "T")} {
		if text, err := s.Retag([]formats.EntityTags{e}, nil); err == nil {
			t.Errorf("%v was tagged:\n%s", e.Entity, text)
		}
		if known := s.Known([]formats.EntityTags{e}); len(known) > 0 {
			t.Errorf("%v is not there", e.Entity)
		}
	}
}

func TestRetaggingAndBackLeavesTheSameTags(t *testing.T) {
	s := mustParse(t, taggedText, nil)
	change := []formats.EntityTags{field("A.a", "NEW"), field("A.B.c", "NEW"), message("A.B", "NEW")}
	if known := s.Known(change); !reflect.DeepEqual(known, change) {
		t.Errorf("only %v are known", known)
	}
	text, err := s.Retag(change, nil)
	if err != nil {
		t.Fatal(err)
	}
	back, err := mustParse(t, text, nil).Retag(nil, change)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := mustParse(t, back, nil).Tags(), s.Tags(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
