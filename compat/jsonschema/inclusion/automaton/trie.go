package automaton

// trie is the automaton of a finite set of words.
type trie struct {
	alphabet alphabet
	next     []map[int32]int32 // by state, then class; a missing entry leaves the set
	word     []bool
}

// off is the state of a string that is no beginning of a word.
const off = -1

func newTrie(list []string) *trie {
	t := &trie{alphabet: words(list), next: []map[int32]int32{{}}, word: []bool{false}}
	for _, word := range list {
		at := int32(0)
		for _, r := range word {
			class := t.alphabet.class(r)
			next, ok := t.next[at][class]
			if !ok {
				next = int32(len(t.next))
				t.next = append(t.next, map[int32]int32{})
				t.word = append(t.word, false)
				t.next[at][class] = next
			}
			at = next
		}
		t.word[at] = true
	}
	return t
}

func (t *trie) step(state, class int32) int32 {
	if state == off {
		return off
	}
	if next, ok := t.next[state][class]; ok {
		return next
	}
	return off
}

func (t *trie) accepts(state int32) bool { return state != off && t.word[state] }
