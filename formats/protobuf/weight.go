package protobuf

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// What one record may hold, whatever its length: an empty message takes two bytes, and a hundred times that in memory; a
// name that is written once in a schema stands in the JSON text as often as the record has a value for it.
const (
	maxRecordValues = 500_000
	maxRecordJSON   = 12 << 20
	// maxOpened bounds the bytes of all messages in google.protobuf.Any together, which can stand in each other.
	maxOpened = 16 << 20
	// runtimeDepth is where the Protobuf runtime gives up.
	runtimeDepth = 10_000
)

var (
	errValues = fmt.Errorf("the message holds more than %d values", maxRecordValues)
	errJSON   = fmt.Errorf("the message is larger than %d MiB as JSON", maxRecordJSON>>20)
	errOpened = fmt.Errorf("the messages in google.protobuf.Any have more than %d MiB together, those in each other counted each", maxOpened>>20)
)

// counter counts the values that the runtime would make of a record: it makes them before anybody can look. What is unknown
// or malformed costs nothing.
type counter struct {
	decoder *Decoder
	left    int
}

// affordable returns errValues when a record of that type holds too many values; left is what others have left.
func (c *counter) affordable(md protoreflect.MessageDescriptor, record []byte) error {
	if c.fields(md, record, 0, 0); c.left < 0 {
		return errValues
	}
	return nil
}

// fields counts the values of one message, and returns what stands behind the end of the group if it is one.
func (c *counter) fields(md protoreflect.MessageDescriptor, data []byte, group protowire.Number, depth int) []byte {
	if depth > runtimeDepth {
		return nil
	}
	for len(data) > 0 && c.left >= 0 {
		number, wire, n := protowire.ConsumeTag(data)
		if n < 0 {
			return nil
		}
		data = data[n:]
		if wire == protowire.EndGroupType {
			return data
		}
		fd := c.field(md, number)
		if fd != nil && fd.Kind() == protoreflect.GroupKind && wire == protowire.StartGroupType {
			c.left--
			data = c.fields(fd.Message(), data, number, depth+1)
			continue
		}
		size := protowire.ConsumeFieldValue(number, wire, data)
		if size < 0 {
			return nil
		}
		if fd != nil {
			c.value(fd, wire, data[:size], depth)
		}
		data = data[size:]
	}
	return nil
}

func (c *counter) field(md protoreflect.MessageDescriptor, number protowire.Number) protoreflect.FieldDescriptor {
	if fd := md.Fields().ByNumber(number); fd != nil {
		return fd
	}
	if md.ExtensionRanges().Has(number) {
		if xt, err := c.decoder.types.FindExtensionByNumber(md.FullName(), number); err == nil {
			return xt.TypeDescriptor()
		}
	}
	return nil
}

func (c *counter) value(fd protoreflect.FieldDescriptor, wire protowire.Type, value []byte, depth int) {
	c.left--
	if wire != protowire.BytesType {
		return
	}
	inner, _ := protowire.ConsumeBytes(value)
	switch {
	case fd.Kind() == protoreflect.MessageKind:
		c.fields(fd.Message(), inner, 0, depth+1)
	case fd.IsList() && Packable(fd.Kind()):
		c.left -= elements(inner, WireType(fd.Kind()))
	}
}

// elements is how many numbers stand packed in data.
func elements(data []byte, wire protowire.Type) int {
	switch wire {
	case protowire.Fixed32Type:
		return len(data) / 4
	case protowire.Fixed64Type:
		return len(data) / 8
	}
	ends := 0
	for _, b := range data {
		if b < 0x80 {
			ends++
		}
	}
	return ends
}

// sizer estimates, from above, how long the JSON text of a message is.
type sizer struct {
	counter
	bytes, opened int
	err           error
}

// printable returns an error when the JSON text of a message would be too long.
func (d *Decoder) printable(m protoreflect.Message) error {
	s := &sizer{counter: counter{decoder: d, left: maxRecordValues}}
	s.message(m)
	return s.err
}

func (s *sizer) add(n int) bool {
	if s.bytes += n; s.bytes > maxRecordJSON && s.err == nil {
		s.err = errJSON
	}
	return s.err == nil
}

func (s *sizer) message(m protoreflect.Message) bool {
	if m.Descriptor().FullName() == "google.protobuf.Any" {
		return s.any(m)
	}
	if !s.add(3) {
		return false
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		name := len(fd.JSONName())
		if fd.IsExtension() {
			name = len(fd.FullName()) + 2
		}
		return s.add(name+4) && s.field(fd, v)
	})
	return s.err == nil
}

func (s *sizer) field(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
	switch {
	case fd.IsMap():
		v.Map().Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
			return s.add(quoted(k.String())) && s.value(fd.MapValue(), v)
		})
	case fd.IsList():
		for i := range v.List().Len() {
			if !s.value(fd, v.List().Get(i)) {
				break
			}
		}
	default:
		s.value(fd, v)
	}
	return s.err == nil
}

func (s *sizer) value(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
	const number = 26 // the longest of them, with what separates it from the next
	switch fd.Kind() {
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return s.message(v.Message())
	case protoreflect.StringKind:
		return s.add(quoted(v.String()))
	case protoreflect.BytesKind:
		return s.add(len(v.Bytes())/3*4 + 8)
	case protoreflect.EnumKind:
		if ev := fd.Enum().Values().ByNumber(v.Enum()); ev != nil {
			return s.add(len(ev.Name()) + 4)
		}
	}
	return s.add(number)
}

// quoted is how long a string is in JSON.
func quoted(text string) int {
	n := len(text) + 4
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c < ' ' || c == 0x7f:
			n += 5
		case c == '"' || c == '\\':
			n++
		}
	}
	return n
}

// any opens the message in a google.protobuf.Any, as writing it does. One that cannot be opened has no JSON text at all.
func (s *sizer) any(m protoreflect.Message) bool {
	url := m.Get(m.Descriptor().Fields().ByNumber(1)).String()
	value := m.Get(m.Descriptor().Fields().ByNumber(2)).Bytes()
	if !s.add(quoted(url) + len(`{"@type":,"value":}`)) {
		return false
	}
	mt, err := s.decoder.types.FindMessageByURL(url)
	if err != nil {
		return true
	}
	if s.opened += len(value); s.opened > maxOpened {
		s.err = errOpened
		return false
	}
	if s.err = s.affordable(mt.Descriptor(), value); s.err != nil {
		return false
	}
	inner := mt.New()
	if (proto.UnmarshalOptions{Resolver: s.decoder.Resolver(), AllowPartial: true}).Unmarshal(value, inner.Interface()) != nil {
		return true
	}
	return s.message(inner)
}
