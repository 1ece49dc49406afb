package web

import (
	"html/template"
	"strings"

	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/formats"
)

// rowView is a row of two texts side by side, or a line of both when they are one above the other.
type rowView struct {
	Kind string // "same", "added", "removed", "changed"
	Old  *sideView
	New  *sideView
}

// sideView is one line of one text.
type sideView struct {
	Number  int
	Text    template.HTML // coloured, with what differs in a <mark>
	Class   string        // "bad", "warn", "note": the worst of the changes that start here; empty when none does
	Changes []int         // the numbers of those changes
}

// The bounds of what is shown of texts.
const (
	maxShownRows  = 3_000
	maxShownWidth = 2_000 // characters of a line
	foldAround    = 4
)

// marks are what is said about lines of one text, and which of them changed.
type marks struct {
	changed map[int]bool
	at      map[int]*sideView
}

// add notes a change at the first line that changed in the place it has in the text, and returns the number of that line:
// a removed field may begin with a brace that stayed, as the brace of the next one. 0 means that nothing changed there.
func (m marks) add(s *diff.Side, change *diff.Change, number int) int {
	if s == nil || s.Span == nil {
		return 0
	}
	for line := s.Span.Start.Line; line <= s.Span.End.Line; line++ {
		if !m.changed[line] {
			continue
		}
		if m.at[line] == nil {
			m.at[line] = &sideView{Class: "note"}
		}
		m.at[line].Changes = append(m.at[line].Changes, number)
		m.at[line].Class = worseClass(m.at[line].Class, change)
		return line
	}
	return 0
}

// markChanges puts the changes of a diff on its rows. The last results say at which line of the old and the new text each
// change is marked.
func markChanges(d *diff.Diff, rows []diff.Row) (old, next marks, places []marking) {
	old, next = marks{map[int]bool{}, map[int]*sideView{}}, marks{map[int]bool{}, map[int]*sideView{}}
	for _, row := range rows {
		if row.Kind != diff.Same && row.Old != nil {
			old.changed[row.Old.Number] = true
		}
		if row.Kind != diff.Same && row.New != nil {
			next.changed[row.New.Number] = true
		}
	}
	for i := range d.Changes {
		if i == maxShownChanges {
			break
		}
		c := &d.Changes[i]
		places = append(places, marking{old.add(c.Old, c, i+1), next.add(c.New, c, i+1)})
	}
	return old, next, places
}

// marking is where a change is marked in the two texts; 0 where it is not.
type marking struct{ old, next int }

func worseClass(class string, c *diff.Change) string {
	switch {
	case c.Backward == diff.Breaks || c.Forward == diff.Breaks || class == "bad":
		return "bad"
	case c.Backward == diff.Warns || c.Forward == diff.Warns || class == "warn":
		return "warn"
	}
	return class
}

// textView is the lines of two texts as they are shown.
type textView struct {
	Rows   [][]rowView // in stretches
	More   int         // rows that are left out because there are too many
	places []marking   // of each change
	lines  lineSet     // that are shown
}

// textViewOf shows the lines of a diff. whole shows what did not change, too.
func textViewOf(d *diff.Diff, whole, unified bool) textView {
	rows := rowsOf(d)
	old, next, places := markChanges(d, rows)
	oldRuns, newRuns := coloured(d.OldType, d.OldText, nil), coloured(d.NewType, d.NewText, nil)
	v := textView{places: places, lines: lineSet{"o": {}, "n": {}}}
	hunks := [][]diff.Row{rows}
	if !whole {
		hunks = diff.Fold(rows, foldAround)
	}
	left := maxShownRows
	for _, hunk := range hunks {
		if len(hunk) > left {
			v.More += len(hunk) - left
			hunk = hunk[:left]
		}
		left -= len(hunk)
		if len(hunk) == 0 {
			continue
		}
		var views []rowView
		for _, row := range hunk {
			view := rowView{Kind: string(row.Kind), Old: sideOf(row.Old, oldRuns, old), New: sideOf(row.New, newRuns, next)}
			if view.Old != nil {
				v.lines["o"][view.Old.Number] = true
			}
			if view.New != nil {
				v.lines["n"][view.New.Number] = true
			}
			views = append(views, view)
		}
		if unified {
			views = oneAboveTheOther(views)
		}
		v.Rows = append(v.Rows, views)
	}
	return v
}

// rowsOf compares the texts of a diff line by line.
func rowsOf(d *diff.Diff) []diff.Row {
	return diff.Lines(withoutCommas(d.OldType, d.OldText), withoutCommas(d.NewType, d.NewText))
}

// withoutCommas leaves out what ends lines of JSON only because another follows: where that one came or went, the line is still
// the same.
func withoutCommas(t formats.Type, text string) string {
	if t == formats.Protobuf {
		return text
	}
	return strings.ReplaceAll(text, ",\n", "\n")
}

func sideOf(l *diff.Line, lines [][]run, marked marks) *sideView {
	if l == nil {
		return nil
	}
	view := &sideView{Number: l.Number, Text: markedText(lines[l.Number-1], l.MarkStart, l.MarkEnd)}
	if m := marked.at[l.Number]; m != nil {
		view.Class, view.Changes = m.Class, m.Changes
	}
	return view
}

// markedText writes a line, of which what stands from start to end (in code points) is marked. It cuts what nobody reads to
// its end.
func markedText(line []run, start, end int) template.HTML {
	var out strings.Builder
	at := 0
	for _, r := range line {
		text := []rune(r.text)
		for len(text) > 0 && at < maxShownWidth {
			stop := min(at+len(text), maxShownWidth)
			for _, edge := range []int{start, end} {
				if at < edge {
					stop = min(stop, edge)
				}
			}
			piece := run{class: r.class, text: string(text[:stop-at])}
			if start <= at && at < end {
				out.WriteString("<mark>")
				piece.write(&out)
				out.WriteString("</mark>")
			} else {
				piece.write(&out)
			}
			text, at = text[stop-at:], stop
		}
		if len(text) > 0 {
			out.WriteString("…")
			break
		}
	}
	return template.HTML(out.String())
}

// oneAboveTheOther puts what was removed above what was added, as unified differences have it.
func oneAboveTheOther(rows []rowView) []rowView {
	var out, added []rowView
	flush := func() { out, added = append(out, added...), nil }
	for _, row := range rows {
		if row.Kind == string(diff.Same) {
			flush()
			out = append(out, row)
			continue
		}
		if row.Old != nil {
			out = append(out, rowView{Kind: string(diff.Removed), Old: row.Old})
		}
		if row.New != nil {
			added = append(added, rowView{Kind: string(diff.Added), New: row.New})
		}
	}
	flush()
	return out
}
