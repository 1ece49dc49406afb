package jsonschema

import (
	"strings"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// attribute returns the position of the finding whose difference a witness shows, -1 when it shows something else. The
// validator names keywords of the reader and parts of the instance; a difference fits when it is about both.
func (c *comparison) attribute(reason *inclusion.Witness) int {
	best, bestScore := -1, 0
	for _, failure := range reason.Failures {
		document, rejecting := c.reader.Locate(failure.Location)
		if rejecting == nil {
			continue
		}
		f := failed{document, rejecting, keywordName(failure.Location), tokens(failure.Instance), reason.Instance}
		for i, d := range c.shown {
			if score := c.fits(d, f); score > bestScore || score == bestScore && score > 0 && c.out.Findings[best].Witness != nil && c.out.Findings[i].Witness == nil {
				best, bestScore = i, score
			}
		}
	}
	return best
}

// failed is a keyword of the reader that rejects a part of an instance.
type failed struct {
	document *model.Document
	value    *model.Value // of the keyword
	keyword  string
	at       []string // the part of the instance
	instance any
}

func keywordName(location string) string {
	return model.UnescapeToken(location[strings.LastIndexByte(location, '/')+1:])
}

func tokens(pointer string) []string {
	if pointer == "" {
		return nil
	}
	list := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i := range list {
		list[i] = model.UnescapeToken(list[i])
	}
	return list
}

// fits grades how well a failure shows a difference: 0 not at all, more the closer the difference is to it.
func (c *comparison) fits(d difference, f failed) int {
	if d.reader == nil || d.reader.value == nil {
		return 0
	}
	resource := c.reader.ResourceOf(d.reader.value)
	if resource == nil || resource.Document != f.document || !within(f.value, d.reader.value) {
		return 0
	}
	object := instancePath(d.path, d.keyword)
	if !prefix(object, f.at) {
		return 0
	}
	// The deeper the place of the difference, the closer.
	score := 10 + 10*len(object)
	exactly := len(f.at) == len(object)
	named := d.name != "" && len(f.at) > len(object) && f.at[len(object)] == d.name
	switch d.keyword {
	case "properties":
		if named || exactly && (f.keyword == "required" && !has(f, d.name) || closing(f.keyword) && has(f, d.name)) {
			return score + 9
		}
		return 0
	case "required":
		if exactly && f.keyword == "required" && !has(f, d.name) {
			return score + 9
		}
		return 0
	case "items":
		if d.name != "" && !named && !exactly {
			return 0
		}
		return score + 5
	case "":
		return score
	}
	if p := placeOf(c.reader, d.reader.value, d.keyword, d.name); within(f.value, p.value) {
		return score + 8
	}
	return 0
}

// closing reports whether a keyword can refuse properties for their name alone.
func closing(keyword string) bool {
	return keyword == "additionalProperties" || keyword == "unevaluatedProperties"
}

// within reports whether one value lies inside the other, or is it. Both are of one document.
func within(inner, outer *model.Value) bool {
	return inner != nil && outer != nil && outer.Start <= inner.Start && inner.End <= outer.End
}

// has reports whether the part of the instance is an object with a member of that name.
func has(f failed, name string) bool {
	at := f.instance
	for _, token := range f.at {
		switch v := at.(type) {
		case map[string]any:
			at = v[token]
		case []any:
			at = elementAt(v, token)
		default:
			return false
		}
	}
	object, ok := at.(map[string]any)
	if !ok {
		return false
	}
	_, ok = object[name]
	return ok
}

func elementAt(list []any, token string) any {
	i := 0
	for _, c := range token {
		if c < '0' || c > '9' || i > len(list) {
			return nil
		}
		i = 10*i + int(c-'0')
	}
	if i >= len(list) {
		return nil
	}
	return list[i]
}

// prefix reports whether path begins with pattern, in which "*" stands for any token.
func prefix(pattern, path []string) bool {
	if len(pattern) > len(path) {
		return false
	}
	for i, token := range pattern {
		if token != "*" && token != path[i] {
			return false
		}
	}
	return true
}

// instancePath is where in an instance the schemas of a difference apply, with "*" for any property or item. For
// a difference about a property it is the object that has it.
func instancePath(path *step, keyword string) []string {
	var steps []string
	for s := path; s != nil; s = s.above {
		steps = append(steps, s.name)
	}
	for i, j := 0, len(steps)-1; i < j; i, j = i+1, j-1 {
		steps[i], steps[j] = steps[j], steps[i]
	}
	var out []string
	for i := 0; i < len(steps); i++ {
		last := i+1 >= len(steps)
		switch s := steps[i]; {
		case s == "properties" && !last:
			i++
			if i+1 < len(steps) || keyword != "properties" {
				out = append(out, steps[i])
			}
		case s == "required" || s == "dependencies":
			i++
		case s == "items" || s == "additionalItems" || s == "unevaluatedItems" || s == "additionalProperties" || s == "unevaluatedProperties":
			if !last || keyword != s {
				out = append(out, "*")
			}
		case strings.HasPrefix(s, "items/"):
			if !last || keyword != "items" {
				out = append(out, s[len("items/"):])
			}
		}
	}
	return out
}
