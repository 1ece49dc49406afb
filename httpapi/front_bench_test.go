package httpapi_test

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
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
