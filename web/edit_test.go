package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

const (
	orderV2 = `{"type":"record","name":"Order","namespace":"com.example","doc":"An order of a customer.","fields":[{"name":"id","type":"long","doc":"Never reused."},{"name":"note","type":"string","default":""}]}`
	// orderBad adds a field without a default on its line 3, so that readers of it cannot read older data.
	orderBad = "{\"type\":\"record\",\"name\":\"Order\",\"namespace\":\"com.example\",\"fields\":[\n{\"name\":\"id\",\"type\":\"long\"},\n{\"name\":\"price\",\"type\":\"double\"}]}"
	address  = `{"type":"record","name":"Address","namespace":"com.example","fields":[{"name":"street","type":"string"}]}`
)

// send posts a form, checks the page that comes back and returns it.
func (s *site) send(address string, status int, form url.Values) *document {
	s.t.Helper()
	w := s.do("POST", address, nil, form)
	if w.Code != status {
		s.t.Fatalf("POST %s: status %d, want %d\n%s", address, w.Code, status, excerpt(w.Body.String()))
	}
	d := parse(s.t, address, w.Body.String())
	d.check()
	return d
}

// leads posts a form that must lead to another page.
func (s *site) leads(address, to string, form url.Values) {
	s.t.Helper()
	w := s.do("POST", address, nil, form)
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != to {
		s.t.Fatalf("POST %s: status %d, leads to %q, want %q\n%s", address, w.Code, w.Header().Get("Location"), to, excerpt(w.Body.String()))
	}
}

// holds makes sure that a page says something.
func (d *document) holds(texts ...string) {
	d.t.Helper()
	for _, want := range texts {
		if !strings.Contains(d.main(), want) {
			d.t.Errorf("%s does not say %q:\n%s", d.name, want, d.main())
		}
	}
}

// byID returns the text of an element.
func (d *document) byID(id string) string {
	for _, n := range d.all() {
		if got, _ := attr(n, "id"); got == id {
			return text(n)
		}
	}
	d.t.Errorf("%s has no element %q", d.name, id)
	return ""
}

func TestAnEditStartsWithTheLatestVersionLaidOut(t *testing.T) {
	s := newSite(t, "")
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
	s.register("orders-value", registry.SchemaRequest{Schema: orderV2})
	d := s.page("/ui/subjects/orders-value/edit", 200)
	d.holds("New version of orders-value", "BACKWARD", "\"name\": \"note\"", "curl -X POST")
	s.page("/ui/subjects/orders-value/edit?from=1", 200)
	s.page("/ui/subjects/nobody/edit", 404).holds("Subject 'nobody' not found.")
}

func TestACheckPutsReasonsOnTheLinesThatCauseThem(t *testing.T) {
	s := newSite(t, "")
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
	form := url.Values{"type": {"AVRO"}, "action": {"check"}, "schema": {strings.ReplaceAll(orderBad, "\n", "\r\n")}}
	d := s.send("/ui/subjects/orders-value/edit", 200, form)
	d.holds("Incompatible with version 1", "Line 3", "A message that proves it", "Version 1: incompatible")
	if changes := d.byID("changes"); !strings.Contains(changes, `added The field "price" (double) was added to the type "com.example.Order". line 3 New readers, old data: breaks`) || strings.Contains(changes, "proves") {
		t.Errorf("what changes: %q", changes)
	}
	marked := 0
	for _, n := range d.all("li") {
		if line, ok := attr(n, "data-line"); ok {
			marked++
			if line != "3" {
				t.Errorf("marked line %s", line)
			}
		}
	}
	if marked == 0 {
		t.Error("no line is marked")
	}

	form.Set("schema", "{\"type\":\"record\",\n\"name\":\"Order\",\"fields\":[{\"name\":\"x\",\"type\":\"nonsense\"}]}")
	s.send("/ui/subjects/orders-value/edit", 200, form).holds("Not a valid schema", "Line 2", "nonsense", "What a valid schema changes")
	form.Set("schema", orderV2)
	s.send("/ui/subjects/orders-value/edit", 200, form).holds("Compatible", "Compared with version 1")
	form.Set("schema", orderV1)
	s.send("/ui/subjects/orders-value/edit", 200, form).holds("Registered already", "This is version 1 with the id 1", "Nothing: it means what version 1 means.")
	form.Set("schema", "")
	s.send("/ui/subjects/orders-value/edit", 200, form).holds("Nothing to check yet")
}

func TestATransitiveLevelShowsAVerdictForEachVersion(t *testing.T) {
	s := newSite(t, "")
	level := "FULL_TRANSITIVE"
	if _, err := s.reg.SetConfig(t.Context(), "s", registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &level}}); err != nil {
		t.Fatal(err)
	}
	s.register("s", registry.SchemaRequest{Schema: `"int"`})
	s.register("s", registry.SchemaRequest{Schema: `"string"`})
	s.register("s", registry.SchemaRequest{Schema: `"long"`})
	d := s.send("/ui/subjects/s/edit", 200, url.Values{"type": {"AVRO"}, "schema": {`"string" `}, "action": {"check"}})
	d.holds("Version 3: incompatible", "Version 2: compatible", "Version 1: incompatible", "versions 1, 3")
}

func TestAVersionIsRegisteredFromTheForm(t *testing.T) {
	s := newSite(t, "/base")
	s.register("a/b c", registry.SchemaRequest{Schema: orderV1})
	form := url.Values{"type": {"AVRO"}, "schema": {orderV2}, "action": {"register"}}
	s.leads("/base/ui/subjects/a%2Fb%20c/edit", "/base/ui/subjects/a%2Fb%20c/versions/2", form)
	form.Set("schema", orderBad)
	s.send("/base/ui/subjects/a%2Fb%20c/edit", 409, form).holds("Incompatible with version 2", "Line 3", "a registration is refused: the level BACKWARD")
	form.Set("schema", "{")
	s.send("/base/ui/subjects/a%2Fb%20c/edit", 422, form).holds("Not a valid schema", "a registration is refused: this is no valid schema")

	mode := registry.ReadOnly
	if err := s.reg.SetMode(t.Context(), "a/b c", &mode, false); err != nil {
		t.Fatal(err)
	}
	s.page("/base/ui/subjects/a%2Fb%20c/edit", 200).holds("The mode in force here is READONLY")
	form.Set("schema", strings.Replace(orderV2, "note", "remark", 1))
	s.send("/base/ui/subjects/a%2Fb%20c/edit", 422, form).holds("is in read-only mode")
}

func TestTheFormSaysWhatARegistrationWouldDo(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: `"int"`})
	s.register("s", registry.SchemaRequest{Schema: `"string"`})
	form := url.Values{"type": {"AVRO"}, "schema": {`"int"`}, "action": {"check"}}
	d := s.send("/ui/subjects/s/edit", 200, form)
	d.holds("Registered already", "This is version 1", "As a new version it would be incompatible with version 2.")
	if refusal := d.byID("refusal"); refusal != "" {
		t.Errorf("what is there already is said to be refused: %q", refusal)
	}
	form.Set("action", "register")
	s.leads("/ui/subjects/s/edit", "/ui/subjects/s/versions/1", form)

	form = url.Values{"type": {"AVRO"}, "schema": {`"boolean"`}, "action": {"check"}}
	if refusal := s.send("/ui/subjects/s/edit", 200, form).byID("refusal"); !strings.Contains(refusal, "refused: the level BACKWARD") {
		t.Errorf("a breaking change is not said to be refused: %q", refusal)
	}
	form.Set("naming", "topic")
	if refusal := s.send("/ui/new", 200, form).byID("refusal"); refusal != "The subject has no name yet. Name the topic." {
		t.Errorf("a subject without a name: %q", refusal)
	}
	form.Set("untouched", "true")
	if refusal := s.send("/ui/new", 200, form).byID("refusal"); refusal != "" {
		t.Errorf("a name that nobody has got to yet is missed: %q", refusal)
	}
	missed := s.send("/ui/new", 422, url.Values{"type": {"AVRO"}, "schema": {`"boolean"`}, "naming": {"topic"}, "action": {"register"}})
	if refusal := missed.byID("refusal"); refusal == "" {
		t.Error("a registration without a name is not refused")
	}
	if invalid := slices.ContainsFunc(missed.all("input"), func(n *html.Node) bool { value, _ := attr(n, "aria-invalid"); return value == "true" }); !invalid {
		t.Error("the field that is missing is not marked")
	}
	form.Del("untouched")
	form.Set("topic", "orders")
	if refusal := s.send("/ui/new", 200, form).byID("refusal"); refusal != "" {
		t.Errorf("a new subject is said to be refused: %q", refusal)
	}
}

func TestARegistrationDoesNotGoPastAVersionThatNobodyHasSeen(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: orderV1})
	form := url.Values{"type": {"AVRO"}, "latest": {"1"}, "action": {"check"}, "schema": {strings.Replace(orderV2, "note", "mine", 1)}}
	if newer := s.send("/ui/subjects/s/edit", 200, form).byID("newer"); newer != "" {
		t.Errorf("nobody has registered anything, and the page says %q", newer)
	}
	s.register("s", registry.SchemaRequest{Schema: strings.Replace(orderV2, "note", "theirs", 1)})
	if newer := s.send("/ui/subjects/s/edit", 200, form).byID("newer"); !strings.Contains(newer, "Meanwhile version 2 was registered") || strings.Contains(newer, "again") {
		t.Errorf("a check says %q", newer)
	}
	form.Set("action", "register")
	d := s.send("/ui/subjects/s/edit", 409, form)
	if newer := d.byID("newer"); !strings.Contains(newer, "press “Register” again") {
		t.Errorf("a registration says %q", newer)
	}
	for _, n := range d.all("input") {
		if name, _ := attr(n, "name"); name == "latest" {
			value, _ := attr(n, "value")
			form.Set("latest", value)
		}
	}
	s.leads("/ui/subjects/s/edit", "/ui/subjects/s/versions/3", form)
	form.Set("latest", "1")
	s.leads("/ui/subjects/s/edit", "/ui/subjects/s/versions/3", form) // sent twice, or again after a reload: it is there already
}

func TestPagesTellWhoRegisteredAVersion(t *testing.T) {
	s := newSite(t, "")
	form := url.Values{"type": {"AVRO"}, "schema": {orderV1}, "naming": {"own"}, "own": {"orders-value"}, "action": {"register"}}
	w := s.do("POST", "/ui/new", http.Header{"Authorization": {"Basic YW5uYTpwdw=="}}, form) // anna
	if w.Code != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", w.Code, excerpt(w.Body.String()))
	}
	_, err := s.reg.Register(t.Context(), "orders-value", registry.SchemaRequest{Schema: orderV2}, registry.RegisterOptions{By: registry.Registrant{Client: "ci <1>"}})
	if err != nil {
		t.Fatal(err)
	}
	s.page("/ui/subjects/orders-value", 200).holds("Byci <1>", "anna (web page)")
	s.page("/ui/subjects/orders-value/versions/1", 200).holds("Byanna (web page)", "ci <1>")
	s.page("/ui/subjects/orders-value/history", 200).holds("by ci <1>", "by anna (web page)")
}

func TestANewSubjectIsNamedByAStrategy(t *testing.T) {
	s := newSite(t, "")
	s.page("/ui/new", 200).holds("New subject", "Name the topic.")
	s.page("/ui/new?type=PROTOBUF", 200).holds("message Order")
	s.page("/ui/new?type=JSON&subject=x", 200).holds("Subject x")
	for _, test := range []struct{ naming, topic, own, part, subject string }{
		{"topic", "orders", "", "value", "orders-value"},
		{"topic", "orders", "", "key", "orders-key"},
		{"record", "", "", "", "com.example.Order"},
		{"topic-record", "orders", "", "", "orders-com.example.Order"},
		{"own", "", "my own", "", "my own"},
	} {
		form := url.Values{"type": {"AVRO"}, "schema": {orderV1}, "naming": {test.naming}, "topic": {test.topic}, "own": {test.own}, "part": {test.part}}
		if got := s.send("/ui/new", 200, form).byID("name"); got != "Subject "+test.subject {
			t.Errorf("%+v: %q", test, got)
		}
	}
	form := url.Values{"type": {"PROTOBUF"}, "naming": {"record"}, "schema": {"syntax = \"proto3\"; package a.b; message M {} message N {}"}}
	if got := s.send("/ui/new", 200, form).byID("name"); got != "Subject a.b.M" {
		t.Errorf("Protobuf: %q", got)
	}
	form = url.Values{"type": {"JSON"}, "naming": {"record"}, "schema": {`{"type":"object"}`}, "action": {"register"}}
	s.send("/ui/new", 422, form).holds("The schema has no name of its own")
	form = url.Values{"type": {"JSON"}, "naming": {"topic"}, "topic": {"t"}, "part": {"value"}, "schema": {`{"type":"object"}`}, "action": {"register"}}
	s.leads("/ui/new", "/ui/subjects/t-value/versions/1", form)
}

func TestReferencesAreGivenLineByLine(t *testing.T) {
	s := newSite(t, "")
	s.register("address", registry.SchemaRequest{Schema: address})
	form := url.Values{
		"type": {"AVRO"}, "naming": {"own"}, "own": {"customer"}, "schema": {`{"type":"record","name":"Customer","fields":[{"name":"a","type":"com.example.Address"}]}`},
		"ref-name": {"com.example.Address", ""}, "ref-subject": {"address", ""}, "ref-version": {"", ""}, "action": {"check"},
	}
	s.send("/ui/new", 200, form).holds("Compatible", `"references":[{"name":"com.example.Address","subject":"address","version":-1}]`)
	form.Set("action", "reference")
	d := s.send("/ui/new", 200, form)
	lines := 0
	for _, n := range d.all("input") {
		if name, _ := attr(n, "name"); name == "ref-name" {
			lines++
		}
	}
	if lines != 3 {
		t.Errorf("%d lines of references", lines)
	}
	form["ref-version"] = []string{"seven", ""}
	form.Set("action", "check")
	s.send("/ui/new", 200, form).holds("is no number")
	form["ref-version"] = []string{"7", ""}
	s.send("/ui/new", 200, form).holds("No schema reference found")
	form["ref-version"] = []string{"1", ""}
	form.Set("action", "register")
	s.leads("/ui/new", "/ui/subjects/customer/versions/1", form)
	v, err := s.reg.Version(t.Context(), "customer", "1", registry.ReadOptions{})
	if err != nil || len(v.References) != 1 || v.References[0] != (formats.Reference{Name: "com.example.Address", Subject: "address", Version: 1}) {
		t.Errorf("%+v, %v", v, err)
	}
	s.page("/ui/subjects/customer/edit", 200)
}

func TestTheCommandOfTheFormCannotBeBrokenOutOf(t *testing.T) {
	s := newSite(t, "")
	form := url.Values{"type": {"JSON"}, "naming": {"own"}, "own": {"it's $(here)"}, "schema": {"{\"title\":\"<b>'x'\nBODY\n\"}"}}
	d := s.send("/ui/new", 200, form)
	d.holds(`/subjects/it%27s%20$%28here%29/versions`, `"schema":"{\"title\":\"<b>'x'\nBODY\n\"}"}`)
	form.Set("own", "..") // a step, to curl
	s.send("/ui/new", 200, form).holds("/subjects/:.:../versions")
}
