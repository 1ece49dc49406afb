package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path"
	"strings"
	"testing"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const (
	seededFolders = 200 // of ten schemas each
	seededEdits   = 100 // of each kind
)

// A repository of 2,000 schemas with 100 breaking and 100 harmless edits: every breaking one is found, with its file and line, and
// beside them only what refers to a schema that was broken is reported.
func TestCheckFindsEveryBreakingEditAndNoOther(t *testing.T) {
	folders, edits := seededFolders, seededEdits
	if testing.Short() {
		folders, edits = 2*len(breaking), len(breaking)
	}
	before, after := t.TempDir(), t.TempDir()
	writeRepository(t, before, folders)
	writeRepository(t, after, folders)
	type place struct {
		path string
		line int
	}
	wanted, broken := map[place]edit{}, map[string]bool{}
	order := shuffled(7, folders)
	for i, n := range order[:2*edits] {
		if i < edits {
			e := breaking[i%len(breaking)]
			wanted[place{path.Join(folder(n), e.file), e.apply(t, after, n)}] = e
			broken[folder(n)] = true
			continue
		}
		e := harmless[i%len(harmless)]
		e.apply(t, after, n)
	}

	var stdout, stderr bytes.Buffer
	m := &Main{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
	if code := m.Run(context.Background(), []string{"check", after, "--against", before, "--error-format", "json", "--fail-on", "warning"}); code != exitFindings {
		t.Fatalf("exit code %d\n%s", code, &stderr)
	}
	t.Log(strings.TrimSpace(stderr.String()))
	found := map[place]bool{}
	for decoder := json.NewDecoder(&stdout); decoder.More(); {
		var f struct {
			Path    string
			Line    int `json:"start_line"`
			Message string
		}
		if err := decoder.Decode(&f); err != nil {
			t.Fatal(err)
		}
		at := place{path.Join(path.Base(path.Dir(f.Path)), path.Base(f.Path)), f.Line}
		found[at] = true
		if !broken[path.Dir(at.path)] {
			t.Errorf("a harmless edit is reported: %v: %s", at, f.Message)
		}
	}
	for at, e := range wanted {
		if !found[at] {
			t.Errorf("%v is not reported: %q -> %q", at, e.old, e.new)
			for other := range found {
				if other.path == at.path {
					t.Logf("but line %d is", other.line)
				}
			}
		}
	}
	if len(wanted) != edits {
		t.Errorf("%d breaking edits", len(wanted))
	}
}

// BenchmarkCheck checks 2,000 schemas, a tenth of them changed, against another folder and against a registry in this process:
//
//	go test ./cmd/concord -run '^$' -bench '^BenchmarkCheck$' -benchtime 1x
func BenchmarkCheck(b *testing.B) {
	before, after := b.TempDir(), b.TempDir()
	writeRepository(b, before, seededFolders)
	writeRepository(b, after, seededFolders)
	for i, n := range shuffled(7, seededFolders) {
		e := harmless[i%len(harmless)]
		e.apply(b, after, n)
	}
	check := func(b *testing.B, args ...string) {
		for range b.N {
			var stdout, stderr bytes.Buffer
			m := &Main{Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}
			if code := m.Run(context.Background(), append([]string{"check", after}, args...)); code != exitOK {
				b.Fatalf("exit code %d\n%s%s", code, &stderr, &stdout)
			}
			b.Log(strings.TrimSpace(stderr.String()))
		}
	}
	b.Run("offline", func(b *testing.B) { check(b, "--against", before) })
	url := startServer(b, "--data", path.Join(b.TempDir(), "concord.db"), "--shutdown-delay", "0s")
	registerAll(b, url, before)
	b.Run("registry", func(b *testing.B) { check(b, "--registry", url) })
}

// registerAll registers the schemas of a folder, what others refer to first.
func registerAll(t testing.TB, url, dir string) {
	t.Helper()
	e := engine.Default(formats.Limits{})
	p, err := project.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := p.Disk(e)
	if err != nil {
		t.Fatal(err)
	}
	c, err := client.New(client.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range tree.Files {
		r := client.Registration{Schema: f.Text, Type: f.Type, References: tree.References(f, func(*project.File) int { return 1 })}
		if _, err := c.Register(t.Context(), f.Subject, r, false); err != nil {
			t.Fatalf("%s: %v", f.Path, err)
		}
	}
}
