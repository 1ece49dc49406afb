package avro

import "math"

// The logical types of the specification. A logical type that does not suit its type is ignored, as the specification
// asks.
const (
	Decimal              = "decimal"
	BigDecimal           = "big-decimal"
	UUID                 = "uuid"
	Duration             = "duration"
	Date                 = "date"
	TimeMillis           = "time-millis"
	TimeMicros           = "time-micros"
	TimestampMillis      = "timestamp-millis"
	TimestampMicros      = "timestamp-micros"
	TimestampNanos       = "timestamp-nanos"
	LocalTimestampMillis = "local-timestamp-millis"
	LocalTimestampMicros = "local-timestamp-micros"
	LocalTimestampNanos  = "local-timestamp-nanos"
)

// LogicalType is what a type's values mean beyond their encoding.
type LogicalType struct {
	Name             string
	Precision, Scale int // of Decimal
}

// Logical returns the logical type of t, if it has one that is valid.
func (t *Type) Logical() (LogicalType, bool) {
	v := t.Prop("logicalType")
	if v == nil || v.Kind != StringValue {
		return LogicalType{}, false
	}
	l := LogicalType{Name: v.Text}
	switch v.Text {
	case Decimal:
		return t.decimal()
	case BigDecimal:
		return l, t.Kind == Bytes
	case UUID:
		return l, t.Kind == String || t.Kind == Fixed && t.Size == 16
	case Duration:
		return l, t.Kind == Fixed && t.Size == 12
	case Date, TimeMillis:
		return l, t.Kind == Int
	case TimeMicros, TimestampMillis, TimestampMicros, TimestampNanos, LocalTimestampMillis, LocalTimestampMicros, LocalTimestampNanos:
		return l, t.Kind == Long
	}
	return LogicalType{}, false
}

func (t *Type) decimal() (LogicalType, bool) {
	l := LogicalType{Name: Decimal}
	precision := t.Prop("precision")
	if precision == nil || t.Kind != Bytes && t.Kind != Fixed {
		return l, false
	}
	p, ok := precision.Int32()
	if !ok || p <= 0 {
		return l, false
	}
	l.Precision = int(p)
	if scale := t.Prop("scale"); scale != nil {
		s, ok := scale.Int32()
		if !ok || s < 0 || s > p {
			return l, false
		}
		l.Scale = int(s)
	}
	if t.Kind == Fixed {
		// As many digits as any two's complement number of this size has.
		digits := math.Floor(math.Log10(2) * (8*float64(t.Size) - 1))
		if float64(p) > digits {
			return l, false
		}
	}
	return l, true
}
