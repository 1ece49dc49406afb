package web

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/registry"
)

// compareView shows what distinguishes two versions.
type compareView struct {
	Subject  string
	Tab      string
	Versions []registry.VersionInfo // to choose from, the newest first
	Step     *registry.Step
	Type     string // of the newer version
	Verdict  string // "good", "bad", "warn"
	Title    string
	Effects  []effectView
	Changes  []changeView
	More     int // changes that are not listed
	Text     textView
	Unified  bool
	Whole    bool
	// Addresses of the same comparison in other forms, and of the ones next to it; empty where there are none.
	SideBySide, OneColumn, ChangesOnly, WholeText, Older, Newer, Swapped string
}

// compare shows two versions of a subject: by default the latest and the one before it.
func (u *UI) compare(r *request) (*Page, error) {
	subject := r.param("subject")
	step, err := u.reg.Compare(r.Context(), subject, r.query("from"), r.query("to"))
	if err != nil {
		return nil, err
	}
	view := &compareView{
		Subject: step.Subject, Tab: "compare", Step: step, Type: string(step.To.Type),
		Unified: r.query("view") == "unified", Whole: r.query("lines") == "all",
	}
	if view.Versions, err = u.reg.VersionList(r.Context(), step.Subject); err != nil {
		return nil, err
	}
	slices.Reverse(view.Versions)
	if step.From != nil {
		view.fill(r.links)
	}
	return &Page{Template: "compare", Title: "Compare versions of " + step.Subject, Nav: "subjects", Context: contextOf(step.Subject), Model: view}, nil
}

// fill shows the difference.
func (v *compareView) fill(links Links) {
	d := v.Step.Diff
	v.Text = textViewOf(d, v.Whole, v.Unified)
	v.Changes = changeViews(d, v.Step.Level, "", v.Text)
	v.More = d.More + len(d.Changes) - len(v.Changes)
	v.Effects = effectViews(d.Backward, d.Forward, v.Step.Level)
	v.Verdict, v.Title = sumUp(d, v.Step)
	at := func(from, to int, unified, whole bool) string {
		query := url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}}
		if unified {
			query.Set("view", "unified")
		}
		if whole {
			query.Set("lines", "all")
		}
		return links.Compare(v.Subject) + "?" + query.Encode()
	}
	from, to := v.Step.From.Version, v.Step.To.Version
	v.SideBySide, v.OneColumn = at(from, to, false, v.Whole), at(from, to, true, v.Whole)
	v.ChangesOnly, v.WholeText = at(from, to, v.Unified, false), at(from, to, v.Unified, true)
	v.Swapped = at(to, from, v.Unified, v.Whole)
	place := func(number int) int {
		return slices.IndexFunc(v.Versions, func(version registry.VersionInfo) bool { return version.Version == number })
	}
	if i := place(from); i >= 0 && i+1 < len(v.Versions) {
		v.Older = at(v.Versions[i+1].Version, from, v.Unified, v.Whole)
	}
	if i := place(to); i > 0 {
		v.Newer = at(to, v.Versions[i-1].Version, v.Unified, v.Whole)
	}
}

// sumUp says what a difference means to the level in force.
func sumUp(d *diff.Diff, step *registry.Step) (verdict, title string) {
	level := string(step.Level)
	switch {
	case d.Identical:
		return "good", "The same schema"
	case len(d.Changes) == 0:
		return "good", "The same schema, written differently"
	case d.Breaking(step.Level):
		return "bad", "Breaks " + level
	case d.Backward == diff.Breaks || d.Forward == diff.Breaks:
		return "warn", "Fine by " + level + ", but not in every direction"
	case d.Backward == diff.Warns || d.Forward == diff.Warns:
		return "warn", "Fine by " + level + ", with warnings"
	}
	return "good", "Compatible in both directions"
}

// historyView is the change log of a subject.
type historyView struct {
	Subject string
	Tab     string
	Steps   []historyStep
	Older   string // the address of what comes before; empty at the beginning
	Newer   string
}

// historyStep is how one version came to be.
type historyStep struct {
	Step    *registry.Step
	Verdict string
	Title   string
	Effects []effectView
	Changes []changeView
	More    int
}

// stepsShown is how many steps of a change log a page has.
const stepsShown = 10

func (u *UI) history(r *request) (*Page, error) {
	subject := r.param("subject")
	offset := r.offset()
	steps, err := u.reg.History(r.Context(), subject, registry.Page{Offset: offset, Limit: stepsShown + 1})
	if err != nil {
		return nil, err
	}
	view := &historyView{Subject: subject, Tab: "history"}
	if len(steps) > stepsShown {
		steps = steps[:stepsShown]
		view.Older = r.links.History(subject) + "?offset=" + strconv.Itoa(offset+stepsShown)
	}
	if offset > 0 {
		view.Newer = r.links.History(subject) + "?offset=" + strconv.Itoa(max(0, offset-stepsShown))
	}
	for _, step := range steps {
		shown := historyStep{Step: step}
		if step.From != nil {
			shown.Verdict, shown.Title = sumUp(step.Diff, step)
			shown.Effects = effectViews(step.Backward, step.Forward, step.Level)
			shown.Changes = changeViews(step.Diff, step.Level, "v"+strconv.Itoa(step.To.Version)+"-", textView{})
			shown.More = step.More + len(step.Diff.Changes) - len(shown.Changes)
		}
		view.Steps = append(view.Steps, shown)
	}
	return &Page{Template: "history", Title: "Changes of " + subject, Nav: "subjects", Context: contextOf(subject), Model: view}, nil
}

// offset is where a list starts.
func (r *request) offset() int {
	n, err := strconv.Atoi(r.query("offset"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// levelsView is the matrix of versions and levels.
type levelsView struct {
	Subject      string
	Tab          string
	Matrix       *registry.Matrix
	Words        []string // what each level means
	Open         bool     // some cells were not computed
	Older, Newer string
}

// rowsShown is how many versions a page of the matrix has.
const rowsShown = 25

func (u *UI) levels(r *request) (*Page, error) {
	subject := r.param("subject")
	offset := r.offset()
	matrix, err := u.reg.Matrix(r.Context(), subject, registry.Page{Offset: offset, Limit: rowsShown})
	if err != nil {
		return nil, err
	}
	view := &levelsView{Subject: subject, Tab: "levels", Matrix: matrix}
	for _, level := range matrix.Levels {
		view.Words = append(view.Words, levelWords(level))
	}
	for _, row := range matrix.Rows {
		for _, cell := range row.Cells {
			view.Open = view.Open || cell.Verdict == "undecided"
		}
	}
	if matrix.More > 0 {
		view.Older = r.links.Levels(subject) + "?offset=" + strconv.Itoa(offset+rowsShown)
	}
	if offset > 0 {
		view.Newer = r.links.Levels(subject) + "?offset=" + strconv.Itoa(max(0, offset-rowsShown))
	}
	return &Page{Template: "levels", Title: "Levels of " + subject, Nav: "subjects", Context: contextOf(subject), Model: view}, nil
}
