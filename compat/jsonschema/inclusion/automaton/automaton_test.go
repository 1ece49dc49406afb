package automaton

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// allow is a meter with a bound.
func allow(steps int) Meter {
	return func(n int) error {
		if steps -= n; steps < 0 {
			return errors.New("enough")
		}
		return nil
	}
}

func mustCompile(t testing.TB, sources ...string) []*Pattern {
	t.Helper()
	var out []*Pattern
	for _, source := range sources {
		p, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
	return out
}

func TestShortestFindsTheSimplestWordOrProvesThatThereIsNone(t *testing.T) {
	for _, test := range []struct {
		name     string
		match    []string
		avoid    []string
		min, max int
		except   []string
		want     string
		found    bool
	}{
		{name: "nothing asked", max: -1, want: "", found: true},
		{name: "a length", min: 3, max: -1, want: "aaa", found: true},
		{name: "no length between", min: 3, max: 2},
		{name: "not the first choice", max: -1, min: 1, except: []string{"a", "b"}, want: "c", found: true},
		{name: "the only word is taken", max: 0, except: []string{""}},
		{name: "a pattern", match: []string{"^[a-z]+@[a-z]+$"}, max: -1, want: "a@a", found: true},
		{name: "two patterns", match: []string{"^a", "b$"}, max: -1, want: "ab", found: true},
		{name: "two patterns that exclude each other", match: []string{"^a", "^b"}, max: -1},
		{name: "a pattern and its negation", match: []string{"x+"}, avoid: []string{"x+"}, max: -1},
		{name: "a pattern covered by another", match: []string{"^[a-f]+$"}, avoid: []string{"^[a-z]+$"}, max: -1},
		{name: "a pattern not covered", match: []string{"^[a-z]+$"}, avoid: []string{"^[a-f]+$"}, max: -1, want: "g", found: true},
		{name: "a finite language exhausted", match: []string{"^(a|b)$"}, max: -1, except: []string{"a", "b"}},
		{name: "too short for the pattern", match: []string{"^.{5}$"}, max: 4},
		{name: "long enough", match: []string{"^(ab)*$"}, min: 5, max: -1, want: "ababab", found: true},
		{name: "word boundaries", match: []string{`\bfoo\b`}, avoid: []string{"^foo$"}, max: -1, want: "foo-", found: true},
		{name: "lines", match: []string{`(?m)^b$`}, avoid: []string{"^b"}, max: -1, want: "\nb", found: true},
		{name: "case folding", match: []string{`(?i)^k$`}, avoid: []string{"^[kK]$"}, max: -1, want: "\u212a", found: true},
		{name: "the empty pattern matches everything", avoid: []string{""}, max: -1},
		{name: "beyond the basic plane", match: []string{`^\x{1F600}$`}, max: 1, want: "\U0001F600", found: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := Language{Match: mustCompile(t, test.match...), Avoid: mustCompile(t, test.avoid...), MinLength: test.min, MaxLength: test.max, Except: test.except}
			got, found, err := l.Shortest(allow(100_000))
			if err != nil || found != test.found || got != test.want {
				t.Errorf("got %q, %v, %v; want %q, %v", got, found, err, test.want, test.found)
			}
			if found && !l.Has(got) {
				t.Errorf("%q is not in the language", got)
			}
		})
	}
}

func TestRegionsListsEveryCombinationOfPatterns(t *testing.T) {
	patterns := mustCompile(t, "^a", "b$", "^ab$")
	regions, err := Regions(patterns, allow(10_000))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range regions {
		got = append(got, r.Example)
		for i, p := range patterns {
			if p.MatchString(r.Example) != r.Matches[i] {
				t.Errorf("%q and %s: the region says %v", r.Example, p.Source(), r.Matches[i])
			}
		}
	}
	slices.Sort(got)
	if want := []string{"", "a", "aab", "ab", "b"}; !slices.Equal(got, want) {
		t.Errorf("examples %q, want %q", got, want)
	}
}

func TestAnExplodingPatternEndsWithTheMeter(t *testing.T) {
	l := Language{Match: mustCompile(t, "^(a|b)*a(a|b){40}$"), Avoid: mustCompile(t, "^[ab]*$"), MaxLength: -1}
	if _, found, err := l.Shortest(allow(50_000)); err == nil {
		t.Errorf("found %v without running out", found)
	}
}

// walk runs the automaton over a string.
func walk(p *Pattern, s string) (bool, error) {
	meter := allow(1_000_000)
	state, err := p.start(meter)
	if err != nil {
		return false, err
	}
	for _, r := range s {
		if state, err = p.step(state, p.alphabet.class(r), meter); err != nil {
			return false, err
		}
	}
	return p.accepts(state), nil
}

// compare checks the automaton of a pattern against package regexp.
func compare(t interface {
	Helper()
	Fatalf(string, ...any)
}, source, input string) {
	t.Helper()
	if len(source) > 60 || len(input) > 60 {
		return
	}
	re, err := regexp.Compile(source)
	if err != nil {
		return
	}
	if parsed, _ := syntax.Parse(source, syntax.Perl); parsed == nil {
		return
	}
	input = strings.ToValidUTF8(input, "\uFFFD")
	p, err := Compile(source)
	if err != nil {
		t.Fatalf("%q compiles for regexp only: %v", source, err)
	}
	got, err := walk(p, input)
	if err != nil {
		return // too large
	}
	if want := re.MatchString(input); got != want {
		t.Fatalf("%q on %q: the automaton says %v, regexp %v", source, input, got, want)
	}
}

func TestAutomataAgreeWithRegexp(t *testing.T) {
	atoms := []string{"a", "b", "[ab]", "[^a]", ".", `\d`, `\w`, `\W`, `\s`, "^", "$", `\b`, `\B`, "(?i:k)", "(?m:^)", "(?m:$)", "(?s:.)", `\p{L}`, "é", "-", "0"}
	rapid.Check(t, func(t *rapid.T) {
		source := pattern(t, atoms, 3)
		input := rapid.StringOfN(rapid.SampledFrom([]rune("abAkK0_- \né\u212a")), 0, 8, -1).Draw(t, "input")
		compare(t, source, input)
	})
}

// pattern draws a regular expression.
func pattern(t *rapid.T, atoms []string, depth int) string {
	if depth == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	inner := func() string { return pattern(t, atoms, depth-1) }
	switch rapid.IntRange(0, 7).Draw(t, "operator") {
	case 0:
		return inner() + "|" + inner()
	case 1:
		return "(" + inner() + ")*"
	case 2:
		return "(" + inner() + ")+"
	case 3:
		return "(" + inner() + "){1,3}"
	case 4:
		return "(" + inner() + ")?"
	}
	return inner() + inner()
}

func FuzzAutomatonAgreesWithRegexp(f *testing.F) {
	for _, seed := range [][2]string{
		{"^a+b*$", "aab"}, {`\bfoo\b`, "a foo!"}, {"(?i)straße", "STRASSE"}, {`^\p{Lu}`, "Ärger"}, {"(?m)^b$", "a\nb\nc"},
		{"(a|ab)(c|bcd)(d*)", "abcd"}, {"x{2,3}y", "xxxy"}, {`[^\n]*`, "\n"}, {"", ""}, {`\B-\B`, " - "}, {"$^", ""}, {`a\z`, "ba"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, source, input string) { compare(t, source, input) })
}
