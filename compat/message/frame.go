package message

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/formats/protobuf"
)

// Frame is a message as serializers put it on the wire: which schema wrote it, and the payload.
//
//	magic 0: 00, the id in four bytes (big endian), the payload
//	magic 1: 01, the guid in sixteen bytes, the payload
//
// A payload of Protobuf begins with a message index; see Codec.Read. Clients that keep the schema out of the message put a frame without
// payload (for Protobuf with the index alone) into a header of the record, __value_schema_id or __key_schema_id.
type Frame struct {
	ID      int       // of magic 0; registries give ids from 1 on
	GUID    uuid.UUID // of magic 1, when ID is 0
	Payload []byte
}

// The sizes of what stands before a payload.
const (
	idHead   = 1 + 4
	guidHead = 1 + 16
)

// FrameError says why bytes are no frame.
type FrameError struct{ Message string }

func (e *FrameError) Error() string { return e.Message }

// ParseFrame takes a message apart. Payload shares the memory of data. The error is a *FrameError.
func ParseFrame(data []byte) (Frame, error) {
	switch {
	case len(data) == 0:
		return Frame{}, &FrameError{"the message is empty; one that a serializer wrote begins with the byte 00 or 01"}
	case data[0] == 0 && len(data) >= idHead:
		id := binary.BigEndian.Uint32(data[1:])
		if id > math.MaxInt32 {
			return Frame{}, &FrameError{fmt.Sprintf("the four bytes after the magic byte 00 are %08x, which is no id of a schema", id)}
		}
		return Frame{ID: int(id), Payload: data[idHead:]}, nil
	case data[0] == 1 && len(data) >= guidHead:
		guid := uuid.UUID(data[1:guidHead])
		if guid == uuid.Nil {
			return Frame{}, &FrameError{"the sixteen bytes after the magic byte 01 are all 00, which is no guid of a schema"}
		}
		return Frame{GUID: guid, Payload: data[guidHead:]}, nil
	case data[0] == 0:
		return Frame{}, &FrameError{fmt.Sprintf("the magic byte 00 is followed by the four bytes of a schema id, and there are only %d", len(data)-1)}
	case data[0] == 1:
		return Frame{}, &FrameError{fmt.Sprintf("the magic byte 01 is followed by the sixteen bytes of a guid, and there are only %d", len(data)-1)}
	}
	return Frame{}, &FrameError{fmt.Sprintf("the first byte is %02x; a message that a serializer wrote begins with 00 (then an id) or 01 (then a guid)", data[0])}
}

// Bytes puts the frame together.
func (f Frame) Bytes() []byte {
	if f.ID == 0 && f.GUID != uuid.Nil {
		return append(append([]byte{1}, f.GUID[:]...), f.Payload...)
	}
	return append(binary.BigEndian.AppendUint32([]byte{0}, uint32(f.ID)), f.Payload...)
}

// HeaderIndex is the message index in a frame that a header held; nil when there is none.
func HeaderIndex(f Frame) ([]int, error) {
	if len(f.Payload) == 0 {
		return nil, nil
	}
	index, rest, err := protobuf.ConsumeIndex(f.Payload)
	if err != nil || len(rest) > 0 {
		return nil, &FrameError{fmt.Sprintf("the header holds %d bytes after the id or guid, which are no message index", len(f.Payload))}
	}
	return index, nil
}
