package web

import (
	"strconv"

	"github.com/concord-registry/concord/formats"
)

// definitions are the places of types by every name they may be used under: lines of the page's own text, and pages of
// the subjects that it refers to.
type definitions map[string]string

// add adds what a text declares. prefix stands before names that are pointers into a JSON schema.
func (d definitions) add(nodes []formats.Node, page, prefix string) {
	for i := range nodes {
		n := &nodes[i]
		if n.Full != "" {
			name := n.Full
			if name[0] == '#' {
				name = prefix + name
			}
			if _, taken := d[name]; !taken && n.Span != nil {
				d[name] = page + "#L" + strconv.Itoa(n.Span.Start.Line)
			}
		}
		d.add(n.Nodes, page, prefix)
	}
}

// find returns the place of the first name that is known; empty when none is.
func (d definitions) find(names []string) string {
	for _, name := range names {
		if place := d[name]; place != "" {
			return place
		}
	}
	return ""
}

// links are the places of a text that name types, with where these lead.
func (d definitions) links(uses []formats.Use) map[place]string {
	links := map[place]string{}
	for _, u := range uses {
		if to := d.find(u.Names); to != "" {
			links[place{u.Span.Start.Line, u.Span.Start.Column}] = to
		}
	}
	return links
}

// treeNode is a line of the tree of fields.
type treeNode struct {
	Kind, Name, Type string
	Href             string // of the type
	Doc, Default     string
	Required         bool
	Number           int32
	Line             string // the place in the text
	Open             bool
	Nodes            []treeNode
}

// maxTreeNodes bounds the tree of a page.
const maxTreeNodes = 4000

// tree makes the tree; page is where the lines of the text are, left how many nodes it may still have. Types that hold
// fields are open near the root.
func tree(nodes []formats.Node, page string, d definitions, depth int, left *int) []treeNode {
	var out []treeNode
	for i := range nodes {
		if *left == 0 {
			break
		}
		*left--
		n := &nodes[i]
		t := treeNode{
			Kind: string(n.Kind), Name: n.Name, Type: n.Type, Doc: n.Doc, Default: n.Default, Required: n.Required, Number: n.Number,
			Open: depth < 2, Nodes: tree(n.Nodes, page, d, depth+1, left),
		}
		if n.Span != nil {
			t.Line = page + "#L" + strconv.Itoa(n.Span.Start.Line)
		}
		if n.Kind == formats.EnumNode {
			t.Open = depth < 1
		}
		if len(n.Uses) > 0 {
			t.Href = d.find(n.Uses)
		}
		out = append(out, t)
	}
	return out
}
