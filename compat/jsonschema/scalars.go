package jsonschema

import (
	"math/big"
	"sort"
	"strconv"

	model "github.com/concord-registry/concord/formats/jsonschema"
)

// bound compares one optional limit of both sides and adds PREFIX_ADDED, _REMOVED, _INCREASED or _DECREASED.
func (l *list) bound(keyword, prefix string, w, r *shape, before, after limit) {
	switch {
	case before == after:
	case !before.set:
		l.addAt(keyword, code(prefix+"_ADDED"), w, r)
	case !after.set:
		l.addAt(keyword, code(prefix+"_REMOVED"), w, r)
	case before.value < after.value:
		l.addAt(keyword, code(prefix+"_INCREASED"), w, r)
	case before.value > after.value:
		l.addAt(keyword, code(prefix+"_DECREASED"), w, r)
	}
}

func (l *list) strings(w, r *shape) {
	l.bound("maxLength", "MAX_LENGTH", w, r, w.text.maxLength, r.text.maxLength)
	l.bound("minLength", "MIN_LENGTH", w, r, w.text.minLength, r.text.minLength)
	switch before, after := w.text.pattern, r.text.pattern; {
	case before == nil && after != nil:
		l.addAt("pattern", "PATTERN_ADDED", w, r)
	case before != nil && after == nil:
		l.addAt("pattern", "PATTERN_REMOVED", w, r)
	case before != nil && before.Text != after.Text:
		l.addAt("pattern", "PATTERN_CHANGED", w, r)
	}
}

func (l *list) numbers(w, r *shape) {
	l.bound("maximum", "MAXIMUM", w, r, w.number.maximum, r.number.maximum)
	l.bound("minimum", "MINIMUM", w, r, w.number.minimum, r.number.minimum)
	l.exclusiveMaximum(w, r)
	l.bound("exclusiveMinimum", "EXCLUSIVE_MINIMUM", w, r, w.number.exclusiveMinimum, r.number.exclusiveMinimum)
	l.multiples(w, r)
	if w.number.integer != r.number.integer {
		if w.number.integer {
			l.add("TYPE_EXTENDED", w, r, "type", "")
		} else {
			l.add("TYPE_NARROWED", w, r, "type", "")
		}
	}
}

// exclusiveMaximum follows the reference in a slip: whether the limit has decreased it judges by the reader's maximum, where
// there is one.
func (l *list) exclusiveMaximum(w, r *shape) {
	before, after := w.number.exclusiveMaximum, r.number.exclusiveMaximum
	if before.set && after.set && before.value > after.value && r.number.maximum.set && before.value <= r.number.maximum.value {
		return
	}
	l.bound("exclusiveMaximum", "EXCLUSIVE_MAXIMUM", w, r, before, after)
}

func (l *list) multiples(w, r *shape) {
	before, after := w.number.multipleOf, r.number.multipleOf
	switch {
	case before.Equal(after):
	case before == nil:
		l.addAt("multipleOf", "MULTIPLE_OF_ADDED", w, r)
	case after == nil:
		l.addAt("multipleOf", "MULTIPLE_OF_REMOVED", w, r)
	case l.divides(w.number, r.number):
		l.addAt("multipleOf", "MULTIPLE_OF_EXPANDED", w, r)
	case l.divides(r.number, w.number):
		l.addAt("multipleOf", "MULTIPLE_OF_REDUCED", w, r)
	default:
		l.addAt("multipleOf", "MULTIPLE_OF_CHANGED", w, r)
	}
}

// divides reports whether what is a multiple of b's unit is one of a's. Dividing long numbers takes as long as looking at many pairs.
func (l *list) divides(a, b *numberRules) bool {
	size := a.multipleOf.Decimal().Size() + b.multipleOf.Decimal().Size()
	if l.pairs += size * size / 1_000_000; !l.spend() {
		return false
	}
	x, y := a.unit(), b.unit()
	whole := new(big.Int).Mul(y.Num(), x.Denom())
	by := new(big.Int).Mul(x.Num(), y.Denom())
	return by.Sign() != 0 && whole.Rem(whole, by).Sign() == 0
}

// unit is the exact value of multipleOf.
func (n *numberRules) unit() *big.Rat {
	if n.rat == nil {
		n.rat, _ = n.multipleOf.Rat()
	}
	return n.rat
}

func (l *list) enums(w, r *shape) {
	before, after := texts(w.values), texts(r.values)
	grown, shrunk := covers(after, before), covers(before, after)
	switch {
	case grown && shrunk:
	case grown:
		l.addAt("enum", "ENUM_ARRAY_EXTENDED", w, r)
	case shrunk:
		l.addAt("enum", "ENUM_ARRAY_NARROWED", w, r)
	default:
		l.addAt("enum", "ENUM_ARRAY_CHANGED", w, r)
	}
}

func (l *list) constants(w, r *shape) {
	if !covers(texts(w.values), texts(r.values)) {
		l.addAt("const", "ENUM_ARRAY_CHANGED", w, r)
	}
}

// texts is the set of some values, by a spelling that equal values share.
func texts(values []*model.Value) map[string]bool {
	m := make(map[string]bool, len(values))
	for _, v := range values {
		m[string(appendKey(nil, v))] = true
	}
	return m
}

// appendKey spells a value so that two spellings are equal exactly when the values are: no order, numbers by value.
func appendKey(out []byte, v *model.Value) []byte {
	switch v.Kind {
	case model.Number:
		return v.Decimal().Append(out)
	case model.Array:
		out = append(out, '[')
		for _, item := range v.Items {
			out = append(appendKey(out, item), ',')
		}
		return append(out, ']')
	case model.Object:
		members := append([]model.Member(nil), v.Members...)
		sort.Slice(members, func(i, j int) bool { return members[i].Key < members[j].Key })
		out = append(out, '{')
		for _, m := range members {
			out = append(strconv.AppendQuote(out, m.Key), ':')
			out = append(appendKey(out, m.Value), ',')
		}
		return append(out, '}')
	}
	return model.AppendCompact(out, v)
}

func covers(a, b map[string]bool) bool {
	for k := range b {
		if !a[k] {
			return false
		}
	}
	return true
}

// negations compares what the two sides forbid: the writer must forbid all that the reader does, so they change places.
func (l *list) negations(w, r *shape) {
	l.at("not", func() {
		if l.allAccepted(l.try(r.inner, w.inner)) {
			l.add("NOT_TYPE_NARROWED", w, r, "not", "")
		} else {
			l.add("NOT_TYPE_EXTENDED", w, r, "not", "")
		}
	})
}
