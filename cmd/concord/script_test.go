package main

import (
	"context"
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata/script")

// TestMain makes this test binary double as concord, so that scripts run the real program in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"concord": main})
}

func TestScripts(t *testing.T) {
	// A command that hangs says where before the time of all tests is up.
	deadline, limited := t.Deadline()
	if !limited {
		deadline = time.Now().Add(10 * time.Minute)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Deadline:            deadline.Add(-time.Minute),
		Setup: func(env *testscript.Env) error {
			servers := servers{}
			env.Values[serversKey{}] = servers
			env.Values[slowKey{}] = slowRequests{}
			env.Defer(servers.kill)
			repo, err := filepath.Abs("../..")
			env.Setenv("REPO", repo)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exitcode": cmdExitCode,
			"flip":     cmdFlip,
			"large":    cmdLarge,
			"serve":    cmdServe,
			"signal":   cmdSignal,
			"exited":   cmdExited,
			"http":     cmdHTTP,
			"notready": cmdNotReady,
			"until":    cmdUntil,
			"closed":   cmdClosed,
			"address":  cmdAddress,
			"sigkill":  cmdKill,
			"begin":    cmdBegin,
			"finish":   cmdFinish,
			"step":     cmdStep,
		},
	})
}

// startServer runs `concord serve` inside the test process, on a free port, until the test ends. It returns the URL.
func startServer(t testing.TB, args ...string) string {
	t.Helper()
	return startServerIn(t, nil, args...)
}

func startServerIn(t testing.TB, environ []string, args ...string) string {
	t.Helper()
	stdout, stderr := newSafeBuffer(), newSafeBuffer()
	m := &Main{Stdin: strings.NewReader(""), Stdout: stdout, Stderr: stderr, Environ: environ}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	code := 0
	go func() {
		code = m.Run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
		close(done)
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if code != exitOK {
			t.Errorf("serve ends with code %d:\n%s", code, stderr)
		}
	})
	line, _ := stdout.line(done)
	url := urlInLine.FindString(line)
	if url == "" {
		t.Fatalf("no URL in %q; stderr:\n%s", line, stderr)
	}
	return url
}
