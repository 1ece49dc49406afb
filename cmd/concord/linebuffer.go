package main

import (
	"io"
	"sync"
	"time"
)

// Bounds of how long and how much a lineBuffer holds back.
const (
	lineDelay  = 100 * time.Millisecond
	lineMemory = 64 << 10
)

// lineBuffer collects the lines about requests and writes them together: a system call for each would cost as much as
// answering a small request. A line is written at the latest after lineDelay; a process that is killed loses those.
type lineBuffer struct {
	w     io.Writer
	mu    sync.Mutex
	lines []byte
	timer *time.Timer // set while there are lines
}

func newLineBuffer(w io.Writer) *lineBuffer { return &lineBuffer{w: w} }

// Write takes one line.
func (b *lineBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, line...)
	switch {
	case len(b.lines) >= lineMemory:
		b.flush()
	case b.timer == nil:
		b.timer = time.AfterFunc(lineDelay, b.Flush)
	}
	return len(line), nil
}

// Flush writes what was held back.
func (b *lineBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush()
}

func (b *lineBuffer) flush() {
	if b.timer != nil {
		b.timer.Stop()
		b.timer = nil
	}
	if len(b.lines) > 0 {
		// There is nowhere to tell that the log cannot be written.
		_, _ = b.w.Write(b.lines)
		b.lines = b.lines[:0]
	}
}
