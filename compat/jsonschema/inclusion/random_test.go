package inclusion

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// object is a JSON object of a random schema.
type document = map[string]any

// random makes random schemas and random instances for them.
type random struct {
	*rand.Rand
	draft int // 4, 6, 7, 2019 or 2020
	refs  bool
}

var dialects = map[int]string{
	4: "http://json-schema.org/draft-04/schema#", 6: "http://json-schema.org/draft-06/schema#", 7: "http://json-schema.org/draft-07/schema#",
	2019: "https://json-schema.org/draft/2019-09/schema", 2020: "https://json-schema.org/draft/2020-12/schema",
}

var (
	someNames    = []string{"a", "b", "ab", "c", "", "x-1"}
	somePatterns = []string{"^a", "b$", "^[ab]+$", "c", "^.$", "^(a|b)$", "^$", "a.*b", "^x-", "^\\d{2,3}$", "[^a]", "(?i)^A", "^\\u0061", "^[^]$", "^[\\u0061-\\u0062]*$"}
	someFormats  = []string{"date", "ipv4", "uuid", "email", "uri", "hostname", "regex", "json-pointer", "time"}
	someValues   = []string{"null", "true", "false", "0", "1", "2", "3", "5", "-1", "0.5", "1.5", "10", "1.0", "9007199254740993", `""`, `"a"`, `"b"`, `"ab"`,
		`"aa"`, `"abc"`, `"é"`, `"12"`, "[]", "[1]", `["a","b"]`, "[1,1]", "[[]]", "{}", `{"a":1}`, `{"b":"a"}`, `{"a":1,"b":null}`}
	someTypes = []string{"null", "boolean", "integer", "number", "string", "array", "object"}
)

func choose[T any](r *random, list []T) T { return list[r.IntN(len(list))] }

func (r *random) some(list []string, most int) []any {
	var out []any
	for _, i := range r.Perm(len(list))[:1+r.IntN(most)] {
		out = append(out, list[i])
	}
	return out
}

func (r *random) value() any { return json.RawMessage(choose(r, someValues)) }

// root is a whole schema with its definitions.
func (r *random) root() document {
	r.refs = r.IntN(3) == 0
	s := r.object(2 + r.IntN(2))
	s["$schema"] = dialects[r.draft]
	if r.refs {
		s = r.withDefinitions(s)
	}
	return s
}

// withDefinitions adds what references lead to. Up to draft-07 a $ref at the root would hide them.
func (r *random) withDefinitions(s document) document {
	if _, ok := s["$ref"]; ok && r.draft < 2019 {
		s = document{"$schema": s["$schema"], "allOf": []any{document{"$ref": s["$ref"]}}}
	}
	s["definitions"] = document{"x": r.schema(1), "y": r.object(1), "node": document{
		"type":                 choose(r, []any{"object", []any{"object", "null"}, []any{"object", "integer"}}),
		"properties":           document{"next": document{"$ref": "#/definitions/node"}, "value": r.schema(1)},
		"additionalProperties": r.IntN(2) == 0,
	}}
	return s
}

// schema is a subschema nested at most depth levels.
func (r *random) schema(depth int) any {
	if r.draft > 4 && r.IntN(12) == 0 {
		return r.IntN(2) == 0
	}
	return r.object(depth)
}

func (r *random) object(depth int) document {
	s := document{}
	if r.IntN(2) == 0 {
		s["type"] = choose(r, someTypes)
		if r.IntN(4) == 0 {
			s["type"] = r.some(someTypes, 3)
		}
	}
	for range 1 + r.IntN(3) {
		if depth <= 0 || r.IntN(3) == 0 {
			r.assertion(s)
		} else {
			r.applicator(s, depth-1)
		}
	}
	if _, ok := s["$ref"]; ok && r.draft < 2019 {
		return document{"$ref": s["$ref"]}
	}
	return s
}

// assertion adds a keyword without subschemas.
func (r *random) assertion(s document) {
	switch r.IntN(17) {
	case 0:
		s["minimum"] = r.IntN(7) - 2
	case 1:
		s["maximum"] = r.IntN(8) - 2
	case 2, 3:
		keyword := choose(r, []string{"exclusiveMinimum", "exclusiveMaximum"})
		if r.draft > 4 {
			s[keyword] = r.IntN(8) - 1
		} else if bound := strings.ToLower(keyword[9:]); s[bound] != nil {
			s[keyword] = r.IntN(2) == 0
		}
	case 4:
		s["multipleOf"] = json.RawMessage(choose(r, []string{"1", "2", "3", "0.5", "1.5", "0.01", "7"}))
	case 5:
		s["minLength"] = r.IntN(4)
	case 6:
		s["maxLength"] = r.IntN(5)
	case 7, 8:
		s["pattern"] = choose(r, somePatterns)
	case 9:
		if r.draft > 4 {
			s["const"] = r.value()
		}
	case 10:
		s["enum"] = r.enum()
	case 11:
		s["required"] = r.some(someNames, 2)
	case 12:
		s[choose(r, []string{"minProperties", "maxProperties"})] = r.IntN(4)
	case 13:
		s[choose(r, []string{"minItems", "maxItems"})] = r.IntN(4)
	case 14:
		s["uniqueItems"] = r.IntN(4) > 0
	case 15:
		if r.IntN(2) == 0 {
			s["format"] = choose(r, someFormats)
		}
	case 16:
		if r.draft >= 2019 {
			s["dependentRequired"] = document{choose(r, someNames): r.some(someNames, 2)}
		} else {
			s["dependencies"] = document{choose(r, someNames): r.some(someNames, 2)}
		}
	}
}

func (r *random) enum() []any {
	var out []any
	known := map[string]bool{}
	for range 1 + r.IntN(4) {
		v := choose(r, someValues)
		if v == "1.0" {
			v = "1"
		}
		if !known[v] {
			known[v] = true
			out = append(out, json.RawMessage(v))
		}
	}
	return out
}

func (r *random) list(depth int) []any {
	var out []any
	for range 1 + r.IntN(3) {
		out = append(out, r.schema(depth))
	}
	return out
}

func (r *random) named(names []string, depth int) document {
	out := document{}
	for range 1 + r.IntN(3) {
		out[choose(r, names)] = r.schema(depth)
	}
	return out
}

// applicator adds a keyword with subschemas.
func (r *random) applicator(s document, depth int) {
	switch r.IntN(20) {
	case 0, 1, 2:
		s["properties"] = r.named(someNames, depth)
	case 3:
		s["patternProperties"] = r.named(somePatterns, depth)
	case 4, 5:
		s["additionalProperties"] = r.schema(depth)
		if r.IntN(2) == 0 {
			s["additionalProperties"] = r.IntN(3) == 0
		}
	case 6:
		if r.draft > 4 {
			s["propertyNames"] = r.schema(0)
		}
	case 7:
		if r.draft >= 2019 {
			s["dependentSchemas"] = document{choose(r, someNames): r.schema(depth)}
		} else {
			s["dependencies"] = document{choose(r, someNames): r.schema(depth)}
		}
	case 8, 9:
		r.items(s, depth)
	case 10:
		r.contains(s, depth)
	case 11:
		s["not"] = r.schema(depth)
	case 12:
		s["allOf"] = r.list(depth)
	case 13, 14:
		s["anyOf"] = r.list(depth)
	case 15:
		s["oneOf"] = r.list(depth)
	case 16:
		if r.draft >= 7 {
			s["if"] = r.schema(depth)
			s[choose(r, []string{"then", "else"})] = r.schema(depth)
			s[choose(r, []string{"then", "else"})] = r.schema(depth)
		}
	case 17:
		if r.draft >= 2019 {
			s["unevaluatedProperties"] = r.IntN(2) == 0
			if r.IntN(2) == 0 {
				s["unevaluatedProperties"] = r.schema(depth)
			}
		}
	case 18:
		if r.draft >= 2019 {
			s["unevaluatedItems"] = false
			if r.IntN(2) == 0 {
				s["unevaluatedItems"] = r.schema(depth)
			}
		}
	case 19:
		if r.refs {
			s["$ref"] = "#/definitions/" + choose(r, []string{"x", "y", "node"})
		}
	}
}

func (r *random) items(s document, depth int) {
	if r.IntN(2) == 0 {
		s["items"] = r.schema(depth)
	}
	if r.IntN(2) == 0 {
		return
	}
	if r.draft == 2020 {
		s["prefixItems"] = r.list(depth)
		return
	}
	s["items"] = r.list(depth)
	if r.IntN(2) == 0 {
		s["additionalItems"] = r.IntN(2) == 0
		if r.IntN(2) == 0 {
			s["additionalItems"] = r.object(depth)
		}
	}
}

func (r *random) contains(s document, depth int) {
	if r.draft == 4 {
		return
	}
	s["contains"] = r.schema(depth)
	if r.draft >= 2019 && r.IntN(2) == 0 {
		s["minContains"] = r.IntN(3)
	}
	if r.draft >= 2019 && r.IntN(2) == 0 {
		s["maxContains"] = r.IntN(3)
	}
}

// mutate returns a copy of a schema that differs from it in a place or two, as revisions do.
func (r *random) mutate(schema any) any {
	s, ok := schema.(map[string]any)
	if !ok || len(s) == 0 {
		return r.schema(1)
	}
	out := document{}
	for k, v := range s {
		out[k] = v
	}
	keys := sortedNames(out)
	key := choose(r, keys)
	if key == "$schema" || key == "definitions" || r.IntN(5) == 0 {
		r.assertion(out)
		if r.IntN(2) == 0 {
			r.applicator(out, 1)
		}
		if _, ok := out["$ref"]; ok && r.draft < 2019 && s["$schema"] == nil {
			return document{"$ref": out["$ref"]}
		}
		return out
	}
	switch v := out[key].(type) {
	case map[string]any:
		if r.IntN(4) == 0 {
			delete(out, key)
		} else if strings.HasSuffix(strings.ToLower(key), "properties") && key != "additionalProperties" && key != "unevaluatedProperties" || strings.HasPrefix(key, "depend") {
			out[key] = r.mutateMember(v)
		} else if key != "const" {
			out[key] = r.mutate(v)
		}
	case []any:
		out[key] = r.mutateList(key, v)
	case int:
		if out[key] = v + r.IntN(3) - 1; v <= 0 && !strings.HasSuffix(strings.ToLower(key), "imum") {
			out[key] = 1
		}
	default:
		delete(out, key)
	}
	return out
}

func (r *random) mutateMember(v map[string]any) map[string]any {
	out := document{}
	for k, member := range v {
		out[k] = member
	}
	if len(out) > 0 {
		name := choose(r, sortedNames(out))
		if inner, ok := out[name].(map[string]any); ok {
			out[name] = r.mutate(inner)
		}
	}
	return out
}

func (r *random) mutateList(key string, v []any) []any {
	out := append([]any(nil), v...)
	switch {
	case strings.HasSuffix(key, "Of") || key == "prefixItems" || key == "items":
		i := r.IntN(len(out))
		if r.IntN(3) == 0 {
			return append(out, r.schema(1))
		}
		out[i] = r.mutate(out[i])
	case len(out) > 1 && r.IntN(2) == 0:
		return out[1:]
	}
	return out
}

// pair is a writer and a reader, most often a revision of it.
func (r *random) pair() (writer, reader string) {
	r.draft = choose(r, []int{4, 6, 7, 7, 2019, 2020, 2020})
	w := r.root()
	read := r.root()
	if r.IntN(4) > 0 {
		read = w
		for range 1 + r.IntN(2) {
			if changed, ok := r.mutate(read).(document); ok {
				read = changed
			}
		}
	}
	read["$schema"] = dialects[r.draft]
	return compact(w), compact(read)
}

func compact(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// pool is what instances are made from: the values that occur in schemas, their neighbours, and the names.
type pool struct {
	atoms []any
	names []string
}

// poolOf collects from schema texts.
func poolOf(texts ...string) *pool {
	p := &pool{names: append([]string{"zz", "a"}, someNames...)}
	for _, v := range someValues {
		p.atoms = append(p.atoms, decoded(v))
	}
	p.atoms = append(p.atoms, "2020-01-01", "127.0.0.1", "a@b.co", "http://a/b", "/a/b", "00:00:00Z", "123e4567-e89b-12d3-a456-426614174000")
	for _, t := range texts {
		p.collect(decoded(t))
	}
	return p
}

func decoded(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

func (p *pool) collect(v any) {
	switch v := v.(type) {
	case json.Number:
		p.atoms = append(p.atoms, v)
		if n, err := v.Int64(); err == nil {
			p.atoms = append(p.atoms, json.Number(fmt.Sprint(n-1)), json.Number(fmt.Sprint(n+1)), json.Number(fmt.Sprintf("%d.5", n)))
			if n >= 0 && n < 12 {
				p.atoms = append(p.atoms, strings.Repeat("a", int(n)), strings.Repeat("b", int(n)+1))
			}
		}
	case string:
		p.atoms = append(p.atoms, v)
		if utf8.RuneCountInString(v) < 8 {
			p.names = append(p.names, v)
		}
	case []any:
		for _, item := range v {
			p.collect(item)
		}
	case map[string]any:
		for name, item := range v {
			p.names = append(p.names, name)
			p.collect(item)
		}
	}
}

// instance is a random value that has a chance of being accepted by the schema, which is not taken too seriously.
func (r *random) instance(p *pool, schema any, root map[string]any, depth int) any {
	s, ok := schema.(map[string]any)
	if !ok || r.IntN(8) == 0 {
		return r.anything(p, depth)
	}
	if ref, ok := s["$ref"].(string); ok && depth > 0 {
		definitions, _ := root["definitions"].(map[string]any)
		return r.instance(p, definitions[strings.TrimPrefix(ref, "#/definitions/")], root, depth-1)
	}
	if v, ok := s["const"]; ok {
		return v
	}
	if list, ok := s["enum"].([]any); ok {
		return choose(r, list)
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if list, ok := s[key].([]any); ok && depth > 0 && r.IntN(2) == 0 {
			return r.instance(p, choose(r, list), root, depth-1)
		}
	}
	kinds := []string{"object", "array", "string", "number"}
	switch t := s["type"].(type) {
	case string:
		kinds = []string{t}
	case []any:
		kinds = nil
		for _, k := range t {
			kinds = append(kinds, k.(string))
		}
	}
	return r.ofKind(choose(r, kinds), p, s, root, depth)
}

func (r *random) ofKind(kind string, p *pool, s, root map[string]any, depth int) any {
	switch kind {
	case "object":
		return r.someObject(p, s, root, depth)
	case "array":
		return r.someArray(p, s, root, depth)
	case "null":
		return nil
	case "boolean":
		return r.IntN(2) == 0
	}
	for range 20 {
		v := choose(r, p.atoms)
		_, isNumber := v.(json.Number)
		_, isText := v.(string)
		if isText == (kind == "string") && isNumber == (kind != "string") {
			return v
		}
	}
	return choose(r, p.atoms)
}

func (r *random) someObject(p *pool, s, root map[string]any, depth int) any {
	out := map[string]any{}
	if depth <= 0 {
		return out
	}
	properties, _ := s["properties"].(map[string]any)
	put := func(name string) {
		inner := properties[name]
		if inner == nil {
			inner = s["additionalProperties"]
		}
		out[name] = r.instance(p, inner, root, depth-1)
	}
	if required, ok := s["required"].([]any); ok {
		for _, name := range required {
			put(name.(string))
		}
	}
	for name := range properties {
		if r.IntN(2) == 0 {
			put(name)
		}
	}
	for range r.IntN(3) {
		put(choose(r, p.names))
	}
	return out
}

func (r *random) someArray(p *pool, s, root map[string]any, depth int) any {
	out := []any{}
	if depth <= 0 {
		return out
	}
	prefix, _ := s["prefixItems"].([]any)
	if list, ok := s["items"].([]any); ok {
		prefix = list
	}
	for i := range r.IntN(5) {
		var inner any = s["items"]
		if i < len(prefix) {
			inner = prefix[i]
		} else if r.IntN(3) == 0 && s["contains"] != nil {
			inner = s["contains"]
		}
		out = append(out, r.instance(p, inner, root, depth-1))
	}
	if len(out) > 1 && r.IntN(6) == 0 {
		out[0] = out[1]
	}
	return out
}

// anything is a random value of small size.
func (r *random) anything(p *pool, depth int) any {
	if depth > 0 && r.IntN(3) == 0 {
		return r.ofKind(choose(r, []string{"object", "array"}), p, nil, nil, depth-1)
	}
	return choose(r, p.atoms)
}
