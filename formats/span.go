package formats

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
	starts []int // byte offset of the first byte of each line
}

// NewLines indexes text. Lines end with "\n".
func NewLines(text string) *Lines {
	starts := []int{0}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return &Lines{text: text, starts: starts}
}

// Position returns the place of a byte offset; offsets outside the text are moved to its ends.
func (l *Lines) Position(offset int) Position {
	offset = max(0, min(offset, len(l.text)))
	lo, hi := 0, len(l.starts)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; l.starts[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	column := 1
	for i := range l.text[l.starts[lo]:] {
		if l.starts[lo]+i >= offset {
			break
		}
		column++
	}
	return Position{Line: lo + 1, Column: column}
}

// Span returns the stretch between two byte offsets.
func (l *Lines) Span(start, end int) *Span {
	return &Span{Start: l.Position(start), End: l.Position(end)}
}
