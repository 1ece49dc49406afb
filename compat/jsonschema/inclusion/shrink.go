package inclusion

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"unicode/utf8"
)

// maxShrinks bounds how many smaller instances are shown to the validator for one witness.
const maxShrinks = 120

// shrink makes a witness smaller while the writer accepts it and the reader rejects it by the same keyword.
func (q *question) shrink(w *Witness, at Keyword) {
	if weigh(w.Instance, 2000) >= 2000 {
		return
	}
	tries := 0
	for smaller := true; smaller; {
		smaller = false
		for candidate := range simpler(w.Instance) {
			if tries++; tries > maxShrinks || q.budget.spend(q.cost) != nil {
				return
			}
			failures, err := q.confirm(candidate)
			if err != nil || len(failures) > len(w.Failures) || !q.about(failures, candidate, at) {
				continue
			}
			if len(q.keywordsOf(failures[0], candidate)) > len(q.keywordsOf(w.Failures[0], w.Instance)) {
				continue
			}
			text, err := textOf(candidate)
			if err != nil {
				return
			}
			w.Instance, w.JSON, w.Failures = candidate, text, failures
			smaller = true
			break
		}
	}
}

// about brings a failure at the keyword to the front, and reports whether there is one.
func (q *question) about(failures []Failure, instance any, at Keyword) bool {
	for i, f := range failures {
		if slices.Contains(q.keywordsOf(f, instance), at) {
			failures[0], failures[i] = failures[i], failures[0]
			return true
		}
	}
	return false
}

// simpler yields instances that differ from this one in one place, where they are simpler: the boldest steps first.
func simpler(instance any) func(yield func(any) bool) {
	return func(yield func(any) bool) { simplify(instance, yield) }
}

// simplify calls yield with simpler instances until it returns false, which simplify then returns too.
func simplify(instance any, yield func(any) bool) bool {
	switch v := instance.(type) {
	case string:
		return simplifyString(v, yield)
	case json.Number:
		return simplifyNumber(v, yield)
	case []any:
		for i := range v {
			if !yield(slices.Delete(slices.Clone(v), i, i+1)) {
				return false
			}
		}
		for i, item := range v {
			with := func(smaller any) bool {
				out := slices.Clone(v)
				out[i] = smaller
				return yield(out)
			}
			if !simplify(item, with) {
				return false
			}
		}
	case map[string]any:
		names := sortedNames(v)
		for _, name := range names {
			out := maps.Clone(v)
			delete(out, name)
			if !yield(out) {
				return false
			}
		}
		for _, name := range names {
			with := func(smaller any) bool {
				out := maps.Clone(v)
				out[name] = smaller
				return yield(out)
			}
			if !simplify(v[name], with) {
				return false
			}
		}
	}
	return true
}

func simplifyString(s string, yield func(any) bool) bool {
	n := utf8.RuneCountInString(s)
	for _, keep := range []int{0, 1, n / 2, n - 1} {
		if keep < n && keep >= 0 && !yield(string([]rune(s)[:keep])) {
			return false
		}
	}
	return true
}

func simplifyNumber(n json.Number, yield func(any) bool) bool {
	x := numberOf(n)
	half := new(big.Int).Quo(x.Num(), new(big.Int).Mul(x.Denom(), big.NewInt(2)))
	whole := new(big.Int).Quo(x.Num(), x.Denom())
	for _, smaller := range []*big.Int{new(big.Int), big.NewInt(1), half, whole} {
		text := json.Number(smaller.String())
		if len(text) < len(n) || len(text) == len(n) && new(big.Int).Abs(smaller).Cmp(new(big.Int).Abs(whole)) < 0 {
			if !yield(text) {
				return false
			}
		}
	}
	return true
}
