package jsonschema

import (
	"regexp"
	"testing"
)

func TestAnUnrunnablePatternIsReplacedByOneThatCarriesIt(t *testing.T) {
	for _, text := range []string{`^(?!a)b$`, `(a)\1`, "a\\", "(?=\u00e9)\n\"", "(?<=x)\xed\xa0\x80"} {
		all, none := standIn(matchesAll, text), standIn(matchesNone, text)
		for _, s := range []string{"", "a", "(a)", text} {
			if !regexp.MustCompile(all).MatchString(s) {
				t.Errorf("the stand-in of %q for a pattern does not match %q", text, s)
			}
			if regexp.MustCompile(none).MatchString(s) {
				t.Errorf("the stand-in of %q for a property pattern matches %q", text, s)
			}
		}
		for _, expression := range []string{all, none} {
			if got, ok := Unrunnable(expression); !ok || got != text {
				t.Errorf("%q stands in for %q, %v; want %q", expression, got, ok, text)
			}
		}
	}
	for _, expression := range []string{"", "^a$", "(?:)|b", "[^a]"} {
		if text, ok := Unrunnable(expression); ok {
			t.Errorf("%q is taken for a stand-in of %q", expression, text)
		}
	}
}
