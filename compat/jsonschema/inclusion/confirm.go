package inclusion

import "context"

// Confirm makes a witness of an instance that was found in another way. It fails when the validator does not accept it under the
// writer and reject it under the reader, or would take too long to say.
func Confirm(ctx context.Context, writer, reader Schema, instance any) (*Witness, error) {
	return newQuestion(ctx, writer, reader, Limits{}).verify(instance)
}
