package jsonschema

import (
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// loader reads the shapes of one schema. Not safe for concurrent use.
type loader struct {
	schema *model.Schema
	modern bool // 2019-09 and later
	shapes map[*model.Value]*shape
	// cost is what the regular expressions read so far cost; see maxPatterns.
	cost int
}

// maxPatterns is what the regular expressions among the patternProperties of one schema may cost together: their characters
// and the instructions they compile into. Any that are beyond it are not known to match anything.
const maxPatterns = 100_000

func newLoader(s *model.Schema) *loader {
	return &loader{schema: s, modern: s.Draft() >= model.Draft2019, shapes: map[*model.Value]*shape{}}
}

// load returns the shape of a schema; nil for what is not a schema.
func (l *loader) load(v *model.Value) *shape {
	if !v.IsSchema() {
		return nil
	}
	if s, ok := l.shapes[v]; ok {
		return s
	}
	var s *shape
	switch {
	case v.IsTrue():
		s = &shape{kind: anything, literal: true}
	case v.IsFalse():
		s = &shape{kind: nothing}
	case l.modern:
		s = l.loadModern(v)
	default:
		s = l.loadClassic(v)
	}
	if s.value == nil {
		s.value = v
	}
	if !simple(s) { // those without subschemas are as soon read again, and lead nowhere
		l.shapes[v] = s
	}
	return s
}

// resolve returns the shape behind a reference, and any other shape unchanged.
func (s *shape) resolve() *shape {
	if s == nil || s.kind != referenceKind {
		return s
	}
	return s.loader.load(s.target)
}

// Keywords by the kind of instance they speak of.
var (
	arrayKeywords  = []string{"items", "additionalItems", "minItems", "maxItems", "uniqueItems", "contains"}
	objectKeywords = []string{
		"properties", "required", "minProperties", "maxProperties", "dependencies", "patternProperties", "additionalProperties", "propertyNames",
	}
	numberKeywords      = []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
	stringKeywords      = []string{"minLength", "maxLength", "pattern", "format"}
	conditionalKeywords = []string{"if", "then", "else"}
	combiningKeywords   = []criterion{allOf, anyOf, oneOf}
)

// loadClassic reads a schema of the drafts up to 7. Beside a $ref nothing counts. Keywords of a type that "type" names
// belong to that type; the others stand beside it.
func (l *loader) loadClassic(v *model.Value) *shape {
	draft := model.Draft7
	if r := l.schema.ResourceOf(v); r != nil && r.Draft < draft {
		draft = r.Draft
	}
	if ref := v.Get("$ref"); ref.Is(model.String) {
		return l.annotate(l.reference(v, "$ref"), v, draft)
	}
	var parts []*shape
	if enum := v.Get("enum"); enum.Is(model.Array) {
		parts = append(parts, &shape{kind: enumKind, values: enum.Items, value: v})
	}
	for _, keyword := range combiningKeywords {
		if list := v.Get(string(keyword)); list.Is(model.Array) {
			parts = append(parts, l.combined(v, keyword, list))
		}
	}
	if inner := v.Get("not"); inner.IsSchema() {
		parts = append(parts, &shape{kind: notKind, inner: l.load(inner), value: v})
	}
	if constant := v.Get("const"); constant != nil && draft > model.Draft4 {
		parts = append(parts, &shape{kind: constKind, values: []*model.Value{constant}, value: v})
	}
	typed, seen := l.types(v)
	if typed != nil {
		parts = append(parts, typed)
	}
	parts = append(parts, l.untyped(v, draft, seen)...)
	return l.annotate(bundle(parts, v), v, draft)
}

// bundle makes one shape of the parts of a schema object.
func bundle(parts []*shape, v *model.Value) *shape {
	switch len(parts) {
	case 0:
		return &shape{kind: anything, value: v}
	case 1:
		return parts[0]
	}
	return &shape{kind: combinedKind, criterion: allOf, implied: true, parts: parts, value: v}
}

func (l *loader) reference(v *model.Value, keyword string) *shape {
	target, _ := l.schema.Ref(v, keyword)
	if target.Metaschema != 0 {
		return &shape{kind: objectKind, object: &objectRules{}, value: v} // every metaschema describes objects
	}
	return &shape{kind: referenceKind, target: target.Schema, loader: l, value: v}
}

func (l *loader) combined(v *model.Value, keyword criterion, list *model.Value) *shape {
	s := &shape{kind: combinedKind, criterion: keyword, value: v}
	for _, item := range list.Items {
		if part := l.load(item); part != nil {
			s.parts = append(s.parts, part)
		}
	}
	return s
}

// kinds is a set of kinds.
type kinds uint16

func (k kinds) has(one kind) bool   { return k&(1<<one) != 0 }
func (k kinds) with(one kind) kinds { return k | 1<<one }

// types reads "type" and reports which kinds of keywords it has taken.
func (l *loader) types(v *model.Value) (*shape, kinds) {
	declared := v.Get("type")
	switch {
	case declared.Is(model.String):
		s := l.typed(v, declared.Text)
		if s == nil {
			return nil, 0
		}
		return s, kinds(0).with(s.kind)
	case declared.Is(model.Array):
		s, seen := &shape{kind: combinedKind, criterion: anyOf, implied: true, value: v}, kinds(0)
		for _, name := range declared.Items {
			if !name.Is(model.String) {
				continue
			}
			if part := l.typed(v, name.Text); part != nil {
				s.parts = append(s.parts, part)
				seen = seen.with(part.kind)
			}
		}
		return s, seen
	}
	return nil, 0
}

func (l *loader) typed(v *model.Value, name string) *shape {
	s := &shape{value: v}
	switch name {
	case "string":
		s.kind, s.text = stringKind, l.stringRules(v)
	case "integer", "number":
		s.kind, s.number = numberKind, l.numberRules(v)
		s.number.integer = name == "integer"
	case "boolean":
		s.kind = booleanKind
	case "null":
		s.kind = nullKind
	case "array":
		s.kind, s.array = arrayKind, l.arrayRules(v)
	case "object":
		s.kind, s.object = objectKind, l.objectRules(v)
	default:
		return nil
	}
	return s
}

// untyped reads keywords that speak of a type which "type" does not name.
func (l *loader) untyped(v *model.Value, draft model.Draft, seen kinds) []*shape {
	var parts []*shape
	if !seen.has(arrayKind) && hasAny(v, arrayKeywords, draft) {
		parts = append(parts, &shape{kind: arrayKind, array: l.arrayRules(v), value: v})
	}
	if !seen.has(objectKind) && hasAny(v, objectKeywords, draft) {
		parts = append(parts, &shape{kind: objectKind, object: l.objectRules(v), value: v})
	}
	if !seen.has(numberKind) && hasAny(v, numberKeywords, draft) {
		parts = append(parts, &shape{kind: numberKind, number: l.numberRules(v), value: v})
	}
	if !seen.has(stringKind) && hasAny(v, stringKeywords, draft) {
		parts = append(parts, &shape{kind: stringKind, text: l.stringRules(v), value: v})
	}
	if draft >= model.Draft7 && hasAny(v, conditionalKeywords, draft) {
		parts = append(parts, &shape{kind: conditionalKind, value: v})
	}
	return parts
}

func hasAny(v *model.Value, keywords []string, draft model.Draft) bool {
	for _, keyword := range keywords {
		if v.Has(keyword) && (draft > model.Draft4 || keyword != "contains" && keyword != "propertyNames") {
			return true
		}
	}
	return false
}

// annotate adds what has no bearing on instances but is compared all the same.
func (l *loader) annotate(s *shape, v *model.Value, draft model.Draft) *shape {
	s.id, s.title, s.description = stringOf(v, draft.ID()), stringOf(v, "title"), stringOf(v, "description")
	s.preset = v.Get("default")
	return s
}

func stringOf(v *model.Value, keyword string) *model.Value {
	if s := v.Get(keyword); s.Is(model.String) {
		return s
	}
	return nil
}

func (l *loader) stringRules(v *model.Value) *stringRules {
	r := stringRules{maxLength: readLimit(v.Get("maxLength")), minLength: readLimit(v.Get("minLength")), pattern: stringOf(v, "pattern")}
	if r == noStringRules {
		return &noStringRules
	}
	kept := r // the others do without memory
	return &kept
}

// noStringRules are those of a string that may be any. They are many, and nobody changes rules.
var noStringRules stringRules

func (l *loader) numberRules(v *model.Value) *numberRules {
	n := &numberRules{
		maximum: readLimit(v.Get("maximum")), minimum: readLimit(v.Get("minimum")),
		exclusiveMaximum: readLimit(v.Get("exclusiveMaximum")), exclusiveMinimum: readLimit(v.Get("exclusiveMinimum")),
	}
	if m := v.Get("multipleOf"); m.Is(model.Number) {
		n.multipleOf = m
	}
	return n
}

func (l *loader) arrayRules(v *model.Value) *arrayRules {
	a := &arrayRules{
		maxItems: readLimit(v.Get("maxItems")), minItems: readLimit(v.Get("minItems")), unique: v.Get("uniqueItems").IsTrue(),
	}
	switch items := v.Get("items"); {
	case items.IsSchema():
		a.all = l.load(items)
	case items.Is(model.Array):
		for _, item := range items.Items {
			if s := l.load(item); s != nil {
				a.items = append(a.items, s)
			}
		}
	}
	switch additional := v.Get("additionalItems"); {
	case additional.Is(model.Object):
		a.additional = l.load(additional)
	case additional.IsFalse() && a.all == nil:
		a.closed = true
	}
	return a
}

func (l *loader) objectRules(v *model.Value) *objectRules {
	o := &objectRules{maxProperties: readLimit(v.Get("maxProperties")), minProperties: readLimit(v.Get("minProperties"))}
	l.properties(o, v.Get("properties"))
	l.patterns(o, v.Get("patternProperties"))
	o.require(v.Get("required"))
	switch additional := v.Get("additionalProperties"); {
	case additional.Is(model.Object):
		o.additional = l.load(additional)
	case additional.IsFalse():
		o.closed = true
	}
	if dependencies := v.Get("dependencies"); dependencies.Is(model.Object) {
		for _, m := range dependencies.Members {
			l.dependency(o, m)
		}
	}
	return o
}

func (l *loader) properties(o *objectRules, v *model.Value) {
	if !v.Is(model.Object) {
		return
	}
	o.properties, o.index = make([]property, 0, len(v.Members)), make(map[string]*shape, len(v.Members))
	for _, m := range v.Members {
		if s := l.load(m.Value); s != nil {
			o.add(m.Key, s)
		}
	}
}

func (l *loader) patterns(o *objectRules, v *model.Value) {
	if !v.Is(model.Object) {
		return
	}
	for _, m := range v.Members {
		if s := l.load(m.Value); s != nil {
			o.patterns = append(o.patterns, l.pattern(m.Key, s))
		}
	}
}

// pattern reads one member of patternProperties.
func (l *loader) pattern(text string, s *shape) pattern {
	p := pattern{text: text, shape: s}
	if l.cost += len(text); l.cost > maxPatterns {
		return p
	}
	p.size = model.PatternCost(text)
	if l.cost += p.size; l.cost > maxPatterns {
		return p
	}
	p.re, _ = model.CompilePattern(text)
	return p
}

func (o *objectRules) require(v *model.Value) {
	if !v.Is(model.Array) {
		return
	}
	if o.required == nil {
		o.required = make(map[string]bool, len(v.Items))
	}
	for _, name := range v.Items {
		if name.Is(model.String) {
			o.required[name.Text] = true
		}
	}
}

func (l *loader) dependency(o *objectRules, m model.Member) {
	switch {
	case m.Value.Is(model.Array):
		d := dependency{name: m.Key}
		for _, need := range m.Value.Items {
			if need.Is(model.String) {
				d.needs = append(d.needs, need.Text)
			}
		}
		if len(d.needs) > 0 {
			o.dependentRequired = append(o.dependentRequired, d)
		}
	case m.Value.IsSchema():
		o.dependentSchemas = append(o.dependentSchemas, property{m.Key, l.load(m.Value)})
	}
}
