// Package desired compares a project with a registry, and brings the registry to what the project says. A Plan holds what
// would be done, the verdict on it included; Apply does it.
package desired

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/stored"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// planFormat is the version of the form in which plans are saved.
const planFormat = 1

// Plan is what would make a registry hold what a project says. It is whole: it can be saved as JSON and applied later.
type Plan struct {
	Format   int    `json:"format"`
	Registry string `json:"registry"`
	// Actions in the order they are done: levels, then schemas after those they refer to, then deletions.
	Actions []*Action `json:"actions"`
	// Unchanged counts the subjects that are as they should be.
	Unchanged int `json:"unchanged"`
	// Extra are subjects of the project's contexts that no file has, and that no action deletes.
	Extra []string `json:"extra"`
	// Notes are sentences about what no action can bring about, or no plan can tell.
	Notes []string `json:"notes,omitempty"`
}

// Kind is what an action does.
type Kind string

// The kinds of action.
const (
	Register Kind = "register"
	SetLevel Kind = "level"
	Delete   Kind = "delete"
)

// Action is one step of a plan.
type Action struct {
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject"`
	Path    string `json:"path,omitempty"` // the file, below the project's root
	// Registration is what is registered. A reference to a version that the plan registers itself has its expected number.
	Registration *client.Registration `json:"registration,omitempty"`
	// Version is the number that a registration is expected to get.
	Version int `json:"version,omitempty"`
	// Level is what a level becomes.
	Level compat.Level `json:"level,omitempty"`
	// Before is what the plan found; Apply refuses to act on anything else.
	Before State `json:"before"`
	// Against says what a schema was compared with, Changes what it changes of the latest version.
	Against []string      `json:"against,omitempty"`
	Changes []diff.Change `json:"changes,omitempty"`
	// Findings are the reasons for and against it. With one of severity error the action is refused, and so is the plan.
	Findings []Finding `json:"findings,omitempty"`
}

// State is what a registry has of a subject.
type State struct {
	Versions []int  `json:"versions"` // live ones
	Level    string `json:"level"`    // in force
}

// Finding is a finding at a place in a file.
type Finding struct {
	compat.Finding
	Path string        `json:"path,omitempty"`
	Span *formats.Span `json:"span,omitempty"`
}

// Refused reports whether an action cannot be done.
func (a *Action) Refused() bool {
	return slices.ContainsFunc(a.Findings, func(f Finding) bool { return f.Severity == compat.Error })
}

// Refused counts the actions that cannot be done.
func (p *Plan) Refused() (n int) {
	for _, a := range p.Actions {
		if a.Refused() {
			n++
		}
	}
	return n
}

// Options of a plan.
type Options struct {
	Deletes bool // delete what no file has
	Jobs    int
	Done    func() // called after each file; nil for nobody
}

// Codes of findings that are the plan's own.
const (
	CodeReadOnly   = "SUBJECT_READ_ONLY"
	CodeReferenced = "SUBJECT_REFERENCED"
)

// planner makes a plan.
type planner struct {
	engine  *engine.Engine
	client  *client.Client
	reader  *stored.Reader
	project *project.Project
	tree    *project.Tree
	opt     Options
	plan    *Plan

	version map[*project.File]int // that a file is registered as, or will be
	pending map[*project.File]*Action
}

// Make compares the files of a project with a registry.
func Make(ctx context.Context, e *engine.Engine, c *client.Client, p *project.Project, tree *project.Tree, opt Options) (*Plan, error) {
	m := &planner{
		engine: e, client: c, reader: stored.NewReader(e, c), project: p, tree: tree, opt: opt,
		plan:    &Plan{Format: planFormat, Registry: c.Name(), Actions: []*Action{}, Extra: []string{}},
		version: map[*project.File]int{}, pending: map[*project.File]*Action{},
	}
	for _, step := range []func(context.Context) error{m.levels, m.schemas, m.judge, m.extras} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return m.plan, nil
}

// levels adds the levels that files ask for and that are not in force.
func (m *planner) levels(ctx context.Context) error {
	for _, f := range m.tree.Files {
		if f.Level == "" {
			continue
		}
		state, err := stateOf(ctx, m.client, f.Subject)
		if err != nil {
			return err
		}
		if state.Level != string(f.Level) {
			m.plan.Actions = append(m.plan.Actions, &Action{Kind: SetLevel, Subject: f.Subject, Path: f.Path, Level: f.Level, Before: state})
		}
	}
	return nil
}

// schemas adds what is not registered yet. A file that refers to one that will be registered anew is registered anew too.
func (m *planner) schemas(ctx context.Context) error {
	for _, f := range m.tree.Files {
		if err := m.schema(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.Path, err)
		}
		if m.opt.Done != nil {
			m.opt.Done()
		}
	}
	return nil
}

func (m *planner) schema(ctx context.Context, f *project.File) error {
	registration := &client.Registration{
		Schema: f.Text, Type: f.Type, References: m.tree.References(f, func(target *project.File) int { return m.version[target] }),
	}
	followed := slices.ContainsFunc(f.Links, func(l project.Link) bool { return l.Target != nil && m.pending[l.Target] != nil })
	if err := m.owned(ctx, f, registration); err != nil {
		return err
	}
	if !followed {
		known, err := m.client.Lookup(ctx, f.Subject, *registration, false, false)
		switch {
		case err == nil:
			m.version[f] = known.Version
			m.plan.Unchanged++
			return m.noteOlder(ctx, f, known.Version)
		case !client.IsRefusal(err):
			return err // the registry is not there; a text that it cannot read is the gate's to explain
		}
	}
	all, err := m.client.Versions(ctx, f.Subject, true)
	if err != nil && !client.IsMissing(err) {
		return err
	}
	state, err := stateOf(ctx, m.client, f.Subject)
	if err != nil {
		return err
	}
	action := &Action{Kind: Register, Subject: f.Subject, Path: f.Path, Registration: registration, Version: 1, Before: state}
	if len(all) > 0 {
		action.Version = slices.Max(all) + 1
	}
	m.version[f], m.pending[f] = action.Version, action
	m.plan.Actions = append(m.plan.Actions, action)
	return nil
}

// ownerProperty is where the owner that concord.yaml names is kept.
const ownerProperty = "owner"

// owned puts the owner into the metadata of a registration, beside what the latest version has there.
func (m *planner) owned(ctx context.Context, f *project.File, registration *client.Registration) error {
	if f.Owner == "" {
		return nil
	}
	registration.Metadata = &storage.Metadata{Properties: map[string]string{ownerProperty: f.Owner}}
	latest, err := m.reader.Version(ctx, f.Subject, 0)
	if client.IsMissing(err) {
		return nil
	}
	if err != nil || latest.Metadata == nil {
		return err
	}
	merged := *latest.Metadata
	merged.Properties = map[string]string{}
	for name, value := range latest.Metadata.Properties {
		if name != versionProperty {
			merged.Properties[name] = value
		}
	}
	merged.Properties[ownerProperty] = f.Owner
	registration.Metadata = &merged
	return nil
}

// versionProperty is written by registries, with the number of a version.
const versionProperty = "confluent:version"

// noteOlder tells that a file is as an older version is: registering it changes nothing.
func (m *planner) noteOlder(ctx context.Context, f *project.File, version int) error {
	latest, err := m.reader.Version(ctx, f.Subject, 0)
	if err == nil && latest.Version != version {
		m.plan.Notes = append(m.plan.Notes, fmt.Sprintf("%s is version %d of %s, but the latest is %d; a registry cannot go back.", f.Path, version, f.Subject, latest.Version))
	}
	return err
}

// stateOf reads what a registry has of a subject.
func stateOf(ctx context.Context, c *client.Client, subject string) (State, error) {
	versions, err := c.Versions(ctx, subject, false)
	if err != nil && !client.IsMissing(err) {
		return State{}, err
	}
	config, err := c.Config(ctx, subject, true)
	if err != nil {
		return State{}, err
	}
	return State{Versions: append([]int{}, versions...), Level: config.Level}, nil
}

// judge compares what would be registered with what is, by the gate that `concord check` uses.
func (m *planner) judge(ctx context.Context) error {
	var only []string
	for f := range m.pending {
		only = append(only, f.Path)
	}
	for _, problem := range m.tree.Problems {
		if problem.Code == project.CodeSubject {
			only = append(only, problem.File.Path)
		}
	}
	if len(only) == 0 {
		return nil
	}
	base := gate.NewRegistryBase(m.engine, m.client, func(f *project.File) compat.Level { return f.Level })
	result, err := gate.Check(ctx, m.engine, m.project.Config, m.tree, []gate.Base{base}, gate.Options{Removed: project.RemovedIgnored, Jobs: m.opt.Jobs, Only: only})
	if err != nil {
		return err
	}
	byPath := map[string]*Action{}
	for f, action := range m.pending {
		byPath[f.Path] = action
	}
	for _, outcome := range result.Subjects {
		action := byPath[outcome.Path]
		if action == nil {
			action = &Action{Kind: Register, Subject: outcome.Name, Path: outcome.Path, Before: State{Versions: []int{}}}
			m.plan.Actions = append(m.plan.Actions, action)
		}
		action.Against = outcome.Against
		for _, f := range outcome.Findings {
			action.Findings = append(action.Findings, Finding{Finding: f.Finding, Path: f.Path, Span: f.Span})
		}
	}
	for _, f := range m.tree.Files {
		if action := m.pending[f]; action != nil {
			if err := m.complete(ctx, f, action); err != nil {
				return fmt.Errorf("%s: %w", f.Path, err)
			}
		}
	}
	return nil
}

// complete adds whether the subject takes writes, and what the schema changes.
func (m *planner) complete(ctx context.Context, f *project.File, action *Action) error {
	mode, err := m.client.Mode(ctx, f.Subject, true)
	if err != nil {
		return err
	}
	if mode == "READONLY" || mode == "READONLY_OVERRIDE" {
		action.refuse(f.Path, CodeReadOnly, fmt.Sprintf("%s takes no writes: its mode is %s.", f.Subject, mode), "Set the mode back with: concord set mode READWRITE "+f.Subject)
	}
	if len(action.Before.Versions) == 0 || action.Refused() {
		return nil
	}
	latest, err := m.reader.Version(ctx, f.Subject, 0)
	if err != nil {
		return err
	}
	old, err := m.reader.Parse(ctx, latest)
	if err != nil {
		return fmt.Errorf("version %d of %s: %w", latest.Version, f.Subject, err)
	}
	src, err := m.tree.Resolve(f, func(target *project.File) int { return m.version[target] }, func(ref formats.Reference) ([]formats.Resolved, error) {
		return m.reader.Resolve(ctx, "", []formats.Reference{ref})
	})
	if err != nil {
		return err
	}
	next, err := m.engine.Parse(ctx, f.Type, src, formats.Options{})
	if err != nil {
		return err
	}
	d, err := diff.Compare(ctx, m.engine.Checker, old, next, compat.PolicyReference)
	var work *compat.WorkError
	if errors.As(err, &work) {
		m.plan.Notes = append(m.plan.Notes, fmt.Sprintf("What %s changes is not told: %v.", f.Path, work))
		return nil
	}
	if err != nil {
		return err
	}
	action.Changes = d.Changes
	return nil
}

func (a *Action) refuse(path, code, message, hint string) {
	a.Findings = append(a.Findings, Finding{Finding: compat.Finding{Code: code, Severity: compat.Error, Message: message, Hint: hint}, Path: path})
}
