package bolt

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

var _ storage.View = (*snapshot)(nil)

// Contexts implements storage.View.
func (s *snapshot) Contexts() ([]string, error) {
	contexts := []string{storage.DefaultContext}
	err := s.scan(contextBucket, nil, nil, func(key, body []byte) (bool, error) {
		value, ok := decodeContext(body)
		if !ok {
			return false, s.malformed(contextBucket, key)
		}
		if name := string(key[:len(key)-1]); value.known && name != storage.DefaultContext {
			contexts = append(contexts, name)
		}
		return true, nil
	})
	return contexts, err
}

// HighestID implements storage.View.
func (s *snapshot) HighestID(context string) (int, error) {
	value, err := s.context(context)
	return value.highest, err
}

func (s *snapshot) context(context string) (value contextValue, err error) {
	s.key = appendString(s.key[:0], context)
	body, err := s.get(contextBucket, s.key)
	if body == nil || err != nil {
		return value, err
	}
	value, ok := decodeContext(body)
	if !ok {
		return value, s.malformed(contextBucket, s.key)
	}
	return value, nil
}

// Subject implements storage.View.
func (s *snapshot) Subject(subject string) (*storage.Subject, error) {
	s.key = appendSubject(s.key[:0], subject)
	body, err := s.get(subjectBucket, s.key)
	if body == nil || err != nil {
		return nil, err
	}
	summary, ok := decodeSummary(body)
	if !ok {
		return nil, s.malformed(subjectBucket, s.key)
	}
	summary.Name = canonicalSubject(subject)
	return &summary, nil
}

// Subjects implements storage.View.
func (s *snapshot) Subjects(context, prefix, from string, f func(storage.Subject) bool) error {
	owner := appendString(nil, context)
	start := append(slices.Clone(owner), max(prefix, from)...)
	return s.scan(subjectBucket, append(slices.Clone(owner), prefix...), start, func(key, body []byte) (bool, error) {
		summary, ok := decodeSummary(body)
		if !ok {
			return false, s.malformed(subjectBucket, key)
		}
		summary.Name = storage.QualifySubject(context, string(key[len(owner):]))
		return f(summary), nil
	})
}

// Rows implements storage.View.
func (s *snapshot) Rows(subject string) ([]storage.Row, error) {
	summary, err := s.Subject(subject)
	if err != nil {
		return nil, err
	}
	var rows []storage.Row
	if summary != nil {
		rows = make([]storage.Row, 0, summary.Live+summary.Deleted)
	}
	subject = canonicalSubject(subject)
	prefix := append(appendSubject(nil, subject), 0)
	err = s.scan(rowBucket, prefix, prefix, func(key, body []byte) (bool, error) {
		value, ok := decodeRow(body)
		if !ok || len(key) != len(prefix)+4 {
			return false, s.malformed(rowBucket, key)
		}
		rows = append(rows, s.row(&value, subject, int(binary.BigEndian.Uint32(key[len(prefix):]))))
		return true, nil
	})
	if err == nil && (summary == nil && len(rows) > 0 || summary != nil && summary.Live+summary.Deleted != len(rows)) {
		err = s.corrupt(subjectBucket, prefix, "the versions are not those that were counted")
	}
	return rows, err
}

func (s *snapshot) row(r *rowValue, subject string, version int) storage.Row {
	return storage.Row{Subject: subject, Version: version, ID: r.id, Deleted: r.deleted, Time: r.time, By: s.registrants.of(r.extra)}
}

// Row implements storage.View.
func (s *snapshot) Row(subject string, version int) (*storage.Row, error) {
	if version < 1 || version > math.MaxInt32 {
		return nil, nil
	}
	value, err := s.rowValue(subject, version)
	if value == nil || err != nil {
		return nil, err
	}
	row := s.row(value, canonicalSubject(subject), version)
	return &row, nil
}

// rowValue returns what is stored about a version; nil when there is none. Its extra is valid until the transaction ends
// or changes.
func (s *snapshot) rowValue(subject string, version int) (*rowValue, error) {
	s.key = appendRow(s.key[:0], subject, version)
	body, err := s.get(rowBucket, s.key)
	if body == nil || err != nil {
		return nil, err
	}
	value, ok := decodeRow(body)
	if !ok {
		return nil, s.malformed(rowBucket, s.key)
	}
	return &value, nil
}

// Latest implements storage.View.
func (s *snapshot) Latest(subject string) (*storage.Row, error) {
	summary, err := s.Subject(subject)
	if err != nil || summary == nil || summary.Latest == 0 {
		return nil, err
	}
	row, err := s.Row(subject, summary.Latest)
	if err == nil && row == nil {
		err = s.corrupt(rowBucket, appendRow(nil, subject, summary.Latest), "the latest version is missing")
	}
	return row, err
}

// Content implements storage.View.
func (s *snapshot) Content(context string, id int) (*storage.Content, error) {
	value, err := s.idValue(context, id)
	if value == nil || err != nil {
		return nil, err
	}
	return s.content(value.number)
}

// idValue returns what is stored about an id; nil when there is none.
func (s *snapshot) idValue(context string, id int) (*idValue, error) {
	if id < 1 || id > math.MaxInt32 {
		return nil, nil
	}
	s.key = appendID(s.key[:0], context, id)
	body, err := s.get(idBucket, s.key)
	if body == nil || err != nil {
		return nil, err
	}
	value, ok := decodeID(body)
	if !ok {
		return nil, s.malformed(idBucket, s.key)
	}
	return &value, nil
}

func (s *snapshot) content(number uint64) (*storage.Content, error) {
	if content := s.cache.get(number); content != nil {
		return content, nil
	}
	s.key = appendSequence(s.key[:0], number)
	body, err := s.get(contentBucket, s.key)
	if err != nil {
		return nil, err
	}
	if body == nil {
		return nil, s.corrupt(contentBucket, s.key, "the content of an id is missing")
	}
	content, err := decodeContent(body)
	if err != nil {
		return nil, s.corrupt(contentBucket, s.key, err.Error())
	}
	if !s.tx.Writable() { // what the writer sees may still be rolled back, and its number be given to another
		s.cache.put(number, content)
	}
	return content, nil
}

// FindID implements storage.View. Of several ids, which only imports can make, it returns the lowest.
func (s *snapshot) FindID(context string, key storage.ContentKey) (id int, err error) {
	b, prefix := s.layout.keyEntries(s.key[:0], context, key)
	s.key = prefix
	err = s.scan(b, prefix, prefix, func(key, _ []byte) (bool, error) {
		id, _ = trailingNumber(key)
		return false, nil
	})
	return id, err
}

// RowsOfID implements storage.View.
func (s *snapshot) RowsOfID(context string, id int) ([]storage.Row, error) {
	if id < 1 || id > math.MaxInt32 {
		return nil, nil
	}
	return s.owners(appendID(nil, context, id), context, id)
}

// RowsOfIDIn implements storage.View.
func (s *snapshot) RowsOfIDIn(subject string, id int) ([]storage.Row, error) {
	if id < 1 || id > math.MaxInt32 {
		return nil, nil
	}
	context, name := storage.SplitSubject(subject)
	return s.owners(appendString(appendID(nil, context, id), name), context, id)
}

// Owner implements storage.View.
func (s *snapshot) Owner(context string, id int) (*storage.Row, error) {
	if id < 1 || id > math.MaxInt32 {
		return nil, nil
	}
	var best *storage.Row
	err := s.eachOwner(appendID(nil, context, id), context, id, func(row *storage.Row) bool {
		switch {
		case best == nil, best.Deleted && !row.Deleted, best.Deleted == row.Deleted && best.Subject == row.Subject:
			best = row
		case !best.Deleted && best.Subject != row.Subject:
			return false
		}
		return true
	})
	return best, err
}

// owners reads the rows of the owner entries with a prefix.
func (s *snapshot) owners(prefix []byte, context string, id int) (rows []storage.Row, err error) {
	err = s.eachOwner(prefix, context, id, func(row *storage.Row) bool {
		rows = append(rows, *row)
		return true
	})
	return rows, err
}

func (s *snapshot) eachOwner(prefix []byte, context string, id int, f func(*storage.Row) bool) error {
	start := len(context) + 1 + 4
	return s.scan(ownerBucket, prefix, prefix, func(key, _ []byte) (bool, error) {
		if len(key) < start+5 {
			return false, s.malformed(ownerBucket, key)
		}
		version, _ := trailingNumber(key)
		row, err := s.Row(storage.QualifySubject(context, string(key[start:len(key)-5])), version)
		if err != nil {
			return false, err
		}
		if row == nil || row.ID != id {
			return false, s.corrupt(ownerBucket, key, "the version it names is missing or has another id")
		}
		return f(row), nil
	})
}

// IDsOfGUID implements storage.View.
func (s *snapshot) IDsOfGUID(guid string) ([]storage.ContextID, error) {
	parsed, err := uuid.Parse(guid)
	if err != nil {
		return nil, nil // nothing has a guid that is not one
	}
	var ids []storage.ContextID
	b, from := s.layout.guidEntries()
	err = s.scan(b, parsed[:], parsed[:], func(key, _ []byte) (bool, error) {
		context, id, ok := splitContextID(key[min(from, len(key)):])
		if !ok {
			return false, s.malformed(b, key)
		}
		ids = append(ids, storage.ContextID{Context: context, ID: id})
		return true, nil
	})
	slices.SortFunc(ids, func(a, b storage.ContextID) int {
		return cmp.Or(cmp.Compare(a.Context, b.Context), cmp.Compare(a.ID, b.ID))
	})
	return ids, err
}

// splitContextID reads a context and an id, which a key ends with.
func splitContextID(key []byte) (context string, id int, ok bool) {
	name, rest, ok := bytes.Cut(key, []byte{0})
	if !ok || len(rest) != 4 {
		return "", 0, false
	}
	return string(name), int(binary.BigEndian.Uint32(rest)), true
}

// Referrers implements storage.View.
func (s *snapshot) Referrers(subject string, version int) ([]storage.Referrer, error) {
	var referrers []storage.Referrer
	prefix := appendRow(nil, subject, version)
	err := s.scan(referrerBucket, prefix, prefix, func(key, _ []byte) (bool, error) {
		context, id, ok := splitContextID(key[len(prefix):])
		if !ok {
			return false, s.malformed(referrerBucket, key)
		}
		rows, err := s.RowsOfID(context, id)
		for _, row := range rows {
			referrers = append(referrers, storage.Referrer{Subject: row.Subject, Version: row.Version, ID: row.ID, Deleted: row.Deleted})
		}
		return true, err
	})
	slices.SortFunc(referrers, func(a, b storage.Referrer) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
	})
	return referrers, err
}

// Config implements storage.View.
func (s *snapshot) Config(subject string) (*storage.Config, error) {
	s.key = appendString(s.key[:0], canonicalSubject(subject))
	body, err := s.get(configBucket, s.key)
	if body == nil || err != nil {
		return nil, err
	}
	return s.decodeConfig(s.key, body)
}

func (s *snapshot) decodeConfig(key, body []byte) (*storage.Config, error) {
	config := &storage.Config{}
	if json.Unmarshal(body, config) != nil {
		return nil, s.malformed(configBucket, key)
	}
	config.Subject = string(key[:len(key)-1])
	return config, nil
}

// Mode implements storage.View.
func (s *snapshot) Mode(subject string) (string, error) {
	s.key = appendString(s.key[:0], canonicalSubject(subject))
	body, err := s.get(modeBucket, s.key)
	if body == nil || err != nil {
		return "", err
	}
	return s.decodeMode(s.key, body)
}

func (s *snapshot) decodeMode(key, body []byte) (string, error) {
	d := decoder{rest: body}
	mode := string(d.block())
	if d.bad {
		return "", s.malformed(modeBucket, key)
	}
	return mode, nil
}

// Configs implements storage.View.
func (s *snapshot) Configs(f func(subject string, c *storage.Config) bool) error {
	return s.scan(configBucket, nil, nil, func(key, body []byte) (bool, error) {
		config, err := s.decodeConfig(key, body)
		return err == nil && f(string(key[:len(key)-1]), config), err
	})
}

// Modes implements storage.View.
func (s *snapshot) Modes(f func(subject string, mode string) bool) error {
	return s.scan(modeBucket, nil, nil, func(key, body []byte) (bool, error) {
		mode, err := s.decodeMode(key, body)
		return err == nil && f(string(key[:len(key)-1]), mode), err
	})
}

// Counts implements storage.View.
func (s *snapshot) Counts() (storage.Counts, error) {
	stored, err := s.counts()
	if err != nil {
		return storage.Counts{}, err
	}
	c := storage.Counts{
		Contexts: stored.contexts + 1, Subjects: stored.subjects, DeletedSubjects: stored.deletedSubjects, Schemas: stored.schemas,
		Versions: map[formats.Type]int{}, DeletedVersions: map[formats.Type]int{},
	}
	for code := 1; code < typeCount; code++ {
		c.Versions[codeTypes[code]] = stored.live[code]
		c.DeletedVersions[codeTypes[code]] = stored.deleted[code]
	}
	return c, nil
}

// Revision implements storage.View: the number of records ever applied.
func (s *snapshot) Revision() (uint64, error) {
	body, err := s.meta(revisionKey)
	if err != nil {
		return 0, err
	}
	d := decoder{rest: body}
	return d.uint64(), nil
}

func (s *snapshot) counts() (counts, error) {
	body, err := s.meta(countsKey)
	if err != nil {
		return counts{}, err
	}
	c, ok := decodeCounts(body)
	if !ok {
		return c, s.malformed(metaBucket, []byte(countsKey))
	}
	return c, nil
}

func (s *snapshot) malformed(b bucket, key []byte) error {
	return s.corrupt(b, slices.Clone(key), "it cannot be decoded")
}

// canonicalSubject gives a qualified subject its one spelling.
func canonicalSubject(subject string) string {
	return storage.QualifySubject(storage.SplitSubject(subject))
}
