//go:build e2e && linux

package torture

import (
	"bufio"
	"testing"

	"github.com/concord-registry/concord/e2e/internal/process"
)

// server is one life of a `concord serve`.
type server struct{ *process.Server }

// patience is how long a test waits for what takes milliseconds on an idle machine.
const patience = process.Patience

// settings are those of all servers here: what is registered need not be compatible.
func settings(args []string) []string {
	return append([]string{"--compatibility-level", "NONE"}, args...)
}

// launch starts a program as a server on a data file, and returns before it answers.
func launch(program, data string, env []string, args ...string) (*server, *bufio.Reader, error) {
	s, stdout, err := process.Launch(program, data, env, settings(args)...)
	return &server{s}, stdout, err
}

// start starts a server and waits until it says where it serves, or that it is in quarantine.
func start(program, data string, env []string, args ...string) (*server, error) {
	s, err := process.Start(program, data, env, settings(args)...)
	return &server{s}, err
}

// mustStart starts the server as it is; it ends with the test.
func mustStart(t *testing.T, data string, args ...string) *server {
	t.Helper()
	s, err := start(binary, data, nil, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	if s.Quarantined {
		t.Fatalf("the server is in quarantine: %s", s.Log())
	}
	return s
}
