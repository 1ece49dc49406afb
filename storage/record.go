package storage

import (
	"encoding/json"

	"github.com/concord-registry/concord/formats"
)

// Record is one key and value in the terms of the schemas topic. A nil Value is a tombstone. Records hold effects (a
// schema with its id and version), not commands.
type Record struct {
	Key   Key
	Value []byte // JSON; members it has beyond those known here are kept
	Time  int64  // milliseconds since 1970
}

// KeyType is what a record is about.
type KeyType string

// The key types of the topic. The store skips others without failing.
const (
	SchemaKey        KeyType = "SCHEMA"
	ConfigKey        KeyType = "CONFIG"
	ModeKey          KeyType = "MODE"
	DeleteSubjectKey KeyType = "DELETE_SUBJECT"
	ClearSubjectKey  KeyType = "CLEAR_SUBJECT"
	ContextKey       KeyType = "CONTEXT"
	NoopKey          KeyType = "NOOP"
)

// Key identifies what a record replaces. Subject is qualified; it is empty in the CONFIG and MODE records of the default
// context. Its JSON form has the member order of the topic.
type Key struct {
	Type    KeyType `json:"keytype"`
	Tenant  string  `json:"tenant,omitempty"`
	Context string  `json:"context,omitempty"`
	Subject string  `json:"subject,omitempty"`
	Version int     `json:"version,omitempty"`
	Magic   int     `json:"magic"`
}

// SchemaValue is the value of a SCHEMA record. Its JSON form has the member order of the topic.
type SchemaValue struct {
	Subject    string              `json:"subject"`
	Version    int                 `json:"version"`
	ID         int                 `json:"id"`
	MD5        string              `json:"md5,omitempty"`
	Type       formats.Type        `json:"schemaType,omitempty"` // absent means Avro
	References []formats.Reference `json:"references,omitempty"`
	Metadata   *Metadata           `json:"metadata,omitempty"`
	RuleSet    *RuleSet            `json:"ruleSet,omitempty"`
	Schema     string              `json:"schema"`
	Deleted    bool                `json:"deleted"`
	By         Registrant          `json:"registeredBy,omitzero"` // not a field of the reference
}

// Registrant is who has registered a version, by its own account: nobody has verified it. Either part may be empty, and
// both are for versions that came from elsewhere or are older than this member.
type Registrant struct {
	Principal string `json:"principal,omitempty"` // as whom it said to act
	Client    string `json:"client,omitempty"`    // as it called itself
}

// String names both parts as far as they are known: "anna (producer/1)"; empty when neither is.
func (r Registrant) String() string {
	if r.Principal == "" || r.Client == "" {
		return r.Principal + r.Client
	}
	return r.Principal + " (" + r.Client + ")"
}

// Metadata describes a schema beyond its text.
type Metadata struct {
	Tags       map[string][]string `json:"tags,omitempty"`
	Properties map[string]string   `json:"properties,omitempty"`
	Sensitive  []string            `json:"sensitive,omitempty"`
}

// RuleSet is a data contract: rules that clients run on messages.
type RuleSet struct {
	MigrationRules []Rule `json:"migrationRules,omitempty"`
	DomainRules    []Rule `json:"domainRules,omitempty"`
	EncodingRules  []Rule `json:"encodingRules,omitempty"`
	EnableAt       string `json:"enableAt,omitempty"`
}

// Rule is one rule of a RuleSet.
type Rule struct {
	Name      string            `json:"name,omitempty"`
	Doc       string            `json:"doc,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Mode      string            `json:"mode,omitempty"`
	Type      string            `json:"type,omitempty"`
	Tags      []string          `json:"tags,omitempty"`
	Params    map[string]string `json:"params,omitempty"`
	Expr      string            `json:"expr,omitempty"`
	OnSuccess string            `json:"onSuccess,omitempty"`
	OnFailure string            `json:"onFailure,omitempty"`
	Disabled  bool              `json:"disabled"`
}

// Config is the value of a CONFIG record. Nil and empty fields are not set.
type Config struct {
	Subject             string    `json:"subject,omitempty"`
	Alias               string    `json:"alias,omitempty"`
	AliasForDeks        string    `json:"aliasForDeks,omitempty"`
	Normalize           *bool     `json:"normalize,omitempty"`
	ValidateFields      *bool     `json:"validateFields,omitempty"`
	ValidateNewSchemas  *bool     `json:"validateNewSchemas,omitempty"`
	ValidateRules       *bool     `json:"validateRules,omitempty"`
	CompatibilityLevel  string    `json:"compatibilityLevel,omitempty"`
	CompatibilityPolicy string    `json:"compatibilityPolicy,omitempty"` // STRICT, LENIENT: the reference's own setting
	CompatibilityGroup  string    `json:"compatibilityGroup,omitempty"`
	VerdictPolicy       string    `json:"verdictPolicy,omitempty"` // a compat.Policy; not a field of the reference
	DefaultMetadata     *Metadata `json:"defaultMetadata,omitempty"`
	OverrideMetadata    *Metadata `json:"overrideMetadata,omitempty"`
	DefaultRuleSet      *RuleSet  `json:"defaultRuleSet,omitempty"`
	OverrideRuleSet     *RuleSet  `json:"overrideRuleSet,omitempty"`
}

// ModeValue is the value of a MODE record.
type ModeValue struct {
	Subject string `json:"subject,omitempty"`
	Mode    string `json:"mode"`
}

// DeleteSubjectValue is the value of a DELETE_SUBJECT record: versions up to and including Version are soft-deleted.
type DeleteSubjectValue struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
}

// NoopValue is the value that a NOOP record may have. Other servers never read the value of a NOOP, which makes it the
// place for what they do not know.
type NoopValue struct {
	HighestIDs map[string]int `json:"highestIds,omitempty"` // per context, the highest id ever used
}

// KeepIDs is the record that makes sure that no id up to those given, per context, is used again.
func KeepIDs(highest map[string]int, time int64) Record {
	return record(Key{Type: NoopKey}, NoopValue{highest}, time)
}

// PutSchema is the record that stores v.
func PutSchema(v SchemaValue, time int64) Record {
	return record(Key{Type: SchemaKey, Subject: v.Subject, Version: v.Version, Magic: 1}, v, time)
}

// DropSchema is the record that removes a version for good.
func DropSchema(subject string, version int, time int64) Record {
	return Record{Key: Key{Type: SchemaKey, Subject: subject, Version: version, Magic: 1}, Time: time}
}

// DeleteSubject is the record that soft-deletes all versions of a subject up to version.
func DeleteSubject(subject string, version int, time int64) Record {
	return record(Key{Type: DeleteSubjectKey, Subject: subject}, DeleteSubjectValue{subject, version}, time)
}

// PutConfig is the record that stores the config of c.Subject.
func PutConfig(c Config, time int64) Record {
	return record(Key{Type: ConfigKey, Subject: c.Subject}, c, time)
}

// DropConfig is the record that removes a config.
func DropConfig(subject string, time int64) Record {
	return Record{Key: Key{Type: ConfigKey, Subject: subject}, Time: time}
}

// PutMode is the record that stores a mode.
func PutMode(subject, mode string, time int64) Record {
	return record(Key{Type: ModeKey, Subject: subject}, ModeValue{subject, mode}, time)
}

// DropMode is the record that removes a mode.
func DropMode(subject string, time int64) Record {
	return Record{Key: Key{Type: ModeKey, Subject: subject}, Time: time}
}

// PutContext is the record that makes a context known.
func PutContext(context string, time int64) Record {
	return record(contextKey(context), map[string]string{"tenant": "default", "context": context}, time)
}

// DropContext is the record that forgets an empty context.
func DropContext(context string, time int64) Record {
	return Record{Key: contextKey(context), Time: time}
}

func contextKey(context string) Key {
	return Key{Type: ContextKey, Tenant: "default", Context: context}
}

func record(key Key, value any, time int64) Record {
	data, err := json.Marshal(value)
	if err != nil {
		// The values above hold only strings, numbers and maps of them.
		panic("storage: " + err.Error())
	}
	return Record{Key: key, Value: data, Time: time}
}
