package protobuf

import (
	format "github.com/concord-registry/concord/formats/protobuf"
)

// Codes of what goes wrong beyond the reference's list.
const (
	codeNarrowed        = "NUMERIC_NARROWED"
	codeSign            = "NUMERIC_SIGN"
	codeToBool          = "NUMERIC_TO_BOOL"
	codeZigZag          = "ZIGZAG"
	codeWireType        = "WIRE_TYPE"
	codeBits            = "BITS"
	codeUTF8            = "UTF8"
	codeBytesAsMessage  = "BYTES_AS_MESSAGE"
	codeMessageAsText   = "MESSAGE_AS_TEXT"
	codePackedToOne     = "PACKED_TO_SINGULAR"
	codeRepeatedToOne   = "REPEATED_TO_SINGULAR"
	codeMessagesMerged  = "MESSAGES_MERGED"
	codeMapToList       = "MAP_TO_LIST"
	codeListToMap       = "LIST_TO_MAP"
	codeMapShape        = "MAP_SHAPE"
	codeMapKey          = "MAP_KEY_DOMAIN"
	codeRequiredAdded   = "REQUIRED_ADDED"
	codeEnumClosed      = "ENUM_CLOSED"
	codeDefaultChanged  = "DEFAULT_CHANGED"
	codeOneofMerged     = "ONEOF_MERGED"
	codeMessageSet      = "MESSAGE_SET"
	codeGroup           = "GROUP"
	codeMessageRemoved  = "MESSAGE_REMOVED"
	codeRenumbered      = "FIELD_RENUMBERED"
	codeSwapped         = "FIELDS_SWAPPED"
	codeEnumRenumbered  = "ENUM_RENUMBERED"
	codeReservedReused  = "RESERVED_REUSED"
	codeFieldRenamed    = "FIELD_RENAMED"
	codeEnumRenamed     = "ENUM_VALUE_RENAMED"
	codeJSONNameChanged = "JSON_NAME_CHANGED"
	codeJSONNameReused  = "JSON_NAME_REUSED"
	codeJSONEnumName    = "JSON_ENUM_NAME"
	codeJSONType        = "JSON_TYPE"
	codeJSONOneof       = "JSON_ONEOF"
	codeMore            = "MORE_FINDINGS" // stands for those that are left out
)

// class is what happens to a record.
type class uint8

// The classes, mildest first. The first three leave the record as it was written, apart from what is said.
const (
	information class = iota
	lossy             // only part of the value is kept, by rule
	silentDrop        // the reader knows the number and sees nothing
	misread           // the reader sees another value
	noReader          // no type reads the record
	decodeError       // the record is refused
)

// cause is one way in which a reader misbehaves on a record that the writer may write.
type cause struct {
	code  string
	class class
	// exact and spec say which wire relations it breaks; spec is false where the public update rules allow the change.
	exact, spec, json, names bool

	at   *visit
	w, r *format.FieldModel // the field on both sides; either may be nil
	part string             // "key" or "value" of a map

	contents []content // what to write to see it, at the message of the visit; nil with class decodeError means nothing at all
	scalar   *format.Scalar
	got      *format.Scalar // what the reader sees instead, where that is one value
	other    string         // a second name, where the sentence needs one
	noRecord string         // why there is no record to show
}

// content is what a witness gives one field.
type content struct {
	field *format.FieldModel
	list  []value // one for a singular field
}

// value is a scalar, an encoded message that is built later (message != nil), or a map entry.
type value struct {
	scalar   format.Scalar
	message  *format.MessageModel
	contents []content
	key      *format.Scalar
}

// visit is a pair of message types and one way to get there from a record: through fields of the writer.
type visit struct {
	w, r  *format.MessageModel
	outer *visit
	top   *visit             // the outermost one; nil at the root
	field *format.FieldModel // of outer.w, nil at the root
	into  *format.FieldModel // of outer.r
}

func (v *visit) root() *visit {
	if v.top != nil {
		return v.top
	}
	return v
}
