//go:build e2e && linux

// Package torture takes away from the real server what it rests on (power, a disk that works, whole files, patient clients)
// and looks for anything that it had promised. Each test prints what it did and what was lost; each harness is also run
// against a server with a seeded bug, which it must find, or it would prove nothing.
//
// The sizes are those of an ordinary run. TORTURE=nightly makes them large; TORTURE_CUTS and its like set one of them.
package torture

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/concord-registry/concord/e2e/internal/process"
	"github.com/concord-registry/concord/storage/bolt"
)

var (
	scratch string // a folder for the whole run
	binary  string // the server as it is
)

func TestMain(m *testing.M) {
	flipChild() // before the checks of a start are turned on: it makes its own
	bolt.CheckChild()

	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if scratch, err = os.MkdirTemp("", "concord-torture-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(scratch)
	binary = filepath.Join(scratch, "concord")
	if err := process.Build(binary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// size is how much a test does of something: ordinarily, or nightly, or as TORTURE_name says.
func size(t *testing.T, name string, ordinary, nightly int) int {
	t.Helper()
	text := os.Getenv("TORTURE_" + name)
	if text == "" {
		if os.Getenv("TORTURE") == "nightly" {
			return nightly
		}
		return ordinary
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("TORTURE_%s=%s is not a number", name, text)
	}
	return n
}

// report prints a line for the summary.
func report(t *testing.T, format string, args ...any) {
	t.Helper()
	t.Logf("SUMMARY "+format, args...)
}
