package jsonschema

import (
	"cmp"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// Outline implements formats.Outliner: it lists the absolute URIs of the schemas in a text, and the URIs that its reference
// keywords lead to outside it, and the tree of its properties.
func (Format) Outline(text string, limits formats.Limits) (*formats.Outline, error) {
	limits = limits.OrDefault()
	if len(text) > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: len(text)}
	}
	d, err := newDocument("", text, limits)
	if err != nil {
		return nil, err
	}
	g, err := newGraph([]*Document{d})
	if err != nil {
		return nil, err
	}
	outline := &formats.Outline{}
	if g.base != defaultBase {
		outline.Root = g.base
	}
	for uri := range g.resources {
		if !strings.HasPrefix(uri, defaultBase) {
			outline.Defines = append(outline.Defines, uri)
		}
	}
	slices.Sort(outline.Defines)
	outline.Needs = g.needs(d)
	n := noder{g: g, d: d}
	outline.Nodes = n.root()
	outline.Uses = n.uses
	return outline, g.within()
}

// needs lists the references that lead out of a document, each once, in the order of the text.
func (g *graph) needs(d *Document) []formats.Need {
	var uses []*Value
	for key := range g.targets {
		value := key.schema.Get(key.keyword)
		if r, _, target := g.locate(key.schema.scope, value.Text); r == nil && target.Metaschema == 0 {
			uses = append(uses, value)
		}
	}
	slices.SortFunc(uses, func(a, b *Value) int { return cmp.Compare(a.Start, b.Start) })
	var needs []formats.Need
	seen := map[string]bool{}
	for _, use := range uses {
		literal, _, _ := strings.Cut(use.Text, "#")
		if seen[literal] {
			continue
		}
		seen[literal] = true
		need := formats.Need{Name: literal, Span: d.Span(use)}
		if absolute := withoutFragment(g.join(g.base, literal)); absolute != literal && !strings.HasPrefix(absolute, "mem://") {
			need.Others = []string{absolute}
		}
		needs = append(needs, need)
	}
	return needs
}
