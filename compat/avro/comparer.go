// Package avro compares Avro schemas: the reference server's verdict with its messages, and what real decoders make of
// the writer's data.
package avro

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

// Comparer compares Avro schemas. It is stateless and safe for concurrent use.
type Comparer struct{}

var _ compat.Comparer = Comparer{}

// Type returns formats.Avro.
func (Comparer) Type() formats.Type { return formats.Avro }

// Compare implements compat.Comparer. compatibilityPolicy has no bearing on Avro.
func (Comparer) Compare(ctx context.Context, req compat.Request) (*compat.Comparison, error) {
	reader, ok := req.Reader.(*avro.Schema)
	if !ok {
		return nil, fmt.Errorf("avro: the reader is a %T", req.Reader)
	}
	writer, ok := req.Writer.(*avro.Schema)
	if !ok {
		return nil, fmt.Errorf("avro: the writer is a %T", req.Writer)
	}
	out := &compat.Comparison{Verdicts: map[compat.Relation]compat.Verdict{compat.Reference: compat.Compatible}}
	reasons := req.Full || slices.Contains(req.Relations, compat.Semantic)
	differences, err := check(ctx, reader.Root(), writer.Root(), reasons)
	var ambiguous *ambiguity
	switch {
	case errors.As(err, &ambiguous):
		out.Messages = []string{"Unexpected exception during compatibility check: " + err.Error()}
	case err != nil:
		return nil, err
	}
	if ambiguous == nil {
		var messages compat.Messages
		for _, d := range differences {
			messages.Add(func() string { return d.message(req.Direction) })
		}
		out.Messages = messages.All()
	}
	if len(out.Messages) > 0 {
		out.Verdicts[compat.Reference] = compat.Incompatible
	}
	if !reasons {
		return out, nil
	}
	return out, addSemantic(ctx, req, reader, writer, causesOf(differences, ambiguous), out)
}

// addSemantic decides the semantic relation and, where everything or the reasons for a rejection are asked for, adds the
// findings.
func addSemantic(ctx context.Context, req compat.Request, reader, writer *avro.Schema, known []*cause, out *compat.Comparison) error {
	sizes := newSizes(writer.Root())
	all := newSearch(ctx, sizes, nil)
	if err := all.run(reader.Root(), writer.Root()); err != nil {
		return err
	}
	switch {
	case len(all.failures) > 0:
		out.Verdicts[compat.Semantic] = compat.Incompatible
	case all.unfinished:
		out.Verdicts[compat.Semantic] = compat.Undecided
	default:
		out.Verdicts[compat.Semantic] = compat.Compatible
	}
	if !req.Full && out.Verdicts[compat.Semantic] != compat.Incompatible {
		return nil
	}
	beyond, err := beyondReference(ctx, reader, writer, sizes, known)
	if err != nil {
		return err
	}
	p := newReport(ctx, req, reader, writer, sizes)
	for _, c := range append(known, beyond...) {
		if p.steps -= c.way.length(); p.steps < 0 || p.bytes < 0 || len(out.Findings) == maxFindings {
			break
		}
		f, err := p.finding(c)
		if err != nil {
			return err
		}
		p.bytes -= len(f.ReaderPath) + len(f.WriterPath) + len(f.Message) + len(f.Hint)
		out.Findings = append(out.Findings, f)
	}
	return nil
}

// causesOf turns what the reference reports into causes, each once: it repeats those of a pair of types that it meets
// again.
func causesOf(differences []*difference, ambiguous *ambiguity) []*cause {
	var out []*cause
	seen := map[*difference]bool{}
	for _, d := range differences {
		if seen[d] {
			continue
		}
		seen[d] = true
		out = append(out, &cause{code: d.code, way: d.way, reader: d.reader, writer: d.writer, field: d.field, byReference: true})
	}
	if ambiguous != nil {
		out = append(out, &cause{code: AmbiguousAlias, way: ambiguous.way, reader: ambiguous.reader, writer: ambiguous.writer, field: ambiguous.field, byReference: true})
	}
	return out
}

// sameCause tells apart what is reported.
type sameCause struct {
	code  string
	pair  pair
	field int
}

// beyondReference lists what decoders fail at, or misread, that the reference did not report. What is wrong in the branch
// that decoders take of a reader's union is reported once for the union.
func beyondReference(ctx context.Context, reader, writer *avro.Schema, sizes sizes, known []*cause) ([]*cause, error) {
	settled, reported, byKey := map[pair]bool{}, map[sameCause]bool{}, map[sameCause]*cause{}
	for _, c := range known {
		at := pair{c.reader, c.writer}
		key := sameCause{c.code, at, c.field}
		reported[key], byKey[key] = true, c
		if c.code == MissingUnionBranch {
			settled[at] = true
		}
		if f, ok := missingEnum(c); ok {
			reported[sameCause{MissingDefault, pair{nil, c.writer}, c.way.step.reader}] = f != ""
		}
	}
	s := newSearch(ctx, sizes, settled)
	if err := s.run(reader.Root(), writer.Root()); err != nil {
		return nil, err
	}
	var out []*cause
	for _, f := range s.failures {
		v := s.visits[f.visit]
		c := &cause{code: f.code, way: v.way, reader: v.reader, writer: v.writer, field: f.field}
		key := sameCause{f.code, pair{v.reader, v.writer}, f.field}
		if k := byKey[key]; k != nil {
			k.otherWay = v.way
		}
		if f.settled || reported[key] || f.code == MissingDefault && reported[sameCause{f.code, pair{nil, v.writer}, f.field}] {
			continue
		}
		if v.union >= 0 && ofReference(f.code) {
			u := s.visits[v.union]
			c = &cause{code: UnionBranch, way: u.way, reader: u.reader, writer: u.writer, field: -1, inner: c}
			key := sameCause{UnionBranch, pair{u.reader, u.writer}, -1}
			if reported[key] {
				continue
			}
			reported[key] = true
		}
		out = append(out, c)
	}
	return out, nil
}

// ofReference reports whether a code is one that the reference has.
func ofReference(code string) bool {
	switch code {
	case NameMismatch, FixedSizeMismatch, MissingEnumSymbols, MissingDefault, TypeMismatch, MissingUnionBranch:
		return true
	}
	return false
}
