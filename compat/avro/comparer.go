// Package avro compares Avro schemas: the reference server's verdict with its messages, and what real decoders make of
// the writer's data.
package avro

import (
	"context"
	"errors"
	"fmt"

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
	found, err := check(ctx, reader.Root(), writer.Root(), req.Full)
	var ambiguous *ambiguity
	switch {
	case errors.As(err, &ambiguous):
		out.Messages = []string{"Unexpected exception during compatibility check: " + err.Error()}
	case err != nil:
		return nil, err
	}
	for _, d := range found {
		out.Messages = append(out.Messages, d.message(req.Direction))
	}
	if len(out.Messages) > 0 {
		out.Verdicts[compat.Reference] = compat.Incompatible
	}
	return out, nil
}
