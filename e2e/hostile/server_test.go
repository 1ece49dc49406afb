//go:build e2e && linux

// Package hostile sends what no honest client sends to the real binary, and measures what it costs: every answer is to come
// within two seconds, to be a client's error, and to cost no more than 256 MiB of memory.
package hostile

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/internal/process"
)

var binary string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "concord-hostile-")
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
		code := m.Run()
		fmt.Printf("SUMMARY hostile input: %d answers were to come within %v; %d came later and were excused, because the machine is slow or was overloaded\n",
			timed.Load(), maxTime, excused.Load())
		return code
	}())
}

// server is a `concord serve` in a process of its own.
type server struct {
	*process.Server
	stop func() // SIGTERM, and wait; the test fails when it does not end well
}

// serve starts a server that ends with the test. data is its data file; empty means a new one.
func serve(t *testing.T, data string, args ...string) *server {
	t.Helper()
	if data == "" {
		data = filepath.Join(t.TempDir(), "concord.db")
	}
	s, err := process.Start(binary, data, nil, append([]string{"--shutdown-timeout", "1s"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("%.4000s", err.Error())
		}
	})
	t.Cleanup(stop)
	return &server{s, stop}
}

// memory is the resident memory of the server, in bytes: now, and at its highest since resetPeak.
func (s *server) memory(t *testing.T) (now, peak int64) {
	t.Helper()
	memory, err := s.Memory()
	if err != nil {
		t.Fatal(err)
	}
	return memory.Resident, memory.Peak
}

func (s *server) resetPeak(t *testing.T) {
	t.Helper()
	if err := s.ResetPeak(); err != nil {
		t.Fatal(err)
	}
}

// effort is what a server has had so far.
type effort struct {
	worked time.Duration // the processor time that it has used
	waited time.Duration // how long it, and who asks it, waited for a processor
}

func (s *server) effort(t *testing.T) effort {
	t.Helper()
	worked, err := s.Worked()
	if err != nil {
		t.Fatal(err)
	}
	return effort{worked, s.Waited()}
}

// since is what came after an earlier effort.
func (e effort) since(before effort) effort {
	return effort{e.worked - before.worked, max(0, e.waited-before.waited)}
}

// overloaded reports whether other programs want more processors than there are.
func overloaded(t *testing.T) bool {
	t.Helper()
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		t.Fatal(err)
	}
	load, err := strconv.ParseFloat(strings.Fields(string(text))[0], 64)
	if err != nil {
		t.Fatal(err)
	}
	return load > float64(runtime.NumCPU())
}

// do sends a request and reads the whole answer.
func (s *server) do(t *testing.T, method, path string, body io.Reader) (status int, answer string, took time.Duration) {
	t.Helper()
	return s.send(t, method, path, "application/vnd.schemaregistry.v1+json", body)
}

// post sends a form as a browser does.
func (s *server) post(t *testing.T, path string, form url.Values) (status int, answer string, took time.Duration) {
	t.Helper()
	return s.send(t, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

func (s *server) send(t *testing.T, method, path, media string, body io.Reader) (status int, answer string, took time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.URL+path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	start := time.Now()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, string(text), time.Since(start)
}
