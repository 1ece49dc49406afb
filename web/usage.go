package web

import (
	"fmt"
	"time"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/usage"
)

// usageView says who has asked for which version last, and whether this one may go.
type usageView struct {
	Since    int64
	Verdict  string // "good", "warn", "bad", or empty when it is in use, as it should be
	Title    string
	Words    string
	Versions []usageLine
}

// usageLine is a version and those who have asked for it.
type usageLine struct {
	Number  int
	Here    bool
	Deleted bool
	Href    string
	Last    int64
	Clients []usage.Client
	More    int
}

// A page shows so many versions, and so many clients of each.
const (
	maxUsageVersions = 100
	maxUsageClients  = 20
)

// longEnough is how long nobody must have asked before that says something: services start at least every few weeks.
const longEnough = 14 * 24 * time.Hour

// usage fills in who has asked for each version. Schemas are remembered by id, which versions of equal content share.
func (u *UI) usage(r *request, view *subjectView, d *registry.Description) {
	if u.opt.Usage == nil {
		return
	}
	var ids []usage.ID
	for _, row := range d.Rows {
		ids = append(ids, usage.ID{Context: view.Context, ID: row.ID})
	}
	clients := u.opt.Usage.Clients(ids...)
	shown := &usageView{Since: u.opt.Usage.Since().UnixMilli()}
	for _, v := range view.Versions {
		if len(shown.Versions) == maxUsageVersions {
			break
		}
		line := usageLine{Number: v.Number, Here: v.Here, Deleted: v.Deleted, Href: r.links.View(view.Subject, v.Number, "clients")}
		line.Clients = clients[usage.ID{Context: view.Context, ID: v.ID}]
		if len(line.Clients) > 0 {
			line.Last = line.Clients[0].Last()
		}
		if len(line.Clients) > maxUsageClients {
			line.More, line.Clients = len(line.Clients)-maxUsageClients, line.Clients[:maxUsageClients]
		}
		shown.Versions = append(shown.Versions, line)
	}
	shown.judge(view, clients[usage.ID{Context: view.Context, ID: view.ID}], time.Since(u.opt.Usage.Since()))
	view.Usage = shown
}

// judge says whether the version may be retired.
func (s *usageView) judge(view *subjectView, clients []usage.Client, known time.Duration) {
	live := 0
	for _, line := range view.UsedBy {
		if !line.Deleted {
			live++
		}
	}
	switch {
	case live > 0:
		s.Verdict, s.Title = "bad", "Not safe to retire"
		s.Words = fmt.Sprintf("%s to version %d. The registry refuses to delete it as long as they do.", map[bool]string{true: "A schema refers", false: number(live) + " schemas refer"}[live == 1], view.Number)
	case len(clients) > 0:
		s.Title = "In use"
		s.Words = fmt.Sprintf("%s asked for version %d %s.", clients[0].Agent, view.Number, ago(clients[0].Last()))
	case known < longEnough:
		s.Verdict, s.Title = "warn", "Too early to tell"
		s.Words = fmt.Sprintf("Nobody has asked for version %d yet, but this server has watched for less than two weeks. Clients keep what they have asked for until they start anew.", view.Number)
	default:
		s.Verdict, s.Title = "good", "Looks safe to retire"
		s.Words = fmt.Sprintf("Nothing refers to version %d, and nobody has asked for it since this server started %s. Messages that were written with it stay readable after it is deleted, because its id keeps its schema.", view.Number, ago(s.Since))
	}
}
