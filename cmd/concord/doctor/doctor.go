// Package doctor looks for what is wrong with a registry as a whole: what a single request does not show.
package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/parallel"
	"github.com/concord-registry/concord/cmd/concord/stored"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// The codes of findings.
const (
	CodeDamaged          = "DATA_DAMAGED"
	CodeDangling         = "REFERENCE_DANGLING"
	CodeDeletedReference = "REFERENCE_TO_DELETED"
	CodeUnparsable       = "SCHEMA_UNPARSABLE"
	CodeUnreadable       = "VERSION_UNREADABLE"
	CodeLevel            = "LEVEL_VIOLATED"
	CodeDuplicate        = "CONTENT_TWICE"
	CodeIDs              = "CONTENT_WITH_TWO_IDS"
	CodeIDReused         = "ID_WITH_TWO_CONTENTS"
)

// Finding is one thing that is wrong, and what to do about it.
type Finding struct {
	Severity compat.Severity `json:"severity"`
	Code     string          `json:"code"`
	Subject  string          `json:"subject,omitempty"`
	Version  int             `json:"version,omitempty"`
	ID       int             `json:"id,omitempty"`
	Message  string          `json:"message"`
	Action   string          `json:"action"`
}

// Report is what an examination found, by subject and version.
type Report struct {
	Source   string    `json:"source"` // a URL or a file
	Subjects int       `json:"subjects"`
	Versions int       `json:"versions"` // soft-deleted ones included
	Findings []Finding `json:"findings"`
}

// Count returns how many findings have a severity.
func (r *Report) Count(severity compat.Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == severity {
			n++
		}
	}
	return n
}

// Options of an examination.
type Options struct {
	Jobs  int                                    // subjects at a time
	Begin func(subjects int) (step, done func()) // shows progress; nil for nobody
}

// Examine reads every version of a registry. An error means that it could not be examined.
func Examine(ctx context.Context, e *engine.Engine, c *client.Client, opt Options) (*Report, error) {
	d := &doctor{engine: e, client: c, reader: stored.NewReader(e, c), report: &Report{Source: c.Name(), Findings: []Finding{}},
		ids: map[contextID]*seen{}, contents: map[contextKey]*seen{}}
	names, err := c.Subjects(ctx, client.EveryContext, true)
	if err != nil {
		return nil, err
	}
	d.report.Subjects = len(names)
	step, done := func() {}, func() {}
	if opt.Begin != nil {
		step, done = opt.Begin(len(names))
	}
	err = parallel.Each(ctx, opt.Jobs, names, func(ctx context.Context, name string) error {
		defer step()
		return d.subject(ctx, name)
	})
	done()
	if err != nil {
		return nil, err
	}
	slices.SortFunc(d.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	return d.report, nil
}

type contextID struct {
	context string
	id      int
}

type contextKey struct {
	context string
	key     storage.ContentKey
}

// seen is where something was seen first.
type seen struct {
	subject     string
	version, id int
	key         storage.ContentKey
}

type doctor struct {
	engine *engine.Engine
	client *client.Client
	reader *stored.Reader

	mu       sync.Mutex
	report   *Report
	ids      map[contextID]*seen
	contents map[contextKey]*seen
}

func (d *doctor) add(severity compat.Severity, code string, v *client.Version, action, format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report.Findings = append(d.report.Findings, Finding{Severity: severity, Code: code, Subject: v.Subject, Version: v.Version, ID: v.ID,
		Message: fmt.Sprintf(format, args...), Action: action})
}

// subject examines the versions of one subject, and how they follow each other.
func (d *doctor) subject(ctx context.Context, name string) error {
	all, err := d.client.Versions(ctx, name, true)
	if client.IsMissing(err) {
		return nil // it was deleted since
	}
	if err != nil {
		return err
	}
	living, err := d.client.Versions(ctx, name, false)
	if err != nil && !client.IsMissing(err) {
		return err
	}
	var history []compat.Version // live ones that can be parsed, newest first
	var rules *compat.Rules
	contents := map[storage.ContentKey]int{}
	for _, number := range all {
		live := slices.Contains(living, number)
		v, schema, err := d.version(ctx, name, number, live)
		if err != nil {
			return err
		}
		if v == nil || !live {
			continue
		}
		d.twice(v, contents)
		if schema == nil {
			continue
		}
		if rules == nil {
			if rules, err = d.rules(ctx, name); err != nil {
				return err
			}
		}
		if err := d.follows(ctx, v, schema, history, *rules); err != nil {
			return err
		}
		history = slices.Insert(history, 0, compat.Version{Number: number, Schema: schema})
	}
	return nil
}

// isFault reports whether a registry failed at what it was asked for. Who may not ask, asks too often, or asks a registry that
// is not there now, learns nothing about a version.
func isFault(err error) bool {
	var refusal *client.Refusal
	return errors.As(err, &refusal) && refusal.Status == http.StatusInternalServerError
}

// version reads and parses one version; both results are nil when it cannot be read, and the schema when it cannot be
// parsed.
func (d *doctor) version(ctx context.Context, name string, number int, live bool) (*client.Version, formats.Schema, error) {
	d.mu.Lock()
	d.report.Versions++
	d.mu.Unlock()
	v, err := d.reader.Version(ctx, name, number)
	switch {
	case client.IsMissing(err):
		return nil, nil, nil // it was deleted since
	case isFault(err):
		d.add(compat.Error, CodeUnreadable, &client.Version{Subject: name, Version: number},
			"Examine the data file with concord doctor --data while the server is stopped, and restore a backup if it is damaged.",
			"The version cannot be read: %v", err)
		return nil, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("version %d of %s: %w", number, name, err)
	}
	d.identity(v)
	whole, err := d.references(ctx, v, live)
	if err != nil || !whole {
		return v, nil, err
	}
	schema, err := d.reader.Parse(ctx, v)
	if err == nil {
		return v, schema, nil
	}
	var parse *formats.ParseError
	var limit *formats.LimitError
	if !errors.As(err, &parse) && !errors.As(err, &limit) {
		if client.IsMissing(err) || isFault(err) { // something that it refers to cannot be read whole, which is a finding of its own
			return v, nil, nil
		}
		return nil, nil, err
	}
	severity := compat.Error
	if !live {
		severity = compat.Warning
	}
	d.add(severity, CodeUnparsable, v, "Nothing can be registered after it while its level compares them. Register a corrected schema with level NONE, then delete this version.",
		"The schema cannot be parsed: %v", err)
	return v, nil, nil
}

// references looks for what a version refers to, and reports whether all of it is there.
func (d *doctor) references(ctx context.Context, v *client.Version, live bool) (whole bool, err error) {
	whole = true
	context, _ := storage.SplitSubject(v.Subject)
	for _, ref := range v.References {
		target := storage.ReferredSubject(context, ref.Subject)
		found, err := d.reader.Version(ctx, target, ref.Version)
		switch {
		case client.IsMissing(err):
			whole = false
			d.add(compat.Error, CodeDangling, v, fmt.Sprintf("Import %s version %d again from where it was deleted or from a backup, or delete this version.", target, ref.Version),
				"It refers to version %d of %s as %q, which does not exist.", ref.Version, target, ref.Name)
		case isFault(err):
			whole = false // which is a finding of its own
		case err != nil:
			return false, err
		case live:
			if _, err := d.client.Version(ctx, target, fmt.Sprint(found.Version), false); client.IsMissing(err) {
				d.add(compat.Warning, CodeDeletedReference, v, fmt.Sprintf("Register %s again, or let a new version refer to a live one.", target),
					"It refers to version %d of %s, which is soft-deleted.", found.Version, target)
			} else if err != nil {
				return false, err
			}
		}
	}
	return whole, nil
}

func keyOf(v *client.Version) storage.ContentKey {
	return storage.KeyOf(&storage.Content{Type: v.Type, Schema: v.Schema, References: v.References, Metadata: v.Metadata, RuleSet: v.RuleSet})
}

// identity holds the id of a version against those that were seen: in a context, an id has one content, and a content one id.
func (d *doctor) identity(v *client.Version) {
	context, _ := storage.SplitSubject(v.Subject)
	here := &seen{v.Subject, v.Version, v.ID, keyOf(v)}
	d.mu.Lock()
	byID, byKey := d.ids[contextID{context, v.ID}], d.contents[contextKey{context, here.key}]
	if byID == nil {
		d.ids[contextID{context, v.ID}] = here
	}
	if byKey == nil {
		d.contents[contextKey{context, here.key}] = here
	}
	d.mu.Unlock()
	if byID != nil && byID.key != here.key {
		d.add(compat.Error, CodeIDReused, v, "Consumers decode with the wrong one of the two. Find out which messages were written with which, and register one of them anew under another id.",
			"Its id stands for another schema in version %d of %s.", byID.version, byID.subject)
	}
	if byKey != nil && byKey.id != v.ID {
		d.add(compat.Warning, CodeIDs, v, "Harmless to readers; clients that cache by schema may use either id.",
			"The same schema has the id %d in version %d of %s.", byKey.id, byKey.version, byKey.subject)
	}
}

// twice reports a live version with the content of another one of its subject.
func (d *doctor) twice(v *client.Version, contents map[storage.ContentKey]int) {
	key := keyOf(v)
	if first, ok := contents[key]; ok {
		d.add(compat.Warning, CodeDuplicate, v, "Delete one of the two versions if nobody refers to its number.", "It has the same content as version %d.", first)
		return
	}
	contents[key] = v.Version
}

// rules reads the level and the policy of a subject.
func (d *doctor) rules(ctx context.Context, subject string) (*compat.Rules, error) {
	config, err := d.client.Config(ctx, subject, true)
	if err != nil {
		return nil, err
	}
	rules := &compat.Rules{Level: compat.Backward, Policy: compat.PolicyReference, Lenient: config.Policy == "LENIENT"}
	if level, ok := compat.ParseLevel(config.Level); ok {
		rules.Level = level
	}
	if policy, ok := compat.ParsePolicy(config.VerdictPolicy); ok {
		rules.Policy = policy
	}
	return rules, nil
}

// follows checks whether the level of a subject would let a version follow those before it today.
func (d *doctor) follows(ctx context.Context, v *client.Version, schema formats.Schema, history []compat.Version, rules compat.Rules) error {
	if len(history) == 0 || rules.Level == compat.None {
		return nil
	}
	report, err := d.engine.Check(ctx, schema, history, rules)
	var work *compat.WorkError
	if errors.As(err, &work) {
		return nil // too large to be decided, also for a registration
	}
	if err != nil || report.Compatible {
		return err
	}
	if report, err = d.engine.CheckFull(ctx, schema, history, rules); err != nil {
		return err
	}
	why := "no reason was given"
	for _, f := range report.Findings {
		if f.Severity == compat.Error {
			why = fmt.Sprintf("%s (against version %d)", strings.TrimSuffix(f.Message, "."), f.Version)
			break
		}
	}
	d.add(compat.Warning, CodeLevel, v, "It was registered under another level, imported, or forced. See whether its readers can cope (concord diff), then delete the version that nobody needs or set the level that holds.",
		"The subject's level %s would not let it follow the versions before it: %s", rules.Level, why)
	return nil
}
