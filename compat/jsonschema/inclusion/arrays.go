package inclusion

import "slices"

func (sv *solver) acceptsArray(r *arrayRules, v []any, own *seen, depth int) truth {
	if len(v) < r.minItems || r.maxItems != none && len(v) > r.maxItems {
		return no
	}
	if r.unique && !allDistinct(v) {
		return no
	}
	result := yes
	for i, item := range v {
		if i < len(r.prefix) {
			own.item(i)
			result = min(result, sv.accepts(r.prefix[i], item, nil, depth+1))
		} else if r.rest != nil {
			result = min(result, sv.accepts(r.rest, item, nil, depth+1))
		}
		if result == no {
			return no
		}
	}
	if r.restEvaluated {
		own.everything()
	}
	if r.contains != nil {
		result = min(result, sv.acceptsContains(r, v, own, depth))
	}
	return result
}

func (sv *solver) acceptsContains(r *arrayRules, v []any, own *seen, depth int) truth {
	sure, possible := 0, 0
	for i, item := range v {
		switch sv.accepts(r.contains, item, nil, depth+1) {
		case yes:
			sure++
			possible++
			if r.containsEvaluates {
				own.item(i)
			}
		case unsure:
			possible++
			if own != nil {
				own.doubt = true
			}
		}
	}
	switch {
	case possible < r.minContains || r.maxContains != none && sure > r.maxContains:
		return no
	case sure >= r.minContains && (r.maxContains == none || possible <= r.maxContains):
		return yes
	}
	return unsure
}

func allDistinct(v []any) bool {
	known := make(map[string]bool, len(v))
	for _, item := range v {
		id := identity(item)
		if known[id] {
			return false
		}
		known[id] = true
	}
	return true
}

// array is what the facts of a branch say about an array. Its head are the positions that something tells apart; all
// positions beyond have the same goal, which goalAt gives for any index from head on.
type array struct {
	sv       *solver
	min, max int // max is none when unbounded
	items    []itemsAre
	single   map[int]goal // of positions that must be there
	counts   []counts
	head     int
	distinct bool
	repeated bool
}

func (b *branch) readArray() *array {
	a := &array{sv: b.sv, max: none}
	for _, f := range b.facts {
		switch f := f.(type) {
		case minItems:
			a.min = max(a.min, f.n)
		case maxItems:
			if a.max == none || f.n < a.max {
				a.max = f.n
			}
		case itemsAre:
			a.items = append(a.items, f)
			a.head = max(a.head, len(f.prefix))
		case itemIs:
			if a.single == nil {
				a.single = map[int]goal{}
			}
			a.single[f.index] = append(a.single[f.index], f.is)
			a.min = max(a.min, f.index+1)
			a.head = max(a.head, f.index+1)
		case counts:
			a.count(f)
		case distinct:
			a.distinct = true
		case repeated:
			a.repeated = true
		}
	}
	return a
}

// count adds a fact about how many items have a property; "none of them" is a fact about each.
func (a *array) count(f counts) {
	switch {
	case f.max == 0 && f.min == 0:
		rest := f.is.opposite()
		none := itemsAre{rest: &rest}
		for range f.from {
			none.prefix = append(none.prefix, is(a.sv.anything()))
		}
		a.items = append(a.items, none)
	case f.min > 0 || f.max != none:
		a.counts = append(a.counts, f)
	}
	a.head = max(a.head, f.from)
}

// goalAt is the goal for the item at an index, if it is there.
func (a *array) goalAt(i int) goal {
	g := slices.Clone(a.single[i])
	for _, f := range a.items {
		if i < len(f.prefix) {
			g = append(g, f.prefix[i])
		} else if f.rest != nil {
			g = append(g, *f.rest)
		}
	}
	return g
}

// refutes reports whether a fact about arrays contradicts those at hand. It sees what is easy to see.
func (a *array) refutes(f fact) bool {
	switch f := f.(type) {
	case minItems:
		return a.max != none && f.n > a.max
	case maxItems:
		return f.n < a.min
	case itemIs:
		return a.max != none && f.index >= a.max || a.sv.part(a.goalAt(f.index).with(f.is)).verdict == empty
	case counts:
		return a.refutesCount(f)
	case repeated:
		return a.distinct || a.max != none && a.max < 2
	}
	return false
}

// contradictory reports whether an item that must be there cannot be.
func (a *array) contradictory() bool {
	if a.max != none && a.min > a.max || a.distinct && a.repeated {
		return true
	}
	for i := range min(a.min, a.head+1) {
		if a.sv.part(a.goalAt(i)).verdict == empty {
			return true
		}
	}
	return false
}

func (a *array) refutesCount(f counts) bool {
	if f.min == 0 {
		return false
	}
	if a.max != none && f.from+f.min > a.max {
		return true
	}
	for i := f.from; i <= max(a.head, f.from); i++ {
		if a.max != none && i >= a.max {
			break
		}
		if a.sv.part(a.goalAt(i).with(f.is)).verdict != empty {
			return false
		}
	}
	return true
}

// maxDecided bounds the arrays for which something is decided about every position. Others can be as long as fits into an
// instance.
const maxDecided = 5000

func (b *branch) buildArray() answer {
	a := b.readArray()
	if a.contradictory() {
		return answer{verdict: empty}
	}
	// Items beyond the head are interchangeable: whatever a longer array has to offer, one has that keeps of them only
	// those that a count asks for and, to repeat an item, two more.
	longest := max(a.min, a.head)
	for _, c := range a.counts {
		longest += c.min
		if c.min > 0 {
			a.min = max(a.min, c.from+c.min)
		}
	}
	if a.repeated {
		longest += 2
	}
	if a.max != none {
		longest = min(longest, a.max)
	}
	doubt := false
	for n := a.min; n <= longest; n++ {
		if n > maxInstance {
			b.sv.notes.tooLarge = true
			return answer{}
		}
		switch r := a.ofLength(n); r.verdict {
		case inhabited:
			return r
		case open:
			doubt = true
		}
		if b.sv.budget.err != nil {
			return answer{}
		}
	}
	if doubt {
		return answer{}
	}
	return answer{verdict: empty}
}

// ofLength builds an array of n items. Only as many positions are decided one by one as there are facts about them; the
// others, all beyond the head, get the same item.
func (a *array) ofLength(n int) answer {
	decided, bounded := a.head, false
	for _, c := range a.counts {
		decided += c.min
		bounded = bounded || c.max != none
	}
	if a.repeated {
		decided += 2
	}
	if a.distinct || bounded && n <= maxDecided {
		decided = n
	}
	decided = min(decided, n)
	if decided > maxDecided {
		a.sv.notes.tooLarge = true
		return answer{}
	}
	result := answer{verdict: empty}
	if !a.repeated {
		result = newRow(a, decided, n-decided, none, none).build()
	}
	for j := 1; a.repeated && j < min(decided, a.head+2); j++ {
		for i := range j {
			switch r := newRow(a, decided, n-decided, i, j).build(); r.verdict {
			case inhabited:
				return r
			case open:
				result = r
			}
		}
	}
	if result.verdict == empty && bounded && decided < n {
		a.sv.notes.tooLarge = true
		return answer{} // other items than the same for all might have done
	}
	return result
}
