package avro

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats/avro"
)

// decoder reads binary data by its writer's schema. It only ever reads witnesses, but trusts them no more than any other
// data: lengths and nesting are bounded by the data itself.
type decoder struct {
	data  []byte
	depth int
}

var errShort = errors.New("the data ends too early")

// maxDatumDepth is deeper than any witness: those have no more values.
const maxDatumDepth = maxWitnessValues + 1

// decode reads one datum, which must be all of data.
func decode(t *avro.Type, data []byte) (datum, error) {
	d := &decoder{data: data}
	out, err := d.read(t)
	if err == nil && len(d.data) > 0 {
		err = fmt.Errorf("%d bytes are left over", len(d.data))
	}
	return out, err
}

func (d *decoder) take(n int64) (string, error) {
	if n < 0 || n > int64(len(d.data)) {
		return "", errShort
	}
	out := string(d.data[:n])
	d.data = d.data[n:]
	return out, nil
}

func (d *decoder) long() (int64, error) {
	z, n := binary.Uvarint(d.data)
	if n <= 0 {
		return 0, errShort
	}
	d.data = d.data[n:]
	return int64(z>>1) ^ -int64(z&1), nil
}

func (d *decoder) read(t *avro.Type) (datum, error) {
	if d.depth++; d.depth > maxDatumDepth {
		return datum{}, fmt.Errorf("the data is nested more than %d levels deep", maxDatumDepth)
	}
	defer func() { d.depth-- }()
	out := datum{t: t}
	var err error
	switch t.Kind {
	case avro.Boolean:
		err = d.boolean(&out)
	case avro.Int, avro.Long:
		if out.n, err = d.long(); err == nil && t.Kind == avro.Int && int64(int32(out.n)) != out.n {
			err = fmt.Errorf("%d is not an int", out.n)
		}
	case avro.Float, avro.Double:
		err = d.float(&out)
	case avro.Bytes, avro.String:
		err = d.bytes(&out)
	case avro.Fixed:
		out.b, err = d.take(int64(t.Size))
	case avro.Enum:
		out.n, err = d.index("symbol", len(t.Symbols))
	case avro.Union:
		if out.n, err = d.index("branch", len(t.Branches)); err == nil {
			err = d.part(&out, t.Branches[out.n])
		}
	case avro.Record:
		for i := range t.Fields {
			if err = d.part(&out, t.Fields[i].Type); err != nil {
				break
			}
		}
	case avro.Array, avro.Map:
		err = d.blocks(&out)
	}
	return out, err
}

func (d *decoder) part(out *datum, t *avro.Type) error {
	p, err := d.read(t)
	out.parts = append(out.parts, p)
	return err
}

func (d *decoder) boolean(out *datum) error {
	b, err := d.take(1)
	if err == nil && b[0] > 1 {
		err = fmt.Errorf("%d is not a boolean", b[0])
	}
	if err == nil {
		out.n = int64(b[0])
	}
	return err
}

func (d *decoder) float(out *datum) error {
	if out.t.Kind == avro.Float {
		b, err := d.take(4)
		if err == nil {
			out.f = float64(math.Float32frombits(binary.LittleEndian.Uint32([]byte(b))))
		}
		return err
	}
	b, err := d.take(8)
	if err == nil {
		out.f = math.Float64frombits(binary.LittleEndian.Uint64([]byte(b)))
	}
	return err
}

func (d *decoder) bytes(out *datum) error {
	n, err := d.long()
	if err != nil {
		return err
	}
	if out.b, err = d.take(n); err == nil && out.t.Kind == avro.String && !utf8.ValidString(out.b) {
		err = errors.New("a string is not valid UTF-8")
	}
	return err
}

func (d *decoder) index(what string, n int) (int64, error) {
	i, err := d.long()
	if err == nil && (i < 0 || i >= int64(n)) {
		err = fmt.Errorf("there is no %s %d", what, i)
	}
	return i, err
}

// blocks reads an array or a map. Elements without any bytes are limited in number, since nothing else would.
func (d *decoder) blocks(out *datum) error {
	for {
		n, err := d.long()
		if err != nil || n == 0 {
			return err
		}
		if n < 0 {
			n = -n
			if _, err := d.long(); err != nil {
				return err
			}
		}
		if n < 0 || n > int64(len(d.data))+maxDatumDepth {
			return errShort
		}
		for ; n > 0; n-- {
			if out.t.Kind == avro.Map {
				key := datum{t: out.t}
				if err := d.bytes(&key); err != nil {
					return err
				}
				out.keys = append(out.keys, key.b)
			}
			if err := d.part(out, out.t.Items); err != nil {
				return err
			}
		}
	}
}
