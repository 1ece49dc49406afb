package jsonschema

import (
	"strconv"

	model "github.com/concord-registry/concord/formats/jsonschema"
)

// unions compares two combined schemas: first their keywords, then how many of their subschemas can be paired without a difference that counts.
func (l *list) unions(w, r *shape) {
	if w.criterion != r.criterion {
		if !l.criterionAllowed(w, r) {
			l.add("COMBINED_TYPE_CHANGED", w, r, "", "")
			return
		}
		l.add("COMBINED_TYPE_EXTENDED", w, r, "", "")
	}
	before, after := distinct(w.parts), distinct(r.parts)
	switch {
	case len(before) < len(after) && r.criterion == allOf:
		l.add("PRODUCT_TYPE_EXTENDED", w, r, "", "")
	case len(before) < len(after):
		l.add("SUM_TYPE_EXTENDED", w, r, "", "")
	case len(before) > len(after) && w.criterion == allOf:
		l.add("PRODUCT_TYPE_NARROWED", w, r, "", "")
	case len(before) > len(after):
		l.add("SUM_TYPE_NARROWED", w, r, "", "")
	}
	edges := l.edges(w, before, after)
	count := 0
	for i, e := range match(edges, len(after)) {
		if e != nil {
			count++
			l.found = append(l.found, edges[i][*e].found...)
		}
	}
	if count < min(len(before), len(after)) {
		l.add("COMBINED_TYPE_SUBSCHEMAS_CHANGED", w, r, "", "")
	}
}

// criterionAllowed: anything may become anyOf, a single subschema any keyword.
func (l *list) criterionAllowed(w, r *shape) bool {
	switch r.criterion {
	case anyOf:
		return true
	case oneOf:
		return len(w.parts) == 1 || w.criterion == allOf && len(r.parts) == 1
	default:
		return len(w.parts) == 1 && len(r.parts) == 1
	}
}

// edge says that a subschema may become the one at position to, with nothing but accepted differences.
type edge struct {
	to    int
	found []difference
}

// edges lists, for every subschema of the writer, what it may become.
func (l *list) edges(w *shape, before, after []*shape) [][]edge {
	edges := make([][]edge, len(before))
	for i, was := range before {
		l.at(string(w.criterion)+"/"+strconv.Itoa(i), func() {
			for j, is := range after {
				if l.err != nil {
					return
				}
				if l.strangers(was, is) {
					continue
				}
				if found := l.try(was, is); l.allAccepted(found) {
					edges[i] = append(edges[i], edge{j, found})
				}
			}
		})
	}
	return edges
}

// strangers reports whether a look at their names tells that an object cannot become another one: each has to declare the properties
// of the other where that leaves what it does not declare open. Thousands of parts are each compared with thousands, most of which have
// nothing to do with each other.
func (l *list) strangers(was, is *shape) bool {
	was, is = was.resolve(), is.resolve()
	if l.lenient || was == nil || is == nil || was.kind != objectKind || is.kind != objectKind || !was.object.open() {
		return false
	}
	for i := range is.object.properties {
		p := &is.object.properties[i]
		if was.object.property(p.name) == nil && p.shape.kind != anything {
			if l.looks++; l.looks%looksPerPair == 0 {
				l.spend()
			}
			return true // as in propertyAdded
		}
	}
	return false
}

// distinct leaves out subschemas that are the same text as one before them.
func distinct(parts []*shape) []*shape {
	if len(parts) < 2 {
		return parts
	}
	type class struct {
		kind      kind
		criterion criterion
		implied   bool
		integer   bool
	}
	classOf := func(s *shape) class {
		return class{s.kind, s.criterion, s.implied, s.number != nil && s.number.integer}
	}
	members := make(map[class]int, len(parts))
	for _, part := range parts {
		members[classOf(part)]++
	}
	if len(members) == len(parts) {
		return parts
	}
	type written struct {
		class class
		text  string
	}
	seen := make(map[written]bool, len(parts))
	var out []*shape
	for _, part := range parts {
		key := written{classOf(part), string(model.AppendSorted(nil, part.value))}
		if !seen[key] {
			seen[key] = true
			out = append(out, part)
		}
	}
	return out
}

// match pairs as many of the left as possible with one of the n on the right each, using only the given edges. The
// result holds for each on the left the index of its edge, nil for none. Augmenting paths: O(left * edges).
func match(edges [][]edge, n int) []*int {
	matched := make([]*int, len(edges))
	partner := make([]int, n) // right -> left
	for j := range partner {
		partner[j] = -1
	}
	visited := make([]int, n) // the round in which a right one was last looked at
	var augment func(i, round int) bool
	augment = func(i, round int) bool {
		for k, e := range edges[i] {
			if visited[e.to] == round {
				continue
			}
			visited[e.to] = round
			if partner[e.to] < 0 || augment(partner[e.to], round) {
				partner[e.to], matched[i] = i, &k
				return true
			}
		}
		return false
	}
	for i := range edges {
		augment(i, i+1)
	}
	return matched
}
