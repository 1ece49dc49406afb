package protobuf

import (
	"encoding/binary"
	"errors"
)

// Index is the message index of a message: its place among the messages that its file declares, preceded by the places of
// the messages around it. Enums do not count, entry types of maps count where the text declares them. Types that a
// payload cannot name have none: enums, groups, and those of other files.
func (t *Type) Index() []int {
	if !t.Unit.Own() || t.IsGroup || t.Message == nil {
		return nil
	}
	siblings := t.Unit.Messages
	var index []int
	if t.Outer != nil {
		if index = t.Outer.Index(); index == nil {
			return nil
		}
		siblings = t.Outer.Message.Messages
	}
	for i, m := range siblings {
		if m == t.Message {
			return append(index, i)
		}
	}
	return nil
}

// AppendIndex encodes a message index: its length and its places, each as a zigzag varint. The index of the first message
// is the single byte zero.
func AppendIndex(b []byte, index []int) []byte {
	if len(index) == 1 && index[0] == 0 {
		return append(b, 0)
	}
	b = binary.AppendVarint(b, int64(len(index)))
	for _, place := range index {
		b = binary.AppendVarint(b, int64(place))
	}
	return b
}

var errIndex = errors.New("the payload does not begin with a message index")

// ConsumeIndex reads a message index from the front of b and returns it with what follows.
func ConsumeIndex(b []byte) (index []int, rest []byte, err error) {
	count, n := binary.Varint(b)
	if n <= 0 || count < 0 || count > maxDepth {
		return nil, nil, errIndex
	}
	b = b[n:]
	if count == 0 {
		return []int{0}, b, nil
	}
	for range count {
		place, n := binary.Varint(b)
		if n <= 0 || place < 0 || place > 1<<31-1 {
			return nil, nil, errIndex
		}
		index, b = append(index, int(place)), b[n:]
	}
	return index, b, nil
}
