package avro

import (
	"errors"
	"slices"

	"github.com/concord-registry/concord/formats/avro"
)

// Reading is what a reader makes of a datum that another schema wrote.
type Reading struct {
	Datum avro.Datum
	// Misread says, in sentences, what does not mean to the reader what it meant to the writer.
	Misread []string
}

// Refusal says why a reader cannot read a datum.
type Refusal struct {
	Code    string // of the difference between the schemas
	Path    string // of the value, in the writer's fields; empty for the datum itself
	Message string
}

func (r *Refusal) Error() string { return r.Message }

// misreadings words the codes of changes in meaning.
var misreadings = map[string]string{
	SharedAlias:        "two fields of the reader want one field of the writer, and one of them has its default",
	NamespaceMismatch:  "a branch of a union was chosen by the last part of its name alone",
	HiddenSymbols:      "a symbol that the reader's enum does not have is read as its default",
	BytesAsText:        "bytes that are not valid UTF-8 are read as a string",
	LossyPromotion:     "a number loses its last digits",
	DecimalScale:       "a decimal is read with another scale, as another number",
	LogicalTypeChanged: "a number is read in another unit",
}

// maxReadSteps bounds the values that reading a message makes: as many as a decoder takes, each in a union, and some.
const maxReadSteps = 1_100_000

// Read resolves a datum to the reader's type, as decoders do that know both schemas. The error is a *Refusal, or says that the datum
// takes too long to resolve.
func Read(reader *avro.Type, d avro.Datum) (*Reading, error) {
	x := newResolution()
	x.budget = maxReadSteps
	made, err := x.read(reader, d)
	var refused *refusal
	switch {
	case errors.As(err, &refused):
		return nil, &Refusal{Code: refused.code, Path: refused.path, Message: refused.message}
	case err != nil:
		return nil, err
	}
	out := &Reading{Datum: made}
	for code := range x.misread {
		out.Misread = append(out.Misread, misreadings[code])
	}
	slices.Sort(out.Misread)
	return out, nil
}

// Meaning is a value of a logical type as a person writes it: a date, a decimal number; "" for other values.
func Meaning(d avro.Datum) string {
	if l, ok := d.Type.Logical(); !ok || l.Name == avro.UUID || l.Name == avro.Duration || l.Name == avro.BigDecimal {
		return ""
	}
	return show(d)
}

// maxSampleValues is from how many values on a sample is kept as small as can be.
const maxSampleValues = 500

// Sample makes an example of a type: unions hold something, arrays and maps one element, strings the name of their field. Where a type
// leads back to itself the example ends. It fails when no datum can exist, or only one that is too large to show.
func Sample(t *avro.Type) (avro.Datum, error) {
	s := &sampler{builder: builder{sizes: newSizes(t)}, open: map[*avro.Type]bool{}}
	return s.of(t, "text")
}

// sampler makes samples; builder makes what is to be small.
type sampler struct {
	builder
	open map[*avro.Type]bool // the records around the value
}

func (s *sampler) of(t *avro.Type, name string) (avro.Datum, error) {
	if s.values > maxSampleValues || t.Kind == avro.Null {
		return s.smallest(t)
	}
	if !s.sizes.inhabited(t) {
		return avro.Datum{}, errUninhabited
	}
	s.values++
	out := avro.Datum{Type: t}
	var err error
	switch t.Kind {
	case avro.Record:
		if s.open[t] {
			return s.smallest(t)
		}
		s.open[t] = true
		defer delete(s.open, t)
		for i := range t.Fields {
			var part avro.Datum
			if part, err = s.of(t.Fields[i].Type, t.Fields[i].Name); err != nil {
				return avro.Datum{}, err
			}
			out.Parts = append(out.Parts, part)
		}
	case avro.Union:
		k := s.branch(t)
		if k < 0 {
			return s.smallest(t)
		}
		out.Int, out.Parts = int64(k), make([]avro.Datum, 1)
		out.Parts[0], err = s.of(t.Branches[k], name)
	case avro.Array, avro.Map:
		if s.open[t.Items] || !s.sizes.inhabited(t.Items) {
			return out, nil
		}
		if t.Kind == avro.Map {
			out.Keys = []string{"key"}
		}
		out.Parts = make([]avro.Datum, 1)
		out.Parts[0], err = s.of(t.Items, name)
	default:
		return s.scalar(t, name)
	}
	return out, err
}

// branch picks the first that is not null and does not lead back to a record around it; -1 for none.
func (s *sampler) branch(t *avro.Type) int {
	return slices.IndexFunc(t.Branches, func(b *avro.Type) bool {
		return b.Kind != avro.Null && !s.open[b] && s.sizes.inhabited(b)
	})
}

// Days and milliseconds of 2024-02-29T12:30:00Z, a day that dates written wrongly often show.
const (
	sampleDay    = 19782
	sampleMillis = sampleDay*86_400_000 + sampleTime
	sampleTime   = (12*60 + 30) * 60_000
)

func (s *sampler) scalar(t *avro.Type, name string) (avro.Datum, error) {
	out := avro.Datum{Type: t, Int: 1}
	l, _ := t.Logical()
	switch l.Name {
	case avro.Date:
		out.Int = sampleDay
	case avro.TimeMillis:
		out.Int = sampleTime
	case avro.TimeMicros:
		out.Int = sampleTime * 1000
	case avro.TimestampMillis, avro.LocalTimestampMillis:
		out.Int = sampleMillis
	case avro.TimestampMicros, avro.LocalTimestampMicros:
		out.Int = sampleMillis * 1000
	case avro.TimestampNanos, avro.LocalTimestampNanos:
		out.Int = sampleMillis * 1_000_000
	case avro.Decimal:
		return notZero(t), nil
	case avro.UUID, avro.BigDecimal, avro.Duration:
		return s.smallest(t)
	default:
		switch t.Kind {
		case avro.Float, avro.Double:
			out.Int, out.Float = 0, 1.5
		case avro.String:
			out.Int, out.Text = 0, name
		case avro.Enum:
			out.Int = 0
		case avro.Bytes, avro.Fixed:
			return s.smallest(t)
		}
	}
	return out, nil
}
