package protobuf

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// Decoder reads and writes records of one schema with the Protobuf runtime. It is safe for concurrent use.
type Decoder struct {
	linked *Linked
	types  *dynamicpb.Types
}

// NewDecoder links the schema. The error says why a compiler would refuse it.
func NewDecoder(s *Schema) (*Decoder, error) {
	linked, err := s.Linked()
	if err != nil {
		return nil, err
	}
	return linked.Decoder(), nil
}

// Decoder reads and writes with these descriptors.
func (l *Linked) Decoder() *Decoder { return &Decoder{linked: l, types: dynamicpb.NewTypes(l.Files)} }

// Resolver is what finds extensions and the types in google.protobuf.Any: only those of the schema. What is linked into this
// program is none of its business.
func (d *Decoder) Resolver() interface {
	protoregistry.MessageTypeResolver
	protoregistry.ExtensionTypeResolver
} {
	return d.types
}

// Linked holds the descriptors that the decoder works with.
func (d *Decoder) Linked() *Linked { return d.linked }

// New is an empty message of a type.
func (d *Decoder) New(m *MessageModel) (*dynamicpb.Message, error) {
	md := d.linked.Message(m.Type)
	if md == nil {
		return nil, fmt.Errorf("no message %s", m.Name())
	}
	return dynamicpb.NewMessage(md), nil
}

// Decode reads a record as a message of that type. Three rules are applied here because the runtime at hand does not know
// them: how message sets are encoded, that the text of extensions is checked in editions too, and that undeclared numbers of
// closed enums are unknown fields. Only then is it checked that required fields are there: a *MissingError comes with the message.
// A record with more than half a million values is refused before any of them is made.
func (d *Decoder) Decode(m *MessageModel, record []byte) (protoreflect.Message, error) {
	msg, err := d.New(m)
	if err != nil {
		return nil, err
	}
	if d.linked.MessageSets {
		record = plainSets(m, record, 0)
	}
	if err := (&counter{decoder: d, left: maxRecordValues}).affordable(msg.Descriptor(), record); err != nil {
		return msg, err
	}
	if err := (proto.UnmarshalOptions{Resolver: d.Resolver(), AllowPartial: true}).Unmarshal(record, msg); err != nil {
		return msg, withoutPrefix(err)
	}
	if err := checkExtensions(msg); err != nil {
		return msg, err
	}
	closeEnums(msg)
	if err := proto.CheckInitialized(msg); err != nil {
		return msg, &MissingError{withoutPrefix(err)}
	}
	return msg, nil
}

// MissingError is that a required field is not set; the rest of the record was read.
type MissingError struct{ error }

// withoutPrefix is an error without the runtime's prefix, in which the kind of white space varies on purpose.
func withoutPrefix(err error) error {
	return fmt.Errorf("%s", strings.TrimPrefix(strings.Join(strings.Fields(err.Error()), " "), "proto: "))
}

// JSON is the JSON mapping of a message, in one line. Fields that are required and missing do not stop it; more than 12 MiB of
// text are refused.
func (d *Decoder) JSON(m protoreflect.Message) (string, error) {
	if err := d.printable(m); err != nil {
		return "", err
	}
	text, err := protojson.MarshalOptions{Resolver: d.Resolver(), AllowPartial: true}.Marshal(m.Interface())
	if err != nil {
		return "", withoutPrefix(err)
	}
	var out bytes.Buffer
	if err := json.Compact(&out, text); err != nil {
		return string(text), nil
	}
	return out.String(), nil
}

// ParseJSON reads a JSON text as a message of that type. Members that the type does not have are ignored if lenient, and
// required fields need not be there.
func (d *Decoder) ParseJSON(m *MessageModel, text string, lenient bool) (protoreflect.Message, error) {
	msg, err := d.New(m)
	if err != nil {
		return nil, err
	}
	if err := (protojson.UnmarshalOptions{Resolver: d.Resolver(), AllowPartial: true, DiscardUnknown: lenient}).Unmarshal([]byte(text), msg); err != nil {
		return msg, withoutPrefix(err)
	}
	return msg, nil
}

// closeEnums applies the rule for closed enums: a number without a name is an unknown field, in a map the whole entry.
func closeEnums(m protoreflect.Message) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			closeMap(m, fd, v.Map())
		case fd.IsList():
			closeList(m, fd, v.List())
		case fd.Message() != nil:
			closeEnums(v.Message())
		case undeclared(fd, v):
			m.Clear(fd)
			m.SetUnknown(protowire.AppendVarint(protowire.AppendTag(m.GetUnknown(), fd.Number(), protowire.VarintType), uint64(v.Enum())))
		}
		return true
	})
}

// checkExtensions refuses text that is not UTF-8 in extensions whose edition says that it must be.
func checkExtensions(m protoreflect.Message) (err error) {
	check := func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.Message() != nil:
			err = checkExtensions(v.Message())
		case fd.IsExtension() && fd.Kind() == protoreflect.StringKind && checksText(fd) && !utf8.ValidString(v.String()):
			err = fmt.Errorf("field %s contains invalid UTF-8", fd.FullName())
		}
		return err == nil
	}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case fd.IsMap():
			v.Map().Range(func(_ protoreflect.MapKey, inside protoreflect.Value) bool { return check(fd.MapValue(), inside) })
		case fd.IsList():
			for i := range v.List().Len() {
				if !check(fd, v.List().Get(i)) {
					break
				}
			}
		default:
			check(fd, v)
		}
		return err == nil
	})
	return err
}

// checksText reports whether the feature utf8_validation is on, which a field takes over from what it is declared in.
func checksText(fd protoreflect.FieldDescriptor) bool {
	if fd.ParentFile().Syntax() != protoreflect.Editions {
		return false // the runtime does it where it is to be done
	}
	for d := protoreflect.Descriptor(fd); d != nil; d = d.Parent() {
		if o, ok := d.Options().(interface {
			GetFeatures() *descriptorpb.FeatureSet
		}); ok && o.GetFeatures().GetUtf8Validation() != descriptorpb.FeatureSet_UTF8_VALIDATION_UNKNOWN {
			return o.GetFeatures().GetUtf8Validation() == descriptorpb.FeatureSet_VERIFY
		}
	}
	return true // the default of edition 2023
}

func undeclared(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
	return fd.Enum() != nil && fd.Enum().IsClosed() && fd.Enum().Values().ByNumber(v.Enum()) == nil
}

func closeMap(m protoreflect.Message, fd protoreflect.FieldDescriptor, entries protoreflect.Map) {
	var lost []protoreflect.MapKey
	entries.Range(func(k protoreflect.MapKey, v protoreflect.Value) bool {
		if fd.MapValue().Message() != nil {
			closeEnums(v.Message())
		} else if undeclared(fd.MapValue(), v) {
			lost = append(lost, k)
		}
		return true
	})
	for _, k := range lost {
		entries.Clear(k)
	}
}

func closeList(m protoreflect.Message, fd protoreflect.FieldDescriptor, list protoreflect.List) {
	kept := 0
	for i := range list.Len() {
		v := list.Get(i)
		if fd.Message() != nil {
			closeEnums(v.Message())
		}
		if !undeclared(fd, v) {
			list.Set(kept, v)
			kept++
		}
	}
	list.Truncate(kept)
}
