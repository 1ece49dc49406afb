package protobuf

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	"github.com/concord-registry/concord/formats"
)

// Linked holds the descriptors of a schema and of everything it imports, made by the Protobuf runtime, which is also
// what decodes with them.
type Linked struct {
	File  protoreflect.FileDescriptor
	Files *protoregistry.Files // the schema's own file, references and what they import; built-in files are global
	// MessageSets says that some messages are message sets (MessageModel.MessageSet). The runtime has no such thing: in
	// these descriptors they are messages like others, and whoever decodes must turn their encoding into that of fields.
	MessageSets bool
}

// Message returns the descriptor of a message of the schema's closure, nil when it has none.
func (l *Linked) Message(t *Type) protoreflect.MessageDescriptor {
	d, err := (resolveFiles{l.Files}).FindDescriptorByName(protoreflect.FullName(t.FullName()))
	if err != nil {
		return nil
	}
	md, _ := d.(protoreflect.MessageDescriptor)
	return md
}

// serializedName is what the reference calls the file in the descriptors it answers.
const serializedName = "default"

// serialized is base64 of the descriptor. It lists the imports that can be resolved.
func (s *Schema) serialized() (string, error) {
	fd, _, err := s.build(s.own, nil, false)
	if err != nil {
		return "", err
	}
	fd.Name = proto.String(serializedName)
	plain, public := s.own.imports(false)
	for _, path := range plain {
		if s.imported(path) != nil {
			fd.Dependency = append(fd.Dependency, path)
		}
	}
	for _, path := range public {
		if s.imported(path) != nil {
			fd.PublicDependency = append(fd.PublicDependency, int32(len(fd.Dependency)))
			fd.Dependency = append(fd.Dependency, path)
		}
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(fd)
	if err != nil {
		return "", &formats.ParseError{Message: "the schema cannot be written as a descriptor: " + cause(err)}
	}
	return base64.StdEncoding.EncodeToString(data), nil
}

// linkPath is the file name of the schema itself among its descriptors; no import line can mean it.
const linkPath = "(schema)"

// linker builds descriptors, imports before what imports them.
type linker struct {
	schema *Schema
	strict bool
	only   *declarations // of the schema's own file, nil for all
	files  *protoregistry.Files
	done   map[*Unit]bool // false while a unit's imports are being linked
	depth  int
	sets   bool // a message set was met
}

// link builds descriptors of the schema. A strict link finds types only in files that are imported, as compilers do;
// otherwise a used file counts as imported.
func link(s *Schema, strict bool) (*Linked, error) {
	return (&linker{schema: s, strict: strict}).link()
}

func (l *linker) link() (*Linked, error) {
	l.files, l.done = &protoregistry.Files{}, map[*Unit]bool{}
	if err := l.unit(l.schema.own); err != nil {
		return nil, err
	}
	file, err := l.files.FindFileByPath(linkPath)
	if err != nil {
		return nil, &formats.ParseError{Message: cause(err)}
	}
	return &Linked{File: file, Files: l.files, MessageSets: l.sets}, nil
}

func (u *Unit) linkPath() string {
	if u.Own() {
		return linkPath
	}
	return u.Path
}

// isGlobal reports whether a built-in file is registered with the runtime, so that it needs no descriptor from us.
func (u *Unit) isGlobal() bool {
	return u.Reference == nil && strings.HasPrefix(u.Path, "google/") && builtinUnit(u.Path) == u
}

func (l *linker) unit(u *Unit) error {
	if linked, begun := l.done[u]; linked || u.isGlobal() {
		return nil
	} else if begun {
		return l.fault(u, fmt.Sprintf("the file %s imports itself, directly or through others", shorten(u.linkPath())))
	}
	if l.depth++; l.depth > 10*maxDepth {
		return &formats.LimitError{Limit: "depth of imports", Max: 10 * maxDepth}
	}
	defer func() { l.depth-- }()
	l.done[u] = false
	fd, used, err := l.schema.build(u, l.only, true)
	if err != nil {
		return err
	}
	fd.Name = proto.String(u.linkPath())
	l.plain(fd.MessageType)
	imports := map[*Unit]bool{}
	for _, i := range u.Imports {
		to := l.schema.imported(i.Path)
		if to == nil {
			if l.strict {
				return l.fault(u, fmt.Sprintf("the import %q is neither a reference of the schema nor built in", shorten(i.Path)))
			}
			continue
		}
		if imports[to] {
			continue
		}
		imports[to] = true
		if i.Kind == PublicImport {
			fd.PublicDependency = append(fd.PublicDependency, int32(len(fd.Dependency)))
		}
		fd.Dependency = append(fd.Dependency, to.linkPath())
	}
	if !l.strict {
		fd.Dependency = append(fd.Dependency, l.implied(used, imports)...)
	}
	for _, to := range sortedUnits(imports) {
		if err := l.unit(to); err != nil {
			return err
		}
	}
	file, err := protodesc.NewFile(fd, resolveFiles{l.files})
	if err == nil {
		err = l.files.RegisterFile(file)
	}
	if err != nil {
		return l.fault(u, strings.TrimPrefix(cause(err), "proto: "))
	}
	l.done[u] = true
	return nil
}

// plain makes messages like others of the message sets among messages.
func (l *linker) plain(messages []*descriptorpb.DescriptorProto) {
	for _, m := range messages {
		l.plain(m.NestedType)
		if !m.GetOptions().GetMessageSetWireFormat() {
			continue
		}
		l.sets = true
		m.Options.MessageSetWireFormat = nil
		for _, r := range m.ExtensionRange {
			r.End = proto.Int32(min(r.GetEnd(), after(maxNumber)))
		}
	}
}

// implied adds the used units to imports and returns the paths of those that were not among them.
func (l *linker) implied(used, imports map[*Unit]bool) []string {
	var paths []string
	for _, u := range sortedUnits(used) {
		if !imports[u] {
			imports[u] = true
			paths = append(paths, u.linkPath())
		}
	}
	return paths
}

func sortedUnits(set map[*Unit]bool) []*Unit {
	units := make([]*Unit, 0, len(set))
	for u := range set {
		units = append(units, u)
	}
	sort.Slice(units, func(i, j int) bool { return units[i].Path < units[j].Path })
	return units
}

// fault is a ParseError about a unit, with the place of the first declaration that the message quotes.
func (l *linker) fault(u *Unit, message string) error {
	fault := &formats.ParseError{Message: message, Name: u.Path}
	if parts := strings.SplitN(message, `"`, 3); u.Own() && len(parts) == 3 {
		fault.Span = l.schema.Span(l.schema.declaration(parts[1]))
	}
	return fault
}

// declaration returns the place of the type, field or value of that full name in the schema's own file.
func (s *Schema) declaration(full string) Pos {
	scope := s.names.scopeOf(s.own)
	if t := scope.Find("." + full); t != nil && t.Unit.Own() {
		if t.Enum != nil {
			return t.Enum.NamePos
		}
		return t.Message.NamePos
	}
	cut := strings.LastIndexByte(full, '.')
	if cut < 0 {
		return Pos{}
	}
	t := scope.Find("." + full[:cut])
	if t == nil || !t.Unit.Own() || t.Message == nil {
		return Pos{}
	}
	for f := range t.Message.AllFields() {
		if f.Name == full[cut+1:] {
			return f.Pos
		}
	}
	return Pos{}
}

// resolveFiles finds files and types among the linked ones and then among the built-in ones.
type resolveFiles struct{ files *protoregistry.Files }

func (r resolveFiles) FindFileByPath(path string) (protoreflect.FileDescriptor, error) {
	if fd, err := r.files.FindFileByPath(path); err == nil { // a nil *Files holds nothing
		return fd, nil
	}
	if builtinUnit(path) == nil {
		return nil, protoregistry.NotFound
	}
	return protoregistry.GlobalFiles.FindFileByPath(path)
}

func (r resolveFiles) FindDescriptorByName(name protoreflect.FullName) (protoreflect.Descriptor, error) {
	if d, err := r.files.FindDescriptorByName(name); err == nil {
		return d, nil
	}
	d, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
	if err != nil {
		return nil, err
	}
	if builtinUnit(d.ParentFile().Path()) == nil {
		return nil, protoregistry.NotFound
	}
	return d, nil
}
