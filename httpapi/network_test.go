package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

// forbidden is a transport that must not be used.
type forbidden struct{ t *testing.T }

func (f forbidden) RoundTrip(r *http.Request) (*http.Response, error) {
	f.t.Errorf("%s %s is asked for over the network", r.Method, r.URL)
	return nil, http.ErrNotSupported
}

// TestASchemaNeverReachesTheNetwork registers and checks schemas that name other places. Any use of the common transport, any
// question to a name server, and any connection to a listener that the schemas name fails the test.
func TestASchemaNeverReachesTheNetwork(t *testing.T) {
	s := start(t, setup{})
	transport, resolver := http.DefaultTransport, net.DefaultResolver
	t.Cleanup(func() { http.DefaultTransport, net.DefaultResolver = transport, resolver })
	http.DefaultTransport = forbidden{t}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, address string) (net.Conn, error) {
		t.Errorf("a name server is asked at %s", address)
		return nil, net.ErrClosed
	}}
	named := newListener(t)
	var connections atomic.Int64
	go func() {
		for {
			conn, err := named.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			conn.Close()
		}
	}()
	s.client.Timeout = time.Minute // whoever waits for a place that does not answer waits longer
	requests := 0
	for _, place := range []string{
		"http://" + named.Addr().String() + "/a.json", "http://elsewhere.example/a.json", "https://elsewhere.example/a.json",
		"//" + named.Addr().String() + "/a.json", "file:///etc/passwd", "ftp://elsewhere.example/a.json", "gopher://elsewhere.example/1",
		"urn:uuid:b040db4b-fdae-23ea-4a07-95f3973b98c8", "../../../../etc/passwd", "jar:http://elsewhere.example!/a",
	} {
		for _, schema := range []struct{ kind, text string }{
			{"JSON", fmt.Sprintf(`{"$ref": %q}`, place)},
			{"JSON", fmt.Sprintf(`{"$schema": %q, "type": "object"}`, place)},
			{"JSON", fmt.Sprintf(`{"$id": %q, "properties": {"a": {"$ref": "b.json#/definitions/c"}}}`, place)},
			{"JSON", fmt.Sprintf(`{"$schema": "https://json-schema.org/draft/2020-12/schema", "$dynamicRef": %q}`, place)},
			{"JSON", fmt.Sprintf(`{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [{"$ref": %q}, {"type": "object"}]}`, place+"#/x")},
			{"PROTOBUF", fmt.Sprintf("syntax = \"proto3\"; import %q; message M { string a = 1; }", place)},
			{"AVRO", fmt.Sprintf(`{"type": "record", "name": "R", "fields": [{"name": "a", "type": %q}]}`, place)},
		} {
			for _, references := range []string{"", fmt.Sprintf(`, "references": [{"name": %q, "subject": %[1]q, "version": 1}]`, place)} {
				text, err := json.Marshal(schema.text)
				if err != nil {
					t.Fatal(err)
				}
				body := fmt.Sprintf(`{"schemaType": %q, "schema": %s%s}`, schema.kind, text, references)
				subject := fmt.Sprintf("s-%d", requests)
				for _, path := range []string{
					"/subjects/" + subject + "/versions?normalize=true", "/subjects/" + subject,
					"/compatibility/subjects/" + subject + "/versions?verbose=true", "/api/compatibility/subjects/" + subject + "/versions",
				} {
					requests++
					if status, answer := s.do(t, http.MethodPost, path, body); status >= http.StatusInternalServerError {
						t.Errorf("%s: %d %s", body, status, answer)
					}
				}
			}
		}
	}
	named.Close()
	if n := connections.Load(); n > 0 {
		t.Errorf("%d connections to a place that a schema names", n)
	}
	t.Logf("%d requests with schemas that name other places", requests)
}
