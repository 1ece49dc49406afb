package registry

import (
	"context"
	"slices"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Step is the way from one version of a subject to another.
type Step struct {
	Subject string       `json:"subject"`
	From    *VersionInfo `json:"from"` // nil before the first version
	To      VersionInfo  `json:"to"`
	// Level is the one in force for the subject now, not the one that was when To was registered.
	Level compat.Level `json:"level"`
	// Problem says why there is no comparison, in a history: a version that was imported as it is may be unreadable.
	Problem string `json:"problem,omitempty"`
	Late    bool   `json:"-"` // the Problem is that there was no time left
	*diff.Diff
}

// VersionInfo tells a version of a subject without its text.
type VersionInfo struct {
	Version int          `json:"version"`
	ID      int          `json:"id"`
	Type    formats.Type `json:"schemaType,omitempty"`
	Time    int64        `json:"ts,omitempty"` // milliseconds since 1970
	Deleted bool         `json:"deleted,omitempty"`
	By      Registrant   `json:"registeredBy,omitzero"`
}

// Layout reads a schema as Parse does, and gives a text of one line a line for each member, so that places in it can be
// shown. InvalidSchema.
func (r *Registry) Layout(ctx context.Context, subject string, req SchemaRequest) (formats.Schema, error) {
	schema, err := r.Parse(ctx, subject, req)
	if err != nil {
		return nil, err
	}
	return diff.Layout(ctx, r.engine, schema)
}

// Compare tells what distinguishes two versions of a subject, soft-deleted or not. An empty newer means the latest one
// that is live, or else the last; an empty older the one before the newer. A subject with one version is compared with
// nothing: From and Diff are nil then. InvalidVersion, SubjectNotFound, VersionNotFound, InvalidSchema.
func (r *Registry) Compare(ctx context.Context, subject, older, newer string) (*Step, error) {
	return settled(func() (*Step, error) { return r.compareVersions(ctx, normalize(subject), older, newer) })
}

func (r *Registry) compareVersions(ctx context.Context, subject, older, newer string) (*Step, error) {
	h, err := r.readHistory(subject)
	if err != nil {
		return nil, err
	}
	to, err := h.find(newer, h.last())
	if err != nil {
		return nil, err
	}
	from, err := h.find(older, h.before(to))
	if err != nil {
		return nil, err
	}
	return r.step(ctx, h, from, to)
}

// History tells how a subject came to be what it is, the newest version first, at most maxSteps at a time. Versions that
// are soft-deleted are left out. SubjectNotFound.
func (r *Registry) History(ctx context.Context, subject string, page Page) ([]*Step, error) {
	return settled(func() ([]*Step, error) { return r.steps(ctx, normalize(subject), page) })
}

func (r *Registry) steps(ctx context.Context, subject string, page Page) ([]*Step, error) {
	h, err := r.readHistory(subject)
	if err != nil {
		return nil, err
	}
	live := h.live()
	slices.Reverse(live)
	steps := []*Step{}
	until := time.Now().Add(maxHistoryTime)
	for _, to := range paged(live, page, maxSteps) {
		if time.Now().After(until) {
			steps = append(steps, h.uncompared(to, "There was no time left to compare it; compare it by itself, or ask for fewer versions"))
			steps[len(steps)-1].Late = true
			continue
		}
		step, err := r.step(ctx, h, h.before(to), to)
		if CodeOf(err) != 0 {
			step, err = h.uncompared(to, err.Error()), nil
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return steps, nil
}

// VersionList tells all versions of a subject, ascending, soft-deleted ones included. SubjectNotFound.
func (r *Registry) VersionList(ctx context.Context, subject string) ([]VersionInfo, error) {
	h, err := r.readHistory(normalize(subject))
	if err != nil {
		return nil, err
	}
	list := make([]VersionInfo, len(h.rows))
	for i := range h.rows {
		list[i] = infoOf(&h.rows[i])
	}
	return list, nil
}

// The work that one history may cause: so many comparisons in full, and none that begins later.
const (
	maxSteps       = 20
	maxHistoryTime = time.Second
)

// history is a subject with what decides about it.
type history struct {
	subjectState
	settings *settings
}

// uncompared is the step to a version that was not compared, and why.
func (h *history) uncompared(to *storage.Row, problem string) *Step {
	return &Step{Subject: h.subject, To: infoOf(to), Level: h.settings.level, Problem: problem}
}

func (r *Registry) readHistory(subject string) (*history, error) {
	h := &history{}
	err := r.store.View(func(v storage.View) (err error) {
		if h.settings, err = r.effectiveConfig(v, subject); err != nil {
			return err
		}
		h.subjectState, err = readSubject(v, subject)
		return err
	})
	if err == nil && len(h.rows) == 0 {
		err = subjectNotFound(subject)
	}
	return h, err
}

// live are the versions that are not deleted, ascending.
func (h *history) live() []*storage.Row {
	var rows []*storage.Row
	for i := range h.rows {
		if !h.rows[i].Deleted {
			rows = append(rows, &h.rows[i])
		}
	}
	return rows
}

func (h *history) last() *storage.Row {
	if row := h.latest(); row != nil {
		return row
	}
	return &h.rows[len(h.rows)-1]
}

// before is the live version before a row; where there is none, a deleted one if the row is deleted, too.
func (h *history) before(row *storage.Row) *storage.Row {
	var before *storage.Row
	for i := range h.rows {
		other := &h.rows[i]
		if other.Version < row.Version && (!other.Deleted || row.Deleted && (before == nil || before.Deleted)) {
			before = other
		}
	}
	return before
}

// find returns the row of a version as it is written, or otherwise for an empty one.
func (h *history) find(version string, otherwise *storage.Row) (*storage.Row, error) {
	if version == "" {
		return otherwise, nil
	}
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	if number == latest {
		if row := h.latest(); row != nil {
			return row, nil
		}
		return nil, versionNotFound(number)
	}
	i := slices.IndexFunc(h.rows, func(row storage.Row) bool { return row.Version == number })
	if i < 0 {
		return nil, versionNotFound(number)
	}
	return &h.rows[i], nil
}

// infoOf is what the row itself tells of a version.
func infoOf(row *storage.Row) VersionInfo {
	return VersionInfo{Version: row.Version, ID: row.ID, Time: row.Time, Deleted: row.Deleted, By: row.By}
}

// step compares two rows; from may be nil.
func (r *Registry) step(ctx context.Context, h *history, from, to *storage.Row) (*Step, error) {
	s := &Step{Subject: h.subject, To: infoOf(to), Level: h.settings.level}
	next, err := r.laidOut(ctx, to)
	if err != nil {
		return nil, err
	}
	s.To.Type = next.Type()
	if from == nil {
		return s, nil
	}
	old, err := r.laidOut(ctx, from)
	if err != nil {
		return nil, err
	}
	info := infoOf(from)
	info.Type = old.Type()
	s.From = &info
	s.Diff, err = diff.Compare(ctx, r.engine.Checker, old, next, h.settings.policy)
	return s, workError(err)
}

// laidOut parses a registered version from a text that has lines.
func (r *Registry) laidOut(ctx context.Context, row *storage.Row) (formats.Schema, error) {
	stored, err := r.storedVersion(row)
	if err != nil {
		return nil, err
	}
	laid := *stored.text
	if laid.src.Text = diff.LayoutText(laid.typ, laid.src.Text); laid.src.Text != stored.text.src.Text && !laid.normalized {
		if schema, err := r.engine.Parse(ctx, laid.typ, laid.src, laid.opt); err == nil {
			return schema, nil
		}
		// It cannot be read at all, or the blanks made it larger than a schema may be.
	}
	p, err := r.parse(ctx, stored.text)
	if err != nil {
		return nil, err
	}
	return p.schema, nil
}
