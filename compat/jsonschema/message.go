package jsonschema

import (
	"fmt"
	"strings"

	"github.com/concord-registry/concord/compat"
)

// Descriptions of the incompatible differences as clients of the reference server know them, by what they say. The verbs
// are the path, the side that reads and the side that wrote.
const (
	keywordOnlyInReader = "The keyword at path '%[1]s' in the %[2]s schema is not present in the %[3]s schema"
	valueGrown          = "The value at path '%[1]s' in the %[2]s schema is more than its value in the %[3]s schema"
	valueShrunk         = "The value at path '%[1]s' in the %[2]s schema is less than its value in the %[3]s schema"
	valueDiffers        = "The value at path '%[1]s' is different between the %[2]s and %[3]s schema"
	listShrunk          = "An array or combined type at path '%[1]s' has fewer elements in the %[2]s schema than the %[3]s schema"
	listGrown           = "An array or combined type at path '%[1]s' has more elements in the %[2]s schema than the %[3]s schema"
	typeDiffers         = "A type at path '%[1]s' is different between the %[2]s schema and the %[3]s schema"
	addedToOpen         = "The %[2]s schema has an open content model and has a property or item at path '%[1]s' which is missing in the %[3]s schema"
	requiredAdded       = "The %[2]s schema has an unopen content model and has a required property at path '%[1]s' which is missing in the %[3]s schema"
	removedFromClosed   = "The %[2]s schema has a closed content model and is missing a property or item present at path '%[1]s' in the %[3]s schema"
	removedNotCovered   = "A property or item is missing in the %[2]s schema but present at path '%[1]s' in the %[3]s schema and is not covered by its partially open content model"
	addedNotCovered     = "The %[2]s schema has a property or item at path '%[1]s' which is missing in the %[3]s schema and is not covered by its partially open content model"
)

// descriptions maps the codes that no rule of describe covers.
var descriptions = map[code]string{
	"ADDITIONAL_PROPERTIES_REMOVED": keywordOnlyInReader, "ADDITIONAL_ITEMS_REMOVED": keywordOnlyInReader,
	"UNEVALUATED_PROPERTIES_REMOVED": keywordOnlyInReader, "UNEVALUATED_ITEMS_REMOVED": keywordOnlyInReader,
	"MULTIPLE_OF_EXPANDED": valueGrown, "PATTERN_CHANGED": valueDiffers, "MULTIPLE_OF_CHANGED": valueDiffers,
	"DEPENDENCY_ARRAY_CHANGED": valueDiffers, "CONST_CHANGED": valueDiffers,
	"TYPE_CHANGED": typeDiffers, "TYPE_NARROWED": typeDiffers, "COMBINED_TYPE_CHANGED": typeDiffers,
	"COMBINED_TYPE_SUBSCHEMAS_CHANGED": typeDiffers, "ENUM_ARRAY_CHANGED": typeDiffers,
	"DEPENDENCY_ARRAY_EXTENDED": listGrown, "PRODUCT_TYPE_EXTENDED": listGrown, "NOT_TYPE_EXTENDED": listGrown,
	"REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL": requiredAdded,
	"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL":      removedFromClosed, "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL": removedFromClosed,
	"PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL": removedNotCovered,
	"ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL":     removedNotCovered,
	"PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL":   addedNotCovered,
	"ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL":       addedNotCovered,
}

// describe returns the form of an incompatible difference's description.
func describe(c code) string {
	if form, ok := descriptions[c]; ok {
		return form
	}
	switch s := string(c); {
	case strings.HasSuffix(s, "_ADDED_TO_OPEN_CONTENT_MODEL"):
		return addedToOpen
	case strings.HasSuffix(s, "_ADDED"):
		return keywordOnlyInReader
	case strings.HasSuffix(s, "_INCREASED"):
		return valueGrown
	case strings.HasSuffix(s, "_DECREASED"):
		return valueShrunk
	case strings.HasSuffix(s, "_NARROWED"):
		return listShrunk
	}
	return ""
}

// message is a difference as the verbose answer of the REST API spells it.
func message(d difference, direction compat.Direction) string {
	reader, writer := direction.ReaderWriter()
	description := ""
	if form := describe(d.code); form != "" {
		description = fmt.Sprintf(form, d.path.String(), reader, writer)
	}
	return fmt.Sprintf(`{errorType:"%s", description:"%s"}`, d.code, description)
}
