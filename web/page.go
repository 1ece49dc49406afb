package web

import (
	"net/http"
)

// Page is what a page function returns and what a template is executed with.
type Page struct {
	// Template is the name of a file in templates/pages, without ".html".
	Template string
	Title    string
	// Nav is the entry of the navigation that the page belongs to: "subjects", "fields", "tools", or none.
	Nav string
	// Scripts are modules that this page needs beside app.js.
	Scripts []string
	// Status is that of the answer; 0 means 200.
	Status int
	// Context is the context that the page is about; empty means all of them.
	Context string
	// Query is what stands in the search box.
	Query string
	// Filter says that the search box narrows what is on this page; Keep is sent with it.
	Filter bool
	Keep   []Pair
	// Switch is sent with the choice of another context.
	Switch []Pair
	// Model is the page's own view model.
	Model any

	// What follows is filled in for every page.

	Links    Links
	Contexts []string // "." first; with one alone there is nothing to switch
	Theme    string   // "light", "dark" or "" for that of the system
	Here     string   // the address of the page, to come back to
	Notice   string   // what the form did that led here
	Version  string   // of Concord
	Origin   string   // how the browser calls the server
}

// Pair is a parameter of an address.
type Pair struct{ Name, Value string }

// page turns a page function into a handler.
func (u *UI) page(load pageFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, httpRequest *http.Request) {
		r := &request{Request: httpRequest, ui: u, links: Links{u.prefix(httpRequest)}, header: w.Header()}
		r.Body = http.MaxBytesReader(w, r.Body, formLimit)
		p, err := load(r)
		if err != nil {
			if to, ok := err.(redirection); ok {
				r.setPolicy()
				w.Header().Set("Cache-Control", "no-store")
				w.Header().Set("Location", to.to)
				w.WriteHeader(http.StatusSeeOther)
				return
			}
			p = u.errorPage(r, err)
		}
		if err := u.complete(r, p); err != nil {
			p = u.errorPage(r, err)
			u.completeWithout(r, p)
		}
		u.write(w, r, p)
	}
}

// complete fills in what every page shows.
func (u *UI) complete(r *request, p *Page) error {
	u.completeWithout(r, p)
	contexts, err := u.contexts(r)
	p.Contexts = contexts
	return err
}

// completeWithout is complete without asking the registry, for the page that says that it cannot be asked.
func (u *UI) completeWithout(r *request, p *Page) {
	p.Links, p.Theme, p.Version, p.Origin = r.links, r.theme(), u.opt.Version, r.origin()
	p.Here = r.links.base + r.URL.RequestURI()
	if p.Notice == "" {
		p.Notice = r.takeNotice()
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		p.Here = r.links.Home()
	}
}
