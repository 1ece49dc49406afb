package jsonschema

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// defaultBase is what relative URIs are resolved against in a schema that does not say who it is.
const defaultBase = "mem://input"

// Target is what a reference keyword leads to.
type Target struct {
	// Schema is the schema referred to; nil when Problem or Metaschema says why there is none.
	Schema *Value
	// Metaschema is the draft whose metaschema is meant; 0 otherwise. Its text is not part of the model.
	Metaschema Draft
	// Anchor is set for a $dynamicRef whose first target carries that $dynamicAnchor: the outermost resource of the
	// dynamic scope with the same one takes over.
	Anchor string
	// Problem says why nothing was found; empty otherwise.
	Problem string
}

// referenceKeywords are the keywords that lead to another schema.
var referenceKeywords = []string{"$ref", "$dynamicRef", "$recursiveRef"}

// refKey names one reference keyword of one schema.
type refKey struct {
	schema  *Value
	keyword string
}

// graph is every document of a schema with its resources and where all its references lead. It is complete once built.
type graph struct {
	documents []*Document
	base      string               // URI of the first document
	names     map[string]*Resource // documents by the name they were supplied under
	resources map[string]*Resource
	targets   map[refKey]Target
	pending   []refKey
	joined    int // bytes of all URIs that were resolved against another
}

// maxJoined bounds the work on URIs: each holds that of the resource around it, so that all of them could be many times the
// text.
const maxJoined = 64 << 20

// newGraph indexes documents, the first of which is the schema itself, and resolves every reference in them. It fails with a
// *formats.LimitError when that would take too long.
func newGraph(documents []*Document) (*graph, error) {
	g := &graph{
		documents: documents, base: defaultBase,
		names: map[string]*Resource{}, resources: map[string]*Resource{}, targets: map[refKey]Target{},
	}
	if id := identity(documents[0].Root, documents[0].Draft); id != "" {
		g.base = withoutFragment(g.join(defaultBase, id))
	}
	for i, d := range documents {
		uri := g.base
		if i > 0 {
			uri = withoutFragment(g.join(g.base, d.Name))
		}
		r := &Resource{Document: d, URI: uri, Root: d.Root, Draft: d.Draft}
		if i > 0 {
			if _, taken := g.names[d.Name]; !taken {
				g.names[d.Name] = r
			}
		}
		g.register(uri, r)
		g.index(d.Root, r)
	}
	for len(g.pending) > 0 {
		key := g.pending[len(g.pending)-1]
		g.pending = g.pending[:len(g.pending)-1]
		g.targets[key] = g.resolve(key)
	}
	return g, g.within()
}

// within returns an error when the work on URIs was cut off.
func (g *graph) within() error {
	if g.joined <= maxJoined {
		return nil
	}
	return &formats.LimitError{Limit: "bytes of URIs", Max: maxJoined}
}

// register makes a resource known by its URI; the first one with a URI keeps it.
func (g *graph) register(uri string, r *Resource) {
	if _, taken := g.resources[uri]; !taken {
		g.resources[uri] = r
	}
}

// index gives every schema below v the resource it belongs to, and collects references. The depth is bounded by Read.
func (g *graph) index(v *Value, r *Resource) {
	if !v.IsSchema() || v.scope != nil {
		return
	}
	if v.Kind == Object {
		r = g.enter(v, r)
	}
	v.scope = r
	for i := range v.Members {
		g.indexKeyword(v, &v.Members[i], r)
	}
}

// enter returns the resource that v lies in: a new one when it has an identity of its own.
func (g *graph) enter(v *Value, r *Resource) *Resource {
	draft := r.Draft
	if schema := v.Get("$schema"); schema.Is(String) {
		if d, ok := DraftOf(schema.Text); ok && v.Get(d.ID()).Is(String) {
			draft = d
		}
	}
	if id := identity(v, draft); id != "" {
		uri := withoutFragment(g.join(r.URI, id))
		switch {
		case v == r.Root:
			r.URI = uri
		case uri != r.URI:
			r = &Resource{Document: r.Document, URI: uri, Root: v, Draft: draft}
		}
		g.register(uri, r)
	}
	if name := v.Get(draft.ID()); draft <= Draft7 && name.Is(String) && strings.HasPrefix(name.Text, "#") && !v.Has("$ref") {
		r.anchor(name.Text[1:], v)
	}
	if name := v.Get("$anchor"); draft >= Draft2019 && name.Is(String) {
		r.anchor(name.Text, v)
	}
	if name := v.Get("$dynamicAnchor"); draft >= Draft2020 && name.Is(String) {
		r.anchor(name.Text, v)
		if r.dynamic == nil {
			r.dynamic = map[string]*Value{}
		}
		r.dynamic[name.Text] = v
	}
	return r
}

func (r *Resource) anchor(name string, v *Value) {
	if r.anchors == nil {
		r.anchors = map[string]*Value{}
	}
	if _, taken := r.anchors[name]; !taken {
		r.anchors[name] = v
	}
}

// identity is the $id of a schema that names a resource: not a mere fragment, and not beside a $ref in the drafts where
// that hides it.
func identity(v *Value, draft Draft) string {
	id := v.Get(draft.ID())
	if !id.Is(String) || draft <= Draft7 && v.Has("$ref") {
		return ""
	}
	return withoutFragment(id.Text)
}

func (g *graph) indexKeyword(schema *Value, m *Member, r *Resource) {
	switch m.Value.Kind {
	case Object, Bool:
		if contains(schemaKeywords, m.Key) {
			g.index(m.Value, r)
		} else if m.Value.Kind == Object && contains(schemaMapKeywords, m.Key) {
			for i := range m.Value.Members {
				g.index(m.Value.Members[i].Value, r)
			}
		}
	case Array:
		if contains(schemaArrayKeywords, m.Key) {
			for _, item := range m.Value.Items {
				g.index(item, r)
			}
		}
	case String:
		if m.Key == "$ref" || m.Key == "$dynamicRef" && r.Draft >= Draft2020 || m.Key == "$recursiveRef" && r.Draft == Draft2019 {
			g.pending = append(g.pending, refKey{schema, m.Key})
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// resolve finds what one reference leads to.
func (g *graph) resolve(key refKey) Target {
	ref, from := key.schema.Get(key.keyword).Text, key.schema.scope
	r, fragment, target := g.locate(from, ref)
	if r == nil {
		return target
	}
	v, problem := g.follow(r, fragment)
	switch {
	case problem != "":
		return Target{Problem: fmt.Sprintf("%s %q: %s", key.keyword, ref, problem)}
	case !v.IsSchema():
		return Target{Problem: fmt.Sprintf("%s %q leads to a %s, not to a schema", key.keyword, ref, v.Kind)}
	}
	target = Target{Schema: v}
	if key.keyword == "$dynamicRef" && !strings.HasPrefix(fragment, "/") && v.scope != nil && v.scope.DynamicAnchor(fragment) == v {
		target.Anchor = fragment
	}
	return target
}

// locate finds the resource a reference means and the fragment within it.
func (g *graph) locate(from *Resource, ref string) (*Resource, string, Target) {
	literal, fragment, _ := strings.Cut(ref, "#")
	if literal == "" {
		return from, fragment, Target{}
	}
	absolute := withoutFragment(g.join(from.URI, literal))
	for _, candidate := range []string{absolute, withoutFragment(g.join(g.base, literal))} {
		if r, ok := g.resources[candidate]; ok {
			return r, fragment, Target{}
		}
	}
	for _, name := range []string{ref, literal, strings.TrimPrefix(literal, "./")} {
		if r, ok := g.names[name]; ok {
			return r, fragment, Target{}
		}
	}
	if d, ok := DraftOf(absolute); ok && fragment == "" {
		return nil, "", Target{Metaschema: d}
	}
	return nil, "", Target{Problem: fmt.Sprintf("nothing is known under %q; declare it as a reference with that name", literal)}
}

// follow finds the schema at a fragment of a resource: a JSON pointer or an anchor.
func (g *graph) follow(r *Resource, fragment string) (*Value, string) {
	if fragment == "" || fragment == "/" && !r.Root.Has("") {
		return r.Root, ""
	}
	if fragment[0] != '/' {
		if v := r.Anchor(fragment); v != nil {
			return v, ""
		}
		return nil, fmt.Sprintf("there is no anchor %q", fragment)
	}
	v, scope := r.Root, r
	for _, token := range strings.Split(fragment[1:], "/") {
		if decoded, err := url.PathUnescape(token); err == nil {
			token = decoded
		}
		if v = v.step(UnescapeToken(token)); v == nil {
			return nil, "there is nothing at this place"
		}
		if v.scope != nil {
			scope = v.scope
		}
	}
	g.index(v, scope)
	return v, ""
}

// join is join within the limit on the work.
func (g *graph) join(base, ref string) string {
	if g.joined += len(base) + len(ref); g.joined > maxJoined {
		return ref
	}
	return join(base, ref)
}

// join resolves a reference against a base URI; a text that is no URI is kept as it is.
func join(base, ref string) string {
	u, err := url.Parse(ref)
	if err != nil || u.IsAbs() {
		return ref
	}
	b, err := url.Parse(base)
	if err != nil || b.Opaque != "" {
		return ref
	}
	return b.ResolveReference(u).String()
}

func withoutFragment(uri string) string {
	uri, _, _ = strings.Cut(uri, "#")
	return uri
}
