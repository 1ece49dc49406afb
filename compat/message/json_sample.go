package message

import (
	"context"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/jsonschema"
)

// Bounds of an example: its values, the schemas its objects are filled from, the nesting it fills with what is not required, and the
// search for one when a guess fails.
const (
	maxSampleValues = 500
	maxSampleParts  = 10_000
	maxSampleDepth  = 6
	maxSampleTime   = 2 * time.Second
)

// sample guesses an instance with every property filled, and asks the validator. Where the guess is wrong (patterns, conditions), the
// solver that looks for witnesses finds an instance: a small one.
func (c *jsonCodec) sample(ctx context.Context, _ Options) (string, error) {
	g := &guess{schema: c.schema}
	if v := g.of(c.schema.Root(), "text", 0); v != nil {
		text := string(jsonschema.AppendCompact(nil, v))
		if instance, err := parse([]byte(text)); err == nil {
			if failures, err := inclusion.Validate(c.compiled, instance); err == nil && len(failures) == 0 {
				return text, nil
			}
		}
	}
	nothing, err := jsonschema.Parse(ctx, formats.Source{Text: "false"}, formats.Options{})
	if err != nil {
		return "", err
	}
	reader, err := inclusion.Of(nothing)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, maxSampleTime)
	defer cancel()
	// What the schema that accepts nothing rejects is any instance.
	switch result := inclusion.Decide(ctx, c.compiled, reader, inclusion.Limits{}); result.Verdict {
	case inclusion.NotIncluded:
		return string(result.Witness.JSON), nil
	case inclusion.Included:
		return "", fmt.Errorf("no message exists: the schema accepts nothing")
	default:
		return "", fmt.Errorf("no example was found: %s", result.Why)
	}
}

// guess makes values of schemas by their plainest keywords.
type guess struct {
	schema *jsonschema.Schema
	values int
	parts  int // schemas that objects were filled from
}

func text(s string) *jsonschema.Value { return &jsonschema.Value{Kind: jsonschema.String, Text: s} }

// of returns a value for a schema, nil when there is none to be guessed. name is the property it is for.
func (g *guess) of(s *jsonschema.Value, name string, depth int) *jsonschema.Value {
	if g.values++; g.values > maxSampleValues || depth > 4*maxSampleDepth {
		return nil
	}
	if s.Is(jsonschema.Bool) && s.Text == "false" {
		return nil
	}
	if v := g.given(s); v != nil {
		return v
	}
	if target, ok := g.schema.Ref(s, "$ref"); ok {
		return g.of(target.Schema, name, depth+1)
	}
	for _, keyword := range []string{"oneOf", "anyOf"} {
		if list := s.Get(keyword); list.Is(jsonschema.Array) && !s.Has("properties") {
			for _, alternative := range list.Items {
				if alternative.Get("type").Is(jsonschema.String) && alternative.Get("type").Text == "null" {
					continue
				}
				if v := g.of(alternative, name, depth+1); v != nil {
					return v
				}
			}
		}
	}
	switch typeOf(s) {
	case "object":
		return g.object(s, depth)
	case "array":
		return g.array(s, name, depth)
	case "integer", "number":
		return g.number(s)
	case "boolean":
		return &jsonschema.Value{Kind: jsonschema.Bool, Text: "true"}
	case "null":
		return &jsonschema.Value{Kind: jsonschema.Null, Text: "null"}
	}
	return g.string(s, name)
}

// given is a value that the schema itself names.
func (g *guess) given(s *jsonschema.Value) *jsonschema.Value {
	if v := s.Get("const"); v != nil {
		return v
	}
	for _, keyword := range []string{"examples", "enum"} {
		if list := s.Get(keyword); list.Is(jsonschema.Array) && len(list.Items) > 0 {
			return list.Items[0]
		}
	}
	return s.Get("default")
}

// typeOf is the first type of a schema that is not null, or the one that its keywords are about.
func typeOf(s *jsonschema.Value) string {
	t := s.Get("type")
	if t.Is(jsonschema.String) {
		return t.Text
	}
	if t.Is(jsonschema.Array) {
		for _, item := range t.Items {
			if item.Text != "null" {
				return item.Text
			}
		}
	}
	switch {
	case s.Has("properties") || s.Has("required") || s.Has("allOf"):
		return "object"
	case s.Has("items") || s.Has("prefixItems"):
		return "array"
	case s.Has("minimum") || s.Has("maximum") || s.Has("multipleOf"):
		return "number"
	}
	return "string"
}

// object fills the properties of a schema and of all that it extends by allOf.
func (g *guess) object(s *jsonschema.Value, depth int) *jsonschema.Value {
	out := object{Value: &jsonschema.Value{Kind: jsonschema.Object}, has: map[string]bool{}}
	g.fill(&out, s, depth)
	return out.Value
}

// object is a value on its way, and the names it has so far.
type object struct {
	*jsonschema.Value
	has map[string]bool
}

func (o *object) add(name string, v *jsonschema.Value) {
	o.Members = append(o.Members, jsonschema.Member{Key: name, Value: v})
	o.has[name] = true
}

func (g *guess) fill(out *object, s *jsonschema.Value, depth int) {
	if g.parts++; g.parts > maxSampleParts || depth > 4*maxSampleDepth {
		return
	}
	if target, ok := g.schema.Ref(s, "$ref"); ok {
		g.fill(out, target.Schema, depth+1)
	}
	if list := s.Get("allOf"); list.Is(jsonschema.Array) {
		for _, part := range list.Items {
			g.fill(out, part, depth+1)
		}
	}
	required := map[string]bool{}
	if list := s.Get("required"); list.Is(jsonschema.Array) {
		for _, name := range list.Items {
			required[name.Text] = true
		}
	}
	if properties := s.Get("properties"); properties.Is(jsonschema.Object) {
		for _, m := range properties.Members {
			wanted := required[m.Key]
			delete(required, m.Key)
			if out.has[m.Key] || !wanted && (depth > maxSampleDepth || g.values > maxSampleValues/2) {
				continue
			}
			if v := g.of(m.Value, m.Key, depth+1); v != nil {
				out.add(m.Key, v)
			}
		}
	}
	if list := s.Get("required"); list.Is(jsonschema.Array) {
		for _, name := range list.Items {
			if required[name.Text] && !out.has[name.Text] {
				out.add(name.Text, text(name.Text))
			}
		}
	}
}

func (g *guess) array(s *jsonschema.Value, name string, depth int) *jsonschema.Value {
	out := &jsonschema.Value{Kind: jsonschema.Array}
	items := s.Get("prefixItems")
	if items == nil {
		items = s.Get("items")
	}
	if items.Is(jsonschema.Array) {
		for _, item := range items.Items {
			if v := g.of(item, name, depth+1); v != nil {
				out.Items = append(out.Items, v)
			}
		}
		return out
	}
	least := max(1, whole(s.Get("minItems")))
	for len(out.Items) < min(least, maxSampleValues) {
		v := text(name)
		if items != nil {
			v = g.of(items, name, depth+1)
		}
		if v == nil {
			break
		}
		out.Items = append(out.Items, v)
	}
	return out
}

// whole is a keyword's small whole number, 0 when it is absent or something else.
func whole(v *jsonschema.Value) int {
	if !v.Is(jsonschema.Number) {
		return 0
	}
	n, err := strconv.Atoi(v.Text)
	if err != nil {
		return 0
	}
	return n
}

// number is 1, or the nearest that the bounds allow.
func (g *guess) number(s *jsonschema.Value) *jsonschema.Value {
	n := big.NewRat(1, 1)
	step, ok := rational(s.Get("multipleOf"))
	if ok && step.Sign() > 0 {
		n.Set(step)
	} else {
		step = big.NewRat(1, 1)
	}
	for _, keyword := range []string{"minimum", "exclusiveMinimum"} {
		if low, ok := rational(s.Get(keyword)); ok && n.Cmp(low) <= 0 {
			times := new(big.Rat).Quo(low, step)
			up := new(big.Int).Quo(times.Num(), times.Denom())
			n.Mul(step, new(big.Rat).SetInt(up))
			for n.Cmp(low) < 0 || keyword != "minimum" && n.Cmp(low) == 0 {
				n.Add(n, step)
			}
		}
	}
	for _, keyword := range []string{"maximum", "exclusiveMaximum"} {
		if high, ok := rational(s.Get(keyword)); ok && (n.Cmp(high) > 0 || keyword != "maximum" && n.Cmp(high) == 0) {
			n.SetInt64(0)
			if n.Cmp(high) > 0 {
				n.Set(high)
			}
		}
	}
	if n.IsInt() {
		return &jsonschema.Value{Kind: jsonschema.Number, Text: n.Num().String()}
	}
	return &jsonschema.Value{Kind: jsonschema.Number, Text: strings.TrimRight(n.FloatString(20), "0")}
}

// maxNumber is the longest bound that a guess computes with, in characters.
const maxNumber = 30

func rational(v *jsonschema.Value) (*big.Rat, bool) {
	if !v.Is(jsonschema.Number) || len(v.Text) > maxNumber || strings.ContainsAny(v.Text, "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(v.Text)
}

// samplesOfFormats are strings of the formats that the validator knows.
var samplesOfFormats = map[string]string{
	"date-time": "2024-02-29T12:30:00Z", "date": "2024-02-29", "time": "12:30:00Z", "duration": "P1D",
	"email": "someone@example.com", "hostname": "example.com", "ipv4": "192.0.2.1", "ipv6": "2001:db8::1",
	"uri": "https://example.com/", "uri-reference": "/path", "iri": "https://example.com/", "iri-reference": "/path",
	"uuid": "00000000-0000-4000-8000-000000000000", "json-pointer": "/a", "relative-json-pointer": "0", "regex": ".*", "uri-template": "/{id}",
}

func (g *guess) string(s *jsonschema.Value, name string) *jsonschema.Value {
	value := name
	if format := s.Get("format"); format.Is(jsonschema.String) {
		if known, ok := samplesOfFormats[format.Text]; ok {
			value = known
		}
	}
	if least := min(whole(s.Get("minLength")), maxSampleValues); len(value) < least {
		value += strings.Repeat("x", least-len(value))
	}
	if most := s.Get("maxLength"); most.Is(jsonschema.Number) && len(value) > whole(most) {
		value = strings.Repeat("x", max(0, whole(most)))
	}
	return text(value)
}
