package web

import (
	"net/http"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/registry/usage"
)

// Options configure a UI.
type Options struct {
	// Registry answers and decides. Required.
	Registry *registry.Registry
	// Catalog answers lists and searches. Required.
	Catalog *catalog.Catalog
	// Usage tells who has asked for which schema; nil when nobody knows.
	Usage *usage.Tracker
	// Engine reads the texts of schemas. Required.
	Engine *engine.Engine
	// Describe tells the status, error code and message that the API answers to an error. Required.
	Describe func(error) (status, code int, message string)
	// BasePath is the path that a proxy serves Concord under, without a slash at its end; empty means the root. When it is
	// empty, the header X-Forwarded-Prefix of a request says it.
	BasePath string
	// Dev is a directory with templates/ and static/ that are read for every request; empty means those in the binary.
	Dev string
	// Version is shown at the foot of every page.
	Version string
}

// UI answers everything under /ui. It is safe for concurrent use.
type UI struct {
	opt     Options
	reg     *registry.Registry
	files   files
	handler http.Handler
}

// New returns the pages over opt.Registry. It fails when a template or a file of the binary is broken.
func New(opt Options) (*UI, error) {
	u := &UI{opt: opt, reg: opt.Registry}
	loaded, err := u.newFiles()
	if err != nil {
		return nil, err
	}
	u.files = loaded
	mux := http.NewServeMux()
	for pattern, page := range u.routes() {
		mux.Handle(pattern, u.page(page))
	}
	mux.HandleFunc("GET /ui/assets/{name}", u.asset)
	mux.Handle("/", u.page(u.notFound))
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(u.page(u.crossOrigin))
	u.handler = guard.Handler(mux)
	return u, nil
}

// pageFunc loads what a page shows. Errors become the error page.
type pageFunc func(*request) (*Page, error)

// routes is the table of pages. A subject is one segment, escaped once; Links makes these addresses.
func (u *UI) routes() map[string]pageFunc {
	return map[string]pageFunc{
		"GET /{$}":         u.start,
		"GET /ui/subjects": u.start,
		"GET /ui":          u.list,
		"GET /ui/fields":   u.fields,
		"GET /ui/keys":     u.keys,
		"POST /ui/theme":   u.setTheme,

		"GET /ui/new":                      u.newSubject,
		"POST /ui/new":                     u.editNew,
		"GET /ui/subjects/{subject}/edit":  u.edit,
		"POST /ui/subjects/{subject}/edit": u.editVersion,

		"GET /ui/subjects/{subject}":                    u.subject,
		"GET /ui/subjects/{subject}/versions/{version}": u.subject,

		"GET /ui/subjects/{subject}/settings":  u.settings,
		"POST /ui/subjects/{subject}/settings": u.setSettings,

		"GET /ui/subjects/{subject}/delete":   u.remove,
		"POST /ui/subjects/{subject}/delete":  u.removed,
		"GET /ui/subjects/{subject}/restore":  u.restore,
		"POST /ui/subjects/{subject}/restore": u.restored,

		"GET /ui/decode":    u.decode,
		"POST /ui/decode":   u.decode,
		"GET /ui/identify":  u.identify,
		"POST /ui/identify": u.identify,

		"GET /ui/subjects/{subject}/compare": u.compare,
		"GET /ui/subjects/{subject}/history": u.history,
		"GET /ui/subjects/{subject}/levels":  u.levels,
	}
}

// ServeHTTP answers one request. What a proxy says of the host that the browser asked takes the place of the one that the
// proxy asks: the commands on pages name it, and forms come from it. A page of another site cannot make a browser send it.
func (u *UI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if host := forwardedHost(r); host != "" {
		r = r.WithContext(r.Context()) // a copy: the caller logs what was sent
		r.Host = host
	}
	u.handler.ServeHTTP(w, r)
}

// start sends a browser to the list.
func (u *UI) start(r *request) (*Page, error) { return r.redirect(r.links.Home()) }
