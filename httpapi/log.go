package httpapi

import (
	"time"

	"github.com/concord-registry/concord/httpapi/accesslog"
)

// logAccess writes the one line about a request. Faults of the server stand in it too, at level error.
func (c *call) logAccess(now time.Time) {
	method := c.route.method
	if method == "" {
		method = c.request.Method
	}
	c.server.opt.AccessLog.Add(&accesslog.Entry{
		At: now, Method: method, Route: c.route.label, Status: c.status, Took: now.Sub(c.start), Bytes: c.sent,
		Subject: c.subject, SchemaID: c.schemaID, RequestID: c.requestID, Fault: c.fault,
	})
}
