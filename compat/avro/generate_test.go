package avro

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// node is a schema while it is generated and mutated.
type node struct {
	kind     string // a kind, or "ref"
	space    string // of named types, and of what a ref names
	name     string
	aliases  []string
	fields   []*nodeField
	symbols  []string
	enumDef  string
	size     int
	items    *node
	branches []*node
	props    string // further attributes, starting with a comma
}

type nodeField struct {
	name    string
	t       *node
	def     string // JSON, or ""
	aliases []string
}

func (n *node) full() string {
	if n.space == "" {
		return n.name
	}
	return n.space + "." + n.name
}

func list(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = fmt.Sprintf("%q", s)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}

func (n *node) write(b *strings.Builder) {
	switch n.kind {
	case "ref":
		fmt.Fprintf(b, "%q", n.full())
		return
	case "union":
		b.WriteByte('[')
		for i, t := range n.branches {
			if i > 0 {
				b.WriteByte(',')
			}
			t.write(b)
		}
		b.WriteByte(']')
		return
	}
	fmt.Fprintf(b, `{"type":%q`, n.kind)
	switch n.kind {
	case "record", "enum", "fixed":
		fmt.Fprintf(b, `,"name":%q,"namespace":%q`, n.name, n.space)
		if len(n.aliases) > 0 {
			b.WriteString(`,"aliases":` + list(n.aliases))
		}
	case "array":
		b.WriteString(`,"items":`)
		n.items.write(b)
	case "map":
		b.WriteString(`,"values":`)
		n.items.write(b)
	}
	switch n.kind {
	case "record":
		n.writeFields(b)
	case "enum":
		b.WriteString(`,"symbols":` + list(n.symbols))
		if n.enumDef != "" {
			fmt.Fprintf(b, `,"default":%q`, n.enumDef)
		}
	case "fixed":
		fmt.Fprintf(b, `,"size":%d`, n.size)
	}
	b.WriteString(n.props + "}")
}

func (n *node) writeFields(b *strings.Builder) {
	b.WriteString(`,"fields":[`)
	for i, f := range n.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, `{"name":%q,"type":`, f.name)
		f.t.write(b)
		if f.def != "" {
			b.WriteString(`,"default":` + f.def)
		}
		if len(f.aliases) > 0 {
			b.WriteString(`,"aliases":` + list(f.aliases))
		}
		b.WriteByte('}')
	}
	b.WriteByte(']')
}

func (n *node) text() string {
	var b strings.Builder
	n.write(&b)
	return b.String()
}

func (n *node) clone() *node {
	c := *n
	c.aliases, c.symbols = slices.Clone(n.aliases), slices.Clone(n.symbols)
	c.fields, c.branches = nil, nil
	for _, f := range n.fields {
		g := *f
		g.t, g.aliases = f.t.clone(), slices.Clone(f.aliases)
		c.fields = append(c.fields, &g)
	}
	if n.items != nil {
		c.items = n.items.clone()
	}
	for _, b := range n.branches {
		c.branches = append(c.branches, b.clone())
	}
	return &c
}

// generator makes schemas, mutations of them, and data. Everything follows from its seed.
type generator struct {
	*rand.Rand
	nodes   int
	spaces  []string
	defined []*node // named types so far; those that are being defined, too
	used    map[string]bool
}

func newGenerator(seed uint64) *generator {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, 0x5EED))}
	g.spaces = []string{"n1", "n2"}
	if g.IntN(4) == 0 {
		g.spaces = []string{""}
	}
	return g
}

func pick[T any](g *generator, items ...T) T { return items[g.IntN(len(items))] }

func (g *generator) chance(percent int) bool { return g.IntN(100) < percent }

func (g *generator) schema() *node {
	g.nodes, g.defined, g.used = 4+g.IntN(20), nil, map[string]bool{}
	return g.typ(0, false)
}

var primitiveNames = []string{"null", "boolean", "int", "long", "float", "double", "bytes", "string"}

// typ makes a type; inUnion keeps unions out of unions.
func (g *generator) typ(depth int, inUnion bool) *node {
	g.nodes--
	if g.nodes <= 0 || depth > 5 {
		return g.leaf()
	}
	switch roll := g.IntN(100); {
	case roll < 35 || depth == 0 && roll < 60:
		return g.record(depth)
	case roll < 45 && !inUnion:
		return g.union(depth)
	case roll < 53:
		return &node{kind: "array", items: g.typ(depth+1, false)}
	case roll < 60:
		return &node{kind: "map", items: g.typ(depth+1, false)}
	case roll < 67:
		return g.enum()
	case roll < 72:
		return g.fixed()
	case roll < 80 && len(g.defined) > 0:
		d := pick(g, g.defined...)
		return &node{kind: "ref", space: d.space, name: d.name}
	}
	return g.leaf()
}

func (g *generator) leaf() *node {
	if g.chance(12) {
		return pick(g,
			&node{kind: "bytes", props: fmt.Sprintf(`,"logicalType":"decimal","precision":%d,"scale":%d`, 4+g.IntN(3), g.IntN(3))},
			&node{kind: "long", props: `,"logicalType":"timestamp-millis"`},
			&node{kind: "long", props: `,"logicalType":"timestamp-micros"`},
			&node{kind: "int", props: `,"logicalType":"date"`})
	}
	return &node{kind: pick(g, primitiveNames...)}
}

// name gives a named type a name that the schema does not have yet.
func (g *generator) name(n *node) *node {
	for i := 0; ; i++ {
		n.space, n.name = pick(g, g.spaces...), pick(g, "A", "B", "C", "D", "E")
		if i > 20 {
			n.name = fmt.Sprintf("N%d", len(g.used))
		}
		if !g.used[n.full()] {
			g.used[n.full()] = true
			g.defined = append(g.defined, n)
			return n
		}
	}
}

func (g *generator) record(depth int) *node {
	n := g.name(&node{kind: "record"})
	for i := range g.IntN(4) {
		f := &nodeField{name: fmt.Sprintf("f%d", i), t: g.typ(depth+1, false)}
		if g.chance(30) {
			f.def = g.defaultOf(f.t)
		}
		n.fields = append(n.fields, f)
	}
	return n
}

func (g *generator) enum() *node {
	n := g.name(&node{kind: "enum"})
	for i := range 1 + g.IntN(3) {
		n.symbols = append(n.symbols, fmt.Sprintf("S%d", i))
	}
	if g.chance(25) {
		n.enumDef = pick(g, n.symbols...)
	}
	return n
}

func (g *generator) fixed() *node { return g.name(&node{kind: "fixed", size: g.IntN(4)}) }

func (g *generator) union(depth int) *node {
	n := &node{kind: "union"}
	if g.chance(60) {
		n.branches = append(n.branches, &node{kind: "null"})
	}
	for range 1 + g.IntN(3) {
		n.branches = append(n.branches, g.typ(depth+1, true))
	}
	n.dedupe()
	return n
}

// dedupe drops branches that a union may not have together.
func (n *node) dedupe() {
	seen := map[string]bool{}
	n.branches = slices.DeleteFunc(n.branches, func(b *node) bool {
		key := b.kind
		if b.name != "" {
			key = b.full()
		}
		if seen[key] || b.kind == "union" {
			return true
		}
		seen[key] = true
		return false
	})
}

// defaultOf makes a default that fits, or none.
func (g *generator) defaultOf(n *node) string {
	switch n.kind {
	case "null":
		return "null"
	case "boolean":
		return pick(g, "true", "false")
	case "int", "long":
		return fmt.Sprint(g.IntN(100))
	case "float", "double":
		return pick(g, "1.5", "0", "2")
	case "bytes", "string":
		return pick(g, `""`, `"d"`)
	case "enum":
		return fmt.Sprintf("%q", pick(g, n.symbols...))
	case "fixed":
		return `"` + strings.Repeat("x", n.size) + `"`
	case "array":
		return "[]"
	case "map":
		return "{}"
	case "union":
		if len(n.branches) > 0 {
			return g.defaultOf(n.branches[0])
		}
	case "record":
		if len(n.fields) == 0 {
			return "{}"
		}
	}
	return ""
}

// datum makes random data of a type with inhabited parts only, boundary values included.
func (g *generator) datum(t *avro.Type, sizes sizes, depth int) avro.Datum {
	out := avro.Datum{Type: t}
	deep := depth > 6
	switch t.Kind {
	case avro.Boolean:
		out.Int = g.Int64N(2)
	case avro.Int:
		out.Int = pick(g, 0, 1, -1, 1<<31-1, -1<<31, g.Int64N(2000)-1000)
	case avro.Long:
		out.Int = pick(g, 0, 1, -1, 1<<62, -1<<63, 1<<53+1, g.Int64N(2_000_000)-1_000_000)
	case avro.Float:
		out.Float = float64(pick(g, float32(0), -1.5, 3.4e38, 0.1))
	case avro.Double:
		out.Float = pick(g, 0, -1.5, 1e300, 0.1)
	case avro.Bytes:
		out.Text = pick(g, "", "abc", "\xff\xfe", "\x00")
	case avro.String:
		out.Text = pick(g, "", "abc", "é😀", strings.Repeat("x", 20))
	case avro.Fixed:
		for range t.Size {
			out.Text += string(rune('a' + g.IntN(26)))
		}
	case avro.Enum:
		out.Int = g.Int64N(int64(len(t.Symbols)))
	case avro.Record:
		for i := range t.Fields {
			out.Parts = append(out.Parts, g.datum(t.Fields[i].Type, sizes, depth+1))
		}
	case avro.Union:
		var can []int
		for k, b := range t.Branches {
			if sizes.inhabited(b) {
				can = append(can, k)
			}
		}
		k := pick(g, can...)
		if deep {
			k = slices.MinFunc(can, func(a, b int) int { x, _ := sizes.of(t.Branches[a]); y, _ := sizes.of(t.Branches[b]); return x - y })
		}
		out.Int, out.Parts = int64(k), []avro.Datum{g.datum(t.Branches[k], sizes, depth+1)}
	case avro.Array, avro.Map:
		if !deep && sizes.inhabited(t.Items) {
			for i := range g.IntN(3) {
				out.Parts = append(out.Parts, g.datum(t.Items, sizes, depth+1))
				if t.Kind == avro.Map {
					out.Keys = append(out.Keys, fmt.Sprintf("k%d", i))
				}
			}
		}
	}
	return out
}
