package httpapi

import (
	"net/http"
	"time"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/usage"
	"github.com/concord-registry/concord/storage"
)

// noteUsage remembers who has asked for a schema. It is called for every answer, after it was written.
func (c *call) noteUsage(now time.Time) {
	tracker := c.server.opt.Usage
	if tracker == nil || !c.route.uses || c.schemaID == 0 || c.status != http.StatusOK && c.status != http.StatusNotModified {
		return
	}
	client := c.client()
	// What is asked again is mostly asked by the same client.
	if c.answer != nil {
		if seen := c.answer.seen.Load(); seen != nil && seen.Again(client.Client, client.Principal, c.route.takesBody, now) {
			return
		}
	}
	context, _ := storage.SplitSubject(c.subject)
	seen := tracker.Note(usage.ID{Context: context, ID: c.schemaID}, client.Client, client.Principal, c.route.takesBody, now)
	if c.answer != nil {
		c.answer.seen.Store(seen)
	}
}

// client is who sends the request, by its own account.
func (c *call) client() registry.Registrant {
	principal := ""
	if len(c.request.Header["Authorization"]) > 0 {
		principal, _, _ = c.request.BasicAuth()
	}
	return registry.Registrant{Principal: principal, Client: clientName(c.request.Header)}
}

// clientName is how a client calls itself: by the name it was given for this purpose, or by its program.
func clientName(header http.Header) string {
	for _, name := range []string{"X-Registry-Client-Id", "User-Agent"} {
		if values := header[name]; len(values) > 0 && values[0] != "" {
			return values[0]
		}
	}
	return "unnamed"
}
