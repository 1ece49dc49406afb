//go:build e2e

package ui

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// The editor's bundle is committed, so that nobody needs Node to build the server. It must be what its sources and the
// pinned packages make, byte by byte.
func TestTheBundleOfTheEditorIsWhatItsSourcesMake(t *testing.T) {
	const source = "../../web/editor"
	dir := t.TempDir()
	editor := filepath.Join(dir, "editor")
	if err := os.MkdirAll(filepath.Join(dir, "static"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(editor, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"package.json", "package-lock.json", "main.js", "build.mjs"} {
		data, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(editor, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range [][]string{{"npm", "ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"}, {"node", "build.mjs"}} {
		cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
		cmd.Dir = editor
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", command, err, out)
		}
	}
	made, err := os.ReadFile(filepath.Join(dir, "static", "codemirror.js"))
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../web/static/codemirror.js")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(made, committed) {
		t.Errorf("web/static/codemirror.js (%d bytes) is not what web/editor makes (%d bytes): run go generate ./web and commit it", len(committed), len(made))
	}
}
