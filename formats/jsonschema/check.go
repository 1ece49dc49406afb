package jsonschema

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// validate applies the checks for schemas that are new to the registry to everything that is reachable from the root:
// keywords have the shape their draft asks for, and references lead somewhere. It accepts what the reference server
// accepts, which is more than the metaschemas do (an empty "required" of draft 4, unused definitions of any shape).
func (s *Schema) validate(strict bool) error {
	c := &checker{schema: s, seen: map[*Value]bool{}, queue: []place{{s.Root(), &way{token: "#"}, s.Document()}}}
	for len(c.queue) > 0 {
		next := c.queue[len(c.queue)-1]
		c.queue = c.queue[:len(c.queue)-1]
		if err := c.check(next); err != nil {
			return err
		}
	}
	if strict {
		return s.reservedNames()
	}
	return nil
}

// reservedNames refuses properties whose name begins with "$$", as validateFields asks for.
func (s *Schema) reservedNames() error {
	properties := s.Root().Get("properties")
	if !properties.Is(Object) {
		return nil
	}
	for _, m := range properties.Members {
		if strings.HasPrefix(m.Key, "$$") {
			return &formats.ParseError{
				Message: fmt.Sprintf("the name of the property %q begins with $$, which is reserved", m.Key),
				Span:    s.Document().KeySpan(m),
			}
		}
	}
	return nil
}

// place is a schema that is still to be checked, and how it was reached.
type place struct {
	schema   *Value
	way      *way
	document *Document
}

// way is how a place was reached: by a reference, and then token by token. It is put together only for a message: that of
// each schema holds the names above it, so that all of them could be many times the text.
type way struct {
	before *way // nil for the reference
	token  string
}

// pointer is the whole way.
func (w *way) pointer() string {
	var tokens []string
	for ; w.before != nil; w = w.before {
		tokens = append(tokens, EscapeToken(w.token))
	}
	slices.Reverse(tokens)
	return strings.Join(append([]string{w.token}, tokens...), "/")
}

// checker walks the schemas that can be reached from the root, each once.
type checker struct {
	schema *Schema
	seen   map[*Value]bool
	queue  []place
}

func (p place) fault(v *Value, keyword, format string, args ...any) error {
	reached := p.way
	if keyword != "" {
		reached = &way{reached, keyword}
	}
	return &formats.ParseError{
		Message: "Invalid JSON Schema: " + reached.pointer() + ": " + fmt.Sprintf(format, args...),
		Span:    p.document.Span(v), Name: p.document.Name,
	}
}

func (p place) child(v *Value, tokens ...string) place {
	reached := p.way
	for _, token := range tokens {
		reached = &way{reached, token}
	}
	return place{v, reached, p.document}
}

func (c *checker) check(p place) error {
	if c.seen[p.schema] {
		return nil
	}
	c.seen[p.schema] = true
	if !p.schema.IsSchema() {
		return p.fault(p.schema, "", "a schema must be an object or a boolean, not %s", article(p.schema))
	}
	draft := p.document.Draft
	if r := p.schema.scope; r != nil {
		draft = r.Draft
	}
	if draft <= Draft7 && p.schema.Has("$ref") {
		member, _ := p.schema.Member("$ref")
		return c.keyword(p, member, draft)
	}
	for _, m := range p.schema.Members {
		if err := c.keyword(p, m, draft); err != nil {
			return err
		}
	}
	return nil
}

// expected says what the value of a keyword must be.
type expected func(c *checker, p place, m Member, draft Draft) error

// keywords maps the keywords that are checked to their expectation. Others may hold anything.
var keywords map[string]expected

func init() {
	keywords = map[string]expected{
		"$ref": checkReference, "$dynamicRef": checkReference, "$recursiveRef": checkReference,
		"type": checkType, "enum": isKind(Array), "required": checkNames, "pattern": checkPattern,
		"items": checkItems, "additionalItems": checkSchema, "additionalProperties": checkSchema, "not": checkSchema,
		"contains": since(Draft6, checkSchema), "propertyNames": since(Draft6, checkSchema),
		"if": since(Draft7, checkSchema), "then": since(Draft7, checkSchema), "else": since(Draft7, checkSchema),
		"unevaluatedItems": since(Draft2019, checkSchema), "unevaluatedProperties": since(Draft2019, checkSchema),
		"allOf": checkSchemas, "anyOf": checkSchemas, "oneOf": checkSchemas, "prefixItems": since(Draft2020, checkSchemas),
		"properties": checkMembers, "patternProperties": checkPatterns, "dependentSchemas": since(Draft2019, checkMembers),
		"dependencies": checkDependencies,
		"minimum":      isKind(Number), "maximum": isKind(Number), "multipleOf": checkMultipleOf,
		"exclusiveMinimum": checkExclusive, "exclusiveMaximum": checkExclusive,
		"minLength": checkCount, "maxLength": checkCount, "minItems": checkCount, "maxItems": checkCount,
		"minProperties": checkCount, "maxProperties": checkCount,
		"minContains": since(Draft2019, checkCount), "maxContains": since(Draft2019, checkCount),
		"uniqueItems": isKind(Bool), "format": isKind(String), "title": isKind(String), "description": isKind(String),
		"$schema": isKind(String), "$anchor": since(Draft2019, isKind(String)), "$dynamicAnchor": since(Draft2020, isKind(String)),
	}
}

func (c *checker) keyword(p place, m Member, draft Draft) error {
	if m.Key == draft.ID() {
		return isKind(String)(c, p, m, draft)
	}
	if check, ok := keywords[m.Key]; ok {
		return check(c, p, m, draft)
	}
	return nil
}

// since applies a check from a draft on; before, the keyword has no meaning.
func since(first Draft, check expected) expected {
	return func(c *checker, p place, m Member, draft Draft) error {
		if draft < first {
			return nil
		}
		return check(c, p, m, draft)
	}
}

func article(v *Value) string {
	switch v.Kind {
	case Null:
		return "null"
	case Array, Object:
		return "an " + v.Kind.String()
	}
	return "a " + v.Kind.String()
}

func isKind(kind Kind) expected {
	return func(c *checker, p place, m Member, draft Draft) error {
		if m.Value.Kind != kind {
			return p.fault(m.Value, m.Key, "the value must be %s, not %s", article(&Value{Kind: kind}), article(m.Value))
		}
		return nil
	}
}

func checkCount(c *checker, p place, m Member, _ Draft) error {
	if !m.Value.IsInteger() {
		return p.fault(m.Value, m.Key, "the value must be an integer")
	}
	return nil
}

func checkMultipleOf(c *checker, p place, m Member, _ Draft) error {
	if m.Value.Decimal() == (Decimal{}) {
		return p.fault(m.Value, m.Key, "the value must be a number other than 0")
	}
	return nil
}

func checkExclusive(c *checker, p place, m Member, draft Draft) error {
	if draft == Draft4 {
		return isKind(Bool)(c, p, m, draft)
	}
	return isKind(Number)(c, p, m, draft)
}

var typeNames = []string{"array", "boolean", "integer", "null", "number", "object", "string"}

func checkType(c *checker, p place, m Member, _ Draft) error {
	list := []*Value{m.Value}
	if m.Value.Is(Array) {
		list = m.Value.Items
	}
	for _, name := range list {
		if !name.Is(String) || !contains(typeNames, name.Text) {
			return p.fault(name, m.Key, "the value must be one of %s, or an array of these", strings.Join(typeNames, ", "))
		}
	}
	return nil
}

func checkNames(c *checker, p place, m Member, _ Draft) error {
	if !m.Value.Is(Array) {
		return p.fault(m.Value, m.Key, "the value must be an array of names")
	}
	for _, name := range m.Value.Items {
		if !name.Is(String) {
			return p.fault(name, m.Key, "a name must be a string, not %s", article(name))
		}
	}
	return nil
}

func checkPattern(c *checker, p place, m Member, draft Draft) error {
	if err := isKind(String)(c, p, m, draft); err != nil {
		return err
	}
	if problem := brokenPattern(m.Value.Text); problem != "" {
		return p.fault(m.Value, m.Key, "%q is not a regular expression: %s", m.Value.Text, problem)
	}
	return nil
}

// maxCheckedPattern is up to how many bytes a pattern is looked into.
const maxCheckedPattern = 20_000

// brokenPattern says what is wrong with a text that is no regular expression in any dialect. What only this library's
// engine cannot run (look-around, back-references, large repetitions) is not wrong, and neither is what is too long to tell.
func brokenPattern(pattern string) string {
	if len(pattern) > maxCheckedPattern {
		return ""
	}
	_, err := syntax.Parse(pattern, syntax.Perl)
	var fault *syntax.Error
	if !errors.As(err, &fault) || strings.Contains(pattern, "(?") {
		return ""
	}
	switch fault.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen, syntax.ErrTrailingBackslash, syntax.ErrMissingRepeatArgument:
		return fault.Code.String()
	}
	return ""
}

func checkSchema(c *checker, p place, m Member, _ Draft) error {
	c.queue = append(c.queue, p.child(m.Value, m.Key))
	return nil
}

func checkSchemas(c *checker, p place, m Member, _ Draft) error {
	if !m.Value.Is(Array) {
		return p.fault(m.Value, m.Key, "the value must be an array of schemas, not %s", article(m.Value))
	}
	for i, item := range m.Value.Items {
		c.queue = append(c.queue, p.child(item, m.Key, fmt.Sprint(i)))
	}
	return nil
}

func checkItems(c *checker, p place, m Member, draft Draft) error {
	if m.Value.Is(Array) && draft < Draft2020 {
		return checkSchemas(c, p, m, draft)
	}
	return checkSchema(c, p, m, draft)
}

func checkMembers(c *checker, p place, m Member, draft Draft) error {
	if !m.Value.Is(Object) {
		return p.fault(m.Value, m.Key, "the value must be an object of schemas, not %s", article(m.Value))
	}
	for _, member := range m.Value.Members {
		c.queue = append(c.queue, p.child(member.Value, m.Key, member.Key))
	}
	return nil
}

func checkPatterns(c *checker, p place, m Member, draft Draft) error {
	if err := checkMembers(c, p, m, draft); err != nil {
		return err
	}
	for _, member := range m.Value.Members {
		if problem := brokenPattern(member.Key); problem != "" {
			return p.fault(member.Value, m.Key, "%q is not a regular expression: %s", member.Key, problem)
		}
	}
	return nil
}

func checkDependencies(c *checker, p place, m Member, draft Draft) error {
	if draft >= Draft2019 {
		return nil
	}
	if !m.Value.Is(Object) {
		return p.fault(m.Value, m.Key, "the value must be an object, not %s", article(m.Value))
	}
	for _, member := range m.Value.Members {
		if member.Value.Is(Array) {
			if err := checkNames(c, p.child(m.Value, m.Key), member, draft); err != nil {
				return err
			}
			continue
		}
		c.queue = append(c.queue, p.child(member.Value, m.Key, member.Key))
	}
	return nil
}

func checkReference(c *checker, p place, m Member, _ Draft) error {
	if !m.Value.Is(String) {
		return p.fault(m.Value, m.Key, "the value must be a string, not %s", article(m.Value))
	}
	target, known := c.schema.Ref(p.schema, m.Key)
	switch {
	case !known || target.Metaschema != 0:
		return nil
	case target.Problem != "":
		return p.fault(m.Value, m.Key, "%s", target.Problem)
	}
	c.queue = append(c.queue, place{target.Schema, &way{token: m.Value.Text}, target.Schema.scope.Document})
	return nil
}
