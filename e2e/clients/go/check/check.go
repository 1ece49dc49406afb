// Package check is the frame of the client programs written in Go: it runs
// named checks, prints one line for each, and ends the program with a summary.
package check

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
)

// Checks counts the outcomes of one program.
type Checks struct {
	passed, failed int
}

// T stops the check it was handed to at the first thing that is not as expected.
type T struct{}

// stopped is what a T panics with; Run recovers it and nothing else.
type stopped struct{ reason string }

// Run runs one check and prints its outcome.
func (c *Checks) Run(name string, f func(t T)) {
	if reason := outcome(f); reason != "" {
		c.failed++
		fmt.Printf("FAIL %s: %s\n", name, reason)
		return
	}
	c.passed++
	fmt.Printf("ok   %s\n", name)
}

func outcome(f func(t T)) (reason string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case stopped:
			reason = r.reason
		default: // a client that panics on an answer has found something too
			reason = fmt.Sprintf("panic: %v", r)
		}
	}()
	f(T{})
	return ""
}

// Exit prints the summary and ends the program; the status is 1 if a check failed.
func (c *Checks) Exit() {
	fmt.Printf("%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		os.Exit(1)
	}
	os.Exit(0)
}

// OK demands that there is no error.
func (T) OK(err error) {
	if err != nil {
		panic(stopped{err.Error()})
	}
}

// True demands a condition, told in words.
func (T) True(what string, holds bool) {
	if !holds {
		panic(stopped{what + ": it does not hold"})
	}
}

// Equal demands that two values are deeply equal.
func (T) Equal(what string, got, want any) {
	if !reflect.DeepEqual(got, want) {
		panic(stopped{fmt.Sprintf("%s is %#v, not %#v", what, got, want)})
	}
}

// Code demands an error that carries the given error code of the registry.
func (t T) Code(err error, want int, codeOf func(error) (int, bool)) {
	if err == nil {
		panic(stopped{fmt.Sprintf("no error where code %d was expected", want)})
	}
	got, ok := codeOf(err)
	if !ok {
		panic(stopped{fmt.Sprintf("an error without a code where %d was expected: %v", want, err)})
	}
	if got != want {
		panic(stopped{fmt.Sprintf("code %d, not %d: %v", got, want, err)})
	}
}

// CodeOf reads an error's code through the error type of the client in use.
func CodeOf[E error](code func(E) int) func(error) (int, bool) {
	return func(err error) (int, bool) {
		var e E
		if !errors.As(err, &e) {
			return 0, false
		}
		return code(e), true
	}
}

// Fresh returns a name no earlier run has used.
func Fresh(name string) string {
	b := make([]byte, 4)
	rand.Read(b) // never fails
	return name + "-" + hex.EncodeToString(b)
}

// Schema reads one of the schema files all clients share, such as "avro/country.avsc".
func Schema(t T, file string) string {
	dir := os.Getenv("SCHEMAS")
	if dir == "" {
		dir = filepath.Join("..", "schemas")
	}
	text, err := os.ReadFile(filepath.Join(dir, file))
	t.OK(err)
	return string(text)
}
