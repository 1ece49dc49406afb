package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// ask posts JSON to the API and decodes the answer.
func (s *site) ask(address string, body, into any) {
	s.t.Helper()
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, address, strings.NewReader(string(data)))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	s.api.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		s.t.Fatalf("POST %s: %d %s", address, w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
		s.t.Fatal(err)
	}
}

// identified names what the API says that a schema is like, the equal ones with a sign before them.
func (s *site) identified(req registry.SchemaRequest) string {
	s.t.Helper()
	var found registry.Identification
	s.ask("/api/identify", map[string]any{"schema": req.Schema, "schemaType": req.Type, "references": req.References}, &found)
	var names []string
	for _, m := range found.Matches {
		name := fmt.Sprintf("%s@%d", m.Subject, m.Version)
		if m.Equal {
			name = "=" + name
		}
		if m.Deleted {
			name += " deleted"
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}

func TestAnEqualSchemaIsFoundInEveryVersion(t *testing.T) {
	s := newSite(t, "")
	owned := &registry.Metadata{Properties: map[string]string{"owner": "me"}}
	s.register("latest", registry.SchemaRequest{Schema: orderV1})
	s.register("older", registry.SchemaRequest{Schema: orderV1})
	s.register("older", registry.SchemaRequest{Schema: `"int"`})
	s.register(":.eu:older", registry.SchemaRequest{Schema: orderV1})
	s.register(":.eu:older", registry.SchemaRequest{Schema: orderV2})
	s.register("with-metadata", registry.SchemaRequest{Schema: orderV1, Metadata: owned})
	s.register("with-metadata", registry.SchemaRequest{Schema: `"int"`, Metadata: owned})
	s.register("spelt-otherwise", registry.SchemaRequest{Schema: strings.ReplaceAll(orderV1, `"long"`, `{"type":"long"}`)})
	s.register("spelt-otherwise", registry.SchemaRequest{Schema: `"int"`})
	s.register("gone", registry.SchemaRequest{Schema: orderV1})
	s.register("gone-in-part", registry.SchemaRequest{Schema: orderV1})
	s.register("gone-in-part", registry.SchemaRequest{Schema: orderV2})
	if _, err := s.reg.DeleteSubject(t.Context(), "gone", false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.reg.DeleteVersion(t.Context(), "gone-in-part", "1", false); err != nil {
		t.Fatal(err)
	}
	want := "=:.eu:older@1 =latest@1 =older@1 =spelt-otherwise@1 =with-metadata@1 =gone@1 deleted =gone-in-part@1 deleted :.eu:older@2 gone-in-part@2"
	for name, schema := range map[string]string{
		"as it is": orderV1, "laid out": strings.ReplaceAll(orderV1, ",", ",\n"), "spelt otherwise": strings.ReplaceAll(orderV1, `"long"`, `{"type":"long"}`),
	} {
		if got := s.identified(registry.SchemaRequest{Schema: schema}); got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
	}
	d := s.send("/ui/identify", 200, url.Values{"type": {"AVRO"}, "schema": {orderV1}})
	d.holds("9 versions alike", "older v1 The same schema not the latest", "gone v1 The same schema deleted", "gone-in-part v2 Nearly the same", "7 subjects looked at")
}

func TestASchemaIsIdentifiedWithWhatItRefersTo(t *testing.T) {
	s := newSite(t, "")
	const importing = "syntax = \"proto3\";\nimport \"money.proto\";\nmessage Order { Money total = 1; }\n"
	s.register("money", registry.SchemaRequest{Type: "PROTOBUF", Schema: "syntax = \"proto3\";\nmessage Money { int64 cents = 1; }\n"})
	s.register("money", registry.SchemaRequest{Type: "PROTOBUF", Schema: "syntax = \"proto3\";\nmessage Money { int64 cents = 1; string currency = 2; }\n"})
	refs := func(version int) []formats.Reference {
		return []formats.Reference{{Name: "money.proto", Subject: "money", Version: version}}
	}
	s.register("orders", registry.SchemaRequest{Type: "PROTOBUF", Schema: importing, References: refs(1)})
	s.register("orders", registry.SchemaRequest{Type: "PROTOBUF", Schema: strings.Replace(importing, "}", "string id = 2; }", 1), References: refs(1)})
	s.register("newer", registry.SchemaRequest{Type: "PROTOBUF", Schema: importing, References: refs(2)})

	for version, want := range map[int]string{1: "=orders@1 newer@1 orders@2", 2: "=newer@1 orders@2", -1: "=newer@1 orders@2"} {
		if got := s.identified(registry.SchemaRequest{Type: "PROTOBUF", Schema: importing, References: refs(version)}); got != want {
			t.Errorf("with version %d of what it refers to: %s, want %s", version, got, want)
		}
	}
	form := url.Values{"type": {"PROTOBUF"}, "schema": {importing}}
	if d := s.send("/ui/identify", 200, form); strings.Contains(d.main(), "The same schema") {
		t.Errorf("equal although it refers to nothing:\n%s", d.main())
	}
	form.Set("action", "reference")
	form["ref-name"], form["ref-subject"], form["ref-version"] = []string{""}, []string{""}, []string{""}
	d := s.send("/ui/identify", 200, form)
	if d.lines() != 2 {
		t.Errorf("%d lines for references after another one was asked for", d.lines())
	}
	d.holds("import \"money.proto\"", "the path in its import")
	form.Del("action")
	form["ref-name"], form["ref-subject"], form["ref-version"] = []string{"money.proto", ""}, []string{"money", ""}, []string{"1", ""}
	s.send("/ui/identify", 200, form).holds("orders v1 The same schema not the latest", "newer v1")
	form["ref-version"] = []string{"one", ""}
	s.send("/ui/identify", 422, form).holds("is no number")
	form["ref-version"], form["ref-subject"] = []string{"", ""}, []string{"nowhere", ""}
	s.send("/ui/identify", 422, form).holds("nowhere")
}

// lines counts the lines for references of a form.
func (d *document) lines() (n int) {
	for _, input := range d.all("input") {
		if name, _ := attr(input, "name"); name == "ref-name" {
			n++
		}
	}
	return n
}

func TestAPageAndTheAPISayTheSame(t *testing.T) {
	s := newSite(t, "")
	world(s)
	for _, subject := range []string{"orders-value", "money", "customers-value", "shipments-value", "old-value", ":.eu:orders-value"} {
		var d struct {
			registry.Description
			Usage struct{ Retiring string }
		}
		w := s.do("GET", "/api/subjects/"+url.PathEscape(subject), http.Header{"Accept": {"application/json"}}, nil)
		if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %v\n%s", subject, w.Code, err, w.Body)
		}
		address := "/ui/subjects/" + url.PathEscape(subject)
		s.page(address, 200).holds(subject, fmt.Sprintf("v%d", d.Version.Version), fmt.Sprintf("Id%d", d.Version.ID), d.Version.GUID,
			fmt.Sprintf("Versions%d", len(d.Versions)), fmt.Sprintf("%d bytes", len(d.Version.Schema)))
		settings := s.page(address+"?view=settings", 200)
		settings.holds("Compatibility level"+d.Level.Value, "Mode"+d.Mode.Value, "Policy"+d.Policy.Value)
		title := map[string]string{"referred": "Not safe to retire", "in-use": "In use", "too-early": "Too early to tell"}[d.Usage.Retiring]
		s.page(address+"?view=clients", 200).holds(title)
		for _, arrow := range append(d.Uses, d.UsedBy...) {
			s.page(address+"?view=references", 200).holds(arrow.From.Subject, arrow.To.Subject)
		}
	}
	bytes := "00 00 00 00 02 04 61 04 55 53 44 00 00"
	var decoding registry.Decoding
	s.ask("/api/decode", registry.DecodeRequest{Message: bytes}, &decoding)
	page := s.send("/ui/decode", 200, url.Values{"data": {bytes}})
	page.holds(fmt.Sprintf("%s v%d", decoding.Subject, decoding.Version), fmt.Sprintf("%d bytes", decoding.Size))
	for _, fault := range decoding.Faults {
		page.holds(fault.String())
	}
}
