package protobuf

import (
	"embed"
	"strings"
	"sync"

	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/concord-registry/concord/formats"

	// The descriptors of the built-in imports. Each package registers its file.
	_ "google.golang.org/genproto/googleapis/type/calendarperiod"
	_ "google.golang.org/genproto/googleapis/type/color"
	_ "google.golang.org/genproto/googleapis/type/date"
	_ "google.golang.org/genproto/googleapis/type/datetime"
	_ "google.golang.org/genproto/googleapis/type/dayofweek"
	_ "google.golang.org/genproto/googleapis/type/decimal"
	_ "google.golang.org/genproto/googleapis/type/expr"
	_ "google.golang.org/genproto/googleapis/type/fraction"
	_ "google.golang.org/genproto/googleapis/type/interval"
	_ "google.golang.org/genproto/googleapis/type/latlng"
	_ "google.golang.org/genproto/googleapis/type/money"
	_ "google.golang.org/genproto/googleapis/type/month"
	_ "google.golang.org/genproto/googleapis/type/phone_number"
	_ "google.golang.org/genproto/googleapis/type/postaladdress"
	_ "google.golang.org/genproto/googleapis/type/quaternion"
	_ "google.golang.org/genproto/googleapis/type/timeofday"
	_ "google.golang.org/protobuf/types/descriptorpb"
	_ "google.golang.org/protobuf/types/known/anypb"
	_ "google.golang.org/protobuf/types/known/apipb"
	_ "google.golang.org/protobuf/types/known/durationpb"
	_ "google.golang.org/protobuf/types/known/emptypb"
	_ "google.golang.org/protobuf/types/known/fieldmaskpb"
	_ "google.golang.org/protobuf/types/known/sourcecontextpb"
	_ "google.golang.org/protobuf/types/known/structpb"
	_ "google.golang.org/protobuf/types/known/timestamppb"
	_ "google.golang.org/protobuf/types/known/typepb"
	_ "google.golang.org/protobuf/types/known/wrapperspb"
)

//go:embed builtin/confluent/meta.proto builtin/confluent/type/decimal.proto builtin/confluent/type/variant.proto
var confluentFiles embed.FS

// BuiltinImports lists the paths that every schema can import without a reference.
func BuiltinImports() []string {
	var paths []string
	add := func(prefix, names string) {
		for name := range strings.FieldsSeq(names) {
			paths = append(paths, prefix+name+".proto")
		}
	}
	add("confluent/", "meta type/decimal type/variant")
	add("google/protobuf/", "any api descriptor duration empty field_mask source_context struct timestamp type wrappers")
	add("google/type/", "calendar_period color date datetime dayofweek decimal expr fraction interval latlng money month phone_number postal_address quaternion timeofday")
	return paths
}

// builtins are the built-in files and the tree of their names, made once.
type builtins struct {
	units map[string]*Unit
	names *names
	err   error // a file of ours does not parse; tests exclude it
}

var builtin = sync.OnceValue(func() *builtins {
	b := &builtins{units: map[string]*Unit{}, names: newNames(nil)}
	for _, path := range BuiltinImports() {
		file, err := builtinFile(path)
		if err != nil {
			b.err = err
			continue
		}
		b.units[path] = &Unit{File: file, Path: path}
		b.names.add(b.units[path])
	}
	return b
})

// builtinFile reads one built-in file: confluent's from our own text, the others from their registered descriptors.
func builtinFile(path string) (*File, error) {
	if strings.HasPrefix(path, "confluent/") {
		text, err := confluentFiles.ReadFile("builtin/" + path)
		if err != nil {
			return nil, err
		}
		return parseFile(string(text), &budget{limits: formats.DefaultLimits()})
	}
	fd, err := protoregistry.GlobalFiles.FindFileByPath(path)
	if err != nil {
		return nil, err
	}
	return fileOfDescriptor(protodesc.ToFileDescriptorProto(fd))
}

func builtinNames() *node { return builtin().names.root }

func builtinUnit(path string) *Unit { return builtin().units[path] }
