package inclusion

import (
	"bytes"
	"encoding/json"
	"math/big"
	"sort"
	"strconv"
)

// An instance is a JSON value as the validator takes it: nil, bool, json.Number, string, []any or map[string]any.
// Instances are shared between answers and never changed.

// kind is the type of an instance.
type kind uint8

const (
	nullKind kind = iota
	boolKind
	numberKind
	stringKind
	arrayKind
	objectKind
	kindCount
)

// kinds is a set of them.
type kinds uint8

const allKinds kinds = 1<<kindCount - 1

func (k kind) only() kinds        { return 1 << k }
func (set kinds) has(k kind) bool { return set&(1<<k) != 0 }
func kindOf(instance any) kind {
	switch instance.(type) {
	case nil:
		return nullKind
	case bool:
		return boolKind
	case json.Number:
		return numberKind
	case string:
		return stringKind
	case []any:
		return arrayKind
	}
	return objectKind
}

// identity is a text that two instances share exactly when JSON Schema takes them for equal: numbers by value, objects
// without regard to order.
func identity(instance any) string { return string(appendIdentity(nil, instance)) }

func appendIdentity(out []byte, instance any) []byte {
	switch v := instance.(type) {
	case nil:
		return append(out, "null"...)
	case bool:
		return strconv.AppendBool(out, v)
	case json.Number:
		return append(out, numberOf(v).RatString()...)
	case string:
		return strconv.AppendQuote(out, v)
	case []any:
		out = append(out, '[')
		for _, item := range v {
			out = append(appendIdentity(out, item), ',')
		}
		return append(out, ']')
	case map[string]any:
		out = append(out, '{')
		for _, name := range sortedNames(v) {
			out = append(strconv.AppendQuote(out, name), ':')
			out = append(appendIdentity(out, v[name]), ',')
		}
		return append(out, '}')
	}
	return out
}

// sortedNames lists the keys of a map in order, so that nothing depends on Go's order of maps.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// numberOf is the exact value of a number.
func numberOf(n json.Number) *big.Rat {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return new(big.Rat).SetInt64(i)
	}
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat)
	}
	return r
}

// maxInstance is the largest instance that is built, in units of weigh.
const maxInstance = 250_000

// weigh measures an instance, one for each value and each 16 bytes of text, and stops counting at the limit: an instance shares
// its parts, so writing it out can take exponentially more than building it.
func weigh(instance any, limit int) int {
	switch v := instance.(type) {
	case string:
		return 1 + len(v)/16
	case []any:
		total := 1
		for _, item := range v {
			if total >= limit {
				return total
			}
			total += weigh(item, limit-total)
		}
		return total
	case map[string]any:
		total := 1
		for name, item := range v {
			if total >= limit {
				return total
			}
			total += 1 + len(name)/16 + weigh(item, limit-total)
		}
		return total
	}
	return 1
}

// textOf is the JSON text of an instance, with members sorted by name and no more escapes than JSON needs.
func textOf(instance any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(instance); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(out.Bytes()), nil
}
