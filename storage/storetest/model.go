package storetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// model is the state in its plainest form: maps, searched from end to end for every question. It implements storage.View,
// so that a store's answers can be compared with it one by one.
type model struct {
	versions map[versionKey]version
	configs  map[string]storage.Config
	modes    map[string]string
	contexts map[string]bool
	highest  map[string]int
	touched  map[string]uint64 // per subject, the last record about it
	revision uint64
}

type versionKey struct {
	subject string
	version int
}

type version struct {
	row     storage.Row
	content *storage.Content
}

var _ storage.View = (*model)(nil)

func newModel() *model {
	return &model{map[versionKey]version{}, map[string]storage.Config{}, map[string]string{}, map[string]bool{}, map[string]int{}, map[string]uint64{}, 0}
}

func (m *model) clone() *model {
	return &model{maps.Clone(m.versions), maps.Clone(m.configs), maps.Clone(m.modes), maps.Clone(m.contexts), maps.Clone(m.highest), maps.Clone(m.touched), m.revision}
}

// apply changes the model as a record says; after an error it may be half changed.
func (m *model) apply(r storage.Record) error {
	subject := storage.QualifySubject(storage.SplitSubject(r.Key.Subject))
	switch r.Key.Type {
	case storage.SchemaKey:
		if err := m.applySchema(subject, r); err != nil {
			return err
		}
	case storage.DeleteSubjectKey:
		if err := m.deleteSubject(subject, r); err != nil {
			return err
		}
	case storage.ClearSubjectKey:
		m.clear(subject)
	case storage.ConfigKey:
		delete(m.configs, subject)
		if r.Value != nil {
			var config storage.Config
			if err := json.Unmarshal(r.Value, &config); err != nil {
				return storage.ErrRecord
			}
			config.Subject = subject
			m.configs[subject] = config
		}
	case storage.ModeKey:
		delete(m.modes, subject)
		if r.Value != nil {
			var mode storage.ModeValue
			if json.Unmarshal(r.Value, &mode) != nil || mode.Mode == "" {
				return storage.ErrRecord
			}
			m.modes[subject] = mode.Mode
		}
	case storage.ContextKey:
		delete(m.contexts, r.Key.Context)
		if r.Value != nil && r.Key.Context != storage.DefaultContext {
			m.contexts[r.Key.Context] = true
		}
	}
	m.revision++
	switch r.Key.Type {
	case storage.ConfigKey, storage.ModeKey:
		m.touched[subject] = m.revision
	}
	return nil
}

func (m *model) applySchema(subject string, r storage.Record) error {
	key := versionKey{subject, r.Key.Version}
	old, had := m.versions[key]
	if r.Value == nil {
		if had {
			delete(m.versions, key)
			m.touched[subject] = m.revision + 1
		}
		return nil
	}
	var value storage.SchemaValue
	if json.Unmarshal(r.Value, &value) != nil {
		return storage.ErrRecord
	}
	content := storage.ContentOf(&value)
	context, _ := storage.SplitSubject(subject)
	if same, err := m.Content(context, value.ID); err != nil || same != nil && storage.KeyOf(same) != storage.KeyOf(content) {
		return storage.ErrRecord
	}
	time, by := r.Time, value.By
	if had && old.row.ID == value.ID {
		if old.row.Time != 0 {
			time = old.row.Time
		}
		if (by == storage.Registrant{}) {
			by = old.row.By
		}
	}
	m.versions[key] = version{storage.Row{Subject: subject, Version: value.Version, ID: value.ID, Deleted: value.Deleted, Time: time, By: by}, content}
	m.highest[context] = max(m.highest[context], value.ID)
	m.touched[subject] = m.revision + 1
	return nil
}

func (m *model) deleteSubject(subject string, r storage.Record) error {
	if r.Value == nil {
		return nil
	}
	var value storage.DeleteSubjectValue
	if json.Unmarshal(r.Value, &value) != nil {
		return storage.ErrRecord
	}
	if value.Version == 0 {
		value.Version = math.MaxInt
	}
	for key, v := range m.versions {
		if key.subject == subject && key.version <= value.Version && !v.row.Deleted {
			v.row.Deleted = true
			m.versions[key] = v
			m.touched[subject] = m.revision + 1
		}
	}
	return nil
}

func (m *model) clear(scope string) {
	context, name := storage.SplitSubject(scope)
	for key, v := range m.versions {
		in, _ := storage.SplitSubject(key.subject)
		if v.row.Deleted && (key.subject == scope || name == "" && in == context) {
			delete(m.versions, key)
			m.touched[key.subject] = m.revision + 1
		}
	}
}

// rows returns the versions that f accepts, by subject and version.
func (m *model) rows(f func(version) bool) []storage.Row {
	var rows []storage.Row
	for _, v := range m.versions {
		if f(v) {
			rows = append(rows, v.row)
		}
	}
	slices.SortFunc(rows, func(a, b storage.Row) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
	})
	return rows
}

func contextOf(subject string) string {
	context, _ := storage.SplitSubject(subject)
	return context
}

func (m *model) Contexts() ([]string, error) {
	return append([]string{storage.DefaultContext}, slices.Sorted(maps.Keys(m.contexts))...), nil
}

func (m *model) HighestID(context string) (int, error) { return m.highest[context], nil }

func (m *model) Subject(subject string) (*storage.Subject, error) {
	rows, _ := m.Rows(subject)
	if len(rows) == 0 {
		return nil, nil
	}
	s := &storage.Subject{Name: subject, Revision: m.touched[subject]}
	for _, row := range rows {
		s.Highest = row.Version
		if row.Deleted {
			s.Deleted++
		} else {
			s.Live++
			s.Latest = row.Version
		}
	}
	return s, nil
}

func (m *model) Subjects(context, prefix, from string, f func(storage.Subject) bool) error {
	names := map[string]bool{}
	for key := range m.versions {
		in, name := storage.SplitSubject(key.subject)
		if in == context && strings.HasPrefix(name, prefix) && name >= from {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		s, _ := m.Subject(storage.QualifySubject(context, name))
		if !f(*s) {
			return nil
		}
	}
	return nil
}

func (m *model) Rows(subject string) ([]storage.Row, error) {
	return m.rows(func(v version) bool { return v.row.Subject == subject }), nil
}

func (m *model) Row(subject string, version int) (*storage.Row, error) {
	v, ok := m.versions[versionKey{subject, version}]
	if !ok {
		return nil, nil
	}
	return &v.row, nil
}

func (m *model) Latest(subject string) (*storage.Row, error) {
	s, _ := m.Subject(subject)
	if s == nil {
		return nil, nil
	}
	return m.Row(subject, s.Latest)
}

func (m *model) Content(context string, id int) (*storage.Content, error) {
	for _, v := range m.versions {
		if v.row.ID == id && contextOf(v.row.Subject) == context {
			return v.content, nil
		}
	}
	return nil, nil
}

func (m *model) FindID(context string, key storage.ContentKey) (int, error) {
	lowest := 0
	for _, v := range m.versions {
		if contextOf(v.row.Subject) == context && storage.KeyOf(v.content) == key && (lowest == 0 || v.row.ID < lowest) {
			lowest = v.row.ID
		}
	}
	return lowest, nil
}

func (m *model) RowsOfID(context string, id int) ([]storage.Row, error) {
	return m.rows(func(v version) bool { return v.row.ID == id && contextOf(v.row.Subject) == context }), nil
}

func (m *model) Owner(context string, id int) (*storage.Row, error) {
	rows, _ := m.RowsOfID(context, id)
	slices.SortFunc(rows, func(a, b storage.Row) int {
		deleted := 0
		if a.Deleted != b.Deleted {
			deleted = 1
			if b.Deleted {
				deleted = -1
			}
		}
		return cmp.Or(deleted, cmp.Compare(a.Subject, b.Subject), cmp.Compare(b.Version, a.Version))
	})
	if len(rows) == 0 {
		return nil, nil
	}
	return &rows[0], nil
}

func (m *model) RowsOfIDIn(subject string, id int) ([]storage.Row, error) {
	return m.rows(func(v version) bool { return v.row.ID == id && v.row.Subject == subject }), nil
}

func (m *model) IDsOfGUID(guid string) ([]storage.ContextID, error) {
	var ids []storage.ContextID
	for _, v := range m.versions {
		if v.content.GUID == guid {
			ids = append(ids, storage.ContextID{Context: contextOf(v.row.Subject), ID: v.row.ID})
		}
	}
	slices.SortFunc(ids, func(a, b storage.ContextID) int {
		return cmp.Or(cmp.Compare(a.Context, b.Context), cmp.Compare(a.ID, b.ID))
	})
	return slices.Compact(ids), nil
}

func (m *model) Referrers(subject string, number int) ([]storage.Referrer, error) {
	rows := m.rows(func(v version) bool {
		return slices.ContainsFunc(v.content.References, func(ref formats.Reference) bool {
			return ref.Version == number && storage.ReferredSubject(contextOf(v.row.Subject), ref.Subject) == subject
		})
	})
	var referrers []storage.Referrer
	for _, row := range rows {
		referrers = append(referrers, storage.Referrer{Subject: row.Subject, Version: row.Version, ID: row.ID, Deleted: row.Deleted})
	}
	slices.SortStableFunc(referrers, func(a, b storage.Referrer) int { return cmp.Compare(a.ID, b.ID) })
	return referrers, nil
}

func (m *model) Config(subject string) (*storage.Config, error) {
	config, ok := m.configs[subject]
	if !ok {
		return nil, nil
	}
	return &config, nil
}

func (m *model) Mode(subject string) (string, error) { return m.modes[subject], nil }

func (m *model) Configs(f func(subject string, c *storage.Config) bool) error {
	for _, subject := range slices.Sorted(maps.Keys(m.configs)) {
		config := m.configs[subject]
		if !f(subject, &config) {
			return nil
		}
	}
	return nil
}

func (m *model) Modes(f func(subject string, mode string) bool) error {
	for _, subject := range slices.Sorted(maps.Keys(m.modes)) {
		if !f(subject, m.modes[subject]) {
			return nil
		}
	}
	return nil
}

func (m *model) Counts() (storage.Counts, error) {
	c := storage.Counts{Contexts: 1 + len(m.contexts), Versions: map[formats.Type]int{}, DeletedVersions: map[formats.Type]int{}}
	for _, t := range formats.Types() {
		c.Versions[t], c.DeletedVersions[t] = 0, 0
	}
	ids, subjects := map[string]bool{}, map[string]bool{}
	for key, v := range m.versions {
		ids[fmt.Sprint(contextOf(key.subject), v.row.ID)] = true
		subjects[key.subject] = subjects[key.subject] || !v.row.Deleted
		if v.row.Deleted {
			c.DeletedVersions[v.content.Type]++
		} else {
			c.Versions[v.content.Type]++
		}
	}
	c.Schemas = len(ids)
	for _, live := range subjects {
		if live {
			c.Subjects++
		} else {
			c.DeletedSubjects++
		}
	}
	return c, nil
}

func (m *model) Revision() (uint64, error) { return m.revision, nil }
