package protobuf

import (
	"fmt"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// The differences of the reference server, in the words of its list. Those of incompatible reject under the reference
// policy; the others are only told.
const (
	packageChanged             = "PACKAGE_CHANGED"
	messageAdded               = "MESSAGE_ADDED"
	messageRemoved             = "MESSAGE_REMOVED"
	messageMoved               = "MESSAGE_MOVED"
	enumAdded                  = "ENUM_ADDED"
	enumRemoved                = "ENUM_REMOVED"
	enumConstAdded             = "ENUM_CONST_ADDED"
	enumConstRemoved           = "ENUM_CONST_REMOVED"
	enumConstChanged           = "ENUM_CONST_CHANGED"
	fieldAdded                 = "FIELD_ADDED"
	fieldRemoved               = "FIELD_REMOVED"
	fieldNameChanged           = "FIELD_NAME_CHANGED"
	fieldKindChanged           = "FIELD_KIND_CHANGED"
	fieldScalarKindChanged     = "FIELD_SCALAR_KIND_CHANGED"
	fieldNamedTypeChanged      = "FIELD_NAMED_TYPE_CHANGED"
	fieldNumericLabelChanged   = "FIELD_NUMERIC_LABEL_CHANGED"
	fieldTextLabelChanged      = "FIELD_STRING_OR_BYTES_LABEL_CHANGED"
	requiredFieldAdded         = "REQUIRED_FIELD_ADDED"
	requiredFieldRemoved       = "REQUIRED_FIELD_REMOVED"
	oneofAdded                 = "ONEOF_ADDED"
	oneofRemoved               = "ONEOF_REMOVED"
	oneofFieldAdded            = "ONEOF_FIELD_ADDED"
	oneofFieldRemoved          = "ONEOF_FIELD_REMOVED"
	oneofFieldMovedToTopLevel  = "ONEOF_FIELD_MOVED_TO_TOP_LEVEL"
	multipleFieldsMovedToOneof = "MULTIPLE_FIELDS_MOVED_TO_ONEOF"
	fieldMovedToExistingOneof  = "FIELD_MOVED_TO_EXISTING_ONEOF"
)

// description holds the sentence that the reference prints for each incompatible difference: path, then reader and
// writer. Its spelling, doubled space included, is part of the interface that clients parse.
var descriptions = map[string]string{
	packageChanged:             "The package at '%s' in the %s schema does not match the package in the %s schema",
	messageRemoved:             "The %[2]s schema is missing a MESSAGE type at path '%[1]s' in the %[3]s schema",
	fieldKindChanged:           "The type of a field at path '%s' in the %s schema does not match the %s schema",
	fieldScalarKindChanged:     "The kind of a SCALAR field at path '%s' in the %s schema does not match its kind in the %s schema",
	fieldNamedTypeChanged:      "The type of a MESSAGE field at path '%s' in the %s schema does not match its type in the %s schema",
	fieldNumericLabelChanged:   "The label for a NUMERIC field at path '%s' in the %s schema does not match its label in the %s schema",
	requiredFieldAdded:         "A required field  at path '%s' in the %s schema is missing in the %s schema",
	requiredFieldRemoved:       "The %[2]s schema is missing a required field at path: '%[1]s' in the %[3]s schema",
	oneofFieldRemoved:          "The %[2]s schema is missing a oneof field at path '%[1]s' in the %[3]s schema",
	multipleFieldsMovedToOneof: "Multiple fields in the oneof at path '%s' in the %s schema are outside a oneof in the %s schema",
	fieldMovedToExistingOneof:  "A field in the oneof at path '%s' in the %s schema is outside an existing oneof in the %s schema",
}

func incompatible(code string) bool { return descriptions[code] != "" }

// difference is one entry of the reference's list.
type difference struct {
	code, path     string
	writer, reader place
	inner          bool // it only says that something inside the type has changed
	// Where a type of another file is concerned: the fields of the schemas themselves that lead there.
	writerVia, readerVia place
}

// spot is a declaration and the part of it that a difference is about.
type spot struct {
	node any // *format.Field, *format.Message, *format.Oneof, *format.Enum or *format.EnumValue
	pos  format.Pos
}

// place is a spot in one of the files of a schema.
type place struct {
	unit *format.Unit
	spot
}

// message renders the difference as the reference does.
func (d difference) message(reader, writer string) string {
	return fmt.Sprintf(`{errorType:"%s", description:"%s"}`, d.code, fmt.Sprintf(descriptions[d.code], d.path, reader, writer))
}
