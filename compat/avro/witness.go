package avro

import (
	"errors"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// maxWitness bounds the data of a witness, in bytes and in values.
const (
	maxWitness       = 64 << 10
	maxWitnessValues = 20_000
)

var (
	errUninhabited = errors.New("no data can exist here: a type contains itself without end, or an enum or union is empty")
	errNoSuchData  = errors.New("no message can show it: what differs is inside a type that no data can be of")
	errTooLarge    = errors.New("the smallest message that shows it is too large to print")
)

// builder makes the smallest datum of a writer that goes a given way.
type builder struct {
	sizes  sizes
	values int
	shared int // the writer's field that two of the reader's want
}

// along builds a datum of t that takes the writer's side of steps and ends in what leaf makes.
func (b *builder) along(t *avro.Type, steps []step, leaf func(*avro.Type) (avro.Datum, error)) (avro.Datum, error) {
	for len(steps) > 0 && (steps[0].kind == readerBranchStep || steps[0].kind == fieldStep && steps[0].writer < 0) {
		steps = steps[1:]
	}
	if len(steps) == 0 {
		return leaf(t)
	}
	if b.values++; b.values > maxWitnessValues {
		return avro.Datum{}, errTooLarge
	}
	s := steps[0]
	switch s.kind {
	case fieldStep:
		return b.record(t, s.writer, func(f *avro.Type) (avro.Datum, error) { return b.along(f, steps[1:], leaf) })
	case writerBranchStep:
		part, err := b.along(t.Branches[s.writer], steps[1:], leaf)
		return avro.Datum{Type: t, Int: int64(s.writer), Parts: []avro.Datum{part}}, err
	}
	part, err := b.along(t.Items, steps[1:], leaf)
	out := avro.Datum{Type: t, Parts: []avro.Datum{part}}
	if t.Kind == avro.Map {
		out.Keys = []string{"k"}
	}
	return out, err
}

// record builds a record with one field as special makes it and the others as small as can be.
func (b *builder) record(t *avro.Type, special int, make func(*avro.Type) (avro.Datum, error)) (avro.Datum, error) {
	out := avro.Datum{Type: t}
	for i := range t.Fields {
		part, err := avro.Datum{}, error(nil)
		if i == special {
			part, err = make(t.Fields[i].Type)
		} else {
			part, err = b.smallest(t.Fields[i].Type)
		}
		if err != nil {
			return avro.Datum{}, err
		}
		out.Parts = append(out.Parts, part)
	}
	return out, nil
}

// smallest builds the smallest datum of t.
func (b *builder) smallest(t *avro.Type) (avro.Datum, error) {
	size, ok := b.sizes.of(t)
	if !ok {
		return avro.Datum{}, errUninhabited
	}
	if b.values++; size > maxWitness || b.values > maxWitnessValues {
		return avro.Datum{}, errTooLarge
	}
	out := avro.Datum{Type: t}
	switch t.Kind {
	case avro.Record:
		return b.record(t, -1, nil)
	case avro.Union:
		best, least := -1, 0
		for k, branch := range t.Branches {
			if n, ok := b.sizes.of(branch); ok && (best < 0 || n+varintSize(int64(k)) < least) {
				best, least = k, n+varintSize(int64(k))
			}
		}
		part, err := b.smallest(t.Branches[best])
		return avro.Datum{Type: t, Int: int64(best), Parts: []avro.Datum{part}}, err
	case avro.Fixed:
		out.Text = strings.Repeat("\x00", t.Size)
	case avro.Bytes, avro.String:
		out.Text = smallestText(t)
	}
	return out, nil
}

// smallestText is the shortest string or bytes that decoders with a notion of the logical type accept.
func smallestText(t *avro.Type) string {
	l, _ := t.Logical()
	switch l.Name {
	case avro.UUID:
		return "00000000-0000-0000-0000-000000000000"
	case avro.Decimal:
		return "\x00"
	case avro.BigDecimal:
		return "\x02\x00\x00" // one byte of digits, scale 0
	}
	return ""
}

// leaf makes the datum at the end of the way to a failure.
func (b *builder) leaf(code string, r, w *avro.Type) (avro.Datum, error) {
	out := avro.Datum{Type: w}
	switch code {
	case MissingEnumSymbols, HiddenSymbols:
		if missing := missingSymbols(r, w); w.Kind == avro.Enum && len(missing) > 0 {
			out.Int = int64(w.SymbolIndex(missing[0]))
			return out, nil
		}
	case BytesAsText:
		out.Text = "\xFF"
		return out, nil
	case LossyPromotion:
		if out.Int = 1<<24 + 1; r.Kind == avro.Double {
			out.Int = 1<<53 + 1
		}
		return out, nil
	case DecimalScale, LogicalTypeChanged:
		return notZero(w), nil
	case SharedAlias:
		return b.record(w, b.shared, func(f *avro.Type) (avro.Datum, error) {
			if f.Kind.Primitive() || f.Kind == avro.Fixed {
				return notZero(f), nil
			}
			return b.smallest(f)
		})
	}
	return b.smallest(w)
}

// notZero is a small datum of a scalar that means something else in another unit: for decimals 5 with the fraction spelled
// out, as far as it fits.
func notZero(w *avro.Type) avro.Datum {
	out := avro.Datum{Type: w}
	switch w.Kind {
	case avro.Int, avro.Long:
		out.Int = 1000
	case avro.Boolean:
		out.Int = 1
	case avro.Null:
	case avro.Float, avro.Double:
		out.Float = 1
	case avro.String:
		out.Text = smallestText(w)
	default:
		unscaled := int64(5)
		if l, ok := w.Logical(); ok && l.Name == avro.Decimal && l.Scale < l.Precision {
			for i := 0; i < l.Scale && unscaled < 1<<40; i++ {
				unscaled *= 10
			}
		}
		out.Text = twosComplement(unscaled)
		if w.Kind == avro.Fixed {
			if len(out.Text) > w.Size {
				out.Text = "\x05"
			}
			if w.Size == 0 {
				out.Text = ""
			} else {
				out.Text = strings.Repeat("\x00", w.Size-len(out.Text)) + out.Text
			}
		}
	}
	return out
}

// twosComplement writes a positive number with the fewest bytes, highest first.
func twosComplement(n int64) string {
	out := []byte{byte(n)}
	for n > 0x7F {
		n >>= 8
		out = append([]byte{byte(n)}, out...)
	}
	return string(out)
}

// proof is a witness that our own decoder has confirmed.
type proof struct {
	data    []byte
	writer  avro.Datum
	reader  *avro.Datum // what the reader makes of it; nil when it fails
	part    avro.Datum  // that, as far as it is about the cause: records have only the fields of a reduced reader
	refusal *refusal
}

var errUnproved = errors.New("decoders are expected to read such data; only the reference server refuses it")

// prove builds the datum for a cause and reads it as the reader does. Where the cause is that no branch of a reader's union fits, or that the chosen one fails further in,
// it goes on to what is wrong there.
func prove(p *pairRoots, c *cause) (*proof, error) {
	code, path, r, w := c.code, c.path, c.reader, c.writer
	if !p.sizes.inhabited(w) {
		return nil, errUninhabited
	}
	if code == MissingUnionBranch || code == UnionBranch {
		if c.inner == nil {
			return nil, errNoSuchData
		}
		code, path, r, w = c.inner.code, c.inner.path, c.inner.reader, c.inner.writer
	}
	b := &builder{sizes: p.sizes}
	if code == SharedAlias {
		b.shared, _ = source(c.readerField(), w)
	}
	d, err := b.along(p.writer, path, func(t *avro.Type) (avro.Datum, error) { return b.leaf(code, r, t) })
	if err != nil {
		return nil, err
	}
	data := d.Encode([]byte{})
	if len(data) > maxWitness {
		return nil, errTooLarge
	}
	return judge(p, c, code, data)
}

// pairRoots are the two schemas that are compared.
type pairRoots struct {
	reader, writer *avro.Type
	sizes          sizes // of the writer
}

// judge decodes data as the writer's and then reads it as the reader does. It confirms a failure, or a change in meaning
// with the given code. The reader is reduced to the cause, so that nothing else can be to blame; what a misreading reader
// makes of the data is shown in full where it can be read in full.
func judge(p *pairRoots, c *cause, code string, data []byte) (*proof, error) {
	d, err := avro.DecodeDatum(p.writer, data)
	if err != nil {
		return nil, errUnproved
	}
	reader := narrow(p.reader, p.writer, c, false)
	if reader == nil {
		reader = p.reader
	}
	x := newResolution()
	out := &proof{data: data, writer: d}
	made, err := x.read(reader, d)
	switch {
	case errors.As(err, &out.refusal):
		return out, nil
	case errors.Is(err, errDatumBudget):
		return nil, errTooLarge
	case err != nil || !x.misread[code]:
		return nil, errUnproved
	}
	out.part = made
	if whole, err := newResolution().read(p.reader, d); err == nil {
		made = whole
	}
	out.reader = &made
	return out, nil
}
