// Package proof decides by experiment whether a Protobuf reader reads what a writer wrote. It exists to test the checker
// above it and shares no code with it: schemas are compiled by protocompile, and records are made up, encoded, decoded
// and compared here, from the rules of the encoding alone.
package proof

import (
	"context"
	"strings"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Compile compiles a .proto text that imports nothing but google/protobuf files, into descriptors of the runtime, which
// unlike the compiler's know whether strings are checked.
func Compile(text string) (protoreflect.FileDescriptor, error) {
	const name = "schema.proto"
	compiler := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{Accessor: protocompile.SourceAccessorFromMap(map[string]string{name: text})}),
		MaxParallelism: 1,
	}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	set := &descriptorpb.FileDescriptorSet{}
	seen := map[string]bool{}
	var add func(fd protoreflect.FileDescriptor)
	add = func(fd protoreflect.FileDescriptor) {
		if seen[fd.Path()] {
			return
		}
		seen[fd.Path()] = true
		for i := range fd.Imports().Len() {
			add(fd.Imports().Get(i).FileDescriptor)
		}
		set.File = append(set.File, protoutil.ProtoFromFileDescriptor(fd))
	}
	add(files[0])
	linked, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	return linked.FindFileByPath(name)
}

// Roots pairs the messages of two files that have the same name within their packages. A record may be of any of them.
func Roots(writer, reader protoreflect.FileDescriptor) [][2]protoreflect.MessageDescriptor {
	known := map[string]protoreflect.MessageDescriptor{}
	each(reader.Messages(), func(m protoreflect.MessageDescriptor) { known[local(m)] = m })
	var pairs [][2]protoreflect.MessageDescriptor
	each(writer.Messages(), func(m protoreflect.MessageDescriptor) {
		if partner := known[local(m)]; partner != nil {
			pairs = append(pairs, [2]protoreflect.MessageDescriptor{m, partner})
		}
	})
	return pairs
}

func each(messages protoreflect.MessageDescriptors, f func(protoreflect.MessageDescriptor)) {
	for i := range messages.Len() {
		if m := messages.Get(i); !m.IsMapEntry() {
			f(m)
			each(m.Messages(), f)
		}
	}
}

func local(m protoreflect.MessageDescriptor) string {
	return strings.TrimPrefix(string(m.FullName()), string(m.ParentFile().Package())+".")
}

// fieldsOf lists the fields of a message type, and the extensions of it that its file declares.
func fieldsOf(md protoreflect.MessageDescriptor) []protoreflect.FieldDescriptor {
	var all []protoreflect.FieldDescriptor
	for i := range md.Fields().Len() {
		all = append(all, md.Fields().Get(i))
	}
	extensions := md.ParentFile().Extensions()
	for i := range extensions.Len() {
		if xd := extensions.Get(i); xd.ContainingMessage() == md {
			all = append(all, xd)
		}
	}
	return all
}

// byNumber returns the field or extension of that number, nil when there is none.
func byNumber(md protoreflect.MessageDescriptor, n protoreflect.FieldNumber) protoreflect.FieldDescriptor {
	if fd := md.Fields().ByNumber(n); fd != nil {
		return fd
	}
	if !md.ExtensionRanges().Has(n) {
		return nil
	}
	for _, fd := range fieldsOf(md) {
		if fd.Number() == n {
			return fd
		}
	}
	return nil
}

// checked reports whether the strings of a field must be UTF-8.
func checked(fd protoreflect.FieldDescriptor) bool {
	if fd.IsExtension() && fd.ParentFile().Syntax() == protoreflect.Editions {
		features := fd.Options().(*descriptorpb.FieldOptions).GetFeatures()
		return features.GetUtf8Validation() != descriptorpb.FeatureSet_NONE // made-up files leave the default
	}
	if f, ok := fd.(interface{ EnforceUTF8() bool }); ok && fd.ParentFile().Syntax() == protoreflect.Editions {
		return f.EnforceUTF8()
	}
	return fd.ParentFile().Syntax() == protoreflect.Proto3
}
