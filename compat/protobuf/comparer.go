// Package protobuf compares Protobuf schemas: by the reference server's list of differences, and by what really happens
// to records on the wire, in JSON and under their names.
//
// The reference's list (diff.go) works on the trees as they were written. Everything else (analysis.go) works on the
// models of the two schemas: it visits each pair of message types that a record can bring together and tries, at every
// field, the few values at which the conversion between two types goes wrong. What it finds is a cause; a cause carries
// the contents of the smallest record that shows it, and witnesses (witness.go) are such records, confirmed by the
// Protobuf runtime.
package protobuf

import (
	"context"
	"fmt"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// Comparer is the compat.Comparer of Protobuf.
type Comparer struct{}

// Type is formats.Protobuf.
func (Comparer) Type() formats.Type { return formats.Protobuf }

// allRelations are those that exist for Protobuf beside the reference's verdict.
var allRelations = []compat.Relation{compat.Semantic, compat.WireExact, compat.JSONMapping, compat.Names}

// Compare implements compat.Comparer. When only the reference's verdict is asked for, nothing else is computed.
func (Comparer) Compare(ctx context.Context, req compat.Request) (*compat.Comparison, error) {
	reader, ok := req.Reader.(*format.Schema)
	if !ok {
		return nil, fmt.Errorf("compare protobuf schemas: the reader is a %T", req.Reader)
	}
	writer, ok := req.Writer.(*format.Schema)
	if !ok {
		return nil, fmt.Errorf("compare protobuf schemas: the writer is a %T", req.Writer)
	}
	found, err := differences(ctx, writer, reader)
	if err != nil {
		return nil, err
	}
	relations := req.Relations
	if req.Full {
		relations = allRelations
	}
	a, err := analyze(ctx, writer, reader, relations)
	if err != nil {
		return nil, err
	}
	c := &compat.Comparison{Verdicts: map[compat.Relation]compat.Verdict{compat.Reference: compat.Compatible}}
	for _, relation := range relations {
		if relation != compat.Reference {
			c.Verdicts[relation] = a.verdict(relation)
		}
	}
	r := &reporter{sides: newSides(req.Direction), writer: writer, reader: reader}
	var rejecting []difference
	var messages compat.Messages
	for _, d := range found {
		if incompatible(d.code) {
			rejecting = append(rejecting, d)
			c.Verdicts[compat.Reference] = compat.Incompatible
			messages.Add(func() string { return d.message(r.sides.reader, r.sides.writer) })
		}
	}
	c.Messages = messages.All()
	if req.Full && len(rejecting)+len(a.causes) > 0 {
		r.witnesses = newWitnesses(writer, reader, a.causes)
	}
	c.Findings = r.findings(rejecting, a.causes)
	return c, nil
}

// What the findings of one comparison may amount to. The names in a schema are part of each and have no limit of their own.
const (
	maxFindings     = 1000
	maxFindingBytes = 8 << 20
)

// findings lists the reference's differences in its order and then everything else, each with what goes wrong at the
// same place; what is only told comes last.
func (r *reporter) findings(rejecting []difference, causes []*cause) []compat.Finding {
	places := byPlace(causes)
	out := make([]compat.Finding, 0, min(len(rejecting)+len(places.groups), maxFindings))
	size, left := 0, 0
	add := func(make func() compat.Finding) {
		if len(out) == maxFindings || size > maxFindingBytes {
			left++
			return
		}
		f := make()
		size += len(f.Message) + len(f.Hint) + len(f.ReaderPath) + len(f.WriterPath)
		out = append(out, f)
	}
	for _, d := range rejecting {
		at := places.take(d)
		add(func() compat.Finding { return r.difference(d, at) })
	}
	for _, told := range []bool{false, true} {
		for _, at := range places.rest() {
			if (at[0].class == information) == told {
				add(func() compat.Finding { return r.cause(at) })
			}
		}
	}
	if left > 0 {
		out = append(out, compat.Finding{
			Code: codeMore, Breaks: []compat.Relation{}, Message: fmt.Sprintf("There are %d more findings.", left), Hint: "Mend these first, or compare smaller schemas.",
		})
	}
	return out
}
