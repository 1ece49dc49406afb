package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// checkView is what the registry thinks of a schema that stands in a form.
type checkView struct {
	Verdict      string // "good", "bad", "warn" or "note"
	Incompatible bool   // it is bad because of the versions there are
	Title        string
	Text         string
	Versions     []versionVerdict // the versions it was compared with, newest first
	More         int              // versions beyond those
	Findings     []findingView
	MoreFindings int // that are not listed
	Undecided    []string
	Lines        []markedLine // the text that was checked, when something in it is marked
	Since        int          // the version that Changes are told from; 0 when there is none, or it cannot be compared
	Changes      []changeView
	MoreChanges  int
	Apart        string // why there are no Changes, where the reason is the size of the schemas
}

// versionVerdict is the verdict against one version.
type versionVerdict struct {
	Number int
	Good   bool
}

// markedLine is a line of a text with what is said about it.
type markedLine struct {
	Number   int
	Text     string
	Severity string // of the worst finding that starts here
	Notes    []string
}

// maxShownVersions bounds the versions whose verdicts are shown, maxShownLines the lines that are, and maxShownFindings the findings, errors first.
const (
	maxShownVersions = 60
	maxShownLines    = 2_000
	maxShownFindings = 300
)

// checked asks whether a subject would take a schema. Without a subject only the schema itself is checked, as one of the
// context.
func (u *UI) checked(ctx context.Context, inContext, subject string, req registry.SchemaRequest, normalize bool) (*checkView, error) {
	if strings.TrimSpace(req.Schema) == "" {
		return &checkView{Verdict: "note", Title: "Nothing to check yet", Text: "The schema is empty."}, nil
	}
	opt, about := registry.CheckOptions{Full: true}, subject
	if subject == "" {
		opt.Level, about = compat.None, storage.QualifySubject(inContext, "")
	}
	report, err := u.reg.CheckSubject(ctx, about, req, opt)
	if err != nil {
		return nil, err
	}
	view := &checkView{Undecided: report.Undecided, Findings: findingViews(report.Findings)}
	rejected := map[int]bool{}
	for _, f := range report.Findings {
		if f.Severity == compat.Error {
			rejected[f.Version] = true
		}
	}
	for i, version := range report.Compared {
		if i == maxShownVersions {
			view.More = len(report.Compared) - i
			break
		}
		view.Versions = append(view.Versions, versionVerdict{version, !rejected[version]})
	}
	if view.MoreFindings = max(0, len(view.Findings)-maxShownFindings); view.MoreFindings > 0 {
		view.Findings = view.Findings[:maxShownFindings]
	}
	view.Lines = markLines(req.Schema, view.Findings)
	if subject != "" {
		u.changes(ctx, subject, req, report, view)
	}
	if err := u.judge(ctx, subject, req, report, normalize, view); err != nil {
		return nil, err
	}
	return view, nil
}

// maxEditChanges bounds the changes that stand beside the editor.
const maxEditChanges = 50

// maxEditCompared bounds the texts that are compared for these changes, in bytes together: it is done again after each pause in typing.
const maxEditCompared = 400 << 10

// changes tells what a schema would change of the latest version. The reasons of what breaks stand with the check; whatever
// cannot be compared is left out, for nobody has asked for it.
func (u *UI) changes(ctx context.Context, subject string, req registry.SchemaRequest, report *compat.Report, view *checkView) {
	latest, err := u.reg.Version(ctx, subject, "latest", registry.ReadOptions{})
	if err != nil {
		return
	}
	old, err := u.reg.Layout(ctx, subject, requestOf(latest))
	if err != nil {
		return
	}
	next, err := u.reg.Parse(ctx, subject, req)
	if err != nil {
		return
	}
	if len(old.Source().Text)+len(req.Schema) > maxEditCompared {
		view.Apart = "The schemas are too large to tell what changes while one types. Once it is registered, they can be compared."
		return
	}
	d, err := diff.Compare(ctx, u.opt.Engine.Checker, old, next, report.Policy)
	if err != nil {
		return
	}
	_, _, places := markChanges(d, rowsOf(d))
	all := changeViews(d, report.Level, "edit-", textView{places: places})
	for i := range all {
		all[i].Findings = nil
	}
	view.Since, view.Changes = latest.Version, all[:min(len(all), maxEditChanges)]
	view.MoreChanges = d.More + len(d.Changes) - len(view.Changes)
}

// judge says in a sentence what the report means.
func (u *UI) judge(ctx context.Context, subject string, req registry.SchemaRequest, report *compat.Report, normalize bool, view *checkView) error {
	switch {
	case !report.Compatible:
		view.Verdict, view.Incompatible, view.Title = "bad", true, "Incompatible"
		var versions []int
		for _, v := range view.Versions {
			if !v.Good {
				versions = append(versions, v.Number)
			}
		}
		if len(versions) > 0 {
			view.Title = "Incompatible with " + versionRanges(versions)
		}
		view.Text = "Each reason says how to mend it."
	case len(report.Findings) > 0:
		view.Verdict, view.Title = "warn", "Would be accepted, with warnings"
		view.Text = "The policy in force lets it pass, but not every reader will understand every message."
	default:
		view.Verdict, view.Title = "good", "Compatible"
		view.Text = comparedWords(report)
	}
	if subject == "" {
		view.Title, view.Text = "A valid schema", "Once the subject has a name, it is compared with the versions there."
		return nil
	}
	same, err := u.reg.Lookup(ctx, subject, req, registry.LookupOptions{Normalize: normalize})
	switch {
	case err == nil && same.Subject == subject:
		refused := strings.ToLower(view.Title)
		view.Verdict, view.Incompatible, view.Title = "note", false, "Registered already"
		view.Text = "This is version " + strconv.Itoa(same.Version) + " with the id " + strconv.Itoa(same.ID) + ". Registering it again changes nothing."
		if !report.Compatible {
			view.Text += " As a new version it would be " + refused + "."
		}
	case err != nil && registry.CodeOf(err) == 0:
		return err
	}
	return nil
}

func comparedWords(report *compat.Report) string {
	switch {
	case report.Level == compat.None:
		return "The level is NONE, so it was compared with nothing."
	case len(report.Compared) == 0:
		return "There is no earlier version to compare it with."
	case len(report.Compared) == 1:
		return "Compared with version " + strconv.Itoa(report.Compared[0]) + ", as the level " + string(report.Level) + " asks."
	}
	return "Compared with " + number(len(report.Compared)) + " versions, as the level " + string(report.Level) + " asks."
}

// failedCheck is a check of a text that ended with an error of the person's own, or that took too long; nil for faults of
// the server.
func (u *UI) failedCheck(err error, text string) *checkView {
	if errors.Is(err, context.DeadlineExceeded) {
		return &checkView{Verdict: "warn", Title: "Not checked", Text: "The check takes too long to be made here. A registration makes it all the same."}
	}
	status, _, message := u.opt.Describe(err)
	if status >= http.StatusInternalServerError {
		return nil
	}
	view := &checkView{Verdict: "bad", Title: "Not a valid schema", Text: message}
	var fault *formats.ParseError
	if errors.As(err, &fault) && fault.Name == "" && fault.Span != nil {
		view.Text = "It cannot be read. The place is marked."
		view.Findings = []findingView{{
			Severity: string(compat.Error), Code: "SCHEMA_INVALID", Message: fault.Message,
			Line: fault.Span.Start.Line, Column: fault.Span.Start.Column, EndLine: fault.Span.End.Line, EndColumn: fault.Span.End.Column,
		}}
		view.Lines = markLines(text, view.Findings)
	}
	return view
}

// markLines puts findings on the lines that cause them; nil when none has a place.
func markLines(text string, findings []findingView) []markedLine {
	at := map[int][]*findingView{}
	for i := range findings {
		if findings[i].Line > 0 {
			at[findings[i].Line] = append(at[findings[i].Line], &findings[i])
		}
	}
	if len(at) == 0 {
		return nil
	}
	var lines []markedLine
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if i == maxShownLines {
			break
		}
		marked := markedLine{Number: i + 1, Text: line}
		for _, f := range at[i+1] {
			if marked.Severity != string(compat.Error) {
				marked.Severity = f.Severity
			}
			marked.Notes = append(marked.Notes, f.Message)
		}
		lines = append(lines, marked)
	}
	return lines
}
