package web

import (
	"fmt"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/usage"
)

// usageView says who has asked for which version last, and whether this one may go.
type usageView struct {
	*usage.Report
	Verdict string // "good", "warn", "bad", or empty when it is in use, as it should be
	Title   string
	Words   string
}

// usage fills in who has asked for each version.
func (u *UI) usage(view *subjectView, d *registry.Description) {
	if u.opt.Usage == nil {
		return
	}
	view.Usage = &usageView{Report: u.opt.Usage.Report(d)}
	view.Usage.judge(d)
}

// judge says in sentences whether the version may be retired.
func (s *usageView) judge(d *registry.Description) {
	version := d.Version.Version
	switch s.Retiring {
	case usage.Referred:
		s.Verdict, s.Title = "bad", "Not safe to retire"
		live := d.Referrers()
		s.Words = fmt.Sprintf("%s to version %d. The registry refuses to delete it as long as they do.", map[bool]string{true: "A schema refers", false: number(live) + " schemas refer"}[live == 1], version)
	case usage.InUse:
		s.Title = "In use"
		s.Words = fmt.Sprintf("Clients have asked for version %d.", version)
		for _, line := range s.Versions {
			if line.Version == version {
				s.Words = fmt.Sprintf("Version %d was asked for %s by %s.", version, ago(line.Clients[0].Last()), line.Clients[0].Agent)
			}
		}
	case usage.TooEarly:
		s.Verdict, s.Title = "warn", "Too early to tell"
		s.Words = fmt.Sprintf("Nobody has asked for version %d yet, but this server has watched for less than two weeks. Clients keep what they have asked for until they start anew.", version)
	default:
		s.Verdict, s.Title = "good", "Looks safe to retire"
		s.Words = fmt.Sprintf("Nothing refers to version %d, and nobody has asked for it since this server started %s. Messages that were written with it stay readable after it is deleted, because its id keeps its schema.", version, ago(s.Since))
	}
}
