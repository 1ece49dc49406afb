package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// errInterrupted is what a command ends with that was told to stop.
var errInterrupted = errors.New("interrupted")

// untilInterrupted returns a context that ends at SIGINT or SIGTERM, for commands that leave something behind when they end at once.
// A second signal does that.
func untilInterrupted(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}
