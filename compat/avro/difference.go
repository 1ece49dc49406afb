package avro

import (
	"fmt"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats/avro"
)

// The codes of the reference's incompatibilities.
const (
	NameMismatch       = "NAME_MISMATCH"
	FixedSizeMismatch  = "FIXED_SIZE_MISMATCH"
	MissingEnumSymbols = "MISSING_ENUM_SYMBOLS"
	MissingDefault     = "READER_FIELD_MISSING_DEFAULT_VALUE"
	TypeMismatch       = "TYPE_MISMATCH"
	MissingUnionBranch = "MISSING_UNION_BRANCH"
)

// difference is one incompatibility as the reference sees it.
type difference struct {
	code     string
	location string // a pointer into the reader's schema
	detail   string

	reader, writer *avro.Type
	field          int    // of the reader's record: the field that has no default
	way            *trail // from the two roots; only when the comparison is full
}

// message renders the difference as the reference's REST answers do.
func (d *difference) message(direction compat.Direction) string {
	return fmt.Sprintf("{errorType:'%s', description:'%s', additionalInfo:'%s'}", d.code, d.description(direction), d.detail)
}

func (d *difference) description(direction compat.Direction) string {
	reader, writer := direction.ReaderWriter()
	switch d.code {
	case FixedSizeMismatch:
		return fmt.Sprintf("The size of FIXED type field at path '%s' in the %s schema does not match with the %s schema", d.location, reader, writer)
	case TypeMismatch:
		return fmt.Sprintf("The type (path '%s') of a field in the %s schema does not match with the %s schema", d.location, reader, writer)
	case NameMismatch:
		return fmt.Sprintf("The name of the schema has changed (path '%s')", d.location)
	case MissingEnumSymbols:
		return fmt.Sprintf("The %s schema is missing enum symbols '%s' at path '%s' in the %s schema", reader, d.detail, d.location, writer)
	case MissingUnionBranch:
		return fmt.Sprintf("The %s schema is missing a type inside a union field at path '%s' in the %s schema", reader, d.location, writer)
	default:
		return fmt.Sprintf("The field '%s' at path '%s' in the %s schema has no default value and is missing in the %s schema", d.detail, d.location, reader, writer)
	}
}

// ambiguity is the case in which the reference gives up: more than one field of the writer is a field of the reader,
// because of aliases. The reference then answers "incompatible" with this as its only message.
type ambiguity struct {
	reader, writer *avro.Type
	field          int
	way            *trail
}

func (a *ambiguity) Error() string {
	f := &a.reader.Fields[a.field]
	writer, _ := a.writer.Text(maxSchemaInMessage)
	return fmt.Sprintf("Reader record field %s type:%s pos:%d matches multiple fields in writer record schema %s",
		f.Name, upper(f.Type.Kind), a.field, writer)
}

// maxSchemaInMessage cuts off the writer's schema in the message of an ambiguity, in bytes. The reference does not; no
// schema that a person wrote is longer.
const maxSchemaInMessage = 64 << 10
