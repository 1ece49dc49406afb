package registry

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// probe is a schema that is compared with those that are registered.
type probe struct {
	registry *Registry
	found    *Identification
	begun    time.Time
	parsed   int // schemas, so far

	context  string // in which its references are resolved
	schema   formats.Schema
	contents []storage.Content    // what a registry may hold it as: as it stands, and normalized
	keys     []storage.ContentKey // of contents: making one takes as long as its text
	identity formats.Identity
	own      map[string]bool // its fields
	equal    map[string]bool // the subjects that are known to hold it
}

func (r *Registry) probe(ctx context.Context, subject string, req SchemaRequest) (*probe, error) {
	schema, err := r.Parse(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	p := &probe{
		registry: r, begun: time.Now(), context: contextOf(normalize(subject)), schema: schema, identity: schema.Identity(),
		found: &Identification{Name: nameOf(schema), Fields: append([]string{}, schema.Fields()...), Matches: []Likeness{}},
		own:   map[string]bool{}, equal: map[string]bool{},
	}
	for _, name := range p.found.Fields {
		p.own[name] = true
	}
	refs := schema.Source().References
	p.contents = append(p.contents, storage.Content{Type: schema.Type(), Schema: schema.Canonical(), References: refs})
	if normalized, err := schema.Normalized(); err == nil {
		p.contents = append(p.contents, storage.Content{Type: schema.Type(), Schema: normalized.Canonical(), References: normalizeReferences(refs)})
	}
	for i := range p.contents {
		p.keys = append(p.keys, storage.KeyOf(&p.contents[i]))
	}
	return p, nil
}

func nameOf(s formats.Schema) string {
	if namer, ok := s.(formats.Namer); ok {
		return namer.Name()
	}
	return ""
}

// findEqual finds every subject that has the schema, without metadata and rules, by the index of contents: however many
// subjects there are, and whichever version it is. References mean something else in another context.
func (p *probe) findEqual(v storage.View) error {
	contexts, err := v.Contexts()
	if err != nil {
		return err
	}
	for _, context := range contexts {
		for i := range p.contents {
			if context != p.context && len(p.contents[i].References) > 0 {
				continue
			}
			id, err := v.FindID(context, p.keys[i])
			if err != nil {
				return err
			}
			if id == 0 {
				continue
			}
			rows, err := v.RowsOfID(context, id)
			if err != nil {
				return err
			}
			for len(rows) > 0 {
				same := 1
				for same < len(rows) && rows[same].Subject == rows[0].Subject {
					same++
				}
				if err := p.addEqual(v, preferred(rows[:same])); err != nil {
					return err
				}
				rows = rows[same:]
			}
		}
	}
	return nil
}

// addEqual notes that a version holds the schema; one version of each subject is enough.
func (p *probe) addEqual(v storage.View, row *storage.Row) error {
	if p.equal[row.Subject] {
		return nil
	}
	last, err := v.Latest(row.Subject)
	if err != nil {
		return err
	}
	fields := len(p.found.Fields)
	p.add(Likeness{
		Subject: row.Subject, Version: row.Version, ID: row.ID, Deleted: row.Deleted, Latest: last != nil && last.Version == row.Version,
		Equal: true, SameName: p.found.Name != "", Shared: fields, Fields: fields, Backward: compat.Compatible, Forward: compat.Compatible,
	})
	return nil
}

func (p *probe) add(match Likeness) {
	p.equal[match.Subject] = p.equal[match.Subject] || match.Equal
	p.found.Matches = append(p.found.Matches, match)
}

// look compares the schema with the latest version of a subject, and looks for an equal one among the others.
func (p *probe) look(ctx context.Context, subject string) error {
	state := subjectState{subject: subject}
	err := p.registry.store.View(func(v storage.View) (err error) {
		state.rows, err = v.Rows(subject)
		return err
	})
	if err != nil {
		return err
	}
	last := state.latest()
	if last != nil {
		if err := p.compare(ctx, last); err != nil {
			return err
		}
	}
	for i := range slices.Backward(state.rows) {
		row := &state.rows[i]
		if p.equal[subject] {
			return nil
		}
		if row == last {
			continue
		}
		if time.Since(p.begun) > maxOlderTime {
			p.found.Cut = true
			return nil
		}
		if err := p.search(ctx, row); err != nil {
			return err
		}
	}
	return nil
}

// search notes a version if it holds the schema, in whatever spelling.
func (p *probe) search(ctx context.Context, row *storage.Row) error {
	var alike *storedVersion
	err := p.registry.store.View(func(v storage.View) error {
		content, err := v.Content(contextOf(row.Subject), row.ID)
		switch {
		case err != nil || content == nil: // which was deleted for good meanwhile
			return err
		case p.holds(contextOf(row.Subject), content):
			return p.addEqual(v, row)
		case p.mayBe(content):
			alike, err = p.registry.readVersion(v, row)
		}
		return err
	})
	if err != nil || alike == nil {
		return err
	}
	p.parsed++
	identity, err := p.registry.identity(ctx, alike.text)
	switch {
	case CodeOf(err) != 0:
		return nil // what was imported as it is and cannot be read is like nothing
	case err != nil || identity != p.identity || !p.sameReferences(contextOf(row.Subject), alike.content.References):
		return err
	}
	return p.registry.store.View(func(v storage.View) error { return p.addEqual(v, row) })
}

// holds reports whether a content is the schema, letter by letter, but for metadata and rules.
func (p *probe) holds(context string, c *storage.Content) bool {
	return c.Type == p.schema.Type() && slices.ContainsFunc(p.contents, func(own storage.Content) bool { return own.Schema == c.Schema }) &&
		p.sameReferences(context, c.References)
}

// sameReferences reports whether references lead to the versions that the schema's lead to.
func (p *probe) sameReferences(context string, refs []formats.Reference) bool {
	return slices.Equal(resolvedReferences(context, refs), resolvedReferences(p.context, p.contents[0].References))
}

// resolvedReferences are references with the subjects that they mean in a context, in one order.
func resolvedReferences(context string, refs []formats.Reference) []formats.Reference {
	resolved := slices.Clone(refs)
	for i := range resolved {
		resolved[i].Subject = storage.ReferredSubject(context, resolved[i].Subject)
	}
	return normalizeReferences(resolved)
}

// localName is the schema's name without its namespace.
func (p *probe) localName() string { return p.found.Name[strings.LastIndexByte(p.found.Name, '.')+1:] }

// held counts the names of fields that a text holds.
func (p *probe) held(text string) (held, of int) {
	names := p.found.Fields[:min(len(p.found.Fields), maxIdentifiedNames)]
	for _, name := range names {
		if strings.Contains(text, name) {
			held++
		}
	}
	return held, len(names)
}

// mayBe looks at a content without parsing it: whether it may be the schema, written differently.
func (p *probe) mayBe(c *storage.Content) bool {
	if c.Type != p.schema.Type() || p.parsed >= maxIdentifyParsed || !strings.Contains(c.Schema, p.localName()) {
		return false
	}
	held, of := p.held(c.Schema)
	return held == of
}

// mayBeLike looks at a content without parsing it: whether it is the schema, or holds the name, or enough of the fields.
func (p *probe) mayBeLike(c *storage.Content) bool {
	if c.Type != p.schema.Type() {
		return false
	}
	if local := p.localName(); c.Schema == p.contents[0].Schema || local != "" && strings.Contains(c.Schema, local) {
		return true
	}
	held, of := p.held(c.Schema)
	return held > 0 && float64(held) >= textForLikeness*float64(of)
}

// compare notes how the schema stands to the latest version of a subject, unless they have little in common.
func (p *probe) compare(ctx context.Context, row *storage.Row) error {
	var version *storedVersion
	err := p.registry.store.View(func(v storage.View) error {
		content, err := v.Content(contextOf(row.Subject), row.ID)
		if err == nil && content != nil && p.mayBeLike(content) {
			version, err = p.registry.readVersion(v, row)
		}
		return err
	})
	if err != nil || version == nil {
		return err
	}
	p.parsed++
	read, err := p.registry.parse(ctx, version.text)
	if CodeOf(err) != 0 {
		return nil // what was imported as it is and cannot be read is like nothing
	}
	if err != nil {
		return err
	}
	registered := read.schema
	fields := registered.Fields()
	match := Likeness{Subject: row.Subject, Version: row.Version, ID: row.ID, Latest: true, Fields: len(fields), SameName: p.found.Name != "" && nameOf(registered) == p.found.Name}
	for _, name := range fields {
		if p.own[name] {
			match.Shared++
		}
	}
	sameText := p.holds(contextOf(row.Subject), version.content) || registered.Identity() == p.identity
	match.Equal = sameText && p.sameReferences(contextOf(row.Subject), version.content.References)
	enough := float64(match.Shared) >= sharedForLikeness*float64(max(len(fields), len(p.found.Fields))) && match.Shared > 0
	if match.Equal && p.equal[row.Subject] || !sameText && !match.SameName && !enough {
		return nil
	}
	for level, verdict := range map[compat.Level]*compat.Verdict{compat.Backward: &match.Backward, compat.Forward: &match.Forward} {
		rules := compat.Rules{Level: level, Policy: p.registry.opt.Policy}
		if *verdict, err = p.registry.verdict(ctx, p.schema, compat.Version{Number: row.Version, Schema: registered}, rules); err != nil {
			return err
		}
	}
	p.add(match)
	return nil
}
