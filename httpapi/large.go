package httpapi

import (
	"bytes"
	"io"
)

// largeBody is the size from which bodies wait for each other: together they are worked on as far as one may be large. What a
// schema is parsed to and compared with takes some forty times its text, so that a few dozen clients with the largest schemas
// could fill any memory; nobody has so many of them to register, and one or two keep the processors busy.
const largeBody = 256 << 10

// wait returns when there is room for a body. The room is given back when the call has its answer.
func (c *call) wait(body []byte) error {
	n := min(int64(len(body)), c.server.opt.BodyLimit)
	if n < largeBody {
		return nil
	}
	if err := c.server.room.Acquire(c.request.Context(), n); err != nil {
		return err
	}
	c.holds = n
	return nil
}

func (c *call) giveBack() {
	if c.holds > 0 {
		c.server.room.Release(c.holds)
		c.holds = 0
	}
}

// waitForPage does the same for a form, which the page reads by itself. One that is too large is for the page to refuse. A page
// is made in memory but sent while the call goes on: the room is given back before, so that nobody holds it by reading slowly.
func (c *call) waitForPage() error {
	if n := c.request.ContentLength; n >= 0 && n < largeBody || n > c.server.opt.BodyLimit {
		return nil
	}
	body, err := c.readBody()
	if err == nil {
		c.request.Body = io.NopCloser(bytes.NewReader(body))
		c.echo.Response().Before(c.giveBack)
	}
	return err
}
