package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	validator "github.com/santhosh-tekuri/jsonschema/v5"
)

// VerifiedBy names the library and version behind Validator.
const VerifiedBy = "santhosh-tekuri/jsonschema v5.3.1"

// Validator tells whether an instance is valid under a schema, by an independent implementation of JSON Schema.
// It is safe for concurrent use.
type Validator struct {
	schema  *validator.Schema
	anchors []*validator.Schema
	// Exact is false when a pattern is not a regular expression that the library can run (look-around, back-references).
	// Such a "pattern" accepts every string, and no property matches such a member of patternProperties; see Unrunnable.
	Exact bool
}

// Validate returns nil when the instance, a JSON text, is valid, and otherwise the library's reasons. An instance that is not JSON
// is an error of another type than *validator.ValidationError; see Invalid.
func (v *Validator) Validate(instance []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(instance))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	return v.ValidateValue(value)
}

// ValidateValue is Validate for a decoded value, whose numbers must be json.Number.
func (v *Validator) ValidateValue(value any) error { return v.schema.Validate(value) }

// Compiled is the library's schema.
func (v *Validator) Compiled() *validator.Schema { return v.schema }

// Anchors lists the compiled subschemas with a $dynamicAnchor. A $dynamicRef can lead to one that Compiled itself does
// not lead to.
func (v *Validator) Anchors() []*validator.Schema { return v.anchors }

// Invalid reports whether err says that the instance breaks the schema (rather than that it could not be checked).
func Invalid(err error) bool {
	_, ok := err.(*validator.ValidationError)
	return ok
}

// Validator compiles the schema, once. It fails for a schema that its metaschema rejects, that has a reference to nowhere,
// or that is too large to be compiled in good time.
func (s *Schema) Validator() (*Validator, error) {
	s.compile.Do(func() { s.validator, s.failure = s.newValidator() })
	return s.validator, s.failure
}

func (s *Schema) newValidator() (v *Validator, err error) {
	if err := s.affordable(); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			v, err = nil, fmt.Errorf("the schema cannot be compiled: %v", r)
		}
	}()
	compiler := validator.NewCompiler()
	compiler.Draft = validator.Draft7
	compiler.LoadURL = func(uri string) (io.ReadCloser, error) {
		return nil, fmt.Errorf("%s is not among the declared references", uri)
	}
	w := &rewriter{schema: s, exact: true}
	for i, document := range s.graph.documents {
		text := AppendCompact(nil, w.document(document))
		if err := compiler.AddResource(documentURI(i), bytes.NewReader(text)); err != nil {
			return nil, err
		}
	}
	compiled, err := compiler.Compile(documentURI(0))
	if err != nil {
		return nil, err
	}
	anchors, err := s.compileAnchors(compiler)
	if err != nil {
		return nil, err
	}
	return &Validator{schema: compiled, anchors: anchors, Exact: w.exact}, nil
}

// compileAnchors has the compiler hand out every subschema with a $dynamicAnchor, which it knows from 2020-12 on.
func (s *Schema) compileAnchors(compiler *validator.Compiler) ([]*validator.Schema, error) {
	var anchors []*validator.Schema
	for i, d := range s.graph.documents {
		if d.Draft < Draft2020 {
			continue
		}
		var places []string
		dynamicAnchorsIn(d.Root, "", &places)
		for _, place := range places {
			compiled, err := compiler.Compile(documentURI(i) + "#" + place)
			if err != nil {
				return nil, err
			}
			anchors = append(anchors, compiled)
		}
	}
	return anchors, nil
}

// dynamicAnchorsIn collects the places of subschemas with a $dynamicAnchor, escaped as the library escapes them.
func dynamicAnchorsIn(v *Value, place string, places *[]string) {
	if v.Is(Object) && v.scope != nil && v.Get("$dynamicAnchor").Is(String) {
		*places = append(*places, place)
	}
	for i, item := range v.Items {
		dynamicAnchorsIn(item, place+"/"+strconv.Itoa(i), places)
	}
	for i := range v.Members {
		m := &v.Members[i]
		dynamicAnchorsIn(m.Value, place+"/"+url.PathEscape(EscapeToken(m.Key)), places)
	}
}

// documentURI is what the validator knows a document as. It is not the document's own URI: that one may be declared
// twice, or be an address of something else.
func documentURI(i int) string { return fmt.Sprintf("mem://document/%d", i) }

// Locate finds the value that a location of the compiled schema stands for: the Location of a compiled (sub)schema, or the
// AbsoluteKeywordLocation of a validation error. It returns nil when the location is not one of this schema (a metaschema).
func (s *Schema) Locate(location string) (*Document, *Value) {
	uri, fragment, _ := strings.Cut(location, "#")
	for i, d := range s.graph.documents {
		known := documentURI(i)
		if id := identity(d.Root, d.Draft); id != "" {
			known = withoutFragment(join(known, id))
		}
		if uri != known && uri != documentURI(i) {
			continue
		}
		v := d.Root
		for _, token := range strings.Split(fragment, "/")[1:] {
			if decoded, err := url.PathUnescape(token); err == nil {
				token = decoded
			}
			v = v.step(asWritten(UnescapeToken(token)))
		}
		if v != nil {
			return d, v
		}
	}
	return nil, nil
}

// rewriter turns a document into what the library understands with the same meaning: a $schema it does not know becomes
// draft-07, a reference into another document becomes that document's address, an impossible pattern a stand-in.
type rewriter struct {
	schema *Schema
	exact  bool
}

func (w *rewriter) document(d *Document) *Value {
	root := w.value(d.Root)
	if schema := root.Get("$schema"); schema != nil && schema.Is(String) {
		if _, known := DraftOf(schema.Text); !known {
			copied := *root
			copied.Members = append([]Member(nil), root.Members...)
			copied.Members[root.position("$schema")].Value = &Value{Kind: String, Text: "http://json-schema.org/draft-07/schema#"}
			return &copied
		}
	}
	return root
}

// value returns v, or a copy of it where something below it changes.
func (w *rewriter) value(v *Value) *Value {
	switch v.Kind {
	case Array:
		var items []*Value
		for i, item := range v.Items {
			if changed := w.value(item); changed != item {
				if items == nil {
					items = append([]*Value(nil), v.Items...)
				}
				items[i] = changed
			}
		}
		if items != nil {
			return &Value{Kind: Array, Items: items}
		}
	case Object:
		return w.object(v)
	}
	return v
}

func (w *rewriter) object(v *Value) *Value {
	members, same := make([]Member, 0, len(v.Members)), true
	for _, m := range v.Members {
		changed := w.member(v, m)
		same = same && changed.Value == m.Value && changed.Key == m.Key
		members = append(members, changed)
	}
	if same {
		return v
	}
	return &Value{Kind: Object, Members: members}
}

func (w *rewriter) member(schema *Value, m Member) Member {
	switch {
	case schema.scope == nil:
	case m.Key == "enum" || m.Key == "const" || m.Key == "default" || m.Key == "examples":
		return m
	case m.Key == "pattern" && m.Value.Is(String):
		expression, ok := w.expression(m.Value.Text)
		if !ok {
			expression = standIn(matchesAll, m.Value.Text)
		}
		if expression != m.Value.Text {
			m.Value = &Value{Kind: String, Text: expression}
		}
		return m
	case m.Key == "patternProperties" && m.Value.Is(Object):
		m.Value = w.patterns(m.Value)
		return m
	case contains(referenceKeywords, m.Key) && m.Value.Is(String):
		m.Value = w.reference(schema, m)
		return m
	}
	m.Value = w.value(m.Value)
	return m
}

// expression is a regular expression as the library takes it; false when it cannot run it.
func (w *rewriter) expression(text string) (string, bool) {
	re, err := CompilePattern(text)
	if err != nil {
		w.exact = false
		return "", false
	}
	return re.String(), true
}

func (w *rewriter) patterns(v *Value) *Value {
	members := make([]Member, 0, len(v.Members))
	for _, m := range v.Members {
		if expression, ok := w.expression(m.Key); !ok {
			m.Key = standIn(matchesNone, m.Key)
		} else if expression != m.Key {
			m.Key = carrying(expression, m.Key)
		}
		m.Value = w.value(m.Value)
		members = append(members, m)
	}
	return &Value{Kind: Object, Members: members}
}

func (w *rewriter) reference(schema *Value, m Member) *Value {
	target, ok := w.schema.Ref(schema, m.Key)
	if !ok || target.Schema == nil || target.Schema.scope == nil {
		return m.Value
	}
	from, to := schema.scope.Document, target.Schema.scope.Document
	if from == to {
		return m.Value
	}
	for i, d := range w.schema.graph.documents {
		if d == to {
			_, fragment, _ := strings.Cut(m.Value.Text, "#")
			return &Value{Kind: String, Text: documentURI(i) + "#" + fragment}
		}
	}
	return m.Value
}
