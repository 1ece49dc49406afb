package httpapi_test

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/httpapi/accesslog"
	"github.com/concord-registry/concord/registry/usage"
)

// discard is a http.ResponseWriter that keeps nothing.
type discard struct{ header http.Header }

func (w *discard) Header() http.Header         { return w.header }
func (w *discard) WriteHeader(int)             {}
func (w *discard) Write(p []byte) (int, error) { return len(p), nil }

// benchmarkHandler measures what a handler costs beyond net/http. The limit is an echo server that answers a constant.
func benchmarkHandler(b *testing.B, h http.Handler, method, path, body string) {
	u, err := url.Parse(path)
	if err != nil {
		b.Fatal(err)
	}
	header := http.Header{"Accept": {"application/vnd.schemaregistry.v1+json"}, "Content-Type": {"application/vnd.schemaregistry.v1+json"}}
	b.ReportAllocs()
	for b.Loop() {
		at := *u
		req := &http.Request{Method: method, URL: &at, RequestURI: path, Header: header, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
		h.ServeHTTP(&discard{http.Header{}}, req)
	}
}

const benchSchema = `{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"id","type":"long"},{"name":"customer","type":"string"},{"name":"total","type":"double"},{"name":"at","type":"long"}]}`

func BenchmarkFront(b *testing.B) {
	s := start(b, setup{})
	body := `{"schema":` + quote(benchSchema) + `}`
	answer := []byte(s.must(b, "POST", "/subjects/orders-value/versions", body))
	limit := echo.New()
	constant := func(c echo.Context) error {
		if c.Request().ContentLength != 0 {
			_, _ = io.Copy(io.Discard, c.Request().Body)
		}
		c.Response().Header().Set("Content-Length", strconv.Itoa(len(answer)))
		return c.Blob(200, "application/vnd.schemaregistry.v1+json", answer)
	}
	for _, r := range s.api.Routes() {
		limit.Add(r.Method, r.Path, constant)
	}
	for name, request := range map[string][3]string{
		"GetByID":    {"GET", "/schemas/ids/1", ""},
		"GetLatest":  {"GET", "/subjects/orders-value/versions/latest", ""},
		"Lookup":     {"POST", "/subjects/orders-value", body},
		"Reregister": {"POST", "/subjects/orders-value/versions", body},
	} {
		b.Run(name, func(b *testing.B) { benchmarkHandler(b, s.api, request[0], request[1], request[2]) })
		b.Run(name+"Limit", func(b *testing.B) { benchmarkHandler(b, limit, request[0], request[1], request[2]) })
	}
}

// repeater is a connection whose client, in memory, sends the same request again as soon as it has an answer.
type repeater struct {
	request string
	done    chan struct{} // closed with the connection

	mu       sync.Mutex
	changed  *sync.Cond
	left     int    // requests
	pending  string // what can be read of one
	deadline time.Time
}

func newRepeater(request string, times int) *repeater {
	r := &repeater{request: request, done: make(chan struct{}), left: times, pending: request}
	r.changed = sync.NewCond(&r.mu)
	return r
}

func (r *repeater) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.pending == "" {
		if r.left == 0 {
			return 0, io.EOF
		}
		if !r.deadline.IsZero() && r.deadline.Unix() < 1e6 {
			return 0, os.ErrDeadlineExceeded
		}
		r.changed.Wait()
	}
	n := copy(p, r.pending)
	r.pending = r.pending[n:]
	return n, nil
}

func (r *repeater) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left--
	if r.left > 0 {
		r.pending = r.request
	}
	r.changed.Broadcast()
	return len(p), nil
}

func (r *repeater) SetReadDeadline(t time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deadline = t
	if !t.IsZero() && t.Unix() < 1e6 {
		r.changed.Broadcast()
	}
	return nil
}

func (r *repeater) SetWriteDeadline(time.Time) error { return nil }
func (r *repeater) SetDeadline(time.Time) error      { return nil }
func (r *repeater) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (r *repeater) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (r *repeater) Close() error                     { close(r.done); return nil }

// once is a listener that accepts one connection.
type once chan net.Conn

func (o once) Accept() (net.Conn, error) {
	if conn, ok := <-o; ok {
		return conn, nil
	}
	return nil, http.ErrServerClosed
}

func (once) Close() error   { return nil }
func (once) Addr() net.Addr { return &net.TCPAddr{} }

// BenchmarkServed measures a request with all that net/http does around the handler, and without the network. The limit is
// an echo server that answers the same.
func BenchmarkServed(b *testing.B) {
	s := start(b, setup{http: httpapi.Options{AccessLog: accesslog.NewText(io.Discard, slog.LevelInfo), Usage: usage.New()}})
	s.must(b, "POST", "/subjects/orders-value/versions", `{"schema":`+quote(benchSchema)+`}`)
	answer := []byte(s.must(b, "GET", "/schemas/ids/1", ""))
	limit := echo.New()
	limit.GET("/schemas/ids/:id", func(c echo.Context) error {
		c.Response().Header().Set("Content-Length", strconv.Itoa(len(answer)))
		return c.Blob(200, "application/vnd.schemaregistry.v1+json", answer)
	})
	for _, server := range []struct {
		name  string
		serve func(net.Listener) error
	}{{"GetByID", s.api.Serve}, {"GetByIDLimit", (&http.Server{Handler: limit}).Serve}} {
		b.Run(server.name, func(b *testing.B) {
			conn := newRepeater("GET /schemas/ids/1 HTTP/1.1\r\nHost: localhost\r\nAccept: application/vnd.schemaregistry.v1+json\r\nUser-Agent: bench\r\n\r\n", b.N)
			listener := make(once, 1)
			listener <- conn
			close(listener)
			b.ReportAllocs()
			b.ResetTimer()
			before := processorTime(b)
			_ = server.serve(listener)
			<-conn.done
			b.ReportMetric(float64(processorTime(b)-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// processorTime is what this process has used, which other work on the machine disturbs less than the time on the clock.
func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
