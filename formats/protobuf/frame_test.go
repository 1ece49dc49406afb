package protobuf

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
)

func TestMessageIndexesAreWrittenAsClientsReadThem(t *testing.T) {
	for _, c := range []struct {
		index []int
		bytes []byte
	}{
		{[]int{0}, []byte{0}},
		{[]int{1}, []byte{2, 2}},
		{[]int{1, 0}, []byte{4, 2, 0}},
		{[]int{0, 0}, []byte{4, 0, 0}},
		{[]int{64}, []byte{2, 0x80, 1}},
	} {
		if got := AppendIndex(nil, c.index); !bytes.Equal(got, c.bytes) {
			t.Errorf("%v is written %x, want %x", c.index, got, c.bytes)
		}
		got, rest, err := ConsumeIndex(append(slices.Clone(c.bytes), 0xff))
		if err != nil || !slices.Equal(got, c.index) || !bytes.Equal(rest, []byte{0xff}) {
			t.Errorf("%x is read %v, rest %x, error %v", c.bytes, got, rest, err)
		}
	}
	for _, bad := range [][]byte{nil, {1}, {4, 2}, {2, 1}, {0x80}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}} {
		if index, _, err := ConsumeIndex(bad); err == nil {
			t.Errorf("%x is read %v", bad, index)
		}
	}
}

func TestIndexesFollowTheTextAsItIsRegistered(t *testing.T) {
	const text = "syntax = \"proto3\"; enum E { Z = 0; } message A { map<string, int32> m = 1; message In { int32 x = 1; } } message B { message C { message D {} } }"
	indexes := func(s *Schema) map[string]string {
		all := map[string]string{}
		for _, name := range []string{"A", "A.In", "A.MEntry", "B", "B.C.D", "E", "google.protobuf.Any"} {
			if found := s.Scope().Find(name); found != nil {
				all[name] = fmt.Sprint(found.Index())
			}
		}
		return all
	}
	s := mustParse(t, text, nil)
	want := map[string]string{"A": "[0]", "A.In": "[0 0]", "B": "[1]", "B.C.D": "[1 0 0]", "E": "[]", "google.protobuf.Any": "[]"}
	if got := indexes(s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
	// A descriptor shows the entry type, behind the types that the text declares, so that their indexes stay.
	want["A.MEntry"] = "[0 1]"
	if got := indexes(throughDescriptor(t, s, nil)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, want %v", got, want)
	}
}
