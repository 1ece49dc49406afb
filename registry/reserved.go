package registry

import (
	"fmt"
	"strings"

	"github.com/concord-registry/concord/compat"
)

// reservedProperty lists field names, separated by commas, that no later version may use or unreserve.
const reservedProperty = "confluent:reserved"

// Codes of findings about reserved names.
const (
	reservedFieldRemoved = "RESERVED_FIELD_REMOVED"
	reservedFieldUsed    = "FIELD_CONFLICTS_WITH_RESERVED_FIELD"
)

// reservedFields reads the names that a schema's metadata reserves, each once, in their order.
func reservedFields(m *Metadata) (names []string, set map[string]bool) {
	list, _ := property(m, reservedProperty)
	set = map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" && !set[name] {
			names = append(names, name)
			set[name] = true
		}
	}
	return names, set
}

// reservedFindings applies the metadata property confluent:reserved when the config asks for it: what the latest version
// reserves must stay reserved, and no field may have a reserved name.
func reservedFindings(state *subjectState, d *draft, s *settings) []compat.Finding {
	if !s.validatesFields() {
		return nil
	}
	var findings []compat.Finding
	add := func(code, message, hint string) {
		findings = append(findings, compat.Finding{Code: code, Severity: compat.Error, Breaks: []compat.Relation{compat.Reference}, Direction: compat.NewReadsOld, Message: message, Hint: hint})
	}
	_, reserved := reservedFields(d.content.Metadata)
	if state.content != nil {
		before, _ := reservedFields(state.content.Metadata)
		for _, name := range before {
			if !reserved[name] {
				add(reservedFieldRemoved, fmt.Sprintf("The new schema has reserved field %s removed from its metadata which is present in the old schema's metadata.", name),
					fmt.Sprintf("Keep %q in the metadata property %s.", name, reservedProperty))
			}
		}
	}
	for _, name := range d.schema.Fields() {
		if reserved[name] {
			add(reservedFieldUsed, fmt.Sprintf("The new schema has field that conflicts with the reserved field %s.", name),
				fmt.Sprintf("Give the field another name than %q.", name))
		}
	}
	return findings
}
