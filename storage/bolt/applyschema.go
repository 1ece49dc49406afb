package bolt

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/storage"
)

// contentMembers are the members of a SCHEMA value that are stored as such; md5 and registeredBy are not among them, so that
// they are kept as they came. offset and ts are what a foreign server writes when it rewrites a value, and are of no use.
// ownMembers are those that this program writes.
var contentMembers, ownMembers = func() (content, own map[string]bool) {
	content = knownMembers(storage.SchemaValue{})
	delete(content, "md5")
	content["offset"], content["ts"] = true, true
	own = maps.Clone(content)
	delete(content, registrantMember)
	return content, own
}()

// extraMembers are what a row keeps of a SCHEMA value beside its content, and of the value before it.
func extraMembers(value []byte, v *storage.SchemaValue, older []byte) ([]byte, error) {
	switch {
	case len(older) > 0 || !onlyKnown(value, ownMembers):
		return unknownMembers(value, older, contentMembers)
	case v.By == storage.Registrant{}:
		return nil, nil
	}
	return json.Marshal(extra{v.By}) // nearly every record is this program's own, and was decoded already
}

// planSchema stores a version. The version may be there already: a rewrite with the same id is how versions are
// soft-deleted and revived, keeps the time of registration and the members that are not the content's; one with another id
// replaces it.
func (t *transaction) planSchema(subject string, r storage.Record) (change, error) {
	var value storage.SchemaValue
	if err := json.Unmarshal(r.Value, &value); err != nil {
		return nil, invalid(r, err.Error())
	}
	content := storage.ContentOf(&value)
	if err := checkSchema(r, subject, &value, content); err != nil {
		return nil, err
	}
	context, _ := storage.SplitSubject(subject)
	key := storage.KeyOf(content)
	known, err := t.idValue(context, value.ID)
	if err != nil {
		return nil, err
	}
	if known != nil && known.sum != key.Sum {
		return nil, invalid(r, fmt.Sprintf("id %d belongs to another schema in context %s", value.ID, context))
	}
	old, err := t.rowValue(subject, r.Key.Version)
	if err != nil {
		return nil, err
	}
	row := &rowValue{id: value.ID, deleted: value.Deleted, code: typeCodes[content.Type], time: r.Time}
	var older []byte
	if old != nil && old.id == row.id {
		older = old.extra
		if old.time != 0 {
			row.time = old.time
		}
	}
	if row.extra, err = extraMembers(r.Value, &value, older); err != nil {
		return nil, invalid(r, err.Error())
	}
	return func(revision uint64) error {
		if known == nil {
			if err := t.addContent(context, value.ID, key, content); err != nil {
				return err
			}
		}
		if old != nil && old.id != row.id {
			if err := t.dropVersion(subject, r.Key.Version, revision); err != nil {
				return err
			}
			old = nil
		}
		return t.replaceRow(subject, r.Key.Version, old, row, revision)
	}, nil
}

func checkSchema(r storage.Record, subject string, value *storage.SchemaValue, content *storage.Content) error {
	switch {
	case canonicalSubject(value.Subject) != subject || value.Version != r.Key.Version:
		return invalid(r, "its value is about another subject or version")
	case value.ID < 1 || value.ID > math.MaxInt32:
		return invalid(r, "its id lies outside 1 to 2^31-1")
	case typeCodes[content.Type] == 0:
		return invalid(r, fmt.Sprintf("its schema type %q is unknown", content.Type))
	}
	context, _ := storage.SplitSubject(subject)
	for _, ref := range content.References {
		if size := len(context)*2 + len(ref.Subject); size > maxKey {
			return fmt.Errorf("%w: a reference to a subject of %d bytes", storage.ErrTooLarge, len(ref.Subject))
		}
	}
	return nil
}

// addContent stores the content of an id that is new to its context, and what finds it.
func (t *transaction) addContent(context string, id int, key storage.ContentKey, c *storage.Content) error {
	number, err := t.sequence()
	if err != nil {
		return err
	}
	value, err := appendContent(begin(128+len(c.Schema)), c)
	if err != nil {
		return err
	}
	if err := t.put(contentBucket, appendSequence(nil, number), value); err != nil {
		return err
	}
	entry := idValue{number, key.Sum}
	if err := t.put(idBucket, appendID(nil, context, id), entry.append(begin(24))); err != nil {
		return err
	}
	err = t.layout.forEachIndex(context, id, key, c.References, t.mark)
	if err != nil {
		return err
	}
	if err := t.raise(context, id); err != nil {
		return err
	}
	totals, err := t.counts()
	if err != nil {
		return err
	}
	totals.schemas++
	return t.putCounts(&totals)
}

// dropContent removes the content of an id that no version has any more. The highest id of the context stays.
func (t *transaction) dropContent(context string, id int) error {
	entry, err := t.idValue(context, id)
	if err != nil || entry == nil {
		return err
	}
	content, err := t.content(entry.number)
	if err != nil {
		return err
	}
	guid, err := uuid.Parse(content.GUID)
	if err != nil {
		return err
	}
	key := storage.ContentKey{GUID: guid, Sum: entry.sum}
	if err := t.layout.forEachIndex(context, id, key, content.References, t.delete); err != nil {
		return err
	}
	if err := t.delete(contentBucket, appendSequence(nil, entry.number)); err != nil {
		return err
	}
	if err := t.delete(idBucket, appendID(nil, context, id)); err != nil {
		return err
	}
	totals, err := t.counts()
	if err != nil {
		return err
	}
	totals.schemas--
	return t.putCounts(&totals)
}

// dropVersion removes a version for good; nothing happens when there is none.
func (t *transaction) dropVersion(subject string, version int, revision uint64) error {
	old, err := t.rowValue(subject, version)
	if err != nil || old == nil {
		return err
	}
	context, name := storage.SplitSubject(subject)
	if err := t.delete(rowBucket, appendRow(nil, subject, version)); err != nil {
		return err
	}
	if err := t.delete(ownerBucket, appendOwner(nil, context, old.id, name, version)); err != nil {
		return err
	}
	if err := t.summarise(subject, version, old, nil, revision); err != nil {
		return err
	}
	owned, err := t.owned(context, old.id)
	if err != nil || owned {
		return err
	}
	return t.dropContent(context, old.id)
}

// owned reports whether any version has an id.
func (s *snapshot) owned(context string, id int) (owned bool, err error) {
	prefix := appendID(nil, context, id)
	err = s.scan(ownerBucket, prefix, prefix, func(_, _ []byte) (bool, error) {
		owned = true
		return false, nil
	})
	return owned, err
}

// replaceRow stores a version; old is what it was, nil when it is new.
func (t *transaction) replaceRow(subject string, version int, old, row *rowValue, revision uint64) error {
	if err := t.putRow(subject, version, row); err != nil {
		return err
	}
	if old == nil {
		context, name := storage.SplitSubject(subject)
		if err := t.mark(ownerBucket, appendOwner(nil, context, row.id, name, version)); err != nil {
			return err
		}
	}
	return t.summarise(subject, version, old, row, revision)
}
