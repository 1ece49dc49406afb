package httpapi

import (
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/registry"
)

func (c *call) checkSubject() error { return c.check("", c.query.flag("report")) }

func (c *call) checkVersion() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	return c.check(version, c.query.flag("report"))
}

// check answers as the contract says (rest-contract §6), and with the whole report beside it when that was asked for.
func (c *call) check(version string, withReport bool) error {
	verbose := c.query.flag("verbose")
	report, err := c.compare(version, registry.CheckOptions{
		Normalize: c.query.flag("normalize"),
		Verbose:   verbose,
		Full:      withReport,
	})
	if err != nil {
		return err
	}
	o := newObject(c.body[:0])
	o.flag("is_compatible", report.Compatible)
	if verbose {
		o.value("messages", orEmpty(report.Messages))
	}
	if withReport {
		o.value("report", complete(report))
	}
	return c.object(o)
}

func (c *call) reportSubject() error { return c.report("") }

func (c *call) reportVersion() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	return c.report(version)
}

// report answers with every finding in every direction and version, with spans and witnesses, and may be asked about
// another level or policy than the subject's own.
func (c *call) report(version string) error {
	opt := registry.CheckOptions{Normalize: c.query.flag("normalize"), Verbose: true, Full: true, Frame: c.query.flag("frame")}
	var ok bool
	if level := c.query.text("level"); level != "" {
		if opt.Level, ok = compat.ParseLevel(level); !ok {
			return &registry.Error{Code: registry.InvalidLevel, Message: "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive"}
		}
	}
	if policy := c.query.text("policy"); policy != "" {
		if opt.Policy, ok = compat.ParsePolicy(policy); !ok {
			return &registry.Error{Code: registry.Unprocessable, Message: "Invalid policy. Valid values are reference, semantic, strict, wire-exact and json."}
		}
	}
	report, err := c.compare(version, opt)
	if err != nil {
		return err
	}
	return c.json(complete(report))
}

// compare asks the registry: against one version, or against whatever a registration would be compared with.
func (c *call) compare(version string, opt registry.CheckOptions) (report *compat.Report, err error) {
	var req registry.SchemaRequest
	if err := c.readJSON(&req); err != nil {
		return nil, err
	}
	start := time.Now()
	if version == "" {
		report, err = c.server.registry.CheckSubject(c.request.Context(), c.subject, req, opt)
	} else {
		report, err = c.server.registry.CheckVersion(c.request.Context(), c.subject, version, req, opt)
	}
	c.count = c.server.metrics.checked(req.Type, report, err, time.Since(start)).Inc
	if report != nil && len(report.Undecided) > 0 {
		c.generation = nil // another time there may be more time
	}
	return report, err
}

// complete returns report with its lists present even when they are empty.
func complete(report *compat.Report) *compat.Report {
	full := *report
	full.Messages = orEmpty(full.Messages)
	full.Findings = orEmpty(full.Findings)
	full.Compared = orEmpty(full.Compared)
	return &full
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
