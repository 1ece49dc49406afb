package inclusion

import (
	"cmp"
	"slices"

	"github.com/santhosh-tekuri/jsonschema/v5"

	model "github.com/concord-registry/concord/formats/jsonschema"
)

// builder turns the validator's compiled schemas into schemas of this package. Starting from the compiled form rather
// than from the text guarantees that keywords, references and drafts mean here what they mean to the validator that
// every witness is shown to.
type builder struct {
	source  Schema
	dropped map[Keyword]bool // keywords to leave out; see reasons.go
	partial map[string]bool  // the schemas that lack one of them, by location
	dynamic *dynamicAnchors  // nil until a reference is met that depends on the dynamic scope
	nodes   map[place]*schema
	queue   []place
	always  *schema
	never   *schema
	restart bool
	spare   []schema // for the next nodes
	whole   bool     // no keyword is left out of the schema that is being filled
}

// place is a compiled schema as it is reached: what $dynamicRef and $recursiveRef below it mean depends on the way.
type place struct {
	schema *jsonschema.Schema
	scope  *dynamicScope
}

// newNode is a schema that asserts nothing.
func newNode() *schema { return &schema{kinds: allKinds} }

// build returns the schema of a compiled root. The nodes of everything it refers to are in b.nodes.
func (b *builder) build(root *jsonschema.Schema) *schema {
	b.nodes = map[place]*schema{}
	b.queue = nil
	b.partial = make(map[string]bool, len(b.dropped))
	for k := range b.dropped {
		b.partial[k.Schema] = true
	}
	s := b.node(root, b.dynamic.outermost())
	for len(b.queue) > 0 && !b.restart {
		at := b.queue[len(b.queue)-1]
		b.queue = b.queue[:len(b.queue)-1]
		b.fill(b.nodes[at], at)
	}
	if b.restart {
		// The first reference that depends on the dynamic scope: begin again, now keeping track of it.
		b.restart, b.dynamic = false, newDynamicAnchors(append([]*jsonschema.Schema{root}, b.source.Anchors...))
		return b.build(root)
	}
	return s
}

// node returns the schema for a compiled one that is entered from the given scope; nil for nil. It is filled later, so
// that nesting and chains of references cost no stack.
func (b *builder) node(x *jsonschema.Schema, from *dynamicScope) *schema {
	if x == nil {
		return nil
	}
	at := place{x, b.dynamic.enter(from, x)}
	if s, ok := b.nodes[at]; ok {
		return s
	}
	if len(b.spare) == 0 {
		b.spare = make([]schema, 64)
	}
	s := &b.spare[0]
	b.spare = b.spare[1:]
	s.kinds = allKinds
	b.nodes[at] = s
	b.queue = append(b.queue, at)
	return s
}

func (b *builder) list(xs []*jsonschema.Schema, scope *dynamicScope) []*schema {
	var out []*schema
	for _, x := range xs {
		out = append(out, b.node(x, scope))
	}
	return out
}

// located returns the compiled schemas that were met, by location.
func (b *builder) located() map[string]*jsonschema.Schema {
	out := make(map[string]*jsonschema.Schema, len(b.nodes))
	for at := range b.nodes {
		out[at.schema.Location] = at.schema
	}
	return out
}

// has reports whether a keyword of x counts.
func (b *builder) has(x *jsonschema.Schema, keyword string) bool {
	return b.whole || !b.dropped[Keyword{x.Location, keyword}]
}

func (b *builder) fill(s *schema, at place) {
	x := at.schema
	b.whole = !b.partial[x.Location]
	if x.Always != nil {
		if !*x.Always && b.has(x, "") {
			s.kinds = 0
		}
		return
	}
	b.types(s, x)
	b.applicators(s, x, at.scope)
	b.numbers(s, x)
	b.strings(s, x)
	b.arrays(s, x, at.scope)
	b.objects(s, x, at.scope)
}

var kindNames = map[string]kind{"null": nullKind, "boolean": boolKind, "number": numberKind, "integer": numberKind,
	"string": stringKind, "array": arrayKind, "object": objectKind}

func (b *builder) types(s *schema, x *jsonschema.Schema) {
	if len(x.Types) > 0 && b.has(x, "type") {
		s.kinds, s.integer = 0, true
		for _, name := range x.Types {
			s.kinds |= kindNames[name].only()
			s.integer = s.integer && name != "number"
		}
		s.integer = s.integer && s.kinds.has(numberKind)
	}
	// An empty enum, possible since 2019-09, constrains nothing in the validator.
	if len(x.Enum) > 0 && b.has(x, "enum") {
		s.values = newValueSet(x.Enum)
	}
	if len(x.Constant) > 0 && b.has(x, "const") {
		constant := newValueSet(x.Constant[:1])
		if s.values != nil && !s.values.has(x.Constant[0]) {
			s.kinds = 0
		}
		s.values = constant
	}
}

// applicators takes over the keywords that apply schemas to the same instance.
func (b *builder) applicators(s *schema, x *jsonschema.Schema, scope *dynamicScope) {
	if x.Ref != nil && b.has(x, "$ref") {
		s.allOf = append(s.allOf, b.node(x.Ref, scope))
	}
	if x.RecursiveRef != nil && b.has(x, "$recursiveRef") {
		s.allOf = append(s.allOf, b.node(b.recursiveTarget(x, scope), scope))
	}
	if x.DynamicRef != nil && b.has(x, "$dynamicRef") {
		s.allOf = append(s.allOf, b.node(b.dynamicTarget(x, scope), scope))
	}
	if b.has(x, "not") {
		s.not = b.node(x.Not, scope)
	}
	if b.has(x, "allOf") {
		s.allOf = append(s.allOf, b.list(x.AllOf, scope)...)
	}
	if b.has(x, "anyOf") {
		s.anyOf = b.list(x.AnyOf, scope)
	}
	if b.has(x, "oneOf") {
		s.oneOf = b.list(x.OneOf, scope)
	}
	if x.If != nil {
		s.ifs = b.node(x.If, scope)
		// In then and else the validator forgets the dynamic scope outside.
		inner := b.dynamic.forget(scope)
		if b.has(x, "then") {
			s.then = b.node(x.Then, inner)
		}
		if b.has(x, "else") {
			s.els = b.node(x.Else, inner)
		}
	}
}

func (b *builder) recursiveTarget(x *jsonschema.Schema, scope *dynamicScope) *jsonschema.Schema {
	if !x.RecursiveRef.RecursiveAnchor {
		return x.RecursiveRef
	}
	if b.dynamic == nil {
		b.restart = true
		return x.RecursiveRef
	}
	return scope.recursive
}

func (b *builder) dynamicTarget(x *jsonschema.Schema, scope *dynamicScope) *jsonschema.Schema {
	if x.DynamicRef.DynamicAnchor == "" || b.source.byPointer(x) {
		return x.DynamicRef
	}
	if b.dynamic == nil {
		b.restart = true
		return x.DynamicRef
	}
	return b.dynamic.target(x.DynamicRef, scope)
}

func (b *builder) numbers(s *schema, x *jsonschema.Schema) {
	if x.Minimum == nil && x.ExclusiveMinimum == nil && x.Maximum == nil && x.ExclusiveMaximum == nil && x.MultipleOf == nil {
		return
	}
	r := &numberRules{}
	if x.Minimum != nil && b.has(x, "minimum") {
		r.raise(x.Minimum, false)
	}
	if x.ExclusiveMinimum != nil && b.has(x, "exclusiveMinimum") {
		r.raise(x.ExclusiveMinimum, true)
	}
	if x.Maximum != nil && b.has(x, "maximum") {
		r.lower(x.Maximum, false)
	}
	if x.ExclusiveMaximum != nil && b.has(x, "exclusiveMaximum") {
		r.lower(x.ExclusiveMaximum, true)
	}
	if b.has(x, "multipleOf") {
		r.multipleOf = x.MultipleOf
	}
	if *r != (numberRules{}) {
		s.numbers = r
	}
}

func (b *builder) strings(s *schema, x *jsonschema.Schema) {
	r := stringRules{maxLength: none}
	if b.has(x, "minLength") {
		r.minLength = max(0, x.MinLength)
	}
	if b.has(x, "maxLength") {
		r.minLength, r.maxLength = upper(r.minLength, x.MaxLength)
	}
	if x.Pattern != nil && b.has(x, "pattern") {
		if text, ok := model.Unrunnable(x.Pattern.String()); ok {
			r.predicates = append(r.predicates, &predicate{name: "the pattern " + text})
		} else {
			r.pattern = x.Pattern
		}
	}
	if x.Format != "" && (b.source.AssertFormat || asserted(x)) && b.has(x, "format") {
		if p := formatPredicate(x.Format); p != nil {
			r.predicates = append(r.predicates, p)
		}
	}
	if x.Draft == jsonschema.Draft7 && b.has(x, "contentEncoding") && b.has(x, "contentMediaType") && b.has(x, "contentSchema") {
		if p := contentPredicate(x); p != nil {
			r.predicates = append(r.predicates, p)
		}
	}
	if r.minLength > 0 || r.maxLength != none || r.pattern != nil || r.predicates != nil {
		kept := r
		s.strings = &kept
	}
}

// asserted reports whether the draft of x asserts "format": the validator does up to draft-07.
func asserted(x *jsonschema.Schema) bool {
	return x.Draft == jsonschema.Draft4 || x.Draft == jsonschema.Draft6 || x.Draft == jsonschema.Draft7
}

// upper returns the bounds that result from adding an upper bound as the validator holds it: -1 when absent, and
// something below that when the number overflowed, which no instance satisfies.
func upper(lower, bound int) (int, int) {
	if bound < none {
		return max(1, lower), 0
	}
	return lower, bound
}

func (b *builder) arrays(s *schema, x *jsonschema.Schema, scope *dynamicScope) {
	r := arrayRules{maxItems: none, maxContains: none}
	if b.has(x, "minItems") {
		r.minItems = max(0, x.MinItems)
	}
	if b.has(x, "maxItems") {
		r.minItems, r.maxItems = upper(r.minItems, x.MaxItems)
	}
	r.unique = x.UniqueItems && b.has(x, "uniqueItems")
	b.items(&r, x, scope)
	if x.Contains != nil && b.has(x, "contains") {
		r.contains, r.containsEvaluates = b.node(x.Contains, scope), x.ContainsEval
		if b.has(x, "minContains") {
			r.minContains = max(0, x.MinContains)
		}
		if b.has(x, "maxContains") {
			if r.maxContains = x.MaxContains; r.maxContains < none {
				r.minItems, r.maxItems = 1, 0
			}
		}
	}
	if b.has(x, "unevaluatedItems") {
		r.unevaluated = b.node(x.UnevaluatedItems, scope)
	}
	empty := len(r.prefix) == 0 && r.rest == nil && !r.restEvaluated && r.contains == nil && r.unevaluated == nil
	if !empty || r.unique || r.minItems > 0 || r.maxItems != none {
		kept := r
		s.arrays = &kept
	}
}

// items takes over what is said about items by position.
func (b *builder) items(r *arrayRules, x *jsonschema.Schema, scope *dynamicScope) {
	if b.has(x, "items") {
		switch items := x.Items.(type) {
		case *jsonschema.Schema:
			r.rest, r.restEvaluated = b.node(items, scope), true
		case []*jsonschema.Schema:
			r.prefix = b.list(items, scope)
		}
		if x.Items2020 != nil {
			r.rest, r.restEvaluated = b.node(x.Items2020, scope), true
		}
	}
	if _, isList := x.Items.([]*jsonschema.Schema); isList && b.has(x, "additionalItems") {
		switch additional := x.AdditionalItems.(type) {
		case bool:
			r.restEvaluated = true
			if !additional {
				r.rest = b.neverNode()
			}
		case *jsonschema.Schema:
			r.rest, r.restEvaluated = b.node(additional, scope), true
		}
	}
	if b.has(x, "prefixItems") {
		r.prefix = append(r.prefix, b.list(x.PrefixItems, scope)...)
	}
}

func (b *builder) neverNode() *schema {
	if b.never == nil {
		b.never = &schema{}
	}
	return b.never
}

func (b *builder) alwaysNode() *schema {
	if b.always == nil {
		b.always = newNode()
	}
	return b.always
}

func (b *builder) objects(s *schema, x *jsonschema.Schema, scope *dynamicScope) {
	r := objectRules{maxProperties: none}
	if b.has(x, "minProperties") {
		r.minProperties = max(0, x.MinProperties)
	}
	if b.has(x, "maxProperties") {
		r.minProperties, r.maxProperties = upper(r.minProperties, x.MaxProperties)
	}
	r.required = b.required(x)
	b.members(&r, x, scope)
	b.dependencies(&r, x, scope)
	if x.PropertyNames != nil && b.has(x, "propertyNames") {
		r.propertyNames = b.node(x.PropertyNames, scope)
	}
	if x.RegexProperties { // in the metaschema of draft-04 only
		r.propertyNames = newNode()
		r.propertyNames.strings = &stringRules{maxLength: none, predicates: []*predicate{formatPredicate("regex")}}
	}
	if b.has(x, "unevaluatedProperties") {
		r.unevaluated = b.node(x.UnevaluatedProperties, scope)
	}
	if !r.empty() {
		kept := r
		s.objects = &kept
	}
}

// required lists the names in required.
func (b *builder) required(x *jsonschema.Schema) []string {
	if b.whole {
		return x.Required
	}
	var out []string
	for _, name := range x.Required {
		if b.has(x, "required/"+name) {
			out = append(out, name)
		}
	}
	return out
}

func (r *objectRules) empty() bool {
	return len(r.names)+len(r.patterns)+len(r.required)+len(r.needs)+len(r.dependent) == 0 && r.additional == nil &&
		r.minProperties == 0 && r.maxProperties == none && r.propertyNames == nil && r.unevaluated == nil && len(r.opaque) == 0
}

// members takes over what is said about properties by name.
func (b *builder) members(r *objectRules, x *jsonschema.Schema, scope *dynamicScope) {
	if len(x.Properties) > 0 && b.has(x, "properties") {
		r.names = sortedNames(x.Properties)
		r.values = make([]*schema, len(r.names))
		for i, name := range r.names {
			r.values[i] = b.node(x.Properties[name], scope)
		}
	}
	if b.has(x, "patternProperties") {
		b.patterns(r, x, scope)
	}
	if b.has(x, "additionalProperties") {
		switch additional := x.AdditionalProperties.(type) {
		case bool:
			if r.additional = b.alwaysNode(); !additional {
				r.additional = b.neverNode()
			}
		case *jsonschema.Schema:
			r.additional = b.node(additional, scope)
		}
		if len(r.opaque) > 0 { // what is additional depends on names that nobody can tell
			r.additional, r.opaqueAdditional = nil, r.additional
		}
	}
}

func (b *builder) patterns(r *objectRules, x *jsonschema.Schema, scope *dynamicScope) {
	for pattern, value := range x.PatternProperties {
		if text, ok := model.Unrunnable(pattern.String()); ok {
			r.opaque = append(r.opaque, opaqueRule{text, b.node(value, scope)})
		} else {
			r.patterns = append(r.patterns, patternRule{pattern, b.node(value, scope)})
		}
	}
	slices.SortFunc(r.patterns, func(a, b patternRule) int { return cmp.Compare(a.pattern.String(), b.pattern.String()) })
	slices.SortFunc(r.opaque, func(a, b opaqueRule) int { return cmp.Compare(a.pattern, b.pattern) })
}

func (b *builder) dependencies(r *objectRules, x *jsonschema.Schema, scope *dynamicScope) {
	if len(x.Dependencies)+len(x.DependentRequired)+len(x.DependentSchemas) == 0 {
		return
	}
	needs := map[string][]string{}
	if b.has(x, "dependencies") {
		for _, name := range sortedNames(x.Dependencies) {
			switch value := x.Dependencies[name].(type) {
			case []string:
				needs[name] = append(needs[name], value...)
			case *jsonschema.Schema:
				r.dependent = append(r.dependent, dependent{name, b.node(value, scope)})
			}
		}
	}
	if b.has(x, "dependentRequired") {
		for name, others := range x.DependentRequired {
			needs[name] = append(needs[name], others...)
		}
	}
	if b.has(x, "dependentSchemas") {
		for _, name := range sortedNames(x.DependentSchemas) {
			r.dependent = append(r.dependent, dependent{name, b.node(x.DependentSchemas[name], scope)})
		}
	}
	for _, name := range sortedNames(needs) {
		if len(needs[name]) > 0 {
			r.needs = append(r.needs, need{name, needs[name]})
		}
	}
}
