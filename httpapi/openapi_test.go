package httpapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/concord-registry/concord/registry"
)

func TestTheDescriptionAndTheRoutesNameTheSameOperations(t *testing.T) {
	s := New(Options{})
	var file struct {
		Paths map[string]map[string]struct {
			Parameters []map[string]any
			Responses  map[string]any
		}
	}
	if err := yaml.Unmarshal(openAPI, &file); err != nil {
		t.Fatal(err)
	}
	var described, routed []string
	for path, methods := range file.Paths {
		for method := range methods {
			described = append(described, strings.ToUpper(method)+" "+path)
		}
	}
	for _, r := range s.echo.Routes() {
		page := strings.HasPrefix(r.Path, "/ui") // not for programs
		if r.Method != http.MethodHead && r.Method != http.MethodOptions && !page {
			routed = append(routed, r.Method+" "+templateOf(r.Path))
		}
	}
	slices.Sort(described)
	slices.Sort(routed)
	for _, op := range described {
		if !slices.Contains(routed, op) {
			t.Errorf("openapi.yaml describes %s, which no route answers", op)
		}
	}
	for _, op := range routed {
		if !slices.Contains(described, op) {
			t.Errorf("openapi.yaml does not describe %s", op)
		}
	}
}

func TestTheDescriptionIsWhole(t *testing.T) {
	var root yaml.Node
	if err := yaml.Unmarshal(openAPI, &root); err != nil {
		t.Fatal(err)
	}
	top := member{root.Content[0], root.Content[0]}
	used := map[string]bool{}
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		m := member{n, root.Content[0]}
		if ref := m.own("$ref"); ref.node != nil {
			used[ref.text()] = true
			if m.target().node == nil {
				t.Errorf("line %d: %s leads nowhere", n.Line, ref.text())
			}
		}
		for _, child := range n.Content {
			walk(child)
		}
	}
	walk(root.Content[0])
	for _, section := range []string{"parameters", "requestBodies", "responses", "schemas"} {
		_ = top.get("components").get(section).each(func(name string, _ member) error {
			if ref := "#/components/" + section + "/" + name; !used[ref] {
				t.Errorf("%s is never used", ref)
			}
			return nil
		})
	}
	_ = top.get("paths").each(func(path string, methods member) error {
		return methods.each(func(method string, op member) error {
			checkPathParameters(t, method, path, op)
			return nil
		})
	})
}

func checkPathParameters(t *testing.T, method, path string, op member) {
	t.Helper()
	var declared []string
	for _, p := range op.get("parameters").items() {
		if p.get("description").text() == "" && p.get("in").text() == "query" {
			t.Errorf("%s %s: the parameter %s has no description", method, path, p.get("name").text())
		}
		if p.get("in").text() == "path" {
			declared = append(declared, p.get("name").text())
		}
	}
	var named []string
	for _, m := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
		named = append(named, m[1])
	}
	slices.Sort(declared)
	slices.Sort(named)
	if !slices.Equal(declared, named) {
		t.Errorf("%s %s declares the path parameters %v", method, path, declared)
	}
	if op.get("operationId").text() == "" || op.get("summary").text() == "" {
		t.Errorf("%s %s has no operationId or summary", method, path)
	}
}

func TestTheDescriptionNamesEveryErrorCode(t *testing.T) {
	for code := range statuses {
		if code == registry.AssociationNotFound {
			continue // no operation answers it yet
		}
		if !regexp.MustCompile(fmt.Sprintf(`\b%d\b`, code)).Match(openAPI) {
			t.Errorf("openapi.yaml does not explain %d", code)
		}
	}
}

// TestTheDescriptionNamesEveryQueryParameter holds the parameters in the handlers' sources against the described ones.
func TestTheDescriptionNamesEveryQueryParameter(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".go") || strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:query|q)\.(?:text|flag|all|has|number)\("(\w+)"`).FindAllSubmatch(source, -1) {
			found++
			if !strings.Contains(string(openAPI), "{name: "+string(m[1])+", in: query") {
				t.Errorf("%s reads the query parameter %s, which openapi.yaml does not describe", entry.Name(), m[1])
			}
		}
	}
	if found < 20 {
		t.Errorf("found only %d query parameters", found)
	}
}

func TestTheDocsPageShowsEveryOperationAndLoadsNothingFromElsewhere(t *testing.T) {
	s := New(Options{})
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("GET", "/docs", nil))
	page := w.Body.String()
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("status %d, type %s", w.Code, w.Header().Get("Content-Type"))
	}
	if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'; style-src 'self'") {
		t.Errorf("policy %q", got)
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		// Relative, for the server may be known by a prefix.
		if !strings.HasPrefix(m[1], "#") && m[1] != "docs/style.css" && m[1] != "openapi.yaml" {
			t.Errorf("the page links to %s", m[1])
		}
	}
	for _, forbidden := range []string{"<script", " style=", " onclick=", "http://", "https://"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("the page holds %q", forbidden)
		}
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %s stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("the link #%s leads nowhere", m[1])
		}
	}
	if n := strings.Count(page, "<article id="); n < 70 {
		t.Errorf("the page shows %d operations and values", n)
	}
}
