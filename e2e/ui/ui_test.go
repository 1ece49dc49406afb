//go:build e2e

// Package ui takes people's journeys through the pages in a real browser: journeys/*.mjs, each a subtest. It needs Chromium
// and what package.json names; run.sh of the folder above installs both.
package ui

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start builds the server and runs it on a free port, and returns its address.
func start(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	binary := filepath.Join(dir, "concord")
	build := exec.Command("go", "build", "-o", binary, "../../cmd/concord")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	server := exec.Command(binary, "serve", "--listen", "127.0.0.1:0", "--data", filepath.Join(dir, "concord.db"), "--log-level", "warn")
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	server.Stderr = os.Stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT)
		done := make(chan struct{})
		go func() { defer close(done); _ = server.Wait() }()
		select {
		case <-done:
		case <-time.After(time.Minute):
			t.Error("the server did not end: an open stream of events holds it up")
			_ = server.Process.Kill()
			<-done
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server said nothing: %v", err)
	}
	url := regexp.MustCompile(`http://[^ ]+`).FindString(line)
	if answer, err := http.Get(url + "/health/ready"); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("the server at %s is not ready: %v", url, err)
	}
	return url
}

func TestJourneys(t *testing.T) {
	if _, err := os.Stat("node_modules/playwright-core"); err != nil {
		t.Fatal("node_modules is missing: run e2e/run.sh, which installs it")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	defer cancel()
	browser := exec.CommandContext(ctx, "node", "run.mjs")
	browser.Env = append(os.Environ(), "UI_URL="+start(t))
	out, err := browser.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints strings.Builder
	browser.Stderr = &complaints
	if err := browser.Start(); err != nil {
		t.Fatal(err)
	}
	ran := 0
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		columns := strings.SplitN(lines.Text(), "\t", 3)
		if len(columns) != 3 {
			t.Log(lines.Text())
			continue
		}
		ran++
		t.Run(columns[1], func(t *testing.T) {
			if columns[0] != "ok" {
				t.Error(columns[2])
			}
			t.Log(columns[2])
		})
	}
	if err := browser.Wait(); err != nil && !t.Failed() || ran == 0 {
		t.Errorf("the browser ran %d journeys: %v\n%s", ran, err, complaints.String())
	}
}
