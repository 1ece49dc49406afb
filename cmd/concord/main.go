// Command concord is the schema registry and its command line. This package only wires: settings to options, commands to
// the packages that do the work.
//
// A command is a file with a method of Main that returns its cobra.Command, added in rootCommand. What commands share:
//
//   - remoteFlags (remote.go): --registry and who asks it; add puts the flags on a command, connect returns the client, and
//     completeSubject is its ValidArgsFunction. client.Guess adds "did you mean" to an error about a subject.
//   - outputFlag and printData (output.go): -o table|json|yaml over one value; newTable (table.go) for people; choiceFlag for
//     any flag that takes one of a few words.
//   - readInput and writeOutput (streams.go): files, and "-" for standard input and output.
//   - styleOf and confirm (terminal.go): colours and questions, where there is a terminal.
//   - misused marks an error as the user's (exit code 2); errFindings and errChanges end a command with codes 100 and 3 after
//     it has said everything. Data goes to Stdout, all else to Stderr.
//   - stored.Reader parses what is registered; engine.Default is the server's own engine.
//
// Each has a Long text, an Example that runs, and a script in testdata/script.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/storage/bolt"
)

func main() {
	bolt.CheckChild() // the store starts this program again to look at a file that was not closed
	m := NewMain()
	code := m.Run(context.Background(), os.Args[1:])
	os.Exit(code)
}

// The exit codes, also told by `concord --help`.
const (
	exitOK      = 0
	exitFailed  = 1 // could not do it
	exitMisused = 2 // was asked wrongly: a flag, an argument, a setting
	exitChanges = 3 // there are differences, and --fail-on-changes was given

	exitFindings = 100 // a check found something
)

// Main is the program with everything it takes from the outside world, so that tests can run it whole.
type Main struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Environ        []string // NAME=value

	color string // --color
}

// NewMain returns a Main on the process's own streams and environment.
func NewMain() *Main {
	return &Main{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Environ: os.Environ()}
}

// Run runs one command and returns the exit code. A server stops when ctx ends, as it does on SIGTERM.
func (m *Main) Run(ctx context.Context, args []string) int {
	root := m.rootCommand()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	switch {
	case errors.Is(err, errFindings):
		return exitFindings
	case errors.Is(err, errChanges):
		return exitChanges
	}
	fmt.Fprintf(m.Stderr, "concord: %v\n", err)
	var misuse *usageError
	if !errors.As(err, &misuse) {
		return exitFailed
	}
	fmt.Fprintf(m.Stderr, "Run '%s --help' for help.\n", cmd.CommandPath())
	return exitMisused
}

// errFindings and errChanges end a command that has said everything already: only the exit code is left.
var (
	errFindings = errors.New("findings")
	errChanges  = errors.New("changes")
)

// usageError is the fault of whoever wrote the command line or the settings.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func misused(err error) error {
	if err == nil {
		return nil
	}
	return &usageError{err}
}

// Getenv returns a variable of Environ; the last of several wins, as in a shell.
func (m *Main) Getenv(name string) string {
	value := ""
	for _, entry := range m.Environ {
		if len(entry) > len(name) && entry[len(name)] == '=' && entry[:len(name)] == name {
			value = entry[len(name)+1:]
		}
	}
	return value
}

// noArgs refuses arguments as a usage error.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return misused(fmt.Errorf("%s takes no arguments, but got %q", cmd.CommandPath(), args[0]))
}

// argsBetween asks for least to most arguments; what says what they are. An empty one is refused: it is the variable of a
// script that is not set, and must not be taken for the whole registry, say.
func argsBetween(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return misused(fmt.Errorf("%s needs %s", cmd.CommandPath(), what))
		case len(args) > most:
			return misused(fmt.Errorf("%s takes %s, but got also %q", cmd.CommandPath(), what, args[most]))
		case slices.Contains(args, ""):
			return misused(fmt.Errorf("argument %d of %s is empty", slices.Index(args, "")+1, cmd.CommandPath()))
		}
		return nil
	}
}
