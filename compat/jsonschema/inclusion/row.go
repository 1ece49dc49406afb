package inclusion

import "slices"

// row is an array of known length in the making. For every position it is decided which of the counted properties the
// item has; then the items are chosen.
type row struct {
	*array
	n      int // positions to decide about
	more   int // positions after them, all with the same item
	filler goal
	twins  [2]int // two positions with the same item, or none
	goals  []goal // by position; beyond the head they are all that of the head's end
	chosen []goal // goals with what was decided about the counted properties
	dead   map[string]bool
	doubt  bool
}

func newRow(a *array, n, more, i, j int) *row {
	r := &row{array: a, n: n, more: more, filler: a.goalAt(a.head), twins: [2]int{i, j}, dead: map[string]bool{}}
	for p := range min(n, a.head) {
		r.goals = append(r.goals, a.goalAt(p))
	}
	for _, c := range a.counts {
		if c.max != none {
			r.filler = append(r.filler, c.is.opposite())
		}
	}
	beyond := a.goalAt(a.head)
	for p := a.head; p < n; p++ {
		r.goals = append(r.goals, beyond)
	}
	if i != none {
		both := r.goals[i].with(r.goals[j]...)
		r.goals[i], r.goals[j] = both, both
	}
	r.chosen = make([]goal, n)
	return r
}

func (r *row) build() answer {
	tally := make([]int, len(r.counts))
	return r.place(0, tally)
}

func (r *row) undecided() answer {
	if r.doubt || r.sv.budget.err != nil {
		return answer{}
	}
	return answer{verdict: empty}
}

// place decides about the positions from p on, given how often each counted property has occurred so far.
func (r *row) place(p int, tally []int) answer {
	if r.sv.budget.spend(1) != nil {
		return answer{}
	}
	if p == r.n {
		for i, c := range r.counts {
			if tally[i] < c.min {
				return answer{verdict: empty}
			}
		}
		return r.fill()
	}
	if p == r.twins[1] && p != none {
		return r.placeTwin(p, tally)
	}
	state := stateKey(p, tally)
	if r.dead[state] {
		return answer{verdict: empty}
	}
	result := r.try(p, 0, r.goals[p], tally)
	// With distinct items it matters which values are taken, with twins what the first one is; then the same state can end
	// differently.
	if result.verdict == empty && !r.distinct && r.twins[0] == none {
		r.dead[state] = true
	}
	return result
}

// placeTwin repeats at position p what was decided about its twin.
func (r *row) placeTwin(p int, tally []int) answer {
	first := r.chosen[r.twins[0]]
	next := slices.Clone(tally)
	for i, c := range r.counts {
		if p >= c.from && slices.Contains(first, c.is) {
			next[i]++
		} else if p >= c.from && !slices.Contains(first, c.is.opposite()) {
			return r.undecidedTwin()
		}
		if c.max != none && next[i] > c.max {
			return answer{verdict: empty}
		}
	}
	r.chosen[p] = first
	return r.place(p+1, next)
}

func (r *row) undecidedTwin() answer {
	r.doubt = true
	return answer{}
}

// try decides, for position p, about the counted properties from the i-th on.
func (r *row) try(p, i int, g goal, tally []int) answer {
	if i == len(r.counts) {
		for k, c := range r.counts { // enough positions left?
			if tally[k]+r.n-p-1 < c.min {
				return answer{verdict: empty}
			}
		}
		switch r.sv.part(g).verdict {
		case empty:
			return answer{verdict: empty}
		case open:
			r.doubt = true
			return answer{}
		}
		r.chosen[p] = g
		return r.place(p+1, tally)
	}
	c := r.counts[i]
	if p < c.from && p != r.twins[0] {
		return r.try(p, i+1, g, tally)
	}
	inRange := 0
	if p >= c.from {
		inRange = 1
	}
	result := answer{verdict: empty}
	if c.max == none && tally[i] >= c.min && p != r.twins[0] {
		return r.try(p, i+1, g, tally) // it does not matter any more
	}
	if c.max == none || tally[i]+inRange <= c.max {
		next := slices.Clone(tally)
		next[i] += inRange
		if a := r.try(p, i+1, g.with(c.is), next); a.verdict != empty {
			if a.verdict == inhabited {
				return a
			}
			result = a
		}
	}
	if a := r.try(p, i+1, g.with(c.is.opposite()), tally); a.verdict != empty {
		return a
	}
	return result
}

func stateKey(p int, tally []int) string {
	key := []byte{byte(p), byte(p >> 8)}
	for _, t := range tally {
		key = append(key, byte(t), byte(t>>8))
	}
	return string(key)
}

// fill chooses the items.
func (r *row) fill() answer {
	if r.distinct {
		return r.fillDistinct()
	}
	out := make([]any, r.n)
	for p, g := range r.chosen {
		a := r.sv.part(g)
		if a.verdict != inhabited {
			r.doubt = r.doubt || a.verdict == open
			return r.undecided()
		}
		out[p] = a.instance
	}
	if r.more == 0 {
		return found(out)
	}
	a := r.sv.part(r.filler)
	if a.verdict != inhabited || r.sv.budget.spend(r.more/64) != nil {
		r.doubt = r.doubt || a.verdict == open
		return r.undecided()
	}
	for range r.more {
		out = append(out, a.instance)
	}
	return found(out)
}

// fillDistinct chooses items no two of which are equal: it lists as many candidates for each position as there are
// positions, and looks for a matching.
func (r *row) fillDistinct() answer {
	m := matching{owner: map[string]int{}}
	listed := map[string][]any{}
	for _, g := range r.chosen {
		key := keyOf(g)
		if _, ok := listed[key]; !ok {
			values, complete := r.sv.several(g, r.n)
			if !complete {
				r.doubt = true
			}
			listed[key] = values
		}
		m.candidates = append(m.candidates, listed[key])
	}
	m.choice = make([]any, r.n)
	for p := range r.chosen {
		if r.sv.budget.spend(1+r.n/8) != nil || !m.assign(p, map[string]bool{}) {
			return r.undecided()
		}
	}
	return found(m.choice)
}

func keyOf(g goal) string {
	g, possible := g.normal()
	if !possible {
		return "-"
	}
	return g.key()
}

// several lists up to n different instances of a goal. complete is false when there may be more than were found.
func (sv *solver) several(g goal, n int) (values []any, complete bool) {
	for len(values) < n {
		next := g
		if len(values) > 0 {
			next = g.with(isNot(sv.listing(values)))
		}
		switch a := sv.part(next); a.verdict {
		case empty:
			return values, true
		case open:
			return values, false
		case inhabited:
			values = append(values, a.instance)
		}
		if sv.budget.spend(1+len(values)/2) != nil {
			return values, false
		}
	}
	return values, true
}

// matching assigns a different value to every position (augmenting paths).
type matching struct {
	candidates [][]any
	owner      map[string]int // which position has a value
	choice     []any
}

func (m *matching) assign(p int, tried map[string]bool) bool {
	for _, v := range m.candidates[p] {
		id := identity(v)
		if tried[id] {
			continue
		}
		tried[id] = true
		if other, taken := m.owner[id]; taken && !m.assign(other, tried) {
			continue
		}
		m.owner[id] = p
		m.choice[p] = v
		return true
	}
	return false
}
