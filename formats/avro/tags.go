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
		if tags := tagList(v); len(tags) > 0 {
			out = append(out, formats.EntityTags{Entity: formats.Entity{Path: path, Type: kind}, Tags: tags})
		}
	}
	for _, t := range s.owned {
		if t.Kind != Record {
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
		if e := &v.Elems[i]; e.Kind != ArrayValue && e.Kind != ObjectValue && !slices.Contains(tags, e.Text) {
			tags = append(tags, e.Text)
		}
	}
	return tags
}

// HasEntity implements formats.Tagger.
func (s *Schema) HasEntity(e formats.Entity) bool { return s.tagged(e) != nil }

// Retag implements formats.Tagger.
func (s *Schema) Retag(add, remove []formats.EntityTags) (string, error) {
	// The types are immutable, so the change is made to a copy.
	copied, err := parse(s.source, s.options)
	if err != nil {
		return "", err
	}
	for i, changes := range [][]formats.EntityTags{add, remove} {
		for _, change := range changes {
			props := copied.tagged(change.Entity)
			if props == nil {
				return "", &formats.ParseError{Message: "No matching path '" + change.Entity.Path + "' found in the schema"}
			}
			tags := tagList(prop(*props, tagsProp))
			for _, tag := range change.Tags {
				if at := slices.Index(tags, tag); i == 0 && at < 0 {
					tags = append(tags, tag)
				} else if i == 1 && at >= 0 {
					tags = slices.Delete(tags, at, at+1)
				}
			}
			*props = setTags(*props, tags)
		}
	}
	return copied.print(printing{})
}

// tagged returns the properties of the record or field that e names. A record may be named without its namespace, as in
// the reference.
func (s *Schema) tagged(e formats.Entity) *[]Prop {
	record, field := e.Path, ""
	if e.Type == formats.FieldEntity {
		dot := strings.LastIndexByte(e.Path, '.')
		if dot < 0 {
			return nil
		}
		record, field = e.Path[:dot], e.Path[dot+1:]
	}
	for _, full := range []bool{true, false} {
		for _, t := range s.owned {
			if t.Kind != Record || full && t.Name.Full != record || !full && t.Name.Local != record {
				continue
			}
			if e.Type != formats.FieldEntity {
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
