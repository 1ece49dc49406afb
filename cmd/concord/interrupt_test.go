package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// interrupting is a registry that has the process interrupted as soon as it is asked for something that begins with path, and
// never answers that. It has nothing else.
func interrupting(t *testing.T, method, path string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == method && strings.HasPrefix(r.URL.Path, path):
			_, _ = io.Copy(io.Discard, r.Body) // a server notices that a client has gone once it has read what that sent
			if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
				t.Error(err)
			}
			select {
			case <-r.Context().Done():
			case <-time.After(10 * time.Second):
				t.Errorf("%s %s goes on after the interrupt", method, path)
			}
		case r.URL.Path == "/config":
			w.Write([]byte(`{"compatibilityLevel":"BACKWARD"}`))
		case strings.HasPrefix(r.URL.Path, "/mode"):
			w.Write([]byte(`{"mode":"READWRITE"}`))
		default:
			w.Write([]byte(`[]`))
		}
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func runHere(t *testing.T, args ...string) (code int, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	m := &Main{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}
	return m.Run(t.Context(), args), errs.String()
}

func TestAnInterruptedImportSaysThatTheRegistryIsInModeImport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "export.jsonl")
	text := `{"format":"concord-export","formatVersion":1,"source":"x"}
{"version":{"subject":"a","version":1,"id":1,"schemaType":"AVRO","schema":"\"string\""}}
{"end":2}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	code, stderr := runHere(t, "import", file, "--registry", interrupting(t, http.MethodPost, "/subjects/a/versions"))
	if code != exitFailed || !strings.Contains(stderr, "interrupted; what was imported stays, and so does mode IMPORT") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestAnInterruptedBackupLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	code, stderr := runHere(t, "backup", filepath.Join(dir, "a.backup"), "--registry", interrupting(t, http.MethodGet, "/api/backup"))
	left, err := os.ReadDir(dir)
	if err != nil || code != exitFailed || !strings.Contains(stderr, "interrupted") || len(left) > 0 {
		t.Errorf("exit code %d: %s; %v, %v", code, stderr, left, err)
	}
}

func TestJSONThatIsNoRegistrysIsNotTakenForAnAnswer(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.avsc"), []byte(`"string"`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, answer := range []string{`null`, `{"status":"ok"}`} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(answer)) }))
		for _, args := range [][]string{
			{"register", "a", filepath.Join(dir, "a.avsc")}, {"plan", dir}, {"get", "subjects"}, {"get", "subject", "a"}, {"export"}, {"doctor"},
		} {
			if code, stderr := runHere(t, append(args, "--registry", s.URL)...); code != exitFailed || !strings.Contains(stderr, "does not answer as a schema registry does") {
				t.Errorf("%s, %v: exit code %d: %s", answer, args, code, stderr)
			}
		}
		s.Close()
	}
}
