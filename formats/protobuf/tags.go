package protobuf

import (
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// The options that hold inline tags.
const (
	messageMeta = "confluent.message_meta"
	fieldMeta   = "confluent.field_meta"
)

// Tags implements formats.Tagger: the tags of messages and fields, under their full names.
func (s *Schema) Tags() []formats.EntityTags {
	t := &tagger{scope: s.Scope()}
	prefix := ""
	if s.own.Package != "" {
		prefix = s.own.Package + "."
	}
	t.messages(prefix, s.own.Messages)
	return t.found
}

type tagger struct {
	scope *Scope
	found []formats.EntityTags
}

func (t *tagger) messages(prefix string, messages []*Message) {
	if len(prefix) > formats.MaxEntityPath {
		return
	}
	for _, m := range messages {
		path := prefix + m.Name
		t.add(path, formats.RecordEntity, t.scope.meta(m.Options, messageMeta))
		for f := range m.AllFields() {
			t.add(path+"."+f.Name, formats.FieldEntity, t.scope.meta(f.Options, fieldMeta))
		}
		t.messages(path+".", m.Messages)
	}
}

func (t *tagger) add(path string, kind formats.EntityType, meta Value) {
	if tags := tagsOf(meta); len(tags) > 0 && len(path) <= formats.MaxEntityPath {
		t.found = append(t.found, formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags})
	}
}

// meta returns the literal that the options of that name amount to.
func (s *Scope) meta(options []Option, name string) Value {
	var settings []Value
	for _, o := range options {
		if isMeta(o, name) {
			settings = append(settings, s.fold(o).Value)
		}
	}
	if len(settings) == 0 {
		return Value{Kind: LiteralValue}
	}
	return s.merge(s.Find(".confluent.Meta"), settings)
}

func isMeta(o Option, name string) bool { return o.Paren && strings.TrimPrefix(o.Name, ".") == name }

// tagsOf lists the tags in a metadata literal, each once.
func tagsOf(meta Value) []string {
	var tags []string
	for _, f := range meta.Fields {
		if f.Key != "tags" {
			continue
		}
		for _, v := range items(f.Value) {
			if v.Kind == StringValue {
				tags = append(tags, v.Text)
			}
		}
	}
	return formats.AddTags(tags, nil)
}

// Known implements formats.Tagger.
func (s *Schema) Known(tags []formats.EntityTags) (known []formats.EntityTags) {
	for _, t := range tags {
		if options, _ := s.own.entity(t.Entity); options != nil {
			known = append(known, t)
		}
	}
	return known
}

// Retag implements formats.Tagger. An entity may be named with or without its package, a member of a oneof also through
// the oneof.
func (s *Schema) Retag(add, remove []formats.EntityTags) (string, error) {
	// The tree is immutable, so the change is made to another one of the same text.
	file, err := parseFile(s.text, &budget{limits: s.options.Limits})
	if err != nil {
		return "", err
	}
	scope := s.Scope()
	if err := scope.retag(file, add, formats.AddTags); err != nil {
		return "", err
	}
	if err := scope.retag(file, remove, formats.DropTags); err != nil {
		return "", err
	}
	return file.print(printing{limit: s.options.Limits.Bytes})
}

// retag changes the tags of entities of the file.
func (s *Scope) retag(file *File, changes []formats.EntityTags, with func(tags, change []string) []string) error {
	for _, change := range changes {
		options, name := file.entity(change.Entity)
		if options == nil {
			return &formats.ParseError{Message: "No matching path '" + shorten(change.Entity.Path) + "' found in the schema"}
		}
		meta := s.meta(*options, name)
		*options = setMeta(*options, name, withTags(meta, with(tagsOf(meta), change.Tags)))
	}
	return nil
}

// withTags returns the literal with other tags. Without any it has no key for them.
func withTags(meta Value, tags []string) Value {
	out := Value{Kind: LiteralValue}
	list := Value{Kind: ListValue}
	for _, tag := range tags {
		list.List = append(list.List, Value{Kind: StringValue, Text: tag})
	}
	placed := len(tags) == 0
	for _, f := range meta.Fields {
		if f.Key == "tags" {
			if placed {
				continue
			}
			f.Value, placed = list, true
		}
		out.Fields = append(out.Fields, f)
	}
	if !placed {
		out.Fields = append(out.Fields, LiteralField{Key: "tags", Value: list})
	}
	return out
}

// setMeta puts one option in the place of all of that name. An empty literal leaves none.
func setMeta(options []Option, name string, meta Value) []Option {
	var out []Option
	placed := len(meta.Fields) == 0
	one := Option{Name: name, Paren: true, Value: meta}
	for _, o := range options {
		switch {
		case !isMeta(o, name):
			out = append(out, o)
		case !placed:
			out, placed = append(out, one), true
		}
	}
	if !placed {
		out = append(out, one)
	}
	return out
}

// entity finds the options of a message or field, and the name of the option with its metadata. It returns nil when the
// file has no such entity.
func (f *File) entity(e formats.Entity) (*[]Option, string) {
	path := strings.TrimPrefix(e.Path, ".")
	if f.Package != "" {
		path = strings.TrimPrefix(path, f.Package+".")
	}
	parts := strings.Split(path, ".")
	if e.Type == formats.RecordEntity {
		if m, rest := f.descend(parts); m != nil && len(rest) == 0 {
			return &m.Options, messageMeta
		}
		return nil, ""
	}
	m, rest := f.descend(parts[:len(parts)-1])
	if m == nil {
		return nil, ""
	}
	name := parts[len(parts)-1]
	switch len(rest) {
	case 0:
		for field := range m.AllFields() {
			if field.Name == name {
				return &field.Options, fieldMeta
			}
		}
	case 1:
		for _, o := range m.Oneofs {
			for _, field := range o.Fields {
				if o.Name == rest[0] && field.Name == name {
					return &field.Options, fieldMeta
				}
			}
		}
	}
	return nil, ""
}

// descend follows the names of nested messages as far as they go and returns the last one, with the names left over.
func (f *File) descend(parts []string) (*Message, []string) {
	var at *Message
	level := f.Messages
	for i, part := range parts {
		next := slices.IndexFunc(level, func(m *Message) bool { return m.Name == part })
		if next < 0 {
			return at, parts[i:]
		}
		at, level = level[next], level[next].Messages
	}
	return at, nil
}

var _ formats.Tagger = (*Schema)(nil)
