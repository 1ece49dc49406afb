package registry

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// parseKey identifies a parse: the type, every text that takes part, and how strictly they are read.
type parseKey [sha256.Size]byte

// text is a schema text with everything needed to parse it outside a View.
type text struct {
	typ formats.Type
	src formats.Source
	opt formats.Options
}

func (t *text) key() parseKey {
	h := sha256.New()
	write := func(parts ...string) {
		for _, part := range parts {
			h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
			h.Write([]byte(part))
		}
	}
	number := func(n int) { h.Write(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	write(string(t.typ), fmt.Sprint(t.opt.Validate, t.opt.Strict), t.src.Text)
	for _, ref := range t.src.References {
		write(ref.Name, ref.Subject)
		number(ref.Version)
	}
	number(len(t.src.Resolved))
	for _, resolved := range t.src.Resolved {
		write(resolved.Name, resolved.Subject, resolved.Text)
		number(resolved.Version)
	}
	return parseKey(h.Sum(nil))
}

// parse parses a text, or returns the schema it was parsed to before.
func (r *Registry) parse(ctx context.Context, t *text) (formats.Schema, error) {
	key := t.key()
	if schema, ok := r.parsed.get(key); ok {
		return schema, nil
	}
	schema, err := r.engine.Parse(ctx, t.typ, t.src, t.opt)
	if err != nil {
		return nil, invalidSchema(t.typ, err)
	}
	r.parsed.put(key, schema, schema.Weight()+len(t.src.Text))
	return schema, nil
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

// draft is a schema on its way in: parsed, with what else makes up its identity.
type draft struct {
	schema  formats.Schema
	content storage.Content
}

func (d *draft) key() storage.ContentKey { return storage.KeyOf(&d.content) }

// draft parses a request whose references were resolved by source, and normalises it if asked to.
func (r *Registry) draft(ctx context.Context, t *text, req *SchemaRequest, normalized bool) (*draft, error) {
	schema, err := r.parse(ctx, t)
	if err != nil {
		return nil, err
	}
	refs := t.src.References
	if normalized {
		if schema, err = schema.Normalized(); err != nil {
			return nil, invalidSchema(t.typ, err)
		}
		refs = normalizeReferences(refs)
	}
	content := storage.Content{Type: t.typ, Schema: schema.Canonical(), References: refs, Metadata: req.Metadata, RuleSet: req.RuleSet}
	content.GUID = storage.GUIDOf(&content)
	return &draft{schema, content}, nil
}

// source collects what a request's schema is parsed from. Faults of its references are InvalidSchema.
func (r *Registry) source(v storage.View, context string, req *SchemaRequest, deletedRefs bool, opt formats.Options) (*text, error) {
	t, err := schemaType(req.Type)
	if err != nil {
		return nil, err
	}
	declared, resolved, err := resolve(v, context, req.References, deletedRefs, r.opt.MaxReferences)
	if CodeOf(err) == InvalidSchema {
		return nil, errorf(InvalidSchema, "Invalid schema of type %s, details: %s", t, err)
	}
	if err != nil {
		return nil, err
	}
	return &text{t, formats.Source{Text: req.Schema, References: declared, Resolved: resolved}, opt}, nil
}

// storedText collects what a registered content is parsed from.
func (r *Registry) storedText(v storage.View, context string, c *storage.Content) (*text, error) {
	declared, resolved, err := resolve(v, context, c.References, true, r.opt.MaxReferences)
	if err != nil {
		return nil, err
	}
	return &text{c.Type, formats.Source{Text: c.Schema, References: declared, Resolved: resolved}, formats.Options{}}, nil
}
