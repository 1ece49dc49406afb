package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// isTerminal reports whether a stream is a person's screen.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// progressBytes shows a bar for a number of bytes, likewise; step takes them.
func (m *Main) progressBytes(n int64, what string) (step io.Writer, done func()) {
	if !isTerminal(m.Stderr) {
		return io.Discard, func() {}
	}
	bar := progressbar.NewOptions64(n,
		progressbar.OptionSetWriter(io.Writer(m.Stderr)), progressbar.OptionSetDescription(what), progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
	)
	return bar, func() { _ = bar.Finish() }
}

// progress shows a bar for n steps on standard error if that is a terminal. step is safe for concurrent use; done takes the
// bar away again.
func (m *Main) progress(n int, what string) (step, done func()) {
	if !isTerminal(m.Stderr) || n == 0 {
		return func() {}, func() {}
	}
	bar := progressbar.NewOptions(n,
		progressbar.OptionSetWriter(io.Writer(m.Stderr)), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30), progressbar.OptionClearOnFinish(),
	)
	// A bar that cannot be drawn is not worth failing for.
	return func() { _ = bar.Add(1) }, func() { _ = bar.Finish() }
}
