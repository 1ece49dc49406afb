package avro

import (
	"fmt"
	"math/big"
	"strconv"
	"time"

	"github.com/concord-registry/concord/formats/avro"
)

// meanings shows the value in question as the writer means it and as the reader takes it, where the JSON encoding does
// not tell.
func meanings(c *cause, found *proof) string {
	path := c.valuePath()
	w, r := leafOf(found.writer, path), partOf(found.part, path)
	if w == nil || r == nil {
		return ""
	}
	a, b := show(*w), show(*r)
	if a == "" || b == "" || c.code == HiddenSymbols {
		return ""
	}
	return fmt.Sprintf("Written: %s; read: %s.", a, b)
}

// leafOf goes down a writer's datum.
func leafOf(d avro.Datum, path []step) *avro.Datum {
	for _, s := range path {
		at := 0
		switch s.kind {
		case readerBranchStep:
			continue
		case fieldStep:
			at = s.writer
		}
		if at < 0 || at >= len(d.Parts) {
			return nil
		}
		d = d.Parts[at]
	}
	return &d
}

// partOf goes down what a reduced reader made of a datum.
func partOf(d avro.Datum, path []step) *avro.Datum {
	for _, s := range path {
		at := 0
		switch s.kind {
		case writerBranchStep:
			continue
		case fieldStep:
			at = d.Type.FieldIndex(s.readerName)
		}
		if at < 0 || at >= len(d.Parts) {
			return nil
		}
		d = d.Parts[at]
	}
	return &d
}

// show writes a scalar with its logical type applied.
func show(d avro.Datum) string {
	l, ok := d.Type.Logical()
	if !ok {
		switch d.Type.Kind {
		case avro.Int, avro.Long, avro.Float, avro.Double, avro.Bytes, avro.Fixed, avro.String:
			return d.JSON()
		}
		return ""
	}
	const clock = "15:04:05.999999999"
	const instant = "2006-01-02T" + clock
	switch l.Name {
	case avro.Decimal:
		return showDecimal(d.Text, l.Scale)
	case avro.Date:
		return time.Unix(d.Int*86400, 0).UTC().Format(time.DateOnly)
	case avro.TimeMillis:
		return time.UnixMilli(d.Int).UTC().Format(clock)
	case avro.TimeMicros:
		return time.UnixMicro(d.Int).UTC().Format(clock)
	case avro.TimestampMillis, avro.LocalTimestampMillis:
		return time.UnixMilli(d.Int).UTC().Format(instant) + zone(l.Name)
	case avro.TimestampMicros, avro.LocalTimestampMicros:
		return time.UnixMicro(d.Int).UTC().Format(instant) + zone(l.Name)
	case avro.TimestampNanos, avro.LocalTimestampNanos:
		return time.Unix(0, d.Int).UTC().Format(instant) + zone(l.Name)
	}
	return strconv.Quote(d.Text)
}

func zone(name string) string {
	if name[0] == 'l' {
		return " local time"
	}
	return "Z"
}

// maxDecimal is the longest decimal that is shown, in bytes: nobody reads a thousand digits, and writing millions takes seconds.
const maxDecimal = 400

func showDecimal(b string, scale int) string {
	if len(b) > maxDecimal {
		return ""
	}
	n := new(big.Int).SetBytes([]byte(b))
	if len(b) > 0 && b[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
	}
	if scale > 100 {
		return n.String() + "E-" + strconv.Itoa(scale)
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	return new(big.Rat).SetFrac(n, unit).FloatString(scale)
}
