package httpapi_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/httpapi"
)

func TestABodyThatFindsNoRoomIsSentAwayBeforeItsTimeIsOver(t *testing.T) {
	s := start(t, setup{http: httpapi.Options{WriteTimeout: 5 * time.Second}})
	body := func(size int) string {
		text, err := json.Marshal(map[string]string{"schemaType": "JSON", "schema": `{"title":"` + strings.Repeat("t", size) + `"}`})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	post := func(size int) (int, string) {
		resp, err := s.client.Post(s.URL+"/subjects/s/versions", "application/json", strings.NewReader(body(size)))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var answer struct{ Message string }
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, answer.Message
	}
	leave := s.api.Crowd()
	if status, answer := post(100_000); status != http.StatusServiceUnavailable || !strings.Contains(answer, "too many large requests") {
		t.Errorf("a body of 100,000 bytes: %d %s", status, answer)
	}
	for _, size := range []int{1000, 300_000} {
		if status, answer := post(size); status != http.StatusOK {
			t.Errorf("a body of %d bytes waits for others: %d %s", size, status, answer)
		}
	}
	leave()
	if status, answer := post(100_000); status != http.StatusOK {
		t.Errorf("with room again: %d %s", status, answer)
	}
}
