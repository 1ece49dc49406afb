//go:build e2e && linux

package torture

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// mutant is a bug that is put into the server by a change of its source. All are in one program, and the variable MUTANT
// says which one is awake, if any.
type mutant struct {
	name, file string
	old, bad   string // bad may say mutant.On("name")
}

// ablations take away what whole tests rest on.
var ablations = []mutant{
	{"no-sync", "storage/bolt/open.go",
		`FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize()}`,
		`FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize(), NoSync: mutant.On("no-sync"), NoGrowSync: mutant.On("no-sync")}`},
	{"no-checksum", "storage/bolt/value.go",
		`if binary.BigEndian.Uint32(value[end:]) != checksum(b, key, value[:end])`,
		`if !mutant.On("no-checksum") && binary.BigEndian.Uint32(value[end:]) != checksum(b, key, value[:end])`},
	{"no-revision-check", "registry/register.go",
		`if err := g.unmoved(v); err != nil {`,
		`if err := g.unmoved(v); err != nil && !mutant.On("no-revision-check") {`},
}

const module = "github.com/concord-registry/concord"

const mutantPackage = `package mutant

import "os"

var awake = os.Getenv("MUTANT")

// On reports whether a seeded bug is awake.
func On(name string) bool { return name == awake }
`

// mutants builds the program with the seeded bugs, once for all tests.
func mutants(t *testing.T) string {
	t.Helper()
	program, err := buildMutants()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var buildMutants = sync.OnceValues(func() (string, error) {
	top, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	sources := map[string]string{filepath.Join(top, "mutant", "mutant.go"): mutantPackage}
	for _, m := range ablations {
		file := filepath.Join(top, m.file)
		if sources[file] == "" {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			name, rest, _ := strings.Cut(string(text), "\n\nimport (")
			sources[file] = name + "\n\nimport \"" + module + "/mutant\"\n\nimport (" + rest
		}
		if n := strings.Count(sources[file], m.old); n != 1 {
			return "", fmt.Errorf("mutant %s: %s has %q %d times; the table of mutants has to follow the source", m.name, m.file, m.old, n)
		}
		sources[file] = strings.Replace(sources[file], m.old, m.bad, 1)
	}
	for file, text := range sources {
		replace[file] = filepath.Join(scratch, fmt.Sprintf("mutant-%d.go", len(replace)))
		if err := os.WriteFile(replace[file], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	program := filepath.Join(scratch, "concord-mutants")
	return program, build(program, "-overlay", list)
})
