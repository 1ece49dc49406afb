package registry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// parseKey identifies a parse: the type, every text that takes part, and whether it is normalized. The checks of
// formats.Options are left out: they decide whether there is a schema, not which.
type parseKey [sha256.Size]byte

// text is a schema text with everything needed to parse it outside a View.
type text struct {
	typ        formats.Type
	src        formats.Source
	opt        formats.Options
	normalized bool
	stored     bool          // it is the text of a registered version
	refersTo   []storage.Row // the versions that src.Resolved has the texts of
}

// parsed is what a text turns into.
type parsed struct {
	schema formats.Schema
	refs   []formats.Reference
	key    storage.ContentKey // of the schema and its references, without metadata and rules
	checks checks             // that it has passed
	// identity is computed when it is first asked for.
	identity func() formats.Identity
}

// checks say how much of formats.Options a text is held to; each includes those before it.
type checks uint8

const (
	unchecked checks = iota
	validated
	strictlyValidated
)

func (t *text) checks() checks {
	switch {
	case !t.opt.Validate:
		return unchecked
	case !t.opt.Strict:
		return validated
	}
	return strictlyValidated
}

// keyBuffers hold the input of parseKey hashes.
var keyBuffers = sync.Pool{New: func() any { return new([]byte) }}

func (t *text) key() parseKey {
	buffer := keyBuffers.Get().(*[]byte)
	b := (*buffer)[:0]
	write := func(parts ...string) {
		for _, part := range parts {
			b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
			b = append(b, part...)
		}
	}
	b = strconv.AppendBool(b, t.normalized)
	write(string(t.typ), t.src.Text)
	for _, ref := range t.src.References {
		write(ref.Name, ref.Subject)
		b = binary.BigEndian.AppendUint32(b, uint32(ref.Version))
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(t.src.Resolved)))
	for _, resolved := range t.src.Resolved {
		write(resolved.Name, resolved.Subject, resolved.Text)
		b = binary.BigEndian.AppendUint32(b, uint32(resolved.Version))
	}
	*buffer = b
	defer keyBuffers.Put(buffer)
	return sha256.Sum256(b)
}

// parse parses a text, or returns what it was parsed to before.
func (r *Registry) parse(ctx context.Context, t *text) (*parsed, error) {
	key := t.key()
	if p := r.parsed.get(key, t.stored); p != nil && p.checks >= t.checks() {
		return p, nil
	}
	schema, err := r.engine.Parse(ctx, t.typ, t.src, t.opt)
	if err != nil {
		return nil, invalidSchema(t.typ, err)
	}
	refs := t.src.References
	if t.normalized {
		if schema, err = schema.Normalized(); err != nil {
			return nil, invalidSchema(t.typ, err)
		}
		refs = normalizeReferences(refs)
	}
	p := &parsed{schema: schema, refs: refs, checks: t.checks(), identity: sync.OnceValue(schema.Identity)}
	p.key = storage.KeyOf(p.content(nil, nil))
	r.parsed.put(key, p, t.stored)
	return p, nil
}

// Parse reads a schema as a lookup under the subject would: its references are resolved there, soft-deleted ones too, and
// it need not pass the checks for new schemas. Spans of what is found in it point into req.Schema. InvalidSchema.
func (r *Registry) Parse(ctx context.Context, subject string, req SchemaRequest) (formats.Schema, error) {
	if blank(&req) {
		return nil, errorf(InvalidSchema, "Empty schema")
	}
	var source *text
	err := r.store.View(func(v storage.View) (err error) {
		source, err = r.source(v, contextOf(normalize(subject)), &req, parseOptions{deletedRefs: true})
		return err
	})
	if err != nil {
		return nil, err
	}
	p, err := r.parse(ctx, source)
	if err != nil {
		return nil, err
	}
	return p.schema, nil
}

// parsedWeight is what a kept schema takes beyond itself, in bytes.
const parsedWeight = 256

func (p *parsed) weight() int { return p.schema.Weight() + parsedWeight }

// identityWeight is what a kept identity takes, in bytes, with what finds it.
const identityWeight = 256

// identity returns the identity of the schema that a text stands for. It is kept for longer than the parsed schema: a
// registration looks through all versions of its subject for one that is the same but for the freedoms of its text.
func (r *Registry) identity(ctx context.Context, t *text) (formats.Identity, error) {
	key := t.key()
	if identity, ok := r.identities.get(key); ok {
		return identity, nil
	}
	p, err := r.parse(ctx, t)
	if err != nil {
		return formats.Identity{}, err
	}
	identity := p.identity()
	r.identities.put(key, identity, identityWeight)
	return identity, nil
}

// parseUnchecked parses a text without the checks for new schemas, which a stored one need not pass. An Avro text is tried
// with them first: they cost little there, what passes them is the same schema, and when it is new after all, the
// registration finds it parsed.
func (r *Registry) parseUnchecked(ctx context.Context, t *text) (*parsed, error) {
	if t.typ == formats.Avro {
		tried := *t
		tried.opt.Validate = true
		if p, err := r.parse(ctx, &tried); err == nil {
			return p, nil
		}
	}
	return r.parse(ctx, t)
}

// content is what the text stands for with the given metadata and rules; its guid is left out.
func (p *parsed) content(m *Metadata, rules *RuleSet) *storage.Content {
	return &storage.Content{Type: p.schema.Type(), Schema: p.schema.Canonical(), References: p.refs, Metadata: m, RuleSet: rules}
}

// invalidSchema turns what a parser says into the error a client sees. A cancelled request stays what it is.
func invalidSchema(t formats.Type, err error) error {
	var fault *formats.ParseError
	var limit *formats.LimitError
	if errors.As(err, &fault) || errors.As(err, &limit) {
		return &Error{Code: InvalidSchema, Message: fmt.Sprintf("Invalid schema of type %s, details: %s", t, err), cause: err}
	}
	return err
}

// schemaType reads the type of a request; the names are case sensitive.
func schemaType(name string) (formats.Type, error) {
	if name == "" {
		return formats.Avro, nil
	}
	for _, t := range formats.Types() {
		if name == string(t) {
			return t, nil
		}
	}
	return "", errorf(InvalidSchema, "Invalid schema type %s", name)
}

// blank reports whether a request leaves the schema out.
func blank(req *SchemaRequest) bool { return strings.TrimSpace(req.Schema) == "" }

// draft is a schema on its way in: parsed, with what else makes up its identity. The guid is added when it is stored.
type draft struct {
	*parsed
	content storage.Content
}

func newDraft(p *parsed, m *Metadata, rules *RuleSet) *draft { return &draft{p, *p.content(m, rules)} }

func (d *draft) key() storage.ContentKey {
	if d.content.Metadata == nil && d.content.RuleSet == nil {
		return d.parsed.key
	}
	return storage.KeyOf(&d.content)
}

// draft parses a request whose references were resolved by source.
func (r *Registry) draft(ctx context.Context, t *text, req *SchemaRequest) (*draft, error) {
	p, err := r.parse(ctx, t)
	if err != nil {
		return nil, err
	}
	return newDraft(p, req.Metadata, req.RuleSet), nil
}

// parseOptions say how the text of a request is read.
type parseOptions struct {
	formats.Options
	deletedRefs bool // references to soft-deleted versions resolve
	normalized  bool
}

// source collects what a request's schema is parsed from. Faults of its references are InvalidSchema.
func (r *Registry) source(v storage.View, context string, req *SchemaRequest, how parseOptions) (*text, error) {
	t, err := schemaType(req.Type)
	if err != nil {
		return nil, err
	}
	declared, resolved, err := resolve(v, context, req.References, how.deletedRefs, r.opt.MaxReferences)
	if CodeOf(err) == InvalidSchema {
		return nil, errorf(InvalidSchema, "Invalid schema of type %s, details: %s", t, err)
	}
	if err != nil {
		return nil, err
	}
	return &text{typ: t, src: formats.Source{Text: req.Schema, References: declared, Resolved: resolved.texts}, opt: how.Options, normalized: how.normalized, refersTo: resolved.rows}, nil
}

// storedText collects what a registered content is parsed from.
func (r *Registry) storedText(v storage.View, context string, c *storage.Content) (*text, error) {
	declared, resolved, err := resolve(v, context, c.References, true, r.opt.MaxReferences)
	if err != nil {
		return nil, err
	}
	return &text{typ: c.Type, src: formats.Source{Text: c.Schema, References: declared, Resolved: resolved.texts}, stored: true, refersTo: resolved.rows}, nil
}
