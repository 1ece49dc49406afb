package protobuf

import (
	"google.golang.org/protobuf/encoding/protowire"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// A message set is a message without fields of its own, whose extensions are written as groups of number 1: the number of
// the extension under 2, its message under 3. Nothing else in it is read.
const (
	setItemNumber    = 1
	setTypeNumber    = 2
	setMessageNumber = 3
)

// messageSet notes that what one side writes as a message set is read by the other as fields, or the other way round. It
// is shown with an extension that both know; there can always be others, in files that are not here.
func (a *analysis) messageSet(v *visit) {
	c := &cause{code: codeMessageSet, class: silentDrop, exact: true, spec: true, at: v, noRecord: "the records that show it hold extensions, and the schemas declare none that both know"}
	for _, fw := range v.w.Fields {
		if fr := v.r.Field(fw.Number); fr != nil && fw.Message != nil && fr.Message != nil && writable(fw) {
			c.w, c.r, c.contents, c.noRecord = fw, fr, []content{filled(fw)}, ""
			break
		}
	}
	a.add(c)
}

// setItem is an extension as a message set holds it.
func setItem(p part) part {
	inside := []part{
		{number: setTypeNumber, item: item{kind: protowire.VarintType, n: uint64(p.number)}},
		{number: setMessageNumber, item: item{kind: protowire.BytesType, b: p.b}, inside: p.inside},
	}
	return part{number: setItemNumber, item: item{kind: protowire.StartGroupType, b: encodeParts(inside)}, inside: inside}
}

// plainSets writes a record anew with the extensions of message sets as fields. What is malformed stays as it is, for the
// decoder to refuse.
func plainSets(m *format.MessageModel, record []byte) []byte {
	return rewrite(record, func(out []byte, number int32, kind protowire.Type, content []byte) ([]byte, bool) {
		switch f := m.Field(number); {
		case m.MessageSet && number == setItemNumber && kind == protowire.StartGroupType:
			return appendSetItem(out, m, content), true
		case m.MessageSet:
			return out, true
		case f == nil:
		case f.Cardinality == format.Map && f.Value.Message != nil && kind == protowire.BytesType:
			entry := rewrite(content, func(out []byte, number int32, kind protowire.Type, content []byte) ([]byte, bool) {
				if number != f.Value.Number || kind != protowire.BytesType {
					return out, false
				}
				return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Value.Message, content)), true
			})
			return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), entry), true
		case f.Message != nil && kind == wireType(f.Kind) && kind == protowire.StartGroupType:
			out = append(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Message, content)...)
			return protowire.AppendTag(out, protowire.Number(number), protowire.EndGroupType), true
		case f.Message != nil && kind == wireType(f.Kind):
			return protowire.AppendBytes(protowire.AppendTag(out, protowire.Number(number), kind), plainSets(f.Message, content)), true
		}
		return out, false
	})
}

// appendSetItem writes what a message set holds of one extension as a field.
func appendSetItem(out []byte, m *format.MessageModel, item []byte) []byte {
	var number uint64
	var message []byte
	rewrite(item, func(out []byte, part int32, kind protowire.Type, content []byte) ([]byte, bool) {
		switch {
		case part == setTypeNumber && kind == protowire.VarintType:
			number, _ = protowire.ConsumeVarint(content)
		case part == setMessageNumber && kind == protowire.BytesType:
			message = content
		}
		return out, true
	})
	if number == 0 || number > uint64(protowire.MaxValidNumber) {
		return out
	}
	if f := m.Field(int32(number)); f != nil && f.Message != nil {
		message = plainSets(f.Message, message)
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
