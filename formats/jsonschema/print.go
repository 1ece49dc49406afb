package jsonschema

import (
	"math"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// AppendCompact appends the canonical text of v: no white space, members in their order, strings and numbers in one
// spelling each. Reading it back gives the same value and the same text.
func AppendCompact(out []byte, v *Value) []byte { return appendValue(out, v, false, math.MaxInt) }

// Beginning returns the canonical text of v when it has at most limit bytes, and otherwise more than limit bytes of its
// beginning. It costs as much as what it returns.
func Beginning(v *Value, limit int) string { return string(appendValue(nil, v, false, limit)) }

// AppendSorted is AppendCompact with the members of every object sorted by name.
func AppendSorted(out []byte, v *Value) []byte { return appendValue(out, v, true, math.MaxInt) }

// appendValue goes on until out has more than enough bytes.
func appendValue(out []byte, v *Value, sorted bool, enough int) []byte {
	switch v.Kind {
	case Object:
		return appendObject(out, v, sorted, enough)
	case Array:
		out = append(out, '[')
		for i, item := range v.Items {
			if i > 0 {
				out = append(out, ',')
			}
			if out = appendValue(out, item, sorted, enough); len(out) > enough {
				return out
			}
		}
		return append(out, ']')
	case String:
		return appendString(out, start(v.Text, enough))
	case Number:
		return append(out, numberText(v.Text)...)
	}
	return append(out, v.Text...)
}

func appendObject(out []byte, v *Value, sorted bool, enough int) []byte {
	members := v.Members
	if sorted {
		members = append([]Member(nil), members...)
		sort.SliceStable(members, func(i, j int) bool { return lessUTF16(members[i].Key, members[j].Key) })
	}
	out = append(out, '{')
	for i := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendString(out, start(members[i].Key, enough))
		out = append(out, ':')
		if out = appendValue(out, members[i].Value, sorted, enough); len(out) > enough {
			return out
		}
	}
	return append(out, '}')
}

// start cuts a text of more than enough bytes behind as many, but not within a code point.
func start(text string, enough int) string {
	if len(text) <= enough {
		return text
	}
	for enough < len(text) && !utf8.RuneStart(text[enough]) {
		enough++
	}
	return text[:enough]
}

// lessUTF16 orders names by UTF-16 code units, which is how the reference server sorts them. It differs from the order
// of code points only between U+E000..U+FFFF and what lies beyond.
func lessUTF16(a, b string) bool {
	for a != "" && b != "" {
		ra, na := utf8.DecodeRuneInString(a)
		rb, nb := utf8.DecodeRuneInString(b)
		if ra != rb {
			if (ra > 0xFFFF) != (rb > 0xFFFF) && max(ra, rb) > 0xFFFF && min(ra, rb) >= 0xE000 {
				return ra > 0xFFFF
			}
			return ra < rb
		}
		a, b = a[na:], b[nb:]
	}
	return b != ""
}

const upperHex = "0123456789ABCDEF"

// appendString writes a string with the fewest escapes JSON allows. A lone surrogate (see Value.Text) is written as the
// escape it came from.
func appendString(out []byte, s string) []byte {
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			char, size := utf8.DecodeRuneInString(s[i:])
			if char != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		out = append(out, s[start:i]...)
		out, i = appendEscape(out, s, i)
		start = i
	}
	return append(append(out, s[start:]...), '"')
}

func appendEscape(out []byte, s string, i int) ([]byte, int) {
	switch c := s[i]; c {
	case '"', '\\':
		return append(out, '\\', c), i + 1
	case '\b':
		return append(out, `\b`...), i + 1
	case '\f':
		return append(out, `\f`...), i + 1
	case '\n':
		return append(out, `\n`...), i + 1
	case '\r':
		return append(out, `\r`...), i + 1
	case '\t':
		return append(out, `\t`...), i + 1
	}
	unit, size := rune(s[i]), 1
	if s[i] == 0xED && i+2 < len(s) {
		unit, size = 0xD000|rune(s[i+1]&0x3F)<<6|rune(s[i+2]&0x3F), 3
	} else if s[i] >= utf8.RuneSelf {
		unit = utf8.RuneError
	}
	return append(out, '\\', 'u', upperHex[unit>>12&15], upperHex[unit>>8&15], upperHex[unit>>4&15], upperHex[unit&15]), i + size
}

// numberText is the spelling of a number in canonical text. Integers keep their digits; anything with a point or an
// exponent is spelled as the reference server spells a decimal: all significant digits, scientific notation only when
// the exponent is positive or the value is below a millionth.
func numberText(text string) string {
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return text
	}
	sign := ""
	if text[0] == '-' {
		sign, text = "-", text[1:]
	}
	mantissa, exponentText := text, ""
	if e := strings.IndexAny(text, "eE"); e >= 0 {
		mantissa, exponentText = text[:e], text[e+1:]
	}
	exponent, _ := strconv.Atoi(exponentText) // bounded by Read; empty means 0
	_, fraction, _ := strings.Cut(mantissa, ".")
	scale := len(fraction) - exponent
	digits := significant(mantissa)
	if digits == "0" {
		sign = ""
	}
	adjusted, short := scientific(digits, scale)
	if short {
		return sign + plain(digits, scale)
	}
	if len(digits) > 1 {
		digits = digits[:1] + "." + digits[1:]
	}
	switch {
	case adjusted > 0:
		return sign + digits + "E+" + strconv.Itoa(adjusted)
	case adjusted < 0:
		return sign + digits + "E" + strconv.Itoa(adjusted)
	}
	return sign + digits
}

// significant returns the digits of a mantissa from the first one that is not 0.
func significant(mantissa string) string {
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if digits := strings.TrimLeft(whole+fraction, "0"); digits != "" {
		return digits
	}
	return "0"
}

// scientific returns the exponent that stands behind digits in scientific notation, when scale of them are behind the decimal
// point, and whether the number is spelled without one.
func scientific(digits string, scale int) (exponent int, plain bool) {
	exponent = len(digits) - 1 - scale
	return exponent, scale >= 0 && exponent >= -6
}

// plain writes digits with scale of them after the decimal point.
func plain(digits string, scale int) string {
	if scale == 0 {
		return digits
	}
	if missing := scale - len(digits) + 1; missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	return digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}
