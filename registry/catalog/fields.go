package catalog

import (
	"context"
	"slices"
	"strings"
)

// field is a field of a latest version, by numbers of the vocabularies.
type field struct{ name, path, typ, doc uint32 }

// fieldIndex holds the vocabularies of all fields: names, types and docs repeat a lot.
type fieldIndex struct {
	names, paths, types, docs words
	count, max                int
	left                      int // fields that found no room
}

func newFieldIndex(max int) fieldIndex {
	return fieldIndex{names: newWords(), paths: newWords(), types: newWords(), docs: newWords(), max: max}
}

// add enters the fields of a subject, all of them or none when there is no room, and returns how many are left out.
func (x *fieldIndex) add(list []listed) (fields []field, left int) {
	if x.count+len(list) > x.max {
		x.left += len(list)
		return nil, len(list)
	}
	if len(list) == 0 {
		return nil, 0
	}
	x.count += len(list)
	fields = make([]field, len(list))
	for i, l := range list {
		fields[i] = field{x.names.add(l.name), x.paths.add(l.path), x.types.add(l.typ), x.docs.add(l.doc)}
	}
	return fields, 0
}

// remove takes back what add has made of a subject.
func (x *fieldIndex) remove(fields []field, left int) {
	x.left -= left
	x.count -= len(fields)
	for _, f := range fields {
		x.names.drop(f.name)
		x.paths.drop(f.path)
		x.types.drop(f.typ)
		x.docs.drop(f.doc)
	}
}

// FieldQuery asks for fields of latest versions.
type FieldQuery struct {
	// Text holds terms, all of which must be found in a field's path, type or doc, in any case. Empty finds every field.
	Text string
	// Exact demands that the field's name is the text.
	Exact   bool
	Context string   // empty for all contexts
	Types   []string // of schema; empty for all
	Offset  int
	Limit   int // at most 500; 0 means 100
}

// FieldMatch is a field of a subject's latest version.
type FieldMatch struct {
	Subject    string `json:"subject"`
	Version    int    `json:"version"`
	SchemaType string `json:"schemaType"`
	Name       string `json:"name"`
	Path       string `json:"path"` // its name, after the names of the fields it is in
	Type       string `json:"type"`
	Doc        string `json:"doc,omitempty"`
}

// Fields is the answer to a FieldQuery.
type Fields struct {
	Total    int          `json:"total"`    // matches
	Subjects int          `json:"subjects"` // that have matches
	Fields   []FieldMatch `json:"fields"`
	// Disagreements lists names among the matches that hold different kinds of value in different subjects, those in most
	// subjects first.
	Disagreements []Disagreement `json:"disagreements"`
	Coverage      Coverage       `json:"coverage"`
	// LeftOut counts fields for which there was no room.
	LeftOut int `json:"leftOut,omitempty"`
}

// Disagreement is a name that means different kinds of value in different places.
type Disagreement struct {
	Name  string      `json:"name"`
	Count int         `json:"count"` // of fields
	Types []TypeCount `json:"types"` // of each kind the type that is most used, most used first
}

// TypeCount is one type of fields with the same name.
type TypeCount struct {
	Type    string `json:"type"`
	Count   int    `json:"count"`
	Subject string `json:"subject"` // one that has it
}

// maxDisagreements bounds what is listed.
const maxDisagreements = 50

// Fields searches the fields of every latest version.
func (c *Catalog) Fields(ctx context.Context, q FieldQuery) (*Fields, error) {
	if _, err := c.freshen(ctx); err != nil {
		return nil, err
	}
	q.Offset, q.Limit = max(0, q.Offset), bounded(q.Limit, 100, 500)
	c.mu.RLock()
	defer c.mu.RUnlock()
	result := &Fields{Fields: []FieldMatch{}, Disagreements: []Disagreement{}, Coverage: c.coverage(), LeftOut: c.fields.left}
	matches, possible := c.matcher(q)
	if !possible {
		return result, nil
	}
	tally := newTally(&c.fields)
	for _, e := range c.entries {
		if e.live == 0 || q.Context != "" && e.context != q.Context || len(q.Types) > 0 && !slices.Contains(q.Types, string(e.typ)) {
			continue
		}
		found := false
		for _, f := range e.fields {
			if !matches(f) {
				continue
			}
			found = true
			result.Total++
			tally.add(f, e)
			if result.Total > q.Offset && len(result.Fields) < q.Limit {
				result.Fields = append(result.Fields, FieldMatch{
					Subject: e.name, Version: e.latest, SchemaType: string(e.typ), Name: c.fields.names.texts[f.name],
					Path: c.fields.paths.texts[f.path], Type: c.fields.types.texts[f.typ], Doc: c.fields.docs.texts[f.doc],
				})
			}
		}
		if found {
			result.Subjects++
		}
	}
	result.Disagreements = tally.disagreements()
	return result, nil
}

// matcher returns what tells whether a field matches; possible is false when none can.
func (c *Catalog) matcher(q FieldQuery) (matches func(field) bool, possible bool) {
	x := &c.fields
	if q.Exact {
		n, known := x.names.numbers[strings.TrimSpace(q.Text)]
		return func(f field) bool { return f.name == n }, known
	}
	type marks struct{ paths, types, docs []bool }
	var terms []marks
	for _, term := range termsOf(q.Text) {
		m := marks{x.paths.having(term), x.types.having(term), x.docs.having(term)}
		if m.paths == nil && m.types == nil && m.docs == nil {
			return nil, false
		}
		terms = append(terms, m)
	}
	return func(f field) bool {
		for _, m := range terms {
			if !(m.paths != nil && m.paths[f.path] || m.types != nil && m.types[f.typ] || m.docs != nil && m.docs[f.doc]) {
				return false
			}
		}
		return true
	}, true
}

// termsOf splits a search into its terms, in lower case.
func termsOf(text string) []string {
	terms := strings.Fields(strings.ToLower(text))
	return terms[:min(len(terms), 8)]
}

func bounded(n, absent, most int) int {
	if n <= 0 {
		return absent
	}
	return min(n, most)
}
