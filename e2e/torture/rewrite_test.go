//go:build e2e && linux

package torture

import (
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/torture/disk"
)

// TestAPowerCutLeavesTheOldFileOrTheNewOne cuts the power while commands put another data file in the place of one.
func TestAPowerCutLeavesTheOldFileOrTheNewOne(t *testing.T) {
	old, before := sampled(t)
	backup, after := extended(t, old)
	cuts := size(t, "REWRITES", 4, 100)
	for _, command := range []struct {
		name, want string // what is answered after the command
		args       []string
	}{
		{"compact", before, []string{"compact", "--data"}},
		{"restore", after, []string{"restore", backup, "--overwrite", "--data"}},
	} {
		t.Run(command.name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(4, 1))
			finished, replaced := 0, 0
			for cut := range cuts {
				d := mount(t, disk.Image{"concord.db": old})
				d.Set(disk.Faults{Delay: time.Duration(random.IntN(5)) * time.Millisecond})
				run := exec.Command(binary, append(command.args, filepath.Join(d.Dir, "concord.db"))...)
				if err := run.Start(); err != nil {
					t.Fatal(err)
				}
				ended := make(chan error, 1)
				go func() { ended <- run.Wait() }()
				done := false
				select {
				case err := <-ended:
					if done = true; err != nil {
						t.Errorf("cut %d: %s before the cut: %v", cut, command.name, err)
					}
				case <-time.After(time.Duration(random.IntN(120)) * time.Millisecond):
				}
				image := d.Cut(random)
				if !done {
					_ = run.Process.Kill()
					<-ended
				}
				if err := d.Unmount(); err != nil {
					t.Fatal(err)
				}
				got := answersAfter(t, image)
				if got != before && got != after || done && got != command.want {
					t.Errorf("cut %d: neither the old state nor the new one (done: %t): %.2000s", cut, done, got)
				}
				if done {
					finished++
				}
				if got == after {
					replaced++
				}
			}
			report(t, "power cuts during %s: %d, %d of them after its end; %d files have the state of the backup; losses: %t", command.name, cuts, finished, replaced, t.Failed())
		})
	}
}

// extended makes a backup of the sample with one more subject, and returns what a server answers from that.
func extended(t *testing.T, whole []byte) (backup, want string) {
	t.Helper()
	data := filepath.Join(t.TempDir(), "concord.db")
	if err := os.WriteFile(data, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, data)
	requireOK(t, s, http.MethodPost, "/subjects/later/versions", map[string]string{"schema": `"string"`})
	want, err := everything(s)
	if err != nil {
		t.Fatal(err)
	}
	backup = filepath.Join(t.TempDir(), "later.backup")
	if out, err := exec.Command(binary, "backup", "--registry", s.URL, backup).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	s.Kill()
	return backup, want
}

// answersAfter starts a server on what a cut has left.
func answersAfter(t *testing.T, image disk.Image) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range image {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := start(binary, filepath.Join(dir, "concord.db"), nil)
	if err != nil {
		return err.Error()
	}
	defer s.Kill()
	if s.Quarantined {
		return "in quarantine: " + s.Log()
	}
	got, err := everything(s)
	if err != nil {
		return err.Error()
	}
	return got
}
