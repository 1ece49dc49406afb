//go:build e2e && linux

package hostile

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// deepDescriptor is a FileDescriptorProto in base64 with messages nested depth deep.
func deepDescriptor(depth int) string {
	field := func(number int, value []byte) []byte {
		header := []byte{byte(number<<3 | 2)}
		n := len(value)
		for ; n >= 0x80; n >>= 7 {
			header = append(header, byte(n)|0x80)
		}
		return append(append(header, byte(n)), value...)
	}
	message := field(1, []byte("M"))
	for range depth {
		message = append(field(1, []byte("M")), field(3, message)...)
	}
	return base64.StdEncoding.EncodeToString(append(field(1, []byte("a.proto")), field(4, message)...))
}

// doublingJSON is a JSON schema of n levels, each twice the next: 2^n when it is unfolded.
func doublingJSON(n int, join, leaf string) string {
	levels := list(n, func(i int) string {
		return fmt.Sprintf(`"d%d": {"%s": [{"$ref": "#/definitions/d%d"}, {"$ref": "#/definitions/d%d"}]}`, i, join, i+1, i+1)
	})
	return fmt.Sprintf(`{"$ref": "#/definitions/d0", "definitions": {%s, "d%d": {"type": "%s"}}}`, levels, n, leaf)
}

func doublingAvro(n int, _, leaf string) string {
	schema := fmt.Sprintf(`{"type":"record","name":"R0","fields":[{"name":"v","type":"%s"}]}`, leaf)
	for i := range n {
		schema = fmt.Sprintf(`{"type":"record","name":"R%d","fields":[{"name":"a","type":%s},{"name":"b","type":"R%d"}]}`, i+1, schema, i)
	}
	return schema
}

func doublingProtobuf(n int, _, leaf string) string {
	var b strings.Builder
	b.WriteString("syntax = \"proto3\";\n")
	for i := range n {
		fmt.Fprintf(&b, "message M%d { M%d a = 1; M%d b = 2; }\n", i, i+1, i+1)
	}
	return fmt.Sprintf("%smessage M%d { %s v = 1; }\n", b.String(), n, leaf)
}

func TestSchemasThatUnfoldWithoutEndAreAnsweredInTime(t *testing.T) {
	for _, attack := range []struct {
		name, schemaType, join string
		schema                 func(n int, join, leaf string) string
		levels                 int
		leaves                 [2]string
	}{
		{"JSON schemas that double 200 times by allOf", "JSON", "allOf", doublingJSON, 200, [2]string{"string", "integer"}},
		{"JSON schemas that double 200 times by anyOf", "JSON", "anyOf", doublingJSON, 200, [2]string{"string", "integer"}},
		{"JSON schemas that double 200 times by oneOf", "JSON", "oneOf", doublingJSON, 200, [2]string{"string", "integer"}},
		{"JSON schemas that double 18 times by allOf", "JSON", "allOf", doublingJSON, 18, [2]string{"string", "integer"}},
		{"JSON schemas that double 18 times by oneOf", "JSON", "oneOf", doublingJSON, 18, [2]string{"string", "integer"}},
		{"Avro records that double 60 times", "AVRO", "", doublingAvro, 60, [2]string{"int", "string"}},
		{"Protobuf messages that double 200 times", "PROTOBUF", "", doublingProtobuf, 200, [2]string{"int32", "string"}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			s := serve(t, "")
			for _, leaf := range attack.leaves {
				schema := attack.schema(attack.levels, attack.join, leaf)
				s.attack(t, "/subjects/bomb/versions", registration(t, attack.schemaType, schema), answered)
				s.attack(t, "/subjects/bomb/versions?normalize=true", registration(t, attack.schemaType, schema), answered)
				s.attack(t, "/api/compatibility/subjects/bomb/versions", registration(t, attack.schemaType, schema), answered)
			}
		})
	}
}

func TestJSONSchemasThatReferToThemselvesAreAnsweredInTime(t *testing.T) {
	s := serve(t, "")
	for i, schema := range []string{
		`{"$ref": "#"}`,
		`{"allOf": [{"$ref": "#"}, {"$ref": "#"}]}`,
		`{"definitions": {"a": {"$ref": "#/definitions/b"}, "b": {"$ref": "#/definitions/a"}}, "$ref": "#/definitions/a"}`,
		`{"not": {"$ref": "#"}}`,
		`{"properties": {"x": {"$ref": "#"}}, "patternProperties": {"(a*)*b": {"$ref": "#"}}, "items": {"$ref": "#"}}`,
		`{"$id": "http://localhost:1/a", "$ref": "http://localhost:1/a#"}`,
		`{"$ref": "file:///etc/passwd"}`,
		`{"$ref": "http://169.254.169.254/latest/meta-data"}`,
	} {
		t.Run(schema, func(t *testing.T) {
			subject := fmt.Sprintf("self-%d", i)
			s.attack(t, "/subjects/"+subject+"/versions", registration(t, "JSON", schema), answered)
			s.attack(t, "/compatibility/subjects/"+subject+"/versions", registration(t, "JSON", `{"type":"string"}`), answered)
			s.attack(t, "/subjects/"+subject+"/versions", registration(t, "JSON", strings.Replace(schema, "{", `{"title":"t",`, 1)), answered)
		})
	}
}

func TestAReferenceGraphOfAThousandStepsIsRefusedByName(t *testing.T) {
	s := serve(t, "")
	before, _ := s.memory(t)
	s.resetPeak(t)
	start, last, status, answer := time.Now(), -1, http.StatusOK, ""
	for i := 0; status == http.StatusOK && i <= 1100; i++ {
		schema := `{"type":"record","name":"R0","fields":[{"name":"v","type":"int"}]}`
		var references []map[string]any
		if i > 0 {
			// Each refers to its predecessor twice, so that following every path would take 2^i steps.
			schema = fmt.Sprintf(`{"type":"record","name":"R%d","fields":[{"name":"a","type":"R%d"},{"name":"b","type":"R%d"}]}`, i, i-1, i-1)
			references = append(references, map[string]any{"name": fmt.Sprintf("R%d", i-1), "subject": fmt.Sprintf("chain-%d", i-1), "version": 1})
		}
		var took time.Duration
		began := s.effort(t)
		status, answer, took = s.do(t, http.MethodPost, fmt.Sprintf("/subjects/chain-%d/versions", i), registration(t, "AVRO", schema, references...))
		if requireInTime(t, took, s.effort(t).since(began)); t.Failed() {
			t.Fatalf("step %d takes %v", i, took)
		}
		last = i
	}
	_, peak := s.memory(t)
	t.Logf("step %d: %d after %v and %d MiB more: %.300s", last, status, time.Since(start).Round(time.Millisecond), (peak-before)>>20, answer)
	if status < 400 || status >= 500 || last < 500 || !strings.Contains(answer, "1000") {
		t.Errorf("step %d is answered with %d %.300s; wanted a 4xx that names the limit of 1000, not before step 500", last, status, answer)
	}
	if peak-before > maxMemory {
		t.Errorf("took %d MiB more memory", (peak-before)>>20)
	}
	t.Run("a schema with 10,000 references", func(t *testing.T) {
		var references []map[string]any
		for i := range 10_000 {
			references = append(references, map[string]any{"name": fmt.Sprintf("N%d", i), "subject": "chain-0", "version": 1})
		}
		s.attack(t, "/subjects/fan/versions", registration(t, "AVRO", `"string"`, references...), refused)
	})
	t.Run("reading the deepest with everything in it", func(t *testing.T) {
		began := s.effort(t)
		status, answer, took := s.do(t, http.MethodGet, fmt.Sprintf("/subjects/chain-%d/versions/1?format=resolved", last-1), nil)
		requireInTime(t, took, s.effort(t).since(began))
		t.Logf("%d after %v, %d bytes", status, took.Round(time.Millisecond), len(answer))
		if status >= 500 { // unfolded, it may be nested deeper than a schema may be
			t.Errorf("%d after %v: %.300s", status, took, answer)
		}
	})
}
