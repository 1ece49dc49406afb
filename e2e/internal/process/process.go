//go:build e2e

// Package process runs the real server as a process of its own, for tests that kill it, damage what it rests on, or measure it.
package process

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
	"time"
)

// Patience is how long a test waits for what takes milliseconds on an idle machine.
const Patience = 2 * time.Minute

// Build builds the server; args go to `go build`.
func Build(to string, args ...string) error {
	args = append(append([]string{"build", "-o", to}, args...), "github.com/concord-registry/concord/cmd/concord")
	build := exec.Command("go", args...)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build concord: %w\n%s", err, out)
	}
	return nil
}

// Server is one life of a `concord serve`. Its methods may be used by several goroutines.
type Server struct {
	URL         string
	PID         int
	Quarantined bool          // it found its data file damaged and says nothing else
	Ready       time.Duration // from its start to the line that says where it serves
	HTTP        *http.Client
	Ended       <-chan struct{} // closed when the process has ended

	cmd  *exec.Cmd
	log  buffer
	exit error // once it has ended
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

// Launch starts a program as a server on a data file and a free port, and returns before it answers. stdout is what it prints.
func Launch(program, data string, env []string, args ...string) (s *Server, stdout *bufio.Reader, err error) {
	s = &Server{HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}, Timeout: Patience}}
	s.cmd = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0", "--data", data, "--log-level", "warn", "--shutdown-delay", "0s"}, args...)...)
	s.cmd.Env = append(os.Environ(), env...)
	s.cmd.Stderr = &s.log
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	s.cmd.Stdout = w
	err = s.cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		return nil, nil, err
	}
	s.PID = s.cmd.Process.Pid
	ended := make(chan struct{})
	s.Ended = ended
	go func() {
		s.exit = s.cmd.Wait()
		close(ended)
	}()
	return s, bufio.NewReader(r), nil
}

// Start launches a server and waits until it says where it serves, or that it is in quarantine.
func Start(program, data string, env []string, args ...string) (*Server, error) {
	began := time.Now()
	s, stdout, err := Launch(program, data, env, args...)
	if err != nil {
		return nil, err
	}
	stuck := time.AfterFunc(Patience, s.Kill)
	defer stuck.Stop()
	line, _ := stdout.ReadString('\n') // the rest is never written to
	s.Ready = time.Since(began)
	s.URL = regexp.MustCompile(`http://[0-9.:]+`).FindString(line)
	s.Quarantined = strings.Contains(line, "quarantine")
	if s.URL == "" {
		s.Kill()
		return nil, fmt.Errorf("the server does not start (%w): %s", s.exit, s.Log())
	}
	return s, nil
}

// Log is what the server has logged so far.
func (s *Server) Log() string { return s.log.String() }

// Exit is how the process has ended, once it has.
func (s *Server) Exit() error {
	<-s.Ended
	return s.exit
}

// Kill ends the process without any warning; after that it does nothing.
func (s *Server) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.Ended
	s.HTTP.CloseIdleConnections()
}

// Stop ends the process properly. It fails when the process does not end, or not with success.
func (s *Server) Stop() error {
	s.HTTP.CloseIdleConnections()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.Ended:
	case <-time.After(Patience):
		s.Kill()
		return fmt.Errorf("the server does not end: %s", s.Log())
	}
	if s.exit != nil {
		return fmt.Errorf("the server ends with %w: %s", s.exit, s.Log())
	}
	return nil
}

// Call sends a request and reads the whole answer into result, where there is one. An error means that nothing is known.
func (s *Server) Call(method, path string, body, result any) (status int, err error) {
	status, answer, err := s.Do(method, path, body)
	if err == nil && result != nil && status == http.StatusOK {
		err = json.Unmarshal(answer, result)
	}
	return status, err
}

// Do sends a request, with a body in JSON where there is one, and reads the whole answer. A body that cannot be read is an
// error: then nothing is known.
func (s *Server) Do(method, path string, body any) (status int, answer []byte, err error) {
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			return 0, nil, err
		}
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequest(method, s.URL+path, reader)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	response, err := s.HTTP.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	answer, err = io.ReadAll(response.Body)
	return response.StatusCode, answer, err
}
