// Package suggest guesses which name a person meant who wrote one that does not exist.
package suggest

import (
	"fmt"
	"strings"
)

// Closest returns the candidate that is near name, or else the only one that has name in it; empty when there is neither.
// Case, and whether words are joined with dashes, underscores or dots, does not count. Of several equally near ones the
// first wins.
func Closest(name string, candidates []string) string {
	name = plain(name)
	best, bestDistance := "", min(2+len(name)/4, 1+(len(name)+1)/3)
	for _, candidate := range candidates {
		other := plain(candidate)
		// Comparing costs the product of the lengths, and names of quite different length are never near.
		if len(other)-len(name) >= bestDistance || len(name)-len(other) >= bestDistance {
			continue
		}
		if d := distance(name, other); d < bestDistance {
			best, bestDistance = candidate, d
		}
	}
	if best == "" && len(name) >= 3 {
		return onlyWith(name, candidates)
	}
	return best
}

// onlyWith returns the one candidate that has part in it; empty when there are none or several.
func onlyWith(part string, candidates []string) string {
	found := ""
	for _, candidate := range candidates {
		if strings.Contains(plain(candidate), part) {
			if found != "" {
				return ""
			}
			found = candidate
		}
	}
	return found
}

// Question is the end of an error about an unknown name: "; did you mean X?", or nothing.
func Question(name string, candidates []string) string {
	if closest := Closest(name, candidates); closest != "" {
		return fmt.Sprintf("; did you mean %s?", closest)
	}
	return ""
}

func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '_' {
			return '-'
		}
		return r
	}, strings.ToLower(name))
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make a into b (optimal string
// alignment).
func distance(a, b string) int {
	var before, last []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last = last, row
		row = make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(b)]
}
