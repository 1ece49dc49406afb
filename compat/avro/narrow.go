package avro

import "github.com/concord-registry/concord/formats/avro"

// narrow returns the reader's type reduced to one way through it, so that a decoder that refuses it refuses it for what
// lies on that way: records keep only the field that is gone through, and at the end the field that is in question (or
// all, when field is negative). It returns t itself where that is not possible, because a record on the way is also used
// elsewhere on what is left.
func narrow(t *avro.Type, path []step, field int) *avro.Type {
	n := &narrowing{cut: map[string]*avro.Type{}}
	out := n.along(t, path, field)
	if out == nil || n.clashes(out) {
		return t
	}
	return out
}

type narrowing struct {
	cut map[string]*avro.Type // the reduced records, by name
}

// along is nil when a record is gone through twice.
func (n *narrowing) along(t *avro.Type, path []step, field int) *avro.Type {
	for len(path) > 0 && path[0].kind == writerBranchStep {
		path = path[1:]
	}
	if len(path) == 0 {
		if t.Kind != avro.Record || field < 0 {
			return t
		}
		return n.record(t, []avro.Field{t.Fields[field]})
	}
	s := path[0]
	switch {
	case s.kind == fieldStep && t.Kind == avro.Record:
		f := t.Fields[s.reader]
		if f.Type = n.along(f.Type, path[1:], field); f.Type == nil {
			return nil
		}
		return n.record(t, []avro.Field{f})
	case s.kind == readerBranchStep && t.Kind == avro.Union:
		b := n.along(t.Branches[s.reader], path[1:], field)
		if b == nil {
			return nil
		}
		branches := append([]*avro.Type(nil), t.Branches...)
		branches[s.reader] = b
		return &avro.Type{Kind: avro.Union, Branches: branches}
	case (s.kind == itemsStep || s.kind == valuesStep) && t.Items != nil:
		items := n.along(t.Items, path[1:], field)
		if items == nil {
			return nil
		}
		return &avro.Type{Kind: t.Kind, Items: items, Props: t.Props}
	}
	return nil
}

func (n *narrowing) record(t *avro.Type, fields []avro.Field) *avro.Type {
	if n.cut[t.Name.Full] != nil {
		return nil
	}
	c := t.WithFields(fields)
	n.cut[t.Name.Full] = c
	return c
}

// clashes reports whether the whole of a reduced record can still be reached.
func (n *narrowing) clashes(root *avro.Type) bool {
	found := false
	walk(root, func(t *avro.Type) {
		if cut := n.cut[t.Name.Full]; t.Kind == avro.Record && cut != nil && cut != t {
			found = true
		}
	})
	return found
}
