package message

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/concord-registry/concord/formats/protobuf"
)

type protobufCodec struct {
	schema  *protobuf.Schema
	decoder *protobuf.Decoder
}

// record is a payload without its index, and what type of message it is.
type record struct {
	model  *protobuf.MessageModel
	index  []int // as the payload carried it
	offset int   // of the record in the payload
	data   []byte
	note   string
}

func (c *protobufCodec) read(writer codec, payload []byte, o Options) *Reading {
	w := writer.(*protobufCodec)
	rec, err := w.record(payload, o)
	if err != nil {
		return failed(err)
	}
	model := rec.model
	if w != c {
		if model = c.counterpart(rec.model); model == nil {
			return failed(fmt.Errorf("the schema has no message %s", rec.model.Type.FullName()))
		}
	}
	r := c.decode(model, rec.data, rec.offset)
	r.Index = rec.index
	if rec.note != "" {
		r.note(Fault{Message: rec.note})
	}
	return r
}

// counterpart is the message that a reader takes for one of the writer's: the one of that name, else the one in its place.
func (c *protobufCodec) counterpart(written *protobuf.MessageModel) *protobuf.MessageModel {
	if m := c.named(written.Type.FullName()); m != nil {
		return m
	}
	return c.indexed(written.Type.Index())
}

// decode reads a record. The runtime decides whether it can be read; where and why not is found by going through it field by field.
func (c *protobufCodec) decode(model *protobuf.MessageModel, data []byte, offset int) *Reading {
	r := &Reading{Type: model.Type.FullName()}
	if !model.MessageSet {
		(&walk{reading: r}).message(data, offset, model.Field, 0)
	}
	msg, err := c.decoder.Decode(model, data)
	var missing *protobuf.MissingError
	switch {
	case err != nil && !errors.As(err, &missing):
		if r.Fits() {
			r.fault(Fault{Message: err.Error()})
		}
		return r
	case err != nil:
		r.fault(Fault{Message: missing.Error()})
	}
	if r.JSON, err = c.decoder.JSON(msg); err != nil {
		r.fault(Fault{Message: "the message has no JSON form: " + err.Error()})
	}
	return r
}

// record finds out whether a payload begins with a message index, and which message it holds.
func (c *protobufCodec) record(payload []byte, o Options) (*record, error) {
	if o.Index != nil {
		model := c.indexed(o.Index)
		if model == nil {
			return nil, c.noIndexed(o.Index)
		}
		return &record{model: model, index: o.Index, data: payload}, nil
	}
	bare, err := c.model(o.Message)
	if err != nil {
		return nil, err
	}
	without := &record{model: bare, data: payload}
	if o.NoIndex {
		return without, nil
	}
	if len(payload) == 0 {
		without.note = "the payload is empty: it has not even a message index, so it is taken for an empty " + bare.Name()
		return without, nil
	}
	index, rest, err := protobuf.ConsumeIndex(payload)
	note := ""
	if first := payload[0]; first < 8 && first%2 == 1 {
		// Python's client wrote plain varints before its version 1.8, where all others write zigzag ones.
		index, rest, err = plainIndex(payload)
		note = "the message index is written in the deprecated way of old Python clients"
	}
	var with *record
	if err == nil {
		if model := c.indexed(index); model != nil {
			if o.Message != "" {
				model = bare
			}
			with = &record{model: model, index: index, offset: len(payload) - len(rest), data: rest, note: note}
		}
	}
	switch {
	case payload[0] < 8 && with != nil:
		return with, nil
	case payload[0] < 8 && err != nil:
		return nil, fmt.Errorf("the payload begins with %02x, which neither a message index nor a record begins with", payload[0])
	case payload[0] < 8:
		return nil, c.noIndexed(index)
	case with != nil:
		// A record can begin like an index of four places or more. The index is right if everything behind it is.
		if r := c.decode(with.model, with.data, 0); r.Fits() && len(r.Notes) == 0 {
			return with, nil
		}
	}
	without.note = fmt.Sprintf("the payload has no message index, as some JavaScript clients write it; it is taken for %s, the %s", bare.Type.FullName(), which(o))
	return without, nil
}

func which(o Options) string {
	if o.Message != "" {
		return "message asked for"
	}
	return "first message of the file"
}

// plainIndex reads an index of varints without zigzag.
func plainIndex(b []byte) ([]int, []byte, error) {
	count := int(b[0])
	index, b := make([]int, 0, count), b[1:]
	for range count {
		place, n := binary.Uvarint(b)
		if n <= 0 || place > 1<<31-1 {
			return nil, nil, errors.New("no index")
		}
		index, b = append(index, int(place)), b[n:]
	}
	return index, b, nil
}

func (c *protobufCodec) noIndexed(index []int) error {
	return fmt.Errorf("the message index is %v, and the schema has no message there; it has %s", index, c.listed())
}

func (c *protobufCodec) indexed(index []int) *protobuf.MessageModel {
	for _, m := range c.schema.Model().Messages {
		if own := m.Type.Index(); own != nil && slices.Equal(own, index) {
			return m
		}
	}
	return nil
}

// named finds a message by its name, with or without the package.
func (c *protobufCodec) named(name string) *protobuf.MessageModel {
	for _, m := range c.schema.Model().Messages {
		if m.Type.Index() != nil && (m.Type.FullName() == name || m.Type.LocalName() == name) {
			return m
		}
	}
	return nil
}

// model is the message of that name, the first of the file for the empty name.
func (c *protobufCodec) model(name string) (*protobuf.MessageModel, error) {
	if name == "" {
		if m := c.indexed([]int{0}); m != nil {
			return m, nil
		}
		return nil, errors.New("the schema declares no message")
	}
	if m := c.named(name); m != nil {
		return m, nil
	}
	return nil, fmt.Errorf("the schema has no message %s; it has %s", name, c.listed())
}

// listed names the messages of the schema, or the first of many.
func (c *protobufCodec) listed() string {
	const most = 20
	var names []string
	for _, m := range c.schema.Model().Messages {
		if index := m.Type.Index(); index != nil {
			names = append(names, fmt.Sprintf("%s %v", m.Type.FullName(), index))
		}
	}
	if len(names) > most {
		names = append(names[:most], "…")
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func (c *protobufCodec) encode(text string, o Options) ([]byte, error) {
	model, err := c.model(o.Message)
	if o.Index != nil {
		if model = c.indexed(o.Index); model == nil {
			return nil, c.noIndexed(o.Index)
		}
	} else if err != nil {
		return nil, err
	}
	msg, err := c.decoder.ParseJSON(model, text, false)
	if err != nil {
		return nil, err
	}
	if err := proto.CheckInitialized(msg.Interface()); err != nil {
		return nil, err
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(msg.Interface())
	if err != nil || o.NoIndex || o.Index != nil {
		return data, err
	}
	return append(protobuf.AppendIndex(nil, model.Type.Index()), data...), nil
}

func (c *protobufCodec) sample(_ context.Context, o Options) (string, error) {
	model, err := c.model(o.Message)
	if o.Index != nil {
		if model = c.indexed(o.Index); model == nil {
			return "", c.noIndexed(o.Index)
		}
	} else if err != nil {
		return "", err
	}
	if model.Height < 0 {
		return "", fmt.Errorf("no message exists: %s requires another one of itself, without end", model.Name())
	}
	msg, err := c.decoder.New(model)
	if err != nil {
		return "", err
	}
	f := &filler{}
	if f.fill(msg, 0); f.values > maxRequiredValues {
		return "", fmt.Errorf("the smallest message has more than %d values, which is too large to show", maxRequiredValues)
	}
	return c.decoder.JSON(msg)
}
