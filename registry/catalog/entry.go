package catalog

import (
	"strings"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// entry is what the catalog knows of a subject. It is not modified once it has been entered, but for its fields.
type entry struct {
	name    string // qualified
	folded  string // in lower case
	context string
	owner   string
	typ     formats.Type
	level   string // its own; empty when it is inherited
	mode    string // likewise
	latest  int    // of a deleted subject the highest
	id      int
	live    int
	deleted int
	time    int64
	out     []string // the subjects that the latest version refers to, qualified
	fields  []field
	left    int // fields for which there was no room

	ownerNumber uint32 // in the catalog's vocabulary

	// Between reading and entering.
	text  string
	nodes []listed
}

// own is the name without the context.
func (e *entry) own() string {
	if e.context == storage.DefaultContext {
		return e.name
	}
	return e.name[len(e.context)+2:]
}

// Properties of the metadata that name who is responsible, the first that is set wins.
var ownerProperties = []string{"owner", "team", "owners"}

// OwnerOf returns who is responsible for a schema according to its metadata: the property "owner", "team" or "owners".
func OwnerOf(m *storage.Metadata) string {
	if m != nil {
		for _, name := range ownerProperties {
			if value := strings.TrimSpace(m.Properties[name]); value != "" {
				return value
			}
		}
	}
	return ""
}

// readEntry reads a subject; nil when it has no version, or is none.
func readEntry(v storage.View, name string) (*entry, error) {
	context, own := storage.SplitSubject(name)
	s, err := v.Subject(name)
	if s == nil || err != nil || own == "" && s.Live+s.Deleted == 0 {
		return nil, err
	}
	e := &entry{name: s.Name, folded: strings.ToLower(s.Name), context: context, live: s.Live, deleted: s.Deleted, latest: s.Latest}
	if e.folded == e.name {
		e.folded = e.name // one string in memory
	}
	if s.Live == 0 {
		e.latest = s.Highest
	}
	row, err := v.Row(name, e.latest)
	if row == nil || err != nil {
		return nil, err
	}
	e.id, e.time = row.ID, row.Time
	content, err := v.Content(context, row.ID)
	if content == nil || err != nil {
		return nil, err
	}
	e.typ, e.owner = content.Type, OwnerOf(content.Metadata)
	for _, ref := range content.References {
		e.out = append(e.out, storage.ReferredSubject(context, ref.Subject))
	}
	if s.Live > 0 {
		e.text = content.Schema
	} else {
		e.out = nil
	}
	config, err := v.Config(name)
	if err != nil {
		return nil, err
	}
	if config != nil {
		e.level = config.CompatibilityLevel
	}
	e.mode, err = v.Mode(name)
	return e, err
}

// listed is a field on its way into the index.
type listed struct{ name, path, typ, doc string }

// Bounds of what is listed of one schema.
const (
	maxFieldsOfSchema = 2000
	maxPath           = 300
	maxDoc            = 240
)

// list finds the fields of the text. One that cannot be read has none.
func (e *entry) list(engine *engine.Engine) {
	if e.text == "" {
		return
	}
	if outline, err := engine.Outline(e.typ, e.text); err == nil {
		e.walk(outline.Nodes, "", e.typ == formats.Protobuf || len(outline.Nodes) > 1)
	}
	e.text = ""
}

// walk lists fields below a path. A type that is declared in a field's place adds nothing to the path; at the top it does
// where there are several.
func (e *entry) walk(nodes []formats.Node, path string, named bool) {
	for i := range nodes {
		n := &nodes[i]
		if len(e.nodes) >= maxFieldsOfSchema || len(path) > maxPath {
			return
		}
		below := path
		if n.Kind == formats.FieldNode || n.Kind == formats.TypeNode && named && n.Full != "#" {
			below = n.Name
			if path != "" {
				below = path + "." + n.Name
			}
		}
		if n.Kind == formats.FieldNode {
			e.nodes = append(e.nodes, listed{name: n.Name, path: below, typ: n.Type, doc: Brief(n.Doc, maxDoc)})
		}
		if n.Kind != formats.EnumNode {
			e.walk(n.Nodes, below, named && n.Kind == formats.TypeNode)
		}
	}
}

// Brief cuts a text to at most n bytes, with an ellipsis when something is missing.
func Brief(text string, n int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= n {
		return text
	}
	return strings.ToValidUTF8(text[:n-3], "") + "…"
}
