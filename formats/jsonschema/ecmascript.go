package jsonschema

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// CompilePattern compiles a regular expression of a schema. What package regexp does not know of ECMAScript's syntax is rewritten:
// \uXXXX (pairs of surrogates too), \u{X}, \cX, \0, a backspace in a class, [] and [^]. Look-around and
// back-references are beyond it and an error.
func CompilePattern(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err == nil {
		return re, nil
	}
	rewritten, ok := fromECMAScript(pattern)
	if !ok {
		return nil, err
	}
	return regexp.Compile(rewritten)
}

// fromECMAScript writes an expression in the syntax of package regexp. It reports false when the expression has something that
// package regexp has no counterpart for.
func fromECMAScript(pattern string) (string, bool) {
	t := &translator{in: pattern}
	for t.in != "" {
		if !t.token() {
			return "", false
		}
	}
	return t.out.String(), true
}

type translator struct {
	in      string // what is still to be read
	out     strings.Builder
	inClass bool
}

func (t *translator) take(n int, text string) bool {
	t.in = t.in[n:]
	t.out.WriteString(text)
	return true
}

func (t *translator) token() bool {
	switch c := t.in[0]; {
	case c == '\\':
		return t.escape()
	case t.inClass && c == ']':
		t.inClass = false
	case t.inClass && c == '[':
		return t.take(1, `\[`)
	case t.inClass:
	case strings.HasPrefix(t.in, "[^]"):
		return t.take(3, `[\x{0}-\x{10FFFF}]`)
	case strings.HasPrefix(t.in, "[]"):
		return t.take(2, `[^\x00-\x{10FFFF}]`)
	case c == '[':
		t.inClass = true
		if strings.HasPrefix(t.in, "[^") {
			return t.take(2, "[^")
		}
	}
	return t.take(1, t.in[:1])
}

func (t *translator) escape() bool {
	if len(t.in) < 2 {
		return false
	}
	switch c := t.in[1]; {
	case c == 'u':
		return t.unicode()
	case c == 'c' && len(t.in) > 2 && isLetter(t.in[2]):
		return t.take(3, character(rune(t.in[2]%32)))
	case c == '0' && (len(t.in) == 2 || t.in[2] < '0' || t.in[2] > '9'):
		return t.take(2, character(0))
	case c == 'b' && t.inClass:
		return t.take(2, character('\b'))
	case strings.IndexByte("dDwWsSbBnrtfvxpP", c) >= 0:
		return t.take(2, t.in[:2])
	case isLetter(c) || c >= '0' && c <= '9':
		return false
	case c >= utf8.RuneSelf:
		return t.take(1, "") // the character stands for itself
	}
	return t.take(2, t.in[:2])
}

// unicode reads \uXXXX or \u{X}.
func (t *translator) unicode() bool {
	r, n, ok := codePoint(t.in)
	if !ok {
		return false
	}
	if low, m, ok := codePoint(t.in[n:]); ok && utf16.IsSurrogate(r) {
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			r, n = pair, n+m
		}
	}
	return t.take(n, character(r))
}

func codePoint(text string) (r rune, length int, ok bool) {
	if rest, found := strings.CutPrefix(text, `\u{`); found {
		digits, _, closed := strings.Cut(rest, "}")
		n, err := strconv.ParseUint(digits, 16, 32)
		return rune(n), len(digits) + 4, closed && err == nil && n <= utf8.MaxRune
	}
	if !strings.HasPrefix(text, `\u`) {
		return 0, 0, false
	}
	r, ok = hex4(text, 2)
	return r, 6, ok
}

func character(r rune) string { return fmt.Sprintf(`\x{%X}`, r) }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
