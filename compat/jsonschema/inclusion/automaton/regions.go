package automaton

// Region is a set of strings that the same patterns match.
type Region struct {
	Matches []bool // by pattern
	Example string // a shortest member
}

// Regions lists every combination of patterns that some string matches, shortest examples first.
func Regions(patterns []*Pattern, meter Meter) ([]Region, error) {
	if len(patterns) == 0 {
		return []Region{{}}, nil
	}
	p := newProduct(patterns, nil, nil)
	states, err := p.start(meter)
	if err != nil {
		return nil, err
	}
	if err := p.add(node{states: states, from: -1}, 0); err != nil {
		return nil, err
	}
	var regions []Region
	seen := map[string]bool{}
	for i := 0; i < len(p.nodes); i++ {
		n := p.nodes[i]
		matches := make([]bool, len(patterns))
		key := make([]byte, len(patterns))
		for k, pattern := range patterns {
			matches[k] = pattern.accepts(n.states[k])
			key[k] = bit(matches[k])
		}
		if !seen[string(key)] {
			seen[string(key)] = true
			regions = append(regions, Region{Matches: matches, Example: p.word(int32(i))})
		}
		if err := meter(1 + len(p.order)*len(n.states)/8); err != nil {
			return nil, err
		}
		for _, class := range p.order {
			to, err := p.step(n.states, class, meter)
			if err != nil {
				return nil, err
			}
			if err := p.add(node{states: to, length: n.length + 1, from: int32(i), letter: p.letter[class]}, 0); err != nil {
				return nil, err
			}
		}
	}
	return regions, nil
}
