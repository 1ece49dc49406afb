package httpapi

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"
)

// object builds a JSON object member by member, in the order of the calls. It keeps the serialization rule of the
// contract (rest-contract §3): empty texts, empty lists and nulls are left out, numbers and false are kept; and nothing
// is escaped that JSON does not require, so that schema texts come out as they are.
type object struct {
	buf   []byte
	begun bool
	err   error
}

func newObject(buf []byte) object { return object{buf: append(buf, '{')} }

func (o *object) name(name string) {
	if o.begun {
		o.buf = append(o.buf, ',')
	}
	o.begun = true
	o.buf = append(o.buf, '"')
	o.buf = append(o.buf, name...)
	o.buf = append(o.buf, '"', ':')
}

// text adds a member unless it is empty.
func (o *object) text(name, value string) {
	if value != "" {
		o.name(name)
		o.buf = appendString(o.buf, value)
	}
}

func (o *object) number(name string, value int64) {
	o.name(name)
	o.buf = strconv.AppendInt(o.buf, value, 10)
}

func (o *object) flag(name string, value bool) {
	o.name(name)
	o.buf = strconv.AppendBool(o.buf, value)
}

// optionalFlag adds a flag unless it is not set.
func (o *object) optionalFlag(name string, value *bool) {
	if value != nil {
		o.flag(name, *value)
	}
}

// value adds anything else; the caller leaves out what is empty.
func (o *object) value(name string, value any) {
	o.name(name)
	var err error
	if o.buf, err = appendJSON(o.buf, value); err != nil {
		o.err = err
	}
}

func (o *object) end() ([]byte, error) { return append(o.buf, '}'), o.err }

// appendJSON appends any value without escaping for HTML.
func appendJSON(dst []byte, value any) ([]byte, error) {
	buffer := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(buffer.Bytes(), []byte{'\n'}), err
}

const hexDigits = "0123456789abcdef"

// plain marks the bytes that stand for themselves in a JSON string.
var plain = func() (table [256]bool) {
	for b := range table {
		table[b] = b >= ' ' && b != '"' && b != '\\'
	}
	return table
}()

// appendString appends s as a JSON string. Bytes that are no UTF-8 become U+FFFD.
func appendString(dst []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = string([]rune(s))
	}
	// Schema texts are full of quotes: room for one escape in four bytes saves growing, and copying byte by byte is faster
	// than many small copies.
	dst = slices.Grow(dst, len(s)+len(s)/4+16)
	dst = append(dst, '"')
	for i := range len(s) {
		if b := s[i]; plain[b] {
			dst = append(dst, b)
		} else {
			dst = appendEscape(dst, b)
		}
	}
	return append(dst, '"')
}

func appendEscape(dst []byte, b byte) []byte {
	switch b {
	case '"', '\\':
		return append(dst, '\\', b)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&0xF])
}

// object answers with what o built.
func (c *call) object(o object) error {
	var err error
	c.body, err = o.end()
	return err
}

// json answers with any value.
func (c *call) json(value any) error {
	var err error
	c.body, err = appendJSON(c.body[:0], value)
	return err
}

// literal answers with JSON that is already written.
func (c *call) literal(text string) error {
	c.body = append(c.body[:0], text...)
	return nil
}

// text answers with the raw text of a schema.
func (c *call) text(text string) error { return c.literal(text) }

// names answers with a list of texts, which is [] when empty.
func (c *call) names(names []string) error {
	c.body = append(c.body[:0], '[')
	for i, name := range names {
		if i > 0 {
			c.body = append(c.body, ',')
		}
		c.body = appendString(c.body, name)
	}
	c.body = append(c.body, ']')
	return nil
}

// numbers answers with a list of integers, which is [] when empty.
func (c *call) numbers(numbers []int) error {
	c.body = append(c.body[:0], '[')
	for i, n := range numbers {
		if i > 0 {
			c.body = append(c.body, ',')
		}
		c.body = strconv.AppendInt(c.body, int64(n), 10)
	}
	c.body = append(c.body, ']')
	return nil
}

// nothing answers 204.
func (c *call) nothing() error {
	c.status = http.StatusNoContent
	return nil
}
