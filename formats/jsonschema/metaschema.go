package jsonschema

import "strings"

// conforms reports whether a metaschema surely has nothing to object to in the keywords of one schema, apart from what it says of
// its subschemas. It may say no of a schema that is fine.
func conforms(schema *Value, draft Draft) bool {
	for i := range schema.Members {
		if m := &schema.Members[i]; !conformsKeyword(schema, m, draft) {
			return false
		}
	}
	return true
}

func conformsKeyword(schema *Value, m *Member, draft Draft) bool {
	v := m.Value
	switch m.Key {
	case "$id", "id", "$ref", "$dynamicRef", "$schema":
		return v.Is(String) && madeOf(v.Text, "/:.#-_~%$")
	case "$anchor", "$dynamicAnchor":
		return v.Is(String) && madeOf(v.Text, "_") && v.Text > "@" // begins with a letter
	case "$recursiveRef":
		return v.Is(String) && v.Text == "#"
	case "title", "description", "$comment", "format", "pattern", "contentEncoding", "contentMediaType":
		return v.Is(String)
	case "uniqueItems", "readOnly", "writeOnly", "deprecated":
		return v.Is(Bool)
	case "$recursiveAnchor":
		return v.Is(Bool) && draft < Draft2020
	case "minimum", "maximum":
		return v.Is(Number)
	case "exclusiveMinimum", "exclusiveMaximum":
		if draft == Draft4 {
			return v.Is(Bool) && schema.Has(strings.ToLower(m.Key[len("exclusive"):]))
		}
		return v.Is(Number)
	case "multipleOf":
		return v.Is(Number) && v.Text[0] != '-' && strings.Trim(v.Text, "0.") != ""
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties", "minContains", "maxContains":
		return v.Is(Number) && len(v.Text) < 10 && strings.Trim(v.Text, "0123456789") == ""
	case "required":
		return distinctNames(v) && (draft > Draft4 || len(v.Items) > 0)
	case "enum":
		return distinctValues(v) && len(v.Items) > 0
	case "type":
		return v.Is(String) && contains(typeNames, v.Text) || distinctNames(v) && len(v.Items) > 0 && all(v.Items, func(name *Value) bool {
			return contains(typeNames, name.Text)
		})
	case "dependencies":
		return v.Is(Object) && allMembers(v, func(need *Value) bool {
			return need.Is(Object) || distinctNames(need) && (draft > Draft4 || len(need.Items) > 0)
		})
	case "dependentRequired":
		return v.Is(Object) && allMembers(v, distinctNames)
	case "additionalItems", "additionalProperties":
		return v.IsSchema()
	case "items":
		return schemaIn(v, draft) || draft < Draft2020 && schemaList(v, draft)
	case "$vocabulary":
		return false
	case "examples":
		return v.Is(Array)
	}
	switch {
	case contains(schemaArrayKeywords, m.Key):
		return schemaList(v, draft)
	case contains(schemaMapKeywords, m.Key):
		return v.Is(Object) && allMembers(v, func(inner *Value) bool { return schemaIn(inner, draft) })
	case contains(schemaKeywords, m.Key):
		return schemaIn(v, draft)
	}
	return true
}

// schemaIn reports whether a draft takes v for a schema.
func schemaIn(v *Value, draft Draft) bool { return v.Is(Object) || v.Is(Bool) && draft > Draft4 }

func schemaList(v *Value, draft Draft) bool {
	return v.Is(Array) && len(v.Items) > 0 && all(v.Items, func(item *Value) bool { return schemaIn(item, draft) })
}

func all(list []*Value, holds func(*Value) bool) bool {
	for _, v := range list {
		if !holds(v) {
			return false
		}
	}
	return true
}

func allMembers(v *Value, holds func(*Value) bool) bool {
	for i := range v.Members {
		if !holds(v.Members[i].Value) {
			return false
		}
	}
	return true
}

// madeOf reports whether a text consists of ASCII letters, digits and the given punctuation.
func madeOf(text, punctuation string) bool {
	for _, c := range []byte(text) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && strings.IndexByte(punctuation, c) < 0 {
			return false
		}
	}
	return true
}

// distinctNames reports whether v is an array of strings all of which differ.
func distinctNames(v *Value) bool {
	return distinctValues(v) && all(v.Items, func(item *Value) bool { return item.Is(String) })
}

// distinctValues reports whether v is an array of values that surely differ.
func distinctValues(v *Value) bool {
	if !v.Is(Array) {
		return false
	}
	seen := make(map[string]bool, len(v.Items))
	for _, item := range v.Items {
		text := string(AppendSorted(nil, item))
		if item.Is(Number) && strings.ContainsAny(text, ".eE-") || seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}
