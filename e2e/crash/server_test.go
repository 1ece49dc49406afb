//go:build e2e

// Package crash kills the real server under load, again and again, and looks for what it had acknowledged.
package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

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
	build := exec.Command("go", "build", "-o", binary, "github.com/concord-registry/concord/cmd/concord")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build concord: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// server is one life of the process.
type server struct {
	url    string
	http   *http.Client
	cmd    *exec.Cmd
	stderr bytes.Buffer
}

// start starts the server on a data file and waits until it is ready.
func start(t *testing.T, data string) *server {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	s := &server{url: "http://" + address, http: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 20 * time.Second,
	}}
	s.cmd = exec.Command(binary, "serve", "--listen", address, "--data", data, "--compatibility-level", "NONE", "--log-level", "warn", "--shutdown-delay", "0s")
	s.cmd.Stderr = &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if status, _, err := s.call("GET", "/health/ready", nil); err == nil && status == http.StatusOK {
			return s
		}
	}
	s.kill()
	t.Fatalf("the server is not ready after 20 s: %s", s.stderr.String())
	return nil
}

// kill ends the process without any warning.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
	s.http.CloseIdleConnections()
}

// stop ends the process properly.
func (s *server) stop(t *testing.T) {
	t.Helper()
	s.http.CloseIdleConnections()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		t.Fatalf("the server ends with %v: %s", err, s.stderr.String())
	}
}

// call sends a request and reads the whole answer. A body that cannot be read is an error: then nothing is known.
func (s *server) call(method, path string, body any) (int, []byte, error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, s.url+path, reader)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	response, err := s.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}

// errRefused is an answer that is not a success; the server is alive and does not do what it should.
var errRefused = errors.New("the server refuses")

// post sends a schema to a path and returns the id and the version of the answer.
func (s *server) post(path, schema string) (id, version int, err error) {
	status, answer, err := s.call("POST", path, map[string]string{"schema": schema})
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
	status, answer, err := s.call("GET", fmt.Sprintf("/schemas/ids/%d", id), nil)
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
