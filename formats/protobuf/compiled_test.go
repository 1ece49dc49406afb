package protobuf

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/bufbuild/protocompile/protoutil"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/concord-registry/concord/formats/corpustest"
)

// compile has protocompile make the descriptor of a text, a second opinion on what it means.
func compile(text string, references map[string]string) (*descriptorpb.FileDescriptorProto, error) {
	const name = "schema.proto"
	compiler := protocompile.Compiler{MaxParallelism: 1, Resolver: protocompile.WithStandardImports(protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
		if path == name {
			return protocompile.SearchResult{Source: strings.NewReader(text)}, nil
		}
		if ref, ok := references[path]; ok {
			return protocompile.SearchResult{Source: strings.NewReader(ref)}, nil
		}
		if content, err := confluentFiles.ReadFile("builtin/" + path); err == nil {
			return protocompile.SearchResult{Source: bytes.NewReader(content)}, nil
		}
		if u := builtinUnit(path); u != nil {
			fd, err := resolveFiles{}.FindFileByPath(path)
			return protocompile.SearchResult{Desc: fd}, err
		}
		return protocompile.SearchResult{}, fmt.Errorf("no file %q", path)
	}))}
	files, err := compiler.Compile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	// Through bytes, so that custom options are what they are without knowledge of their types.
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(protoutil.ProtoFromFileDescriptor(files[0]))
	if err != nil {
		return nil, err
	}
	fd := &descriptorpb.FileDescriptorProto{}
	return fd, proto.Unmarshal(data, fd)
}

// inOrder takes away the freedoms of order that the canonical text does not keep: fields by number, implied types last.
func inOrder(fd *descriptorpb.FileDescriptorProto) *descriptorpb.FileDescriptorProto {
	fd = proto.Clone(fd).(*descriptorpb.FileDescriptorProto)
	withoutEmpty(fd.ProtoReflect())
	type dependency struct {
		path         string
		public, weak bool
	}
	var dependencies []dependency
	for i, path := range fd.Dependency {
		dependencies = append(dependencies, dependency{path, slices.Contains(fd.PublicDependency, int32(i)), slices.Contains(fd.WeakDependency, int32(i))})
	}
	slices.SortFunc(dependencies, func(a, b dependency) int { return strings.Compare(a.path, b.path) })
	fd.Dependency, fd.PublicDependency, fd.WeakDependency = nil, nil, nil
	for _, d := range dependencies {
		if d.weak {
			continue
		}
		if d.public {
			fd.PublicDependency = append(fd.PublicDependency, int32(len(fd.Dependency)))
		}
		fd.Dependency = append(fd.Dependency, d.path)
	}
	slices.SortFunc(fd.Extension, byNumber)
	fd.MessageType = impliedLast(fd.MessageType, groupsOf(fd.Extension))
	for _, m := range fd.MessageType {
		messageInOrder(m)
	}
	return fd
}

func byNumber(a, b *descriptorpb.FieldDescriptorProto) int {
	if c := strings.Compare(a.GetExtendee(), b.GetExtendee()); c != 0 {
		return c
	}
	return int(a.GetNumber() - b.GetNumber())
}

func messageInOrder(m *descriptorpb.DescriptorProto) {
	slices.SortFunc(m.Field, byNumber)
	slices.SortFunc(m.Extension, byNumber)
	// Oneofs that stand for optional fields come in the order of these.
	var own []*descriptorpb.OneofDescriptorProto
	moved := map[int32]int32{}
	place := func(synthetic bool) {
		for _, f := range m.Field {
			if f.OneofIndex == nil || f.GetProto3Optional() != synthetic {
				continue
			}
			if _, done := moved[f.GetOneofIndex()]; !done {
				moved[f.GetOneofIndex()] = int32(len(own))
				own = append(own, m.OneofDecl[f.GetOneofIndex()])
			}
		}
	}
	place(false)
	place(true)
	for _, f := range m.Field {
		if f.OneofIndex != nil {
			f.OneofIndex = proto.Int32(moved[f.GetOneofIndex()])
		}
	}
	m.OneofDecl = own
	m.NestedType = impliedLast(m.NestedType, groupsOf(append(slices.Clone(m.Field), m.Extension...)))
	for _, nested := range m.NestedType {
		messageInOrder(nested)
	}
}

func groupsOf(fields []*descriptorpb.FieldDescriptorProto) map[string]bool {
	names := map[string]bool{}
	for _, f := range fields {
		if f.GetType() == descriptorpb.FieldDescriptorProto_TYPE_GROUP {
			names[f.GetTypeName()[strings.LastIndexByte(f.GetTypeName(), '.')+1:]] = true
		}
	}
	return names
}

// impliedLast puts the types that a text does not declare as messages behind those that it does.
func impliedLast(messages []*descriptorpb.DescriptorProto, groups map[string]bool) []*descriptorpb.DescriptorProto {
	isImplied := func(m *descriptorpb.DescriptorProto) bool {
		return m.GetOptions().GetMapEntry() || groups[m.GetName()]
	}
	slices.SortStableFunc(messages, func(a, b *descriptorpb.DescriptorProto) int {
		switch {
		case isImplied(a) != isImplied(b):
			return map[bool]int{true: 1, false: -1}[isImplied(a)]
		case isImplied(a):
			return strings.Compare(a.GetName(), b.GetName())
		}
		return 0
	})
	return messages
}

// bare leaves out what the reference's descriptors do not hold: custom options, JSON names that go without saying.
func bare(fd *descriptorpb.FileDescriptorProto) *descriptorpb.FileDescriptorProto {
	fd = proto.Clone(fd).(*descriptorpb.FileDescriptorProto)
	fd.Name = nil
	if fd.GetSyntax() == "proto2" {
		fd.Syntax = nil
	}
	var walk func(m protoreflect.Message)
	walk = func(m protoreflect.Message) {
		if f, ok := m.Interface().(*descriptorpb.FieldDescriptorProto); ok && f.GetJsonName() == jsonName(&Field{Name: f.GetName()}) {
			f.JsonName = nil
		}
		m.SetUnknown(nil)
		m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case fd.IsList() && fd.Message() != nil:
				for i := range v.List().Len() {
					walk(v.List().Get(i).Message())
				}
			case fd.IsExtension():
				m.Clear(fd)
			case fd.Message() != nil && !fd.IsMap():
				walk(v.Message())
			}
			return true
		})
	}
	walk(fd.ProtoReflect())
	return fd
}

// withoutEmpty leaves out options that set nothing, as an empty block after an rpc makes them.
func withoutEmpty(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsList() && fd.Message() != nil:
			for i := range v.List().Len() {
				withoutEmpty(v.List().Get(i).Message())
			}
		case fd.Message() != nil && !fd.IsMap():
			withoutEmpty(v.Message())
			if proto.Size(v.Message().Interface()) == 0 {
				m.Clear(fd)
			}
		}
		return true
	})
}

func sameDescriptor(t *testing.T, what, text string, want, got *descriptorpb.FileDescriptorProto) bool {
	t.Helper()
	if proto.Equal(want, got) {
		return true
	}
	t.Errorf("%s:\n%s\n%s", what, diff(prototext.Format(want), prototext.Format(got)), text)
	return false
}

// roundTrip checks that printing a text that compiles leaves it the same schema: the canonical text, the normalized text,
// and what is printed of its descriptor. It also compares our descriptor with the compiler's.
func roundTrip(t *testing.T, text string, references map[string]string) bool {
	t.Helper()
	original, err := compile(text, references)
	if err != nil {
		return false
	}
	s := mustParse(t, text, references)
	again, err := compile(s.Canonical(), references)
	if err != nil {
		t.Errorf("the canonical text does not compile: %v\n%s\n%s", err, s.Canonical(), text)
		return true
	}
	sameDescriptor(t, "canonical text", text, inOrder(original), inOrder(again))
	if twice := mustParse(t, s.Canonical(), references).Canonical(); twice != s.Canonical() {
		t.Errorf("the canonical text is no fixed point\n%s", diff(s.Canonical(), twice))
	}

	own, _, err := s.build(s.own, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	own.Dependency, own.PublicDependency, own.WeakDependency = original.Dependency, original.PublicDependency, original.WeakDependency
	sameDescriptor(t, "our descriptor", text, inOrder(bare(original)), inOrder(bare(own)))

	fromDescriptor := mustParse(t, encoded(t, bare(original)), references)
	normal := inOrder(bare(original))
	unordered(normal)
	n := must(s.Normalized())(t)
	// Written out entry types are no source for a compiler, so that the descriptor's text is compiled as it is normalized.
	for what, normalText := range map[string]string{"normalized text": n.Canonical(), "normalized text of the descriptor": normalized(t, fromDescriptor)} {
		if again, err = compile(normalText, references); err != nil {
			t.Errorf("the %s does not compile: %v\n%s\n%s", what, err, normalText, text)
			return true
		}
		other := inOrder(bare(again))
		unordered(other)
		sameDescriptor(t, what, text, normal, other)
	}
	if twice := normalized(t, mustParse(t, n.Canonical(), references)); twice != n.Canonical() {
		t.Errorf("the normalized text is no fixed point\n%s", diff(n.Canonical(), twice))
	}
	return true
}

// unordered takes away what normalizing reorders besides: enum values, reserved and extension ranges.
func unordered(fd *descriptorpb.FileDescriptorProto) {
	enums := func(list []*descriptorpb.EnumDescriptorProto) {
		for _, e := range list {
			rest := e.Value // the first value stays, unless another one has its number
			if fd.GetSyntax() != "proto3" {
				rest = rest[1:]
			}
			slices.SortFunc(rest, func(a, b *descriptorpb.EnumValueDescriptorProto) int {
				zero := map[bool]int{true: -1, false: 1}
				switch {
				case fd.GetSyntax() == "proto3" && (a.GetNumber() == 0) != (b.GetNumber() == 0):
					return zero[a.GetNumber() == 0]
				case a.GetNumber() != b.GetNumber():
					return cmp.Compare(a.GetNumber(), b.GetNumber())
				}
				return strings.Compare(a.GetName(), b.GetName())
			})
			slices.SortFunc(e.ReservedRange, func(a, b *descriptorpb.EnumDescriptorProto_EnumReservedRange) int {
				return int(a.GetStart() - b.GetStart())
			})
			slices.Sort(e.ReservedName)
		}
	}
	var messages func(list []*descriptorpb.DescriptorProto)
	messages = func(list []*descriptorpb.DescriptorProto) {
		for _, m := range list {
			slices.SortFunc(m.ReservedRange, func(a, b *descriptorpb.DescriptorProto_ReservedRange) int {
				return int(a.GetStart() - b.GetStart())
			})
			slices.Sort(m.ReservedName)
			slices.SortFunc(m.ExtensionRange, func(a, b *descriptorpb.DescriptorProto_ExtensionRange) int {
				return int(a.GetStart() - b.GetStart())
			})
			enums(m.EnumType)
			messages(m.NestedType)
		}
	}
	enums(fd.EnumType)
	messages(fd.MessageType)
}

func encoded(t *testing.T, fd *descriptorpb.FileDescriptorProto) string {
	t.Helper()
	data, err := proto.Marshal(fd)
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(data)
}

func TestPrintingKeepsTheSchemasOfTheCorpus(t *testing.T) {
	n, all := 0, 0
	try := func(text string, references map[string]string) {
		all++
		if roundTrip(t, text, references) {
			n++
		}
	}
	var cases []labelledText
	if err := json.Unmarshal(corpustest.Read(t, "protobuf/text-goldens.json"), &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, text := range c.Texts {
			try(text, map[string]string{"withenum/imported.proto": c.Texts["importedProto"], "leaf.proto": c.Texts["leafProto"]})
		}
	}
	type reference struct {
		Text string `json:"text"`
	}
	for _, name := range []string{"protobuf/compat.jsonl", "protobuf/matrix.jsonl"} {
		corpustest.Rows(t, name, func(r struct {
			Writer     string                          `json:"writer"`
			Reader     string                          `json:"reader"`
			References map[string]map[string]reference `json:"references"`
		}) {
			for side, text := range map[string]string{"writer": r.Writer, "reader": r.Reader} {
				references := map[string]string{}
				for name, ref := range r.References[side] {
					references[name] = ref.Text
				}
				try(text, references)
			}
		})
	}
	t.Logf("%d of %d texts compile; all of these were printed and compiled again", n, all)
	if n == 0 {
		t.Fatal("no text compiled")
	}
}

func TestPrintingKeepsTheBuiltinFiles(t *testing.T) {
	for _, path := range BuiltinImports() {
		u := builtinUnit(path)
		text, err := u.File.print(printing{scope: newNamesOf(u).scopeOf(u)})
		if err != nil {
			t.Fatal(err)
		}
		fd, err := resolveFiles{}.FindFileByPath(path)
		if err == nil {
			again, err := compile(text, nil)
			if err != nil {
				t.Errorf("%s does not compile: %v\n%s", path, err, text)
				continue
			}
			original := protoutil.ProtoFromFileDescriptor(fd)
			want, got := inOrder(bare(original)), inOrder(bare(again))
			unordered(want)
			unordered(got)
			sameDescriptor(t, path, text, want, got)
		} else if !roundTrip(t, text, nil) {
			t.Errorf("%s does not compile", path)
		}
	}
}

func newNamesOf(u *Unit) *names {
	n := newNames(builtinNames())
	n.add(u)
	return n
}
