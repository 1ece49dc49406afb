package web_test

import (
	"net/url"
	"testing"

	"golang.org/x/net/html"

	"github.com/concord-registry/concord/registry"
)

// chosen returns the values of the radio buttons of a page that are chosen, by name.
func (d *document) chosen() map[string]string {
	values := map[string]string{}
	for _, n := range d.all("input") {
		if _, checked := attr(n, "checked"); checked {
			values[name(n)], _ = attr(n, "value")
		}
	}
	return values
}

func name(n *html.Node) string {
	value, _ := attr(n, "name")
	return value
}

func (s *site) holdsFor(subject, level, policy, mode string) {
	s.t.Helper()
	d, err := s.reg.Describe(s.t.Context(), subject, "latest")
	if err != nil {
		s.t.Fatal(err)
	}
	if d.Level.Value != level || d.Policy.Value != policy || d.Mode.Value != mode {
		s.t.Errorf("%s has the level %+v, the policy %+v and the mode %+v; want %s, %s, %s", subject, d.Level, d.Policy, d.Mode, level, policy, mode)
	}
}

func TestSettingsAreChosenAmongValuesThatAreExplained(t *testing.T) {
	s := newSite(t, "/base")
	s.register("a/b", registry.SchemaRequest{Schema: `"int"`})
	s.register("proto", registry.SchemaRequest{Type: "PROTOBUF", Schema: "syntax = \"proto3\"; message M {}"})
	const page = "/base/ui/subjects/a%2Fb/settings"
	d := s.page(page, 200)
	d.holds("Settings of a/b", "Inherited: BACKWARD", "Inherited: reference", "Inherited: READWRITE", "Nothing is checked: any schema may follow.", "nothing can be registered or deleted")
	if got := d.chosen(); got["level"] != "" || got["policy"] != "" || got["mode"] != "" || len(got) != 3 {
		t.Errorf("a subject without settings of its own shows %v", got)
	}
	s.page("/base/ui/subjects/proto/settings", 200).holds("wire-exact")
	s.page("/base/ui/subjects/nobody/settings", 404)

	shown := "/base/ui/subjects/a%2Fb?view=settings"
	s.leads(page, shown, url.Values{"level": {"FULL"}, "level-before": {""}, "policy": {"strict"}, "policy-before": {""}, "mode": {"READONLY"}, "mode-before": {""}})
	s.holdsFor("a/b", "FULL", "strict", "READONLY")
	d = s.page(page, 200)
	d.holds("The mode in force here is READONLY", "Inherited: BACKWARD")
	if got := d.chosen(); got["level"] != "FULL" || got["policy"] != "strict" || got["mode"] != "READONLY" {
		t.Errorf("a subject with settings of its own shows %v", got)
	}

	// What the registry refuses is said, and what was chosen stays chosen.
	d = s.send(page, 422, url.Values{"level": {"NONE"}, "level-before": {"FULL"}, "policy": {"strict"}, "policy-before": {"strict"}, "mode": {"READONLY"}, "mode-before": {"READONLY"}})
	d.holds("is in read-only mode")
	if got := d.chosen(); got["level"] != "NONE" {
		t.Errorf("the form has forgotten what was chosen: %v", got)
	}

	// The mode is given up before the level is changed.
	s.leads(page, shown, url.Values{"level": {"NONE"}, "level-before": {"FULL"}, "policy": {""}, "policy-before": {"strict"}, "mode": {""}, "mode-before": {"READONLY"}})
	s.holdsFor("a/b", "NONE", "reference", "READWRITE")
}

func TestAFormOfSettingsLeavesWhatOthersHaveChangedMeanwhile(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: `"int"`})
	full := "FULL"
	if _, err := s.reg.SetConfig(t.Context(), "s", registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &full}}); err != nil {
		t.Fatal(err)
	}
	s.leads("/ui/subjects/s/settings", "/ui/subjects/s?view=settings", url.Values{"level": {""}, "level-before": {""}, "policy": {"semantic"}, "policy-before": {""}})
	s.holdsFor("s", "FULL", "semantic", "READWRITE")
}
