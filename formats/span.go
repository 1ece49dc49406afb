package formats

import "slices"

// Position is a place in a text. Line and Column count from 1; Column counts Unicode code points.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Span is a stretch of a text, from Start up to but not including End.
type Span struct {
	Start Position `json:"start"`
	End   Position `json:"end"`
}

// Lines turns byte offsets of one text into positions. Build it once per text; it is safe for concurrent use.
type Lines struct {
	text   string
	starts []int  // byte offset of the first byte of each line
	marks  []mark // one every markEvery bytes, so that a text of one long line is not counted from its start each time
	end    mark
}

// mark says how many code points come before a byte offset at which one starts.
type mark struct{ offset, points int }

const markEvery = 512

// NewLines indexes text. Lines end with "\n".
func NewLines(text string) *Lines {
	l := &Lines{text: text, starts: []int{0}}
	points := 0
	for i, r := range text {
		if i >= len(l.marks)*markEvery {
			l.marks = append(l.marks, mark{i, points})
		}
		points++
		if r == '\n' {
			l.starts = append(l.starts, i+1)
		}
	}
	l.end = mark{len(text), points}
	return l
}

// Position returns the place of a byte offset; offsets outside the text are moved to its ends.
func (l *Lines) Position(offset int) Position {
	offset = max(0, min(offset, len(l.text)))
	line, found := slices.BinarySearch(l.starts, offset)
	if !found {
		line--
	}
	return Position{Line: line + 1, Column: l.points(offset) - l.points(l.starts[line]) + 1}
}

// points counts the code points that start before offset.
func (l *Lines) points(offset int) int {
	if len(l.marks) == 0 {
		return 0
	}
	// The mark of a stretch stands at the first code point in it, which is a few bytes behind its start at most.
	i := min(offset/markEvery, len(l.marks)-1)
	if l.marks[i].offset > offset {
		i--
	}
	m, next := l.marks[i], l.end
	if i+1 < len(l.marks) {
		next = l.marks[i+1]
	}
	if next.points-m.points == next.offset-m.offset { // a code point is a byte here
		return m.points + offset - m.offset
	}
	points := m.points
	for i := range l.text[m.offset:] {
		if m.offset+i >= offset {
			break
		}
		points++
	}
	return points
}

// Span returns the stretch between two byte offsets.
func (l *Lines) Span(start, end int) *Span {
	return &Span{Start: l.Position(start), End: l.Position(end)}
}
