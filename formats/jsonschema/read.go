package jsonschema

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// The longest number that is read: its digits, and the size of its exponent. Beyond that exact arithmetic would cost
// more than any schema is worth.
const (
	maxDigits   = 10_000
	maxExponent = 10_000
)

// Read parses a JSON text (RFC 8259) within limits. Of members with the same name the last value counts, at the place
// of the first. Errors are *formats.ParseError and *formats.LimitError.
func Read(text string, limits formats.Limits) (*Value, error) {
	limits = limits.OrDefault()
	if len(text) > limits.Bytes {
		return nil, &formats.LimitError{Limit: "bytes", Max: limits.Bytes, Got: len(text)}
	}
	r := &reader{text: text, limits: limits}
	r.space()
	v, err := r.value(1)
	if err != nil {
		return nil, err
	}
	r.space()
	if r.pos < len(text) {
		return nil, r.fault(r.pos, "there is more text after the end of the JSON value")
	}
	return v, nil
}

// reader holds the state of one Read.
type reader struct {
	text   string
	pos    int
	nodes  int
	limits formats.Limits
}

// fault is a syntax error at a byte offset.
func (r *reader) fault(at int, format string, args ...any) error {
	return &formats.ParseError{
		Message: "Invalid JSON: " + fmt.Sprintf(format, args...),
		Span:    formats.NewLines(r.text).Span(at, min(at+1, len(r.text))),
	}
}

func (r *reader) space() {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		default:
			return
		}
	}
}

// peek returns the byte at the current position, 0 at the end of the text.
func (r *reader) peek() byte {
	if r.pos < len(r.text) {
		return r.text[r.pos]
	}
	return 0
}

func (r *reader) value(depth int) (*Value, error) {
	if depth > r.limits.Depth {
		return nil, &formats.LimitError{Limit: "levels of nesting", Max: r.limits.Depth}
	}
	if r.nodes++; r.nodes > r.limits.Nodes {
		return nil, &formats.LimitError{Limit: "JSON values", Max: r.limits.Nodes}
	}
	if r.pos >= len(r.text) {
		return nil, r.fault(r.pos, "the text ends where a value is expected")
	}
	v := &Value{Start: r.pos}
	var err error
	switch c := r.text[r.pos]; {
	case c == '{':
		v.Kind = Object
		err = r.object(v, depth)
	case c == '[':
		v.Kind = Array
		err = r.array(v, depth)
	case c == '"':
		v.Kind = String
		v.Text, err = r.str()
	case c == '-' || c >= '0' && c <= '9':
		v.Kind = Number
		v.Text, err = r.number()
	default:
		err = r.word(v)
	}
	v.End = r.pos
	return v, err
}

func (r *reader) word(v *Value) error {
	for _, w := range [...]struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if len(r.text)-r.pos >= len(w.text) && r.text[r.pos:r.pos+len(w.text)] == w.text {
			v.Kind, v.Text = w.kind, w.text
			r.pos += len(w.text)
			return nil
		}
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
	return r.fault(r.pos, "a value cannot begin with %q", c)
}

func (r *reader) array(v *Value, depth int) error {
	r.pos++
	for r.space(); r.peek() != ']' || len(v.Items) > 0; r.space() {
		item, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		v.Items = append(v.Items, item)
		r.space()
		if c := r.peek(); c == ']' {
			break
		} else if c != ',' {
			return r.fault(r.pos, `expected "," or "]" in an array`)
		}
		r.pos++
	}
	r.pos++
	return nil
}

func (r *reader) object(v *Value, depth int) error {
	r.pos++
	for r.space(); r.peek() != '}' || len(v.Members) > 0; r.space() {
		if err := r.member(v, depth); err != nil {
			return err
		}
		r.space()
		if c := r.peek(); c == '}' {
			break
		} else if c != ',' {
			return r.fault(r.pos, `expected "," or "}" in an object`)
		}
		r.pos++
	}
	r.pos++
	return nil
}

func (r *reader) member(v *Value, depth int) error {
	if r.peek() != '"' {
		return r.fault(r.pos, "expected the name of a member in double quotes")
	}
	m := Member{Start: r.pos}
	var err error
	if m.Key, err = r.str(); err != nil {
		return err
	}
	m.End = r.pos
	r.space()
	if r.peek() != ':' {
		return r.fault(r.pos, `expected ":" after the name of a member`)
	}
	r.pos++
	r.space()
	if m.Value, err = r.value(depth + 1); err != nil {
		return err
	}
	if i := v.position(m.Key); i >= 0 {
		v.Members[i] = m
		return nil
	}
	v.Members = append(v.Members, m)
	switch n := len(v.Members); {
	case v.index != nil:
		v.index[m.Key] = n - 1
	case n > smallObject:
		v.index = make(map[string]int, 2*n)
		for i := range v.Members {
			v.index[v.Members[i].Key] = i
		}
	}
	return nil
}

func (r *reader) digits() int {
	n := 0
	for r.pos < len(r.text) && r.text[r.pos] >= '0' && r.text[r.pos] <= '9' {
		r.pos++
		n++
	}
	return n
}

func (r *reader) number() (string, error) {
	start := r.pos
	if r.peek() == '-' {
		r.pos++
	}
	first := r.pos
	whole, fraction := r.digits(), 0
	if whole == 0 {
		return "", r.fault(r.pos, `expected a digit after "-"`)
	}
	if whole > 1 && r.text[first] == '0' {
		return "", r.fault(first, "a number cannot begin with 0 and another digit")
	}
	if r.peek() == '.' {
		r.pos++
		if fraction = r.digits(); fraction == 0 {
			return "", r.fault(r.pos, "expected a digit after the decimal point")
		}
	}
	if digits := whole + fraction; digits > maxDigits {
		return "", &formats.LimitError{Limit: "digits in a number", Max: maxDigits, Got: digits}
	}
	mantissa, exponent := r.text[first:r.pos], 0
	if c := r.peek(); c == 'e' || c == 'E' {
		var err error
		if exponent, err = r.exponent(); err != nil {
			return "", err
		}
	}
	if err := checkSize(mantissa, fraction-exponent); err != nil {
		return "", err
	}
	return r.text[start:r.pos], nil
}

func (r *reader) exponent() (int, error) {
	r.pos++
	negative := r.peek() == '-'
	if c := r.peek(); c == '+' || c == '-' {
		r.pos++
	}
	start := r.pos
	if r.digits() == 0 {
		return 0, r.fault(r.pos, "expected a digit in the exponent")
	}
	exponent := 0
	for _, c := range r.text[start:r.pos] {
		if exponent = 10*exponent + int(c-'0'); exponent > maxExponent {
			return 0, exponentLimit()
		}
	}
	if negative {
		return -exponent, nil
	}
	return exponent, nil
}

func exponentLimit() error {
	return &formats.LimitError{Limit: "for the exponent of a number", Max: maxExponent}
}

// checkSize holds a number to the limits as its canonical text spells it, too, where the exponent may be a larger one, and
// zeros may stand before the digits: what was read must be readable again.
func checkSize(mantissa string, scale int) error {
	switch exponent, plain := scientific(significant(mantissa), scale); {
	case exponent > maxExponent || exponent < -maxExponent:
		return exponentLimit()
	case plain && scale+1 > maxDigits:
		return &formats.LimitError{Limit: "digits in a number", Max: maxDigits, Got: scale + 1}
	}
	return nil
}

// str reads a string in quotes.
func (r *reader) str() (string, error) {
	start := r.pos
	r.pos++
	for i := r.pos; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			s := r.text[r.pos:i]
			r.pos = i + 1
			if !utf8.ValidString(s) {
				return "", r.fault(start, "the string is not valid UTF-8")
			}
			return s, nil
		case c == '\\' || c < ' ':
			return r.escaped(start, i)
		}
	}
	return "", r.fault(start, "the string has no end")
}

// escaped reads the rest of a string whose first escape (or illegal character) is at i.
func (r *reader) escaped(start, i int) (string, error) {
	if !utf8.ValidString(r.text[r.pos:i]) {
		return "", r.fault(start, "the string is not valid UTF-8")
	}
	out := append(make([]byte, 0, 2*(i-start)+16), r.text[r.pos:i]...)
	for i < len(r.text) {
		switch c := r.text[i]; {
		case c == '"':
			r.pos = i + 1
			return string(out), nil
		case c < ' ':
			return "", r.fault(i, "a control character in a string must be written as an escape")
		case c == '\\':
			var ok bool
			if out, i, ok = r.escape(out, i); !ok {
				return "", r.fault(i, "an escape in a string is not one that JSON knows")
			}
		default:
			char, size := utf8.DecodeRuneInString(r.text[i:])
			if char == utf8.RuneError && size == 1 {
				return "", r.fault(start, "the string is not valid UTF-8")
			}
			out = append(out, r.text[i:i+size]...)
			i += size
		}
	}
	return "", r.fault(start, "the string has no end")
}

// escape appends the character of the escape at i and returns the position after it.
func (r *reader) escape(out []byte, i int) ([]byte, int, bool) {
	if i+1 >= len(r.text) {
		return out, i, false
	}
	switch c := r.text[i+1]; c {
	case '"', '\\', '/':
		return append(out, c), i + 2, true
	case 'b':
		return append(out, '\b'), i + 2, true
	case 'f':
		return append(out, '\f'), i + 2, true
	case 'n':
		return append(out, '\n'), i + 2, true
	case 'r':
		return append(out, '\r'), i + 2, true
	case 't':
		return append(out, '\t'), i + 2, true
	case 'u':
		return r.unicode(out, i)
	}
	return out, i, false
}

func (r *reader) unicode(out []byte, i int) ([]byte, int, bool) {
	c, ok := hex4(r.text, i+2)
	if !ok {
		return out, i, false
	}
	if !utf16.IsSurrogate(c) {
		return utf8.AppendRune(out, c), i + 6, true
	}
	if i+7 < len(r.text) && r.text[i+6] == '\\' && r.text[i+7] == 'u' {
		if low, ok := hex4(r.text, i+8); ok {
			if char := utf16.DecodeRune(c, low); char != utf8.RuneError {
				return utf8.AppendRune(out, char), i + 12, true
			}
		}
	}
	return append(out, 0xE0|byte(c>>12), 0x80|byte(c>>6)&0x3F, 0x80|byte(c)&0x3F), i + 6, true
}

func hex4(text string, at int) (rune, bool) {
	if at+4 > len(text) {
		return 0, false
	}
	var c rune
	for _, d := range []byte(text[at : at+4]) {
		switch {
		case d >= '0' && d <= '9':
			c = c<<4 | rune(d-'0')
		case d >= 'a' && d <= 'f':
			c = c<<4 | rune(d-'a'+10)
		case d >= 'A' && d <= 'F':
			c = c<<4 | rune(d-'A'+10)
		default:
			return 0, false
		}
	}
	return c, true
}
