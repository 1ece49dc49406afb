package doctor

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestADiskIsMeasuredAndLeftAsItWas(t *testing.T) {
	dir := t.TempDir()
	disk, err := ExamineDisk(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if disk.Writes < 1 || disk.P99 < disk.Median || disk.Slowest < disk.P99 {
		t.Errorf("%+v", disk)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%d files were left", len(left))
	}
	if _, err := ExamineDisk(t.Context(), filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there was measured")
	}
}

func TestTheTimeOfAWriteSaysWhatADiskIs(t *testing.T) {
	for _, test := range []struct {
		name   string
		median time.Duration
		want   string
	}{
		{"memory", 8 * time.Microsecond, CodeVolatile},
		{"the fastest disk", 60 * time.Microsecond, ""},
		{"a turning disk", 12 * time.Millisecond, ""},
		{"a disk of many", 200 * time.Millisecond, CodeSlow},
	} {
		var got string
		for _, f := range judgeDisk(test.median) {
			got += f.Code
		}
		if got != test.want {
			t.Errorf("%s: %q instead of %q", test.name, got, test.want)
		}
	}
}
