package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"
)

// page hands a request to the pages for people, which write their answer themselves.
func (c *call) page() error {
	if c.server.opt.UI == nil {
		return echo.ErrNotFound
	}
	// Without empty segments, as the route was found: /ui/ is /ui. The root stays what it is; the pages lead on from there.
	if path, err := url.PathUnescape(c.request.URL.RawPath); err == nil && c.request.URL.Path != "/" {
		c.request.URL.Path = path
	}
	if err := c.waitForPage(); err != nil {
		return err
	}
	c.echo.Response().Header()["X-Request-Id"] = []string{c.requestID}
	c.server.opt.UI.ServeHTTP(c.echo.Response(), c.request)
	c.written, c.status = true, c.echo.Response().Status
	return nil
}

// asksForPage reports whether a client wants to see a page rather than JSON: browsers name text/html, and API clients do
// not, except those in Java, whose HttpURLConnection names it for every request that names nothing itself.
func asksForPage(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || fromJava(r.Header) {
		return false
	}
	for _, line := range r.Header["Accept"] {
		if strings.Contains(line, "text/html") {
			return true
		}
	}
	return false
}

// cutBase takes the path prefix off a path that has it.
func cutBase(u *url.URL, base string) {
	rest, found := strings.CutPrefix(u.Path, base)
	if !found || rest != "" && rest[0] != '/' {
		return
	}
	if rest == "" {
		rest = "/"
	}
	u.RawPath = strings.TrimPrefix(u.RawPath, base)
	u.Path = rest
}

// Describe tells what the API answers to an error: the status, the error_code and the message. The error_code of an
// incompatible schema is that of a server without Options.IncompatibleCode.
func Describe(err error) (status, code int, message string) {
	e := describe(err)
	status, known := statuses[e.Code]
	if !known {
		status = int(e.Code)
	}
	return status, int(e.Code), e.Message
}
