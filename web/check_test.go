package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/registry/usage"
	"github.com/concord-registry/concord/storage/bolt"
	"github.com/concord-registry/concord/web"
)

// site is a whole server with its pages.
type site struct {
	t       testing.TB
	reg     *registry.Registry
	store   *bolt.Store
	catalog *catalog.Catalog
	api     http.Handler
	base    string
}

// newSite returns a site whose catalog follows the registry already.
func newSite(t testing.TB, base string) *site {
	t.Helper()
	s := newUnreadSite(t, base)
	for complete := false; !complete; {
		list, err := s.catalog.Subjects(t.Context(), catalog.Query{})
		if err != nil {
			t.Fatal(err)
		}
		complete = list.Coverage.Complete
	}
	return s
}

// newUnreadSite returns a site whose catalog begins to read when the first page is asked for.
func newUnreadSite(t testing.TB, base string) *site {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	rules := engine.Default(formats.Limits{})
	reg := registry.New(store, rules, registry.Options{})
	subjects := catalog.New(catalog.Options{Store: store, Registry: reg, Engine: rules})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); subjects.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	seen := usage.New()
	pages, err := web.New(web.Options{Registry: reg, Catalog: subjects, Engine: rules, Usage: seen, Describe: httpapi.Describe, Version: "test", BasePath: base})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t: t, reg: reg, store: store, catalog: subjects, api: httpapi.New(httpapi.Options{Registry: reg, Catalog: subjects, Usage: seen, UI: pages, BasePath: base}), base: base}
}

// register stores a schema, or ends the test.
func (s *site) register(subject string, req registry.SchemaRequest) *registry.SchemaVersion {
	s.t.Helper()
	v, err := s.reg.Register(s.t.Context(), subject, req, registry.RegisterOptions{Force: true})
	if err != nil {
		s.t.Fatalf("register %s: %v", subject, err)
	}
	return v
}

// do asks for something as a browser does.
func (s *site) do(method, address string, header http.Header, form url.Values) *httptest.ResponseRecorder {
	s.t.Helper()
	r := httptest.NewRequest(method, address, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	return w
}

// page asks for a page, checks its HTML and returns it.
func (s *site) page(address string, status int) *document {
	s.t.Helper()
	w := s.do("GET", address, nil, nil)
	if w.Code != status {
		s.t.Fatalf("GET %s: status %d, want %d\n%s", address, w.Code, status, excerpt(w.Body.String()))
	}
	if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; script-src 'self'; style-src 'self'") {
		s.t.Errorf("GET %s: policy %q", address, got)
	}
	d := parse(s.t, address, w.Body.String())
	d.check()
	return d
}

func excerpt(body string) string {
	if i := strings.Index(body, "<main"); i >= 0 {
		body = body[i:]
	}
	return body[:min(len(body), 1500)]
}

// document is a page that was parsed.
type document struct {
	t    testing.TB
	name string
	root *html.Node
}

func parse(t testing.TB, name, body string) *document {
	t.Helper()
	root, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &document{t, name, root}
}

// all returns the elements with one of the tags, in order; no tags mean all elements.
func (d *document) all(tags ...string) []*html.Node {
	var found []*html.Node
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && (len(tags) == 0 || slices.Contains(tags, n.Data)) {
			found = append(found, n)
		}
	}
	return found
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

// text is what a person reads in an element.
func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// main is the text of the page's content.
func (d *document) main() string { return text(d.all("main")[0]) }

// check holds a page against what every page promises.
func (d *document) check() {
	d.t.Helper()
	if n := len(d.all("h1")); n != 1 {
		d.t.Errorf("%s has %d h1", d.name, n)
	}
	ids := map[string]bool{}
	for _, n := range d.all() {
		if id, ok := attr(n, "id"); ok {
			if id == "" || ids[id] || strings.ContainsAny(id, " \t") {
				d.t.Errorf("%s: the id %q stands twice, is empty or holds a blank", d.name, id)
			}
			ids[id] = true
		}
		if n.Data == "script" && n.FirstChild != nil {
			d.t.Errorf("%s has an inline script", d.name)
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				d.t.Errorf("%s: <%s> has %s=%q, which the policy refuses", d.name, n.Data, a.Key, a.Val)
			}
			if strings.Contains(a.Val, "ZgotmplZ") {
				d.t.Errorf("%s: %s=%q was refused by the template", d.name, a.Key, a.Val)
			}
		}
	}
	d.checkReferences(ids)
	d.checkNames(ids)
	d.checkHeadings()
}

// checkReferences holds what points to an id against the ids there are.
func (d *document) checkReferences(ids map[string]bool) {
	for _, n := range d.all() {
		for _, name := range []string{"for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list"} {
			value, _ := attr(n, name)
			for _, id := range strings.Fields(value) {
				if !ids[id] {
					d.t.Errorf("%s: <%s %s=%q> points nowhere", d.name, n.Data, name, value)
				}
			}
		}
		if href, ok := attr(n, "href"); ok && n.Data == "a" && strings.HasPrefix(href, "#") && !ids[href[1:]] {
			d.t.Errorf("%s: the link %q leads nowhere", d.name, href)
		}
	}
}

// checkNames makes sure that everything a person can use has a name.
func (d *document) checkNames(ids map[string]bool) {
	labelled := map[string]bool{}
	for _, n := range d.all("label") {
		if id, ok := attr(n, "for"); ok {
			labelled[id] = true
		}
	}
	for _, n := range d.all("input", "select", "textarea", "a", "button", "img") {
		kind, _ := attr(n, "type")
		if n.Data == "input" && (kind == "hidden" || kind == "submit") {
			continue
		}
		id, _ := attr(n, "id")
		aria, _ := attr(n, "aria-label")
		by, _ := attr(n, "aria-labelledby")
		alt, _ := attr(n, "alt")
		named := aria != "" || by != "" || alt != "" || labelled[id]
		for p := n.Parent; p != nil && !named; p = p.Parent {
			named = p.Data == "label"
		}
		if n.Data == "a" || n.Data == "button" {
			named = named || text(n) != ""
		}
		if !named {
			d.t.Errorf("%s: <%s id=%q> has no name", d.name, n.Data, id)
		}
	}
}

// checkHeadings makes sure that no level of headings is left out.
func (d *document) checkHeadings() {
	last := 1
	for _, n := range d.all("h1", "h2", "h3", "h4") {
		level := int(n.Data[1] - '0')
		if level > last+1 {
			d.t.Errorf("%s: <%s>%s</%s> follows a heading of level %d", d.name, n.Data, text(n), n.Data, last)
		}
		last = level
	}
}

// links returns the addresses that a page leads to on this server.
func (d *document) links() []string {
	var found []string
	for _, n := range d.all("a", "link", "script") {
		for _, name := range []string{"href", "src"} {
			if address, ok := attr(n, name); ok && strings.HasPrefix(address, "/") && !slices.Contains(found, address) {
				found = append(found, address)
			}
		}
	}
	return found
}
