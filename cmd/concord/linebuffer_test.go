package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// The clock is that of synctest: it goes on when everybody waits.
func TestLinesAboutRequestsAreWrittenTogetherAndSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := newSafeBuffer()
		b := newLineBuffer(out)
		fmt.Fprintln(b, "one")
		time.Sleep(lineDelay - time.Nanosecond)
		fmt.Fprintln(b, "two")
		if got := out.String(); got != "" {
			t.Errorf("written at once: %q", got)
		}
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if got := out.String(); got != "one\ntwo\n" {
			t.Errorf("after the delay: %q", got)
		}
		fmt.Fprintln(b, "three")
		b.Flush()
		if got := out.String(); got != "one\ntwo\nthree\n" {
			t.Errorf("after a flush: %q", got)
		}
	})
}

func TestNoLineIsLostOrTornWhenManyWrite(t *testing.T) {
	var out bytes.Buffer
	b := newLineBuffer(&out)
	var writers sync.WaitGroup
	for w := range 8 {
		writers.Go(func() {
			for i := range 2000 {
				fmt.Fprintf(b, "line %d of writer %d\n", i, w)
			}
		})
	}
	writers.Wait()
	b.Flush()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 16000 {
		t.Fatalf("%d lines", len(lines))
	}
	for _, line := range lines {
		var i, w int
		if n, err := fmt.Sscanf(line, "line %d of writer %d", &i, &w); n != 2 || err != nil {
			t.Fatalf("torn: %q", line)
		}
	}
}
