package jsonschema

import (
	"regexp"
	"strconv"
	"strings"
)

// A regular expression that the library cannot run (look-around, back-references) is replaced by one that carries its text:
// in "pattern" by one that matches every string, among patternProperties by one that matches none. So the compiled
// schema keeps the place of everything, and Unrunnable can tell.
const (
	matchesAll  = `(?:)|(?:)`
	matchesNone = `[^\x{0}-\x{10FFFF}]`
)

func standIn(kind, text string) string { return kind + regexp.QuoteMeta(strconv.QuoteToASCII(text)) }

// carrying adds to a rewritten expression the text it was written as: as an alternative that matches nothing.
func carrying(expression, text string) string { return expression + "|" + standIn(matchesNone, text) }

// asWritten returns the text that an expression among the compiled patternProperties was written as.
func asWritten(expression string) string {
	if text, ok := Unrunnable(expression); ok {
		return text
	}
	if at := strings.LastIndex(expression, "|"+matchesNone); at >= 0 {
		if text, ok := Unrunnable(expression[at+1:]); ok {
			return text
		}
	}
	return expression
}

// Unrunnable reports whether a regular expression of a compiled schema stands in for one that the library cannot run, and
// returns that one as it was written.
func Unrunnable(expression string) (text string, ok bool) {
	rest, ok := strings.CutPrefix(expression, matchesAll)
	if !ok {
		if rest, ok = strings.CutPrefix(expression, matchesNone); !ok {
			return "", false
		}
	}
	var quoted strings.Builder
	for i := 0; i < len(rest); i++ {
		if rest[i] == '\\' && i+1 < len(rest) {
			i++
		}
		quoted.WriteByte(rest[i])
	}
	text, err := strconv.Unquote(quoted.String())
	return text, err == nil
}
