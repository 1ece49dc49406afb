package protobuf

import (
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// noder makes the tree of what a file declares, from the file as it was written: nothing is resolved, so names come with
// every scope they may be found in.
type noder struct {
	lines *formats.Lines
	uses  []formats.Use
	names int // bytes of full names so far
}

// fits reports whether the full names are within their limit. Past it no more are made.
func (n *noder) fits() bool { return n.names <= maxFullNames }

func (n *noder) file(f *File) []formats.Node {
	return append(n.messages(f.Messages, f.Package), n.enums(f.Enums, f.Package)...)
}

func (n *noder) span(p Pos) *formats.Span { return n.lines.Span(int(p.Start), int(p.End)) }

func (n *noder) messages(list []*Message, scope string) []formats.Node {
	var nodes []formats.Node
	for _, m := range list {
		if m.IsMapEntry() {
			continue
		}
		full := n.below(scope, m.Name)
		if !n.fits() {
			break
		}
		node := formats.Node{Kind: formats.TypeNode, Name: m.Name, Full: full, Type: "message", Doc: docOf(m.Options, "message_meta"), Span: n.span(m.NamePos)}
		for f := range m.AllFields() {
			node.Nodes = append(node.Nodes, n.field(f, full))
		}
		node.Nodes = append(node.Nodes, n.messages(m.Messages, full)...)
		node.Nodes = append(node.Nodes, n.enums(m.Enums, full)...)
		nodes = append(nodes, node)
	}
	return nodes
}

func (n *noder) enums(list []*Enum, scope string) []formats.Node {
	var nodes []formats.Node
	for _, e := range list {
		node := formats.Node{Kind: formats.EnumNode, Name: e.Name, Full: n.below(scope, e.Name), Type: "enum", Doc: docOf(e.Options, "enum_meta"), Span: n.span(e.NamePos)}
		for _, v := range e.Values {
			node.Nodes = append(node.Nodes, formats.Node{Kind: formats.SymbolNode, Name: v.Name, Number: v.Number, Doc: docOf(v.Options, "enum_value_meta"), Span: n.span(v.NamePos)})
		}
		nodes = append(nodes, node)
	}
	return nodes
}

func (n *noder) field(f *Field, scope string) formats.Node {
	node := formats.Node{Kind: formats.FieldNode, Name: f.Name, Number: f.Number, Doc: docOf(f.Options, "field_meta"), Required: f.Label == Required, Span: n.span(f.NamePos)}
	if f.Default != nil {
		node.Default = shorten(f.Default.Text)
		if f.Default.Kind == StringValue {
			node.Default = shorten(strconv.Quote(f.Default.Text))
		}
	}
	label := ""
	if f.Label != NoLabel {
		label = f.Label.String() + " "
	}
	switch {
	case f.Map != nil:
		node.Type = "map<" + local(f.Map.Key) + ", " + local(f.Map.Value) + ">"
		node.Uses = n.use(f.Map.Value, scope, f.TypePos, false)
	case f.Group != nil:
		node.Type = label + "group"
		node.Nodes = n.messages([]*Message{f.Group}, scope)
	default:
		node.Type = label + local(f.Type)
		node.Uses = n.use(f.Type, scope, f.TypePos, true)
	}
	return node
}

// use lists the names that a type may have, from the innermost scope outwards. at is the place of the name alone when exact.
func (n *noder) use(name, scope string, at Pos, exact bool) []string {
	if scalars[name] || name == "" {
		return nil
	}
	var names []string
	if absolute, ok := strings.CutPrefix(name, "."); ok {
		names = []string{absolute}
	} else {
		for depth := 0; scope != "" && depth < 32 && n.fits(); depth++ {
			names = append(names, n.below(scope, name))
			scope = scope[:max(0, strings.LastIndexByte(scope, '.'))]
		}
		names = append(names, name)
	}
	if exact && at.End > at.Start {
		n.uses = append(n.uses, formats.Use{Names: names, Span: n.span(at)})
	}
	return names
}

// below is the full name of what a scope declares; empty when there is no room for it.
func (n *noder) below(scope, name string) string {
	if scope == "" {
		return name
	}
	if n.names += len(scope) + 1 + len(name); !n.fits() {
		return ""
	}
	return scope + "." + name
}

// local is the last part of a name.
func local(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// docOf returns the text that an option of confluent/meta.proto carries.
func docOf(options []Option, meta string) string {
	for _, o := range options {
		if !o.Paren || strings.TrimPrefix(o.Name, ".") != "confluent."+meta {
			continue
		}
		if len(o.Path) == 1 && o.Path[0].Name == "doc" {
			return o.Value.Text
		}
		for _, f := range o.Value.Fields {
			if f.Key == "doc" {
				return f.Value.Text
			}
		}
	}
	return ""
}
