package registry

import (
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// The words of the stored records are the registry's own.
type (
	Metadata   = storage.Metadata
	RuleSet    = storage.RuleSet
	Rule       = storage.Rule
	Config     = storage.Config
	Registrant = storage.Registrant
)

// SchemaRequest is the body of a registration, a lookup and a compatibility check.
type SchemaRequest struct {
	Schema     string               `json:"schema"`
	Type       string               `json:"schemaType"` // as sent; empty means AVRO
	References []formats.Reference  `json:"references"`
	Metadata   *Metadata            `json:"metadata"`
	RuleSet    *RuleSet             `json:"ruleSet"`
	Version    int                  `json:"version"` // 0: any; -1: must equal the latest, or follow it; >0: exactly this
	ID         *int                 `json:"id"`      // nil or negative: the registry chooses
	TagsToAdd  []formats.EntityTags `json:"schemaTagsToAdd"`
	TagsToDrop []formats.EntityTags `json:"schemaTagsToRemove"`
	// PropagateTags copies the inline tags of the previous version.
	PropagateTags bool `json:"propagateSchemaTags"`
}

// SchemaVersion is one version of a subject as it is read back. Every text in it is final: canonical, or printed in the
// format that was asked for.
type SchemaVersion struct {
	Subject    string               `json:"subject"` // qualified outside the default context; empty when only a guid was asked for
	Version    int                  `json:"version"`
	ID         int                  `json:"id"`
	GUID       string               `json:"guid"`
	Type       formats.Type         `json:"schemaType"`
	Schema     string               `json:"schema"`
	References []formats.Reference  `json:"references,omitempty"`
	Metadata   *Metadata            `json:"metadata,omitempty"`
	RuleSet    *RuleSet             `json:"ruleSet,omitempty"`
	Tags       []formats.EntityTags `json:"schemaTags,omitempty"` // only when asked for
	Time       int64                `json:"ts,omitempty"`         // milliseconds since 1970; 0 when not known
	Deleted    bool                 `json:"deleted"`
	MaxID      int                  `json:"maxId,omitempty"`   // only when asked for
	Aliases    []string             `json:"aliases,omitempty"` // only when asked for
	// Existing tells a registration that was there already from a new one.
	Existing bool `json:"-"`
}

// SubjectVersion names a version.
type SubjectVersion struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// Page selects a stretch of a list. Limit <= 0 means the default of that list; Offset < 0 means 0.
type Page struct{ Offset, Limit int }

// Deletion says which versions a list shows. Values combine with |: DeletedAsNegative wins over DeletedOnly, which wins
// over WithDeleted.
type Deletion int

// LiveOnly hides soft-deleted versions; the others show them too, show nothing else, or show them as negative numbers.
const (
	WithDeleted Deletion = 1 << iota
	DeletedOnly
	DeletedAsNegative
	LiveOnly Deletion = 0
)

// ReadOptions say how a version is rendered.
type ReadOptions struct {
	WithDeleted     bool
	Format          string
	ReferenceFormat string
	FindTags        []string
	// MaxID asks for the highest id of the context (by-id reads).
	MaxID bool
}

// RegisterOptions are the query parameters of a registration.
type RegisterOptions struct {
	Normalize bool
	Force     bool // skip the compatibility check
	Format    string
	By        Registrant // is kept with a version that is new; what is too long or no text is cut
}

// LookupOptions are the query parameters of a lookup.
type LookupOptions struct {
	Normalize   bool
	WithDeleted bool
	Format      string
}

// CheckOptions are the query parameters of a compatibility check.
type CheckOptions struct {
	Normalize bool
	Verbose   bool
	// Full asks for findings, spans and witnesses in the report.
	Full bool
	// Frame asks for the witnesses as messages, too: behind the id of the version that writes them.
	Frame bool
	// Level and Policy override those of the subject when not empty.
	Level  compat.Level
	Policy compat.Policy
}

// SchemasQuery selects from all schemas.
type SchemasQuery struct {
	Prefix     string // ":*:" for all contexts, ":.ctx:" for one; "" is the default context
	Deleted    bool
	LatestOnly bool
	RuleType   string
	Aliases    bool
	Page       Page
}

// Optional distinguishes absent, null and set members of a JSON object.
type Optional[T any] struct {
	Present bool // the member was there
	Value   *T   // nil: it was null
}

// UnmarshalJSONFrom notes that the member is present.
func (o *Optional[T]) UnmarshalJSONFrom(d *jsontext.Decoder) error {
	o.Present, o.Value = true, nil
	return json.UnmarshalDecode(d, &o.Value)
}

// ConfigUpdate is the body of a config update. An absent field keeps what is stored, null clears it.
type ConfigUpdate struct {
	Alias               Optional[string]   `json:"alias"`
	AliasForDeks        Optional[string]   `json:"aliasForDeks"`
	Normalize           Optional[bool]     `json:"normalize"`
	ValidateFields      Optional[bool]     `json:"validateFields"`
	ValidateNewSchemas  Optional[bool]     `json:"validateNewSchemas"`
	ValidateRules       Optional[bool]     `json:"validateRules"`
	Compatibility       Optional[string]   `json:"compatibility"`
	CompatibilityPolicy Optional[string]   `json:"compatibilityPolicy"`
	CompatibilityGroup  Optional[string]   `json:"compatibilityGroup"`
	VerdictPolicy       Optional[string]   `json:"verdictPolicy"`
	DefaultMetadata     Optional[Metadata] `json:"defaultMetadata"`
	OverrideMetadata    Optional[Metadata] `json:"overrideMetadata"`
	DefaultRuleSet      Optional[RuleSet]  `json:"defaultRuleSet"`
	OverrideRuleSet     Optional[RuleSet]  `json:"overrideRuleSet"`
}

// TagRequest is the body of the tags call.
type TagRequest struct {
	NewVersion    int                  `json:"newVersion"`
	TagsToAdd     []formats.EntityTags `json:"tagsToAdd"`
	TagsToDrop    []formats.EntityTags `json:"tagsToRemove"`
	Metadata      *Metadata            `json:"metadata"`
	RuleSet       *RuleSet             `json:"ruleSet"`
	RulesToMerge  *RuleSet             `json:"rulesToMerge"`
	RulesToRemove []string             `json:"rulesToRemove"`
}
