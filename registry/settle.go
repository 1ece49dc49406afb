package registry

import (
	"errors"

	"github.com/concord-registry/concord/storage"
)

// errMoved: between two looks at the store something changed that what is done depends on.
var errMoved = errors.New("the subject changed")

// maxAttempts bounds how often something starts over because a subject changed meanwhile. Registrations of one subject
// wait for each other, so only deletions and config changes make one start over.
const maxAttempts = 20

// settled does something that takes several looks at the store, parsing what it saw in between, and does it again when a
// version that it had seen was deleted for good before it was read.
func settled[T any](do func() (T, error)) (T, error) {
	for range maxAttempts {
		if result, err := do(); !errors.Is(err, errMoved) {
			return result, err
		}
	}
	var none T
	return none, errorf(OperationNotPermitted, "The subject changes too often; try again")
}

// contentOf returns what a version holds, and errMoved when it is there no more.
func contentOf(v storage.View, row *storage.Row) (*storage.Content, error) {
	content, err := v.Content(contextOf(row.Subject), row.ID)
	if err == nil && content == nil {
		err = errMoved
	}
	return content, err
}
