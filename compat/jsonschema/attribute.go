package jsonschema

import (
	"net/url"
	"strings"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// maxFailures is how many of the places that reject one instance are looked at: a long array can have thousands.
const maxFailures = 50

// attribute returns the position of the finding whose difference a witness shows, -1 when it shows something else. The
// validator names keywords of the reader and parts of the instance; a difference fits when it is about both.
func (c *comparison) attribute(reason *inclusion.Witness) int {
	best, bestScore := -1, 0
	for _, failure := range reason.Failures[:min(len(reason.Failures), maxFailures)] {
		f := c.failed(reason, failure)
		for i, d := range c.shown {
			score := c.fits(d, f)
			free := best >= 0 && c.out.Findings[best].Witness != nil && c.out.Findings[i].Witness == nil
			if score > bestScore || score > 0 && score == bestScore && free {
				best, bestScore = i, score
			}
		}
	}
	return best
}

// shows reports whether some failure of a witness fits a difference.
func (c *comparison) shows(reason *inclusion.Witness, d difference) bool {
	for _, failure := range reason.Failures[:min(len(reason.Failures), maxFailures)] {
		if c.fits(d, c.failed(reason, failure)) > 0 {
			return true
		}
	}
	return false
}

func (c *comparison) failed(reason *inclusion.Witness, failure inclusion.Failure) failed {
	document, rejecting := c.reader.Locate(failure.Location)
	keyword := keywordName(failure.Location)
	if rejecting == nil && keyword == "minContains" { // it is 1 where it is not written
		document, rejecting = c.reader.Locate(strings.TrimSuffix(failure.Location, keyword) + "contains")
	}
	return failed{document, rejecting, keyword, tokens(failure.Instance), reason.Instance}
}

// failed is a keyword of the reader that rejects a part of an instance.
type failed struct {
	document *model.Document
	value    *model.Value // of the keyword; nil in a metaschema
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
		if decoded, err := url.PathUnescape(list[i]); err == nil {
			list[i] = decoded
		}
		list[i] = model.UnescapeToken(list[i])
	}
	return list
}

// fits grades how well a failure shows a difference: 0 not at all, more the closer the difference is to it.
func (c *comparison) fits(d difference, f failed) int {
	if d.reader == nil || d.reader.value == nil {
		return 0
	}
	object := instancePath(d)
	if !prefix(object, f.at) {
		return 0
	}
	exactly := len(f.at) == len(object)
	named := d.name != "" && len(f.at) > len(object) && f.at[len(object)] == d.name
	resource := c.reader.ResourceOf(d.reader.value)
	if resource == nil || resource.Document != f.document || !within(f.value, d.reader.value) {
		if d.keyword == "" || d.keyword == "properties" && named {
			return 1 + len(object) // behind a reference out of the schema
		}
		return 0
	}
	// The deeper the place of the difference, the closer.
	score := 10 + 10*len(object)
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
	case "minimum", "maximum":
		if exactly && f.keyword == exclusive[d.keyword] && f.value.Is(model.Bool) {
			return score + 8
		}
	}
	if p := c.placeOf(c.reader, d.reader.value, d.keyword, d.name); within(f.value, p.value) {
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
