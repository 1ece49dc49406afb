package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Names of subjects are free; a folder must hold any set of them so that nothing is to be done afterwards.
func TestAfterAPullThereIsNothingToDo(t *testing.T) {
	registry := startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--shutdown-delay", "0s")
	environ := []string{"SCHEMA_REGISTRY_URL=" + registry}
	dir := t.TempDir()
	var schemas []string
	for name, text := range map[string]string{
		"r.avsc":        `{"type": "record", "name": "R", "fields": []}`,
		"m.proto":       "syntax = \"proto3\";\nmessage M {}\n",
		"o.schema.json": `{"type": "object", "minProperties": 1.0}`,
	} {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		schemas = append(schemas, file)
	}
	part := rapid.SampledFrom([]string{"a", "A", "b", "/", "//", ".", "..", "%", "%2F", "{", "}", "{{", "{name}", " ", "é", "~2", ":", "*", "'", "#", "\"", "\\", "target", ".proto", ".avsc", "con", "-"})
	name := rapid.Map(rapid.SliceOfN(part, 1, 5), func(parts []string) string { return strings.Join(parts, "") })
	for seed := range 30 {
		context := fmt.Sprintf(":.c%d:", seed)
		registered := 0
		for i, subject := range rapid.SliceOfN(name, 1, 6).Example(seed) {
			_, stderr, code := run(environ, "register", context+subject, schemas[(seed+i)%len(schemas)])
			switch {
			case code == exitOK:
				registered++
			case code != exitFindings && !strings.Contains(stderr, "(4"): // a schema of another type, or a name that no subject may have
				t.Fatalf("%q: code %d: %s", subject, code, stderr)
			}
		}
		if registered == 0 {
			continue
		}
		out := filepath.Join(dir, fmt.Sprint("out", seed))
		if _, stderr, code := run(environ, "pull", context+"**", "--dir", out); code != exitOK {
			t.Fatalf("pull of %s: code %d: %s", context, code, stderr)
		}
		if stdout, stderr, code := run(environ, "plan", out, "--fail-on-changes", "--enable-deletes"); code != exitOK {
			t.Fatalf("plan of %s: code %d: %s%s", context, code, stdout, stderr)
		}
	}
}
