package httpapi

import "net/http"

// status200 answers a check in plain JSON, whatever the probe says it accepts.
func (c *call) status200(body string) error {
	c.media = mediaTypes[2]
	return c.literal(body)
}

// getLive says that the process answers. It looks at nothing else: restarting does not mend a full disk.
func (c *call) getLive() error { return c.status200(`{"status":"live"}`) }

// getStartup says that the server has started; it takes requests only when its store is open.
func (c *call) getStartup() error { return c.status200(`{"status":"started"}`) }

// getReady says whether requests of every kind can be served, and if not, why.
func (c *call) getReady() error {
	if reason := c.server.notReady.Load(); reason != nil {
		return refuse(http.StatusServiceUnavailable, "Not ready: "+*reason+".")
	}
	if reason := c.server.registry.Status().ReadOnly; reason != "" {
		return refuse(http.StatusServiceUnavailable, "Not ready: the store is read-only ("+reason+"). Reads are served.")
	}
	return c.status200(`{"status":"ready"}`)
}
