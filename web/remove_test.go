package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

func TestADeletionAsksForTheNameAndHasTwoSteps(t *testing.T) {
	s := newSite(t, "/base")
	s.register("a/b", registry.SchemaRequest{Schema: orderV1})
	s.register("a/b", registry.SchemaRequest{Schema: orderV2})
	page := "/base/ui/subjects/a%2Fb/delete"
	s.page(page, 200).holds("Delete a/b", "Nobody since this server started to look", "Step one of two", "Version 1", "Version 2", "No other schema.")
	s.do("GET", "/subjects/a%2Fb/versions/2", http.Header{"Accept": {"*/*"}, "User-Agent": {"billing/3.2"}}, nil)
	s.page(page, 200).holds("Who asked for it last", "billing/3.2 just now")
	s.send(page, 422, url.Values{"step": {"soft"}, "confirm": {"a/c"}}).holds("This is not the name of the subject")
	s.send(page, 409, url.Values{"step": {"permanent"}, "confirm": {"a/b"}}).holds("Meanwhile somebody else")

	s.leads(page, "/base/ui/subjects/a%2Fb/versions/1", url.Values{"step": {"soft"}, "version": {"1"}, "confirm": {"a/b"}})
	s.page(page+"?version=1", 200).holds("Delete for good: version 1 of a/b", "cannot be undone", "Restore instead")
	s.page(page, 200).holds("1 version")
	s.leads(page, "/base/ui/subjects/a%2Fb/versions/2", url.Values{"step": {"soft"}, "confirm": {"a/b"}})
	s.page(page, 200).holds("Step two of two", "2 versions")
	s.leads(page, "/base/ui", url.Values{"step": {"permanent"}, "confirm": {"a/b"}})
	s.page(page, 404)
}

func TestWhoRefersStandsInTheWayOfADeletion(t *testing.T) {
	s := newSite(t, "")
	s.register("address", registry.SchemaRequest{Schema: address})
	s.register("customer", registry.SchemaRequest{
		Schema:     `{"type":"record","name":"Customer","fields":[{"name":"a","type":"com.example.Address"}]}`,
		References: []formats.Reference{{Name: "com.example.Address", Subject: "address", Version: 1}},
	})
	for _, page := range []string{"/ui/subjects/address/delete", "/ui/subjects/address/delete?version=1"} {
		s.page(page, 200).holds("customer version 1", "delete or change them first")
	}
	s.send("/ui/subjects/address/delete", 422, url.Values{"step": {"soft"}, "confirm": {"address"}}).holds("One or more references exist")
}

func TestARestoreBringsBackVersionAndID(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: orderV1})
	s.register("s", registry.SchemaRequest{Schema: orderV2})
	s.page("/ui/subjects/s/restore", 200).holds("0 versions")
	s.send("/ui/subjects/s/restore", 404, url.Values{}).holds("has no deleted version")
	s.leads("/ui/subjects/s/delete", "/ui/subjects/s/versions/2", url.Values{"step": {"soft"}, "version": {"2"}, "confirm": {"s"}})
	s.page("/ui/subjects/s/restore?version=2", 200).holds("Restore version 2 of s", "id 2")
	s.leads("/ui/subjects/s/restore", "/ui/subjects/s/versions/2", url.Values{"version": {"2"}})
	s.leads("/ui/subjects/s/delete", "/ui/subjects/s/versions/2", url.Values{"step": {"soft"}, "confirm": {"s"}})
	s.page("/ui/subjects/s/restore", 200).holds("2 versions")
	s.leads("/ui/subjects/s/restore", "/ui/subjects/s", url.Values{})
	v, err := s.reg.Version(t.Context(), "s", "latest", registry.ReadOptions{})
	if err != nil || v.Version != 2 || v.ID != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	s.page("/ui/subjects/nobody/restore", 404)
}

func TestWhatIsReadOnlySaysSoBeforeItIsAskedToGo(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: orderV1})
	mode := registry.ReadOnly
	if err := s.reg.SetMode(t.Context(), "", &mode, false); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"/ui/subjects/s/delete", "/ui/subjects/s/restore"} {
		d := s.page(page, 200)
		d.holds("The mode in force here is READONLY, so nothing can be deleted or restored.")
		for _, button := range d.all("button") {
			if class, _ := attr(button, "class"); strings.Contains(class, "primary") {
				if _, off := attr(button, "disabled"); !off {
					t.Errorf("%s offers what the registry refuses", page)
				}
			}
		}
	}
}
