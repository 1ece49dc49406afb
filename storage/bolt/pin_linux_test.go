package bolt

import (
	"os"
	"strings"
	"testing"
)

func TestTheHeadsStayInMemory(t *testing.T) {
	path := newPath(t)
	mustOpen(t, path)
	maps, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Skip(err)
	}
	_, mapping, found := strings.Cut(string(maps), path)
	if !found {
		t.Fatal("the file is not mapped")
	}
	for line := range strings.Lines(mapping) {
		if size, ok := strings.CutPrefix(line, "Locked:"); ok {
			if strings.TrimSpace(size) == "0 kB" {
				t.Errorf("nothing of the mapping is locked")
			}
			return
		}
	}
	t.Skip("this system does not tell what is locked")
}
