//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What the page of a subject offers to copy runs as it is, for every format, with references, in a context, under an odd
// name, and of a version that is deleted.
func TestSnippetsRunAsTheyAreCopied(t *testing.T) {
	s := serve(t, filepath.Join(t.TempDir(), "concord.db"))
	for _, subject := range []struct{ name, kind, schema, references, mark string }{
		{"money", "AVRO", `{"type":"record","name":"Money","namespace":"shop","fields":[{"name":"cents","type":"long"}]}`, ``, "cents"},
		{"orders-value", "AVRO", `{"type":"record","name":"Order","fields":[{"name":"total","type":"shop.Money"}]}`, `{"name":"shop.Money","subject":"money","version":1}`, "total"},
		{"-it's λ/a b-key", "AVRO", `{"type":"record","name":"Odd","fields":[{"name":"odd","type":"long"}]}`, ``, "odd"},
		{":.eu:orders-value", "AVRO", `{"type":"record","name":"Order","fields":[{"name":"vat","type":"long"}]}`, ``, "vat"},
		{"old-value", "AVRO", `{"type":"record","name":"Old","fields":[{"name":"past","type":"long"}]}`, ``, "past"},
		{"amount.json", "JSON", `{"$id":"https://shop.example/amount.json","type":"integer"}`, ``, "integer"},
		{"refunds-value", "JSON", `{"type":"object","properties":{"amount":{"$ref":"https://shop.example/amount.json"}}}`, `{"name":"https://shop.example/amount.json","subject":"amount.json","version":1}`, "amount"},
		{"shop/cents.proto", "PROTOBUF", "syntax = \"proto3\";\npackage shop;\nmessage Cents { int64 cents = 1; }", ``, "Cents"},
		{"payments-value", "PROTOBUF", "syntax = \"proto3\";\npackage shop;\nimport \"shop/cents.proto\";\nmessage Payment { Cents sum = 1; }", `{"name":"shop/cents.proto","subject":"shop/cents.proto","version":1}`, "Payment"},
	} {
		body, err := json.Marshal(map[string]any{"schema": subject.schema, "schemaType": subject.kind, "references": json.RawMessage("[" + subject.references + "]")})
		if err != nil {
			t.Fatal(err)
		}
		path := "/subjects/" + url.PathEscape(subject.name)
		s.request(t, "POST", path+"/versions", body)
		if subject.name == "old-value" {
			s.request(t, "DELETE", path, nil)
		}
		if !strings.Contains(subject.name, "-") {
			continue // it is there for those that refer to it
		}
		for name, text := range snippetsOf(t, s, path) {
			t.Run(subject.name+" "+name, func(t *testing.T) { runSnippet(t, name, text, subject.mark) })
		}
	}
	s.noServerErrors(t)
	s.stop(t)
}

var snippetPattern = regexp.MustCompile(`(?s)id="text-(\w+)"[^>]*>(.*?)</pre>`)

// snippetsOf reads the snippets from the page of a subject.
func snippetsOf(t *testing.T, s *server, path string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, match := range snippetPattern.FindAllStringSubmatch(s.request(t, "GET", "/ui"+path+"?view=code", nil), -1) {
		found[match[1]] = html.UnescapeString(match[2])
	}
	if len(found) != 6 {
		t.Fatalf("the page of %s has %d snippets", path, len(found))
	}
	return found
}

// runSnippet runs one as its reader would, and demands that it prints the schema, which holds the mark.
func runSnippet(t *testing.T, name, text, mark string) {
	t.Helper()
	dir := t.TempDir()
	var out string
	var err error
	switch name {
	case "curl", "concord":
		path := "PATH=" + filepath.Dir(binaries.concord) + ":" + os.Getenv("PATH")
		out, err = run(dir, []string{path}, "sh", "-ec", text)
		if name == "concord" && err == nil {
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			if len(files) != 1 {
				t.Fatalf("it left %d files", len(files))
			}
			written, _ := os.ReadFile(files[0])
			out += string(written)
		}
	case "java": // there is no client here; the file is read as Java does
		mark = "schema.registry.url=http://"
		for line := range strings.Lines(text) {
			if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); !strings.HasPrefix(line, "#") && (!ok || key == "" || value == "") {
				t.Errorf("line %q", line)
			}
		}
		out = text
	case "go":
		out, err = runFile("clients/go", filepath.Join(dir, "main.go"), text, "go", "run")
	case "python":
		out, err = runFile(dir, filepath.Join(dir, "main.py"), text, filepath.Join(cache, "python", "bin", "python"), "-B")
	case "javascript":
		out, err = run("clients/js", nil, "node", "--input-type=module", "--eval", text)
	default:
		t.Fatal("nobody knows how to run it")
	}
	if err != nil || !strings.Contains(out, mark) {
		t.Errorf("%v: its output lacks %q:\n%s\n\n%s", err, mark, out, text)
	}
}

func runFile(dir, file, text string, command ...string) (string, error) {
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		return "", err
	}
	return run(dir, nil, command[0], append(command[1:], file)...)
}

// request asks the server and demands success.
func (s *server) request(t *testing.T, method, path string, body []byte) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %v\n%s", method, path, answer.StatusCode, err, text)
	}
	return string(text)
}
