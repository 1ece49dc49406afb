//go:build e2e && linux

// Package image tests what the container image promises, without a container engine: the static binary alone in an empty
// root directory, as a user without any rights.
package image

import (
	"bufio"
	"context"
	"debug/elf"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// nobody is the user of the Dockerfile.
const nobody = 65532

// build makes the binary as the Dockerfile does, once.
var build = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "concord-image-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "concord")
	command := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "../../cmd/concord")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, out)
	}
	return os.ReadFile(path)
})

// root is what the image holds: the binary and an empty /data that belongs to nobody.
func root(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	// The folders that testing makes are closed to others.
	for path := dir; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	binary, err := build()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "concord"), binary, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if err := os.Chown(filepath.Join(dir, "data"), nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// inside runs the binary with dir as its root directory and without rights.
func inside(ctx context.Context, dir string, environ []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/concord", args...)
	cmd.Dir = "/"
	cmd.Env = environ
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Chroot:     dir,
		Credential: &syscall.Credential{Uid: nobody, Gid: nobody},
	}
	return cmd
}

func TestTheBinaryNeedsNoLibraries(t *testing.T) {
	binary := filepath.Join(root(t), "concord")
	file, err := elf.Open(binary)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("libraries %v, error %v", libraries, err)
	}
	for _, program := range file.Progs {
		if program.Type == elf.PT_INTERP {
			t.Error("it asks for a loader")
		}
	}
	info, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("binary: %.1f MiB", float64(info.Size())/(1<<20))
	if info.Size() > 30<<20 {
		t.Errorf("the binary has %d bytes; the image is to stay below 30 MiB", info.Size())
	}
}

func TestItServesFromAnEmptyRootAsAUserWithoutRights(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("changing the root directory needs root")
	}
	dir := root(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	server := inside(ctx, dir, []string{"CONCORD_DATA=/data/concord.db", "CONCORD_LISTEN=127.0.0.1:0", "CONCORD_SHUTDOWN_DELAY=0s"}, "serve")
	stdout, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	server.Stderr = &stderr
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("%v; stderr:\n%s", err, stderr.String())
	}
	url := regexp.MustCompile(`http://\S+`).FindString(line)

	// The image's health check, in the image.
	check := inside(ctx, dir, []string{"CONCORD_LISTEN=" + strings.TrimPrefix(url, "http://")}, "wait", "--once", "--timeout", "3s")
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("health check: %v\n%s", err, out)
	}
	body := strings.NewReader(`{"schema": "\"string\""}`)
	resp, err := http.Post(url+"/subjects/a/versions", "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("registration: %s", resp.Status)
	}
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Errorf("%v; stderr:\n%s", err, stderr.String())
	}
	if out, err := inside(ctx, dir, nil, "wait", "--once", "--registry", url).CombinedOutput(); err == nil {
		t.Errorf("the health check passes without a server: %s", out)
	}

	// Nothing but /data was written.
	var written []string
	err = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if !entry.IsDir() {
			written = append(written, strings.TrimPrefix(path, dir))
		}
		return err
	})
	if err != nil || strings.Join(written, " ") != "/concord /data/concord.db" {
		t.Errorf("files: %v, error %v", written, err)
	}
}
