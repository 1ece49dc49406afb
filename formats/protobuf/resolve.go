package protobuf

import "github.com/concord-registry/concord/formats"

// resolveAll checks that every type the schema names exists, as the reference does on registration.
func (s *Schema) resolveAll() error {
	r := &resolver{scope: s.names.scopeOf(s.own)}
	r.extends(r.scope, s.own.Extends)
	r.messages(r.scope, s.own.Messages)
	for _, service := range s.own.Services {
		for _, m := range service.Methods {
			r.check(r.scope, m.Input, m.Pos)
			r.check(r.scope, m.Output, m.Pos)
		}
	}
	if err := r.scope.Exhausted(); err != nil {
		return err
	}
	if r.fault != nil {
		r.fault.Span = s.Span(r.at)
		return r.fault
	}
	return nil
}

// resolver remembers the first name that leads nowhere.
type resolver struct {
	scope *Scope
	fault *formats.ParseError
	at    Pos
}

func (r *resolver) check(s *Scope, name string, at Pos) {
	if r.fault == nil && !scalars[name] && s.Find(name) == nil {
		r.fault, r.at = unresolved(name), at
	}
}

func (r *resolver) fields(s *Scope, fields []*Field) {
	for _, f := range fields {
		switch {
		case f.Map != nil:
			r.check(s, f.Map.Value, f.TypePos)
		case f.Group != nil:
			r.body(s.Enter(f.Group.Name), f.Group)
		default:
			r.check(s, f.Type, f.TypePos)
		}
	}
}

func (r *resolver) messages(s *Scope, messages []*Message) {
	for _, m := range messages {
		r.body(s.Enter(m.Name), m)
	}
}

func (r *resolver) body(s *Scope, m *Message) {
	for _, list := range m.fieldLists() {
		r.fields(s, list)
	}
	r.extends(s, m.Extends)
	r.messages(s, m.Messages)
}

func (r *resolver) extends(s *Scope, extends []*Extend) {
	for _, e := range extends {
		r.check(s, e.Extendee, e.NamePos)
		r.fields(s, e.Fields)
		r.fields(s, e.Groups)
	}
}
