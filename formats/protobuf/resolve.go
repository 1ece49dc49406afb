package protobuf

import "github.com/concord-registry/concord/formats"

// resolveAll checks that every type the schema names exists, as the reference does on registration.
func (s *Schema) resolveAll() error {
	scope := s.names.scopeOf(s.own)
	var fault *formats.ParseError // about the first name that leads nowhere
	r := typeNames(func(in *Scope, name string, at Pos) {
		if fault == nil && in.Find(name) == nil {
			fault = unresolved(name)
			fault.Span = s.Span(at)
		}
	})
	r.extends(scope, s.own.Extends)
	r.messages(scope, s.own.Messages)
	for _, service := range s.own.Services {
		for _, m := range service.Methods {
			r.name(scope, m.Input, m.Pos)
			r.name(scope, m.Output, m.Pos)
		}
	}
	if err := scope.Exhausted(); err != nil {
		return err
	}
	if fault != nil {
		return fault
	}
	return nil
}

// typeNames is called with every name of a type in the declarations it is led through, and with where that name stands.
type typeNames func(scope *Scope, name string, at Pos)

func (r typeNames) name(s *Scope, name string, at Pos) {
	if !scalars[name] {
		r(s, name, at)
	}
}

func (r typeNames) fields(s *Scope, fields []*Field) {
	for _, f := range fields {
		switch {
		case f.Map != nil:
			r.name(s, f.Map.Value, f.TypePos)
		case f.Group != nil:
			r.body(s.Enter(f.Group.Name), f.Group)
		default:
			r.name(s, f.Type, f.TypePos)
		}
	}
}

func (r typeNames) messages(s *Scope, messages []*Message) {
	for _, m := range messages {
		r.body(s.Enter(m.Name), m)
	}
}

func (r typeNames) body(s *Scope, m *Message) {
	for _, list := range m.fieldLists() {
		r.fields(s, list)
	}
	r.extends(s, m.Extends)
	r.messages(s, m.Messages)
}

func (r typeNames) extends(s *Scope, extends []*Extend) {
	for _, e := range extends {
		r.name(s, e.Extendee, e.NamePos)
		r.fields(s, e.Fields)
		r.fields(s, e.Groups)
	}
}
