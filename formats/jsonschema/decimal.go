package jsonschema

import (
	"strconv"
	"strings"
)

// Decimal is the exact value of a number: Digits times ten to the power of Exponent. Equal numbers have equal Decimals.
// Unlike the fraction of Rat it takes no more room than the number's text.
type Decimal struct {
	Negative bool
	Digits   string // without zeros at either end; empty for 0
	Exponent int
}

// Decimal reads a number; it is the zero Decimal for anything else.
func (v *Value) Decimal() Decimal {
	if !v.Is(Number) {
		return Decimal{}
	}
	text, negative := strings.CutPrefix(v.Text, "-")
	exponent := 0
	if at := strings.IndexAny(text, "eE"); at >= 0 {
		exponent, _ = strconv.Atoi(text[at+1:]) // Read has seen to it that it fits
		text = text[:at]
	}
	if before, after, ok := strings.Cut(text, "."); ok {
		text = before + after
		exponent -= len(after)
	}
	text = strings.TrimLeft(text, "0")
	digits := strings.TrimRight(text, "0")
	if digits == "" {
		return Decimal{}
	}
	return Decimal{negative, digits, exponent + len(text) - len(digits)}
}

// IsInteger reports whether the number has no fractional part.
func (d Decimal) IsInteger() bool { return d.Exponent >= 0 }

// Size is about how many digits it takes to write the number without an exponent.
func (d Decimal) Size() int { return len(d.Digits) + max(d.Exponent, -d.Exponent) }

// Append spells the number in one way only.
func (d Decimal) Append(out []byte) []byte {
	if d.Negative {
		out = append(out, '-')
	}
	out = append(append(out, d.Digits...), 'e')
	return strconv.AppendInt(out, int64(d.Exponent), 10)
}
