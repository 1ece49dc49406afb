package avro

import (
	"slices"

	"github.com/concord-registry/concord/formats/avro"
)

// narrow returns the reader's type reduced to the way to a cause, so that a decoder that refuses it refuses it for that
// cause: records keep only the field that is gone through, and at the end those that are in question (or all, when there
// are none), and what has another name than in the writer's schema gets that one, unless the name is the cause. Where the way takes one branch of a writer's union, the reader is also given what the
// other branches need, so that those are not what a decoder complains about. It returns nil when that is not possible,
// because a name on the way is also used for something else on what is left.
func narrow(reader, writer *avro.Type, c *cause, others bool) *avro.Type {
	n := &narrowing{keep: c.fields(), others: others, byName: c.code == NameMismatch, made: map[string]*avro.Type{}}
	out := n.along(reader, writer, c.path)
	if out == nil || n.clashes(out) {
		return nil
	}
	return out
}

type narrowing struct {
	keep   []int
	others bool                  // give the reader what other branches need
	byName bool                  // the name of what the way leads to is the cause
	made   map[string]*avro.Type // the types that were reduced, renamed or added, by name
}

// along is nil when the way goes through a record twice.
func (n *narrowing) along(r, w *avro.Type, path []step) *avro.Type {
	if len(path) == 0 {
		return n.end(r, w)
	}
	s := path[0]
	switch {
	case s.kind == writerBranchStep && w.Kind == avro.Union:
		return n.branches(n.along(r, w.Branches[s.writer], path[1:]), w, s.writer)
	case s.kind == fieldStep && r.Kind == avro.Record:
		f, part := r.Fields[s.reader], w
		if s.writer >= 0 {
			part = w.Fields[s.writer].Type
		}
		if f.Type = n.along(f.Type, part, path[1:]); f.Type == nil {
			return nil
		}
		return n.add(named(r, w).WithFields([]avro.Field{f}))
	case s.kind == readerBranchStep && r.Kind == avro.Union:
		b := n.along(r.Branches[s.reader], w, path[1:])
		if b == nil {
			return nil
		}
		branches := slices.Clone(r.Branches)
		branches[s.reader] = b
		return avro.NewUnion(branches)
	case (s.kind == itemsStep || s.kind == valuesStep) && r.Items != nil:
		if items := n.along(r.Items, w.Items, path[1:]); items != nil {
			return avro.NewContainer(r.Kind, items, r.Props)
		}
	}
	return nil
}

// end is the type that the way leads to.
func (n *narrowing) end(r, w *avro.Type) *avro.Type {
	out := r
	if !n.byName {
		out = named(r, w)
	}
	if r.Kind == avro.Record && len(n.keep) > 0 {
		var fields []avro.Field
		for _, i := range n.keep {
			fields = append(fields, r.Fields[i])
		}
		out = out.WithFields(fields)
	}
	if out == r {
		return r
	}
	return n.add(out)
}

// named returns the reader's type under the writer's name, where decoders would stop at the names.
func named(r, w *avro.Type) *avro.Type {
	if r.Kind != w.Kind || !r.Kind.Named() || namesMatch(r, w) {
		return r
	}
	return r.WithName(w.Name)
}

// add is nil when there is a type of that name already.
func (n *narrowing) add(t *avro.Type) *avro.Type {
	if n.made[t.Name.Full] != nil {
		return nil
	}
	n.made[t.Name.Full] = t
	return t
}

// branches makes a reader's type also read the other branches of a writer's union, as far as it does not yet.
func (n *narrowing) branches(r, w *avro.Type, taken int) *avro.Type {
	if r == nil || !n.others {
		return r
	}
	out := avro.NewUnion([]*avro.Type{r})
	if r.Kind == avro.Union {
		out.Branches = slices.Clone(r.Branches)
	}
	for k, b := range w.Branches {
		if k != taken && choose(out, b) < 0 {
			if a := n.accepting(b); a != nil {
				out.Branches = append(out.Branches, a)
			}
		}
	}
	return out
}

// accepting is the least that reads a type of the writer: records without fields, and so on.
func (n *narrowing) accepting(w *avro.Type) *avro.Type {
	switch w.Kind {
	case avro.Record:
		return n.add(w.WithFields(nil))
	case avro.Array, avro.Map:
		if items := n.accepting(w.Items); items != nil {
			return avro.NewContainer(w.Kind, items, nil)
		}
		return nil
	case avro.Union:
		out := avro.NewUnion(nil)
		for _, b := range w.Branches {
			a := n.accepting(b)
			if a == nil {
				return nil
			}
			out.Branches = append(out.Branches, a)
		}
		return out
	case avro.Enum, avro.Fixed:
		return n.add(w)
	}
	return w
}

// clashes reports whether a name that was reduced or added also stands for something else.
func (n *narrowing) clashes(root *avro.Type) bool {
	found := false
	walk(root, func(t *avro.Type) {
		if made := n.made[t.Name.Full]; t.Kind.Named() && made != nil && made != t {
			found = true
		}
	})
	return found
}
