package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// union is a union of so many types that comparing it with another one takes more work than a comparison may.
func union(prefix string) string {
	branches := make([]string, 800)
	for i := range branches {
		branches[i] = fmt.Sprintf(`{"type":"fixed","name":"%s%d","size":1}`, prefix, i)
	}
	return "[" + strings.Join(branches, ",") + "]"
}

func TestASchemaThatIsTooLargeToCompareIsAFindingOfItsFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"old/large.avsc": union("A"), "new/large.avsc": union("B"),
		"old/small.avsc": `"int"`, "new/small.avsc": `"string"`,
	} {
		writeFile(t, filepath.Join(dir, name), text)
	}
	stdout, stderr, code := run(nil, "check", filepath.Join(dir, "new"), "--against", filepath.Join(dir, "old"))
	if code != 100 || !strings.Contains(stdout, "large.avsc:1:1: error: large: ") || !strings.Contains(stdout, "[COMPARISON_TOO_LARGE]") {
		t.Errorf("exit code %d, stdout:\n%s\nstderr:\n%s", code, stdout, stderr)
	}
	if !strings.Contains(stdout, "small.avsc:1:1: error: ") || !strings.Contains(stderr, "2 changed; 2 errors") {
		t.Errorf("the other file is not checked; stdout:\n%s\nstderr:\n%s", stdout, stderr)
	}
}
