package transfer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Compare says in which ways a copy differs from the original. What only the copy holds counts too.
func Compare(ctx context.Context, e *engine.Engine, original, copied *Dump) []string {
	c := &comparison{ctx: ctx, engine: e, original: index(original)}
	there := index(copied)
	for _, v := range original.Versions {
		if w := there[key(v)]; w == nil {
			c.add("%s version %d is missing", v.Subject, v.Version)
		} else {
			c.version(v, w)
		}
	}
	for _, w := range copied.Versions {
		if c.original[key(w)] == nil {
			c.add("%s version %d is only in the copy", w.Subject, w.Version)
		}
	}
	compareAll(c, "config", original.Configs, copied.Configs)
	compareAll(c, "mode", original.Modes, copied.Modes)
	return c.out
}

type comparison struct {
	ctx      context.Context
	engine   *engine.Engine
	original map[client.SubjectVersion]*client.Version
	out      []string
}

func index(d *Dump) map[client.SubjectVersion]*client.Version {
	m := make(map[client.SubjectVersion]*client.Version, len(d.Versions))
	for _, v := range d.Versions {
		m[key(v)] = v
	}
	return m
}

func (c *comparison) add(format string, args ...any) {
	c.out = append(c.out, fmt.Sprintf(format, args...))
}

func (c *comparison) version(v, w *client.Version) {
	differ := func(what string, a, b any) {
		if !same(a, b) {
			c.add("%s version %d: %s is %s, and %s in the copy", v.Subject, v.Version, what, short(a), short(b))
		}
	}
	differ("the id", v.ID, w.ID)
	differ("the type", v.Type, w.Type)
	differ("deleted", v.Deleted, w.Deleted)
	differ("the list of references", v.References, w.References)
	differ("the metadata", v.Metadata, w.Metadata)
	differ("the rule set", v.RuleSet, w.RuleSet)
	if v.Schema != w.Schema && c.canonical(v) != w.Schema {
		c.add("%s version %d: the schema is another one in the copy", v.Subject, v.Version)
	} else if v.Schema == w.Schema && v.GUID != "" && w.GUID != "" {
		differ("the guid", v.GUID, w.GUID)
	}
}

// canonical is the text that this registry stores of a schema that others store as it was sent.
func (c *comparison) canonical(v *client.Version) string {
	src := formats.Source{Text: v.Schema, References: v.References}
	seen := map[string]bool{}
	var collect func(v *client.Version)
	collect = func(v *client.Version) {
		for i, to := range referred(v) {
			ref, target := v.References[i], c.original[to]
			if seen[ref.Name] || target == nil {
				continue
			}
			seen[ref.Name] = true
			collect(target)
			src.Resolved = append(src.Resolved, formats.Resolved{Reference: ref, Type: target.Type, Text: target.Schema, References: target.References})
		}
	}
	collect(v)
	schema, err := c.engine.Parse(c.ctx, v.Type, src, formats.Options{})
	if err != nil {
		return v.Schema
	}
	return schema.Canonical()
}

func compareAll[V any](c *comparison, what string, original, copied map[string]V) {
	for _, owner := range sortedKeys(original) {
		if w, ok := copied[owner]; !ok || !same(original[owner], w) {
			c.add("the %s of %s is %s, and %s in the copy", what, nameOf(owner), short(original[owner]), short(copied[owner]))
		}
	}
	for _, owner := range sortedKeys(copied) {
		if _, ok := original[owner]; !ok {
			c.add("the %s of %s is only in the copy: %s", what, nameOf(owner), short(copied[owner]))
		}
	}
}

// same compares values by their JSON.
func same(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}

// short is a value in a sentence.
func short(v any) string {
	text, err := json.Marshal(v)
	if err != nil || string(text) == "null" || string(text) == `""` {
		return "not set"
	}
	if len(text) > 80 {
		return strings.ToValidUTF8(string(text[:80]), "") + "…"
	}
	return string(text)
}
