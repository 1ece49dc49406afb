// Package registry is the domain: subjects, versions, ids, references, config, mode and contexts, and every decision about
// them. It knows neither HTTP nor the data file.
//
// Subjects are passed qualified, as clients write them (":.ctx:name", ":.:name" or plain); every method normalises.
// Versions are passed as clients write them ("latest", "-1", "3").
package registry

import (
	"context"
	"errors"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Store is what the registry needs of a store.
type Store interface {
	View(f func(storage.View) error) error
	Update(ctx context.Context, decide storage.Decide) (any, error)
	Status() storage.Status
}

// Options are the server's settings that decisions depend on.
type Options struct {
	Level         compat.Level  // default level; empty means BACKWARD
	Policy        compat.Policy // default policy; empty means reference
	ModeImmutable bool          // refuse every change of mode
	MaxReferences int           // resolved references of one schema; 0 means 1000
	CacheBytes    int           // parsed schemas kept; 0 means 64 MiB
}

// Registry answers and decides. It is safe for concurrent use.
type Registry struct {
	store  Store
	engine *engine.Engine
	opt    Options
}

// New returns a registry over store.
func New(store Store, engine *engine.Engine, opt Options) *Registry {
	return &Registry{store: store, engine: engine, opt: opt}
}

var errTodo = errors.New("registry: being written")

// Register stores a schema under a subject unless it is there already, and returns its version. IncompatibleSchema,
// InvalidSchema, InvalidRuleSet, InvalidSubject, OperationNotPermitted.
func (r *Registry) Register(ctx context.Context, subject string, req SchemaRequest, opt RegisterOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// Lookup finds the version of a subject that equals a schema. InvalidSchema, SubjectNotFound, SchemaNotFound.
func (r *Registry) Lookup(ctx context.Context, subject string, req SchemaRequest, opt LookupOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// Tag stores a new version that differs from an old one in inline tags and rules only.
func (r *Registry) Tag(ctx context.Context, subject, version string, req TagRequest) (*SchemaVersion, error) {
	return nil, errTodo
}

// CheckVersion checks a schema against one version of a subject; CheckSubject against what a registration would. The
// report's Messages are those of a verbose answer.
func (r *Registry) CheckVersion(ctx context.Context, subject, version string, req SchemaRequest, opt CheckOptions) (*compat.Report, error) {
	return nil, errTodo
}

// CheckSubject checks a schema against whatever the level of the subject asks for.
func (r *Registry) CheckSubject(ctx context.Context, subject string, req SchemaRequest, opt CheckOptions) (*compat.Report, error) {
	return nil, errTodo
}

// ByID returns what an id stands for. subject, which may be empty, selects the context and a preferred owner.
func (r *Registry) ByID(ctx context.Context, id int, subject string, opt ReadOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// ByGUID returns the content with a guid, without subject and version.
func (r *Registry) ByGUID(ctx context.Context, guid string, opt ReadOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// IDsOfGUID lists the ids with a guid, by context and id.
func (r *Registry) IDsOfGUID(ctx context.Context, guid string) ([]storage.ContextID, error) {
	return nil, errTodo
}

// SubjectsOfID lists the subjects that have an id, by name.
func (r *Registry) SubjectsOfID(ctx context.Context, id int, subject string, deleted bool, page Page) ([]string, error) {
	return nil, errTodo
}

// VersionsOfID lists the newest version of each subject that has an id.
func (r *Registry) VersionsOfID(ctx context.Context, id int, subject string, deleted bool, page Page) ([]SubjectVersion, error) {
	return nil, errTodo
}

// Schemas lists schemas by subject and version.
func (r *Registry) Schemas(ctx context.Context, q SchemasQuery) ([]*SchemaVersion, error) {
	return nil, errTodo
}

// Subjects lists the names of subjects; prefix is as in SchemasQuery, but ":*:" is what an absent one means.
func (r *Registry) Subjects(ctx context.Context, prefix string, deletion Deletion, page Page) ([]string, error) {
	return nil, errTodo
}

// Versions lists the version numbers of a subject, ascending by absolute value.
func (r *Registry) Versions(ctx context.Context, subject string, deletion Deletion, page Page) ([]int, error) {
	return nil, errTodo
}

// Version returns one version of a subject.
func (r *Registry) Version(ctx context.Context, subject, version string, opt ReadOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// WithMetadata returns the newest version whose metadata has all the properties.
func (r *Registry) WithMetadata(ctx context.Context, subject string, properties map[string]string, opt ReadOptions) (*SchemaVersion, error) {
	return nil, errTodo
}

// ReferencedBy lists the ids that refer to a version, ascending.
func (r *Registry) ReferencedBy(ctx context.Context, subject, version string, deleted bool, page Page) ([]int, error) {
	return nil, errTodo
}

// DeleteSubject deletes a subject softly, or for good when it was before, and returns the versions it removed.
func (r *Registry) DeleteSubject(ctx context.Context, subject string, permanent bool) ([]int, error) {
	return nil, errTodo
}

// DeleteVersion deletes a version likewise and returns its number.
func (r *Registry) DeleteVersion(ctx context.Context, subject, version string, permanent bool) (int, error) {
	return 0, errTodo
}

// Config returns the config of a subject (or of a context, or the global one for an empty subject). effective asks for
// what is in force rather than for the subject's own record. The level is always filled in.
func (r *Registry) Config(ctx context.Context, subject string, effective bool) (*Config, error) {
	return nil, errTodo
}

// SetConfig merges an update into the stored config and returns the result.
func (r *Registry) SetConfig(ctx context.Context, subject string, update ConfigUpdate) (*Config, error) {
	return nil, errTodo
}

// DeleteConfig removes a config record and returns what it was.
func (r *Registry) DeleteConfig(ctx context.Context, subject string) (*Config, error) {
	return nil, errTodo
}

// Mode returns the mode of a subject, or of everything for an empty one, like Config.
func (r *Registry) Mode(ctx context.Context, subject string, effective bool) (string, error) {
	return "", errTodo
}

// SetMode stores a mode; nil clears it.
func (r *Registry) SetMode(ctx context.Context, subject string, mode *string, force bool) error {
	return errTodo
}

// DeleteMode removes a mode record and returns what it was; recursive also removes those below a context. The result is
// empty when only records below were removed.
func (r *Registry) DeleteMode(ctx context.Context, subject string, recursive bool) (string, error) {
	return "", errTodo
}

// Contexts lists contexts, "." first; only those that start with prefix unless it is empty.
func (r *Registry) Contexts(ctx context.Context, prefix string, page Page) ([]string, error) {
	return nil, errTodo
}

// DeleteContext forgets an empty context.
func (r *Registry) DeleteContext(ctx context.Context, context string) error {
	return errTodo
}

// Alias returns the subject that a subject's config redirects to; empty when it does not.
func (r *Registry) Alias(ctx context.Context, subject string) (string, error) {
	return "", errTodo
}

// Counts returns totals.
func (r *Registry) Counts(ctx context.Context) (storage.Counts, error) {
	return storage.Counts{}, errTodo
}

// Status describes the store.
func (r *Registry) Status() storage.Status { return r.store.Status() }

// Types lists the schema types.
func (r *Registry) Types() []formats.Type { return formats.Types() }
