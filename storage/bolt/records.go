package bolt

import (
	"github.com/concord-registry/concord/storage"
)

var _ storage.Exporter = (*snapshot)(nil)

// Records implements storage.Exporter: contexts, schemas by subject and version, config, mode, and the highest ids last.
func (s *snapshot) Records(f func(storage.Record) bool) error {
	highest := map[string]int{}
	more := true
	emit := func(r storage.Record, err error) (bool, error) {
		more = err == nil && f(r)
		return more, err
	}
	err := s.scan(contextBucket, nil, nil, func(key, body []byte) (bool, error) {
		value, ok := decodeContext(body)
		if !ok {
			return false, s.malformed(contextBucket, key)
		}
		name := string(key[:len(key)-1])
		highest[name] = value.highest
		if !value.known {
			return true, nil
		}
		return emit(storage.PutContext(name, 0), nil)
	})
	for _, part := range []struct {
		bucket bucket
		record func(key, body []byte) (storage.Record, error)
	}{{rowBucket, s.schemaRecord}, {configBucket, s.configRecord}, {modeBucket, s.modeRecord}} {
		if err != nil || !more {
			return err
		}
		err = s.scan(part.bucket, nil, nil, func(key, body []byte) (bool, error) { return emit(part.record(key, body)) })
	}
	if err == nil && more {
		f(storage.KeepIDs(highest, 0))
	}
	return err
}

func (s *snapshot) schemaRecord(key, body []byte) (storage.Record, error) {
	subject, version, _, ok := splitRow(key)
	row, decoded := decodeRow(body)
	if !ok || !decoded {
		return storage.Record{}, s.malformed(rowBucket, key)
	}
	context, _ := storage.SplitSubject(subject)
	c, err := s.Content(context, row.id)
	if err != nil {
		return storage.Record{}, err
	}
	if c == nil {
		return storage.Record{}, s.corrupt(rowBucket, key, "its content is missing")
	}
	r := storage.PutSchema(storage.SchemaValue{
		Subject: subject, Version: version, ID: row.id, Type: c.Type, Schema: c.Schema,
		References: c.References, Metadata: c.Metadata, RuleSet: c.RuleSet, Deleted: row.deleted,
	}, row.time)
	r.Value, err = keepMembers(r.Value, row.extra, contentMembers)
	return r, err
}

func (s *snapshot) configRecord(key, body []byte) (storage.Record, error) {
	subject := string(key[:len(key)-1])
	r := storage.PutConfig(storage.Config{Subject: subject}, 0)
	r.Value = append([]byte(nil), body...)
	return r, nil
}

func (s *snapshot) modeRecord(key, body []byte) (storage.Record, error) {
	mode, err := s.decodeMode(key, body)
	if err != nil {
		return storage.Record{}, err
	}
	d := decoder{rest: body}
	d.block()
	r := storage.PutMode(string(key[:len(key)-1]), mode, 0)
	r.Value, err = keepMembers(r.Value, d.rest, modeMembers)
	return r, err
}
