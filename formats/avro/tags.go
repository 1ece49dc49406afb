package avro

import (
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// tagsProp is the property that holds the inline tags of a record or field.
const tagsProp = "confluent:tags"

// Tags implements formats.Tagger. The tags of types that other schemas define are theirs.
func (s *Schema) Tags() []formats.EntityTags {
	var out []formats.EntityTags
	add := func(path string, kind formats.EntityType, v *Value) {
		if tags := tagList(v); len(tags) > 0 && len(path) <= formats.MaxEntityPath {
			out = append(out, formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags})
		}
	}
	for _, t := range s.owned {
		if t.Kind != Record || len(t.Name.Full) > formats.MaxEntityPath {
			continue
		}
		add(t.Name.Full, formats.RecordEntity, t.Prop(tagsProp))
		for i := range t.Fields {
			f := &t.Fields[i]
			add(t.Name.Full+"."+f.Name, formats.FieldEntity, f.Prop(tagsProp))
		}
	}
	return out
}

func tagList(v *Value) []string {
	if v == nil || v.Kind != ArrayValue {
		return nil
	}
	var tags []string
	for i := range v.Elems {
		if e := &v.Elems[i]; e.Kind != ArrayValue && e.Kind != ObjectValue {
			tags = append(tags, e.Text)
		}
	}
	return formats.AddTags(tags, nil)
}

// Known implements formats.Tagger.
func (s *Schema) Known(tags []formats.EntityTags) (known []formats.EntityTags) {
	entities := s.entities()
	for _, t := range tags {
		if entities.find(t.Entity) != nil {
			known = append(known, t)
		}
	}
	return known
}

// Retag implements formats.Tagger.
func (s *Schema) Retag(add, remove []formats.EntityTags) (string, error) {
	// The types are immutable, so the change is made to a copy.
	copied, err := parse(s.source, s.options)
	if err != nil {
		return "", err
	}
	entities := copied.entities()
	change := func(list []formats.EntityTags, with func(tags, change []string) []string) error {
		for _, change := range list {
			props := entities.find(change.Entity)
			if props == nil {
				return &formats.ParseError{Message: "No matching path '" + change.Entity.Path + "' found in the schema"}
			}
			*props = setTags(*props, with(tagList(prop(*props, tagsProp)), change.Tags))
		}
		return nil
	}
	if err := change(add, formats.AddTags); err != nil {
		return "", err
	}
	if err := change(remove, formats.DropTags); err != nil {
		return "", err
	}
	return copied.print(printing{})
}

// entities are the records that a schema defines, in order, by their full names and by their names without a namespace.
type entities struct{ full, local map[string][]*Type }

func (s *Schema) entities() entities {
	e := entities{map[string][]*Type{}, map[string][]*Type{}}
	for _, t := range s.owned {
		if t.Kind == Record {
			e.full[t.Name.Full] = append(e.full[t.Name.Full], t)
			e.local[t.Name.Local] = append(e.local[t.Name.Local], t)
		}
	}
	return e
}

// find returns the properties of the record or field that an entity names, nil when there is none. A record may be named
// without its namespace, as in the reference.
func (e entities) find(entity formats.Entity) *[]Prop {
	record, field := entity.Path, ""
	if entity.Type == formats.FieldEntity {
		dot := strings.LastIndexByte(entity.Path, '.')
		if dot < 0 {
			return nil
		}
		record, field = entity.Path[:dot], entity.Path[dot+1:]
	}
	for _, types := range [][]*Type{e.full[record], e.local[record]} {
		for _, t := range types {
			if entity.Type != formats.FieldEntity {
				return &t.Props
			}
			if i := t.FieldIndex(field); i >= 0 {
				return &t.Fields[i].Props
			}
		}
	}
	return nil
}

func setTags(props []Prop, tags []string) []Prop {
	at := slices.IndexFunc(props, func(p Prop) bool { return p.Key == tagsProp })
	if len(tags) == 0 {
		if at >= 0 {
			props = slices.Delete(props, at, at+1)
		}
		return props
	}
	v := &Value{Kind: ArrayValue}
	for _, tag := range tags {
		v.Elems = append(v.Elems, Value{Kind: StringValue, Text: tag})
	}
	if at >= 0 {
		props[at].Value = v
		return props
	}
	return append(props, Prop{Key: tagsProp, Value: v})
}
