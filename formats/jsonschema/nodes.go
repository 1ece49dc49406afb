package jsonschema

import (
	"strings"

	"github.com/concord-registry/concord/formats"
)

// noder makes the tree of a document: its properties, and the definitions that others refer to.
type noder struct {
	g    *graph
	d    *Document
	uses []formats.Use
}

// root is the whole document as one type, followed by its definitions.
func (n *noder) root() []formats.Node {
	root := n.d.Root
	name := textOf(root.Get("title"))
	if name == "" {
		name = "root"
	}
	node := formats.Node{Kind: formats.TypeNode, Name: name, Full: "#", Type: n.words(root), Doc: docOf(root), Span: n.d.SpanOf(root.Start, root.Start+1)}
	node.Uses = n.ref(root)
	node.Nodes = n.inside(root)
	nodes := []formats.Node{node}
	for _, keyword := range []string{"$defs", "definitions"} {
		list := root.Get(keyword)
		if !list.Is(Object) {
			continue
		}
		for _, m := range list.Members {
			if !m.Value.IsSchema() {
				continue
			}
			def := n.field(m, false)
			def.Kind, def.Full = formats.TypeNode, "#/"+keyword+"/"+EscapeToken(m.Key)
			nodes = append(nodes, def)
		}
	}
	return nodes
}

// inside lists the properties of a schema, and of those it is combined from.
func (n *noder) inside(v *Value) []formats.Node {
	var nodes []formats.Node
	if list := v.Get("properties"); list.Is(Object) {
		required := map[string]bool{}
		if names := v.Get("required"); names.Is(Array) {
			for _, name := range names.Items {
				if name.Is(String) {
					required[name.Text] = true
				}
			}
		}
		for _, m := range list.Members {
			nodes = append(nodes, n.field(m, required[m.Key]))
		}
	}
	if list := v.Get("patternProperties"); list.Is(Object) {
		for _, m := range list.Members {
			nodes = append(nodes, n.field(m, false))
		}
	}
	for _, keyword := range []string{"items", "additionalProperties"} {
		nodes = append(nodes, n.part(v.Get(keyword))...)
	}
	for _, keyword := range []string{"allOf", "oneOf", "anyOf", "prefixItems"} {
		if list := v.Get(keyword); list.Is(Array) {
			for _, item := range list.Items {
				nodes = append(nodes, n.part(item)...)
			}
		}
	}
	if list := v.Get("enum"); list.Is(Array) {
		for _, item := range list.Items {
			nodes = append(nodes, formats.Node{Kind: formats.SymbolNode, Name: short(n.d.Text[item.Start:item.End]), Span: n.d.Span(item)})
		}
	}
	return nodes
}

// part is inside of a schema that has no name of its own.
func (n *noder) part(v *Value) []formats.Node {
	if !v.Is(Object) {
		return nil
	}
	n.ref(v)
	return n.inside(v)
}

func (n *noder) field(m Member, required bool) formats.Node {
	v := m.Value
	node := formats.Node{Kind: formats.FieldNode, Name: m.Key, Type: n.words(v), Doc: docOf(v), Required: required, Span: n.d.SpanOf(m.Start+1, m.End-1)}
	if d := v.Get("default"); d != nil {
		node.Default = short(n.d.Text[d.Start:d.End])
	}
	if v.Is(Object) {
		node.Uses = n.ref(v)
		if node.Uses == nil && v.Get("items").Is(Object) {
			node.Uses = n.names(v.Get("items").Get("$ref"))
		}
		node.Nodes = n.inside(v)
	}
	return node
}

// ref notes where the $ref of a schema stands, and returns what it may be called.
func (n *noder) ref(v *Value) []string {
	r := v.Get("$ref")
	names := n.names(r)
	if names != nil {
		n.uses = append(n.uses, formats.Use{Names: names, Span: n.d.SpanOf(r.Start+1, r.End-1)})
	}
	return names
}

func (n *noder) names(ref *Value) []string {
	if !ref.Is(String) {
		return nil
	}
	names := []string{ref.Text}
	if document, fragment, _ := strings.Cut(ref.Text, "#"); document != "" {
		if fragment != "" {
			names = append(names, document)
		}
		if absolute := withoutFragment(n.g.join(n.g.base, document)); absolute != document && !strings.HasPrefix(absolute, "mem://") {
			names = append(names, absolute)
		}
	}
	return names
}

// words describes what a schema accepts.
func (n *noder) words(v *Value) string {
	if v.Is(Bool) {
		return map[bool]string{true: "anything", false: "nothing"}[v.IsTrue()]
	}
	if r := v.Get("$ref"); r.Is(String) {
		last := strings.TrimSuffix(strings.TrimRight(r.Text, "#/"), ".json")
		if i := strings.LastIndexAny(last, "/#"); i >= 0 {
			last = last[i+1:]
		}
		if last == "" {
			return "root"
		}
		return short(UnescapeToken(last))
	}
	switch t := v.Get("type"); {
	case t.Is(String):
		return n.typed(v, t.Text)
	case t.Is(Array):
		var words []string
		for _, item := range t.Items {
			words = append(words, n.typed(v, item.Text))
		}
		return short(strings.Join(words, " | "))
	}
	switch {
	case v.Has("enum"):
		return "enum"
	case v.Has("const"):
		return "const " + short(n.d.Text[v.Get("const").Start:v.Get("const").End])
	case v.Has("properties"):
		return "object"
	case v.Get("oneOf").Is(Array):
		return n.choice(v.Get("oneOf"))
	case v.Get("anyOf").Is(Array):
		return n.choice(v.Get("anyOf"))
	case v.Has("allOf"):
		return "all of several"
	}
	return "anything"
}

func (n *noder) typed(v *Value, name string) string {
	if name == "array" && v.Get("items").IsSchema() {
		return short("array<" + n.words(v.Get("items")) + ">")
	}
	if f := v.Get("format"); f.Is(String) && name == "string" {
		return short(name + " (" + f.Text + ")")
	}
	return short(name)
}

func (n *noder) choice(list *Value) string {
	var words []string
	for i, item := range list.Items {
		if i == 6 {
			words = append(words, "…")
			break
		}
		words = append(words, n.words(item))
	}
	return short(strings.Join(words, " | "))
}

func docOf(v *Value) string {
	if doc := textOf(v.Get("description")); doc != "" {
		return doc
	}
	return textOf(v.Get("title"))
}

func textOf(v *Value) string {
	if !v.Is(String) {
		return ""
	}
	return v.Text
}

func short(s string) string {
	if len(s) <= 80 {
		return s
	}
	return strings.ToValidUTF8(s[:80], "") + "…"
}
