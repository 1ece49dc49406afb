package web

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/concord-registry/concord/registry"
)

// request is one request for a page.
type request struct {
	*http.Request
	ui     *UI
	links  Links
	header http.Header // of the answer
}

// redirection ends a page function that has sent the browser elsewhere.
type redirection struct{ to string }

func (r redirection) Error() string { return "redirect to " + r.to }

// redirect sends the browser to a page of Links, which it then asks for with GET.
func (r *request) redirect(to string) (*Page, error) { return nil, redirection{to} }

// param is a segment of the path, decoded.
func (r *request) param(name string) string { return r.PathValue(name) }

// query is the first value of a parameter in the address.
func (r *request) query(name string) string { return strings.TrimSpace(r.URL.Query().Get(name)) }

// formLimit bounds a form in bytes: schemas are pasted into some.
const formLimit = 8 << 20

// prefixPattern is what a path prefix may look like. A prefix that starts with two slashes would be another host.
var prefixPattern = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)*$`)

// prefix is what links must start with for this request.
func (u *UI) prefix(r *http.Request) string {
	if u.opt.BasePath != "" {
		return u.opt.BasePath
	}
	prefix := strings.TrimRight(r.Header.Get("X-Forwarded-Prefix"), "/")
	if len(prefix) > 200 || !prefixPattern.MatchString(prefix) {
		return ""
	}
	return prefix
}

// hostPattern is a name or address with a port or without.
var hostPattern = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

// forwardedHost is the host that a browser asked a proxy for; empty when there was none.
func forwardedHost(r *http.Request) string {
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Host"), ",") // further proxies append theirs
	host := strings.TrimSpace(first)
	if len(host) > 255 || !hostPattern.MatchString(host) {
		return ""
	}
	return host
}

// secure reports whether the browser speaks TLS, with this server or a proxy.
func (r *request) secure() bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// origin is how the browser calls this server: scheme, host and prefix, for commands that people copy.
func (r *request) origin() string {
	scheme := "http"
	if r.secure() {
		scheme = "https"
	}
	host := r.Host
	if host == "" {
		host = "localhost:8081"
	}
	return scheme + "://" + host + r.links.base
}

// registrant is who registers something with a form. The name of the browser would say less than where it came from.
func (r *request) registrant() registry.Registrant {
	principal, _, _ := r.BasicAuth()
	return registry.Registrant{Principal: principal, Client: "web page"}
}

const themeCookie = "concord-theme"

// theme is what the person chose: "light", "dark", or empty for that of the system.
func (r *request) theme() string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "light" || c.Value == "dark") {
		return c.Value
	}
	return ""
}

// setTheme keeps a choice of colours in a cookie, so that a page comes in them and does not change after it was painted.
func (u *UI) setTheme(r *request) (*Page, error) {
	cookie := &http.Cookie{Name: themeCookie, Value: r.PostFormValue("theme"), Path: r.links.base + "/ui", MaxAge: 365 * 24 * 3600,
		SameSite: http.SameSiteLaxMode}
	if cookie.Value != "light" && cookie.Value != "dark" {
		cookie.Value, cookie.MaxAge = "", -1
	}
	r.header.Add("Set-Cookie", cookie.String())
	return r.redirect(r.links.back(r.PostFormValue("back")))
}
