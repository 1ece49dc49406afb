package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

// after posts a form, and returns the page that it leads to as a browser would show it.
func (s *site) after(address string, form url.Values) (cookie http.Header, page *document) {
	s.t.Helper()
	w := s.do("POST", address, nil, form)
	leadsTo := w.Header().Get("Location")
	if w.Code != http.StatusSeeOther {
		s.t.Fatalf("POST %s: status %d\n%s", address, w.Code, excerpt(w.Body.String()))
	}
	set, _, _ := strings.Cut(w.Header().Get("Set-Cookie"), ";")
	cookie = http.Header{"Cookie": {set}}
	shown := s.do("GET", leadsTo, cookie, nil)
	if gone := shown.Header().Get("Set-Cookie"); set != "" && !strings.Contains(gone, "concord-notice=; Path=/base/ui; Max-Age=0") {
		s.t.Errorf("GET %s leaves the notice: %q", leadsTo, gone)
	}
	page = parse(s.t, leadsTo, shown.Body.String())
	page.check()
	return cookie, page
}

func TestThePageThatAFormLeadsToSaysWhatWasDone(t *testing.T) {
	s := newSite(t, "/base")
	s.register("s", registry.SchemaRequest{Schema: `"int"`})
	s.register("s", registry.SchemaRequest{Schema: `"long"`})
	s.register("<b>'; x", registry.SchemaRequest{Schema: `"int"`})
	odd := "/base/ui/subjects/%3Cb%3E%27%3B%20x/delete"
	for _, step := range []struct {
		address string
		form    url.Values
		says    string
	}{
		{"/base/ui/subjects/s/edit", url.Values{"action": {"register"}, "subject": {"s"}, "type": {"AVRO"}, "latest": {"2"}, "schema": {`"double"`}}, "Version 3 is registered with the id 3."},
		{"/base/ui/subjects/s/edit", url.Values{"action": {"register"}, "subject": {"s"}, "type": {"AVRO"}, "latest": {"3"}, "schema": {`"double"`}}, "Nothing was registered: version 3, with the id 3, is the same schema."},
		{"/base/ui/subjects/s/delete", url.Values{"step": {"soft"}, "version": {"2"}, "confirm": {"s"}}, ""},
		{"/base/ui/subjects/s/restore", url.Values{"version": {"2"}}, "Version 2 of s is restored."},
		{"/base/ui/subjects/s/delete", url.Values{"step": {"soft"}, "confirm": {"s"}}, ""},
		{"/base/ui/subjects/s/delete", url.Values{"step": {"permanent"}, "version": {"1"}, "confirm": {"s"}}, "Version 1 of s is deleted for good."},
		{"/base/ui/subjects/s/restore", url.Values{}, "s is restored."},
		{"/base/ui/subjects/s/settings", url.Values{}, "Nothing was changed."},
		{"/base/ui/subjects/s/settings", url.Values{"level": {"FULL"}}, "The settings are saved."},
		{odd, url.Values{"step": {"soft"}, "confirm": {"<b>'; x"}}, ""},
		{odd, url.Values{"step": {"permanent"}, "confirm": {"<b>'; x"}}, "<b>'; x is deleted for good."},
	} {
		_, page := s.after(step.address, step.form)
		if step.says != "" {
			page.holds(step.says)
		}
	}
}

func TestANoticeIsForThePageThatAPersonSees(t *testing.T) {
	s := newSite(t, "/base")
	s.register("s", registry.SchemaRequest{Schema: `"int"`})
	cookie, _ := s.after("/base/ui/subjects/s/settings", url.Values{})
	cookie.Set("Sec-Fetch-Dest", "empty")
	for _, method := range []string{"GET", "HEAD"} {
		w := s.do(method, "/base/ui", cookie, nil)
		if w.Header().Get("Set-Cookie") != "" || strings.Contains(w.Body.String(), "Nothing was changed.") {
			t.Errorf("%s by a script takes the notice", method)
		}
	}
	nonsense := s.do("GET", "/base/ui", http.Header{"Cookie": {"concord-notice=%zz"}}, nil)
	if nonsense.Code != http.StatusOK {
		t.Errorf("a cookie of nonsense: %d", nonsense.Code)
	}
}
