package catalog

import "strings"

// words is a vocabulary: every text once, by a small number. Texts that are no longer used give up their number.
type words struct {
	numbers map[string]uint32
	texts   []string
	folded  []string // in lower case
	uses    []uint32
	free    []uint32
}

func newWords() words { return words{numbers: map[string]uint32{}} }

// add counts a use of a text and returns its number.
func (w *words) add(text string) uint32 {
	if n, known := w.numbers[text]; known {
		w.uses[n]++
		return n
	}
	text = strings.Clone(text) // not the schema that it is part of
	folded := strings.ToLower(text)
	if folded == text {
		folded = text
	}
	if last := len(w.free) - 1; last >= 0 {
		n := w.free[last]
		w.free = w.free[:last]
		w.texts[n], w.folded[n], w.uses[n] = text, folded, 1
		w.numbers[text] = n
		return n
	}
	n := uint32(len(w.texts))
	w.texts, w.folded, w.uses = append(w.texts, text), append(w.folded, folded), append(w.uses, 1)
	w.numbers[text] = n
	return n
}

// drop takes back a use.
func (w *words) drop(n uint32) {
	if w.uses[n]--; w.uses[n] == 0 {
		delete(w.numbers, w.texts[n])
		w.texts[n], w.folded[n] = "", ""
		w.free = append(w.free, n)
	}
}

// having marks the numbers whose text contains a term in lower case; nil when none does.
func (w *words) having(term string) []bool {
	var marks []bool
	for n, text := range w.folded {
		if w.uses[n] > 0 && strings.Contains(text, term) {
			if marks == nil {
				marks = make([]bool, len(w.folded))
			}
			marks[n] = true
		}
	}
	return marks
}
