package avro

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// ValueKind is what a JSON value is. Integers and decimals are told apart because a schema's canonical text does.
type ValueKind uint8

// The kinds of JSON value.
const (
	NullValue ValueKind = iota
	BoolValue
	IntValue
	DecimalValue
	StringValue
	ArrayValue
	ObjectValue
)

// Value is a JSON value as it stands in a schema text: members keep their order and numbers their digits.
//
// Strings are UTF-8, except that an unpaired surrogate, which JSON can escape but UTF-8 cannot hold, is kept as the
// three bytes its code point would have; the printer escapes it again.
type Value struct {
	Kind ValueKind
	// Text is the decoded string, the digits of a number, or "true" and "false".
	Text string
	// Keys are the member names of an object; Elems[i] is the value of Keys[i]. Arrays have Elems only.
	Keys  []string
	Elems []Value

	start, end int32
}

// Get returns the member named key, or nil when v is not an object that has it.
func (v *Value) Get(key string) *Value {
	for i := range v.Keys {
		if v.Keys[i] == key {
			return &v.Elems[i]
		}
	}
	return nil
}

// null is the default of most optional fields.
var null = &Value{Kind: NullValue}

// clone returns a copy that shares nothing with v but the texts. Where null stood in the text is lost.
func (v *Value) clone() *Value {
	if v.Kind == NullValue {
		return null
	}
	c := *v
	c.Keys, c.Elems = slices.Clone(v.Keys), slices.Clone(v.Elems)
	for i := range c.Elems {
		if e := &c.Elems[i]; e.Elems != nil {
			*e = *e.clone()
		}
	}
	return &c
}

// maxDigits is the length of the longest number the reference reads.
const maxDigits = 1000

// maxDepth is the deepest nesting the reference reads, whatever the server's own limit is.
const maxDepth = 1000

// reader parses one JSON text within limits. It accepts what the reference's parser accepts: RFC 8259 and, between
// tokens, comments in the style of C and C++.
type reader struct {
	text   string
	pos    int
	limits formats.Limits
	nodes  *int // shared by all texts of one schema

	*stacks
	// room is where the next copies are made.
	room     []Value
	keysRoom []string
}

// stacks hold the elements and names of the values that are not complete yet, innermost last. A complete value has its own
// copy, so that the stacks serve one text after the other.
type stacks struct {
	elems []Value
	keys  []string
}

var stackPool = sync.Pool{New: func() any { return &stacks{} }}

// maxStack bounds what is kept for the next text.
const maxStack = 1024

// release gives the stacks back, holding on to nothing.
func (s *stacks) release() {
	if cap(s.elems) > maxStack || cap(s.keys) > maxStack {
		return
	}
	clear(s.elems[:cap(s.elems)])
	clear(s.keys[:cap(s.keys)])
	s.elems, s.keys = s.elems[:0], s.keys[:0]
	stackPool.Put(s)
}

// jsonError is a fault at a byte offset.
type jsonError struct {
	offset  int
	message string
}

func (e *jsonError) Error() string { return e.message }

func (r *reader) fail(offset int, format string, args ...any) error {
	return &jsonError{offset: offset, message: fmt.Sprintf(format, args...)}
}

// readJSON parses text, which must hold exactly one value.
func readJSON(text string, limits formats.Limits, nodes *int) (*Value, error) {
	if limits.Depth > maxDepth {
		limits.Depth = maxDepth
	}
	r := &reader{text: text, limits: limits, nodes: nodes, stacks: stackPool.Get().(*stacks)}
	defer r.release()
	if i := invalidUTF8(text); i >= 0 {
		return nil, r.fail(i, "the text is not valid UTF-8")
	}
	if err := r.space(); err != nil {
		return nil, err
	}
	if r.pos == len(text) {
		return nil, r.fail(0, "the text is empty")
	}
	v, err := r.value(0)
	if err != nil {
		return nil, err
	}
	for i := r.pos; i < len(text); i++ {
		if text[i] > ' ' {
			return nil, r.fail(i, "unexpected text after the end of the JSON value")
		}
	}
	return &v, nil
}

func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

// space skips white space and comments.
func (r *reader) space() error {
	for r.pos < len(r.text) {
		switch r.text[r.pos] {
		case ' ', '\t', '\n', '\r':
			r.pos++
		case '/':
			if err := r.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (r *reader) comment() error {
	rest := r.text[r.pos:]
	switch {
	case strings.HasPrefix(rest, "//"):
		if end := strings.IndexAny(rest, "\r\n"); end >= 0 {
			r.pos += end
		} else {
			r.pos = len(r.text)
		}
	case strings.HasPrefix(rest, "/*"):
		end := strings.Index(rest[2:], "*/")
		if end < 0 {
			return r.fail(r.pos, "this comment does not end")
		}
		r.pos += end + 4
	default:
		return r.fail(r.pos, "unexpected '/'")
	}
	return nil
}

func (r *reader) value(depth int) (v Value, err error) {
	if *r.nodes++; *r.nodes > r.limits.Nodes {
		return v, &formats.LimitError{Limit: "nodes", Max: r.limits.Nodes}
	}
	if r.pos == len(r.text) {
		return v, r.fail(r.pos, "the text ends too early")
	}
	v.start = int32(r.pos)
	switch c := r.text[r.pos]; {
	case c == '{' || c == '[':
		if depth++; depth > r.limits.Depth {
			return v, &formats.LimitError{Limit: "levels of nesting", Max: r.limits.Depth}
		}
		if c == '{' {
			err = r.object(&v, depth)
		} else {
			err = r.array(&v, depth)
		}
	case c == '"':
		v.Kind = StringValue
		v.Text, err = r.string()
	case c == '-' || '0' <= c && c <= '9':
		err = r.number(&v)
	default:
		err = r.word(&v)
	}
	v.end = int32(r.pos)
	return v, err
}

func (r *reader) word(v *Value) error {
	for _, w := range []struct {
		text string
		kind ValueKind
	}{{"null", NullValue}, {"true", BoolValue}, {"false", BoolValue}} {
		if strings.HasPrefix(r.text[r.pos:], w.text) {
			v.Kind, v.Text = w.kind, w.text
			r.pos += len(w.text)
			return nil
		}
	}
	c, _ := utf8.DecodeRuneInString(r.text[r.pos:])
	return r.fail(r.pos, "unexpected %q; expected a JSON value", c)
}

// roomSize is how many values are given room at a time: small texts hold about that many, and values of one text come and
// go together.
const roomSize = 64

// take moves the elements from a position on to a place of their own, which has room for no more.
func (r *reader) take(from int) []Value {
	n := len(r.elems) - from
	if n == 0 {
		return nil
	}
	if len(r.room) < n {
		r.room = make([]Value, max(n, roomSize))
	}
	out := r.room[:n:n]
	r.room = r.room[n:]
	copy(out, r.elems[from:])
	r.elems = r.elems[:from]
	return out
}

func (r *reader) takeKeys(from int) []string {
	n := len(r.keys) - from
	if n == 0 {
		return nil
	}
	if len(r.keysRoom) < n {
		r.keysRoom = make([]string, max(n, roomSize))
	}
	out := r.keysRoom[:n:n]
	r.keysRoom = r.keysRoom[n:]
	copy(out, r.keys[from:])
	r.keys = r.keys[:from]
	return out
}

func (r *reader) array(v *Value, depth int) error {
	r.pos++
	from := len(r.elems)
	for first := true; ; first = false {
		done, err := r.next(']', first)
		if err != nil {
			return err
		}
		if done {
			v.Kind, v.Elems = ArrayValue, r.take(from)
			return nil
		}
		element, err := r.value(depth)
		if err != nil {
			return err
		}
		r.elems = append(r.elems, element)
	}
}

func (r *reader) object(v *Value, depth int) error {
	r.pos++
	members := objectMembers{reader: r, elems: len(r.elems), keys: len(r.keys)}
	for first := true; ; first = false {
		done, err := r.next('}', first)
		if err != nil {
			return err
		}
		if done {
			v.Kind, v.Keys, v.Elems = ObjectValue, r.takeKeys(members.keys), r.take(members.elems)
			return nil
		}
		if r.pos == len(r.text) || r.text[r.pos] != '"' {
			return r.fail(r.pos, "expected the name of a member, in double quotes")
		}
		key, err := r.string()
		if err != nil {
			return err
		}
		if err := r.space(); err != nil {
			return err
		}
		if r.pos == len(r.text) || r.text[r.pos] != ':' {
			return r.fail(r.pos, "expected ':'")
		}
		r.pos++
		if err := r.space(); err != nil {
			return err
		}
		member, err := r.value(depth)
		if err != nil {
			return err
		}
		members.set(key, member)
	}
}

// objectMembers are the members so far of the object that is being read: the last elements and names of the reader.
type objectMembers struct {
	*reader
	elems, keys int            // where they begin
	index       map[string]int // of the names, once there are many
}

// set adds a member; of several with one name the last value counts, in the place of the first.
func (m *objectMembers) set(key string, member Value) {
	if at := m.find(key); at >= 0 {
		m.reader.elems[m.elems+at] = member
		return
	}
	if m.index != nil {
		m.index[key] = len(m.reader.keys) - m.keys
	}
	m.reader.keys = append(m.reader.keys, key)
	m.reader.elems = append(m.reader.elems, member)
}

// find returns the position of the member of a name, or -1.
func (m *objectMembers) find(key string) int {
	const few = 8
	names := m.reader.keys[m.keys:]
	if m.index == nil && len(names) > few {
		m.index = make(map[string]int, 2*few)
		for i, name := range names {
			m.index[name] = i
		}
	}
	if m.index == nil {
		return slices.Index(names, key)
	}
	if at, known := m.index[key]; known {
		return at
	}
	return -1
}

// next moves to the next element of an array or object, or past its end.
func (r *reader) next(closing byte, first bool) (done bool, err error) {
	if err := r.space(); err != nil {
		return false, err
	}
	if r.pos < len(r.text) && r.text[r.pos] == closing {
		r.pos++
		return true, nil
	}
	if first {
		return false, nil
	}
	if r.pos == len(r.text) || r.text[r.pos] != ',' {
		return false, r.fail(r.pos, "expected ',' or '%c'", closing)
	}
	r.pos++
	if err := r.space(); err != nil {
		return false, err
	}
	if r.pos < len(r.text) && r.text[r.pos] == closing {
		return false, r.fail(r.pos, "unexpected '%c' after ','", closing)
	}
	return false, nil
}

// number reads a JSON number; "-0" is the integer 0, as in the reference.
func (r *reader) number(v *Value) error {
	start := r.pos
	if r.text[r.pos] == '-' {
		r.pos++
	}
	whole := r.digits()
	if whole == 0 {
		return r.fail(start, "a number needs digits")
	}
	if whole > 1 && r.text[r.pos-whole] == '0' {
		return r.fail(start, "a number may not start with 0")
	}
	v.Kind = IntValue
	if r.pos < len(r.text) && r.text[r.pos] == '.' {
		r.pos++
		v.Kind = DecimalValue
		if r.digits() == 0 {
			return r.fail(start, "a decimal point needs digits after it")
		}
	}
	if r.pos < len(r.text) && (r.text[r.pos] == 'e' || r.text[r.pos] == 'E') {
		r.pos++
		v.Kind = DecimalValue
		if r.pos < len(r.text) && (r.text[r.pos] == '+' || r.text[r.pos] == '-') {
			r.pos++
		}
		if r.digits() == 0 {
			return r.fail(start, "an exponent needs digits")
		}
	}
	if r.pos-start > maxDigits {
		return &formats.LimitError{Limit: "digits in a number", Max: maxDigits, Got: r.pos - start}
	}
	if v.Text = r.text[start:r.pos]; v.Text == "-0" {
		v.Text = "0"
	}
	if r.pos < len(r.text) && !strings.ContainsRune(" \t\r\n,:]}/", rune(r.text[r.pos])) {
		return r.fail(r.pos, "unexpected text after a number")
	}
	return nil
}

func (r *reader) digits() int {
	start := r.pos
	for r.pos < len(r.text) && '0' <= r.text[r.pos] && r.text[r.pos] <= '9' {
		r.pos++
	}
	return r.pos - start
}

// string reads a string literal and returns what it stands for.
func (r *reader) string() (string, error) {
	open := r.pos
	r.pos++
	start := r.pos
	var b []byte // nil while nothing is escaped
	for r.pos < len(r.text) {
		switch c := r.text[r.pos]; {
		case c == '"':
			part := r.text[start:r.pos]
			r.pos++
			if b == nil {
				return part, nil
			}
			return string(append(b, part...)), nil
		case c == '\\':
			b = append(b, r.text[start:r.pos]...)
			var err error
			if b, err = r.escape(b); err != nil {
				return "", err
			}
			start = r.pos
		case c < ' ':
			return "", r.fail(r.pos, "a control character must be escaped in a string")
		default:
			r.pos++
		}
	}
	return "", r.fail(open, "this string does not end")
}

const simpleEscapes = `""\\//b` + "\b" + `f` + "\f" + `n` + "\n" + `r` + "\r" + `t` + "\t"

// escape appends what the escape sequence at r.pos stands for.
func (r *reader) escape(b []byte) ([]byte, error) {
	at := r.pos
	if r.pos+1 >= len(r.text) {
		return nil, r.fail(at, "this escape sequence does not end")
	}
	c := r.text[r.pos+1]
	if c == 'u' {
		return r.unicode(b)
	}
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			r.pos += 2
			return append(b, simpleEscapes[i+1]), nil
		}
	}
	return nil, r.fail(at, "unknown escape sequence")
}

func (r *reader) unicode(b []byte) ([]byte, error) {
	unit, ok := r.hex(r.pos)
	if !ok {
		return nil, r.fail(r.pos, `\u needs four hexadecimal digits`)
	}
	r.pos += 6
	if 0xD800 <= unit && unit < 0xDC00 {
		if low, ok := r.hex(r.pos); ok && 0xDC00 <= low && low < 0xE000 {
			r.pos += 6
			return utf8.AppendRune(b, (unit-0xD800)<<10+low-0xDC00+0x10000), nil
		}
	}
	if 0xD800 <= unit && unit < 0xE000 {
		return append(b, 0xE0|byte(unit>>12), 0x80|byte(unit>>6&0x3F), 0x80|byte(unit&0x3F)), nil
	}
	return utf8.AppendRune(b, unit), nil
}

// hex reads `\uXXXX` at an offset.
func (r *reader) hex(at int) (rune, bool) {
	if at+6 > len(r.text) || r.text[at] != '\\' || r.text[at+1] != 'u' {
		return 0, false
	}
	var unit rune
	for _, c := range []byte(r.text[at+2 : at+6]) {
		switch {
		case '0' <= c && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case 'a' <= c && c <= 'f':
			unit = unit<<4 | rune(c-'a'+10)
		case 'A' <= c && c <= 'F':
			unit = unit<<4 | rune(c-'A'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}
