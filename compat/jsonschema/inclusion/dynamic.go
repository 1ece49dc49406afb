package inclusion

import (
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"
)

// dynamicScope is what $recursiveRef and $dynamicRef depend on: the schemas that were entered on the way. Only what can
// change an answer is kept, so that there are few of them, and each exists once.
type dynamicScope struct {
	recursive *jsonschema.Schema   // the outermost one with $recursiveAnchor
	anchors   []*jsonschema.Schema // those with $dynamicAnchor that the entered schemas contain, outermost first
}

// dynamicAnchors knows every schema with a $dynamicAnchor. A nil one keeps no track of the scope.
type dynamicAnchors struct {
	all    []*jsonschema.Schema
	scopes map[string]*dynamicScope
	ids    map[*jsonschema.Schema]int
}

func newDynamicAnchors(roots []*jsonschema.Schema) *dynamicAnchors {
	d := &dynamicAnchors{scopes: map[string]*dynamicScope{}, ids: map[*jsonschema.Schema]int{}}
	seen := map[*jsonschema.Schema]bool{}
	var queue []*jsonschema.Schema
	for _, root := range roots {
		if !seen[root] {
			seen[root] = true
			queue = append(queue, root)
		}
	}
	for len(queue) > 0 {
		x := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if x.DynamicAnchor != "" && x.Draft == jsonschema.Draft2020 {
			d.all = append(d.all, x)
		}
		subschemas(x, func(child *jsonschema.Schema) {
			if child != nil && !seen[child] {
				seen[child] = true
				queue = append(queue, child)
			}
		})
	}
	return d
}

// subschemas calls visit for everything that x applies or refers to.
func subschemas(x *jsonschema.Schema, visit func(*jsonschema.Schema)) {
	for _, child := range []*jsonschema.Schema{x.Ref, x.RecursiveRef, x.DynamicRef, x.Not, x.If, x.Then, x.Else,
		x.PropertyNames, x.UnevaluatedProperties, x.Items2020, x.Contains, x.UnevaluatedItems, x.ContentSchema} {
		visit(child)
	}
	for _, list := range [][]*jsonschema.Schema{x.AllOf, x.AnyOf, x.OneOf, x.PrefixItems} {
		for _, child := range list {
			visit(child)
		}
	}
	for _, name := range sortedNames(x.Properties) {
		visit(x.Properties[name])
	}
	for _, child := range x.PatternProperties {
		visit(child)
	}
	for _, name := range sortedNames(x.DependentSchemas) {
		visit(x.DependentSchemas[name])
	}
	for _, name := range sortedNames(x.Dependencies) {
		if child, ok := x.Dependencies[name].(*jsonschema.Schema); ok {
			visit(child)
		}
	}
	for _, value := range []any{x.AdditionalProperties, x.AdditionalItems, x.Items} {
		switch value := value.(type) {
		case *jsonschema.Schema:
			visit(value)
		case []*jsonschema.Schema:
			for _, child := range value {
				visit(child)
			}
		}
	}
}

// outermost is the scope before the root is entered.
func (d *dynamicAnchors) outermost() *dynamicScope {
	if d == nil {
		return nil
	}
	return d.unique(dynamicScope{})
}

// enter is the scope inside x. Like the validator it looks for anchors in everything that lies inside x in the document.
func (d *dynamicAnchors) enter(scope *dynamicScope, x *jsonschema.Schema) *dynamicScope {
	if d == nil {
		return nil
	}
	inside := dynamicScope{recursive: scope.recursive, anchors: scope.anchors[:len(scope.anchors):len(scope.anchors)]}
	if inside.recursive == nil && x.RecursiveAnchor {
		inside.recursive = x
	}
	for _, anchor := range d.all {
		if (anchor == x || strings.HasPrefix(anchor.Location, x.Location+"/")) && !inside.knows(anchor) {
			inside.anchors = append(inside.anchors, anchor)
		}
	}
	return d.unique(inside)
}

func (s *dynamicScope) knows(anchor *jsonschema.Schema) bool {
	for _, known := range s.anchors {
		if known == anchor {
			return true
		}
	}
	return false
}

// forget is the scope without its anchors.
func (d *dynamicAnchors) forget(scope *dynamicScope) *dynamicScope {
	if d == nil {
		return nil
	}
	return d.unique(dynamicScope{recursive: scope.recursive})
}

// unique returns the one scope that equals s.
func (d *dynamicAnchors) unique(s dynamicScope) *dynamicScope {
	key := []byte{}
	for _, x := range append([]*jsonschema.Schema{s.recursive}, s.anchors...) {
		id, ok := d.ids[x]
		if !ok {
			id = len(d.ids)
			d.ids[x] = id
		}
		key = append(key, byte(id), byte(id>>8), byte(id>>16))
	}
	if known, ok := d.scopes[string(key)]; ok {
		return known
	}
	d.scopes[string(key)] = &s
	return &s
}

// target is where a $dynamicRef to static leads in a scope: to the outermost other schema with that anchor, if any.
func (d *dynamicAnchors) target(static *jsonschema.Schema, scope *dynamicScope) *jsonschema.Schema {
	for _, anchor := range scope.anchors {
		if anchor.DynamicAnchor == static.DynamicAnchor && anchor != static {
			return anchor
		}
	}
	return static
}
