package web

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/concord-registry/concord/registry"
)

// graphView is a drawing of references: layers from left to right, what is referred to on the right of what refers to it.
type graphView struct {
	Width, Height int
	Nodes         []graphNode
	Edges         []graphEdge
}

type graphNode struct {
	X, Y, Width, Height int
	Label, Version      string // Label is cut to fit
	Title, Href         string
	Here, Deleted       bool
}

type graphEdge struct {
	Path string // of SVG
	Back bool   // it closes a circle
}

// Sizes of the drawing, in pixels.
const (
	nodeWidth   = 208
	nodeHeight  = 44
	layerGap    = 72
	rowGap      = 16
	graphMargin = 12
	labelRunes  = 26
	firstRows   = 10 // that one sees without scrolling
)

// drawGraph lays out the arrows around a version. Layers are the distances from it: negative for what refers to it.
func drawGraph(l Links, at registry.SubjectVersion, d *registry.Description) *graphView {
	if len(d.Uses)+len(d.UsedBy) == 0 {
		return nil
	}
	layer := map[registry.SubjectVersion]int{at: 0}
	order := []registry.SubjectVersion{at}
	deleted := map[registry.SubjectVersion]bool{}
	set := func(v registry.SubjectVersion, n int) {
		if _, known := layer[v]; !known {
			order = append(order, v)
			layer[v] = n
		}
	}
	// Arrows come breadth first, so that one pass finds the nearest layer of each; what is reached on a longer way too is
	// moved outwards, as long as that ends: references may run in circles.
	for _, a := range d.Uses {
		set(a.To, layer[a.From]+1)
	}
	for _, a := range d.UsedBy {
		set(a.From, layer[a.To]-1)
		deleted[a.From] = deleted[a.From] || a.Deleted
	}
	for range order {
		moved := false
		for _, a := range d.Uses {
			if layer[a.To] <= layer[a.From] && layer[a.From] < len(order) && a.To != at {
				layer[a.To], moved = layer[a.From]+1, true
			}
		}
		for _, a := range d.UsedBy {
			if layer[a.From] >= layer[a.To] && layer[a.To] > -len(order) && a.From != at {
				layer[a.From], moved = layer[a.To]-1, true
			}
		}
		if !moved {
			break
		}
	}
	return place2D(l, at, order, layer, deleted, slices.Concat(d.Uses, d.UsedBy))
}

// place2D gives every node its place, and draws the arrows.
func place2D(l Links, at registry.SubjectVersion, order []registry.SubjectVersion, layer map[registry.SubjectVersion]int, deleted map[registry.SubjectVersion]bool, arrows []registry.Arrow) *graphView {
	used := []int{}
	rows := map[int][]registry.SubjectVersion{}
	for _, v := range order {
		n := layer[v]
		if rows[n] == nil {
			used = append(used, n)
		}
		rows[n] = append(rows[n], v)
	}
	slices.Sort(used)
	tallest := 0
	for _, list := range rows {
		tallest = max(tallest, len(list))
	}
	g := &graphView{
		Width:  2*graphMargin + len(used)*nodeWidth + (len(used)-1)*layerGap,
		Height: 2*graphMargin + tallest*nodeHeight + (tallest-1)*rowGap,
	}
	index := map[registry.SubjectVersion]int{}
	// A layer stands in the middle, but of a tall drawing in the middle of its beginning: the page's own version is in sight.
	first := min(g.Height, 2*graphMargin+firstRows*nodeHeight+(firstRows-1)*rowGap)
	for i, n := range used {
		list := rows[n]
		top := max(graphMargin, (first-len(list)*nodeHeight-(len(list)-1)*rowGap)/2)
		for j, v := range list {
			index[v] = len(g.Nodes)
			g.Nodes = append(g.Nodes, graphNode{
				X: graphMargin + i*(nodeWidth+layerGap), Y: top + j*(nodeHeight+rowGap), Width: nodeWidth, Height: nodeHeight,
				Label: cutMiddle(v.Subject, labelRunes), Version: "v" + strconv.Itoa(v.Version), Title: v.Subject + " version " + strconv.Itoa(v.Version),
				Href: l.Version(v.Subject, v.Version) + "?view=references", Here: v == at, Deleted: deleted[v],
			})
		}
	}
	for _, a := range arrows {
		g.Edges = append(g.Edges, edge(g.Nodes[index[a.From]], g.Nodes[index[a.To]]))
	}
	return g
}

// edge draws an arrow from the right side of one node to the left side of another.
func edge(from, to graphNode) graphEdge {
	x1, y1 := from.X+from.Width, from.Y+from.Height/2
	x2, y2 := to.X-6, to.Y+to.Height/2
	bend := max(28, (x2-x1)/2)
	return graphEdge{Path: fmt.Sprintf("M%d %dC%d %d %d %d %d %d", x1, y1, x1+bend, y1, x2-bend, y2, x2, y2), Back: x2 < x1}
}

// cutMiddle shortens a name where it says least.
func cutMiddle(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	head := n / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(n-head-1):])
}
