package protobuf

// declarations are some of the top-level ones of a schema's own file: messages, enums and extend blocks.
type declarations struct {
	scope *Scope
	in    map[any]bool
	todo  []*Message
}

// has reports whether a declaration is one of them; a nil set stands for all.
func (d *declarations) has(declaration any) bool { return d == nil || d.in[declaration] }

// LinkFor is Linked without what records of the given messages cannot hold. Large schemas cost much less this way. The
// descriptors are made anew each time.
func (s *Schema) LinkFor(messages []*MessageModel) (*Linked, error) {
	d := &declarations{scope: s.names.scopeOf(s.own), in: map[any]bool{}}
	for _, m := range messages {
		d.add(m.Type)
	}
	d.close(s.own.File)
	if err := d.scope.Exhausted(); err != nil {
		return nil, err
	}
	return (&linker{schema: s, only: d}).link()
}

// add takes a type in, with what it is nested in.
func (d *declarations) add(t *Type) {
	for t != nil && t.Outer != nil {
		t = t.Outer
	}
	switch {
	case t == nil || !t.Unit.Own():
	case t.Enum != nil:
		d.in[t.Enum] = true
	case !d.in[t.Message]:
		d.in[t.Message] = true
		d.todo = append(d.todo, t.Message)
	}
}

// close takes in the types that the declarations name, and what extends their messages.
func (d *declarations) close(f *File) {
	names := typeNames(func(in *Scope, name string, _ Pos) { d.add(in.Find(name)) })
	for more := true; more; {
		for len(d.todo) > 0 {
			m := d.todo[0]
			d.todo = d.todo[1:]
			names.body(d.scope.Enter(m.Name), m)
		}
		more = false
		for _, e := range f.Extends {
			if !d.in[e] && d.extended(d.scope, e) {
				d.in[e], more = true, true
				names.extends(d.scope, []*Extend{e})
			}
		}
		for _, m := range f.Messages {
			if !d.in[m] && d.extends(d.scope.Enter(m.Name), m) {
				d.in[m], more = true, true
				d.todo = append(d.todo, m)
			}
		}
	}
}

// extended reports whether a block extends a message that is in the set or in another file.
func (d *declarations) extended(scope *Scope, e *Extend) bool {
	t := scope.Find(e.Extendee)
	for t != nil && t.Outer != nil {
		t = t.Outer
	}
	return t != nil && (!t.Unit.Own() || d.in[t.Message])
}

// extends reports whether a block in the message or deeper in it extends such a message.
func (d *declarations) extends(scope *Scope, m *Message) bool {
	for _, e := range m.Extends {
		if d.extended(scope, e) {
			return true
		}
	}
	for _, nested := range m.Messages {
		if len(nested.Extends)+len(nested.Messages) > 0 && d.extends(scope.Enter(nested.Name), nested) {
			return true
		}
	}
	return false
}
