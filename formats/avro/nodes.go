package avro

import (
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// noder makes the tree of what a text declares. It walks the JSON of a text that the parser has accepted.
type noder struct {
	text  string
	lines *formats.Lines
	uses  []formats.Use
}

// typ describes a type: in a few words, by the names under which it may be found, and by what is declared in its place.
func (n *noder) typ(v *Value, space string) (words string, uses []string, nodes []formats.Node) {
	switch v.Kind {
	case StringValue:
		return n.use(v, v.Text, space)
	case ArrayValue:
		return n.union(v, space)
	case ObjectValue:
		return n.object(v, space)
	}
	return "?", nil, nil
}

func (n *noder) use(v *Value, name, space string) (string, []string, []formats.Node) {
	if _, primitive := primitives[name]; primitive {
		return name, nil, nil
	}
	full := newName(name, space)
	names := []string{full.Full}
	if name != full.Full {
		names = append(names, name)
	}
	n.uses = append(n.uses, formats.Use{Names: names, Span: n.inside(v)})
	return full.Local, names, nil
}

// inside is the place of what stands between a string's quotes; of another value it is the whole.
func (n *noder) inside(v *Value) *formats.Span {
	if v.Kind == StringValue {
		return n.lines.Span(int(v.start)+1, int(v.end)-1)
	}
	return n.lines.Span(int(v.start), int(v.end))
}

func (n *noder) union(v *Value, space string) (string, []string, []formats.Node) {
	var words, uses []string
	var nodes []formats.Node
	for i := range v.Elems {
		w, u, below := n.typ(&v.Elems[i], space)
		if i < 8 {
			words = append(words, w)
		}
		if uses == nil {
			uses = u
		}
		nodes = append(nodes, below...)
	}
	if len(v.Elems) > 8 {
		words = append(words, "…")
	}
	return shorten(strings.Join(words, " | ")), uses, nodes
}

func (n *noder) object(v *Value, space string) (string, []string, []formats.Node) {
	kind := v.Get("type")
	switch kind.Text {
	case "record", "error", "enum", "fixed":
		node := n.declaration(v, kind.Text, space)
		return node.Name, []string{node.Full}, []formats.Node{node}
	case "array":
		words, uses, nodes := n.typ(v.Get("items"), space)
		return shorten("array<" + words + ">"), uses, nodes
	case "map":
		words, uses, nodes := n.typ(v.Get("values"), space)
		return shorten("map<" + words + ">"), uses, nodes
	}
	words, uses, nodes := n.use(kind, kind.Text, space)
	if logical := text(v.Get("logicalType")); logical != nil {
		words = shorten(*logical) + " (" + words + ")"
	}
	return words, uses, nodes
}

// declaration is the node of a record, enum or fixed.
func (n *noder) declaration(v *Value, kind, space string) formats.Node {
	name := v.Get("name")
	if ns := text(v.Get("namespace")); ns != nil {
		space = *ns
	}
	full := newName(name.Text, space)
	node := formats.Node{Kind: formats.TypeNode, Name: full.Local, Full: full.Full, Type: kind, Doc: textOf(v.Get("doc")), Span: n.inside(name)}
	switch kind {
	case "enum":
		node.Kind, node.Default = formats.EnumNode, textOf(v.Get("default"))
		symbols := v.Get("symbols")
		for i := range symbols.Elems {
			symbol := &symbols.Elems[i]
			node.Nodes = append(node.Nodes, formats.Node{Kind: formats.SymbolNode, Name: symbol.Text, Span: n.inside(symbol)})
		}
	case "fixed":
		node.Type = "fixed"
		if size, ok := v.Get("size").Int32(); ok {
			node.Type = "fixed of " + strconv.Itoa(int(size)) + " bytes"
		}
	default:
		fields := v.Get("fields")
		for i := range fields.Elems {
			node.Nodes = append(node.Nodes, n.field(&fields.Elems[i], full.Space))
		}
	}
	return node
}

func (n *noder) field(v *Value, space string) formats.Node {
	name := v.Get("name")
	field := formats.Node{Kind: formats.FieldNode, Name: name.Text, Doc: textOf(v.Get("doc")), Span: n.inside(name)}
	field.Type, field.Uses, field.Nodes = n.typ(v.Get("type"), space)
	if d := v.Get("default"); d != nil {
		field.Default = shorten(n.text[d.start:d.end])
	}
	return field
}

func textOf(v *Value) string {
	if t := text(v); t != nil {
		return *t
	}
	return ""
}
