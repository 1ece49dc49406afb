package protobuf

import (
	"encoding/base64"
	"fmt"
	"runtime"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// groups is a message of n groups, the last of which has the first type.
func groups(t *testing.T, n int) []byte {
	t.Helper()
	m := &descriptorpb.DescriptorProto{Name: proto.String("M")}
	for i := range n {
		name := fmt.Sprintf("G%d", i)
		m.NestedType = append(m.NestedType, &descriptorpb.DescriptorProto{Name: proto.String(name)})
		m.Field = append(m.Field, &descriptorpb.FieldDescriptorProto{
			Name: proto.String(fmt.Sprintf("g%d", i)), Number: proto.Int32(int32(i + 1)), TypeName: proto.String(".M." + name),
			Label: descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL.Enum(), Type: descriptorpb.FieldDescriptorProto_TYPE_GROUP.Enum(),
		})
	}
	m.NestedType = append(m.NestedType[n-1:], m.NestedType[:n-1]...)
	data, err := proto.Marshal(&descriptorpb.FileDescriptorProto{MessageType: []*descriptorpb.DescriptorProto{m}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestGroupsTakeTheirTypes(t *testing.T) {
	m := mustParse(t, base64.StdEncoding.EncodeToString(groups(t, 3)), nil).Own().File.Messages[0]
	if len(m.Groups) != 3 || len(m.Messages) != 0 {
		t.Fatalf("%d groups and %d messages, want 3 and 0", len(m.Groups), len(m.Messages))
	}
	for i, g := range m.Groups {
		if want := fmt.Sprintf("G%d", i); g.Group.Name != want {
			t.Errorf("group %d took %s, want %s", i, g.Group.Name, want)
		}
	}
}

// Four times the groups may take about four times the memory, not sixteen.
func TestWorkForGroups(t *testing.T) {
	taken := func(n int) uint64 {
		fd := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(groups(t, n), fd); err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := fileOfDescriptor(fd); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if one, four := taken(2000), taken(8000); four > 6*one {
		t.Errorf("2000 groups take %d bytes, 8000 take %d", one, four)
	}
}
