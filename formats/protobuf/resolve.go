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
	if err := r.scope.exhausted(); err != nil {
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
	scope *scope
	fault *formats.ParseError
	at    Pos
}

func (r *resolver) check(s *scope, name string, at Pos) {
	if r.fault == nil && !scalars[name] && s.find(name) == nil {
		r.fault, r.at = unresolved(name), at
	}
}

func (r *resolver) fields(s *scope, fields []*Field) {
	for _, f := range fields {
		switch {
		case f.Map != nil:
			r.check(s, f.Map.Value, f.TypePos)
		case f.Group != nil:
			r.body(s.enter(f.Group.Name), f.Group)
		default:
			r.check(s, f.Type, f.TypePos)
		}
	}
}

func (r *resolver) messages(s *scope, messages []*Message) {
	for _, m := range messages {
		r.body(s.enter(m.Name), m)
	}
}

func (r *resolver) body(s *scope, m *Message) {
	for _, list := range m.fieldLists() {
		r.fields(s, list)
	}
	r.extends(s, m.Extends)
	r.messages(s, m.Messages)
}

func (r *resolver) extends(s *scope, extends []*Extend) {
	for _, e := range extends {
		r.check(s, e.Extendee, e.NamePos)
		r.fields(s, e.Fields)
		r.fields(s, e.Groups)
	}
}
