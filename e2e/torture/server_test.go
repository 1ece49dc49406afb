//go:build e2e && linux

package torture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// server is one life of a `concord serve`.
type server struct {
	url         string
	pid         int
	quarantined bool // it found its data file damaged and says nothing else
	http        *http.Client
	cmd         *exec.Cmd
	log         buffer
	ended       chan struct{}
	err         error // how it ended
}

// buffer is written by a process and read by a test.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// patience is how long a test waits for what takes milliseconds on an idle machine.
const patience = 30 * time.Second

// launch starts a program as a server on a data file, and returns before it answers.
func launch(program, data string, env []string, args ...string) (*server, *bufio.Reader, error) {
	s := &server{ended: make(chan struct{}), http: &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: patience,
	}}
	s.cmd = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--compatibility-level", "NONE",
		"--log-level", "warn", "--shutdown-delay", "0s"}, args...)...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = &s.log
	stdout, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	s.cmd.Stdout = w
	err = s.cmd.Start()
	w.Close()
	if err != nil {
		stdout.Close()
		return nil, nil, err
	}
	s.pid = s.cmd.Process.Pid
	go func() {
		s.err = s.cmd.Wait()
		close(s.ended)
	}()
	return s, bufio.NewReader(stdout), nil
}

// start starts a server and waits until it says where it serves, or that it is in quarantine.
func start(program, data string, env []string, args ...string) (*server, error) {
	s, stdout, err := launch(program, data, env, args...)
	if err != nil {
		return nil, err
	}
	stuck := time.AfterFunc(patience, s.kill)
	defer stuck.Stop()
	line, _ := stdout.ReadString('\n') // the rest is never written to
	s.url = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	s.quarantined = strings.Contains(line, "quarantine")
	if s.url == "" {
		s.kill()
		return nil, fmt.Errorf("the server does not start (%w): %s", s.err, s.log.String())
	}
	return s, nil
}

// mustStart starts the server as it is; it ends with the test.
func mustStart(t *testing.T, data string, args ...string) *server {
	t.Helper()
	s, err := start(binary, data, nil, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.kill)
	if s.quarantined {
		t.Fatalf("the server is in quarantine: %s", s.log.String())
	}
	return s
}

// kill ends the process without any warning; after that it does nothing.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	<-s.ended
	s.http.CloseIdleConnections()
}

// stop ends the process properly.
func (s *server) stop() error {
	s.http.CloseIdleConnections()
	if err := s.cmd.Process.Signal(syscall.SIGINT); err != nil {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.kill()
		return fmt.Errorf("the server does not end: %s", s.log.String())
	}
	if s.err != nil {
		return fmt.Errorf("the server ends with %w: %s", s.err, s.log.String())
	}
	return nil
}

// call sends a request and reads the whole answer into result, where there is one. An error means that nothing is known.
func (s *server) call(method, path string, body, result any) (status int, err error) {
	status, answer, err := s.do(method, path, body)
	if err == nil && result != nil && status == http.StatusOK {
		err = json.Unmarshal(answer, result)
	}
	return status, err
}

func (s *server) do(method, path string, body any) (status int, answer []byte, err error) {
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
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}
