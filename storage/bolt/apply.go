package bolt

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// apply changes the state as one record says. It is the only code that does, and a function of the state and the record
// alone. It implements the readers' rules of the schemas topic (schemas-topic §3 and §4): the last record of a key wins, a
// nil value removes, and a record of a key type unknown here changes nothing.
//
// ErrRecord when the record cannot be read or gives an id to a second content, ErrTooLarge when it does not fit; then
// nothing has been changed. Any other error means that the transaction must be rolled back.
func (t *transaction) apply(r storage.Record) error {
	if err := checkSize(r); err != nil {
		return err
	}
	if value := bytes.TrimSpace(r.Value); len(value) == 0 || string(value) == "null" {
		r.Value = nil // other writers of the topic spell a tombstone so
	}
	change, err := t.plan(r)
	if err != nil {
		return err
	}
	revision, err := t.nextRevision()
	if err != nil {
		return err
	}
	if change == nil {
		return nil
	}
	t.keys = append(t.keys, r.Key)
	return change(revision)
}

// change is what a record does once it has been found to be valid.
type change func(revision uint64) error

// plan reads a record and returns what it does; nil for nothing.
func (t *transaction) plan(r storage.Record) (change, error) {
	subject := canonicalSubject(r.Key.Subject)
	switch r.Key.Type {
	case storage.SchemaKey:
		if r.Key.Version < 1 || r.Key.Version > math.MaxInt32 {
			return nil, invalid(r, "its version lies outside 1 to 2^31-1")
		}
		if r.Value == nil {
			return func(revision uint64) error { return t.dropVersion(subject, r.Key.Version, revision) }, nil
		}
		return t.planSchema(subject, r)
	case storage.DeleteSubjectKey:
		return t.planDeleteSubject(subject, r)
	case storage.ClearSubjectKey:
		if r.Value == nil {
			return nil, nil
		}
		return func(revision uint64) error { return t.clear(subject, revision) }, nil
	case storage.ConfigKey:
		return t.planConfig(subject, r)
	case storage.ModeKey:
		return t.planMode(subject, r)
	case storage.ContextKey:
		if r.Key.Context == "" {
			return nil, invalid(r, "it names no context")
		}
		return func(uint64) error { return t.setKnown(r.Key.Context, r.Value != nil) }, nil
	case storage.NoopKey:
		return t.planNoop(r), nil
	default:
		t.skipped++
		return nil, nil
	}
}

// checkSize refuses records that the file cannot hold.
func checkSize(r storage.Record) error {
	if len(r.Key.Subject)+len(r.Key.Context) > maxKey/2 {
		return fmt.Errorf("%w: a subject of %d bytes; at most %d fit", storage.ErrTooLarge, len(r.Key.Subject)+len(r.Key.Context), maxKey/2)
	}
	if len(r.Value) > maxValue {
		return fmt.Errorf("%w: %s of %d bytes; at most %d fit", storage.ErrTooLarge, r.Key.Type, len(r.Value), maxValue)
	}
	if strings.Contains(r.Key.Subject, "\x00") || strings.Contains(r.Key.Context, "\x00") {
		return invalid(r, "a name in its key has a zero byte")
	}
	return nil
}

func invalid(r storage.Record, why string) error {
	return fmt.Errorf("%w: %s of subject %q, version %d: %s", storage.ErrRecord, r.Key.Type, r.Key.Subject, r.Key.Version, why)
}

// planDeleteSubject marks the versions up to the value's as deleted; a value that names none means all there are. The
// tombstone of such a record changes nothing: what it marked stays marked.
func (t *transaction) planDeleteSubject(subject string, r storage.Record) (change, error) {
	if r.Value == nil {
		return nil, nil
	}
	var value storage.DeleteSubjectValue
	if err := json.Unmarshal(r.Value, &value); err != nil {
		return nil, invalid(r, err.Error())
	}
	if value.Version <= 0 {
		value.Version = math.MaxInt32
	}
	return func(revision uint64) error { return t.deleteUpTo(subject, value.Version, revision) }, nil
}

func (t *transaction) deleteUpTo(subject string, version int, revision uint64) error {
	rows, err := t.Rows(subject)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Deleted || row.Version > version {
			continue
		}
		value, err := t.rowValue(subject, row.Version)
		if err != nil {
			return err
		}
		changed := *value
		changed.deleted = true
		if err := t.replaceRow(subject, row.Version, value, &changed, revision); err != nil {
			return err
		}
	}
	return nil
}

// clear removes the soft-deleted versions of a subject, or of all subjects of a context when the name is empty.
func (t *transaction) clear(subject string, revision uint64) error {
	subjects := []string{subject}
	if context, name := storage.SplitSubject(subject); name == "" {
		subjects = nil
		err := t.Subjects(context, "", "", func(s storage.Subject) bool {
			subjects = append(subjects, s.Name)
			return true
		})
		if err != nil {
			return err
		}
	}
	for _, subject := range subjects {
		rows, err := t.Rows(subject)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !row.Deleted {
				continue
			}
			if err := t.dropVersion(subject, row.Version, revision); err != nil {
				return err
			}
		}
	}
	return nil
}

// configMembers are the members of a CONFIG value that this program knows.
var configMembers = knownMembers(storage.Config{})

func (t *transaction) planConfig(subject string, r storage.Record) (change, error) {
	key := appendString(nil, subject)
	if r.Value == nil {
		return func(revision uint64) error {
			if err := t.delete(configBucket, key); err != nil {
				return err
			}
			return t.touch(subject, revision)
		}, nil
	}
	var config storage.Config
	if err := json.Unmarshal(r.Value, &config); err != nil {
		return nil, invalid(r, err.Error())
	}
	older, err := t.get(configBucket, key)
	if err != nil {
		return nil, err
	}
	value, err := keepMembers(r.Value, older, configMembers)
	if err != nil {
		return nil, invalid(r, err.Error())
	}
	return func(revision uint64) error {
		if err := t.put(configBucket, key, append(begin(len(value)), value...)); err != nil {
			return err
		}
		return t.touch(subject, revision)
	}, nil
}

// modeMembers are the members of a MODE value that this program knows.
var modeMembers = knownMembers(storage.ModeValue{})

func (t *transaction) planMode(subject string, r storage.Record) (change, error) {
	key := appendString(nil, subject)
	if r.Value == nil {
		return func(revision uint64) error {
			if err := t.delete(modeBucket, key); err != nil {
				return err
			}
			return t.touch(subject, revision)
		}, nil
	}
	var mode storage.ModeValue
	if err := json.Unmarshal(r.Value, &mode); err != nil {
		return nil, invalid(r, err.Error())
	}
	if mode.Mode == "" {
		return nil, invalid(r, "it has no mode")
	}
	older, err := t.get(modeBucket, key)
	if err != nil {
		return nil, err
	}
	d := decoder{rest: older}
	d.block()
	extra, err := unknownMembers(r.Value, d.rest, modeMembers)
	if err != nil {
		return nil, invalid(r, err.Error())
	}
	return func(revision uint64) error {
		if err := t.put(modeBucket, key, append(appendBlock(begin(16+len(extra)), mode.Mode), extra...)); err != nil {
			return err
		}
		return t.touch(subject, revision)
	}, nil
}

// touch gives a subject that has versions a new revision.
func (t *transaction) touch(subject string, revision uint64) error {
	summary, err := t.Subject(subject)
	if summary == nil || err != nil {
		return err
	}
	summary.Revision = revision
	return t.putSummary(summary)
}

// planNoop raises the highest ids to those the value tells. A value that tells none is nobody's mistake.
func (t *transaction) planNoop(r storage.Record) change {
	var value storage.NoopValue
	if json.Unmarshal(r.Value, &value) != nil {
		return nil
	}
	return func(uint64) error {
		for _, context := range slices.Sorted(maps.Keys(value.HighestIDs)) {
			if strings.Contains(context, "\x00") || len(context) > maxKey/2 {
				continue
			}
			if err := t.raise(context, min(value.HighestIDs[context], math.MaxInt32)); err != nil {
				return err
			}
		}
		return nil
	}
}

// raise makes sure that the highest id of a context is no lower than id.
func (t *transaction) raise(context string, id int) error {
	value, err := t.context(context)
	if err != nil || id <= value.highest {
		return err
	}
	value.highest = id
	return t.putContext(context, value)
}

// setKnown makes a context known or unknown. Its highest id stays either way.
func (t *transaction) setKnown(context string, known bool) error {
	value, err := t.context(context)
	if err != nil || value.known == known {
		return err
	}
	value.known = known
	if err := t.putContext(context, value); err != nil {
		return err
	}
	if context == storage.DefaultContext {
		return nil // counted always
	}
	totals, err := t.counts()
	if err != nil {
		return err
	}
	if known {
		totals.contexts++
	} else {
		totals.contexts--
	}
	return t.putCounts(&totals)
}
