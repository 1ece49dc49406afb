package protobuf

import (
	"fmt"
	"iter"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// Unit is one file of a schema's closure: the schema itself, a referenced one, or a built-in import.
type Unit struct {
	*File
	// Path is what import lines call the file; empty for the schema itself.
	Path string
	// Reference is where a referenced file comes from; nil for the schema itself and for built-in imports.
	Reference *formats.Reference
}

// Own reports whether the unit is the schema itself.
func (u *Unit) Own() bool { return u.Path == "" && u.Reference == nil }

// Type is a message or an enum of a schema's closure.
type Type struct {
	Message *Message // nil for enums
	Enum    *Enum    // nil for messages
	Unit    *Unit
	Outer   *Type // the message it is nested in, nil at the top of a file
	// IsGroup says that the message is declared by a group field.
	IsGroup bool

	at *node
}

// Name is the simple name of t.
func (t *Type) Name() string {
	if t.Enum != nil {
		return t.Enum.Name
	}
	return t.Message.Name
}

// LocalName is the name of t without its package.
func (t *Type) LocalName() string {
	if t.Outer == nil {
		return t.Name()
	}
	return t.Outer.LocalName() + "." + t.Name()
}

// FullName is the name of t with its package, without a leading dot.
func (t *Type) FullName() string { return t.at.fullName() }

// group returns the type that a group field of t declares.
func (t *Type) group(f *Field) *Type {
	if c := t.at.inner[f.Group.Name]; c != nil {
		return c.typ
	}
	return nil
}

// SameLocalName reports whether two types have the same name apart from their packages.
func (t *Type) SameLocalName(other *Type) bool {
	for ; t != nil && other != nil; t, other = t.Outer, other.Outer {
		if t.Name() != other.Name() {
			return false
		}
	}
	return t == nil && other == nil
}

// Extension is a field that an extend block adds to a message.
type Extension struct {
	Field  *Field
	Extend *Extend
	Unit   *Unit

	at *node
}

// node is a name in the tree of all names of a closure: a package part, a type, an extension, or several of these.
type node struct {
	name      string
	length    int // of the full name with a dot behind it
	outer     *node
	inner     map[string]*node
	typ       *Type
	extension *Extension
	// below is the node of the same name among the built-in imports, which all schemas share.
	below *node
}

// fullName joins the names of a node and of those around it, which may be tens of thousands: the parts of a package.
func (n *node) fullName() string {
	if n.outer == nil {
		return ""
	}
	name := make([]byte, n.length-1)
	for end := len(name); ; end-- {
		copy(name[end-len(n.name):], n.name)
		end -= len(n.name)
		if n = n.outer; n.outer == nil {
			return string(name)
		}
		name[end-1] = '.'
	}
}

// fullLength is the length of the full name with a dot behind it; 0 for that of the root, which has none.
func (n *node) fullLength() int { return n.length }

// child returns the node of that name directly below n, making it if there is none.
func (n *node) child(name string) *node {
	if c := n.inner[name]; c != nil {
		return c
	}
	if n.inner == nil {
		n.inner = map[string]*node{}
	}
	n.inner[name] = n.scopeAt(name)
	return n.inner[name]
}

// scopeAt returns the node of that name directly below n as a place to look up from, without adding it to the tree.
func (n *node) scopeAt(name string) *node {
	if c := n.inner[name]; c != nil {
		return c
	}
	c := &node{name: name, outer: n, length: n.length + len(name) + 1}
	if n.below != nil {
		c.below = n.below.inner[name]
	}
	return c
}

// parts yields the parts of a dotted name.
func parts(name string) iter.Seq[string] {
	if name == "" {
		return func(func(string) bool) {}
	}
	return strings.SplitSeq(name, ".")
}

// names is the tree of all names of a closure. Of two definitions of one name the later one added counts. Once every unit
// is added it is not changed any more.
type names struct{ root *node }

func newNames(below *node) *names { return &names{root: &node{below: below}} }

// add enters everything that a unit declares.
func (n *names) add(u *Unit) {
	at := n.root
	for part := range parts(u.Package) {
		at = at.child(part)
	}
	n.addTypes(at, u, nil, u.Messages, u.Enums)
	n.addExtends(at, u, nil, u.Extends)
}

func (n *names) addTypes(at *node, u *Unit, outer *Type, messages []*Message, enums []*Enum) {
	for _, m := range messages {
		n.addMessage(at, u, outer, m, false)
	}
	for _, e := range enums {
		c := at.child(e.Name)
		c.typ = &Type{Enum: e, Unit: u, Outer: outer, at: c}
	}
}

func (n *names) addMessage(at *node, u *Unit, outer *Type, m *Message, group bool) {
	c := at.child(m.Name)
	t := &Type{Message: m, Unit: u, Outer: outer, IsGroup: group, at: c}
	c.typ = t
	n.addTypes(c, u, t, m.Messages, m.Enums)
	n.addGroups(c, u, t, m.Groups)
	for _, o := range m.Oneofs {
		n.addGroups(c, u, t, o.Groups)
	}
	n.addExtends(c, u, t, m.Extends)
}

func (n *names) addGroups(at *node, u *Unit, outer *Type, groups []*Field) {
	for _, g := range groups {
		n.addMessage(at, u, outer, g.Group, true)
	}
}

func (n *names) addExtends(at *node, u *Unit, outer *Type, extends []*Extend) {
	for _, e := range extends {
		for _, f := range append(e.Fields[:len(e.Fields):len(e.Fields)], e.Groups...) {
			c := at.child(f.Name)
			c.extension = &Extension{Field: f, Extend: e, Unit: u, at: c}
		}
		n.addGroups(at, u, outer, e.Groups)
	}
}

// maxSteps bounds the lookups of one operation: hostile names can make each of them walk far.
const maxSteps = 50_000_000

// Scope is a place from which names are looked up: a package, or a message inside one.
type Scope struct {
	root, at *node
	steps    *int // spent by the operation that the scope serves
}

// scopeOf returns the scope of a file's top level, for one operation by one goroutine.
func (n *names) scopeOf(u *Unit) *Scope {
	at := n.root
	for part := range parts(u.Package) {
		at = at.scopeAt(part)
	}
	return &Scope{root: n.root, at: at, steps: new(int)}
}

// Enter returns the scope inside a message or enum.
func (s *Scope) Enter(name string) *Scope {
	inner := *s
	inner.at = s.at.scopeAt(name)
	return &inner
}

// Inside returns the scope inside t.
func (s *Scope) Inside(t *Type) *Scope {
	inner := *s
	inner.at = t.at
	return &inner
}

// Find looks a type up: from the innermost scope outwards the first place where the whole name leads to a type. A leading
// dot means that the name is complete. Everything in the closure can be found, imported or not.
func (s *Scope) Find(name string) *Type {
	if n := s.lookup(name, func(n *node) bool { return n.typ != nil }); n != nil {
		return n.typ
	}
	return nil
}

// findExtension looks an extension up by the same rules.
func (s *Scope) findExtension(name string) *Extension {
	if n := s.lookup(name, func(n *node) bool { return n.extension != nil }); n != nil {
		return n.extension
	}
	return nil
}

func (s *Scope) lookup(name string, wanted func(*node) bool) *node {
	from := s.at
	if rest, absolute := strings.CutPrefix(name, "."); absolute {
		from, name = s.root, rest
	}
	for ; from != nil && *s.steps <= maxSteps; from = from.outer {
		if n := s.descend(from, name); n != nil && wanted(n) {
			return n
		}
		if n := s.descend(from.below, name); n != nil && wanted(n) {
			return n
		}
	}
	return nil
}

// descend follows the parts of name from n.
func (s *Scope) descend(n *node, name string) *node {
	for n != nil {
		if *s.steps++; *s.steps > maxSteps {
			return nil
		}
		part, rest, more := strings.Cut(name, ".")
		n = n.inner[part]
		if !more {
			return n
		}
		name = rest
	}
	return nil
}

// fullName is the full name of a node. Its letters count as steps: it can be as long as the schema and be asked for at
// every line of it. Past the limit it is empty.
func (s *Scope) fullName(n *node) string {
	if *s.steps += n.fullLength(); *s.steps > maxSteps {
		return ""
	}
	return n.fullName()
}

// Exhausted reports that lookups were cut off, so that what was not found may exist.
func (s *Scope) Exhausted() error {
	if *s.steps <= maxSteps {
		return nil
	}
	return &formats.LimitError{Limit: "steps to look up type names", Max: maxSteps}
}

// unresolved is the fault of a type name that leads nowhere.
func unresolved(name string) *formats.ParseError {
	return &formats.ParseError{Message: fmt.Sprintf("the type %s is not defined here, in a reference or in a built-in import", shorten(name))}
}

// scalars are the names of the scalar types.
var scalars = map[string]bool{
	"double": true, "float": true, "int32": true, "int64": true, "uint32": true, "uint64": true, "sint32": true,
	"sint64": true, "fixed32": true, "fixed64": true, "sfixed32": true, "sfixed64": true, "bool": true, "string": true,
	"bytes": true,
}

// IsScalar reports whether name is a scalar type.
func IsScalar(name string) bool { return scalars[name] }
