package inclusion

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// What is said about a format must hold: check accepts nothing outside within, and everything in covers.
func TestFormatsLieBetweenTheirPatterns(t *testing.T) {
	r, members := rand.New(rand.NewPCG(1, 2)), 3000
	if testing.Short() {
		members = 500
	}
	for _, name := range sortedNames(formatLanguages()) {
		p := formatLanguages()[name]
		t.Run(name, func(t *testing.T) {
			for _, sample := range p.samples {
				if !p.check(sample) {
					t.Errorf("the validator rejects the sample %q", sample)
				}
			}
			var seeds []string
			for _, re := range []*regexp.Regexp{p.within, p.covers} {
				if re == nil {
					continue
				}
				for range members {
					seeds = append(seeds, member(r, re))
				}
			}
			accepted := 0
			for _, s := range append(seeds, p.samples...) {
				for range 4 {
					if holdsBetween(t, p, s) {
						accepted++
					}
					s = disturb(r, s)
				}
			}
			if accepted == 0 {
				t.Error("no string was accepted: the test shows nothing")
			}
		})
	}
}

func holdsBetween(t *testing.T, p *predicate, s string) (accepted bool) {
	accepted = p.check(s)
	if accepted && p.within != nil && !p.within.MatchString(s) {
		t.Errorf("the validator accepts %q, which is not within %s", s, p.within)
	}
	if accepted && p.longest > 0 && len([]rune(s)) > p.longest {
		t.Errorf("the validator accepts %q, which is longer than %d", s, p.longest)
	}
	if !accepted && p.covers != nil && p.covers.MatchString(s) {
		t.Errorf("the validator rejects %q, which %s covers", s, p.covers)
	}
	return accepted
}

// member is a random string that matches a pattern, apart from assertions.
func member(r *rand.Rand, re *regexp.Regexp) string {
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	var write func(n *syntax.Regexp)
	write = func(n *syntax.Regexp) {
		times := 1
		switch n.Op {
		case syntax.OpLiteral:
			out.WriteString(string(n.Rune))
		case syntax.OpCharClass:
			k := r.IntN(len(n.Rune)/2) * 2
			out.WriteRune(n.Rune[k] + rune(r.IntN(min(60, int(n.Rune[k+1]-n.Rune[k])+1))))
		case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
			out.WriteByte("ab/:0"[r.IntN(5)])
		case syntax.OpAlternate:
			write(n.Sub[r.IntN(len(n.Sub))])
			return
		case syntax.OpStar:
			times = r.IntN(4)
		case syntax.OpPlus:
			times = 1 + r.IntN(3)
		case syntax.OpQuest:
			times = r.IntN(2)
		case syntax.OpRepeat:
			times = n.Min
			if most := n.Max; most > n.Min {
				times += r.IntN(most - n.Min + 1)
			}
		}
		for range times {
			for _, sub := range n.Sub {
				write(sub)
			}
		}
	}
	write(parsed)
	return strings.ToValidUTF8(out.String(), "")
}

// disturb changes a character or two.
func disturb(r *rand.Rand, s string) string {
	runes := []rune(s)
	for range 1 + r.IntN(2) {
		i := 0
		if len(runes) > 0 {
			i = r.IntN(len(runes))
		}
		c := []rune("0123456789abfzAZT:-./+%@[]\\ {}~#é")[r.IntN(33)]
		switch {
		case len(runes) == 0 || r.IntN(3) == 0:
			runes = append(runes[:i:i], append([]rune{c}, runes[i:]...)...)
		case r.IntN(2) == 0:
			runes = append(runes[:i:i], runes[i+1:]...)
		default:
			runes[i] = c
		}
	}
	return string(runes)
}
