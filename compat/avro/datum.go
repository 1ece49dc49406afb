package avro

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats/avro"
)

// datum is a value of an Avro type.
type datum struct {
	t     *avro.Type
	n     int64    // int, long; boolean (0 or 1); the index of an enum's symbol or a union's branch
	f     float64  // float, double
	b     string   // bytes, string, fixed
	keys  []string // of a map; parts[i] is the value of keys[i]
	parts []datum  // fields, elements, values; the one value of a union
}

// encode appends the binary encoding (specification, "Binary Encoding").
func (d *datum) encode(to []byte) []byte {
	switch d.t.Kind {
	case avro.Boolean:
		return append(to, byte(d.n))
	case avro.Int, avro.Long, avro.Enum:
		return appendLong(to, d.n)
	case avro.Float:
		return binary.LittleEndian.AppendUint32(to, math.Float32bits(float32(d.f)))
	case avro.Double:
		return binary.LittleEndian.AppendUint64(to, math.Float64bits(d.f))
	case avro.Bytes, avro.String:
		return append(appendLong(to, int64(len(d.b))), d.b...)
	case avro.Fixed:
		return append(to, d.b...)
	case avro.Union:
		return d.parts[0].encode(appendLong(to, d.n))
	case avro.Record:
		for i := range d.parts {
			to = d.parts[i].encode(to)
		}
		return to
	case avro.Array, avro.Map:
		return d.encodeBlocks(to)
	}
	return to
}

func (d *datum) encodeBlocks(to []byte) []byte {
	if len(d.parts) > 0 {
		to = appendLong(to, int64(len(d.parts)))
		for i := range d.parts {
			if d.t.Kind == avro.Map {
				to = append(appendLong(to, int64(len(d.keys[i]))), d.keys[i]...)
			}
			to = d.parts[i].encode(to)
		}
	}
	return append(to, 0)
}

func appendLong(to []byte, n int64) []byte {
	return binary.AppendUvarint(to, uint64(n<<1)^uint64(n>>63))
}

// json appends the JSON encoding (specification, "JSON Encoding"): unions are tagged with the full name of the branch,
// bytes are strings of the code points U+0000 to U+00FF.
func (d *datum) json(b *strings.Builder) {
	switch d.t.Kind {
	case avro.Null:
		b.WriteString("null")
	case avro.Boolean:
		b.WriteString(strconv.FormatBool(d.n != 0))
	case avro.Int, avro.Long:
		b.WriteString(strconv.FormatInt(d.n, 10))
	case avro.Float, avro.Double:
		d.jsonNumber(b)
	case avro.Bytes, avro.Fixed:
		quoteBytes(b, d.b)
	case avro.String:
		quoteText(b, d.b)
	case avro.Enum:
		quoteText(b, d.t.Symbols[d.n])
	case avro.Union:
		d.jsonUnion(b)
	default:
		d.jsonParts(b)
	}
}

func (d *datum) jsonNumber(b *strings.Builder) {
	text := avro.FormatDouble(d.f)
	if d.t.Kind == avro.Float {
		text = avro.FormatFloat(float32(d.f))
	}
	if math.IsNaN(d.f) || math.IsInf(d.f, 0) {
		quoteText(b, text)
		return
	}
	b.WriteString(text)
}

func (d *datum) jsonUnion(b *strings.Builder) {
	branch := d.t.Branches[d.n]
	if branch.Kind == avro.Null {
		b.WriteString("null")
		return
	}
	b.WriteByte('{')
	quoteText(b, branchName(branch))
	b.WriteByte(':')
	d.parts[0].json(b)
	b.WriteByte('}')
}

// branchName is what the JSON encoding calls a branch.
func branchName(t *avro.Type) string {
	if t.Kind.Named() {
		return t.Name.Full
	}
	return t.Kind.String()
}

func (d *datum) jsonParts(b *strings.Builder) {
	brackets := "{}"
	if d.t.Kind == avro.Array {
		brackets = "[]"
	}
	b.WriteByte(brackets[0])
	for i := range d.parts {
		if i > 0 {
			b.WriteByte(',')
		}
		switch d.t.Kind {
		case avro.Record:
			quoteText(b, d.t.Fields[i].Name)
			b.WriteByte(':')
		case avro.Map:
			quoteText(b, d.keys[i])
			b.WriteByte(':')
		}
		d.parts[i].json(b)
	}
	b.WriteByte(brackets[1])
}

func quoteText(b *strings.Builder, s string) {
	var buffer strings.Builder
	e := json.NewEncoder(&buffer)
	e.SetEscapeHTML(false)
	if e.Encode(s) == nil {
		b.WriteString(strings.TrimSuffix(buffer.String(), "\n"))
	}
}

func quoteBytes(b *strings.Builder, s string) {
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c >= utf8.RuneSelf:
			b.WriteString(`\u00`)
			b.WriteString(strconv.FormatInt(int64(c>>4), 16))
			b.WriteString(strconv.FormatInt(int64(c&15), 16))
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
}

// text is the JSON encoding of d.
func (d *datum) text() string {
	var b strings.Builder
	d.json(&b)
	return b.String()
}
