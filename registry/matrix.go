package registry

import (
	"context"
	"slices"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/storage"
)

// Matrix tells which levels the live versions of a subject have kept to, whatever level was in force.
type Matrix struct {
	Subject string         `json:"subject"`
	Level   compat.Level   `json:"level"` // in force
	Policy  compat.Policy  `json:"policy"`
	Levels  []compat.Level `json:"levels"`
	Rows    []MatrixRow    `json:"rows"` // newest first
	// More counts the older versions that are not in Rows.
	More int `json:"more"`
}

// Decided reports whether no verdict is missing.
func (m *Matrix) Decided() bool {
	return !slices.ContainsFunc(m.Rows, func(row MatrixRow) bool {
		return slices.ContainsFunc(row.Cells, func(cell MatrixCell) bool { return cell.Verdict == compat.Undecided })
	})
}

// MatrixRow is one version, with a cell for each level.
type MatrixRow struct {
	Version int          `json:"version"`
	Cells   []MatrixCell `json:"cells"`
}

// MatrixCell says whether a version may follow those before it under a level.
type MatrixCell struct {
	Level compat.Level `json:"level"`
	// Verdict is undecided where the work that one comparison or one request may cause did not suffice.
	Verdict compat.Verdict `json:"verdict"`
	// Against is the newest version that rejects; 0 when none does.
	Against int `json:"against,omitempty"`
}

// The work that one matrix may cause.
const (
	maxMatrixRows   = 50
	maxMatrixChecks = 2_000
	maxMatrixTime   = time.Second
)

// Matrix compares versions of a subject with those before them, at most 50 at a time. SubjectNotFound.
func (r *Registry) Matrix(ctx context.Context, subject string, page Page) (*Matrix, error) {
	return settled(func() (*Matrix, error) { return r.matrix(ctx, normalize(subject), page) })
}

func (r *Registry) matrix(ctx context.Context, subject string, page Page) (*Matrix, error) {
	h, err := r.readHistory(subject)
	if err != nil {
		return nil, err
	}
	live := h.live()
	slices.Reverse(live)
	m := &Matrix{Subject: h.subject, Level: h.settings.level, Policy: h.settings.policy, Levels: compat.Levels()[1:], Rows: []MatrixRow{}}
	w := &matrixWork{registry: r, history: h, checks: maxMatrixChecks, until: time.Now().Add(maxMatrixTime)}
	shown := paged(live, page, maxMatrixRows)
	m.More = max(0, len(live)-page.skip()-len(shown))
	for i, row := range shown {
		cells, err := w.cells(ctx, row, live[page.skip()+i+1:])
		if err != nil {
			return nil, err
		}
		m.Rows = append(m.Rows, MatrixRow{row.Version, cells})
	}
	return m, nil
}

// matrixWork counts what is left to do for one matrix.
type matrixWork struct {
	registry *Registry
	history  *history
	checks   int
	until    time.Time
}

// trend is how a version stands to those before it, in one direction.
type trend struct {
	last, any int  // the version before it, and the newest one at all, that rejects; 0 when there is none
	partly    bool // of some of them it is not known
	unknown   bool // not even of the one before it
}

// cells compares a version with older ones, newest first.
func (w *matrixWork) cells(ctx context.Context, row *storage.Row, older []*storage.Row) ([]MatrixCell, error) {
	backward, err := w.trend(ctx, compat.Backward, row, older)
	if err != nil {
		return nil, err
	}
	forward, err := w.trend(ctx, compat.Forward, row, older)
	if err != nil {
		return nil, err
	}
	var cells []MatrixCell
	for _, level := range compat.Levels()[1:] {
		cell := MatrixCell{Level: level, Verdict: compat.Compatible}
		for _, direction := range level.Directions() {
			t := backward
			if direction == compat.OldReadsNew {
				t = forward
			}
			against, open := t.last, t.unknown
			if level.Transitive() {
				against, open = t.any, t.partly || t.unknown
			}
			switch {
			case against > 0:
				cell.Verdict, cell.Against = compat.Incompatible, max(cell.Against, against)
			case open && cell.Verdict == compat.Compatible:
				cell.Verdict = compat.Undecided
			}
		}
		cells = append(cells, cell)
	}
	return cells, nil
}

func (w *matrixWork) trend(ctx context.Context, level compat.Level, row *storage.Row, older []*storage.Row) (trend, error) {
	var t trend
	for i, old := range older {
		if w.checks == 0 || time.Now().After(w.until) {
			t.partly, t.unknown = true, t.unknown || i == 0
			return t, nil
		}
		w.checks--
		verdict, err := w.verdict(ctx, level, row, old)
		if err != nil {
			return t, err
		}
		switch verdict {
		case compat.Undecided:
			t.partly, t.unknown = true, t.unknown || i == 0
		case compat.Incompatible:
			t.any = old.Version
			if i == 0 {
				t.last = old.Version
			}
			return t, nil
		}
	}
	return t, nil
}

// verdict tells whether one version may follow another. One that cannot be read follows nothing.
func (w *matrixWork) verdict(ctx context.Context, level compat.Level, row, old *storage.Row) (compat.Verdict, error) {
	next, err := w.parsed(ctx, row)
	if err != nil || next == nil {
		return compat.Incompatible, err
	}
	before, err := w.parsed(ctx, old)
	if err != nil || before == nil {
		return compat.Incompatible, err
	}
	rules := compat.Rules{Level: level, Policy: w.history.settings.policy, Lenient: w.history.settings.lenient()}
	return w.registry.verdict(ctx, next.schema, compat.Version{Number: old.Version, Schema: before.schema}, rules)
}

// parsed parses a version; nil when its text cannot be read.
func (w *matrixWork) parsed(ctx context.Context, row *storage.Row) (*parsed, error) {
	stored, err := w.registry.storedVersion(row)
	if err != nil {
		return nil, err
	}
	p, err := w.registry.parse(ctx, stored.text)
	if CodeOf(err) != 0 {
		return nil, nil
	}
	return p, err
}
