package httpapi

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/concord-registry/concord/storage"
)

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
	status := c.server.registry.Status()
	if status.ReadOnly != "" {
		return refuse(http.StatusServiceUnavailable, "Not ready: the store is read-only ("+withoutPath(status)+"). Reads are served.")
	}
	if status.DiskFree < c.server.opt.MinDiskFree {
		return refuse(http.StatusServiceUnavailable, fmt.Sprintf("Not ready: %d bytes are free on the file system of the data file, "+
			"fewer than the %d that are asked for. Make room.", status.DiskFree, c.server.opt.MinDiskFree))
	}
	return c.status200(`{"status":"ready"}`)
}

// withoutPath says why the store is read-only to those who need not know where its file is; the log does.
func withoutPath(status storage.Status) string {
	if status.Path == "" {
		return status.ReadOnly
	}
	return strings.ReplaceAll(status.ReadOnly, status.Path, "the data file")
}
