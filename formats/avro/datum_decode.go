package avro

import (
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What one datum may hold, whatever its length: values that take no bytes (null, a record without fields) could otherwise be
// written without end in few bytes.
const (
	maxDatumDepth  = 20_001
	maxDatumValues = 500_000
)

// DatumError says what is wrong with the bytes or the JSON text of a datum, and where.
type DatumError struct {
	// Path leads to the value: fields after dots, elements and map keys in brackets; empty for the datum itself.
	Path string
	// Offset is the number of bytes before the value that is at fault; -1 in a JSON text.
	Offset  int
	Message string
}

func (e *DatumError) Error() string {
	switch {
	case e.Path != "" && e.Offset >= 0:
		return fmt.Sprintf("at %s, byte %d: %s", e.Path, e.Offset, e.Message)
	case e.Path != "":
		return fmt.Sprintf("at %s: %s", e.Path, e.Message)
	case e.Offset >= 0:
		return fmt.Sprintf("at byte %d: %s", e.Offset, e.Message)
	}
	return e.Message
}

// maxErrorPath bounds the path of an error, in bytes: data can be nested without end.
const maxErrorPath = 1000

// under puts a step before the path of an error, which is made on the way out.
func under(step string, err error) error {
	if fault, ok := err.(*DatumError); ok {
		switch {
		case len(fault.Path) > maxErrorPath:
		case len(fault.Path)+len(step) > maxErrorPath:
			fault.Path = "…" + fault.Path
		case fault.Path == "" || fault.Path[0] == '[':
			fault.Path = step + fault.Path
		default:
			fault.Path = step + "." + fault.Path
		}
	}
	return err
}

// datumDecoder reads binary data by its writer's schema. Lengths are bounded by the data, nesting and values by constants.
type datumDecoder struct {
	data   []byte
	pos    int
	depth  int
	values int
}

// DecodeDatum reads one datum of type t, which must be all of data. It trusts data no more than anything that comes from
// outside. The error is a *DatumError.
func DecodeDatum(t *Type, data []byte) (Datum, error) {
	d := &datumDecoder{data: data}
	out, err := d.read(t)
	if err == nil && d.pos < len(data) {
		err = d.fail("%s left over after the end of the data", counted(len(data)-d.pos))
	}
	return out, err
}

// counted is a number of bytes with its verb.
func counted(n int) string {
	if n == 1 {
		return "1 byte is"
	}
	return strconv.Itoa(n) + " bytes are"
}

func (d *datumDecoder) fail(format string, args ...any) error {
	return d.failAt(d.pos, format, args...)
}

func (d *datumDecoder) failAt(offset int, format string, args ...any) error {
	return &DatumError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func (d *datumDecoder) take(n int64, t *Type) (string, error) {
	if left := len(d.data) - d.pos; n < 0 || n > int64(left) {
		if n < 0 {
			return "", d.fail("a length of %d is negative", n)
		}
		return "", d.fail("the data ends too early: the length of the %s is %d and %s left", t, n, counted(left))
	}
	out := string(d.data[d.pos : d.pos+int(n)])
	d.pos += int(n)
	return out, nil
}

func (d *datumDecoder) long(what string) (int64, error) {
	v, n := binary.Varint(d.data[d.pos:])
	switch {
	case n == 0:
		return 0, d.fail("the data ends too early, where %s should be", what)
	case n < 0:
		return 0, d.fail("%s is longer than 64 bits", what)
	}
	d.pos += n
	return v, nil
}

func (d *datumDecoder) read(t *Type) (Datum, error) {
	if d.depth++; d.depth > maxDatumDepth {
		return Datum{}, d.fail("the data is nested more than %d levels deep", maxDatumDepth)
	}
	defer func() { d.depth-- }()
	if d.values++; d.values > maxDatumValues {
		return Datum{}, d.fail("the data holds more than %d values", maxDatumValues)
	}
	out := Datum{Type: t}
	var err error
	start := d.pos
	switch t.Kind {
	case Boolean:
		err = d.boolean(&out)
	case Int, Long:
		out.Int, err = d.long("the " + t.Kind.String())
		if err == nil && t.Kind == Int && int64(int32(out.Int)) != out.Int {
			err = d.failAt(start, "%d is too large for an int", out.Int)
		}
	case Float, Double:
		err = d.float(&out)
	case Bytes, String:
		out.Text, err = d.bytes(t)
	case Fixed:
		out.Text, err = d.take(int64(t.Size), t)
	case Enum:
		out.Int, err = d.index("the enum "+t.Name.Full, "symbols", len(t.Symbols))
	case Union:
		if out.Int, err = d.index("the union", "branches", len(t.Branches)); err == nil {
			err = d.part(&out, t.Branches[out.Int])
		}
	case Record:
		for i := range t.Fields {
			if err = d.part(&out, t.Fields[i].Type); err != nil {
				err = under(t.Fields[i].Name, err)
				break
			}
		}
	case Array, Map:
		err = d.blocks(&out)
	}
	return out, err
}

func (d *datumDecoder) part(out *Datum, t *Type) error {
	p, err := d.read(t)
	out.Parts = append(out.Parts, p)
	return err
}

func (d *datumDecoder) boolean(out *Datum) error {
	start := d.pos
	b, err := d.take(1, out.Type)
	if err == nil && b[0] > 1 {
		err = d.failAt(start, "the byte 0x%02x is no boolean, which is 00 or 01", b[0])
	}
	if err == nil {
		out.Int = int64(b[0])
	}
	return err
}

func (d *datumDecoder) float(out *Datum) error {
	if out.Type.Kind == Float {
		b, err := d.take(4, out.Type)
		if err == nil {
			out.Float = float64(math.Float32frombits(binary.LittleEndian.Uint32([]byte(b))))
		}
		return err
	}
	b, err := d.take(8, out.Type)
	if err == nil {
		out.Float = math.Float64frombits(binary.LittleEndian.Uint64([]byte(b)))
	}
	return err
}

func (d *datumDecoder) bytes(t *Type) (string, error) {
	start := d.pos
	n, err := d.long("the length of the " + t.Kind.String())
	if err != nil {
		return "", err
	}
	text, err := d.take(n, t)
	if err == nil && t.Kind != Bytes && !utf8.ValidString(text) {
		err = d.failAt(start, "the string is not valid UTF-8")
	}
	return text, err
}

func (d *datumDecoder) index(what, parts string, n int) (int64, error) {
	start := d.pos
	i, err := d.long("the index into " + what)
	if err == nil && (i < 0 || i >= int64(n)) {
		err = d.failAt(start, "%s has %d %s, and the data asks for number %d, counted from 0", what, n, parts, i)
	}
	return i, err
}

// blocks reads an array or a map, block by block.
func (d *datumDecoder) blocks(out *Datum) error {
	key := bare[String]
	for {
		n, err := d.long("the number of elements in the " + out.Type.Kind.String())
		if err != nil || n == 0 {
			return err
		}
		if n < 0 {
			n = -n
			if _, err := d.long("the length of a block"); err != nil {
				return err
			}
		}
		if n < 0 || n > maxDatumValues {
			return d.fail("a block of %d elements is longer than the data can be", n)
		}
		for ; n > 0; n-- {
			step := "[" + strconv.Itoa(len(out.Parts)) + "]"
			if out.Type.Kind == Map {
				k, err := d.bytes(key)
				if err != nil {
					return under(step, err)
				}
				out.Keys = append(out.Keys, k)
				step = "[" + strconv.Quote(shortened(k)) + "]"
			}
			if err := d.part(out, out.Type.Items); err != nil {
				return under(step, err)
			}
		}
	}
}

// shortened cuts a key that is too long to be shown.
func shortened(key string) string {
	const most = 60
	if len(key) <= most {
		return key
	}
	return strings.ToValidUTF8(key[:most], "") + "…"
}
