package jsonschema

import (
	"slices"
	"strings"
)

// segment is one step that the path of a difference takes from a schema into a subschema.
type segment struct {
	kind segmentKind
	name string // of the property; the number of the item
}

type segmentKind uint8

const (
	toProperty    segmentKind = iota // properties/name
	toAnyProperty                    // additionalProperties and its kin
	toItem                           // items/N
	toAnyItem                        // items, additionalItems and their kin
	inPlace                          // a subschema for the same part of the instance
)

// segments reads the path to the schema that holds the keyword a difference is about. What the path names beyond it, the keyword
// and the property or item under it, is left out.
func (d difference) segments() []segment {
	var steps []string
	for s := d.path; s != nil; s = s.above {
		steps = append(steps, s.name)
	}
	slices.Reverse(steps)
	var out []segment
	for i := 0; i < len(steps); i++ {
		last := i+1 >= len(steps)
		switch s := steps[i]; {
		case s == "properties" && !last:
			i++
			if i+1 < len(steps) || d.keyword != "properties" {
				out = append(out, segment{toProperty, steps[i]})
			}
		case s == "required" || last && s == d.keyword:
			return out
		case s == "dependencies":
			i++
			if i+1 < len(steps) || d.keyword != "dependencies" {
				out = append(out, segment{inPlace, "dependencies"})
			}
		case s == "items" || s == "additionalItems" || s == "unevaluatedItems":
			out = append(out, segment{toAnyItem, s})
		case s == "additionalProperties" || s == "unevaluatedProperties":
			out = append(out, segment{toAnyProperty, s})
		case strings.HasPrefix(s, "items/"):
			if !last || d.keyword != "items" {
				out = append(out, segment{toItem, s[len("items/"):]})
			}
		default:
			out = append(out, segment{inPlace, s})
		}
	}
	return out
}

// instancePath is where in an instance the schemas of a difference apply, with "*" for any property or item. For a difference about a
// property it is the object that has it.
func instancePath(d difference) []string {
	var out []string
	for _, s := range d.segments() {
		switch s.kind {
		case toProperty, toItem:
			out = append(out, s.name)
		case toAnyProperty, toAnyItem:
			out = append(out, "*")
		}
	}
	return out
}
