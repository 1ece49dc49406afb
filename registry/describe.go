package registry

import (
	"context"

	"github.com/concord-registry/concord/storage"
)

// Description is everything there is to know of a version and its subject at one moment, for those who read rather than
// decode.
type Description struct {
	Version  *SchemaVersion `json:"version"`
	Versions []VersionInfo  `json:"versions"` // all of the subject, ascending, soft-deleted ones included
	Latest   int            `json:"latest"`   // the highest live version; 0 when there is none
	// Uses is the graph of references from this version on, UsedBy the graph of those that lead to it. An arrow goes from
	// what refers to what is referred to. Both are cut at a hundred arrows; Cut says so.
	Uses   []Arrow   `json:"uses"`
	UsedBy []Arrow   `json:"usedBy"`
	Cut    bool      `json:"cut,omitempty"`
	Config Config    `json:"config"` // in force
	Level  Inherited `json:"level"`
	Mode   Inherited `json:"mode"`
	Policy Inherited `json:"policy"`
}

// Referrers counts the subjects with a live version that refers to the one that is described, as far as UsedBy tells of them.
func (d *Description) Referrers() int {
	at, live := SubjectVersion{d.Version.Subject, d.Version.Version}, 0
	for _, a := range d.UsedBy {
		if a.To == at && !a.Deleted {
			live++
		}
	}
	return live
}

// Arrow is one reference between two versions.
type Arrow struct {
	From    SubjectVersion `json:"from"`
	To      SubjectVersion `json:"to"`
	Name    string         `json:"name,omitempty"`    // of the reference
	Deleted bool           `json:"deleted,omitempty"` // the referring version is soft-deleted
}

// Inherited is a setting in force and where it comes from.
type Inherited struct {
	Value string `json:"value"`
	From  Origin `json:"from"`
}

// Origin is where a setting comes from.
type Origin string

// The origins, the nearest first.
const (
	FromSubject Origin = "subject"
	FromContext Origin = "context"
	FromGlobal  Origin = "global"
	FromServer  Origin = "server"
)

// maxArrows bounds each graph of a Description.
const maxArrows = 100

// Describe tells everything of a version and its subject, soft-deleted or not. InvalidVersion, SubjectNotFound,
// VersionNotFound.
func (r *Registry) Describe(ctx context.Context, subject, version string) (*Description, error) {
	number, err := parseVersion(version)
	if err != nil {
		return nil, err
	}
	subject = normalize(subject)
	d := &Description{Uses: []Arrow{}, UsedBy: []Arrow{}}
	err = r.store.View(func(v storage.View) error {
		summary, err := v.Subject(subject)
		if err != nil {
			return err
		}
		if summary == nil {
			return subjectNotFound(subject)
		}
		d.Latest = summary.Latest
		if number == latest && summary.Latest == 0 {
			number = summary.Highest // of a deleted subject, the last version is what people want to see
		}
		row, err := findRow(v, subject, number, true)
		if err != nil {
			return err
		}
		content, err := v.Content(contextOf(subject), row.ID)
		if err != nil {
			return err
		}
		d.Version = versionOf(row, content)
		rows, err := v.Rows(subject)
		if err != nil {
			return err
		}
		for i := range rows {
			d.Versions = append(d.Versions, infoOf(&rows[i]))
		}
		if err := d.follow(v, row, content); err != nil {
			return err
		}
		if err := d.followBack(v, SubjectVersion{row.Subject, row.Version}); err != nil {
			return err
		}
		return r.describeSettings(v, subject, d)
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

// follow collects the references of a version, and of what it refers to, breadth first.
func (d *Description) follow(v storage.View, row *storage.Row, content *storage.Content) error {
	type node struct {
		at      SubjectVersion
		content *storage.Content
	}
	queue := []node{{SubjectVersion{row.Subject, row.Version}, content}}
	seen := map[SubjectVersion]bool{queue[0].at: true}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		for _, ref := range n.content.References {
			if len(d.Uses) == maxArrows {
				d.Cut = true
				return nil
			}
			to := SubjectVersion{storage.ReferredSubject(contextOf(n.at.Subject), ref.Subject), ref.Version}
			d.Uses = append(d.Uses, Arrow{From: n.at, To: to, Name: ref.Name})
			if seen[to] {
				continue
			}
			seen[to] = true
			target, err := v.Row(to.Subject, to.Version)
			if err != nil {
				return err
			}
			if target == nil {
				continue
			}
			below, err := v.Content(contextOf(to.Subject), target.ID)
			if err != nil {
				return err
			}
			queue = append(queue, node{to, below})
		}
	}
	return nil
}

// followBack collects what refers to a version, and what refers to that, breadth first. Of the versions of a subject that
// refer to the same one, the highest stands for all.
func (d *Description) followBack(v storage.View, at SubjectVersion) error {
	queue := []SubjectVersion{at}
	seen := map[SubjectVersion]bool{at: true}
	for len(queue) > 0 {
		to := queue[0]
		queue = queue[1:]
		referrers, err := v.Referrers(to.Subject, to.Version)
		if err != nil {
			return err
		}
		highest := map[string]storage.Referrer{}
		var order []string
		for _, referrer := range referrers {
			old, known := highest[referrer.Subject]
			if !known {
				order = append(order, referrer.Subject)
			}
			if !known || old.Deleted && !referrer.Deleted || old.Deleted == referrer.Deleted && referrer.Version > old.Version {
				highest[referrer.Subject] = referrer
			}
		}
		for _, subject := range order {
			if len(d.UsedBy) == maxArrows {
				d.Cut = true
				return nil
			}
			referrer := highest[subject]
			from := SubjectVersion{referrer.Subject, referrer.Version}
			d.UsedBy = append(d.UsedBy, Arrow{From: from, To: to, Deleted: referrer.Deleted})
			if !seen[from] {
				seen[from] = true
				queue = append(queue, from)
			}
		}
	}
	return nil
}

// describeSettings tells level, policy and mode with their origins, by the rules of effectiveConfig and effectiveMode.
func (r *Registry) describeSettings(v storage.View, subject string, d *Description) error {
	inForce, err := r.effectiveConfig(v, subject)
	if err != nil {
		return err
	}
	d.Config = inForce.Config
	d.Level = Inherited{string(inForce.level), FromServer}
	d.Policy = Inherited{string(inForce.policy), FromServer}
	mode, err := effectiveMode(v, subject)
	if err != nil {
		return err
	}
	d.Mode = Inherited{mode, FromServer}
	// The chain may hold two owners for one, in the default context or for the global record itself.
	origins := []Origin{FromSubject, FromContext, FromGlobal}
	owners := []string{subject, contextSubject(contextOf(subject)), globalSubject}
	for i := len(owners) - 1; i >= 0; i-- {
		config, err := v.Config(owners[i])
		if err != nil {
			return err
		}
		if config != nil && config.CompatibilityLevel != "" {
			d.Level.From = origins[i]
		}
		if config != nil && config.VerdictPolicy != "" {
			d.Policy.From = origins[i]
		}
		own, err := v.Mode(owners[i])
		if err != nil {
			return err
		}
		if own == mode {
			d.Mode.From = origins[i]
		}
	}
	if stop, err := v.Mode(""); err != nil || stop == ReadOnlyOverride {
		d.Mode.From = FromGlobal
		return err
	}
	return nil
}
