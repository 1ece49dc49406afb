package automaton

import (
	"encoding/binary"
	"sort"
	"unicode"
)

// alphabet partitions the Unicode scalar values into classes that no pattern concerned can tell apart.
type alphabet struct {
	starts  []rune  // first code point of each interval, ascending; the first is 0
	classes []int32 // class of each interval; none for the surrogates
	count   int
}

// none is the class of code points that no string contains.
const none = -1

const (
	surrogateMin = 0xD800
	surrogateMax = 0xDFFF
)

// class returns the class of r.
func (a *alphabet) class(r rune) int32 {
	i := sort.Search(len(a.starts), func(i int) bool { return a.starts[i] > r })
	return a.classes[i-1]
}

// partition builds the alphabet in which two intervals between cuts are in one class when signature says the same of
// their first code points. The signature is appended to the buffer it is given.
func partition(cuts []rune, signature func(key []byte, r rune) []byte) alphabet {
	cuts = append(cuts, 0, surrogateMin, surrogateMax+1)
	sort.Slice(cuts, func(i, j int) bool { return cuts[i] < cuts[j] })
	var a alphabet
	index := map[string]int32{}
	var key []byte
	for i, r := range cuts {
		if r > unicode.MaxRune || i > 0 && r == cuts[i-1] {
			continue
		}
		class := int32(none)
		if r < surrogateMin || r > surrogateMax {
			key = signature(key[:0], r)
			known, ok := index[string(key)]
			if !ok {
				known = int32(len(index))
				index[string(key)] = known
			}
			class = known
		}
		if n := len(a.classes); n > 0 && a.classes[n-1] == class {
			continue
		}
		a.starts = append(a.starts, r)
		a.classes = append(a.classes, class)
	}
	a.count = len(index)
	return a
}

// refine returns the alphabet whose classes are the tuples of the given alphabets' classes.
func refine(parts []*alphabet) alphabet {
	if len(parts) == 1 {
		return *parts[0]
	}
	var cuts []rune
	for _, p := range parts {
		cuts = append(cuts, p.starts...)
	}
	return partition(cuts, func(key []byte, r rune) []byte {
		for _, p := range parts {
			key = binary.AppendVarint(key, int64(p.class(r)))
		}
		return key
	})
}

// readable lists characters in the order in which a person would like to see them in an example.
var readable = []rune("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ #$%&'()*+,;<=>?![]^`{|}~\"\\")

// letters returns one code point of each class, the most readable it has, and lists the classes by readability.
func (a *alphabet) letters() (letter []rune, order []int32) {
	letter = make([]rune, a.count)
	seen := make([]bool, a.count)
	take := func(r rune) {
		if c := a.class(r); c >= 0 && !seen[c] {
			seen[c], letter[c] = true, r
			order = append(order, c)
		}
	}
	for _, r := range readable {
		if len(order) == a.count {
			return letter, order
		}
		take(r)
	}
	for _, r := range a.starts { // first what can be printed, beyond ASCII
		if unicode.IsPrint(r) {
			take(r)
		}
	}
	for _, r := range a.starts {
		take(r)
	}
	return letter, order
}

// words is the alphabet that tells apart every character of the given words.
func words(list []string) alphabet {
	seen := map[rune]bool{}
	var cuts []rune
	for _, word := range list {
		for _, r := range word {
			if !seen[r] {
				seen[r] = true
				cuts = append(cuts, r, r+1)
			}
		}
	}
	return partition(cuts, func(key []byte, r rune) []byte {
		if !seen[r] {
			return append(key, 0)
		}
		return binary.AppendVarint(append(key, 1), int64(r))
	})
}
