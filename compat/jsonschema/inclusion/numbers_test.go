package inclusion

import (
	"context"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// On a small scale every question about numbers can be answered by trying them all.
func TestNumbersAgreeWithTryingThemAll(t *testing.T) {
	unit := rapid.SampledFrom([]string{"1", "2", "3", "0.5", "1.5", "0.25", "7", "0.1"})
	bound := rapid.SampledFrom([]string{"-2", "-1.5", "0", "0.25", "1", "1.5", "3", "6", "6.5", "7.1"})
	rapid.Check(t, func(t *rapid.T) {
		set := numbers{excluded: map[string]bool{}}
		set.raise(rat(bound.Draw(t, "min")), rapid.Bool().Draw(t, "open min"))
		set.lower(rat(bound.Draw(t, "max")), rapid.Bool().Draw(t, "open max"))
		if rapid.Bool().Draw(t, "grid") {
			set.unit = rat(unit.Draw(t, "unit"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "nots") {
			set.not = append(set.not, rat(unit.Draw(t, "not")))
		}
		for range rapid.IntRange(0, 3).Draw(t, "exclusions") {
			set.excluded[rat(bound.Draw(t, "excluded")).RatString()] = true
		}
		x, found, err := set.member(newBudget(context.Background(), Limits{}))
		if err != nil {
			t.Fatal(err)
		}
		if found && (!set.has(x) || set.unit != nil && !multiple(x, set.unit)) {
			t.Fatalf("%s is not in %+v", x.RatString(), set)
		}
		if found {
			if back := numberOf(decimal(x)); back.Cmp(x) != 0 {
				t.Fatalf("%s is written as %s", x.RatString(), decimal(x))
			}
			return
		}
		// Steps of 1/400 reach every bound, and every multiple of every unit.
		for k := int64(-1000); k <= 3200; k++ {
			x := big.NewRat(k, 400)
			if set.has(x) && (set.unit == nil || multiple(x, set.unit)) {
				t.Fatalf("nothing found, but %s is in %+v", x.RatString(), set)
			}
		}
	})
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

func TestTheSimplestNumberIsFound(t *testing.T) {
	for _, test := range []struct {
		name     string
		set      numbers
		min, max string
		want     string
	}{
		{name: "zero where it may be", want: "0"},
		{name: "the closest to zero from below", max: "-3", want: "-3"},
		{name: "few digits", min: "0.1234", max: "0.2", set: numbers{numberRules: numberRules{minOpen: true}}, want: "0.2"},
		{name: "between whole numbers", min: "1", max: "2", set: numbers{numberRules: numberRules{minOpen: true, maxOpen: true}}, want: "1.1"},
		{name: "a narrow gap", min: "0.123", max: "0.1231", set: numbers{numberRules: numberRules{minOpen: true, maxOpen: true}}, want: "0.12301"},
		{name: "no multiple of a half", set: numbers{not: []*big.Rat{big.NewRat(1, 2)}}, want: "0.1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := test.set
			if test.min != "" {
				set.min = rat(test.min)
			}
			if test.max != "" {
				set.max = rat(test.max)
			}
			x, found, err := set.member(newBudget(context.Background(), Limits{}))
			if err != nil || !found || string(decimal(x)) != test.want {
				t.Errorf("got %v, %v, %v; want %s", x, found, err, test.want)
			}
		})
	}
}
