package jsonschema

// code names a kind of difference, as the reference server does in its messages.
type code string

// step is one part of the path of a difference; a nil step is the root.
type step struct {
	above *step
	name  string
	depth int // how many steps the path has
}

func (s *step) enter(name string) *step { return &step{s, name, s.length() + 1} }

// String is the path in the reference's notation: "#/" for the root, names unescaped.
func (s *step) String() string {
	size := 1
	for p := s; p != nil; p = p.above {
		size += 1 + len(p.name)
	}
	if s == nil {
		return "#/"
	}
	out := make([]byte, size)
	for p := s; p != nil; p = p.above {
		size -= len(p.name)
		copy(out[size:], p.name)
		size--
		out[size] = '/'
	}
	out[0] = '#'
	return string(out)
}

// below returns s as a path under prefix instead of under the root.
func (s *step) below(prefix *step) *step {
	if s == nil {
		return prefix
	}
	return s.above.below(prefix).enter(s.name)
}

// isAtOrBelow reports whether s is the path above, or one that begins with it.
func (s *step) isAtOrBelow(above *step) bool {
	n := s.length() - above.length()
	for ; n > 0; n-- {
		s = s.above
	}
	if n < 0 {
		return false
	}
	for ; s != nil; s, above = s.above, above.above {
		if s.name != above.name {
			return false
		}
	}
	return true
}

func (s *step) length() int {
	if s == nil {
		return 0
	}
	return s.depth
}

// difference is one entry of the list that the reference compares two schemas into.
type difference struct {
	code code
	path *step
	// writer and reader are the shapes whose comparison found it; nil where one has nothing there.
	writer, reader *shape
	// keyword is the keyword the difference is about, within writer and reader; empty for the whole of them.
	keyword string
	// name is the property or the pattern below keyword that is meant, where there is one.
	name string
}

// compatible lists the differences that do not make two schemas incompatible.
var compatible = set(
	"ID_CHANGED", "DESCRIPTION_CHANGED", "TITLE_CHANGED", "DEFAULT_CHANGED", "SCHEMA_REMOVED", "TYPE_EXTENDED",
	"MAX_LENGTH_INCREASED", "MAX_LENGTH_REMOVED", "MIN_LENGTH_DECREASED", "MIN_LENGTH_REMOVED", "PATTERN_REMOVED",
	"MAXIMUM_INCREASED", "MAXIMUM_REMOVED", "MINIMUM_DECREASED", "MINIMUM_REMOVED",
	"EXCLUSIVE_MAXIMUM_INCREASED", "EXCLUSIVE_MAXIMUM_REMOVED", "EXCLUSIVE_MINIMUM_DECREASED", "EXCLUSIVE_MINIMUM_REMOVED",
	"MULTIPLE_OF_REDUCED", "MULTIPLE_OF_REMOVED",
	"REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED", "REQUIRED_ATTRIBUTE_REMOVED",
	"DEPENDENCY_ARRAY_NARROWED", "DEPENDENCY_ARRAY_REMOVED", "DEPENDENCY_SCHEMA_REMOVED",
	"MAX_PROPERTIES_INCREASED", "MAX_PROPERTIES_REMOVED", "MIN_PROPERTIES_DECREASED", "MIN_PROPERTIES_REMOVED",
	"ADDITIONAL_PROPERTIES_ADDED", "ADDITIONAL_PROPERTIES_EXTENDED",
	"UNEVALUATED_PROPERTIES_ADDED", "UNEVALUATED_PROPERTIES_EXTENDED",
	"PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL",
	"OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL", "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL",
	"PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL", "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"MAX_ITEMS_INCREASED", "MAX_ITEMS_REMOVED", "MIN_ITEMS_DECREASED", "MIN_ITEMS_REMOVED", "UNIQUE_ITEMS_REMOVED",
	"MAX_CONTAINS_INCREASED", "MAX_CONTAINS_REMOVED", "MIN_CONTAINS_DECREASED", "MIN_CONTAINS_REMOVED",
	"ADDITIONAL_ITEMS_ADDED", "ADDITIONAL_ITEMS_EXTENDED", "UNEVALUATED_ITEMS_ADDED", "UNEVALUATED_ITEMS_EXTENDED",
	"ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL", "ITEM_ADDED_TO_CLOSED_CONTENT_MODEL",
	"ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL", "ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL",
	"ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL",
	"ENUM_ARRAY_EXTENDED", "COMBINED_TYPE_EXTENDED", "PRODUCT_TYPE_NARROWED", "SUM_TYPE_EXTENDED", "NOT_TYPE_NARROWED",
)

// forgiven lists what the lenient policy (compatibilityPolicy=LENIENT) accepts on top of compatible: additions that old
// data could contradict only by chance, and removals that a reader notices only when it validates.
var forgiven = set(
	"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL",
	"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", "ADDITIONAL_PROPERTIES_REMOVED", "ADDITIONAL_PROPERTIES_NARROWED",
	"UNEVALUATED_PROPERTIES_REMOVED", "UNEVALUATED_PROPERTIES_NARROWED",
)

func set(codes ...code) map[code]bool {
	m := make(map[code]bool, len(codes))
	for _, c := range codes {
		m[c] = true
	}
	return m
}
