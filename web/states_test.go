package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// world fills a site with a little of everything that pages show.
func world(s *site) {
	s.t.Helper()
	ctx := s.t.Context()
	money := `{"type":"record","name":"Money","namespace":"com.example","doc":"An amount.","fields":[{"name":"amount","type":{"type":"bytes","logicalType":"decimal","precision":9}},{"name":"currency","type":"string"}]}`
	s.register("money", registry.SchemaRequest{Schema: money, Metadata: &registry.Metadata{Properties: map[string]string{"team": "payments"}}})
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
	s.register("orders-value", registry.SchemaRequest{
		Schema: `{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"id","type":"string"},{"name":"total","type":"Money"},{"name":"state","type":{"type":"enum","name":"State","symbols":["NEW","OLD"]}},
			{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[{"name":"sku","type":"string","doc":"<b>no markup</b> \"'&"}]}}}]}`,
		References: []formats.Reference{{Name: "com.example.Money", Subject: "money", Version: 1}},
		Metadata:   &registry.Metadata{Properties: map[string]string{"owner": "checkout <script>", "doc": "Every order."}, Tags: map[string][]string{"com.example.Order.id": {"PII"}}, Sensitive: []string{"id"}},
		RuleSet: &registry.RuleSet{DomainRules: []registry.Rule{{Name: "positive", Kind: "CONDITION", Mode: "WRITE", Type: "CEL", Expr: "message.total > 0", Doc: "Costs something.", Tags: []string{"PII"}, Params: map[string]string{"dlq.topic": "orders-dlq"}}},
			MigrationRules: []registry.Rule{{Name: "up", Kind: "TRANSFORM", Mode: "UPGRADE", Type: "JSONATA", Expr: "$", Disabled: true}}},
	})
	s.register("customers-value", registry.SchemaRequest{Type: "PROTOBUF", Schema: "syntax = \"proto3\"; package crm; message Customer { string id = 1; Card card = 2; message Card { string no = 1; } map<string, Card> cards = 3; } enum Tier { NONE = 0; }"})
	s.register("shipments-value", registry.SchemaRequest{Type: "JSON", Schema: `{"type":"object","title":"Shipment","required":["id"],"properties":{"id":{"type":"integer"},"stops":{"type":"array","items":{"$ref":"#/$defs/stop"}},"by":{"enum":["a","b"]}},"$defs":{"stop":{"type":"object","properties":{"at":{"type":"string","format":"date-time"}}}}}`})
	s.register("plain-key", registry.SchemaRequest{Schema: `"long"`})
	s.register("a/b c?d#e", registry.SchemaRequest{Schema: `"string"`})
	s.register("..", registry.SchemaRequest{Schema: `"string"`})
	s.register(":.eu:orders-value", registry.SchemaRequest{Schema: `"int"`})
	s.register("old-value", registry.SchemaRequest{Schema: `"int"`})
	s.register("half-value", registry.SchemaRequest{Schema: `"int"`})
	s.register("half-value", registry.SchemaRequest{Schema: `"long"`})
	if _, err := s.reg.DeleteSubject(ctx, "old-value", false); err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.reg.DeleteVersion(ctx, "half-value", "2", false); err != nil {
		s.t.Fatal(err)
	}
	level, alias, on := "FULL", "orders-value", true
	update := registry.ConfigUpdate{Compatibility: registry.Optional[string]{Present: true, Value: &level}, Normalize: registry.Optional[bool]{Present: true, Value: &on},
		Alias: registry.Optional[string]{Present: true, Value: &alias}}
	if _, err := s.reg.SetConfig(ctx, "customers-value", update); err != nil {
		s.t.Fatal(err)
	}
	readOnly := "READONLY"
	if err := s.reg.SetMode(ctx, "shipments-value", &readOnly, false); err != nil {
		s.t.Fatal(err)
	}
	s.do("GET", "/subjects/orders-value/versions/1", nil, nil)
}

// state is a page in one of its states: the template that makes it, how it is reached, and words that it must say.
type state struct {
	template, name, address string
	status                  int
	says                    []string
}

func states() []state {
	return []state{
		{"list", "with everything", "/ui", 200, []string{"orders-value", "READONLY", "checkout <script>", ":.eu:orders-value"}},
		{"list", "searched", "/ui?q=orders", 200, []string{"match “orders”"}},
		{"list", "with nothing that matches", "/ui?q=nowhere", 200, []string{"Nothing matches", "Search the fields instead"}},
		{"list", "with facets in force, one of them without a match", "/ui?type=AVRO&level=NONE&owner=x", 200, []string{"Nothing is", "Clear all"}[1:]},
		{"list", "with deleted subjects", "/ui?deleted=true", 200, []string{"old-value", "deleted"}},
		{"list", "of one context", "/ui?context=.eu", 200, []string{"Subjects in .eu"}},
		{"list", "of an unknown context", "/ui?context=.nowhere", 200, []string{"Nothing matches"}},
		{"list", "with parameters of nonsense", "/ui?page=-1&sort=%00&deleted=maybe&type=&x=y", 200, []string{"orders-value"}},
		{"list", "searched for an id", "/ui?q=1&context=.", 200, []string{"v1 has this id"}},
		{"fields", "with everything", "/ui/fields", 200, []string{"lines.sku", "Customer.Card.no", "Same name, different type"}},
		{"fields", "searched", "/ui/fields?q=sku", 200, []string{"1 field in 1 subject"}},
		{"fields", "of one name", "/ui/fields?q=id&exact=true", 200, []string{"with the name id", "search everything"}},
		{"fields", "with nothing that matches", "/ui/fields?q=nowhere&type=AVRO", 200, []string{"No field matches"}},
		{"subject", "of a record", "/ui/subjects/orders-value", 200, []string{"Every order.", "v2 · latest", "types lead to their definitions"}},
		{"subject", "as stored", "/ui/subjects/orders-value?text=raw", 200, []string{`{"type":"record"`}},
		{"subject", "of an older version", "/ui/subjects/orders-value/versions/1", 200, []string{"not the latest version"}},
		{"subject", "of a Protobuf file", "/ui/subjects/customers-value", 200, []string{"message Customer"}},
		{"subject", "of a JSON schema", "/ui/subjects/shipments-value", 200, []string{"$defs"}},
		{"subject", "without fields", "/ui/subjects/plain-key?view=fields", 200, []string{"Fields"}},
		{"subject", "with the fields of a record", "/ui/subjects/orders-value?view=fields", 200, []string{"array<Line>", `<b>no markup</b> "'&`, "Money"}},
		{"subject", "with the fields of a Protobuf file", "/ui/subjects/customers-value?view=fields", 200, []string{"map<string, Card>"}},
		{"subject", "with the fields of a JSON schema", "/ui/subjects/shipments-value?view=fields", 200, []string{"array<stop>", "required"}},
		{"subject", "with references out", "/ui/subjects/orders-value?view=references", 200, []string{"com.example.Money", "No schema refers"}},
		{"subject", "with references in", "/ui/subjects/money?view=references", 200, []string{"stands alone", "orders-value"}},
		{"subject", "without references", "/ui/subjects/plain-key?view=references", 200, []string{"stands alone", "No schema refers"}},
		{"subject", "with clients", "/ui/subjects/orders-value/versions/1?view=clients", 200, []string{"In use"}},
		{"subject", "with clients of a version that is referred to", "/ui/subjects/money?view=clients", 200, []string{"Not safe to retire"}},
		{"subject", "without clients", "/ui/subjects/plain-key?view=clients", 200, []string{"Too early to tell", "Nobody"}},
		{"subject", "with settings, metadata and rules", "/ui/subjects/orders-value?view=settings", 200, []string{"the server’s default", "PII", "positive", "Sensitiveid", "fields tagged PII", "dlq.topic orders-dlq"}},
		{"subject", "with settings of its own", "/ui/subjects/customers-value?view=settings", 200, []string{"set on this subject", "Normalize", "Alias of"}},
		{"subject", "with a mode of its own", "/ui/subjects/shipments-value?view=settings", 200, []string{"READONLY"}},
		{"subject", "with snippets", "/ui/subjects/orders-value?view=code", 200, []string{"# of the topic orders schema.registry.url=http://example.com", "value.serializer=", `getSchemaMetadata("orders-value", 2)`, "concord register --dry-run --registry http://example.com --ref", "-- orders-value orders-value.avsc", "Example message", "sku"}},
		{"subject", "with snippets of a deleted version", "/ui/subjects/half-value/versions/2?view=code", 200, []string{"versions/2/schema?deleted=true", `GetSchemaMetadataIncludeDeleted("half-value", 2, true)`, `get_version("half-value", 2, deleted=True)`, `getSchemaMetadata("half-value", 2, true)`}},
		{"subject", "with snippets in a context", "/ui/subjects/:.eu:orders-value?view=code", 200, []string{"http://example.com/contexts/.eu", `get_version("orders-value", 1)`, `GetSchemaMetadata("orders-value", 1)`}},
		{"subject", "with snippets for keys", "/ui/subjects/plain-key?view=code", 200, []string{"key.serializer=", "serde.KeySerde", "SerdeType.KEY"}},
		{"subject", "in a view that is none", "/ui/subjects/orders-value?view=nonsense", 200, []string{"Every order."}},
		{"subject", "that is deleted", "/ui/subjects/old-value", 200, []string{"This subject is deleted"}},
		{"subject", "of a deleted version", "/ui/subjects/half-value/versions/2", 200, []string{"This version is deleted"}},
		{"subject", "with a name that is a path", "/ui/subjects/a%2Fb%20c%3Fd%23e", 200, []string{"a/b c?d#e"}},
		{"subject", "with a name that is a step", "/ui/subjects/:.:..", 200, []string{".."}},
		{"error", "of a subject that is missing", "/ui/subjects/nowhere", 404, []string{"Not found", "40401"}},
		{"error", "of a version that is missing", "/ui/subjects/orders-value/versions/99", 404, []string{"40402"}},
		{"error", "of a version that is none", "/ui/subjects/orders-value/versions/x", 422, []string{"42202"}},
		{"error", "of a page that is missing", "/ui/nowhere", 404, []string{"No such page"}},
		{"keys", "as it is", "/ui/keys", 200, []string{"Ctrl"}},
	}
}

// TestEveryPageInEveryState executes every template in every state and holds the HTML against what every page promises:
// see check. Pages that change something are held in tests of their own.
func TestEveryPageInEveryState(t *testing.T) {
	s := newSite(t, "")
	world(s)
	for _, st := range states() {
		t.Run(st.template+" "+st.name, func(t *testing.T) {
			s := *s
			s.t = t
			d := s.page(st.address, st.status)
			for _, words := range st.says {
				if !strings.Contains(d.main(), words) {
					t.Errorf("the page does not say %q:\n%s", words, d.main())
				}
			}
		})
	}
	files, err := filepath.Glob("templates/pages/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		covered := slices.ContainsFunc(states(), func(st state) bool { return st.template == name })
		if _, err := os.Stat(heldElsewhere[name]); !covered && err != nil {
			t.Errorf("no test asks for the page %s in its states", name)
		}
	}
}

// heldElsewhere are the templates whose states are held by tests of their own.
var heldElsewhere = map[string]string{
	"edit": "edit_test.go", "compare": "compare_test.go", "history": "compare_test.go", "levels": "compare_test.go", "decode": "paste_test.go",
	"identify": "paste_test.go", "remove": "remove_test.go", "settings": "settings_test.go",
}

func TestBeyondTheLastPageIsTheLastPage(t *testing.T) {
	s := newSite(t, "")
	world(s)
	for address, want := range map[string]string{"/ui?page=99": "/ui", "/ui/fields?page=99&q=id": "/ui/fields?q=id"} {
		if w := s.do("GET", address, nil, nil); w.Code != 303 || w.Header().Get("Location") != want {
			t.Errorf("%s: %d %s", address, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestAnEmptyRegistryTeachesTheFirstStep(t *testing.T) {
	s := newSite(t, "")
	if text := s.page("/ui", 200).main(); !strings.Contains(text, "curl -X POST http://example.com/subjects/orders-value/versions") {
		t.Errorf("the page does not show the first command: %s", text)
	}
	if text := s.page("/ui/fields", 200).main(); !strings.Contains(text, "There are no fields yet") {
		t.Error(text)
	}
	s.visit("/ui")
}

// TestTheLinksOfAllStatesLeadSomewhere follows every link from every state.
func TestTheLinksOfAllStatesLeadSomewhere(t *testing.T) {
	s := newSite(t, "/tools/registry")
	world(s)
	if n := s.visit("/tools/registry/ui?deleted=true"); n < 60 {
		t.Errorf("only %d addresses", n)
	}
}

// Each choice of a list leads to an address that names all others: five thousand of them made a page of 600 megabytes.
func TestAListWithThousandsOfChoicesIsNoLarger(t *testing.T) {
	s := newSite(t, "")
	fill(s)
	var query strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&query, "&owner=%d&type=AVRO", i)
	}
	w := s.do("GET", "/ui?"+query.String()[1:], nil, nil)
	if w.Code != 200 || w.Body.Len() > 200_000 {
		t.Errorf("%d with %d bytes", w.Code, w.Body.Len())
	}
}
