package protobuf

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// What the witnesses of one comparison may amount to.
const (
	maxWitnesses    = 100
	maxWitnessBytes = 64 << 10
	maxWholeText    = 64 << 10 // bytes of a schema and its references; of larger ones only what is needed is given to the runtime
	maxRoots        = 2 * maxWitnesses
)

// witnesses makes and verifies records that show causes.
type witnesses struct {
	writer, reader   *decoder
	writerNo         string // why there are no descriptors of a side
	readerNo         string
	count, bytesUsed int
}

// newWitnesses prepares to prove the given causes, or the first of them if they are many.
func newWitnesses(writer, reader *format.Schema, causes []*cause) *witnesses {
	w := &witnesses{}
	var written, seen []*format.MessageModel
	known := map[*format.MessageModel]bool{}
	for _, c := range causes {
		root := c.at.root()
		if known[root.w] || c.class == information || len(known) == maxRoots {
			continue
		}
		known[root.w] = true
		written = append(written, root.w)
		if root.r != nil {
			seen = append(seen, root.r)
		}
	}
	w.writer, w.writerNo = decoderOf(writer, "writer", written)
	w.reader, w.readerNo = decoderOf(reader, "reader", seen)
	return w
}

func decoderOf(s *format.Schema, side string, records []*format.MessageModel) (*decoder, string) {
	size := len(s.Text())
	for _, r := range s.Source().Resolved {
		size += len(r.Text)
	}
	link := s.Linked
	if size > maxWholeText {
		link = func() (*format.Linked, error) { return s.LinkFor(records) }
	}
	linked, err := link()
	var limit *formats.LimitError
	if errors.As(err, &limit) {
		return nil, "the " + side + "'s schema is too large to decode records with: " + limit.Error()
	}
	if err != nil {
		return nil, "the " + side + "'s schema does not compile: " + whyNot(err)
	}
	return newDecoder(linked), ""
}

// of returns a verified witness for a cause, or the reason why there is none.
func (w *witnesses) of(c *cause) (*compat.Witness, string) {
	switch {
	case c.noRecord != "":
		return nil, c.noRecord
	case w.writer == nil:
		return nil, w.writerNo
	case w.reader == nil:
		return nil, w.readerNo
	case w.count >= maxWitnesses || w.bytesUsed > maxWitnessBytes || !w.writer.reads(c.at.root().w):
		return nil, "there are witnesses for other findings already"
	}
	parts, ok := record(c)
	if !ok {
		return nil, "the smallest record is too large to show"
	}
	data := encodeParts(parts)
	out := &compat.Witness{Data: data, Index: c.at.root().w.Type.Index(), Annotated: annotate(parts), VerifiedBy: verifiedBy(), Note: note(c)}
	written, err := w.writer.Decode(c.at.root().w, data)
	if err != nil {
		return nil, "the record could not be confirmed: the writer's schema does not read it: " + err.Error()
	}
	out.JSON = w.writer.json(written)
	if reason := w.confirm(c, data, written, out); reason != "" {
		return nil, "the record could not be confirmed: " + reason
	}
	w.count++
	w.bytesUsed += len(data)
	return out, ""
}

// confirm has the reader read the record and checks that it misbehaves as the cause says.
func (w *witnesses) confirm(c *cause, data []byte, written protoreflect.Message, out *compat.Witness) string {
	root := c.at.root()
	if root.r == nil {
		if w.reader.Linked().File.Messages().ByName(protoreflect.Name(root.w.Name())) != nil {
			return "the reader has a message of that name"
		}
		out.ReaderError = fmt.Sprintf("there is no message %s", root.w.Name())
		return ""
	}
	if c.json {
		return w.confirmJSON(c, written, out)
	}
	seen, err := w.reader.Decode(root.r, data)
	var missing *format.MissingError
	if err != nil && (c.class == decodeError || !errors.As(err, &missing)) {
		out.ReaderError = err.Error()
		return ""
	}
	out.ReaderJSON = w.reader.json(seen)
	if err != nil {
		out.Note += " The reader refuses it besides: " + err.Error() + "."
	}
	if c.code == codeEnumRenumbered {
		return "" // the number is read as it is; that its name is another one is plain from the schemas
	}
	if c.w == nil {
		return "the reader reads it"
	}
	number := c.w.Number
	if c.names {
		number = c.r.Number
	}
	if !w.disagree(c, written, seen, c.w.Number, number, equalOnWire) {
		return "the reader reads what was written"
	}
	return ""
}

// disagree compares one field of both messages at the end of the cause's way.
func (w *witnesses) disagree(c *cause, written, seen protoreflect.Message, writerNumber, readerNumber int32, equal func(protoreflect.FieldDescriptor, protoreflect.Value, protoreflect.FieldDescriptor, protoreflect.Value) bool) bool {
	wayW, wayR := c.at.numbers()
	wm, rm := w.writer.follow(written, wayW), w.reader.follow(seen, wayR)
	if wm == nil || rm == nil {
		return false
	}
	wfd, rfd := w.writer.fieldOf(wm, writerNumber), w.reader.fieldOf(rm, readerNumber)
	return wfd != nil && rfd != nil && differs(wm, wfd, rm, rfd, equal)
}

func (w *witnesses) confirmJSON(c *cause, written protoreflect.Message, out *compat.Witness) string {
	if !strings.HasPrefix(out.JSON, "{") && !strings.HasPrefix(out.JSON, "\"") && !strings.HasPrefix(out.JSON, "[") {
		return "the record has no JSON form"
	}
	seen, err := w.reader.ParseJSON(c.at.root().r, out.JSON, true)
	if err != nil {
		out.ReaderError = err.Error()
		return ""
	}
	out.ReaderJSON = w.reader.json(seen)
	switch c.code {
	case codeJSONNameChanged:
		_, way := c.at.numbers()
		if rm := w.reader.follow(seen, way); rm != nil {
			if fd := w.reader.fieldOf(rm, c.r.Number); fd != nil && rm.Has(fd) {
				return "the reader reads the field"
			}
		}
		return ""
	case codeJSONNameReused:
		if c.r == nil {
			return "the reader does not refuse it"
		}
		_, way := c.at.numbers()
		if rm := w.reader.follow(seen, way); rm != nil {
			if fd := w.reader.fieldOf(rm, c.r.Number); fd != nil && rm.Has(fd) {
				return ""
			}
		}
	}
	if c.w == nil || c.r == nil || !w.disagree(c, written, seen, c.w.Number, c.r.Number, equalInJSON) {
		return "the reader reads what was written"
	}
	return ""
}

// numbers is the way from the root to a visit as field numbers, for the writer and for the reader. Where a map meets a
// list of messages, one side takes two steps where the other takes one.
func (v *visit) numbers() (writer, reader []int32) {
	if v.outer == nil {
		return nil, nil
	}
	writer, reader = v.outer.numbers()
	writer = append(writer, v.field.Number)
	switch {
	case v.r == nil: // the reader's step comes with the next visit
	case v.field.Cardinality == format.Map && v.into.Cardinality == format.List:
		reader = append(reader, v.into.Number, 2)
	default:
		reader = append(reader, v.into.Number)
	}
	return writer, reader
}

// note says what kind of record it is, and on which runtimes the finding depends.
func note(c *cause) string {
	root := c.at.root().w
	text := fmt.Sprintf("A record of %s", root.Name())
	if index := root.Type.Index(); index != nil {
		text += fmt.Sprintf(", message index %s", strings.ReplaceAll(fmt.Sprint(index), " ", ","))
	}
	switch c.code {
	case codeEnumClosed:
		text += ". Runtimes with closed enums (Java, C++, Python) behave like this; Go and C# keep the number"
	case codeUTF8:
		text += ". Runtimes that do not check UTF-8 read other characters instead"
	}
	if c.json {
		text += ", read through JSON"
	}
	return text + "."
}
