package client

import (
	"context"
	"slices"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

// Guess adds the subject that was probably meant to an error about one that does not exist; other errors stay as they are.
func (c *Client) Guess(ctx context.Context, subject string, err error) error {
	if !IsMissing(err) {
		return err
	}
	names, listing := c.Subjects(ctx, EveryContext, false)
	if listing != nil || slices.Contains(names, subject) {
		return err
	}
	if question := suggest.Question(subject, names); question != "" {
		return &guessed{err, question}
	}
	return err
}

// guessed is an error with a question at its end.
type guessed struct {
	error
	question string
}

func (g *guessed) Error() string { return g.error.Error() + g.question }
func (g *guessed) Unwrap() error { return g.error }
