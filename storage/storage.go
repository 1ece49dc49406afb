// Package storage keeps the registry's state. State is a function of a sequence of records: Apply is the only code that
// changes it, whether the records come from a request, an import, a restore or, one day, a shared log.
//
// Package storage/bolt implements Store on bbolt; storage/storetest is the conformance suite every Store must pass.
package storage

import (
	"context"
	"errors"
	"time"

	"github.com/concord-registry/concord/formats"
)

// Errors a Store returns. All are wrapped with what happened and what to do about it.
var (
	// ErrReadOnly: the store accepts no writes (its disk failed, or it was told so). Reads go on.
	ErrReadOnly = errors.New("store is read-only")
	// ErrFull: the disk is full. Nothing was written; writes succeed again when there is space.
	ErrFull = errors.New("no space left for the data file")
	// ErrCorrupt: stored data fails its checksum. The answer is withheld rather than wrong.
	ErrCorrupt = errors.New("stored data is damaged")
	// ErrTooLarge: a record exceeds what the store can hold.
	ErrTooLarge = errors.New("record is too large")
	// ErrRecord: a record contradicts the state (its id belongs to other content) or cannot be read. Nothing was changed.
	ErrRecord = errors.New("record cannot be applied")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("store is closed")
)

// Store is a durable, linearizable store of the registry's state. All methods are safe for concurrent use.
type Store interface {
	// View runs f on a consistent snapshot. Whatever f returns must be copied out of the View already: values handed
	// to f stay valid after it, but f must neither block nor write to a socket, because an old snapshot pins pages.
	View(f func(View) error) error
	// Update runs decide, applies the records it returns and makes them durable before it returns decide's result.
	// Many Updates share one fsync; each decide sees what its predecessors decided. An error from decide writes
	// nothing and is returned as it is. After ctx ends Update returns its error; the write may still happen.
	Update(ctx context.Context, decide Decide) (any, error)
	// Status describes the store for health checks and metrics.
	Status() Status
	Close() error
}

// Decide turns a request into records. It is pure: it reads only v, has no side effects, and may run more than once.
type Decide func(v View) (records []Record, result any, err error)

// Status is what an operator may want to know about a store.
type Status struct {
	Path      string
	Size      int64  // bytes of the data file
	Free      int64  // bytes within it that are not in use
	DiskFree  int64  // bytes left on its file system
	ReadOnly  string // why no writes are accepted; empty when they are
	Damage    string // stored data found to be damaged; empty when none was found
	Committed uint64 // commits since start
	Failed    uint64 // commits since start that failed
	// CommitTime is what the commits took, together, syncing to the disk included.
	CommitTime time.Duration
	Applied    uint64 // records applied since start
	Skipped    uint64 // of these, records of an unknown key type, which changed nothing
}

// Counts are totals over all contexts, kept up to date by Apply.
type Counts struct {
	Contexts        int
	Subjects        int                  // with at least one live version
	DeletedSubjects int                  // with soft-deleted versions only
	Versions        map[formats.Type]int // live
	DeletedVersions map[formats.Type]int // soft-deleted
	Schemas         int                  // distinct ids
}

// Row is one version of a subject, without its text.
type Row struct {
	Subject string // qualified
	Version int
	ID      int
	Deleted bool
	Time    int64 // when it was registered, in milliseconds since 1970
	By      Registrant
}

// Content is what an id stands for. It is shared between readers and must not be modified.
type Content struct {
	Type       formats.Type
	Schema     string
	References []formats.Reference
	Metadata   *Metadata
	RuleSet    *RuleSet
	GUID       string
}

// Subject summarises one subject.
type Subject struct {
	Name     string // qualified
	Live     int    // live versions
	Deleted  int    // soft-deleted versions
	Latest   int    // highest live version; 0 when there is none
	Highest  int    // highest version, soft-deleted ones included
	Revision uint64 // changes with every record about this subject, config and mode included
}

// Referrer is a version that declares a reference to another.
type Referrer struct {
	Subject string // qualified
	Version int
	ID      int
	Deleted bool
}

// ContextID is a schema id within its context.
type ContextID struct {
	Context string // "." for the default context
	ID      int
}

// View is a consistent snapshot of the state. Subjects are qualified (":.ctx:name", plain in the default context), and
// contexts carry their dot. Every method may fail with ErrCorrupt. A View must not be used after its transaction.
type View interface {
	// Contexts lists the contexts that have a CONTEXT record, in name order; the default context "." always first.
	Contexts() ([]string, error)
	// HighestID is the highest id ever used in the context. It never falls.
	HighestID(context string) (int, error)

	// Subject summarises one subject; nil when it has no version at all.
	Subject(subject string) (*Subject, error)
	// Subjects calls f for each subject of a context whose name (without context) starts with prefix and is not
	// before from, in byte order, until f returns false.
	Subjects(context, prefix, from string, f func(Subject) bool) error
	// Rows returns all versions of a subject, ascending, soft-deleted ones included.
	Rows(subject string) ([]Row, error)
	// Row returns one version of a subject; nil when there is none.
	Row(subject string, version int) (*Row, error)
	// Latest returns the highest live version of a subject; nil when there is none.
	Latest(subject string) (*Row, error)

	// Content returns what an id stands for; nil when no version has it.
	Content(context string, id int) (*Content, error)
	// FindID returns the id of a content in a context, by its ContentKey; 0 when there is none.
	FindID(context string, key ContentKey) (int, error)
	// RowsOfID returns every version that has the id, by subject and version, soft-deleted ones included.
	RowsOfID(context string, id int) ([]Row, error)
	// Owner returns the version to name when only an id was asked for: a live one before a soft-deleted one, then the
	// lowest subject, then its newest version; nil when no version has the id. It does not read them all.
	Owner(context string, id int) (*Row, error)
	// RowsOfIDIn is RowsOfID for one subject.
	RowsOfIDIn(subject string, id int) ([]Row, error)
	// IDsOfGUID returns the ids with a guid in every context, by context and id.
	IDsOfGUID(guid string) ([]ContextID, error)
	// Referrers returns every version that refers to a version of a subject, by id, subject and version.
	Referrers(subject string, version int) ([]Referrer, error)

	// Config returns a subject's own config record, or that of a context (":.ctx:") or of the default context
	// (""); nil when there is none.
	Config(subject string) (*Config, error)
	// Mode returns a mode record likewise; empty when there is none.
	Mode(subject string) (string, error)
	// Configs and Modes call f for each record in byte order of the qualified subject until f returns false.
	Configs(f func(subject string, c *Config) bool) error
	Modes(f func(subject string, mode string) bool) error

	// Counts returns totals.
	Counts() (Counts, error)
	// Revision is a number that changes with every commit.
	Revision() (uint64, error)
}

// Exporter is a View that can tell the records that lead to its state.
type Exporter interface {
	View
	// Records calls f for records which, applied in their order to an empty store, make this state, the highest ids and
	// members unknown to this program included, until f returns false. Deletions are part of the SCHEMA values, so there
	// are fewer records than were applied.
	Records(f func(Record) bool) error
}
