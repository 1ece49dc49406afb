package diff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// matcher finds the change that a finding is about, by their places in the two texts.
type matcher struct {
	old, new *ruler
	c        *comparison
	own      map[string]int // changes made of findings, by code and paths
	read     int            // bytes of sentences in which names were looked for
}

func newMatcher(oldText, newText string, c *comparison) *matcher {
	return &matcher{old: newRuler(oldText), new: newRuler(newText), c: c, own: map[string]int{}}
}

// attach adds a finding to the changes it is about. One that is about none becomes a change of its own: it may lie in a
// referenced schema.
func (m *matcher) attach(f compat.Finding) {
	ways := []func(compat.Finding) []int{m.nearest, m.renamed, m.samePath, m.within, m.mentioned, m.byPath, m.ownChange}
	for _, way := range ways {
		if at := way(f); at != nil {
			for _, i := range at {
				m.c.changes[i].Findings = append(m.c.changes[i].Findings, f)
			}
			return
		}
	}
}

// sides are the places and paths of a finding in the old and in the new schema.
func sides(f compat.Finding) (old, new *Side) {
	reader, writer := side(f.ReaderPath, "", f.ReaderSpan), side(f.WriterPath, "", f.WriterSpan)
	if f.Direction == compat.OldReadsNew {
		return reader, writer
	}
	return writer, reader
}

// nearest finds the change that has most of its place in common with a finding which is about it or about a part of it.
func (m *matcher) nearest(f compat.Finding) []int {
	old, new := sides(f)
	var best []int
	score := 0.0
	for i := range m.c.changes {
		change := &m.c.changes[i]
		if change.note {
			continue
		}
		near := 0.0
		if change.Old != nil && !change.Old.loose {
			near += m.old.covered(old.Span, change.Old.Span)
		}
		if change.New != nil && !change.New.loose {
			near += m.new.covered(new.Span, change.New.Span)
		}
		if change.Kind == Added || change.Kind == Removed {
			near *= 2
		}
		if near > score {
			best, score = []int{i}, near
		}
	}
	return best
}

// renamed finds the change of a name of which a finding gives both names.
func (m *matcher) renamed(f compat.Finding) []int {
	for i := range m.c.changes {
		if c := &m.c.changes[i]; c.Attribute == "name" && m.mentions(f.Message, c.names[0]) && m.mentions(f.Message, c.names[1]) {
			return []int{i}
		}
	}
	return nil
}

// samePath finds the changes at the path of a finding: at the longer one of the two, for where one schema has nothing, the path
// ends early.
func (m *matcher) samePath(f compat.Finding) (all []int) {
	old, new := sides(f)
	longest := 1
	for i := range m.c.changes {
		c := &m.c.changes[i]
		length := max(equalPath(c.Old, old), equalPath(c.New, new))
		switch {
		case c.note || length < longest:
		case length == longest:
			all = append(all, i)
		default:
			all, longest = []int{i}, length
		}
	}
	return m.named(f, all)
}

// equalPath is the length of the path that a change and a finding have in common, or 0.
func equalPath(change, finding *Side) int {
	if change == nil || change.Path != finding.Path {
		return 0
	}
	return len(change.Path)
}

// named keeps of several changes those of the attribute that a finding's code names, if there are any: TYPE_CHANGED is about a
// type, MAX_LENGTH_ADDED about maxLength.
func (m *matcher) named(f compat.Finding, all []int) []int {
	var some []int
	for _, i := range all {
		if attribute := m.c.changes[i].Attribute; attribute != "" && strings.HasPrefix(strings.ReplaceAll(f.Code, "_", ""), strings.ToUpper(attribute)) {
			some = append(some, i)
		}
	}
	if some != nil {
		return some
	}
	return all
}

// mentioned finds the change that a finding gives the most names of.
func (m *matcher) mentioned(f compat.Finding) []int {
	var best []int
	most := 0
	for i := range m.c.changes {
		change := &m.c.changes[i]
		if change.note {
			continue
		}
		count := 0
		for _, name := range change.names {
			if m.mentions(f.Message, name) {
				count++
			}
		}
		if count > most {
			best, most = []int{i}, count
		}
	}
	return best
}

// maxRead bounds the sentences in which names are looked for, in bytes. Each is read for each name of each change, and both may be
// long. What is beyond it mentions nothing: findings become changes of their own.
const maxRead = 128 << 20

func (m *matcher) mentions(sentence, name string) bool {
	if m.read += len(sentence); m.read > maxRead {
		return false
	}
	return mentions(sentence, name)
}

// mentions reports whether a sentence has a name as a word. A name of one letter must be quoted.
func mentions(sentence, name string) bool {
	if len(name) < 2 {
		return name != "" && (strings.Contains(sentence, "`"+name+"`") || strings.Contains(sentence, `"`+name+`"`))
	}
	for rest := sentence; ; {
		before, after, found := strings.Cut(rest, name)
		if !found {
			return false
		}
		if !endsInLetter(before) && !beginsWithLetter(after) {
			return true
		}
		rest = after
	}
}

func endsInLetter(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return letter(r)
}

func beginsWithLetter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return letter(r)
}

func letter(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// maxWithin is how many changes a finding may be about together.
const maxWithin = 10

// within finds the changes that lie in the place of a finding, when it follows from several of them: that a union as a whole
// accepts less, for example.
func (m *matcher) within(f compat.Finding) (all []int) {
	old, new := sides(f)
	for i := range m.c.changes {
		change := &m.c.changes[i]
		if !change.note && (change.Old != nil && m.old.covered(change.Old.Span, old.Span) > 0 || change.New != nil && m.new.covered(change.New.Span, new.Span) > 0) {
			all = append(all, i)
		}
	}
	if len(all) > maxWithin {
		return nil
	}
	return m.named(f, all)
}

// byPath finds the one change in referenced schemas, which have no places, whose path ends as that of the finding does.
func (m *matcher) byPath(f compat.Finding) (found []int) {
	old, new := sides(f)
	for i := range m.c.changes {
		if change := &m.c.changes[i]; !change.note && (sameEnd(change.Old, old) || sameEnd(change.New, new)) {
			found = append(found, i)
		}
	}
	if len(found) > 1 {
		return nil
	}
	return found
}

func sameEnd(change, finding *Side) bool {
	if change == nil || change.Span != nil || change.Path == "" || finding.Path == "" {
		return false
	}
	return last(change.Path) == last(finding.Path)
}

// last is the last name of a path.
func last(path string) string { return path[strings.LastIndexAny(path, "./>")+1:] }

// ownChange makes a change of a finding; several at the same place are one.
func (m *matcher) ownChange(f compat.Finding) []int {
	old, new := sides(f)
	key := strings.Join([]string{f.Code, old.Path, new.Path}, "\x00")
	if at, ok := m.own[key]; ok {
		return []int{at}
	}
	m.c.changes = append(m.c.changes, Change{Kind: Changed, Element: schemaKind, Old: old, New: new, Message: f.Message})
	m.own[key] = len(m.c.changes) - 1
	return []int{len(m.c.changes) - 1}
}

// ruler measures stretches of a text in code points.
type ruler struct{ starts []int }

func newRuler(text string) *ruler {
	r := &ruler{starts: []int{0}}
	at := 0
	for _, c := range text {
		at++
		if c == '\n' {
			r.starts = append(r.starts, at)
		}
	}
	return r
}

func (r *ruler) offset(p formats.Position) int {
	return r.starts[max(0, min(p.Line, len(r.starts))-1)] + p.Column - 1
}

// covered is how much of a whole a part of it is, from 0 to 1; 0 when it lies elsewhere.
func (r *ruler) covered(part, whole *formats.Span) float64 {
	if part == nil || whole == nil {
		return 0
	}
	start, end := r.offset(part.Start), r.offset(part.End)
	from, to := r.offset(whole.Start), r.offset(whole.End)
	switch {
	case start < from || end > to:
		return 0
	case from == to:
		return 1
	}
	return float64(end-start) / float64(to-from)
}
