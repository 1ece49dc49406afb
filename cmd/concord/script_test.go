package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this test binary double as concord, so that scripts run the real program in a process of its own.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"concord": main})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			servers := servers{}
			env.Values[serversKey{}] = servers
			env.Values[slowKey{}] = slowRequests{}
			env.Defer(servers.kill)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"serve":    cmdServe,
			"signal":   cmdSignal,
			"exited":   cmdExited,
			"http":     cmdHTTP,
			"notready": cmdNotReady,
			"closed":   cmdClosed,
			"address":  cmdAddress,
			"sigkill":  cmdKill,
			"begin":    cmdBegin,
			"finish":   cmdFinish,
		},
	})
}

// run runs a command inside the test process.
func run(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	out, errs := newSafeBuffer(), newSafeBuffer()
	m := &Main{Stdin: os.Stdin, Stdout: out, Stderr: errs, Environ: environ}
	code = m.Run(context.Background(), args)
	return code, out.String(), errs.String()
}
