package automaton

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Language is a set of strings: those that match all of Match, none of Avoid, have between MinLength and MaxLength
// characters, and are not in Except.
type Language struct {
	Match, Avoid []*Pattern
	MinLength    int
	MaxLength    int // no bound when negative
	Except       []string
}

// Shortest returns a shortest string of the language, made of characters as readable as it allows; found is false when
// the language is proved empty. The error is the meter's, or ErrTooLarge.
func (l Language) Shortest(meter Meter) (word string, found bool, err error) {
	if l.MaxLength >= 0 && l.MinLength > l.MaxLength {
		return "", false, nil
	}
	if len(l.Match) == 0 && len(l.Avoid) == 0 {
		return l.plain(meter)
	}
	for _, m := range l.Match {
		for _, a := range l.Avoid {
			if m == a || m.source == a.source {
				return "", false, nil
			}
		}
	}
	return newProduct(l.Match, l.Avoid, l.Except).shortest(l.MinLength, l.MaxLength, meter)
}

// Has reports whether word is in the language.
func (l Language) Has(word string) bool {
	if n := Length(word); n < l.MinLength || l.MaxLength >= 0 && n > l.MaxLength || slices.Contains(l.Except, word) {
		return false
	}
	for _, p := range l.Match {
		if !p.MatchString(word) {
			return false
		}
	}
	for _, p := range l.Avoid {
		if p.MatchString(word) {
			return false
		}
	}
	return true
}

// plain handles a language without patterns: it tries the simplest words there are.
func (l Language) plain(meter Meter) (string, bool, error) {
	if err := meter(1 + l.MinLength/64 + len(l.Except)/8); err != nil {
		return "", false, err
	}
	taken := make(map[string]bool, len(l.Except))
	for _, word := range l.Except {
		taken[word] = true
	}
	word := slices.Repeat(readable[:1], l.MinLength)
	for range len(l.Except) + 1 {
		if s := string(word); !taken[s] {
			return s, true, nil
		}
		if word = next(word); l.MaxLength >= 0 && len(word) > l.MaxLength {
			return newProduct(nil, nil, l.Except).shortest(l.MinLength, l.MaxLength, meter)
		}
	}
	return newProduct(nil, nil, l.Except).shortest(l.MinLength, l.MaxLength, meter)
}

// next is the word after this one, in order of length and then of readability.
func next(word []rune) []rune {
	for i := len(word) - 1; i >= 0; i-- {
		if k := slices.Index(readable, word[i]); k+1 < len(readable) {
			word[i] = readable[k+1]
			return word
		}
		word[i] = readable[0]
	}
	return append(word, readable[0])
}

// product walks several automata at once.
type product struct {
	match, avoid []*Pattern
	except       *trie
	alphabet     alphabet
	letter       []rune
	order        []int32
	classes      [][]int32 // for each automaton: its own class for each class of the product

	nodes []node
	index map[string]int32
	key   []byte
}

// node is a state of the product reached by a shortest string.
type node struct {
	states []int32
	length int32
	from   int32
	letter rune
}

func newProduct(match, avoid []*Pattern, except []string) *product {
	p := &product{match: match, avoid: avoid, index: map[string]int32{}}
	var parts []*alphabet
	for _, pattern := range match {
		parts = append(parts, &pattern.alphabet)
	}
	for _, pattern := range avoid {
		parts = append(parts, &pattern.alphabet)
	}
	if len(except) > 0 {
		p.except = newTrie(except)
		parts = append(parts, &p.except.alphabet)
	}
	p.alphabet = refine(parts)
	p.letter, p.order = p.alphabet.letters()
	p.classes = make([][]int32, len(parts))
	for i, part := range parts {
		p.classes[i] = make([]int32, p.alphabet.count)
		for class, r := range p.letter {
			p.classes[i][class] = part.class(r)
		}
	}
	return p
}

// pattern returns the i-th automaton of match followed by avoid.
func (p *product) pattern(i int) *Pattern {
	if i < len(p.match) {
		return p.match[i]
	}
	return p.avoid[i-len(p.match)]
}

func (p *product) start(meter Meter) ([]int32, error) {
	n := len(p.match) + len(p.avoid)
	states := make([]int32, n, n+1)
	for i := range states {
		s, err := p.pattern(i).start(meter)
		if err != nil {
			return nil, err
		}
		states[i] = s
	}
	if p.except != nil {
		states = append(states, 0)
	}
	return states, nil
}

func (p *product) step(from []int32, class int32, meter Meter) ([]int32, error) {
	to := make([]int32, len(from))
	for i, s := range from {
		if i == len(p.match)+len(p.avoid) {
			to[i] = p.except.step(s, p.classes[i][class])
			continue
		}
		next, err := p.pattern(i).step(s, p.classes[i][class], meter)
		if err != nil {
			return nil, err
		}
		to[i] = next
	}
	return to, nil
}

// hopeless reports that no continuation is in the language.
func (p *product) hopeless(states []int32) bool {
	for i := range p.match {
		if states[i] == failed {
			return true
		}
	}
	for i := range p.avoid {
		if states[len(p.match)+i] == matched {
			return true
		}
	}
	return false
}

func (p *product) accepts(states []int32) bool {
	for i, pattern := range p.match {
		if !pattern.accepts(states[i]) {
			return false
		}
	}
	for i, pattern := range p.avoid {
		if pattern.accepts(states[len(p.match)+i]) {
			return false
		}
	}
	return p.except == nil || !p.except.accepts(states[len(states)-1])
}

// add keeps a node unless one like it is known. Strings shorter than minLength are told apart by their length.
func (p *product) add(n node, minLength int) error {
	p.key = appendStates(p.key[:0], n.states)
	p.key = appendStates(p.key, []int32{min(n.length, int32(minLength))})
	if _, known := p.index[string(p.key)]; known {
		return nil
	}
	if len(p.nodes) >= 4*maxStates {
		return ErrTooLarge
	}
	p.index[string(p.key)] = int32(len(p.nodes))
	p.nodes = append(p.nodes, n)
	return nil
}

func appendStates(key []byte, states []int32) []byte {
	for _, s := range states {
		key = append(key, byte(s), byte(s>>8), byte(s>>16), byte(s>>24))
	}
	return key
}

// shortest walks the product breadth first.
func (p *product) shortest(minLength, maxLength int, meter Meter) (string, bool, error) {
	states, err := p.start(meter)
	if err != nil {
		return "", false, err
	}
	if !p.hopeless(states) {
		if err := p.add(node{states: states, from: -1}, minLength); err != nil {
			return "", false, err
		}
	}
	for i := 0; i < len(p.nodes); i++ {
		n := p.nodes[i]
		if int(n.length) >= minLength && p.accepts(n.states) {
			return p.word(int32(i)), true, nil
		}
		if maxLength >= 0 && int(n.length) >= maxLength {
			continue
		}
		if err := meter(1 + len(p.order)*len(n.states)/8); err != nil {
			return "", false, err
		}
		for _, class := range p.order {
			to, err := p.step(n.states, class, meter)
			if err != nil {
				return "", false, err
			}
			if p.hopeless(to) {
				continue
			}
			if err := p.add(node{states: to, length: n.length + 1, from: int32(i), letter: p.letter[class]}, minLength); err != nil {
				return "", false, err
			}
		}
	}
	return "", false, nil
}

// word spells the string that leads to a node.
func (p *product) word(i int32) string {
	n := p.nodes[i].length
	runes := make([]rune, n)
	for ; n > 0; n-- {
		runes[n-1] = p.nodes[i].letter
		i = p.nodes[i].from
	}
	var out strings.Builder
	for _, r := range runes {
		out.WriteRune(r)
	}
	return out.String()
}

// Length is the length of a string as JSON Schema counts it: in code points.
func Length(s string) int { return utf8.RuneCountInString(s) }
