package avro

import (
	"strings"
	"unicode"
)

// nameRule tells in an error what a name is.
const nameRule = "letters, digits and _ only, not starting with a digit"

// asciiName reports whether s is a name by the specification (section "Names").
func asciiName(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case '0' <= c && c <= '9' && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

// unicodeName reports whether s is a name to the reference where it reads texts that are already stored: letters of any
// script, as far as they fit 16 bits.
func unicodeName(s string) bool {
	for i, c := range s {
		switch {
		case c > 0xFFFF:
			return false
		case c == '_', unicode.IsLetter(c):
		case unicode.IsDigit(c) && i > 0:
		default:
			return false
		}
	}
	return s != ""
}

// checkName checks a simple name: by the specification when the schema is new, else as the reference reads stored texts.
func (p *parser) checkName(v *Value, name, what string) error {
	valid := unicodeName
	if p.validate {
		valid = asciiName
	}
	if !valid(name) {
		return p.fail(v, "%q is not a %s: %s", shorten(name), what, nameRule)
	}
	return nil
}

// checkTypeName checks the name of a type and, when the schema is new, each part of its namespace.
func (p *parser) checkTypeName(v *Value, n Name) error {
	if err := p.checkName(v, n.Local, "type name"); err != nil {
		return err
	}
	if _, ok := primitives[n.Full]; ok {
		return p.fail(v, "a type may not be named %s, which is a primitive type", n.Full)
	}
	if !p.validate || n.Space == "" {
		return nil
	}
	for _, part := range strings.Split(n.Space, ".") {
		if !asciiName(part) {
			return p.fail(v, "%q is not a part of a namespace: %s", shorten(part), nameRule)
		}
	}
	return nil
}
