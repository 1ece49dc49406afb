package inclusion

import (
	"encoding/json"
	"math/big"
)

var (
	whole = big.NewRat(1, 1)
	ten   = big.NewRat(10, 1)
	one   = big.NewInt(1)
)

// raise adds a lower bound, keeping the stricter.
func (r *numberRules) raise(bound *big.Rat, open bool) {
	if r.min == nil {
		r.min, r.minOpen = bound, open
		return
	}
	switch c := bound.Cmp(r.min); {
	case c > 0:
		r.min, r.minOpen = bound, open
	case c == 0:
		r.minOpen = r.minOpen || open
	}
}

// lower adds an upper bound, keeping the stricter.
func (r *numberRules) lower(bound *big.Rat, open bool) {
	if r.max == nil {
		r.max, r.maxOpen = bound, open
		return
	}
	switch c := bound.Cmp(r.max); {
	case c < 0:
		r.max, r.maxOpen = bound, open
	case c == 0:
		r.maxOpen = r.maxOpen || open
	}
}

// within reports whether x is between the bounds.
func (r *numberRules) within(x *big.Rat) bool {
	if r.min != nil {
		if c := x.Cmp(r.min); c < 0 || c == 0 && r.minOpen {
			return false
		}
	}
	if r.max != nil {
		if c := x.Cmp(r.max); c > 0 || c == 0 && r.maxOpen {
			return false
		}
	}
	return true
}

// void reports whether no number is between the bounds.
func (r *numberRules) void() bool {
	if r.min == nil || r.max == nil {
		return false
	}
	c := r.min.Cmp(r.max)
	return c > 0 || c == 0 && (r.minOpen || r.maxOpen)
}

func (s *schema) acceptsNumber(instance any) bool {
	n, ok := instance.(json.Number)
	if !ok || s.numbers == nil && !s.integer {
		return true
	}
	x := numberOf(n)
	if s.integer && !x.IsInt() {
		return false
	}
	r := s.numbers
	return r == nil || r.within(x) && (r.multipleOf == nil || multiple(x, r.multipleOf))
}

// multiple reports whether x is a whole multiple of unit.
func multiple(x, unit *big.Rat) bool { return new(big.Rat).Quo(x, unit).IsInt() }

// numbers is a set of numbers: the multiples of unit (all numbers when nil) between bounds, without the multiples of any
// unit in not, and without single values.
type numbers struct {
	numberRules
	unit     *big.Rat
	not      []*big.Rat
	excluded map[string]bool
}

func (b *branch) buildNumber() answer {
	set := numbers{excluded: b.excluded()}
	for _, f := range b.facts {
		switch f := f.(type) {
		case atLeast:
			set.raise(f.bound, f.open)
		case atMost:
			set.lower(f.bound, f.open)
		case divisible:
			if set.unit == nil {
				set.unit = f.by
			} else {
				set.unit = leastCommonMultiple(set.unit, f.by)
			}
		case indivisible:
			set.not = append(set.not, f.by)
		}
	}
	x, ok, err := set.member(b.sv.budget)
	switch {
	case err != nil:
		return answer{}
	case !ok:
		return answer{verdict: empty}
	}
	return found(decimal(x))
}

// leastCommonMultiple is the smallest positive number that is a whole multiple of both.
func leastCommonMultiple(a, b *big.Rat) *big.Rat {
	x := new(big.Int).Mul(a.Num(), b.Denom())
	y := new(big.Int).Mul(b.Num(), a.Denom())
	g := new(big.Int).GCD(nil, nil, x, y)
	product := new(big.Int).Mul(x, y)
	return new(big.Rat).SetFrac(product.Quo(product, g), new(big.Int).Mul(a.Denom(), b.Denom()))
}

func (n *numbers) has(x *big.Rat) bool {
	if !n.within(x) || n.excluded[x.RatString()] {
		return false
	}
	for _, unit := range n.not {
		if multiple(x, unit) {
			return false
		}
	}
	return true
}

// member returns a number of the set, as simple as may be, or proves that there is none.
func (n *numbers) member(budget *budget) (*big.Rat, bool, error) {
	if n.void() {
		return nil, false, nil
	}
	if n.min != nil && n.max != nil && n.min.Cmp(n.max) == 0 {
		return n.min, (n.unit == nil || multiple(n.min, n.unit)) && n.has(n.min), nil
	}
	if n.unit != nil {
		return n.onGrid(n.unit, budget)
	}
	// All numbers of an interval: look at ever finer decimal grids. An interval with inner points has more points on a fine
	// enough grid than can be excluded, so this ends.
	grid := whole
	for first := true; ; first = false {
		if x, ok, err := n.onGrid(grid, budget); ok || err != nil {
			return x, ok, err
		}
		if grid = new(big.Rat).Quo(grid, ten); first {
			grid = n.skip(grid)
		}
	}
}

// skip returns the grid to go on with: grid itself, unless the interval is so narrow that a much finer one is needed.
func (n *numbers) skip(grid *big.Rat) *big.Rat {
	if n.min == nil || n.max == nil {
		return grid
	}
	width := new(big.Rat).Sub(n.max, n.min)
	inverse := new(big.Int).Quo(width.Denom(), width.Num())
	digits := int64(len(inverse.Text(10)))
	if digits < 10 {
		return grid
	}
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(digits), nil))
}

// onGrid looks for a member among the multiples of unit. If each of r units to stay clear of leaves some multiple of
// unit, then of any 2^r consecutive multiples one is clear of them all (Crittenden and Vanden Eynden, 1969: r arithmetic
// progressions that cover 2^r consecutive integers cover all), so a window of bounded size decides.
func (n *numbers) onGrid(unit *big.Rat, budget *budget) (*big.Rat, bool, error) {
	for _, not := range n.not {
		if multiple(unit, not) {
			return nil, false, nil
		}
	}
	window := 1 << 30
	if len(n.not) < 20 {
		window = (len(n.excluded)+1)<<len(n.not) + 2
	}
	zero := new(big.Rat)
	switch {
	case n.min != nil && n.min.Cmp(zero) >= 0:
		return n.scan(ceiling(n.min, unit), unit, false, window, budget)
	case n.max != nil && n.max.Cmp(zero) <= 0:
		return n.scan(floor(n.max, unit), unit, true, window, budget)
	}
	if x, ok, err := n.scan(new(big.Int), unit, false, window, budget); ok || err != nil {
		return x, ok, err
	}
	return n.scan(big.NewInt(-1), unit, true, window, budget)
}

// scan tries up to window multiples of unit, from the k-th on, upwards or down.
func (n *numbers) scan(k *big.Int, unit *big.Rat, down bool, window int, budget *budget) (*big.Rat, bool, error) {
	for range window {
		if err := budget.spend((1 + len(n.not)) * (1 + k.BitLen()/500 + bits(unit)/500)); err != nil {
			return nil, false, err
		}
		x := new(big.Rat).Mul(new(big.Rat).SetInt(k), unit)
		if n.has(x) {
			return x, true, nil
		}
		if !down && n.max != nil && x.Cmp(n.max) > 0 || down && n.min != nil && x.Cmp(n.min) < 0 {
			break
		}
		if down {
			k.Sub(k, one)
		} else {
			k.Add(k, one)
		}
	}
	return nil, false, nil
}

// floor is the greatest k with k*unit <= x; ceiling the least with k*unit >= x.
func floor(x, unit *big.Rat) *big.Int {
	q := new(big.Rat).Quo(x, unit)
	return new(big.Int).Div(q.Num(), q.Denom())
}

func ceiling(x, unit *big.Rat) *big.Int {
	q := new(big.Rat).Quo(new(big.Rat).Neg(x), unit)
	return new(big.Int).Neg(new(big.Int).Div(q.Num(), q.Denom()))
}

// decimal writes a number that has a finite decimal expansion, as every number built here has: bounds and units come
// from JSON.
func decimal(x *big.Rat) json.Number {
	if x.IsInt() {
		return json.Number(x.Num().String())
	}
	digits, _ := x.FloatPrec()
	return json.Number(x.FloatString(digits))
}
