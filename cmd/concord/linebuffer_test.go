package main

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLinesAboutRequestsAreWrittenTogetherAndSoon(t *testing.T) {
	out := newSafeBuffer()
	b := newLineBuffer(out)
	fmt.Fprintln(b, "one")
	fmt.Fprintln(b, "two")
	if got := out.String(); got != "" {
		t.Errorf("written at once: %q", got)
	}
	for deadline := time.Now().Add(5 * time.Second); out.String() == "" && time.Now().Before(deadline); {
		time.Sleep(5 * time.Millisecond)
	}
	if got := out.String(); got != "one\ntwo\n" {
		t.Errorf("after the delay: %q", got)
	}
	fmt.Fprintln(b, "three")
	b.Flush()
	if got := out.String(); got != "one\ntwo\nthree\n" {
		t.Errorf("after a flush: %q", got)
	}
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
