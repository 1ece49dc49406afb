//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/internal/process"
)

// server is a running `concord serve` of its own process, port and data file.
type server struct {
	url   string
	cmd   *exec.Cmd
	log   string        // the file its standard error goes to
	ended chan struct{} // closed when the process has ended
	err   error         // how it ended, once it has
}

// serve starts the binary on a free loopback port and waits until it is ready.
// The process is ended with the test, and its log printed if the test failed.
func serve(t *testing.T, data string) *server {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), "concord-*.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.Command(binaries.concord, "serve", "--listen", "127.0.0.1:0", "--data", data, "--shutdown-delay", "0s")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{cmd: cmd, log: log.Name(), ended: make(chan struct{})}
	go func() {
		s.err = cmd.Wait()
		close(s.ended)
	}()
	t.Cleanup(func() {
		cmd.Process.Kill() // nothing, if it has ended
		<-s.ended
		if t.Failed() {
			text, _ := os.ReadFile(s.log)
			t.Logf("the end of the server's log:\n%s", tail(string(text), 10))
		}
	})
	s.waitReady(t)
	return s
}

// waitReady waits until the server says where it is, and is ready there.
func (s *server) waitReady(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(process.Patience); time.Now().Before(deadline); {
		if text, err := os.ReadFile(s.log); err == nil {
			s.url = regexp.MustCompile(`http://[0-9.:]+`).FindString(string(text))
		}
		if answer, err := http.Get(s.url + "/health/ready"); s.url != "" && err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended before it was ready: %v", s.err)
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatalf("the server at %q was not ready within %v", s.url, process.Patience)
}

// stop asks the server to end, as an operator would, and demands that it ends well.
func (s *server) stop(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.ended:
		if s.err != nil {
			t.Errorf("after SIGTERM the server ended with %v, not with status 0", s.err)
		}
	case <-time.After(process.Patience):
		t.Errorf("%v after SIGTERM the server was still running", process.Patience)
	}
}

// kill ends the server at once, in the middle of whatever it does.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.ended // "signal: killed" is what is expected
}

// noServerErrors demands that no request was answered with a 5xx: clients retry
// those, and nothing a client does here is the server's fault.
func (s *server) noServerErrors(t *testing.T) {
	t.Helper()
	answer, err := http.Get(s.url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	requests := false
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		line := lines.Text()
		if !strings.HasPrefix(line, "registry_http_requests_total{") {
			continue
		}
		requests = true
		if strings.Contains(line, `code="5`) {
			t.Errorf("a client's request was answered with a server error: %s", line)
		}
	}
	if !requests {
		t.Error("/metrics counts no requests")
	}
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// run runs a command for at most ten minutes and returns all it printed.
func run(dir string, env []string, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	cmd.WaitDelay = time.Second
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = errors.New("it did not end within ten minutes")
	}
	return string(out), err
}
