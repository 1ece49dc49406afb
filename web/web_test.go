package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

const orderV1 = `{"type":"record","name":"Order","namespace":"com.example","doc":"An order of a customer.","fields":[{"name":"id","type":"long","doc":"Never reused."}]}`

// visit follows every link from a page on, once each, and checks every page on the way.
func (s *site) visit(start string) int {
	s.t.Helper()
	seen := map[string]bool{start: true}
	queue := []string{start}
	for len(queue) > 0 && len(seen) < 400 {
		address := queue[0]
		queue = queue[1:]
		w := s.do("GET", address, nil, nil)
		if w.Code >= 400 {
			s.t.Errorf("a link leads to %s, which answers %d", address, w.Code)
			continue
		}
		if to := w.Header().Get("Location"); to != "" && !seen[to] {
			seen[to] = true
			queue = append(queue, to)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") || strings.HasSuffix(address, "/docs") {
			continue
		}
		d := parse(s.t, address, w.Body.String())
		d.check()
		for _, link := range d.links() {
			link, _, _ = strings.Cut(link, "#")
			if !strings.HasPrefix(link, s.base+"/") {
				s.t.Errorf("%s links to %s, outside the base path", address, link)
			}
			if !seen[link] {
				seen[link] = true
				queue = append(queue, link)
			}
		}
	}
	return len(seen)
}

func TestEveryLinkLeadsSomewhere(t *testing.T) {
	for _, base := range []string{"", "/tools/registry"} {
		s := newSite(t, base)
		fill(s)
		if n := s.visit(base + "/ui"); n < 6 {
			t.Errorf("only %d addresses below %q", n, base)
		}
	}
}

func TestTheRootIsAPageForBrowsersAndAnObjectForClients(t *testing.T) {
	s := newSite(t, "")
	if w := s.do("GET", "/", nil, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/ui" {
		t.Errorf("a browser is answered %d %q", w.Code, w.Header().Get("Location"))
	}
	if w := s.do("GET", "/", http.Header{"Accept": {"*/*"}}, nil); w.Body.String() != "{}" {
		t.Errorf("a client is answered %q", w.Body)
	}
	java := http.Header{"Accept": {"text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"}, "User-Agent": {"Java/17.0.9"}}
	if w := s.do("GET", "/", java, nil); w.Body.String() != "{}" {
		t.Errorf("a client in Java is answered %d %q", w.Code, w.Body)
	}
}

func TestASlashTooManyIsForgiven(t *testing.T) {
	s := newSite(t, "/registry")
	s.register("a/b", registry.SchemaRequest{Schema: orderV1})
	for _, address := range []string{"/ui/", "/registry/ui/", "/ui/fields//", "/ui/subjects/a%2Fb/", "/ui//subjects/a%2Fb/compare/"} {
		s.page(address, 200)
	}
	if w := s.do("GET", "/ui/subjects/", nil, nil); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/registry/ui" {
		t.Errorf("the address above all subjects is answered %d %q", w.Code, w.Header().Get("Location"))
	}
	s.page("/registry/ui/nowhere", 404)
}

func TestPagesFollowThePrefixOfAProxy(t *testing.T) {
	s := newSite(t, "")
	for prefix, want := range map[string]string{
		"/registry":  `href="/registry/ui"`,
		"/registry/": `href="/registry/ui"`,
		"//evil.com": `href="/ui"`,
		"/a\"b":      `href="/ui"`,
		"/a/../b":    `href="/a/../b/ui"`,
	} {
		w := s.do("GET", "/ui", http.Header{"X-Forwarded-Prefix": {prefix}}, nil)
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("prefix %q: the page does not hold %s", prefix, want)
		}
	}
}

func TestPagesAndFormsKnowTheHostThatAProxyIsAskedFor(t *testing.T) {
	s := newSite(t, "")
	s.register("orders", registry.SchemaRequest{Schema: orderV1})
	for forwarded, want := range map[string]string{
		"schemas.example.org":            "http://schemas.example.org/subjects/orders",
		"schemas.example.org:8443, next": "http://schemas.example.org:8443/subjects/orders",
		"[2001:db8::1]:80":               "&#39;http://[2001:db8::1]:80/subjects/orders",
		"evil.com/path":                  "http://example.com/subjects/orders",
		`evil.com"onload=`:               "http://example.com/subjects/orders",
		"":                               "http://example.com/subjects/orders",
	} {
		w := s.do("GET", "/ui/subjects/orders?view=code", http.Header{"X-Forwarded-Host": {forwarded}}, nil)
		if !strings.Contains(w.Body.String(), "curl "+want) {
			t.Errorf("asked for through %q: the page does not hold curl %s", forwarded, want)
		}
	}
	form := url.Values{"theme": {"dark"}, "back": {"/ui/keys"}}
	for origin, want := range map[string]int{"http://schemas.example.org": http.StatusSeeOther, "http://evil.com": http.StatusForbidden} {
		w := s.do("POST", "/ui/theme", http.Header{"X-Forwarded-Host": {"schemas.example.org"}, "Origin": {origin}, "Sec-Fetch-Site": nil}, form) // as browsers do over plain HTTP
		if w.Code != want {
			t.Errorf("a form from %s is answered %d instead of %d", origin, w.Code, want)
		}
	}
}

func TestOnlyPagesOverTLSHaveAnOpenerPolicy(t *testing.T) {
	s := newSite(t, "")
	for scheme, want := range map[string]string{"http": "", "https": "same-origin", "": ""} {
		for _, address := range []string{"/ui", "/", "/ui/nowhere"} {
			w := s.do("GET", address, http.Header{"X-Forwarded-Proto": {scheme}}, nil)
			if got := w.Header().Get("Cross-Origin-Opener-Policy"); got != want {
				t.Errorf("GET %s over %q: policy %q instead of %q", address, scheme, got, want)
			}
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	s := newSite(t, "")
	form := url.Values{"theme": {"dark"}, "back": {"/ui/keys"}}
	if w := s.do("POST", "/ui/theme", http.Header{"Sec-Fetch-Site": {"cross-site"}}, form); w.Code != http.StatusForbidden {
		t.Errorf("a form of another site is answered %d", w.Code)
	}
	w := s.do("POST", "/ui/theme", nil, form)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/ui/keys" || !strings.Contains(w.Header().Get("Set-Cookie"), "concord-theme=dark") {
		t.Errorf("our own form is answered %d %q %q", w.Code, w.Header().Get("Location"), w.Header().Get("Set-Cookie"))
	}
	for _, back := range []string{"https://evil.com/ui", "//evil.com/ui", "/\\evil.com", "javascript:alert(1)", ""} {
		form.Set("back", back)
		if w := s.do("POST", "/ui/theme", nil, form); w.Header().Get("Location") != "/ui" {
			t.Errorf("back to %q leads to %q", back, w.Header().Get("Location"))
		}
	}
	page := s.do("GET", "/ui", http.Header{"Cookie": {"concord-theme=dark"}}, nil)
	if !strings.Contains(page.Body.String(), `data-theme="dark"`) {
		t.Error("the page does not come in the chosen colours")
	}
}

func TestAssetsAreKeptForEverAndUnknownOnesAreNot(t *testing.T) {
	s := newSite(t, "")
	found := 0
	for _, address := range s.page("/ui", 200).links() {
		if !strings.HasPrefix(address, "/ui/assets/") {
			continue
		}
		found++
		w := s.do("GET", address, http.Header{"Accept-Encoding": {"gzip"}}, nil)
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", address, w.Code, w.Header())
		}
	}
	if found < 3 {
		t.Errorf("only %d assets", found)
	}
	if w := s.do("GET", "/ui/assets/app.000000000000.js", nil, nil); w.Code != 404 || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("an asset of another version is answered %d, %s", w.Code, w.Header().Get("Cache-Control"))
	}
}

// fill registers a little of everything.
func fill(s *site) {
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
}
