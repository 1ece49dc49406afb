package avro

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

// cause is one reason why a reader does not read a writer's data as it was meant: a difference of the reference's, or a
// failure of decoders that the reference does not see.
type cause struct {
	code           string
	way            *trail
	otherWay       *trail // a way that decoders can take, found later
	path           []step // the steps of way, while the finding is built
	reader, writer *avro.Type
	field          int // of the reader's record, or -1
	byReference    bool
	inner          *cause // of a union: what is wrong in the branch that decoders take
}

// The bounds of a report.
const (
	// maxFindings is how many findings are reported.
	maxFindings = 1_000
	// maxWitnesses is how many findings get a witness, and witnessWork bounds it for large schemas: the library looks at
	// both schemas as a whole for each.
	maxWitnesses = 50
	minWitnesses = 3
	witnessWork  = 60_000
	// maxSteps bounds the steps of all paths together.
	maxSteps = 500_000
	// maxBytes bounds what all findings say: the name of a record is in that of each of its fields.
	maxBytes = 8 << 20
	// maxReadable is the length of the longest path that is written out, in bytes.
	maxReadable = 400
)

// report turns the causes of one comparison into findings.
type report struct {
	ctx            context.Context
	direction      compat.Direction
	reader, writer *avro.Schema
	roots          *pairRoots
	show           bool // build witnesses, rather than only find out whether there are any
	library        *library
	libraryError   error
	witnesses      int // left to build
	steps, bytes   int // left to write
}

func newReport(ctx context.Context, req compat.Request, reader, writer *avro.Schema, sizes sizes) *report {
	r := &report{ctx: ctx, direction: req.Direction, reader: reader, writer: writer, show: req.Full}
	r.witnesses = max(minWitnesses, min(maxWitnesses, witnessWork/(reader.Nodes()+writer.Nodes()+1)))
	r.steps, r.bytes = maxSteps, maxBytes
	r.roots = &pairRoots{reader: reader.Root(), writer: writer.Root(), sizes: sizes}
	return r
}

// finding explains a cause and proves it. Where the reference met the cause on a way that no data can take, and there is
// another one, that is the one to show.
func (p *report) finding(c *cause) (compat.Finding, error) {
	f, err := p.along(c)
	if err == nil && f.NoWitness != "" && c.otherWay != nil && c.otherWay != c.way {
		c.way, c.otherWay = c.otherWay, nil
		if other, err := p.along(c); err != nil || other.NoWitness == "" {
			return other, err
		}
	}
	return f, err
}

func (p *report) along(c *cause) (compat.Finding, error) {
	c.path = c.way.steps()
	defer func() { c.path = nil }()
	if err := p.look(c); err != nil {
		return compat.Finding{}, err
	}
	f := compat.Finding{
		Code:       c.code,
		ReaderPath: readable(p.roots.reader, c.path, c.readerField(), false),
		WriterPath: readable(p.roots.writer, c.path, nil, true),
	}
	f.ReaderSpan, f.WriterSpan = p.spans(c)
	f.Message, f.Hint = p.explain(c)
	semantic := true
	if p.witnesses--; p.witnesses < 0 {
		f.NoWitness = "messages are built for the first findings only"
		semantic = p.roots.sizes.inhabited(c.writer)
	} else {
		witness, err := p.witness(c)
		if p.ctx.Err() != nil {
			return f, p.ctx.Err()
		}
		f.Witness = witness
		if err != nil {
			f.NoWitness = err.Error()
			semantic = !errors.Is(err, errUninhabited) && !errors.Is(err, errUnproved) && !errors.Is(err, errNoSuchData)
		}
	}
	if c.byReference {
		f.Breaks = append(f.Breaks, compat.Reference)
	}
	if semantic || !c.byReference {
		f.Breaks = append(f.Breaks, compat.Semantic)
	}
	return f, nil
}

// look finds what is wrong in the branch of a reader's union that decoders take, when there is one.
func (p *report) look(c *cause) error {
	if c.code != MissingUnionBranch && c.code != UnionBranch {
		return nil
	}
	inner := newSearch(p.ctx, p.roots.sizes, nil)
	inner.first = true
	if err := inner.run(c.reader, c.writer); err != nil {
		return err
	}
	c.inner = nil
	if len(inner.failures) > 0 {
		f := inner.failures[0]
		v := inner.visits[f.visit]
		way := c.way
		for _, s := range v.way.steps() {
			way = way.then(s)
		}
		c.inner = &cause{code: f.code, way: way, path: way.steps(), reader: v.reader, writer: v.writer, field: f.field}
	}
	return nil
}

// readerField is the reader's field that a cause is about, when it is about a field rather than a type.
func (c *cause) readerField() *avro.Field {
	if c.field < 0 || c.reader.Kind != avro.Record {
		return nil
	}
	return &c.reader.Fields[c.field]
}

// javaOnly is said of a finding that only Java's decoder shows.
var errJavaOnly = errors.New("only Java's decoder fails here: it asks for the full name in a union; it is not at hand to confirm a message")

// witness builds the smallest message for a cause, reads it with our own decoder, and has the library confirm it.
func (p *report) witness(c *cause) (*compat.Witness, error) {
	if c.code == NamespaceMismatch {
		return nil, errJavaOnly
	}
	found, err := prove(p.roots, c)
	if err != nil {
		return nil, err
	}
	if !p.show {
		return nil, nil
	}
	if p.library == nil && p.libraryError == nil {
		p.library, p.libraryError = newLibrary(p.roots.writer)
	}
	if p.libraryError != nil {
		return nil, p.libraryError
	}
	out := &compat.Witness{Data: found.data, JSON: found.writer.JSON(), Annotated: annotate(&found.writer, p.roots.writer.String()), VerifiedBy: verifier, Note: note(c)}
	if err := p.confirm(c, found, out); err != nil {
		return nil, err
	}
	if found.reader != nil {
		out.ReaderJSON, out.ReaderError = found.reader.JSON(), ""
		if view := meanings(c, found); view != "" {
			out.Note = strings.TrimSpace(view + " " + out.Note)
		}
	}
	return out, nil
}

// confirm has the library read a message that our own decoder refuses or misreads. The library judges the two schemas as
// a whole before it reads anything, so it is given a reader that is reduced to the cause, as far as that can be done.
func (p *report) confirm(c *cause, found *proof, out *compat.Witness) error {
	path := c.valuePath()
	readers := []*avro.Type{
		narrow(p.roots.reader, p.roots.writer, c, true),
		narrow(p.roots.reader, p.roots.writer, c, false),
		p.roots.reader,
	}
	reason := errors.New("not confirmed: " + verifier + " is laxer than the specification and reads the message")
	for _, reader := range readers {
		if reader == nil {
			continue
		}
		seen, err := p.library.try(reader, found.data, path, c.code)
		switch {
		case errors.Is(err, errReaderSchema) && atFaultAlone(c.code):
			out.ReaderError = err.Error()
			return nil
		case err != nil:
			reason = err
		case seen.failure != "":
			out.ReaderError = seen.failure
			return nil
		case seen.differs && (found.refusal == nil || c.code == SharedAlias):
			out.ReaderJSON = seen.read
			return nil
		}
	}
	return reason
}

// fields are the reader's fields that a cause is about.
func (c *cause) fields() []int {
	f := c.readerField()
	if f == nil {
		return nil
	}
	out := []int{c.field}
	if c.code == SharedAlias {
		at, _ := source(f, c.writer)
		from, _ := sources(c.reader, c.writer)
		if other := slices.Index(from, at); other >= 0 {
			out = append(out, other)
		}
	}
	return out
}

// atFaultAlone reports whether a cause is a fault of the reader's schema that a library may find before it sees any data.
func atFaultAlone(code string) bool {
	return code == InvalidDefault || code == SharedAlias || code == AmbiguousAlias
}

// valuePath is the way to the value in question. For a field that lost its data to another one it leads into the field.
func (c *cause) valuePath() []step {
	if c.code != SharedAlias {
		return c.path
	}
	f := c.readerField()
	at, _ := source(f, c.writer)
	if at < 0 {
		return c.path
	}
	return append(slices.Clone(c.path), step{kind: fieldStep, reader: c.field, writer: at, readerName: f.Name, writerName: c.writer.Fields[at].Name})
}

// spans finds the places of a cause in the two texts. Where a place is in a referenced schema, the nearest on the way to
// it that is in the schema's own text is taken.
func (p *report) spans(c *cause) (reader, writer *formats.Span) {
	readers, writers := []avro.Pos{p.reader.RootPos()}, []avro.Pos{p.writer.RootPos()}
	for _, s := range c.path {
		readers, writers = append(readers, s.readerPlace), append(writers, s.writerPlace)
	}
	switch c.code {
	case NameMismatch:
		readers, writers = append(readers, c.reader.NamePos), append(writers, c.writer.NamePos)
	case FixedSizeMismatch:
		readers, writers = append(readers, c.reader.SizePos), append(writers, c.writer.SizePos)
	case MissingEnumSymbols, HiddenSymbols:
		readers, writers = append(readers, c.reader.SymbolsPos), append(writers, c.writer.SymbolsPos)
	}
	if f := c.readerField(); f != nil {
		readers, writers = append(readers, f.Pos), append(writers, c.writer.Pos)
		if c.code == InvalidDefault {
			readers = append(readers, f.DefaultPos)
		}
	}
	return nearest(p.reader, readers), nearest(p.writer, writers)
}

func nearest(s *avro.Schema, places []avro.Pos) *formats.Span {
	for _, at := range slices.Backward(places) {
		if span := s.Span(at); span != nil {
			return span
		}
	}
	return nil
}

// readable writes a path for people: Order.items[].price, with <branch> where a union's branch is taken.
func readable(root *avro.Type, path []step, field *avro.Field, writer bool) string {
	var b strings.Builder
	b.WriteString(root.String())
	t := root
	for _, s := range path {
		if b.Len() > maxReadable {
			b.WriteString("…")
			break
		}
		switch s.kind {
		case fieldStep:
			i, name := s.reader, s.readerName
			if writer {
				i, name = s.writer, s.writerName
			}
			if i < 0 || t.Kind != avro.Record {
				return b.String()
			}
			b.WriteByte('.')
			b.WriteString(name)
			t = t.Fields[i].Type
		case itemsStep:
			b.WriteString("[]")
			t = t.Items
		case valuesStep:
			b.WriteString("{}")
			t = t.Items
		case writerBranchStep, readerBranchStep:
			i := s.reader
			if writer {
				i = s.writer
			}
			if i < 0 || t.Kind != avro.Union {
				continue
			}
			t = t.Branches[i]
			b.WriteString("<" + t.BranchName() + ">")
		}
	}
	if field != nil {
		b.WriteString("." + field.Name)
	}
	return b.String()
}
