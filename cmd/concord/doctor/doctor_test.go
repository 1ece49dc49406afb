package doctor

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// answers is a registry that says these things, as a broken one could.
type answers map[string]string

func (a answers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	text, ok := a[r.URL.RequestURI()]
	if !ok {
		path, _, _ := strings.Cut(r.URL.RequestURI(), "?")
		if text, ok = a[path]; !ok {
			w.WriteHeader(http.StatusNotFound)
			text = `{"error_code":40402,"message":"not found"}`
		}
	}
	if strings.HasPrefix(text, `{"error_code":5`) {
		w.WriteHeader(http.StatusInternalServerError)
	}
	fmt.Fprint(w, text)
}

func version(subject string, number, id int, schema, more string) string {
	return fmt.Sprintf(`{"subject":%q,"version":%d,"id":%d,"schema":%q%s}`, subject, number, id, schema, more)
}

// TestEveryFaultIsFound examines a registry that has one of each. Ours lets none of them happen; others do.
func TestEveryFaultIsFound(t *testing.T) {
	record := `{"type":"record","name":"A","fields":[{"name":"x","type":"int"}]}`
	other := `{"type":"record","name":"A","fields":[{"name":"x","type":"string"}]}`
	server := httptest.NewServer(answers{
		"/subjects":              `["a","b","c","d"]`,
		"/config":                `{"compatibilityLevel":"BACKWARD"}`,
		"/subjects/a/versions":   `[1,2,3]`,
		"/subjects/a/versions/1": version("a", 1, 1, record, ""),
		"/subjects/a/versions/2": version("a", 2, 2, other, ""),
		"/subjects/a/versions/3": version("a", 3, 1, record, ""),
		"/subjects/b/versions":   `[1,2]`,
		"/subjects/b/versions/1": version("b", 1, 7, record, ""),
		"/subjects/b/versions/2": version("b", 2, 2, `{"type":`, ""),
		"/subjects/c/versions":   `[1,2,3,4]`,
		"/subjects/c/versions/1": version("c", 1, 9, `"gone"`, `,"references":[{"name":"gone","subject":"gone","version":4}]`),
		"/subjects/c/versions/2": `{"error_code":50001,"message":"Stored data is damaged"}`,
		"/subjects/c/versions/3": version("c", 3, 10, `"damaged"`, `,"references":[{"name":"damaged","subject":"c","version":2}]`),
		"/subjects/c/versions/4": version("c", 4, 13, `["damaged"]`, `,"references":[{"name":"both","subject":"c","version":3}]`),
		"/subjects/d/versions?deleted=true&limit=1000&offset=0": `[1,2]`,
		"/subjects/d/versions":                `[2]`,
		"/subjects/d/versions/1?deleted=true": version("d", 1, 11, `{"type":"enum","name":"E","symbols":["A"]}`, ""),
		"/subjects/d/versions/2":              version("d", 2, 12, `{"type":"array","items":"E"}`, `,"references":[{"name":"E","subject":"d","version":1}]`),
	})
	defer server.Close()
	c, err := client.New(client.Options{URL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	report, err := Examine(t.Context(), engine.Default(formats.Limits{}), c, Options{Begin: func(int) (func(), func()) { return func() { steps++ }, func() {} }})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, fmt.Sprintf("%s %d %s %s", f.Subject, f.Version, f.Severity, f.Code))
		if f.Action == "" || f.Message == "" {
			t.Errorf("%+v does not say what to do", f)
		}
	}
	want := []string{
		"a 2 warning LEVEL_VIOLATED",
		"a 3 warning CONTENT_TWICE",
		"a 3 warning LEVEL_VIOLATED",
		"b 1 warning CONTENT_WITH_TWO_IDS",
		"b 2 error ID_WITH_TWO_CONTENTS",
		"b 2 error SCHEMA_UNPARSABLE",
		"c 1 error REFERENCE_DANGLING",
		"c 2 error VERSION_UNREADABLE",
		"d 2 warning REFERENCE_TO_DELETED",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if report.Subjects != 4 || report.Versions != 11 || steps != 4 || report.Count(compat.Error) != 4 {
		t.Errorf("%d subjects, %d versions, %d steps, %d errors", report.Subjects, report.Versions, steps, report.Count(compat.Error))
	}
}

func TestARegistryThatCannotBeReachedIsNoHealthyOne(t *testing.T) {
	c, err := client.New(client.Options{URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Examine(t.Context(), engine.Default(formats.Limits{}), c, Options{}); err == nil {
		t.Error("no error")
	}
}

// A registry that does not let a version be read now says nothing about the version.
func TestWhatIsNoAnswerAboutAVersionEndsTheExamination(t *testing.T) {
	registry := answers{
		"/subjects":              `["a"]`,
		"/config":                `{"compatibilityLevel":"BACKWARD"}`,
		"/subjects/a/versions":   `[1,2]`,
		"/subjects/a/versions/1": version("a", 1, 1, `"int"`, ""),
	}
	for _, status := range []int{401, 403, 429, 502, 503, 504} {
		for _, body := range []string{fmt.Sprintf(`{"error_code":%d,"message":"not now"}`, status), "not now"} {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/subjects/a/versions/2" {
					http.Error(w, body, status)
					return
				}
				registry.ServeHTTP(w, r)
			}))
			c, err := client.New(client.Options{URL: server.URL})
			if err != nil {
				t.Fatal(err)
			}
			report, err := Examine(t.Context(), engine.Default(formats.Limits{}), c, Options{})
			server.Close()
			if err == nil || !strings.Contains(err.Error(), "version 2 of a: ") {
				t.Errorf("%d %s: report %+v, error %v", status, body, report, err)
			}
		}
	}
}
