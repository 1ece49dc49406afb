//go:build e2e

package main

import (
	"bytes"
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
	url string
	cmd *exec.Cmd
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
func (b *bench) restart() (time.Duration, error) {
	b.stop()
	address, err := freeAddress()
	if err != nil {
		return 0, err
	}
	output, err := os.Create(filepath.Join(b.dir, "log"))
	if err != nil {
		return 0, err
	}
	defer output.Close()
	cmd := exec.Command(filepath.Join(b.dir, "concord"), "serve", "--listen", address, "--data", filepath.Join(b.dir, "concord.db"), "--shutdown-delay", "0s")
	cmd.Stdout, cmd.Stderr = output, output
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	b.server = &server{url: "http://" + address, cmd: cmd}
	for time.Since(began) < time.Minute {
		answer, err := http.Get(b.url + "/health/ready")
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

func (b *bench) stop() {
	if b.server != nil {
		_ = b.cmd.Process.Signal(syscall.SIGTERM)
		_ = b.cmd.Wait()
		b.server = nil
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

// cpu is what the server has used of the processors; 0 where /proc does not tell.
func (s *server) cpu() time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := strings.Fields(string(rest))
	if len(fields) < 13 {
		return 0
	}
	var ticks int64
	for _, field := range fields[11:13] { // utime and stime, in hundredths of a second
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
