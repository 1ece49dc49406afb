package avro

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Datum is a value of an Avro type, as a message holds it.
type Datum struct {
	Type  *Type
	Int   int64    // int, long; boolean (0 or 1); the index of an enum's symbol or a union's branch
	Float float64  // float, double
	Text  string   // bytes, string, fixed
	Keys  []string // of a map; Parts[i] is the value of Keys[i]
	Parts []Datum  // fields, elements, values; the one value of a union
}

// Encode appends the binary encoding (specification, "Binary Encoding").
func (d *Datum) Encode(to []byte) []byte {
	switch d.Type.Kind {
	case Boolean:
		return append(to, byte(d.Int))
	case Int, Long, Enum:
		return binary.AppendVarint(to, d.Int)
	case Float:
		return binary.LittleEndian.AppendUint32(to, math.Float32bits(float32(d.Float)))
	case Double:
		return binary.LittleEndian.AppendUint64(to, math.Float64bits(d.Float))
	case Bytes, String:
		return append(binary.AppendVarint(to, int64(len(d.Text))), d.Text...)
	case Fixed:
		return append(to, d.Text...)
	case Union:
		return d.Parts[0].Encode(binary.AppendVarint(to, d.Int))
	case Record:
		for i := range d.Parts {
			to = d.Parts[i].Encode(to)
		}
		return to
	case Array, Map:
		return d.encodeBlocks(to)
	}
	return to
}

func (d *Datum) encodeBlocks(to []byte) []byte {
	if len(d.Parts) > 0 {
		to = binary.AppendVarint(to, int64(len(d.Parts)))
		for i := range d.Parts {
			if d.Type.Kind == Map {
				to = append(binary.AppendVarint(to, int64(len(d.Keys[i]))), d.Keys[i]...)
			}
			to = d.Parts[i].Encode(to)
		}
	}
	return append(to, 0)
}

// datumText is a JSON text that is being written; it ends somewhere behind its limit.
type datumText struct {
	strings.Builder
	limit int
}

func (b *datumText) full() bool { return b.Len() > b.limit }

// json appends the JSON encoding.
func (d *Datum) json(b *datumText) {
	if b.full() {
		return
	}
	switch d.Type.Kind {
	case Null:
		b.WriteString("null")
	case Boolean:
		b.WriteString(strconv.FormatBool(d.Int != 0))
	case Int, Long:
		b.WriteString(strconv.FormatInt(d.Int, 10))
	case Float, Double:
		d.jsonNumber(b)
	case Bytes, Fixed:
		quoteBytes(&b.Builder, d.Text)
	case String:
		quoteText(&b.Builder, d.Text)
	case Enum:
		quoteText(&b.Builder, d.Type.Symbols[d.Int])
	case Union:
		d.jsonUnion(b)
	default:
		d.jsonParts(b)
	}
}

func (d *Datum) jsonNumber(b *datumText) {
	text := FormatDouble(d.Float)
	if d.Type.Kind == Float {
		text = FormatFloat(float32(d.Float))
	}
	if math.IsNaN(d.Float) || math.IsInf(d.Float, 0) {
		quoteText(&b.Builder, text)
		return
	}
	b.WriteString(text)
}

func (d *Datum) jsonUnion(b *datumText) {
	branch := d.Type.Branches[d.Int]
	if branch.Kind == Null {
		b.WriteString("null")
		return
	}
	b.WriteByte('{')
	quoteText(&b.Builder, branch.BranchName())
	b.WriteByte(':')
	d.Parts[0].json(b)
	b.WriteByte('}')
}

// BranchName is what the JSON encoding calls the branch of a union with this type.
func (t *Type) BranchName() string {
	if t.Kind.Named() {
		return t.Name.Full
	}
	return t.Kind.String()
}

func (d *Datum) jsonParts(b *datumText) {
	brackets := "{}"
	if d.Type.Kind == Array {
		brackets = "[]"
	}
	b.WriteByte(brackets[0])
	for i := range d.Parts {
		if b.full() {
			return
		}
		if i > 0 {
			b.WriteByte(',')
		}
		switch d.Type.Kind {
		case Record:
			quoteText(&b.Builder, d.Type.Fields[i].Name)
			b.WriteByte(':')
		case Map:
			quoteText(&b.Builder, d.Keys[i])
			b.WriteByte(':')
		}
		d.Parts[i].json(b)
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

// JSON is the JSON encoding of d (specification, "JSON Encoding"): unions are tagged with the full name of the branch, bytes are
// strings of the code points U+0000 to U+00FF. Floats that JSON has no number for are the strings NaN, Infinity, -Infinity.
func (d *Datum) JSON() string {
	made, _ := d.JSONWithin(math.MaxInt)
	return made
}

// JSONWithin is JSON for data that come from outside: names stand in the text as often as in the data, however long they are.
// It reports false when the text would have more than limit bytes.
func (d *Datum) JSONWithin(limit int) (string, bool) {
	b := &datumText{limit: limit}
	if d.json(b); b.full() {
		return "", false
	}
	return b.String(), true
}
