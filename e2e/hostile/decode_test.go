//go:build e2e && linux

package hostile

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// framed is a message in the frame of the schema with that id, as /api/decode takes it.
func framed(id int, payload string) string {
	return base64.StdEncoding.EncodeToString(append([]byte{0, byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)}, payload...))
}

// avroLong is a number that is not negative, as Avro writes it.
func avroLong(n uint64) (encoded string) {
	for n <<= 1; n > 0x7f; n >>= 7 {
		encoded += string([]byte{byte(n) | 0x80})
	}
	return encoded + string([]byte{byte(n)})
}

func TestMessagesThatUnfoldAreDecodedInTime(t *testing.T) {
	s := serve(t, "")
	long := strings.Repeat("n", 100_000)
	for i, attack := range []struct{ name, schemaType, schema, payload string }{
		{"2^62 elements without bytes", "AVRO", `{"type":"array","items":"null"}`, avroLong(1<<62) + "\x00"},
		{"half a million elements without bytes", "AVRO", `{"type":"array","items":"null"}`, avroLong(499_998) + "\x00"},
		{"a long name that stands in each of them", "AVRO", `{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"` + long + `","type":"null"}]}}`, avroLong(249_998) + "\x00"},
		{"9,000 records in each other", "AVRO", `{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}`, strings.Repeat("\x02", 9_000) + "\x00"},
		{"2,000 records in each other", "AVRO", `{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}`, strings.Repeat("\x02", 2_000) + "\x00"},
		{"two million empty messages", "PROTOBUF", `syntax = "proto3"; message M { repeated M m = 1; }`, "\x00" + strings.Repeat("\x0a\x00", 2_000_000)},
		{"a long name in many messages", "PROTOBUF", `syntax = "proto3"; message M { repeated M ` + long + ` = 1; }`, "\x00" + strings.Repeat("\x0a\x02\x0a\x00", 100_000)},
		{"an array in 990 arrays", "JSON", `{}`, strings.Repeat("[", 990) + strings.Repeat("1,", 90_000) + "1" + strings.Repeat("]", 990)},
		{"a long const for each item", "JSON", `{"items":{"const":"` + long + `"}}`, "[" + strings.Repeat("1,", 20_000) + "1]"},
	} {
		t.Run(attack.name, func(t *testing.T) {
			status, answer, _ := s.do(t, http.MethodPost, fmt.Sprintf("/subjects/decoded-%d/versions", i), registration(t, attack.schemaType, attack.schema))
			var registered struct{ ID int }
			if err := json.Unmarshal([]byte(answer), &registered); err != nil || status != http.StatusOK {
				t.Fatalf("%d %.300s", status, answer)
			}
			body, err := json.Marshal(map[string]string{"message": framed(registered.ID, attack.payload)})
			if err != nil {
				t.Fatal(err)
			}
			s.attack(t, "/api/decode", strings.NewReader(string(body)), answered)
			s.attackPage(t, "/ui/decode", url.Values{"data": {framed(registered.ID, attack.payload)}})
		})
	}
}

// attackPage posts a form, and checks what attack checks of an answer of the API.
func (s *server) attackPage(t *testing.T, path string, form url.Values) {
	t.Helper()
	before, _ := s.memory(t)
	s.resetPeak(t)
	began := s.effort(t)
	status, answer, took := s.post(t, path, form)
	_, peak := s.memory(t)
	if requireInTime(t, took, s.effort(t).since(began)); status >= 500 || len(answer) > maxAnswer || peak-before > maxMemory {
		t.Errorf("the page is answered with %d, %d bytes, %d MiB more memory", status, len(answer), (peak-before)>>20)
	}
}
