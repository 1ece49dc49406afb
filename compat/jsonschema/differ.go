package jsonschema

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/compat"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// Bounds of one comparison: how many pairs of subschemas it looks at and how deep they lie, how many steps of paths it writes to
// carry differences from one list to another, and how long a list may grow before it takes only what decides the verdict.
const (
	maxPairs       = 200_000
	maxLevels      = 5_000
	maxCopied      = 5_000_000
	maxDifferences = 1_000
	looksPerPair   = 32 // how many pairs of strangers count as one that was compared
)

// pair is two shapes that are compared.
type pair struct{ writer, reader *shape }

// differ compares the shapes of two schemas. Which of the two is the writer changes below a "not".
type differ struct {
	ctx     context.Context
	lenient bool
	known   map[pair][]difference // with paths below the pair
	running map[pair]bool
	// assumed are the running pairs that were met again and taken to be compatible; refuted are those that turned out
	// not to be.
	assumed, refuted map[pair]bool
	pairs, copied    int
	looks            int   // at pairs of strangers
	err              error // why the comparison was given up
}

// list collects the differences found below one path.
type list struct {
	*differ
	path  *step
	found []difference
}

// diff lists the differences between two schemas in the order of the reference server.
//
// Recursive schemas are compared by the greatest fixed point: a pair that is met again below itself is first taken to be
// compatible. When the pair turns out not to be, the comparison is repeated with that knowledge.
func diff(ctx context.Context, writer, reader *model.Schema, lenient bool) ([]difference, error) {
	d := &differ{ctx: ctx, lenient: lenient, running: map[pair]bool{}, refuted: map[pair]bool{}}
	w, r := newLoader(writer).load(writer.Root()), newLoader(reader).load(reader.Root())
	for {
		d.known, d.assumed = map[pair][]difference{}, map[pair]bool{}
		l := list{differ: d}
		l.compare(w, r)
		if d.err != nil || !d.refute() {
			return shown(l.found), d.err
		}
	}
}

// refute moves the assumptions that have failed to the refuted ones, and reports whether there were any.
func (d *differ) refute() bool {
	failed := false
	for p := range d.assumed {
		if !d.allAccepted(d.known[p]) {
			d.refuted[p], failed = true, true
		}
	}
	return failed
}

// again stands for the differences of a pair further out, which are listed there.
const again code = ""

func shown(found []difference) []difference {
	out := found[:0]
	for _, f := range found {
		if f.code != again {
			out = append(out, f)
		}
	}
	return out
}

// accepts reports whether a difference leaves the schemas compatible under the policy in force.
func (d *differ) accepts(c code) bool { return compatible[c] || d.lenient && forgiven[c] }

func (d *differ) allAccepted(found []difference) bool {
	for i := range found {
		if !d.accepts(found[i].code) {
			return false
		}
	}
	return true
}

func (l *list) add(c code, w, r *shape, keyword, name string) {
	l.found = append(l.found, difference{code: c, path: l.path, writer: w, reader: r, keyword: keyword, name: name})
}

// addAt adds a difference at the path of a keyword.
func (l *list) addAt(keyword string, c code, w, r *shape) {
	l.found = append(l.found, difference{code: c, path: l.path.enter(keyword), writer: w, reader: r, keyword: keyword})
}

// at runs f with the path extended.
func (l *list) at(name string, f func()) {
	above := l.path
	l.path = above.enter(name)
	f()
	l.path = above
}

// try compares two shapes apart and returns the differences without recording them.
func (l *list) try(w, r *shape) []difference {
	sub := list{differ: l.differ, path: l.path}
	sub.compare(w, r)
	return sub.found
}

// spend counts one pair against the budget and reports whether to go on.
func (d *differ) spend() bool {
	if d.err != nil {
		return false
	}
	d.pairs++
	if len(d.running) > maxLevels {
		d.err = &compat.WorkError{What: "levels of subschemas", Max: maxLevels}
	} else if d.pairs > maxPairs {
		d.err = &compat.WorkError{What: "pairs of subschemas", Max: maxPairs}
	} else if d.pairs&1023 == 0 {
		d.err = d.ctx.Err()
	}
	return d.err == nil
}

// compare records the differences between two shapes. A pair that is met again while it is being compared adds nothing:
// a difference below a cycle shows on its first round.
func (l *list) compare(w, r *shape) {
	switch {
	case w == nil && r == nil:
		return
	case w == nil:
		l.add("SCHEMA_ADDED", w, r, "", "")
		return
	case r == nil:
		l.add("SCHEMA_REMOVED", w, r, "", "")
		return
	}
	w, r = w.resolve(), r.resolve()
	if w == nil || r == nil || !l.spend() {
		return
	}
	if simple(w) && simple(r) {
		l.compareResolved(w, r)
		return
	}
	key := pair{w, r}
	if l.running[key] {
		if l.refuted[key] {
			l.add(again, w, r, "", "")
		} else {
			l.assumed[key] = true
		}
		return
	}
	found, known := l.known[key]
	if !known {
		l.running[key] = true
		sub := list{differ: l.differ}
		sub.compareResolved(w, r)
		found = sub.found
		delete(l.running, key)
		l.known[key] = found
	}
	l.repeat(found)
}

// repeat records differences found below a pair under the path at which the pair stands here. A list that has grown
// long enough for anybody takes only what decides the verdict: schemas that share definitions over many levels would
// otherwise have exponentially many differences.
func (l *list) repeat(found []difference) {
	full := len(l.found) >= maxDifferences
	if l.path == nil && len(l.found) == 0 {
		l.found = slices.Clip(found) // as they are
		return
	}
	for _, f := range found {
		if full && l.accepts(f.code) {
			continue
		}
		if l.copied += 1 + f.path.length(); l.copied > maxCopied {
			l.err = &compat.WorkError{What: "steps to the differences between subschemas", Max: maxCopied}
			return
		}
		f.path = f.path.below(l.path)
		l.found = append(l.found, f)
		if full {
			return
		}
	}
}

// simple reports whether a shape has no subschemas, so that comparing it again costs less than remembering it.
func simple(s *shape) bool {
	switch s.kind {
	case objectKind, arrayKind, combinedKind, notKind, referenceKind:
		return false
	}
	return true
}

func (l *list) compareResolved(w, r *shape) {
	if l.intoUnion(w, r) || l.outOfUnion(w, r) {
		return
	}
	if w.kind != r.kind {
		if w.kind != nothing && r.kind != anything && !bothBytes(w, r) {
			l.add("TYPE_CHANGED", w, r, "", "")
		}
		return
	}
	l.annotations(w, r)
	switch w.kind {
	case stringKind:
		l.strings(w, r)
	case numberKind:
		l.numbers(w, r)
	case enumKind:
		l.enums(w, r)
	case constKind:
		l.constants(w, r)
	case combinedKind:
		l.unions(w, r)
	case notKind:
		l.negations(w, r)
	case objectKind:
		l.objects(w, r)
	case arrayKind:
		l.arrays(w, r)
	}
}

// bothBytes reports whether both are the decimals of Kafka Connect, which it writes as a string or as a number by
// configuration. The reference lets one become the other.
func bothBytes(w, r *shape) bool {
	is := func(s *shape) bool {
		t := s.value.Get("connect.type")
		return (s.kind == stringKind || s.kind == numberKind) && t.Is(model.String) && t.Text == "bytes"
	}
	return is(w) && is(r)
}

// intoUnion handles a reader that has become a combined schema: enough if the writer fits one of its branches.
func (l *list) intoUnion(w, r *shape) bool {
	if w.kind == combinedKind || r.kind != combinedKind {
		return false
	}
	switch {
	case len(r.parts) == 1:
		if found := l.try(w, r.parts[0]); l.allAccepted(found) {
			l.found = append(l.found, found...)
			return true
		}
	case r.criterion != allOf:
		for _, part := range r.parts {
			if found := l.try(w, part); l.allAccepted(found) {
				l.found = append(l.found, found...)
				l.add("SUM_TYPE_EXTENDED", w, r, "", "")
				return true
			}
		}
	}
	return false
}

// outOfUnion handles a writer that was a combined schema and is not any more.
func (l *list) outOfUnion(w, r *shape) bool {
	if w.kind != combinedKind || r.kind == combinedKind {
		return false
	}
	switch {
	case len(w.parts) == 1:
		if found := l.try(w.parts[0], r); l.allAccepted(found) {
			l.found = append(l.found, found...)
			return true
		}
	case w.criterion == allOf:
		for _, part := range w.parts {
			if found := l.try(part, r); l.allAccepted(found) {
				l.found = append(l.found, found...)
				l.add("PRODUCT_TYPE_NARROWED", w, r, "", "")
				return true
			}
		}
	}
	return false
}

func (l *list) annotations(w, r *shape) {
	for _, a := range [...]struct {
		code    code
		keyword string
		w, r    *model.Value
	}{
		{"ID_CHANGED", "$id", w.id, r.id},
		{"TITLE_CHANGED", "title", w.title, r.title},
		{"DESCRIPTION_CHANGED", "description", w.description, r.description},
	} {
		if !a.w.Equal(a.r) {
			l.add(a.code, w, r, a.keyword, "")
		}
	}
	// The reference knows structured defaults by identity only, so they always differ.
	structured := w.preset.Is(model.Object) || w.preset.Is(model.Array)
	if !w.preset.Equal(r.preset) || structured {
		l.add("DEFAULT_CHANGED", w, r, "default", "")
	}
}
