package formats_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
)

// plainPosition is the definition: lines and code points that begin before the offset, counted one by one.
func plainPosition(text string, offset int) formats.Position {
	p := formats.Position{Line: 1, Column: 1}
	for i, r := range text {
		if i >= max(offset, 0) {
			break
		}
		p.Column++
		if r == '\n' {
			p.Line++
			p.Column = 1
		}
	}
	return p
}

func TestPositionCountsLinesAndCodePoints(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "\n", "é", "漢", "😀", "\xff", "\xe6\xbc", strings.Repeat("x", 300), strings.Repeat("ü", 300)})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "text"), "")
		offset := rapid.IntRange(-1, len(text)+1).Draw(t, "offset")
		if got, want := formats.NewLines(text).Position(offset), plainPosition(text, offset); got != want {
			t.Fatalf("byte %d of %q is at %v, want %v", offset, text, got, want)
		}
	})
}

// Canonical texts have one line, and a report has two places for each of its findings.
func TestPositionInOneLongLineDoesNotCountItFromItsStart(t *testing.T) {
	lines := formats.NewLines(strings.Repeat("é", 2<<20))
	cputest.Within(t, 5*time.Second, func() { // counting from the start takes minutes
		for i := range 50_000 {
			lines.Position(4<<20 - i)
		}
	})
}
