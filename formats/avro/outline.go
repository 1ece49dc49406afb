package avro

import "github.com/concord-registry/concord/formats"

// Outline implements formats.Outliner: it lists the full names of the types that a text defines, those it uses without
// defining them, and the tree of its records and fields.
func (Format) Outline(text string, limits formats.Limits) (*formats.Outline, error) {
	limits = limits.OrDefault()
	if len(text) > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: len(text)}
	}
	p := &parser{types: map[string]*Type{}, fits: map[defaultPair]bool{}, limits: limits, nameBytes: nameFactor * limits.Bytes}
	v, err := readJSON(text, limits, &p.nodes)
	if err != nil {
		return nil, located(err, text, "")
	}
	var root *Type
	if err := p.parse(&root, v, ""); err != nil {
		return nil, located(err, text, "")
	}
	outline := &formats.Outline{}
	for _, t := range p.owned {
		outline.Defines = append(outline.Defines, t.Name.Full)
	}
	if root != nil && root.Kind.Named() {
		outline.Root = root.Name.Full
	}
	lines := formats.NewLines(text)
	n := noder{text: text, lines: lines}
	_, _, outline.Nodes = n.typ(v, "")
	outline.Uses = n.uses
	seen := map[string]bool{}
	for _, u := range p.unresolved {
		if p.types[u.full] != nil || p.types[u.written] != nil || seen[u.full] {
			continue
		}
		seen[u.full] = true
		need := formats.Need{Name: u.full, Span: lines.Span(int(u.at.Start), int(u.at.End))}
		if u.written != u.full {
			need.Others = []string{u.written}
		}
		outline.Needs = append(outline.Needs, need)
	}
	return outline, nil
}
