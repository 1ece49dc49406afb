package jsonschema

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/formats"
)

func TestADecimalIsTheNumberHoweverItIsWritten(t *testing.T) {
	for text, want := range map[string]string{
		"0": "e0", "-0": "e0", "0.000": "e0", "0e500": "e0", "1": "1e0", "1.0": "1e0", "100": "1e2", "1e2": "1e2", "10E+1": "1e2",
		"-12.50": "-125e-1", "0.0125e3": "125e-1", "9007199254740993": "9007199254740993e0", "1e-10000": "1e-10000",
	} {
		v, err := Read(text, formats.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(v.Decimal().Append(nil)); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

func TestDecimalsAreEqualWhenNumbersAre(t *testing.T) {
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3})(\.[0-9]{1,3})?([eE][+-]?[0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		a, errA := Read(number.Draw(t, "a"), formats.Limits{})
		b, errB := Read(number.Draw(t, "b"), formats.Limits{})
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		x, _ := new(big.Rat).SetString(a.Text)
		y, _ := new(big.Rat).SetString(b.Text)
		if got, want := a.Equal(b), x.Cmp(y) == 0; got != want {
			t.Errorf("%s equals %s: %v", a.Text, b.Text, got)
		}
		if got, want := a.IsInteger(), x.IsInt(); got != want {
			t.Errorf("%s is an integer: %v", a.Text, got)
		}
	})
}
