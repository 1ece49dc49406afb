package main

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
)

func TestAPlanIsWholeOrAnErrorWhenTheRegistryFailsToAnswerOnce(t *testing.T) {
	registry, err := url.Parse(startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--shutdown-delay", "0s"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "money.avsc"), `{"type":"record","name":"Money","fields":[]}`)
	writeFile(t, filepath.Join(dir, "order.avsc"), `{"type":"record","name":"Order","fields":[{"name":"sum","type":"Money"}]}`)
	if stdout, stderr, code := run(nil, "apply", dir, "--yes", "--registry", registry.String()); code != 0 {
		t.Fatalf("exit code %d: %s%s", code, stdout, stderr)
	}
	writeFile(t, filepath.Join(dir, "order.avsc"), `{"type":"record","name":"Order","doc":"new","fields":[{"name":"sum","type":"Money"}]}`)

	proxy := httputil.NewSingleHostReverseProxy(registry)
	var asked, failing atomic.Int64
	between := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == failing.Load() {
			http.Error(w, "overloaded", http.StatusServiceUnavailable)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	defer between.Close()
	plan := func() (string, string, int) {
		return run(nil, "plan", dir, "-o", "json", "--registry", between.URL)
	}
	whole, stderr, code := plan()
	if code != 0 || !strings.Contains(whole, `"changes"`) {
		t.Fatalf("exit code %d: %s%s", code, whole, stderr)
	}
	for n := range asked.Load() {
		asked.Store(0)
		failing.Store(n + 1)
		if stdout, stderr, code := plan(); code != 1 || !strings.Contains(stderr, "503") {
			t.Errorf("without an answer to request %d: exit code %d, %s%s", n+1, code, stdout, stderr)
		}
	}
}

func TestAPlanTellsOfASchemaThatIsTooLargeToCompare(t *testing.T) {
	environ := []string{"SCHEMA_REGISTRY_URL=" + startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--shutdown-delay", "0s")}
	file := filepath.Join(t.TempDir(), "large.avsc")
	writeFile(t, file, union("A"))
	for _, args := range [][]string{{"register", "large", file}, {"set", "level", "NONE", "large"}} {
		if stdout, stderr, code := run(environ, args...); code != 0 {
			t.Fatalf("%v: exit code %d: %s%s", args, code, stdout, stderr)
		}
	}
	writeFile(t, file, union("B"))
	stdout, stderr, code := run(environ, "plan", filepath.Dir(file))
	if code != 0 || !strings.Contains(stdout, "note: What large.avsc changes is not told: comparing the schemas takes more than") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}
