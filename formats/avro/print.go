package avro

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// printing says how a schema is printed.
type printing struct {
	inline bool // print referenced types in full
	normal bool // take every freedom of order and spelling away
}

// print renders the schema in the reference's canonical order of attributes. The result can always be parsed again within
// the limits it was parsed with: types that are used before they are defined could otherwise nest without bound.
func (s *Schema) print(how printing) (string, error) {
	limits := s.options.Limits.OrDefault()
	w := writer{max: limits.Bytes, maxDepth: min(limits.Depth, maxDepth), normal: how.normal, printed: map[string]bool{}}
	if !how.inline {
		for name := range s.printed {
			w.printed[name] = true
		}
	}
	w.out = make([]byte, 0, len(s.source.Text))
	w.typ(s.root, "")
	switch {
	case w.full:
		return "", &formats.LimitError{Limit: "bytes in the canonical text", Max: w.max}
	case w.deep:
		return "", &formats.LimitError{Limit: "levels of nesting in the canonical text", Max: w.maxDepth}
	}
	if string(w.out) == s.source.Text {
		return s.source.Text, nil // most texts come as they are printed; one copy is enough
	}
	return string(w.out), nil
}

// writer prints types and values, and stops when its limits are reached.
type writer struct {
	out             []byte
	max, maxDepth   int // 0 depth means no limit
	depth           int
	full, deep      bool
	normal          bool
	printed         map[string]bool // full names that stand for themselves from now on
	memberSeparator bool
}

func (w *writer) raw(s string) {
	if len(w.out)+len(s) > w.max {
		w.full = true
		return
	}
	w.out = append(w.out, s...)
}

func (w *writer) stopped() bool { return w.full || w.deep }

// open starts an object or array.
func (w *writer) open(bracket string) {
	if w.depth++; w.maxDepth > 0 && w.depth > w.maxDepth {
		w.deep = true
	}
	w.raw(bracket)
	w.memberSeparator = false
}

func (w *writer) close(bracket string) {
	w.depth--
	w.raw(bracket)
	w.memberSeparator = true
}

// element starts the next element of an array.
func (w *writer) element() {
	if w.memberSeparator {
		w.raw(",")
	}
	w.memberSeparator = true
}

// key starts the next member of an object.
func (w *writer) key(name string) {
	w.element()
	w.quote(name)
	w.raw(":")
}

func (w *writer) member(name, value string) {
	w.key(name)
	w.quote(value)
}

const hexDigits = "0123456789ABCDEF"

// quote writes a JSON string as the reference does: only quotes, backslashes and control characters are escaped, and
// surrogates without a partner, which have no UTF-8.
func (w *writer) quote(s string) {
	if len(w.out)+len(s) > w.max {
		w.full = true
		return
	}
	w.out = append(w.out, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			w.out = append(w.out, '\\', c)
		case c < ' ':
			w.escape(uint16(c))
		case c == 0xED && i+2 < len(s) && s[i+1] >= 0xA0:
			w.escape(0xD000 | uint16(s[i+1]&0x3F)<<6 | uint16(s[i+2]&0x3F))
			i += 2
		default:
			w.out = append(w.out, c)
		}
	}
	w.out = append(w.out, '"')
}

func (w *writer) escape(unit uint16) {
	for i := 0; i < len(simpleEscapes); i += 2 {
		if uint16(simpleEscapes[i+1]) == unit {
			w.out = append(w.out, '\\', simpleEscapes[i])
			return
		}
	}
	w.out = append(w.out, '\\', 'u', hexDigits[unit>>12], hexDigits[unit>>8&15], hexDigits[unit>>4&15], hexDigits[unit&15])
}

// value writes a JSON value; sorted puts the members of objects in order.
func (w *writer) value(v *Value, sorted bool) {
	switch v.Kind {
	case NullValue:
		w.raw("null")
	case BoolValue, IntValue:
		w.raw(v.Text)
	case DecimalValue:
		w.decimal(FormatDouble(v.Double()))
	case StringValue:
		w.quote(v.Text)
	case ArrayValue:
		w.open("[")
		for i := range v.Elems {
			w.element()
			w.value(&v.Elems[i], sorted)
		}
		w.close("]")
	case ObjectValue:
		w.open("{")
		for _, i := range v.order(sorted) {
			w.key(v.Keys[i])
			w.value(&v.Elems[i], sorted)
			if w.stopped() {
				return
			}
		}
		w.close("}")
	}
}

// decimal writes a number; infinities and NaN have no JSON and become strings, as in the reference.
func (w *writer) decimal(text string) {
	if last := text[len(text)-1]; last == 'N' || last == 'y' {
		w.quote(text)
		return
	}
	w.raw(text)
}

// order returns the positions of an object's members, in the order they are printed.
func (v *Value) order(sorted bool) []int {
	order := make([]int, len(v.Keys))
	for i := range order {
		order[i] = i
	}
	if sorted {
		sort.Slice(order, func(a, b int) bool { return compareUTF16(v.Keys[order[a]], v.Keys[order[b]]) < 0 })
	}
	return order
}

// compareUTF16 orders strings by their UTF-16 units, as the reference does.
func compareUTF16(a, b string) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		if a[i] != b[i] && (a[i] >= utf8.RuneSelf || b[i] >= utf8.RuneSelf) {
			return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
		}
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return len(a) - len(b)
}

// typ writes a type as it stands inside the namespace space.
func (w *writer) typ(t *Type, space string) {
	if w.stopped() {
		return
	}
	switch {
	case t.Kind.Named():
		if w.printed[t.Name.Full] {
			w.quote(t.Name.in(space))
			return
		}
		w.printed[t.Name.Full] = true
		w.named(t, space)
	case t.Kind == Union:
		w.open("[")
		for _, b := range t.Branches {
			w.element()
			w.typ(b, space)
		}
		w.close("]")
	case t.Kind == Array:
		w.container(t, "items", space)
	case t.Kind == Map:
		w.container(t, "values", space)
	case len(t.Props) == 0:
		w.quote(t.Kind.String())
	default:
		w.open("{")
		w.member("type", t.Kind.String())
		w.props(t.Props, t)
		w.close("}")
	}
}

// in returns the name as it is referred to from inside a namespace.
func (n Name) in(space string) string {
	if n.Space != "" && n.Space == space && !typeWord(n.Local) {
		return n.Local
	}
	return n.Full
}

func (w *writer) container(t *Type, attribute, space string) {
	w.open("{")
	w.member("type", t.Kind.String())
	w.key(attribute)
	w.typ(t.Items, space)
	w.props(t.Props, nil)
	w.close("}")
}

func (w *writer) named(t *Type, space string) {
	w.open("{")
	if t.IsError {
		w.member("type", "error")
	} else {
		w.member("type", t.Kind.String())
	}
	w.member("name", t.Name.Local)
	if t.Name.Space != space {
		w.member("namespace", t.Name.Space)
	}
	if t.Doc != nil && !(w.normal && *t.Doc == "") {
		w.member("doc", *t.Doc)
	}
	switch t.Kind {
	case Record:
		w.fields(t)
	case Enum:
		w.list("symbols", t.Symbols)
		if t.Default != nil {
			w.member("default", *t.Default)
		}
	case Fixed:
		w.key("size")
		w.raw(strconv.Itoa(t.Size))
	}
	if t.Kind == Fixed {
		w.props(t.Props, t)
	} else {
		w.props(t.Props, nil)
	}
	if len(t.Aliases) > 0 {
		w.list("aliases", w.aliases(t))
	}
	w.close("}")
}

// aliases writes those in the type's own namespace short. One in the null namespace keeps its leading dot, without which
// it would name another type; the reference loses the dot.
func (w *writer) aliases(t *Type) []string {
	names := slices.Clone(t.Aliases)
	if w.normal {
		sort.SliceStable(names, func(a, b int) bool { return compareUTF16(names[a].key(t), names[b].key(t)) < 0 })
	}
	out := make([]string, len(names))
	for i, n := range names {
		if out[i] = n.in(t.Name.Space); n.Space == "" {
			out[i] = n.key(t)
		}
	}
	return out
}

// key is an alias as the reference compares it with the full names of writers: a null-namespace alias of a type that has
// a namespace carries a dot there, and so matches nothing.
func (n Name) key(t *Type) string {
	if n.Space == "" && t.Name.Space != "" {
		return "." + n.Local
	}
	return n.Full
}

func (w *writer) list(name string, items []string) {
	w.key(name)
	w.open("[")
	for _, item := range items {
		w.element()
		w.quote(item)
	}
	w.close("]")
}

func (w *writer) fields(t *Type) {
	w.key("fields")
	w.open("[")
	for i := range t.Fields {
		w.element()
		w.field(&t.Fields[i], t.Name.Space)
		if w.stopped() {
			return
		}
	}
	w.close("]")
}

func (w *writer) field(f *Field, space string) {
	w.open("{")
	w.member("name", f.Name)
	w.key("type")
	w.typ(f.Type, space)
	if f.Doc != nil {
		w.member("doc", *f.Doc)
	}
	if f.Default != nil {
		w.key("default")
		if w.normal {
			w.normalDefault(f.Type, f.Default)
		} else {
			w.value(f.Default, false)
		}
	}
	if f.Order != Ascending {
		w.member("order", f.Order.String())
	}
	if len(f.Aliases) > 0 {
		aliases := f.Aliases
		if w.normal {
			aliases = slices.Clone(aliases)
			slices.SortFunc(aliases, compareUTF16)
		}
		w.list("aliases", aliases)
	}
	w.props(f.Props, nil)
	w.close("}")
}

// props writes properties: as they came, or sorted, with the attributes of logical's logical type first.
func (w *writer) props(props []Prop, logical *Type) {
	if w.normal {
		props = normalProps(props, logical)
	}
	for _, p := range props {
		w.key(p.Key)
		w.value(p.Value, w.normal)
		if w.stopped() {
			return
		}
	}
}

// JSON returns the value as canonical text prints it.
func (v *Value) JSON() string {
	w := writer{max: math.MaxInt32}
	w.value(v, false)
	return string(w.out)
}
