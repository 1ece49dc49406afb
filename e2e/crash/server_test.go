//go:build e2e

// Package crash kills the real server under load, again and again, and looks for what it had acknowledged.
package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/concord-registry/concord/e2e/internal/process"
	"github.com/concord-registry/concord/storage/bolt"
)

// clients is how many register at the same time.
const clients = 64

// rounds is how often the server is killed; CRASH_ROUNDS says otherwise.
func rounds(t *testing.T) int {
	text := os.Getenv("CRASH_ROUNDS")
	if text == "" {
		return 50
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("CRASH_ROUNDS=%s is not a number of rounds", text)
	}
	return n
}

var binary string

func TestMain(m *testing.M) {
	bolt.CheckChild()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "concord-crash-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "concord")
	if err := process.Build(binary); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// server is one life of the process.
type server struct{ *process.Server }

// start starts the server on a data file and waits until it serves.
func start(t *testing.T, data string) *server {
	t.Helper()
	s, err := process.Start(binary, data, nil, "--compatibility-level", "NONE")
	if err != nil {
		t.Fatal(err)
	}
	if s.Quarantined {
		s.Kill()
		t.Fatalf("the server is in quarantine: %s", s.Log())
	}
	return &server{s}
}

// errRefused is an answer that is not a success; the server is alive and does not do what it should.
var errRefused = errors.New("the server refuses")

// post sends a schema to a path and returns the id and the version of the answer.
func (s *server) post(path, schema string) (id, version int, err error) {
	status, answer, err := s.Do("POST", path, map[string]string{"schema": schema})
	if err != nil {
		return 0, 0, err
	}
	if status != http.StatusOK {
		return 0, 0, fmt.Errorf("%w: POST %s: %d %s", errRefused, path, status, answer)
	}
	var body struct{ ID, Version int }
	err = json.Unmarshal(answer, &body)
	return body.ID, body.Version, err
}

// schemaOf returns the text of an id.
func (s *server) schemaOf(id int) (string, error) {
	status, answer, err := s.Do("GET", fmt.Sprintf("/schemas/ids/%d", id), nil)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("%w: id %d: %d %s", errRefused, id, status, answer)
	}
	var body struct{ Schema string }
	err = json.Unmarshal(answer, &body)
	return body.Schema, err
}

// schema is an Avro schema in its canonical text, one for each name.
func schema(name string) string {
	return fmt.Sprintf(`{"type":"record","name":"R%s","namespace":"crash","fields":[{"name":"id","type":"long"},{"name":"note","type":"string"}]}`, strings.ReplaceAll(name, "-", "_"))
}

// checkFile reads the whole data file of a server that does not run.
func checkFile(t *testing.T, data string) {
	t.Helper()
	if err := bolt.Check(context.Background(), data); err != nil {
		t.Fatal(err)
	}
}

// each calls f with 0 … n-1 from as many goroutines as there are clients.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	for worker := range clients {
		wg.Go(func() {
			for i := worker; i < n; i += clients {
				f(i)
			}
		})
	}
	wg.Wait()
}
