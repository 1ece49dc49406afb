package httpapi

import (
	"bytes"
	"context"
	"io"
)

// Bodies wait for each other from some size on, because what a schema is parsed to and compared with takes some forty times
// its text: a few dozen clients with the largest schemas, or a thousand with smaller ones, could fill any memory. Nobody has so
// many of them to register, and a few keep the processors busy. Those that are large are worked on as far as one may be large;
// the others have a room of their own, so that they never wait for a large one.
const (
	smallBody  = 8 << 10 // below it, nobody waits
	largeBody  = 256 << 10
	middleRoom = 8 << 20 // for what lies between, together
)

// wait returns when there is room for a body. The room is given back when the call has its answer. Whoever waits until most of
// the time for an answer is gone is sent away: later there would be none.
func (c *call) wait(body []byte) error {
	n := min(int64(len(body)), c.server.opt.BodyLimit)
	if n < smallBody {
		return nil
	}
	room := c.server.middle
	if n >= largeBody {
		room = c.server.room
	}
	ctx := c.request.Context()
	if limit := c.server.opt.WriteTimeout; limit > 0 {
		patient, cancel := context.WithDeadline(ctx, c.start.Add(limit/4*3))
		defer cancel()
		ctx = patient
	}
	if err := room.Acquire(ctx, n); err != nil {
		if c.request.Context().Err() == nil {
			return errCrowded
		}
		return err
	}
	c.holds, c.holdsIn = n, room
	return nil
}

func (c *call) giveBack() {
	if c.holds > 0 {
		c.holdsIn.Release(c.holds)
		c.holds = 0
	}
}

// waitForPage does the same for a form, which the page reads by itself. One that is too large is for the page to refuse. A page
// is made in memory but sent while the call goes on: the room is given back before, so that nobody holds it by reading slowly.
func (c *call) waitForPage() error {
	if n := c.request.ContentLength; n >= 0 && n < smallBody || n > c.server.opt.BodyLimit {
		return nil
	}
	body, err := c.readBody()
	if err == nil {
		c.request.Body = io.NopCloser(bytes.NewReader(body))
		c.echo.Response().Before(c.giveBack)
	}
	return err
}
