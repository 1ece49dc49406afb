package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

// wide is a JSON schema of so many properties, of one type.
func wide(properties int, kind string) string {
	var b strings.Builder
	for i := range properties {
		fmt.Fprintf(&b, `,"p%d":{"type":%q}`, i, kind)
	}
	return `{"properties":{` + b.String()[1:] + `}}`
}

// A page of 200,000 lines was one of 30 megabytes.
func TestAPageSaysWhatItLeavesOutOfALargeSchema(t *testing.T) {
	s := newSite(t, "")
	s.register("large", registry.SchemaRequest{Type: "JSON", Schema: wide(20_000, "string")})
	d := s.page("/ui/subjects/large", 200)
	d.holds("4 more lines not shown. The whole text")
	last, beyond := false, false
	for _, n := range d.all() {
		id, _ := attr(n, "id")
		last, beyond = last || id == "L20000", beyond || id == "L20001"
		if copies, _ := attr(n, "data-copy"); copies == "#schema-text" {
			t.Error("what is copied is not the whole text")
		}
	}
	if !last || beyond {
		t.Errorf("line 20,000 is there: %t; the one behind it: %t", last, beyond)
	}
	if !slices.Contains(d.links(), "/subjects/large/versions/1/schema") {
		t.Error("nothing leads to the whole text")
	}
}

func TestACheckOfALargeSchemaSaysWhatItLeavesOut(t *testing.T) {
	s := newSite(t, "")
	s.register("large", registry.SchemaRequest{Type: "JSON", Schema: wide(15_000, "string")})
	form := url.Values{"type": {"JSON"}, "schema": {wide(15_000, "boolean")}, "latest": {"1"}, "normalize": {"true"}}
	d := s.send("/ui/subjects/large/edit", 200, form)
	d.holds("more findings not listed", "too large to tell what changes", "concord register --registry", "--normalize large schema.schema.json")
	if strings.Contains(d.main(), "curl -X POST") {
		t.Error("the command holds the schema")
	}
}
