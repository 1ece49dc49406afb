// Package protobuf compares Protobuf schemas: by the reference server's list of differences, and by what really happens
// to records on the wire, in JSON and in code.
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
	c := &compat.Comparison{Verdicts: map[compat.Relation]compat.Verdict{compat.Reference: compat.Compatible}, Messages: []string{}}
	readerWord, writerWord := req.Direction.ReaderWriter()
	for _, d := range found {
		if !incompatible(d.code) {
			continue
		}
		c.Verdicts[compat.Reference] = compat.Incompatible
		c.Messages = append(c.Messages, d.message(readerWord, writerWord))
		c.Findings = append(c.Findings, finding(writer, reader, d))
	}
	return c, nil
}
