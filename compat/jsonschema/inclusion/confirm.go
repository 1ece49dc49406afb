package inclusion

import "context"

// Confirm makes a witness of an instance that was found in another way. It fails when the validator does not accept it under the
// writer and reject it under the reader, or would take too long to say.
func Confirm(ctx context.Context, writer, reader Schema, instance any) (*Witness, error) {
	q := newQuestion(ctx, writer, reader, Limits{})
	schemas := newInterner()
	roots := schemas.all([]*schema{
		(&builder{source: writer}).build(writer.Compiled), (&builder{source: reader}).build(reader.Compiled),
	})
	return q.verify(newSolver(q.budget, schemas), roots, instance)
}
