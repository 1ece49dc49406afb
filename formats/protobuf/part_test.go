package protobuf

import (
	"context"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"pgregory.net/rapid"

	"github.com/concord-registry/concord/formats"
)

func TestAPartHasWhatRecordsOfAMessageCanHold(t *testing.T) {
	const text = `syntax = "proto2"; package p;
		message A { optional B.In b = 1; extensions 10 to 20; message Unused { optional D d = 1; } }
		message B { message In { optional E e = 1; } }
		message C { extend A { optional F f = 10; } optional A a = 1; }
		message D {} message F { optional group G = 1 { optional .p.H h = 1; } } message H {}
		message X { extend Y { optional int32 x = 1; } } message Y { extensions 1 to 5; }
		extend A { optional Z z = 11; } extend Y { optional int32 w = 2; } message Z {}
		enum E { E0 = 0; } enum Other { O = 0; } service S { rpc R (X) returns (Y); }`
	s, err := Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.LinkFor(s.Model().Messages[:1])
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range l.File.Messages().Len() {
		names = append(names, string(l.File.Messages().Get(i).Name()))
	}
	for i := range l.File.Enums().Len() {
		names = append(names, string(l.File.Enums().Get(i).Name()))
	}
	for i := range l.File.Extensions().Len() {
		names = append(names, string(l.File.Extensions().Get(i).Name()))
	}
	if want := []string{"A", "B", "C", "D", "F", "H", "Z", "E", "z"}; !slices.Equal(names, want) {
		t.Errorf("the part for A has %q, want %q", names, want)
	}
}

func TestPartsOfRandomSchemasAreWhatTheyAreInTheWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := (&writer{t: rt}).file()
		s, err := Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
		if err != nil {
			rt.Skip(err)
		}
		whole, err := s.Linked()
		if err != nil {
			rt.Skip(err)
		}
		for _, m := range s.Model().Messages {
			part, err := s.LinkFor([]*MessageModel{m})
			if err != nil {
				rt.Fatalf("%s: %v\n%s", m.Name(), err, text)
			}
			a, b := protodesc.ToDescriptorProto(whole.Message(m.Type)), protodesc.ToDescriptorProto(part.Message(m.Type))
			if !proto.Equal(a, b) {
				rt.Fatalf("%s is\n%v\nand in the part\n%v\n%s", m.Name(), a, b, text)
			}
		}
	})
}
