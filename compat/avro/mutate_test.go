package avro

import (
	"fmt"
	"slices"
	"strings"
)

// places are the slots of a schema that hold a type.
func places(slot **node, out []**node) []**node {
	out = append(out, slot)
	n := *slot
	for _, f := range n.fields {
		out = places(&f.t, out)
	}
	if n.items != nil {
		out = places(&n.items, out)
	}
	for i := range n.branches {
		out = places(&n.branches[i], out)
	}
	return out
}

// mutate returns a schema that is like n but for a few changes of the kind that people make, and some that they do not.
func (g *generator) mutate(n *node) *node {
	root := n.clone()
	for range g.IntN(4) {
		slots := places(&root, nil)
		g.change(slots[g.IntN(len(slots))])
	}
	return root
}

func (g *generator) change(slot **node) {
	n := *slot
	switch {
	case g.chance(12):
		if n.kind != "union" {
			u := &node{kind: "union", branches: []*node{{kind: "null"}, n}}
			u.dedupe()
			*slot = u
		}
	case g.chance(4):
		g.nodes = 5
		*slot = g.typ(4, true)
	case n.kind == "record" && g.chance(10):
		g.twins(slot)
	case n.kind == "record" || n.kind == "enum" || n.kind == "fixed":
		g.changeNamed(n)
	case n.kind == "union":
		g.changeUnion(slot)
	case slices.Contains(primitiveNames, n.kind):
		*slot = g.leaf()
	}
}

// twins puts a record into a union with another of the same simple name, the shape that confuses the choice of branches.
func (g *generator) twins(slot **node) {
	n := *slot
	if len(g.spaces) == 1 {
		return
	}
	twin := &node{kind: "record", space: "n3", name: n.name}
	for _, f := range n.fields {
		t := &node{kind: pick(g, primitiveNames...)}
		if slices.Contains(primitiveNames, f.t.kind) && g.chance(50) {
			t.kind = f.t.kind
		}
		twin.fields = append(twin.fields, &nodeField{name: f.name, t: t})
	}
	u := &node{kind: "union", branches: []*node{n, twin}}
	g.Shuffle(2, func(i, j int) { u.branches[i], u.branches[j] = u.branches[j], u.branches[i] })
	*slot = u
}

func (g *generator) changeNamed(n *node) {
	old := n.full()
	switch roll := g.IntN(100); {
	case roll < 15 && n.kind != "record":
		n.name += "X"
		if g.chance(60) {
			n.aliases = append(n.aliases, old)
		}
	case roll < 22:
		n.aliases = append(n.aliases, pick(g, "A", "n1.B", "n2.C", "n1.A"))
	case n.kind == "enum":
		g.changeEnum(n)
	case n.kind == "fixed":
		n.size = g.IntN(4)
	default:
		g.changeRecord(n)
	}
}

func (g *generator) changeEnum(n *node) {
	switch g.IntN(3) {
	case 0:
		n.symbols = append(n.symbols, fmt.Sprintf("S%d", len(n.symbols)+3))
	case 1:
		if len(n.symbols) > 1 {
			n.symbols = n.symbols[1:]
			n.enumDef = ""
		}
	case 2:
		n.enumDef = n.symbols[0]
	}
}

func (g *generator) changeRecord(n *node) {
	at := 0
	if len(n.fields) > 0 {
		at = g.IntN(len(n.fields))
	}
	switch g.IntN(7) {
	case 0:
		f := &nodeField{name: fmt.Sprintf("g%d", g.IntN(100)), t: &node{kind: pick(g, primitiveNames...)}}
		if g.chance(60) {
			f.def = g.defaultOf(f.t)
		}
		if !slices.ContainsFunc(n.fields, func(o *nodeField) bool { return o.name == f.name }) {
			n.fields = append(n.fields, f)
		}
	case 1:
		// Dropping a definition would leave references to it behind.
		if len(n.fields) > 0 && !strings.Contains(n.fields[at].t.text(), `"name"`) {
			n.fields = slices.Delete(n.fields, at, at+1)
		}
	case 2:
		if len(n.fields) > 0 {
			f := n.fields[at]
			if g.chance(70) {
				f.aliases = append(f.aliases, f.name)
			}
			f.name = fmt.Sprintf("h%d", g.IntN(1000))
		}
	case 3:
		g.Shuffle(len(n.fields), func(i, j int) { n.fields[i], n.fields[j] = n.fields[j], n.fields[i] })
	case 4:
		if len(n.fields) > 0 {
			n.fields[at].def = g.defaultOf(n.fields[at].t)
		}
	case 5:
		if len(n.fields) > 0 {
			n.fields[at].def = ""
		}
	case 6:
		if len(n.fields) > 0 {
			n.fields[at].aliases = append(n.fields[at].aliases, fmt.Sprintf("f%d", g.IntN(4)))
		}
	}
}

func (g *generator) changeUnion(slot **node) {
	n := *slot
	switch g.IntN(4) {
	case 0:
		g.Shuffle(len(n.branches), func(i, j int) { n.branches[i], n.branches[j] = n.branches[j], n.branches[i] })
	case 1:
		n.branches = append(n.branches, &node{kind: pick(g, primitiveNames...)})
		n.dedupe()
	case 2:
		if len(n.branches) > 1 && !strings.Contains(n.branches[len(n.branches)-1].text(), `"name"`) {
			n.branches = n.branches[:len(n.branches)-1]
		}
	case 3:
		if len(n.branches) > 0 && !strings.Contains(n.branches[0].text(), `"name"`) {
			*slot = n.branches[len(n.branches)-1]
		}
	}
}
