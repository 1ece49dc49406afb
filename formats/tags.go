package formats

// Tagger is implemented by schemas that can carry inline tags (confluent:tags).
type Tagger interface {
	Schema
	// Tags lists the inline tags of every entity that has some, in document order. Entities whose path is longer than
	// MaxEntityPath are left out.
	Tags() []EntityTags
	// Known returns those of some tags that are on entities which the schema has.
	Known(tags []EntityTags) []EntityTags
	// Retag returns the canonical text with tags added to and removed from the named entities. An entity that the
	// schema does not have is a *ParseError. Changes of one entity are best made as one.
	Retag(add, remove []EntityTags) (string, error)
}

// EntityTags are the tags on one entity of a schema.
type EntityTags struct {
	Entity Entity   `json:"schemaEntity"`
	Tags   []string `json:"tags"`
}

// MaxEntityPath is how many bytes the path of an entity may have. Every field has the name of its record in its own, so that
// all of them together could be many times the text.
const MaxEntityPath = 4096

// Entity names a record (message, object) or a field by its dotted path, for example "a.b.Rec.field".
type Entity struct {
	Path string     `json:"entityPath"`
	Type EntityType `json:"entityType"`
}

// EntityType is SR_RECORD or SR_FIELD.
type EntityType string

// The kinds of entity a tag can be on.
const (
	RecordEntity EntityType = "SR_RECORD"
	FieldEntity  EntityType = "SR_FIELD"
)

// AddTags returns the tags of a list and then those of another, each once.
func AddTags(list, more []string) []string {
	var out []string
	seen := make(map[string]bool, len(list)+len(more))
	for _, tags := range [][]string{list, more} {
		for _, tag := range tags {
			if !seen[tag] {
				seen[tag] = true
				out = append(out, tag)
			}
		}
	}
	return out
}

// DropTags returns the tags of a list that are not in another.
func DropTags(list, gone []string) []string {
	drop := make(map[string]bool, len(gone))
	for _, tag := range gone {
		drop[tag] = true
	}
	var out []string
	for _, tag := range list {
		if !drop[tag] {
			out = append(out, tag)
		}
	}
	return out
}
