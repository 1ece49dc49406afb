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
	matched := match(edges, len(after))
	count := 0
	for i, j := range matched {
		if j >= 0 {
			count++
			l.found = append(l.found, edges[i][j]...)
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

// edges maps every pair of subschemas whose differences are all accepted to these differences.
func (l *list) edges(w *shape, before, after []*shape) []map[int][]difference {
	edges := make([]map[int][]difference, len(before))
	for i, was := range before {
		edges[i] = map[int][]difference{}
		l.at(string(w.criterion)+"/"+strconv.Itoa(i), func() {
			for j, is := range after {
				if l.err != nil {
					return
				}
				if found := l.try(was, is); l.allAccepted(found) {
					edges[i][j] = found
				}
			}
		})
	}
	return edges
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
// result holds the partner of each on the left, -1 for none. Augmenting paths: O(left * edges).
func match[T any](edges []map[int]T, n int) []int {
	partner := make([]int, n) // right -> left
	for j := range partner {
		partner[j] = -1
	}
	var visited []bool
	var augment func(i int) bool
	augment = func(i int) bool {
		for j := range n {
			if _, ok := edges[i][j]; !ok || visited[j] {
				continue
			}
			visited[j] = true
			if partner[j] < 0 || augment(partner[j]) {
				partner[j] = i
				return true
			}
		}
		return false
	}
	for i := range edges {
		visited = make([]bool, n)
		augment(i)
	}
	matched := make([]int, len(edges))
	for i := range matched {
		matched[i] = -1
	}
	for j, i := range partner {
		if i >= 0 {
			matched[i] = j
		}
	}
	return matched
}
