package inclusion

import (
	"context"
	"errors"
)

// Confirm makes a witness of an instance that was found in another way. It fails when the validator does not accept it under the
// writer and reject it under the reader, or would take too long to say.
func Confirm(ctx context.Context, writer, reader Schema, instance any) (*Witness, error) {
	return newQuestion(ctx, writer, reader, Limits{}).verify(instance)
}

// ErrCostly is that the validator would take too long over an instance.
var ErrCostly = errors.New("the schema takes too long to validate this data")

// Validate lists the places where s rejects an instance, none when it is valid. Numbers of the instance are json.Number. The error
// is ErrCostly.
func Validate(s Schema, instance any) ([]Failure, error) {
	if applications([]Schema{s}, instance) > maxValidation {
		return nil, ErrCostly
	}
	return failuresOf(s.Compiled.Validate(instance)), nil
}
