package gate

import (
	"strings"

	"github.com/concord-registry/concord/cmd/concord/project"
)

// findRenames pairs subjects that are gone with new ones that hold the same schema, or nearly the same: a file that was
// renamed takes its subject along, and must still not break those who read the old one.
func (c *checker) findRenames() {
	c.missing, c.renamed = map[Base][]*project.File{}, map[*project.File]*project.File{}
	for _, base := range c.bases {
		missing := base.Missing(c.tree)
		added := c.added(base)
		if len(missing)*len(added) > maxPairs {
			added = nil
		}
		for _, was := range missing {
			if now := mostAlike(was, added); now != nil && c.renamed[now] == nil {
				c.renamed[now] = was
				continue
			}
			c.missing[base] = append(c.missing[base], was)
		}
	}
}

// added are the files whose subject a base of files does not have.
func (c *checker) added(base Base) []*project.File {
	tree, ok := base.(*TreeBase)
	if !ok {
		return nil
	}
	var added []*project.File
	for _, f := range c.tree.Files {
		if tree.tree.Subject(f.Subject) == nil {
			added = append(added, f)
		}
	}
	return added
}

// How much two texts must have in common to count as one schema under two names, and how many pairs are looked at.
const (
	alikeByName = 0.5  // when both call themselves the same
	alike       = 0.85 // otherwise
	maxPairs    = 250_000
)

// mostAlike returns the file that holds most of what another held; nil when none is alike.
func mostAlike(was *project.File, candidates []*project.File) *project.File {
	var best *project.File
	most := 0.0
	for _, f := range candidates {
		if f.Type != was.Type {
			continue
		}
		enough := alike
		if f.Outline.Root != "" && f.Outline.Root == was.Outline.Root {
			enough = alikeByName
		}
		if share := similarity(was.Text, f.Text); share >= enough && share > most {
			best, most = f, share
		}
	}
	return best
}

// similarity is the share of the tokens of two texts that both have, from 0 to 1.
func similarity(a, b string) float64 {
	if a == b {
		return 1
	}
	counts := map[string]int{}
	tokensA, tokensB := tokens(a), tokens(b)
	for _, token := range tokensA {
		counts[token]++
	}
	common := 0
	for _, token := range tokensB {
		if counts[token] > 0 {
			counts[token]--
			common++
		}
	}
	if len(tokensA)+len(tokensB) == 0 {
		return 0
	}
	return 2 * float64(common) / float64(len(tokensA)+len(tokensB))
}

func tokens(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r < 0x80
	})
}
