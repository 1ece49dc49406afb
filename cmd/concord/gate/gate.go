// Package gate decides whether the schemas of a project may follow those they replace: the versions in a registry, the
// files of another commit or folder. It is the server's own engine that compares.
package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/concord-registry/concord/cmd/concord/parallel"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Base is one other side of the comparison. Implementations are safe for concurrent use.
type Base interface {
	// Name is what messages call it.
	Name() string
	// History returns what a file's schema replaces, newest first; empty for a new subject. A zero level or policy leaves
	// the choice to the project.
	History(ctx context.Context, f *project.File) (History, error)
	// Stored returns the text of a reference that the project does not hold, after what it refers to itself.
	Stored(ctx context.Context, ref formats.Reference) ([]formats.Resolved, error)
	// Missing lists the subjects of the base that a project which holds only the given ones would lose.
	Missing(tree *project.Tree) []*project.File
}

// History is what a base knows of one subject.
type History struct {
	Versions []compat.Version // newest first
	Level    compat.Level
	Policy   compat.Policy
	Lenient  bool
}

// Options of a check.
type Options struct {
	Level   compat.Level  // wins over every other; empty leaves the choice to the base, then to the project
	Policy  compat.Policy // likewise
	Removed string        // what a schema that is gone is: project.RemovedError, …
	Jobs    int           // files compared at the same time
	Only    []string      // files to check, as project paths or folders; empty means all
	// Done is called after each file, from several goroutines; nil for nobody.
	Done func()
}

// Status is what became of a subject.
type Status string

// The states of a subject.
const (
	New       Status = "new"
	Unchanged Status = "unchanged"
	Changed   Status = "changed"
	Removed   Status = "removed"
	Invalid   Status = "invalid"
)

// Subject is the outcome for one subject.
type Subject struct {
	Name     string
	Path     string // the file, below the project's root
	Status   Status
	Against  []string // which versions of which bases it was compared with
	Findings []Finding
}

// Finding is one reason against a schema, at a place in a file.
type Finding struct {
	compat.Finding
	Subject string
	Path    string
	Span    *formats.Span // in the file; nil for the file as a whole
	Against string        // which base
}

// Result is the outcome of a check.
type Result struct {
	Subjects []Subject // by path, those that are gone last
}

// Count returns how many findings have a severity.
func (r *Result) Count(severity compat.Severity) int {
	n := 0
	for i := range r.Subjects {
		for _, f := range r.Subjects[i].Findings {
			if f.Severity == severity {
				n++
			}
		}
	}
	return n
}

// Codes of findings that are the gate's own.
const (
	CodeRemoved = "SUBJECT_REMOVED"
	CodeRenamed = "SUBJECT_RENAMED"
	CodeTooMuch = "COMPARISON_TOO_LARGE"
)

// Check compares every file of a tree with every base.
func Check(ctx context.Context, e *engine.Engine, config *project.Config, tree *project.Tree, bases []Base, opt Options) (*Result, error) {
	c := &checker{engine: e, texts: &texts{engine: e}, config: config, tree: tree, bases: bases, opt: opt}
	c.findRenames()
	files := slices.DeleteFunc(slices.Clone(tree.Files), func(f *project.File) bool { return !opt.selects(f.Path) })
	var mu sync.Mutex
	result := &Result{Subjects: c.misplaced()}
	if err := parallel.Each(ctx, opt.Jobs, files, func(ctx context.Context, f *project.File) error {
		outcome, err := c.file(ctx, f)
		mu.Lock()
		result.Subjects = append(result.Subjects, outcome)
		mu.Unlock()
		if opt.Done != nil {
			opt.Done()
		}
		return err
	}); err != nil {
		return nil, err
	}
	slices.SortFunc(result.Subjects, func(a, b Subject) int { return strings.Compare(a.Path, b.Path) })
	result.Subjects = append(result.Subjects, c.removed()...)
	c.silence(result)
	return result, nil
}

func (o *Options) selects(path string) bool {
	return len(o.Only) == 0 || slices.ContainsFunc(o.Only, func(only string) bool {
		return only == "." || only == path || strings.HasPrefix(path, only+"/")
	})
}

type checker struct {
	engine *engine.Engine
	config *project.Config
	tree   *project.Tree
	bases  []Base
	opt    Options

	missing map[Base][]*project.File        // what is gone, without what was renamed
	renamed map[*project.File]*project.File // new file -> the one it was
	texts   *texts
}

// file checks one file against every base.
func (c *checker) file(ctx context.Context, f *project.File) (Subject, error) {
	out := Subject{Name: f.Subject, Path: f.Path, Status: New}
	for _, problem := range c.tree.Problems {
		if problem.File == f {
			out.Findings = append(out.Findings, problemFinding(problem))
		}
	}
	if len(out.Findings) > 0 {
		// What cannot be read, or lacks what it refers to, cannot be compared.
		out.Status = Invalid
		return out, nil
	}
	if was := c.renamed[f]; was != nil {
		out.add(renameFinding(f, was))
	}
	for _, base := range c.bases {
		if err := c.against(ctx, f, base, &out); err != nil {
			return out, err
		}
	}
	if len(c.bases) == 0 {
		_, finding, err := c.parse(ctx, f, nil)
		if err != nil {
			return out, err
		}
		out.add(finding)
	}
	if slices.ContainsFunc(out.Findings, func(f Finding) bool { return f.Code == project.CodeUnreadable }) {
		out.Status = Invalid
	}
	return out, nil
}

func (s *Subject) add(findings ...Finding) {
	for _, finding := range findings {
		if finding.Code == "" {
			continue
		}
		known := slices.ContainsFunc(s.Findings, func(f Finding) bool {
			return f.Code == finding.Code && f.Path == finding.Path && f.Message == finding.Message && f.Version == finding.Version && f.Against == finding.Against
		})
		if !known {
			s.Findings = append(s.Findings, finding)
		}
	}
}

// against compares a file with what one base knows of its subject.
func (c *checker) against(ctx context.Context, f *project.File, base Base, out *Subject) error {
	owner := f
	if was := c.renamed[f]; was != nil {
		owner = was
	}
	history, err := base.History(ctx, owner)
	if err != nil {
		return failedIn(base, err)
	}
	schema, finding, err := c.parse(ctx, f, base)
	if err != nil {
		return failedIn(base, err)
	}
	if schema == nil {
		out.add(finding)
		return nil
	}
	return compare(ctx, c.texts, f, schema, base, history, c.opt.rules(f, history), out)
}

// failedIn names the base in an error, unless the error begins with it, as that of a registry which does not answer does.
func failedIn(base Base, err error) error {
	if strings.HasPrefix(err.Error(), base.Name()) {
		return err
	}
	return fmt.Errorf("%s: %w", base.Name(), err)
}

// Compare is Check for one schema that is no file of a tree: it tells whether the schema may follow what a base knows of the
// subject of f.
func Compare(ctx context.Context, e *engine.Engine, f *project.File, schema formats.Schema, base Base) (Subject, error) {
	out := Subject{Name: f.Subject, Path: f.Path, Status: New}
	history, err := base.History(ctx, f)
	if err != nil {
		return out, failedIn(base, err)
	}
	return out, compare(ctx, &texts{engine: e}, f, schema, base, history, (&Options{}).rules(f, history), &out)
}

func compare(ctx context.Context, t *texts, f *project.File, schema formats.Schema, base Base, history History, rules compat.Rules, out *Subject) error {
	if len(history.Versions) == 0 {
		return nil
	}
	if out.Status == New {
		out.Status = Unchanged
	}
	if t.sameAsAny(ctx, schema, history.Versions) {
		return nil
	}
	out.Status = Changed
	if rules.Level == compat.None {
		return nil
	}
	report, err := t.engine.CheckFull(ctx, schema, history.Versions, rules)
	var work *compat.WorkError
	if err != nil && !errors.As(err, &work) {
		return err
	}
	out.Against = append(out.Against, describe(base, history.Versions, rules.Level))
	if work != nil {
		out.add(tooMuchFinding(f, base, work))
		return nil
	}
	for _, finding := range report.Findings {
		out.add(placed(f, base, finding))
	}
	return nil
}

func describe(base Base, versions []compat.Version, level compat.Level) string {
	if versions[0].Number == 0 {
		return base.Name()
	}
	if !level.Transitive() {
		versions = versions[:1]
	}
	numbers := make([]string, len(versions))
	for i, v := range versions {
		numbers[i] = fmt.Sprintf("v%d", v.Number)
	}
	return strings.Join(numbers, ", ") + " in " + base.Name()
}

// rules are the level and the policy that apply to a file: those of the command line, of the base, of the project.
func (o *Options) rules(f *project.File, history History) compat.Rules {
	rules := compat.Rules{Level: o.Level, Policy: o.Policy, Lenient: history.Lenient}
	for _, level := range []compat.Level{history.Level, f.Level, compat.Backward} {
		if rules.Level == "" {
			rules.Level = level
		}
	}
	for _, policy := range []compat.Policy{history.Policy, f.Policy, compat.PolicyReference} {
		if rules.Policy == "" {
			rules.Policy = policy
		}
	}
	return rules
}

// placed puts a finding at its place in the new file: where the new schema is the reader, at the reader's span, else at the
// writer's.
func placed(f *project.File, base Base, finding compat.Finding) Finding {
	span := finding.ReaderSpan
	if finding.Direction == compat.OldReadsNew {
		span = finding.WriterSpan
	}
	return Finding{Finding: finding, Subject: f.Subject, Path: f.Path, Span: span, Against: base.Name()}
}

func problemFinding(p project.Problem) Finding {
	return Finding{
		Finding: compat.Finding{Code: p.Code, Severity: compat.Error, Message: p.Message, Hint: p.Hint},
		Subject: p.File.Subject, Path: p.File.Path, Span: p.Span,
	}
}

// tooMuchFinding is about a schema that a registry refuses, too, because it cannot tell whether it may follow the others.
func tooMuchFinding(f *project.File, base Base, work *compat.WorkError) Finding {
	return Finding{
		Finding: compat.Finding{Code: CodeTooMuch, Severity: compat.Error, Message: work.Error()},
		Subject: f.Subject, Path: f.Path, Against: base.Name(),
	}
}

func renameFinding(f, was *project.File) Finding {
	return Finding{
		Finding: compat.Finding{
			Code: CodeRenamed, Severity: compat.Warning,
			Message: fmt.Sprintf("Subject %s of %s seems to be renamed to %s; it was compared with the old one.", was.Subject, was.Path, f.Subject),
			Hint:    "Clients that use the old subject do not find the new one: keep the subject, or move them first.",
		},
		Subject: f.Subject, Path: f.Path,
	}
}

// misplaced are the files that have no subject of their own.
func (c *checker) misplaced() []Subject {
	var out []Subject
	for _, problem := range c.tree.Problems {
		if problem.Code == project.CodeSubject && c.opt.selects(problem.File.Path) {
			out = append(out, Subject{Name: problem.File.Subject, Path: problem.File.Path, Status: Invalid, Findings: []Finding{problemFinding(problem)}})
		}
	}
	return out
}

// removed are the subjects of the bases that the project has no more.
func (c *checker) removed() []Subject {
	var out []Subject
	if c.opt.Removed == project.RemovedIgnored {
		return nil
	}
	severity := compat.Warning
	if c.opt.Removed == project.RemovedError {
		severity = compat.Error
	}
	for _, base := range c.bases {
		for _, f := range c.missing[base] {
			if !c.opt.selects(f.Path) {
				continue
			}
			out = append(out, Subject{Name: f.Subject, Path: f.Path, Status: Removed, Findings: []Finding{{
				Finding: compat.Finding{
					Code: CodeRemoved, Severity: severity,
					Message: fmt.Sprintf("The schema of subject %s is in %s but no longer in the project.", f.Subject, base.Name()),
					Hint:    "Restore the file; or, when nobody reads this data any more, delete the subject in the registry and ignore this finding.",
				},
				Subject: f.Subject, Path: f.Path, Against: base.Name(),
			}}})
		}
	}
	return out
}

// silence drops the findings that the config ignores.
func (c *checker) silence(r *Result) {
	for i := range r.Subjects {
		s := &r.Subjects[i]
		s.Findings = slices.DeleteFunc(s.Findings, func(f Finding) bool { return c.config.Ignores(f.Path, f.Code) })
	}
}
