package web

import (
	"fmt"
	"slices"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
)

// changeView is one difference between two schemas.
type changeView struct {
	ID       string // of its element on the page
	Number   int
	Kind     string // "added", "removed", "changed", "reordered"
	Message  string
	Effects  []effectView
	Findings []findingView
	Href     string // leads to its line, when that is on the page
	Line     string // "line 3"
}

// effectView is what a change means to somebody.
type effectView struct {
	Who     string // "New readers, old data"
	Words   string // "fine", "warning", "breaks"
	Class   string // "good", "warn", "bad"
	Matters bool   // the level in force asks for this direction
}

// effectViews shows both directions.
func effectViews(backward, forward diff.Effect, level compat.Level) []effectView {
	view := func(direction compat.Direction, effect diff.Effect) effectView {
		v := effectView{Who: directionWords(direction), Words: "fine", Class: "good", Matters: slices.Contains(level.Directions(), direction)}
		switch effect {
		case diff.Warns:
			v.Words, v.Class = "warning", "warn"
		case diff.Breaks:
			v.Words, v.Class = "breaks", "bad"
		case diff.Unknown:
			v.Words, v.Class = "not looked at", "warn"
		}
		return v
	}
	return []effectView{view(compat.NewReadsOld, backward), view(compat.OldReadsNew, forward)}
}

// changeViews shows the changes of a diff. Their ids start with prefix; text is what of the lines is on the page.
func changeViews(d *diff.Diff, level compat.Level, prefix string, text textView) []changeView {
	views := make([]changeView, 0, min(len(d.Changes), maxShownChanges))
	for i := range d.Changes {
		if i == maxShownChanges {
			break
		}
		c := &d.Changes[i]
		view := changeView{
			ID: fmt.Sprintf("%schange-%d", prefix, i+1), Number: i + 1, Kind: string(c.Kind), Message: c.Message,
			Effects: effectViews(c.Backward, c.Forward, level), Findings: findingViews(c.Findings),
		}
		if i < len(text.places) {
			view.Line, view.Href = text.lines.of(text.places[i])
		}
		for j := range view.Findings {
			f := &view.Findings[j]
			if text.lines["n"][f.Line] {
				f.Href = fmt.Sprintf("#n%d", f.Line)
			}
		}
		views = append(views, view)
	}
	return views
}

// maxShownChanges bounds the changes of one list.
const maxShownChanges = 200

// lineSet holds the numbers of the lines that are on the page, of the old text ("o") and the new one ("n"); they have the
// ids o1, n1 and so on.
type lineSet map[string]map[int]bool

// of names the line that a change is marked at, and the address of it.
func (l lineSet) of(p marking) (words, href string) {
	side, number := "n", p.next
	if number == 0 {
		side, number = "o", p.old
	}
	switch {
	case number == 0:
		return "", ""
	case side == "o":
		words = fmt.Sprintf("old line %d", number)
	default:
		words = fmt.Sprintf("line %d", number)
	}
	if l[side][number] {
		href = fmt.Sprintf("#%s%d", side, number)
	}
	return words, href
}
