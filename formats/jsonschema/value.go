package jsonschema

import (
	"math/big"
	"strconv"
	"strings"
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds of JSON values. JSON Schema's "integer" is a Number; see Value.IsInteger.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

var kindNames = [...]string{"null", "boolean", "number", "string", "array", "object"}

// String is the name JSON Schema has for the kind.
func (k Kind) String() string { return kindNames[k] }

// Value is one value of a JSON document as it was written: objects keep the order of their members, numbers their
// digits, and every value its place in the text. A Value is immutable and safe for concurrent use. All methods accept a
// nil receiver, which stands for "absent".
type Value struct {
	Kind Kind
	// Text holds a string's characters, a number as written, and "true" or "false" for a boolean. A lone surrogate in a
	// string is kept as the three bytes that UTF-8 would use for it if it could, so that no text is lost.
	Text    string
	Items   []*Value // of an array
	Members []Member // of an object; no two have the same Key
	// Start and End are the byte offsets of the value in the text of its document.
	Start, End int

	index map[string]int // Key -> position in Members; nil for small objects
	scope *Resource      // what the value belongs to when it is a schema; set once by the index
}

// Member is one name of an object with its value. Start and End enclose the name with its quotes.
type Member struct {
	Key        string
	Start, End int
	Value      *Value
}

// smallObject is up to how many members a scan is as good as a map.
const smallObject = 12

// Get returns the value under key; nil when v is not an object or has no such member.
func (v *Value) Get(key string) *Value {
	if i := v.position(key); i >= 0 {
		return v.Members[i].Value
	}
	return nil
}

// Has reports whether v is an object with a member of that name.
func (v *Value) Has(key string) bool { return v.position(key) >= 0 }

// Member returns the named member, and whether there is one.
func (v *Value) Member(key string) (Member, bool) {
	if i := v.position(key); i >= 0 {
		return v.Members[i], true
	}
	return Member{}, false
}

func (v *Value) position(key string) int {
	if v == nil || v.Kind != Object {
		return -1
	}
	if v.index != nil {
		if i, ok := v.index[key]; ok {
			return i
		}
		return -1
	}
	for i := range v.Members {
		if v.Members[i].Key == key {
			return i
		}
	}
	return -1
}

// Is reports whether v is present and of kind k.
func (v *Value) Is(k Kind) bool { return v != nil && v.Kind == k }

// IsSchema reports whether v has the shape of a schema: an object or a boolean.
func (v *Value) IsSchema() bool { return v.Is(Object) || v.Is(Bool) }

// IsTrue reports whether v is the boolean true.
func (v *Value) IsTrue() bool { return v.Is(Bool) && v.Text == "true" }

// IsFalse reports whether v is the boolean false.
func (v *Value) IsFalse() bool { return v.Is(Bool) && v.Text == "false" }

// Rat is the exact value of a number. The reader bounds digits and exponent, so this is always affordable.
func (v *Value) Rat() (*big.Rat, bool) {
	if !v.Is(Number) {
		return nil, false
	}
	return new(big.Rat).SetString(v.Text)
}

// IsInteger reports whether v is a number without a fractional part, however it is written: 1, 1.0 and 1e2 are.
func (v *Value) IsInteger() bool {
	return v.Is(Number) && v.Decimal().IsInteger()
}

// Equal reports whether two values are the same JSON value: numbers by value, objects without regard to order.
func (v *Value) Equal(w *Value) bool {
	if v == nil || w == nil {
		return v == w
	}
	if v.Kind != w.Kind {
		return false
	}
	switch v.Kind {
	case Number:
		return v.Text == w.Text || v.Decimal() == w.Decimal()
	case Array:
		if len(v.Items) != len(w.Items) {
			return false
		}
		for i := range v.Items {
			if !v.Items[i].Equal(w.Items[i]) {
				return false
			}
		}
		return true
	case Object:
		if len(v.Members) != len(w.Members) {
			return false
		}
		for i := range v.Members {
			if !v.Members[i].Value.Equal(w.Get(v.Members[i].Key)) {
				return false
			}
		}
		return true
	}
	return v.Text == w.Text
}

// At follows a JSON pointer (RFC 6901, without a leading "#") from v; nil when nothing is there.
func (v *Value) At(pointer string) *Value {
	if pointer == "" {
		return v
	}
	if pointer[0] != '/' {
		return nil
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		v = v.step(UnescapeToken(token))
		if v == nil {
			return nil
		}
	}
	return v
}

func (v *Value) step(token string) *Value {
	if v == nil {
		return nil
	}
	if v.Is(Array) {
		i, err := strconv.Atoi(token)
		if err != nil || i < 0 || i >= len(v.Items) || strconv.Itoa(i) != token {
			return nil
		}
		return v.Items[i]
	}
	return v.Get(token)
}

var (
	escapeToken   = strings.NewReplacer("~", "~0", "/", "~1")
	unescapeToken = strings.NewReplacer("~1", "/", "~0", "~")
)

// EscapeToken makes one name of an object a token of a JSON pointer.
func EscapeToken(name string) string { return escapeToken.Replace(name) }

// UnescapeToken is the inverse of EscapeToken.
func UnescapeToken(token string) string { return unescapeToken.Replace(token) }
