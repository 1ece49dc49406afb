package protobuf

import "github.com/concord-registry/concord/formats"

// Outline implements formats.Outliner: it lists the imports of a file, except those that every schema can import, and
// the tree of its messages and fields.
func (Format) Outline(text string, limits formats.Limits) (*formats.Outline, error) {
	limits = limits.OrDefault()
	if len(text) > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: len(text)}
	}
	file, written, err := read(text, &budget{limits: limits})
	if err != nil {
		return nil, err
	}
	lines := formats.NewLines(written)
	n := noder{lines: lines}
	outline := &formats.Outline{Root: file.Package, Nodes: n.file(file)}
	if !n.fits() {
		return nil, &formats.LimitError{Limit: "bytes of full names", Max: maxFullNames}
	}
	outline.Uses = n.uses
	for _, imported := range file.Imports {
		if builtinUnit(imported.Path) == nil {
			outline.Needs = append(outline.Needs, formats.Need{Name: imported.Path, Span: lines.Span(int(imported.Pos.Start), int(imported.Pos.End))})
		}
	}
	return outline, nil
}
