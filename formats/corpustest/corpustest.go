// Package corpustest reads the labelled cases that tests use when they are present. They live beside the repository, in
// ../shared/corpus, or where CONCORD_CORPUS points; they are not part of it.
package corpustest

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Dir returns the folder of the labelled cases, and whether it exists.
func Dir(t testing.TB) (string, bool) {
	t.Helper()
	dir := os.Getenv("CONCORD_CORPUS")
	if dir == "" {
		root, err := os.Getwd()
		if err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			parent := filepath.Dir(root)
			if parent == root {
				t.Fatal("corpustest: no go.mod above the working directory")
			}
			root = parent
		}
		dir = filepath.Join(root, "..", "shared", "corpus")
	}
	info, err := os.Stat(dir)
	return dir, err == nil && info.IsDir()
}

// Read returns a whole file of the labelled cases, or skips the test when the folder is not there. A folder without the
// file is a failure: nothing would have run.
func Read(t testing.TB, name string) []byte {
	t.Helper()
	dir, ok := Dir(t)
	if !ok {
		t.Skipf("labelled cases not present (%s); set CONCORD_CORPUS to run them", dir)
	}
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Rows calls f for each JSON line of the named file and logs how many there were. No row is a failure.
func Rows[T any](t testing.TB, name string, f func(row T)) {
	t.Helper()
	rows(t, name, 1, f)
}

// Sample is Rows for tests that take long: it calls f for one row in every so many, and for all of them where CORPUS_ROWS=all is
// set in the environment, as it is in CI.
func Sample[T any](t testing.TB, name string, every int, f func(row T)) {
	t.Helper()
	if Whole() {
		every = 1
	}
	rows(t, name, every, f)
}

// Whole reports whether Sample reads every row, so that a share of them means what it says.
func Whole() bool { return os.Getenv("CORPUS_ROWS") == "all" }

func rows[T any](t testing.TB, name string, every int, f func(row T)) {
	t.Helper()
	dir, ok := Dir(t)
	if !ok {
		t.Skipf("labelled cases not present (%s); set CONCORD_CORPUS to run them", dir)
	}
	file, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 64<<20)
	n, called := 0, 0
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if n++; (n-1)%every != 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			t.Fatalf("%s: row %d: %v", name, n, err)
		}
		called++
		f(row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatalf("%s: no rows", name)
	}
	if called < n {
		t.Logf("corpus %s: %d rows of %d (CORPUS_ROWS=all for every one)", name, called, n)
		return
	}
	t.Logf("corpus %s: %d rows", name, n)
}
