package storage

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/formats"
)

// ContentKey identifies a content within a context: equal keys share one id.
type ContentKey struct {
	// GUID is the guid as the reference computes it: an MD5 over the parts without separators. The schema type is not part of
	// it (rest-contract §5.2), and different contents may have the same. It is part of the key so that one index of a store
	// finds contents by either.
	GUID uuid.UUID
	// Sum covers the type, the canonical text, the reference list in its order, the metadata and the rule set, each
	// length-prefixed so that no two contents collide by concatenation. No metadata and empty metadata are different keys.
	Sum [16]byte
}

// KeyOf returns the ContentKey of c, from everything in it but c.GUID.
func KeyOf(c *Content) ContentKey {
	w := contentWriter{prefixed: true}
	w.string(string(c.Type))
	w.content(c)
	sum := sha256.Sum256(w.text)
	return ContentKey{guidOf(c), [16]byte(sum[:])}
}

func guidOf(c *Content) uuid.UUID {
	var w contentWriter
	w.content(c)
	return md5.Sum(w.text)
}

// contentWriter collects the parts of a content for a hash, with or without what keeps neighbours apart.
type contentWriter struct {
	text     []byte
	prefixed bool
}

func (w *contentWriter) content(c *Content) {
	w.text = slices.Grow(w.text, len(c.Schema)+128)
	w.string(c.Schema)
	w.count(len(c.References))
	for _, ref := range c.References {
		w.string(ref.Name)
		w.string(ref.Subject)
		w.uint32(ref.Version)
	}
	w.metadata(c.Metadata)
	w.ruleSet(c.RuleSet)
}

func (w *contentWriter) metadata(m *Metadata) {
	if !w.present(m != nil) {
		return
	}
	w.count(len(m.Tags))
	for _, key := range slices.Sorted(maps.Keys(m.Tags)) {
		w.string(key)
		w.sorted(m.Tags[key])
	}
	w.stringMap(m.Properties)
	w.sorted(m.Sensitive)
}

func (w *contentWriter) ruleSet(r *RuleSet) {
	if !w.present(r != nil) {
		return
	}
	for _, rules := range [][]Rule{r.MigrationRules, r.DomainRules, r.EncodingRules} {
		w.count(len(rules))
		for _, rule := range rules {
			w.rule(rule)
		}
	}
	w.string(r.EnableAt)
}

func (w *contentWriter) rule(r Rule) {
	w.string(r.Name)
	w.string(r.Doc)
	w.string(r.Kind)
	w.string(r.Mode)
	w.string(r.Type)
	w.sorted(r.Tags)
	w.stringMap(r.Params)
	w.string(r.Expr)
	w.string(r.OnSuccess)
	w.string(r.OnFailure)
	w.present(r.Disabled)
}

func (w *contentWriter) stringMap(m map[string]string) {
	w.count(len(m))
	for _, key := range slices.Sorted(maps.Keys(m)) {
		w.string(key)
		w.string(m[key])
	}
}

func (w *contentWriter) sorted(list []string) {
	w.count(len(list))
	for _, s := range slices.Sorted(slices.Values(list)) {
		w.string(s)
	}
}

func (w *contentWriter) string(s string) {
	w.count(len(s))
	w.text = append(w.text, s...)
}

func (w *contentWriter) count(n int) {
	if w.prefixed {
		w.uint32(n)
	}
}

func (w *contentWriter) uint32(n int) {
	w.text = binary.BigEndian.AppendUint32(w.text, uint32(n))
}

// present writes the marker of an optional part and returns whether it is there.
func (w *contentWriter) present(is bool) bool {
	if is {
		w.text = append(w.text, 1)
	} else if w.prefixed {
		w.text = append(w.text, 0)
	}
	return is
}

// ContentOf returns the content that a SCHEMA value describes, with its guid.
func ContentOf(v *SchemaValue) *Content {
	c := &Content{Type: v.Type, Schema: v.Schema, References: v.References, Metadata: v.Metadata, RuleSet: v.RuleSet}
	if c.Type == "" {
		c.Type = formats.Avro
	}
	c.GUID = guidOf(c).String()
	return c
}
