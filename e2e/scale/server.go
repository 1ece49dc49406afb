//go:build e2e

package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a `concord serve` with its default settings.
type server struct {
	binary, data string
	url          string
	cmd          *exec.Cmd // nil while it does not run
	clients      []*http.Client
}

func build(binary string) error {
	cmd := exec.Command("go", "build", "-trimpath", "-o", binary, "github.com/concord-registry/concord/cmd/concord")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build concord: %w\n%s", err, out)
	}
	return nil
}

// restart ends the server that runs, if one does, starts it on the same data, and returns how long the new one took until
// it was ready.
func (s *server) restart() (time.Duration, error) {
	s.stop()
	address, err := freeAddress()
	if err != nil {
		return 0, err
	}
	output, err := os.Create(s.data + ".log")
	if err != nil {
		return 0, err
	}
	defer output.Close()
	cmd := exec.Command(s.binary, "serve", "--listen", address, "--data", s.data, "--shutdown-delay", "0s")
	cmd.Stdout, cmd.Stderr = output, output
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	s.url, s.cmd = "http://"+address, cmd
	for time.Since(began) < time.Minute {
		answer, err := http.Get(s.url + "/health/ready")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return time.Since(began), nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	text, _ := os.ReadFile(output.Name())
	return 0, fmt.Errorf("the server was not ready within a minute:\n%s", text)
}

func (s *server) stop() {
	if s.cmd != nil {
		for _, client := range s.clients {
			client.CloseIdleConnections()
		}
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		_ = s.cmd.Wait()
		s.cmd, s.clients = nil, nil
	}
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// anonymous is the memory of the server that no file backs, in bytes; 0 where /proc does not tell.
func (s *server) anonymous() int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10
		}
	}
	return 0
}

// cpu is what the server has used of the processors: what its threads did, to the nanosecond. 0 where /proc does not tell.
func (s *server) cpu() time.Duration {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	var sum time.Duration
	for _, thread := range threads {
		text, _ := os.ReadFile(thread)
		used, _, _ := strings.Cut(string(text), " ")
		n, _ := strconv.ParseInt(used, 10, 64)
		sum += time.Duration(n)
	}
	return sum
}
