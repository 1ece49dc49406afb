package usage

import (
	"slices"
	"time"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// Report says who has asked for which version of a subject last, and whether one of them may go.
type Report struct {
	Since    int64           `json:"since"` // when watching began, in milliseconds since 1970
	Retiring Retiring        `json:"retiring"`
	Versions []VersionReport `json:"versions"` // the newest first, a hundred at most
}

// VersionReport is a version and those who have asked for its schema, the last one first. Versions of equal content share
// them.
type VersionReport struct {
	Version int      `json:"version"`
	Deleted bool     `json:"deleted,omitempty"`
	Clients []Client `json:"clients"`
	More    int      `json:"more,omitempty"` // clients beyond those listed
}

// Retiring says what speaks against retiring a version.
type Retiring string

// What may speak against it, the strongest first.
const (
	Referred   Retiring = "referred"          // live versions refer to it, and the registry refuses to delete it
	InUse      Retiring = "in-use"            // somebody has asked for it
	TooEarly   Retiring = "too-early"         // nobody has, but that says nothing yet
	LooksSafe  Retiring = "looks-safe"        // nothing does
	longEnough          = 14 * 24 * time.Hour // services start at least every few weeks
)

// A report names so many versions, and so many clients of each.
const (
	maxReported        = 100
	maxReportedClients = 20
)

// Report tells who uses a subject; Retiring is about the version that is described.
func (t *Tracker) Report(d *registry.Description) *Report {
	context, _ := storage.SplitSubject(d.Version.Subject)
	ids := make([]ID, len(d.Versions))
	for i, v := range d.Versions {
		ids[i] = ID{context, v.ID}
	}
	clients := t.Clients(ids...)
	report := &Report{Since: t.since.UnixMilli(), Versions: []VersionReport{}}
	for _, v := range slices.Backward(d.Versions) {
		if len(report.Versions) == maxReported {
			break
		}
		line := VersionReport{Version: v.Version, Deleted: v.Deleted, Clients: clients[ID{context, v.ID}]}
		if line.Clients == nil {
			line.Clients = []Client{}
		}
		if len(line.Clients) > maxReportedClients {
			line.More, line.Clients = len(line.Clients)-maxReportedClients, line.Clients[:maxReportedClients]
		}
		report.Versions = append(report.Versions, line)
	}
	switch {
	case d.Referrers() > 0:
		report.Retiring = Referred
	case len(clients[ID{context, d.Version.ID}]) > 0:
		report.Retiring = InUse
	case time.Since(t.since) < longEnough:
		report.Retiring = TooEarly
	default:
		report.Retiring = LooksSafe
	}
	return report
}
