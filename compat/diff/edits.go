package diff

import (
	"math"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// edits are the lines to replace in one text to get another; both end with a line feed, or are empty. Where lines that were
// only added, or only removed, could as well be said to stand a little higher or lower, they stand where a person would say
// that they do: a block begins with the line that opens it, not with the bracket that closes the block before.
func edits(oldText, newText string) []udiff.Edit {
	all := udiff.Lines(oldText, newText)
	done := 0 // where the edit before ends
	for i := range all {
		edit := &all[i]
		next := len(oldText)
		if i+1 < len(all) {
			next = all[i+1].Start
		}
		block := edit.New
		if block == "" {
			block = oldText[edit.Start:edit.End]
		}
		if edit.New == "" || edit.Start == edit.End {
			// The lines nearest to other edits stay, so that edits do not touch.
			before, after := lines(oldText[done:edit.Start]), lines(oldText[edit.End:next])
			if i > 0 && len(before) > 0 {
				before = before[1:]
			}
			if i+1 < len(all) && len(after) > 0 {
				after = after[:len(after)-1]
			}
			slide(edit, before, lines(block), after)
		}
		done = edit.End
	}
	return all
}

// lines are the lines of a text, each with its line feed.
func lines(text string) []string { return slices.Collect(strings.Lines(text)) }

// slide moves an edit that adds or removes a block to the place, of those that mean the same, where it begins best; of equals
// to the last.
func slide(edit *udiff.Edit, before, block, after []string) {
	all := slices.Concat(before, block, after)
	start, end := len(before), len(before)+len(block)
	for start > 0 && all[start-1] == all[end-1] {
		start, end = start-1, end-1
	}
	best := start
	for end < len(all) && all[start] == all[end] {
		start, end = start+1, end+1
		if beginning(all[start]) <= beginning(all[best]) {
			best = start
		}
	}
	moved := 0
	for _, line := range all[min(best, len(before)):max(best, len(before))] {
		moved += len(line)
	}
	if best < len(before) {
		moved = -moved
	}
	edit.Start, edit.End = edit.Start+moved, edit.End+moved
	if edit.New != "" {
		edit.New = strings.Join(all[best:best+len(block)], "")
	}
}

// beginning tells how bad a first line of a block a line would be: the deeper the worse. What closes a block is a part of it,
// and blank lines end one.
func beginning(line string) int {
	text := strings.TrimLeft(line, " \t")
	depth := 2 * (len(line) - len(text))
	switch {
	case strings.TrimSpace(text) == "":
		return math.MaxInt
	case strings.IndexByte("}])", text[0]) >= 0:
		return depth + 1
	}
	return depth
}
