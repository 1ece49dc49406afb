package httpapi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryKnownMistakeAndDifferenceHasATest holds the names of the tests against the numbers of the contract: 54
// behaviours that servers get wrong, and 43 points on which servers differ.
func TestEveryKnownMistakeAndDifferenceHasATest(t *testing.T) {
	var names strings.Builder
	golden, err := filepath.Glob("testdata/golden/*.http")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range golden {
		fmt.Fprintln(&names, filepath.Base(file))
	}
	sources, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range sources {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		names.Write(source)
	}
	for kind, count := range map[string]int{"mistake": 54, "row": 43} {
		for n := 1; n <= count; n++ {
			inFile := fmt.Sprintf("\n%s-%02d-", kind, n)
			inSource := fmt.Sprintf("\nfunc Test%s%02d", strings.ToUpper(kind[:1])+kind[1:], n)
			if !strings.Contains("\n"+names.String(), inFile) && !strings.Contains(names.String(), inSource) {
				t.Errorf("%s %d has no test", kind, n)
			}
		}
	}
}
