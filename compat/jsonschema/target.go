package jsonschema

import (
	"context"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat/jsonschema/inclusion"
	"github.com/concord-registry/concord/formats"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// readerName is what the reader's text is known as in a target.
const readerName = "concord:reader"

// target is the text of a schema that asks only for what one difference adds: an instance of the writer that it rejects shows this
// difference and no other. It is empty for a difference that cannot be singled out.
func (c *comparison) target(d difference) string {
	if d.reader == nil || d.reader.value == nil {
		return ""
	}
	text := c.demand(d)
	if text == "" {
		return ""
	}
	text, ok := wrap(text, d, c.reader.Draft())
	if !ok {
		return ""
	}
	return text
}

// targets compiles the targets of differences. They are made the members of one allOf, since each compilation includes the whole
// reader, and taken out of it one by one. Those of a nil Compiled cannot be aimed at.
func (c *comparison) targets(ctx context.Context, differences []difference) []inclusion.Schema {
	out := make([]inclusion.Schema, len(differences))
	var texts []string
	var of []int
	for i, d := range differences {
		if text := c.target(d); text != "" {
			texts, of = append(texts, text), append(of, i)
		}
	}
	if len(texts) == 0 || ctx.Err() != nil {
		return out
	}
	whole, err := c.compile(texts)
	switch {
	case err == nil:
		for k, i := range of {
			out[i] = whole
			out[i].Compiled = whole.Compiled.AllOf[k]
		}
	case len(texts) > 1: // one of them is at fault
		for _, i := range of {
			out[i] = c.targets(ctx, differences[i:i+1])[0]
		}
	}
	return out
}

// compile makes one schema of targets, the members of its allOf.
func (c *comparison) compile(targets []string) (inclusion.Schema, error) {
	src := formats.Source{
		Text: `{"$schema":` + quoted(metaschemaOf(c.reader.Draft())) + `,"allOf":[` + strings.Join(targets, ",") + `]}`,
		Resolved: append([]formats.Resolved{{
			Reference: formats.Reference{Name: readerName}, Type: formats.JSON, Text: c.reader.Source().Text,
		}}, c.reader.Source().Resolved...),
	}
	parsed, err := model.Parse(context.Background(), src, formats.Options{})
	if err != nil {
		return inclusion.Schema{}, err
	}
	return inclusion.Of(parsed)
}

func quoted(s string) string {
	return string(model.AppendCompact(nil, &model.Value{Kind: model.String, Text: s}))
}

func metaschemaOf(d model.Draft) string {
	if d >= model.Draft2019 {
		return "https://json-schema.org/draft/" + d.String() + "/schema"
	}
	return "http://json-schema.org/" + d.String() + "/schema#"
}

// demand is a schema for the place of a difference that only the difference's own rule fills; empty when there is none.
func (c *comparison) demand(d difference) string {
	schema := d.reader.value
	switch d.keyword {
	case "":
		return c.refer(schema)
	case "properties":
		return c.demandProperty(d)
	case "required":
		return `{"required":[` + quoted(d.name) + `]}`
	case "items":
		return c.demandItem(d)
	case "additionalItems":
		return c.demandItemsClosed(d)
	case "dependencies", "not", "unevaluatedItems", "unevaluatedProperties":
		return ""
	case "additionalProperties":
		return c.demandClosed(d)
	}
	// The exclusive bounds of draft 4 change what minimum and maximum mean.
	text := ""
	for _, keyword := range []string{d.keyword, exclusive[d.keyword]} {
		if value := schema.Get(keyword); value != nil && (keyword == d.keyword || value.Is(model.Bool)) {
			text += "," + quoted(keyword) + ":" + string(model.AppendCompact(nil, value))
		}
	}
	if text == "" {
		return ""
	}
	return "{" + text[1:] + "}"
}

var exclusive = map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}

func (c *comparison) demandProperty(d difference) string {
	switch is := d.reader.value.Get("properties").Get(d.name); {
	case strings.HasPrefix(string(d.code), "REQUIRED_"):
		return `{"required":[` + quoted(d.name) + `]}`
	case is != nil:
		if reference := c.refer(is); reference != "" {
			return `{"properties":{` + quoted(d.name) + `:` + reference + `}}`
		}
		return ""
	case d.code == "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL":
		return `{"properties":{` + quoted(d.name) + `:{"not":{}}}}`
	}
	return ""
}

// demandClosed asks for no more than the reader's rule for undeclared properties, of properties that neither side declares.
func (c *comparison) demandClosed(d difference) string {
	rule := d.reader.value.Get("additionalProperties")
	text := "false"
	if rule.Is(model.Object) {
		text = c.refer(rule)
	} else if !rule.IsFalse() {
		return ""
	}
	var declared, patterns []string
	for _, s := range []*shape{d.reader, d.writer} {
		if s == nil || s.object == nil {
			continue
		}
		for _, p := range s.object.properties {
			declared = append(declared, quoted(p.name)+":{}")
		}
		for _, p := range s.object.patterns {
			patterns = append(patterns, quoted(p.text)+":{}")
		}
	}
	return `{"properties":{` + strings.Join(declared, ",") + `},"patternProperties":{` + strings.Join(patterns, ",") + `},"additionalProperties":` + text + `}`
}

// demandItem asks for the item that the reader describes at a place, or that there is none.
func (c *comparison) demandItem(d difference) string {
	n, err := strconv.Atoi(d.name)
	if err != nil || n > 100 {
		return ""
	}
	if strings.HasPrefix(string(d.code), "ITEM_REMOVED_FROM_CLOSED") {
		return `{"maxItems":` + d.name + `}`
	}
	if d.reader.array == nil || n >= len(d.reader.array.items) {
		return ""
	}
	return wrapItem(c.refer(d.reader.array.items[n].value), n, c.reader.Draft())
}

// demandItemsClosed asks for the reader's rule for items beyond those that either side describes.
func (c *comparison) demandItemsClosed(d difference) string {
	if d.reader.array == nil || d.writer == nil || d.writer.array == nil {
		return ""
	}
	n := max(len(d.reader.array.items), len(d.writer.array.items))
	switch {
	case n > 100:
		return ""
	case d.reader.array.closed:
		return `{"maxItems":` + strconv.Itoa(n) + `}`
	case d.reader.array.additional == nil:
		return ""
	}
	reference := c.refer(d.reader.array.additional.value)
	if c.reader.Draft() >= model.Draft2020 {
		return `{"prefixItems":[{}` + strings.Repeat(",{}", n) + `],"items":` + reference + `}`
	}
	return `{"items":[{}` + strings.Repeat(",{}", n) + `],"additionalItems":` + reference + `}`
}

// refer is a reference to a subschema of the reader; empty when it is not in a text that a reference can name.
func (c *comparison) refer(v *model.Value) string {
	resource := c.reader.ResourceOf(v)
	if resource == nil {
		return ""
	}
	name := readerName
	if resource.Document != c.reader.Document() {
		name = resource.Document.Name
	}
	return `{"$ref":` + quoted(name+escapeFragment(resource.Document.Pointer(v))) + `}`
}

var fragmentEscapes = strings.NewReplacer("%", "%25", "#", "%23", " ", "%20", `"`, "%22", "^", "%5E", "|", "%7C", `\`, "%5C")

// escapeFragment makes a pointer fit for a URI.
func escapeFragment(pointer string) string {
	return "#" + fragmentEscapes.Replace(strings.TrimPrefix(pointer, "#"))
}

// wrap puts a schema at the place of a difference. It reports false for a place below something other than properties and items.
func wrap(text string, d difference, draft model.Draft) (string, bool) {
	segments := d.segments()
	for i := len(segments) - 1; i >= 0; i-- {
		switch s := segments[i]; s.kind {
		case toProperty:
			text = `{"properties":{` + quoted(s.name) + `:` + text + `}}`
		case toAnyProperty:
			text = `{"additionalProperties":` + text + `}`
		case toAnyItem:
			text = `{"items":` + text + `}`
		case toItem:
			n, err := strconv.Atoi(s.name)
			if err != nil || n > 100 {
				return "", false
			}
			text = wrapItem(text, n, draft)
		default:
			return "", false
		}
	}
	return text, true
}

// wrapItem is a schema for the item at place n.
func wrapItem(text string, n int, draft model.Draft) string {
	keyword := "items"
	if draft >= model.Draft2020 {
		keyword = "prefixItems"
	}
	return `{"` + keyword + `":[` + strings.Repeat("{},", n) + text + `]}`
}

// aim looks for an instance that shows one difference alone, by its target, and confirms it under the reader itself. It takes the
// steps for it from those that are left.
func (c *comparison) aim(ctx context.Context, target inclusion.Schema, left *int) (inclusion.Verdict, *inclusion.Witness) {
	if target.Compiled == nil {
		return inclusion.Undecided, nil
	}
	result := inclusion.Decide(ctx, c.compiled.writer, target, inclusion.Limits{Steps: aimSteps})
	*left -= result.Steps
	if result.Verdict != inclusion.NotIncluded {
		return result.Verdict, nil
	}
	witness, err := inclusion.Confirm(ctx, c.compiled.writer, c.compiled.reader, result.Witness.Instance)
	if err != nil {
		return inclusion.Undecided, nil
	}
	return inclusion.NotIncluded, witness
}
