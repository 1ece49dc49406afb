//go:build e2e && linux

package hostile

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// largest are very wide schemas, each in two spellings that differ in every part.
var largest = []struct {
	name, schemaType string
	schema           func(second bool) string
}{
	{"a JSON schema of 10,000 properties that change their types", "JSON", func(second bool) string {
		return `{"type":"object","properties":{` + list(10_000, func(i int) string {
			return fmt.Sprintf(`"p%d":{"type":%q}`, i, either(second, "integer", "string"))
		}) + `}}`
	}},
	{"a JSON schema of 60,000 properties that change their names", "JSON", func(second bool) string {
		return `{"type":"object","properties":{` + list(60_000, func(i int) string {
			return fmt.Sprintf(`"%s%d":{"type":"string"}`, either(second, "q", "p"), i)
		}) + `}}`
	}},
	{"a JSON schema of 50,000 properties that become required", "JSON", func(second bool) string {
		return `{"type":"object","properties":{` + list(50_000, func(i int) string { return fmt.Sprintf(`"p%d":{}`, i) }) +
			either(second, `},"required":[`+list(50_000, func(i int) string { return fmt.Sprintf(`"p%d"`, i) })+`]}`, `}}`)
	}},
	{"a JSON allOf of 1,500 parts of 30 properties", "JSON", func(second bool) string {
		return `{"allOf":[` + list(1_500, func(i int) string {
			return `{"type":"object","properties":{` + list(30, func(k int) string {
				return fmt.Sprintf(`"p%d":{"type":%q}`, i*30+k, either(second, "integer", "string"))
			}) + `}}`
		}) + `]}`
	}},
	{"a JSON oneOf of 50,000 constants", "JSON", func(second bool) string {
		return `{"oneOf":[` + list(50_000, func(i int) string { return fmt.Sprintf(`{"const":"%s%d"}`, either(second, "a", "b"), i) }) + `]}`
	}},
	{"an Avro record of 60,000 fields that change their types", "AVRO", func(second bool) string {
		return `{"type":"record","name":"R","fields":[` + list(60_000, func(i int) string {
			return fmt.Sprintf(`{"name":"f%d","type":%q}`, i, either(second, "int", "string"))
		}) + `]}`
	}},
	{"an Avro record of 60,000 fields that change their names", "AVRO", func(second bool) string {
		return `{"type":"record","name":"R","fields":[` + list(60_000, func(i int) string {
			return fmt.Sprintf(`{"name":"%s%d","type":"string"}`, either(second, "f", "g"), i)
		}) + `]}`
	}},
	{"an Avro record of 10,000 records", "AVRO", func(second bool) string {
		return `{"type":"record","name":"R","fields":[` + list(10_000, func(i int) string {
			return fmt.Sprintf(`{"name":"f%d","type":{"type":"record","name":"R%d","fields":[{"name":"a","type":%q},{"name":"b","type":"int"}]}}`, i, i, either(second, "int", "string"))
		}) + `]}`
	}},
	{"an Avro union of 20,000 records", "AVRO", func(second bool) string {
		return `[` + list(20_000, func(i int) string {
			return fmt.Sprintf(`{"type":"record","name":"%s%d","fields":[{"name":"a","type":"int"}]}`, either(second, "R", "S"), i)
		}) + `]`
	}},
	{"an Avro enum of 200,000 symbols", "AVRO", func(second bool) string {
		return `{"type":"enum","name":"E","symbols":[` + list(200_000, func(i int) string { return fmt.Sprintf(`"%s%d"`, either(second, "A", "B"), i) }) + `]}`
	}},
	{"Protobuf of 30,000 messages", "PROTOBUF", func(second bool) string {
		return proto3 + lines(30_000, func(i int) string {
			return fmt.Sprintf("message M%d { %s a = 1; }", i, either(second, "int32", "string"))
		})
	}},
	{"a Protobuf message of 50,000 fields that change their types", "PROTOBUF", func(second bool) string {
		return proto3 + "message M {" + lines(50_000, func(i int) string {
			return fmt.Sprintf("%s f%d = %d;", either(second, "int32", "string"), i, i+1+i/18_000*2_000)
		}) + "}"
	}},
	{"a Protobuf message of 50,000 fields that are replaced", "PROTOBUF", func(second bool) string {
		return proto3 + "message M {" + lines(50_000, func(i int) string {
			return fmt.Sprintf("string %s%d = %d;", either(second, "f", "g"), i, either(second, 100_000, 0)+i+1+i/18_000*2_000)
		}) + "}"
	}},
	{"a Protobuf enum of 100,000 values", "PROTOBUF", func(second bool) string {
		return proto3 + "enum E { NONE = 0; " + lines(100_000, func(i int) string {
			return fmt.Sprintf("%s%d = %d;", either(second, "A", "B"), i, i+1)
		}) + "}"
	}},
	{"a Protobuf package of 20,000 parts with 9,000 messages", "PROTOBUF", func(second bool) string {
		return proto3 + "package a" + strings.Repeat(".a", 20_000) + ";" + lines(9_000, func(i int) string {
			return fmt.Sprintf("message M%d { %s a = 1; M%d b = 2; }", i, either(second, "int32", "string"), (i+1)%9_000)
		})
	}},
}

// The media types of what is sent.
const (
	registryMedia = "application/vnd.schemaregistry.v1+json"
	formMedia     = "application/x-www-form-urlencoded"
)

// visit asks for a page or its twin in the API and checks the promises.
func (s *server) visit(t *testing.T, method, path, contentType, body string) {
	t.Helper()
	before, _ := s.memory(t)
	s.resetPeak(t)
	began := s.effort(t)
	var content io.Reader
	if body != "" {
		content = strings.NewReader(body)
	}
	status, answer, took := s.send(t, method, path, contentType, content)
	_, peak := s.memory(t)
	spent := s.effort(t).since(began)
	t.Logf("%s %s: %d after %v (%v of work), %d MiB more, %d KiB", method, path, status, took.Round(time.Millisecond), spent.worked, (peak-before)>>20, len(answer)>>10)
	if status >= http.StatusInternalServerError {
		t.Errorf("%s %s: answered with %d: %.300s", method, path, status, answer)
	}
	requireInTime(t, took, spent)
	if peak-before > maxMemory {
		t.Errorf("%s %s: took %d MiB more memory, at most %d are allowed", method, path, (peak-before)>>20, maxMemory>>20)
	}
	if len(answer) > maxAnswer {
		t.Errorf("%s %s: the answer has %d MiB", method, path, len(answer)>>20)
	}
}

// TestTheLargestSchemasAreShownInTime registers two schemas under a subject and asks for everything that compares them or shows them.
// Each takes ten seconds: an ordinary run takes every third.
func TestTheLargestSchemasAreShownInTime(t *testing.T) {
	for i, large := range largest {
		if os.Getenv("TORTURE") != "nightly" && i%3 != 0 {
			continue
		}
		t.Run(large.name, func(t *testing.T) {
			s := serve(t, "")
			first, second := large.schema(false), large.schema(true)
			post := func(path, schema string) {
				body, _ := json.Marshal(map[string]any{"schemaType": large.schemaType, "schema": schema})
				s.visit(t, http.MethodPost, path, registryMedia, string(body))
			}
			post("/subjects/large/versions", first)
			for _, level := range []string{"FULL_TRANSITIVE", "NONE"} {
				if status, answer, _ := s.do(t, http.MethodPut, "/config", strings.NewReader(`{"compatibility":"`+level+`"}`)); status != http.StatusOK {
					t.Fatalf("%d %s", status, answer)
				}
				post("/subjects/large/versions", second)
			}
			if status, answer, _ := s.do(t, http.MethodPut, "/config", strings.NewReader(`{"compatibility":"FULL"}`)); status != http.StatusOK {
				t.Fatalf("%d %s", status, answer)
			}
			post("/compatibility/subjects/large/versions/latest?verbose=true&report=true", first)
			post("/api/compatibility/subjects/large/versions/latest", first)
			post("/api/identify", first)
			for _, path := range []string{
				"/api/subjects/large/outline", "/api/subjects/large/example", "/api/subjects/large/compare", "/api/subjects/large/history", "/api/subjects/large/levels",
				"/ui/fields?q=1", "/ui/subjects/large", "/ui/subjects/large?view=fields",
				"/ui/subjects/large/compare", "/ui/subjects/large/compare?lines=all&view=unified", "/ui/subjects/large/history", "/ui/subjects/large/levels", "/ui/subjects/large/edit",
			} {
				s.visit(t, http.MethodGet, path, "*/*", "")
			}
			form := url.Values{"type": {large.schemaType}, "schema": {first}, "latest": {"2"}, "action": {"check"}, "subject": {"large"}, "context": {"."}}
			for _, path := range []string{"/ui/subjects/large/edit", "/ui/identify"} {
				s.visit(t, http.MethodPost, path, formMedia, form.Encode())
			}
		})
	}
}
