package inclusion

import (
	"encoding/binary"
	"slices"
)

// literal says that an instance is accepted, or not accepted, by a schema.
type literal struct {
	schema *schema
	not    bool
}

func is(s *schema) literal    { return literal{s, false} }
func isNot(s *schema) literal { return literal{s, true} }

// opposite is the literal that holds exactly when l does not.
func (l literal) opposite() literal { return literal{l.schema, !l.not} }

// number identifies a literal; that of its opposite differs in the last bit.
func (l literal) number() int {
	n := l.schema.id << 1
	if l.not {
		n |= 1
	}
	return n
}

// trivial reports whether l holds for every instance or for none.
func (l literal) trivial() (holds, ok bool) {
	accepts, ok := l.schema.trivial()
	return accepts != l.not, ok
}

// A goal is a set of literals; the question is whether an instance satisfies them all.
type goal []literal

// normal returns the goal without repetitions and what holds anyway, in order; possible is false when two literals are
// opposites or one of them never holds.
func (g goal) normal() (sorted goal, possible bool) {
	sorted = make(goal, 0, len(g))
	for _, l := range g {
		if holds, ok := l.trivial(); ok {
			if !holds {
				return nil, false
			}
			continue
		}
		sorted = append(sorted, l)
	}
	slices.SortFunc(sorted, func(a, b literal) int { return a.number() - b.number() })
	out := sorted[:0]
	for i, l := range sorted {
		if i > 0 {
			switch last := out[len(out)-1]; {
			case last == l:
				continue
			case last.schema == l.schema:
				return nil, false
			}
		}
		out = append(out, l)
	}
	return out, true
}

// key identifies a normal goal.
func (g goal) key() string {
	var space [64]byte
	key := space[:0]
	for _, l := range g {
		key = binary.AppendUvarint(key, uint64(l.number()))
	}
	return string(key)
}

// with returns the goal and more literals, leaving the receiver alone.
func (g goal) with(more ...literal) goal {
	return append(g[:len(g):len(g)], more...)
}
