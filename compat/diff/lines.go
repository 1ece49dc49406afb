package diff

import (
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// Row is one row of two texts shown side by side.
type Row struct {
	// Kind is Same, Added (there is no Old), Removed (there is no New) or Changed (both differ).
	Kind Kind  `json:"kind"`
	Old  *Line `json:"old,omitempty"`
	New  *Line `json:"new,omitempty"`
}

// Same is the Kind of a row whose sides are equal.
const Same Kind = "same"

// Line is one line of a text.
type Line struct {
	Number int    `json:"number"` // from 1
	Text   string `json:"text"`   // without its line feed
	// MarkStart and MarkEnd enclose what differs in the line of a Changed row, in code points from 0.
	MarkStart int `json:"markStart,omitempty"`
	MarkEnd   int `json:"markEnd,omitempty"`
}

// Lines compares two texts line by line. Every line of both is in exactly one row, in order; Fold leaves out those that are
// far from any change. For texts that have little in common the rows are correct but need not be the fewest.
func Lines(oldText, newText string) []Row {
	oldText, newText = ended(oldText), ended(newText)
	rows, before, after := []Row{}, 0, 0
	old, new := split(oldText), split(newText)
	at := 0 // the line of old that each edit starts at is found by walking on
	offset := 0
	for _, edit := range edits(oldText, newText) {
		for offset < edit.Start {
			offset += len(old[at]) + 1
			at++
		}
		for before < at {
			rows = append(rows, Row{Kind: Same, Old: line(old, before), New: line(new, after)})
			before, after = before+1, after+1
		}
		for offset < edit.End {
			offset += len(old[at]) + 1
			at++
		}
		inserted := strings.Count(edit.New, "\n")
		rows = append(rows, replaced(old, new, before, at, after, after+inserted)...)
		before, after = at, after+inserted
	}
	for before < len(old) {
		rows = append(rows, Row{Kind: Same, Old: line(old, before), New: line(new, after)})
		before, after = before+1, after+1
	}
	return rows
}

// ended gives a text's last line its line feed: that one lacks it is no difference worth a row.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func line(lines []string, i int) *Line { return &Line{Number: i + 1, Text: lines[i]} }

// replaced puts the lines from..to of the old text next to those start..end of the new one.
func replaced(old, new []string, from, to, start, end int) (rows []Row) {
	for from < to && start < end {
		row := Row{Kind: Changed, Old: line(old, from), New: line(new, start)}
		mark(row.Old, row.New)
		rows = append(rows, row)
		from, start = from+1, start+1
	}
	for ; from < to; from++ {
		rows = append(rows, Row{Kind: Removed, Old: line(old, from)})
	}
	for ; start < end; start++ {
		rows = append(rows, Row{Kind: Added, New: line(new, start)})
	}
	return rows
}

// mark encloses what two lines do not begin and end with in common.
func mark(old, new *Line) {
	a, b := []rune(old.Text), []rune(new.Text)
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	old.MarkStart, old.MarkEnd = start, utf8.RuneCountInString(old.Text)-end
	new.MarkStart, new.MarkEnd = start, utf8.RuneCountInString(new.Text)-end
}

// Fold groups rows into stretches that hold all changes, each with so many unchanged rows around it. It is empty when nothing
// changed.
func Fold(rows []Row, around int) [][]Row {
	var hunks [][]Row
	end := 0 // of the last stretch
	for i, row := range rows {
		if row.Kind == Same {
			continue
		}
		start, stop := max(0, i-around), min(len(rows), i+around+1)
		if len(hunks) > 0 && start <= end {
			hunks[len(hunks)-1] = append(hunks[len(hunks)-1], rows[end:stop]...)
		} else {
			hunks = append(hunks, append([]Row{}, rows[start:stop]...))
		}
		end = stop
	}
	return hunks
}

// Unified is the difference of two texts as "diff -u" prints it, with three unchanged lines around each change. It is empty when
// they are equal.
func Unified(oldName, newName, oldText, newText string) string {
	oldText, newText = ended(oldText), ended(newText)
	text, _ := udiff.ToUnified(oldName, newName, oldText, edits(oldText, newText), udiff.DefaultContextLines) // fails for edits of another text
	return text
}
