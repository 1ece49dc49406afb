package diff

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// element is a declaration in a schema: a record, a field, an enum value, a subschema. Every format makes a tree of them, and
// the trees of two schemas are compared in one way.
type element struct {
	kind string // "field", "enum value"
	name string // what the schema calls it; empty for parts without a name
	path string
	// keys are what the element is recognized by among its siblings of the same kind, the best first: two elements whose
	// first keys are equal are the same before any two whose second keys are.
	keys []string
	// also are further names that it may have had.
	also  []string
	text  string // in short; shown when it was added or removed
	span  *formats.Span
	attrs []attribute
	parts []*element

	source *part // what the path, the text, the span, the attributes and the parts are yet to be read from; nil when they are there
}

// read makes sure that everything of an element is there.
func (e *element) read() *element {
	if p := e.source; p != nil {
		e.source = nil
		p.read(e)
	}
	return e
}

// forget drops what an element is made of, once that has been compared: trees of large schemas take more memory than these.
func (e *element) forget() { e.attrs, e.parts = nil, nil }

// attribute is a property of an element that is told with it: its type, its default, its documentation.
type attribute struct {
	name, text string
	span       *formats.Span // nil when only the place of the element is known
	// set are the members of what is a set: its changes are told member by member.
	set []string
	// note says that nothing which reads or writes data looks at it.
	note bool
}

// quoted names an element in a sentence.
func (e *element) quoted() string {
	if e.name == "" {
		return "the " + e.kind
	}
	return fmt.Sprintf("the %s %q", e.kind, shorten(e.name, maxName))
}

// side shows an element, or an attribute of it, in one of the two schemas.
func side(path, text string, span *formats.Span) *Side {
	return &Side{Path: shorten(path, maxPath), Text: shorten(text, maxText), Span: span}
}

func (a *attribute) side(of *element) *Side {
	if a.span == nil {
		s := side(of.path, a.text, of.span)
		s.loose = true
		return s
	}
	return side(of.path, a.text, a.span)
}

func (e *element) side() *Side { return side(e.path, e.text, e.span) }

// maxText is how much of an element's text is shown, maxQuoted how much of it in a sentence, maxName how much of a name there,
// and maxPath how much of a path, in bytes.
const (
	maxText   = 2_000
	maxQuoted = 80
	maxName   = 500
	maxPath   = 2_000
)

// under is the path of what stands under another path. Where that has been cut already, it is the same.
func under(path, separator, name string) string {
	if len(path) >= maxPath {
		return path
	}
	return shorten(path+separator+name, maxPath)
}

// shorten cuts a text between two code points.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// comparison collects the changes between two trees.
type comparison struct {
	changes []Change
	more    int
}

func (c *comparison) add(change Change) {
	if !c.full() {
		c.changes = append(c.changes, change)
	}
}

// full reports whether there is no room for one more change, which then is only counted.
func (c *comparison) full() bool {
	if len(c.changes) < maxChanges {
		return false
	}
	c.more++
	return true
}

// elements compares two elements that are the same one: the attributes, then the parts.
func (c *comparison) elements(before, after *element) {
	if before.source != nil && after.source != nil && before.source.same(after.source) {
		return
	}
	before.read()
	after.read()
	old, new := attributes(before), attributes(after)
	for i := range before.attrs {
		was := &before.attrs[i]
		if is := new[was.name]; is == nil || is.text != was.text {
			c.attribute(before, after, was, is)
		}
	}
	for i := range after.attrs {
		if is := &after.attrs[i]; old[is.name] == nil {
			c.attribute(before, after, nil, is)
		}
	}
	c.parts(before, after)
}

func attributes(e *element) map[string]*attribute {
	index := make(map[string]*attribute, len(e.attrs))
	for i := range e.attrs {
		index[e.attrs[i].name] = &e.attrs[i]
	}
	return index
}

// attribute adds the change of one attribute.
func (c *comparison) attribute(before, after *element, old, new *attribute) {
	if c.full() {
		return
	}
	change := Change{Element: after.kind, Kind: Changed}
	// Where one side has no such attribute, the element shows where it would be.
	change.Old, change.New = side(before.path, "", before.span), side(after.path, "", after.span)
	change.Old.loose, change.New.loose = true, true
	var oldText, newText string
	if old != nil {
		change.Attribute, change.note, oldText = old.name, old.note, shorten(old.text, maxQuoted)
		change.Old = old.side(before)
	}
	if new != nil {
		change.Attribute, change.note, newText = new.name, new.note, shorten(new.text, maxQuoted)
		change.New = new.side(after)
	}
	change.names = []string{before.name, after.name}
	switch {
	case change.Attribute == "name":
		change.Message = fmt.Sprintf("The %s %q is called %q now.", after.kind, oldText, newText)
	case change.note && old != nil && new != nil:
		change.Message = fmt.Sprintf("The %s of %s was reworded.", change.Attribute, after.quoted())
	case change.note && old == nil:
		change.Message = fmt.Sprintf("The %s of %s is new.", change.Attribute, after.quoted())
	case change.note:
		change.Message = fmt.Sprintf("The %s of %s is gone.", change.Attribute, after.quoted())
	case old == nil:
		change.Message = fmt.Sprintf("%s got %s %s.", capital(after.quoted()), change.Attribute, newText)
	case new == nil:
		change.Message = fmt.Sprintf("%s lost its %s, which was %s.", capital(after.quoted()), change.Attribute, oldText)
	default:
		change.Message = fmt.Sprintf("The %s of %s changed from %s to %s%s.", change.Attribute, after.quoted(), oldText, newText, setChange(old, new))
	}
	c.changes = append(c.changes, change)
}

// capital makes a sentence of a phrase that begins with "the".
func capital(phrase string) string { return "T" + phrase[1:] }

// setChange says what of a set is gone and what is new.
func setChange(old, new *attribute) string {
	if old.set == nil || new.set == nil {
		return ""
	}
	gone, come := without(old.set, new.set), without(new.set, old.set)
	switch {
	case len(gone) == 0 && len(come) == 0:
		return "; the order is another one"
	case len(gone) == 0:
		return "; new: " + shorten(strings.Join(come, ", "), maxQuoted)
	case len(come) == 0:
		return "; gone: " + shorten(strings.Join(gone, ", "), maxQuoted)
	}
	return "; gone: " + shorten(strings.Join(gone, ", "), maxQuoted) + "; new: " + shorten(strings.Join(come, ", "), maxQuoted)
}

// without lists what a has and b has not.
func without(a, b []string) (out []string) {
	have := make(map[string]bool, len(b))
	for _, s := range b {
		have[s] = true
	}
	for _, s := range a {
		if !have[s] {
			out = append(out, s)
		}
	}
	return out
}

// parts compares the parts of two elements: first those that both have, then what is gone and what is new.
func (c *comparison) parts(before, after *element) {
	pairs := match(before.parts, after.parts)
	taken := map[*element]bool{}
	for _, old := range before.parts {
		new := pairs[old]
		if new == nil {
			if !c.full() {
				c.changes = append(c.changes, removal(old.read(), before))
			}
			continue
		}
		taken[new] = true
		c.elements(old, new)
		old.forget()
		new.forget()
	}
	for _, new := range after.parts {
		if !taken[new] && !c.full() {
			c.changes = append(c.changes, addition(new.read(), after))
		}
	}
	c.orders(before, after, pairs)
}

func removal(old, parent *element) Change {
	return Change{
		Kind: Removed, Element: old.kind, Old: old.side(), names: []string{old.name},
		Message: fmt.Sprintf("The %s%s was removed%s.", old.kind, old.called(), from(parent)),
	}
}

func addition(new, parent *element) Change {
	return Change{
		Kind: Added, Element: new.kind, New: new.side(), names: []string{new.name},
		Message: fmt.Sprintf("The %s%s was added%s.", new.kind, new.called(), to(parent)),
	}
}

// called is an element's name after its kind, with what it is.
func (e *element) called() string {
	out := ""
	if e.name != "" {
		out = fmt.Sprintf(" %q", shorten(e.name, maxName))
	}
	if e.text != "" && e.text != e.name {
		out += " (" + shorten(e.text, maxQuoted) + ")"
	}
	return out
}

func from(parent *element) string {
	if parent.kind == schemaKind {
		return ""
	}
	return " from " + parent.quoted()
}

func to(parent *element) string {
	if parent.kind == schemaKind {
		return ""
	}
	return " to " + parent.quoted()
}

// schemaKind is the kind of the root of a tree.
const schemaKind = "schema"

// orders adds a change for each kind of part whose common elements stand in another order.
func (c *comparison) orders(before, after *element, pairs map[*element]*element) {
	place := make(map[*element]int, len(after.parts))
	for i, e := range after.parts {
		place[e] = i
	}
	last, told := map[string]int{}, map[string]bool{}
	for _, old := range before.parts {
		new := pairs[old]
		if new == nil || told[old.kind] {
			continue
		}
		if at, seen := last[old.kind]; seen && place[new] < at {
			told[old.kind] = true
			c.add(Change{
				Kind: Reordered, Element: old.kind, Old: side(before.path, "", before.span), New: side(after.path, "", after.span), note: true,
				Message: fmt.Sprintf("The order of the %s of %s changed.", plural(old.kind), after.quoted()),
			})
		}
		last[old.kind] = place[new]
	}
}

func plural(kind string) string {
	switch {
	case kind == "property", kind == "required property":
		return kind[:len(kind)-1] + "ies"
	case kind[len(kind)-1] == 's':
		return kind
	}
	return kind + "s"
}

// match pairs the elements that are the same one, by kind and keys.
func match(before, after []*element) map[*element]*element {
	pairs, taken := make(map[*element]*element, len(before)), make(map[*element]bool, len(after))
	deepest := 0
	for _, e := range before {
		deepest = max(deepest, len(e.keys))
	}
	for i := range deepest {
		index := map[string]*element{}
		for _, e := range after {
			if !taken[e] && i < len(e.keys) && e.keys[i] != "" {
				if key := e.kind + "\x00" + e.keys[i]; index[key] == nil {
					index[key] = e
				}
			}
		}
		pair(before, pairs, taken, index, func(e *element) []string { return slices.Clone(e.keys[min(i, len(e.keys)):min(i+1, len(e.keys))]) })
	}
	index := map[string]*element{}
	for _, e := range after {
		for _, name := range append([]string{e.name}, e.also...) {
			if key := e.kind + "\x00" + name; !taken[e] && name != "" && index[key] == nil {
				index[key] = e
			}
		}
	}
	pair(before, pairs, taken, index, func(e *element) []string { return append([]string{e.name}, e.also...) })
	return pairs
}

// pair takes from an index of the new elements those that the old ones lead to.
func pair(before []*element, pairs map[*element]*element, taken map[*element]bool, index map[string]*element, keys func(*element) []string) {
	for _, old := range before {
		if pairs[old] != nil {
			continue
		}
		for _, key := range keys(old) {
			if new := index[old.kind+"\x00"+key]; new != nil && !taken[new] && key != "" {
				pairs[old], taken[new] = new, true
				break
			}
		}
	}
}
