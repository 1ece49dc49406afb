package proof

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// Decode reads a record as the given type. Undeclared numbers of closed enums are not kept, in maps with their entry. A
// record without a required field is an error, at any depth.
func Decode(md protoreflect.MessageDescriptor, b []byte) (Record, error) {
	record := Record{}
	if rest, err := decode(md, b, record, 0, 0); err != nil || len(rest) > 0 {
		return nil, errors.Join(err, errors.New("not a record"))
	}
	return record, complete(md, record)
}

var errTruncated = errors.New("the record is cut off")

// field is one field of the encoding.
type field struct {
	number  protoreflect.FieldNumber
	kind    int
	bits    uint64
	content []byte
}

// next reads a tag and what follows it, but for groups only the tag.
func next(b []byte) (f field, rest []byte, err error) {
	key, n := binary.Uvarint(b)
	if n <= 0 || key>>3 == 0 || key>>3 > 1<<29-1 {
		return f, nil, errTruncated
	}
	b = b[n:]
	f.number, f.kind = protoreflect.FieldNumber(key>>3), int(key&7)
	switch f.kind {
	case varint:
		f.bits, n = binary.Uvarint(b)
		if n <= 0 {
			return f, nil, errTruncated
		}
		return f, b[n:], nil
	case i64:
		if len(b) < 8 {
			return f, nil, errTruncated
		}
		f.bits = binary.LittleEndian.Uint64(b)
		return f, b[8:], nil
	case i32:
		if len(b) < 4 {
			return f, nil, errTruncated
		}
		f.bits = uint64(binary.LittleEndian.Uint32(b))
		return f, b[4:], nil
	case length:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return f, nil, errTruncated
		}
		f.content = b[n : n+int(size)]
		return f, b[n+int(size):], nil
	case start, end:
		return f, b, nil
	}
	return f, nil, fmt.Errorf("wire type %d", f.kind)
}

// decode reads fields into record until the end of b, or of the group of that number.
func decode(md protoreflect.MessageDescriptor, b []byte, record Record, group protoreflect.FieldNumber, depth int) ([]byte, error) {
	if depth > 100 {
		return nil, errors.New("nested too deep")
	}
	for len(b) > 0 {
		f, rest, err := next(b)
		if err != nil {
			return nil, err
		}
		b = rest
		if f.kind == end {
			if group == 0 || f.number != group {
				return nil, errors.New("the end of another group")
			}
			return b, nil
		}
		fd := byNumber(md, f.number)
		if f.kind == start {
			if b, err = decodeGroup(fd, f, b, record, depth); err != nil {
				return nil, err
			}
			continue
		}
		if fd != nil {
			if err := store(fd, f, record, depth); err != nil {
				return nil, err
			}
		}
	}
	if group != 0 {
		return nil, errTruncated
	}
	return nil, nil
}

func decodeGroup(fd protoreflect.FieldDescriptor, f field, b []byte, record Record, depth int) ([]byte, error) {
	if fd == nil || fd.Kind() != protoreflect.GroupKind {
		return skipGroup(f.number, b, depth)
	}
	into := Record{}
	if !fd.IsList() && record[f.number] != nil {
		into = record[f.number].Values[0].Message
	}
	b, err := decode(fd.Message(), b, into, f.number, depth+1)
	if err == nil {
		set(fd, Value{Message: into}, record)
	}
	return b, err
}

func skipGroup(number protoreflect.FieldNumber, b []byte, depth int) ([]byte, error) {
	for len(b) > 0 && depth <= 100 {
		f, rest, err := next(b)
		if err != nil {
			return nil, err
		}
		b = rest
		switch {
		case f.kind == end && f.number == number:
			return b, nil
		case f.kind == end:
			return nil, errors.New("the end of another group")
		case f.kind == start:
			if b, err = skipGroup(f.number, b, depth+1); err != nil {
				return nil, err
			}
		}
	}
	return nil, errTruncated
}

// store puts a field that the message type defines into the record; one of another wire type is ignored.
func store(fd protoreflect.FieldDescriptor, f field, record Record, depth int) error {
	if fd.IsMap() {
		return storeEntry(fd, f, record, depth)
	}
	if f.kind == length && fd.IsList() && wire(fd.Kind()) != length && wire(fd.Kind()) != start {
		return storeRun(fd, f.content, record)
	}
	if f.kind != wire(fd.Kind()) {
		return nil
	}
	if fd.Kind() != protoreflect.MessageKind {
		v, keep, err := scalar(fd, f)
		if err == nil && keep {
			set(fd, v, record)
		}
		return err
	}
	into := Record{}
	if !fd.IsList() && record[fd.Number()] != nil {
		into = record[fd.Number()].Values[0].Message
	}
	if _, err := decode(fd.Message(), f.content, into, 0, depth+1); err != nil {
		return err
	}
	set(fd, Value{Message: into}, record)
	return nil
}

// storeRun reads a packed list.
func storeRun(fd protoreflect.FieldDescriptor, run []byte, record Record) error {
	for len(run) > 0 {
		// A run is a sequence of values without tags; with a tag before it each is a field.
		f, rest, err := next(append([]byte{byte(1<<3 | wire(fd.Kind()))}, run...))
		if err != nil {
			return err
		}
		run = rest
		if v, keep, err := scalar(fd, f); err != nil {
			return err
		} else if keep {
			set(fd, v, record)
		}
	}
	return nil
}

// storeEntry reads an entry of a map. Its parts have their defaults when they are missing, and the last of several counts.
func storeEntry(fd protoreflect.FieldDescriptor, f field, record Record, depth int) error {
	if f.kind != length {
		return nil
	}
	entry := Record{}
	if _, err := decode(fd.Message(), f.content, entry, 0, depth+1); err != nil {
		return err
	}
	// A value that a closed enum does not declare takes the entry with it.
	for b := f.content; len(b) > 0; {
		part, rest, err := next(b)
		if err != nil {
			return err
		}
		if b = rest; part.number == 2 && part.kind == varint && fd.MapValue().Kind() == protoreflect.EnumKind {
			if _, keep, _ := scalar(fd.MapValue(), part); !keep {
				return nil
			}
		}
		if part.kind == start {
			if b, err = skipGroup(part.number, b, depth); err != nil {
				return err
			}
		}
	}
	key := effective(fd.MapKey(), entry)
	v := Value{Message: Record{}}
	if fd.MapValue().Message() == nil {
		v = effective(fd.MapValue(), entry)
	} else if entry[2] != nil {
		v = entry[2].Values[0]
	}
	v.Key = &key
	held := record[fd.Number()]
	if held == nil {
		held = &Held{}
		record[fd.Number()] = held
	}
	for i := range held.Values {
		if equalScalar(*held.Values[i].Key, key) {
			held.Values[i] = v
			return nil
		}
	}
	held.Values = append(held.Values, v)
	return nil
}

// set gives a field a value: another one in a list, else in place of what it and the other members of its oneof held.
func set(fd protoreflect.FieldDescriptor, v Value, record Record) {
	if o := fd.ContainingOneof(); o != nil {
		for i := range o.Fields().Len() {
			if other := o.Fields().Get(i); other != fd {
				delete(record, other.Number())
			}
		}
	}
	held := record[fd.Number()]
	if held == nil || !fd.IsList() {
		held = &Held{}
		record[fd.Number()] = held
	}
	held.Values = append(held.Values, v)
}

// scalar reads a value of the field's kind. keep is false for an undeclared number of a closed enum.
func scalar(fd protoreflect.FieldDescriptor, f field) (v Value, keep bool, err error) {
	switch fd.Kind() {
	case protoreflect.BoolKind:
		if f.bits != 0 {
			return Value{Number: 1}, true, nil
		}
		return Value{}, true, nil
	case protoreflect.EnumKind:
		n := int32(f.bits)
		keep := !fd.Enum().IsClosed() || fd.Enum().Values().ByNumber(protoreflect.EnumNumber(n)) != nil
		return Integer(int64(n)), keep, nil
	case protoreflect.Int32Kind, protoreflect.Sfixed32Kind:
		return Integer(int64(int32(f.bits))), true, nil
	case protoreflect.Int64Kind, protoreflect.Sfixed64Kind:
		return Integer(int64(f.bits)), true, nil
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return Value{Number: uint64(uint32(f.bits))}, true, nil
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return Value{Number: f.bits}, true, nil
	case protoreflect.Sint32Kind:
		n := uint32(f.bits)
		return Integer(int64(int32(n>>1) ^ -int32(n&1))), true, nil
	case protoreflect.Sint64Kind:
		return Integer(int64(f.bits>>1) ^ -int64(f.bits&1)), true, nil
	case protoreflect.FloatKind:
		return Value{Float: true, Number: math.Float64bits(float64(math.Float32frombits(uint32(f.bits))))}, true, nil
	case protoreflect.DoubleKind:
		return Value{Float: true, Number: f.bits}, true, nil
	case protoreflect.StringKind:
		if checked(fd) && !utf8.Valid(f.content) {
			return v, false, fmt.Errorf("%s: not UTF-8", fd.FullName())
		}
	}
	return Value{Bytes: f.content}, true, nil
}

// complete checks that all required fields are there.
func complete(md protoreflect.MessageDescriptor, record Record) error {
	for _, fd := range fieldsOf(md) {
		held := record[fd.Number()]
		if fd.Cardinality() == protoreflect.Required && held == nil {
			return fmt.Errorf("%s is required and missing", fd.FullName())
		}
		sub := fd.Message()
		if fd.IsMap() {
			sub = fd.MapValue().Message()
		}
		if held == nil || sub == nil {
			continue
		}
		for _, v := range held.Values {
			if err := complete(sub, v.Message); err != nil {
				return err
			}
		}
	}
	return nil
}

// effective is the value of a singular scalar field, or its default.
func effective(fd protoreflect.FieldDescriptor, record Record) Value {
	if held := record[fd.Number()]; held != nil {
		return held.Values[0]
	}
	switch d := fd.Default().Interface().(type) {
	case bool:
		if d {
			return Value{Number: 1}
		}
	case int32:
		return Integer(int64(d))
	case int64:
		return Integer(d)
	case uint32:
		return Value{Number: uint64(d)}
	case uint64:
		return Value{Number: d}
	case float32:
		return Value{Float: true, Number: math.Float64bits(float64(d))}
	case float64:
		return Value{Float: true, Number: math.Float64bits(d)}
	case string:
		return Value{Bytes: []byte(d)}
	case []byte:
		return Value{Bytes: d}
	case protoreflect.EnumNumber:
		return Integer(int64(d))
	}
	return Value{}
}
