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
	path           []step
	reader, writer *avro.Type
	field          int // of the reader's record, or -1
	detail         string
	byReference    bool
	inner          *cause // of a union: what is wrong in the branch that decoders take
}

// maxWitnesses bounds how many findings of one comparison get a witness.
const maxWitnesses = 50

// report turns the causes of one comparison into findings.
type report struct {
	ctx            context.Context
	direction      compat.Direction
	reader, writer *avro.Schema
	roots          *pairRoots
	show           bool // build witnesses, rather than only find out whether there are any
	library        *library
	libraryError   error
	built          int
}

func newReport(ctx context.Context, req compat.Request, reader, writer *avro.Schema, sizes sizes) *report {
	r := &report{ctx: ctx, direction: req.Direction, reader: reader, writer: writer, show: req.Full}
	r.roots = &pairRoots{reader: reader.Root(), writer: writer.Root(), sizes: sizes}
	return r
}

// finding explains a cause and proves it.
func (p *report) finding(c *cause) (compat.Finding, error) {
	f := compat.Finding{
		Code:       c.code,
		ReaderPath: readable(p.roots.reader, c.path, c.readerField(), false),
		WriterPath: readable(p.roots.writer, c.path, nil, true),
	}
	f.ReaderSpan, f.WriterSpan = p.spans(c)
	f.Message, f.Hint = p.explain(c)
	semantic := true
	if p.built++; p.built > maxWitnesses {
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
			semantic = !errors.Is(err, errUninhabited) && !errors.Is(err, errUnproved)
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
	found, err := prove(p.ctx, p.roots, c.code, c.path, c.reader, c.writer)
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
	out := &compat.Witness{Data: found.data, JSON: found.writer.text(), VerifiedBy: verifier, Note: note(c.code)}
	path, field := c.path, c.field
	reader := narrow(p.roots.reader, path, field)
	seen, err := p.library.try(reader, found.data, path)
	if err != nil && reader != p.roots.reader {
		seen, err = p.library.try(p.roots.reader, found.data, path)
	}
	if err != nil {
		return nil, err
	}
	switch {
	case seen.failure != "":
		out.ReaderError = seen.failure
	case found.refusal == nil && seen.differs:
	default:
		return nil, errors.New("not confirmed: " + verifier + " is laxer than the specification and reads the message")
	}
	if found.reader != nil {
		out.ReaderJSON, out.ReaderError = found.reader.text(), ""
		if view := meanings(c, found, path); view != "" {
			out.Note = strings.TrimSpace(view + " " + out.Note)
		}
	}
	return out, nil
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
			b.WriteString("<" + branchName(t) + ">")
		}
	}
	if field != nil {
		b.WriteString("." + field.Name)
	}
	return b.String()
}
