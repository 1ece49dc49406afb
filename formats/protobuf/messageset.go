package protobuf

import "google.golang.org/protobuf/encoding/protowire"

// A message set is a message without fields of its own, whose extensions are written as groups of number 1: the number of
// the extension under 2, its message under 3. Nothing else in it is read.
const (
	SetItemNumber    = 1
	SetTypeNumber    = 2
	SetMessageNumber = 3
)

// maxSetDepth is how deep in a record message sets are looked for.
const maxSetDepth = 100

// plainSets writes a record anew with the extensions of message sets as fields. What is malformed stays as it is, for the
// decoder to refuse.
func plainSets(m *MessageModel, record []byte, depth int) []byte {
	if depth > maxSetDepth {
		return record
	}
	return rewrite(record, func(out []byte, number int32, kind protowire.Type, content []byte) ([]byte, bool) {
		switch f := m.Field(number); {
		case m.MessageSet && number == SetItemNumber && kind == protowire.StartGroupType:
			return appendSetItem(out, m, content, depth), true
		case m.MessageSet:
			return out, true
		case f == nil:
		case f.Cardinality == Map && f.Value.Message != nil && kind == protowire.BytesType:
			entry := rewrite(content, func(out []byte, number int32, kind protowire.Type, content []byte) ([]byte, bool) {
				if number != f.Value.Number || kind != protowire.BytesType {
					return out, false
				}
				return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Value.Message, content, depth+1)), true
			})
			return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), entry), true
		case f.Message != nil && kind == WireType(f.Kind) && kind == protowire.StartGroupType:
			out = append(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Message, content, depth+1)...)
			return protowire.AppendTag(out, protowire.Number(number), protowire.EndGroupType), true
		case f.Message != nil && kind == WireType(f.Kind):
			return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Message, content, depth+1)), true
		}
		return out, false
	})
}

// appendSetItem writes what a message set holds of one extension as a field.
func appendSetItem(out []byte, m *MessageModel, item []byte, depth int) []byte {
	var number uint64
	var message []byte
	rewrite(item, func(out []byte, part int32, kind protowire.Type, content []byte) ([]byte, bool) {
		switch {
		case part == SetTypeNumber && kind == protowire.VarintType:
			number, _ = protowire.ConsumeVarint(content)
		case part == SetMessageNumber && kind == protowire.BytesType:
			message = content
		}
		return out, true
	})
	if number == 0 || number > uint64(protowire.MaxValidNumber) {
		return out
	}
	if f := m.Field(int32(number)); f != nil && f.Message != nil {
		message = plainSets(f.Message, message, depth+1)
	}
	return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), protowire.BytesType), message)
}

// rewrite copies a record field by field. replace is given what is behind the tag, for messages and groups what is inside
// them, and writes the field itself or returns false.
func rewrite(record []byte, replace func(out []byte, number int32, kind protowire.Type, content []byte) ([]byte, bool)) []byte {
	var out []byte
	for len(record) > 0 {
		number, kind, tag := protowire.ConsumeTag(record)
		if tag < 0 {
			return append(out, record...)
		}
		size := protowire.ConsumeFieldValue(number, kind, record[tag:])
		if size < 0 {
			return append(out, record...)
		}
		content := record[tag : tag+size]
		switch kind {
		case protowire.BytesType:
			content, _ = protowire.ConsumeBytes(content)
		case protowire.StartGroupType:
			content, _ = protowire.ConsumeGroup(number, content)
		}
		var done bool
		if out, done = replace(out, int32(number), kind, content); !done {
			out = append(out, record[:tag+size]...)
		}
		record = record[tag+size:]
	}
	return out
}
