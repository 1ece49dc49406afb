package httpapi_test

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

// setup is a server as a test wants it.
type setup struct {
	http     httpapi.Options
	registry registry.Options
	path     string                            // of the data file; empty for a new one
	wrap     func(storage.Store) storage.Store // puts something between registry and store
}

// server is a whole server on a port of its own, without the program around it.
type server struct {
	URL    string
	addr   string
	api    *httpapi.Server
	store  storage.Store
	client *http.Client
	served chan error
}

func start(t testing.TB, s setup) *server {
	t.Helper()
	if s.path == "" {
		s.path = filepath.Join(t.TempDir(), "concord.db")
	}
	opened, err := bolt.Open(s.path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var store storage.Store = opened
	if s.wrap != nil {
		store = s.wrap(store)
	}
	s.http.Registry = registry.New(store, engine.Default(formats.Limits{}), s.registry)
	listener := newListener(t)
	out := &server{URL: "http://" + listener.Addr().String(), addr: listener.Addr().String(), api: httpapi.New(s.http), store: store,
		client: &http.Client{Transport: &http.Transport{}}, served: make(chan error, 1)}
	go func() { out.served <- out.api.Serve(listener) }()
	t.Cleanup(out.stop)
	return out
}

func newListener(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// stop ends the server when it has answered what it was asked; the data file can be opened again after it.
func (s *server) stop() {
	s.client.CloseIdleConnections()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_ = s.api.Shutdown(ctx)
	_ = s.store.Close()
}

// do sends a request with a path exactly as it is written, and returns the status and the body.
func (s *server) do(t testing.TB, method, path, body string, header ...string) (int, string) {
	t.Helper()
	resp := s.send(t, method, path, body, header...)
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return resp.StatusCode, string(data)
}

// send is do for those who look at the headers; each header is "Name: value".
func (s *server) send(t testing.TB, method, path, body string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequest(method, s.URL, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	// Opaque keeps net/url from touching the path.
	req.URL.Opaque = "//" + req.URL.Host + path
	// Without these the client would send ones of its own.
	req.Header.Set("User-Agent", "test")
	req.Header.Set("Accept-Encoding", "identity")
	given := http.Header{}
	for _, line := range header {
		name, value, _ := strings.Cut(line, ":")
		given.Add(name, strings.TrimSpace(value))
	}
	maps.Copy(req.Header, given)
	resp, err := s.client.Do(req)
	if err != nil {
		t.Fatalf("%s %.100s: %v", method, path, err)
	}
	return resp
}

// must is do for requests that have to succeed.
func (s *server) must(t testing.TB, method, path, body string, header ...string) string {
	t.Helper()
	status, answer := s.do(t, method, path, body, header...)
	if status != http.StatusOK {
		t.Fatalf("%s %s: %d %.300s", method, path, status, answer)
	}
	return answer
}
