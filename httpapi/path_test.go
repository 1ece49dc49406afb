package httpapi

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concord-registry/concord/registry"
)

func TestCollapseSlashes(t *testing.T) {
	for path, want := range map[string]string{
		"":                                 "/",
		"/":                                "/",
		"//":                               "/",
		"/subjects":                        "/subjects",
		"/subjects/":                       "/subjects",
		"//subjects///a/versions//":        "/subjects/a/versions",
		"/subjects/a%2Fb/versions":         "/subjects/a%2Fb/versions",
		"/compatibility/subjects/versions": "/compatibility/subjects/versions",
	} {
		if got := collapseSlashes(path); got != want {
			t.Errorf("collapseSlashes(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestExpandContext(t *testing.T) {
	tests := []struct{ path, query, wantPath, wantQuery string }{
		{"/contexts/c/subjects/s/versions", "", "/subjects/:.c:s/versions", ""},
		{"/contexts/.c/subjects/s", "", "/subjects/:.c:s", ""},
		{"/contexts/:.c:/subjects/s", "", "/subjects/:.c:s", ""},
		{"/contexts/%3A.c%3A/subjects/a%2Fb", "", "/subjects/:.c:a%2Fb", ""},
		{"/contexts/c%2Fd/subjects/s", "", "/subjects/:.c%2Fd:s", ""},
		{"/contexts/c/subjects/:.d:s", "", "/subjects/:.d:s", ""},
		{"/contexts/c/subjects/%3A.d%3As", "", "/subjects/%3A.d%3As", ""},
		{"/contexts/c/subjects/:*:s", "", "/subjects/:*:s", ""},
		{"/contexts/c/compatibility/subjects/s/versions/1", "", "/compatibility/subjects/:.c:s/versions/1", ""},
		{"/contexts/c/api/compatibility/subjects/s/versions", "", "/api/compatibility/subjects/:.c:s/versions", ""},
		{"/contexts/c/associations/subjects/s", "", "/associations/subjects/:.c:s", ""},
		{"/contexts/c/config", "", "/config/:.c:", ""},
		{"/contexts/c/config/s", "", "/config/:.c:s", ""},
		{"/contexts/c/mode", "force=true", "/mode/:.c:", "force=true"},
		{"/contexts/c/mode/s", "", "/mode/:.c:s", ""},
		{"/contexts/c/subjects", "", "/subjects", "subjectPrefix=%3A.c%3A"},
		{"/contexts/c/subjects", "subjectPrefix=a", "/subjects", "subjectPrefix=%3A.c%3Aa"},
		{"/contexts/c/subjects", "subjectPrefix=:.d:a", "/subjects", "subjectPrefix=%3A.d%3Aa"},
		{"/contexts/c/schemas", "latestOnly=true", "/schemas", "latestOnly=true&subjectPrefix=%3A.c%3A"},
		{"/contexts/c/schemas/ids/1", "", "/schemas/ids/1", "subject=%3A.c%3A"},
		{"/contexts/c/schemas/ids/1/versions", "subject=s", "/schemas/ids/1/versions", "subject=%3A.c%3As"},
		{"/contexts/c/schemas/types", "", "/schemas/types", ""},
		{"/contexts/c", "", "/contexts/:.c:", ""},
		{"/contexts/c/contexts", "", "/contexts", ""},
		{"/contexts/c/api/decode", "", "/api/decode", "context=.c"},
		{"/contexts/c/api/search", "q=x", "/api/search", "q=x&context=.c"},
		{"/contexts/c/api/subjects", "context=.d", "/api/subjects", "context=.d"},
		{"/contexts/c/api/subjects/s", "version=1", "/api/subjects/:.c:s", "version=1"},
		{"/contexts/./subjects/s", "", "/subjects/s", ""},
		{"/contexts/:.:/config", "", "/config", ""},
		// Only leading words count: subjects may be called config, mode, subjects and versions.
		{"/contexts/c/subjects/config", "", "/subjects/:.c:config", ""},
		{"/contexts/c/subjects/subjects/versions", "", "/subjects/:.c:subjects/versions", ""},
		{"/contexts/c/config/config", "", "/config/:.c:config", ""},
		{"/contexts/c/subjects/contexts/versions", "", "/subjects/:.c:contexts/versions", ""},
	}
	for _, tt := range tests {
		path, query, err := expandContext(tt.path, tt.query)
		if err != nil || path != tt.wantPath || query != tt.wantQuery {
			t.Errorf("expandContext(%q, %q) = %q, %q, %v; want %q, %q", tt.path, tt.query, path, query, err, tt.wantPath, tt.wantQuery)
		}
	}
	if _, _, err := expandContext("/contexts/a:b/subjects", ""); err == nil {
		t.Error("a context with a colon in its name is accepted")
	}
}

// FuzzPath checks that whatever path a client sends, the one form of it is a fixed point, keeps every subject, and is not
// rewritten into another context than the one it names.
func FuzzPath(f *testing.F) {
	for _, path := range []string{"/subjects/a%2Fb/versions", "//subjects//a%252Fb/", "/contexts/:.c:/subjects/%3A.d%3As", "/contexts/c/config/", "/contexts/a:b/mode", "/contexts//subjects", "/contexts/%2E%2E/subjects/..%2F..", "/subjects/%00/versions"} {
		f.Add(path, "subject=%3A.c%3As&&x")
	}
	f.Fuzz(func(t *testing.T, path, query string) {
		u := url.URL{RawPath: path}
		var err error
		if u.Path, err = url.PathUnescape(path); err != nil {
			return
		}
		collapsed := collapseSlashes(u.EscapedPath())
		if collapsed != collapseSlashes(collapsed) || collapsed[0] != '/' || strings.Contains(collapsed, "//") {
			t.Fatalf("%q collapses to %q", path, collapsed)
		}
		if !strings.HasPrefix(collapsed, "/contexts/") {
			return
		}
		rewritten, _, err := expandContext(collapsed, query)
		if err != nil {
			return
		}
		if rewritten == "" || rewritten[0] != '/' {
			t.Fatalf("%q is rewritten to %q", path, rewritten)
		}
		before, after := strings.Split(collapsed, "/"), strings.Split(rewritten, "/")
		if len(before) == 5 && before[3] == "subjects" && !hasContext(unescape(before[4])) {
			prefix, _ := contextPrefix(before[2])
			if got := unescape(after[2]); got != prefix+unescape(before[4]) {
				t.Fatalf("%q names the subject %q", path, got)
			}
		}
	})
}

// FuzzQuery checks that no pair is lost and that what is encoded is read back.
func FuzzQuery(f *testing.F) {
	for _, raw := range []string{"", "a=b", "deleted=false&&key=x", "key=a b&value=%zz", "a=b;c=d", "=&=", "a+b=c%2Bd", "%00=\xff"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q := parseQuery(raw)
		again := parseQuery(q.encode())
		if len(again) != len(q) {
			t.Fatalf("%q: %v and %v", raw, q, again)
		}
		for i := range q {
			if q[i] != again[i] {
				t.Fatalf("%q: %v and %v", raw, q[i], again[i])
			}
		}
	})
}

// FuzzString checks the JSON string writer against the standard decoder.
func FuzzString(f *testing.F) {
	for _, s := range []string{"", `{"a":"<b>&\\"}`, "\x00\x1f\u007f\u2028", "a\xffb\xc0", "😀\ufffd"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := decodeJSON(append(append([]byte(`{"s":`), appendString(nil, s)...), '}'), &struct {
			S *string `json:"s"`
		}{&got}); err != nil {
			t.Fatal(err)
		}
		want := s
		if !utf8.ValidString(s) {
			want = string([]rune(s))
		}
		if got != want {
			t.Fatalf("%q comes back as %q", s, got)
		}
	})
}

// FuzzDecode checks that a body is either read as the standard decoder reads it, or refused with a 4xx.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		`{"schema":"\"int\"","schemaType":"AVRO","references":[{"name":"n","subject":"s","version":-1}],"id":0,"version":3}`,
		`{"metadata":{"tags":{"a":["b"]},"properties":{"k":"v"},"sensitive":["k"]},"ruleSet":{"domainRules":[{"name":"r","params":{}}]}}`,
		`{"compatibility":null,"normalize":true,"alias":"a","defaultMetadata":{}}`, `{"schema":"a","schema":"b","Schema":"c"}`,
		"\xEF\xBB\xBF{}", "null", "[]", `"x"`, `{"schema":"\ud800"}`, "{\"schema\":\"\xff\"}", `{"version":1e99}`, `{"id":1.0}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var req, want registry.SchemaRequest
		var update registry.ConfigUpdate
		for _, into := range []any{&req, &update} {
			err := decodeJSON(body, into)
			if code := registry.CodeOf(err); err != nil && code != registry.BadRequest && code != registry.Unprocessable {
				t.Fatalf("%q: %v", body, err)
			}
			// The standard decoder also takes names in another case; such bodies are not compared.
			exact := isASCII(body) && bytes.Count(body, []byte(`"schema"`)) == bytes.Count(bytes.ToLower(body), []byte(`"schema"`)) && !bytes.Contains(body, []byte(`\u`))
			if into == &req && err == nil && exact && json.Unmarshal(bytes.TrimPrefix(body, byteOrderMark), &want) == nil && req.Schema != want.Schema {
				t.Fatalf("%q: %q, want %q", body, req.Schema, want.Schema)
			}
		}
	})
}

func isASCII(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf })
}
