package inclusion

import (
	"regexp"
	"slices"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion/automaton"
)

// accept takes steps of b for the pattern.
func (r *stringRules) accept(b *budget, s string) truth {
	n := automaton.Length(s)
	if n < r.minLength || r.maxLength != none && n > r.maxLength {
		return no
	}
	result := yes
	if r.pattern != nil {
		if result = b.match(r.pattern, s); result == no {
			return no
		}
	}
	for _, p := range r.predicates {
		result = min(result, p.accept(s))
	}
	return result
}

func (p *predicate) accept(s string) truth {
	if p.check == nil {
		return unsure
	}
	return truthOf(p.check(s))
}

// text is a set of strings: a regular language as far as patterns, lengths and what is known of predicates go, and the
// predicates themselves.
type text struct {
	language automaton.Language
	obeys    []*predicate
	defies   []*predicate
}

func (b *branch) buildString() answer {
	word, v := b.sv.word(b.facts, nil)
	if v != inhabited {
		return answer{verdict: v}
	}
	return found(word)
}

// word returns a string that has the facts and is none of except.
func (sv *solver) word(facts []fact, except []string) (string, verdict) {
	t, err := sv.textOf(facts)
	if err != nil {
		return "", sv.failed(err)
	}
	t.language.Except = append(t.language.Except, except...)
	return t.member(sv)
}

// failed notes why a language could not be searched.
func (sv *solver) failed(err error) verdict {
	if err == automaton.ErrTooLarge {
		sv.notes.tooLarge = true
	}
	return open
}

// textOf collects what facts say about a string.
func (sv *solver) textOf(facts []fact) (text, error) {
	t := text{language: automaton.Language{MaxLength: none}}
	l := &t.language
	for _, f := range facts {
		var err error
		switch f := f.(type) {
		case minLength:
			l.MinLength = max(l.MinLength, f.n)
		case maxLength:
			if l.MaxLength == none || f.n < l.MaxLength {
				l.MaxLength = f.n
			}
		case matches:
			l.Match, err = sv.addPattern(l.Match, f.pattern)
		case avoids:
			l.Avoid, err = sv.addPattern(l.Avoid, f.pattern)
		case obeys:
			t.obeys = append(t.obeys, f.predicate)
			if n := f.predicate.longest; n > 0 && (l.MaxLength == none || n < l.MaxLength) {
				l.MaxLength = n
			}
			l.Match, err = sv.addKnown(l.Match, f.predicate.within)
		case defies:
			t.defies = append(t.defies, f.predicate)
			l.Avoid, err = sv.addKnown(l.Avoid, f.predicate.covers)
		case differs:
			for _, v := range f.from {
				if s, ok := v.(string); ok {
					l.Except = append(l.Except, s)
				}
			}
		}
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// addKnown is addPattern for what is known of a predicate; nil when nothing is.
func (sv *solver) addKnown(list []*automaton.Pattern, re *regexp.Regexp) ([]*automaton.Pattern, error) {
	if re == nil {
		return list, nil
	}
	return sv.addPattern(list, re)
}

// addPattern adds a pattern to a list that may have it already.
func (sv *solver) addPattern(list []*automaton.Pattern, re *regexp.Regexp) ([]*automaton.Pattern, error) {
	p, err := sv.pattern(re)
	if err != nil || slices.Contains(list, p) {
		return list, err
	}
	return append(list, p), nil
}

// pattern returns the automaton of a regular expression, which is made once.
func (sv *solver) pattern(re *regexp.Regexp) (*automaton.Pattern, error) {
	source := re.String()
	if p, ok := sv.patterns[source]; ok {
		return p, nil
	}
	if err := sv.budget.spend(1 + len(source)/4); err != nil {
		return nil, err
	}
	p, err := automaton.New(re)
	if err != nil {
		return nil, err
	}
	sv.patterns[source] = p
	return p, nil
}

func (sv *solver) patternsOf(list []*regexp.Regexp) ([]*automaton.Pattern, error) {
	var out []*automaton.Pattern
	for _, re := range list {
		p, err := sv.pattern(re)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// maxGuesses is how many strings are tried against predicates that are not regular.
const maxGuesses = 40

// member returns a string of the set, or proves that there is none. The patterns in t.language describe a superset of it.
func (t *text) member(sv *solver) (string, verdict) {
	for _, p := range t.obeys {
		for _, q := range t.defies {
			if p.name == q.name {
				return "", empty
			}
		}
	}
	if word, ok := t.sample(); ok {
		return word, inhabited
	}
	if !t.exact() {
		if word, ok := t.inner(sv); ok {
			return word, inhabited
		}
	}
	for range maxGuesses {
		word, ok, err := t.language.Shortest(sv.budget.spend)
		if err != nil {
			return "", sv.failed(err)
		}
		if !ok {
			return "", empty
		}
		switch t.fits(word) {
		case yes:
			return word, inhabited
		case unsure:
			sv.notes.opaque = t.obeysOrDefies()
			return "", open
		}
		t.language.Except = append(t.language.Except[:len(t.language.Except):len(t.language.Except)], word)
	}
	sv.notes.opaque = t.obeysOrDefies()
	return "", open
}

// sample returns one of the predicates' own samples.
func (t *text) sample() (string, bool) {
	for _, p := range t.obeys {
		for _, sample := range p.samples {
			if t.language.Has(sample) && t.fits(sample) == yes {
				return sample, true
			}
		}
	}
	return "", false
}

// exact reports whether the patterns say everything there is to say about the predicates.
func (t *text) exact() bool {
	for _, list := range [][]*predicate{t.obeys, t.defies} {
		for _, p := range list {
			if p.within == nil || p.within != p.covers {
				return false
			}
		}
	}
	return true
}

// inner looks for a member in a regular subset.
func (t *text) inner(sv *solver) (string, bool) {
	l := t.language
	l.Match, l.Avoid = append(l.Match[:0:0], l.Match...), append(l.Avoid[:0:0], l.Avoid...)
	var err error
	for _, p := range t.obeys {
		if p.covers == nil {
			return "", false
		}
		if l.Match, err = sv.addKnown(l.Match, p.covers); err != nil {
			return "", false
		}
	}
	for _, p := range t.defies {
		if p.within == nil {
			return "", false
		}
		if l.Avoid, err = sv.addKnown(l.Avoid, p.within); err != nil {
			return "", false
		}
	}
	word, ok, err := l.Shortest(sv.budget.spend)
	return word, ok && err == nil && t.fits(word) == yes
}

// fits applies the predicates.
func (t *text) fits(word string) truth {
	result := yes
	for _, p := range t.obeys {
		result = min(result, p.accept(word))
	}
	for _, p := range t.defies {
		result = min(result, p.accept(word).not())
	}
	return result
}

// obeysOrDefies names a predicate that is not regular.
func (t *text) obeysOrDefies() string {
	for _, p := range append(t.obeys, t.defies...) {
		if p.within == nil || p.within != p.covers {
			return p.name
		}
	}
	return ""
}
