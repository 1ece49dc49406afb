// Package httpapi speaks the REST contract of the registry over HTTP: it decodes a request, calls package registry, and
// encodes the answer. Every decision is the registry's; every path, header, status and byte on the wire is decided here.
//
// A request walks: path.go brings its path into one form, the table in routes.go finds its route, call.go reads what all
// routes share (subject, query, media types, body), the handler asks the registry and leaves an answer in memory, and
// call.go writes it, counts it and logs it. Errors take the same way: errors.go is the one table from code to status.
package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"github.com/concord-registry/concord/httpapi/accesslog"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/registry/usage"
)

// Options configure a Server. Zero values mean the defaults named with each field.
type Options struct {
	// Registry answers and decides. Required.
	Registry *registry.Registry
	// Catalog answers /api/subjects, /api/fields, /api/search and /api/events; nil means that there are none.
	Catalog *catalog.Catalog
	// Usage is told which client has asked for which schema; nil remembers nothing.
	Usage *usage.Tracker
	// UI answers what stands below /ui, and the root for clients that ask for HTML; nil means that there are no pages.
	UI http.Handler
	// BasePath is the path that a proxy serves the registry under, "/registry" for example. Requests may arrive with it or
	// without it.
	BasePath string
	// AccessLog receives one line for each request, faults of the server included; nil logs nothing.
	AccessLog *accesslog.Log
	// Logger receives what net/http complains of, at level debug; nil logs nothing.
	Logger *slog.Logger

	// Shape decides between the two response shapes (rest-contract §1.7). Default ShapeAuto.
	Shape Shape
	// IncompatibleCode is the error_code of a registration that is refused as incompatible: 409, which most clients
	// know and is the default, or 40901, which the newest reference servers send.
	IncompatibleCode int

	// BodyLimit bounds a request body, in bytes. Default 10 MiB.
	BodyLimit int64
	// HeaderLimit bounds the request line and the headers, in bytes. Default 256 KiB.
	HeaderLimit int
	// ReadHeaderTimeout (default 10 s), ReadTimeout (60 s), WriteTimeout (120 s) and IdleTimeout (120 s) bound how long
	// one client may occupy a connection.
	ReadHeaderTimeout, ReadTimeout, WriteTimeout, IdleTimeout time.Duration

	// Version and Commit describe the build, for /v1/metadata/version and metrics.
	Version, Commit string
	// ClusterID is what /v1/metadata/id answers. Default "concord".
	ClusterID string
	// ReportedVersion is what /v1/metadata/version answers, for tools that choose their behaviour by it. Default: the
	// release of the reference whose API this is.
	ReportedVersion string

	// NoGzip sends every answer as it is, whatever the client accepts.
	NoGzip bool
	// Backups makes what GET /api/backup answers, and tells of those that are made on schedule; nil when there are none.
	Backups Backups
	// MinDiskFree makes the readiness check fail when less is left on the file system of the data file, in bytes. 0 turns
	// that off.
	MinDiskFree int64
}

func (o Options) orDefault() Options {
	setDefault(&o.Shape, ShapeAuto)
	setDefault(&o.IncompatibleCode, int(registry.IncompatibleSchema))
	setDefault(&o.BodyLimit, 10<<20)
	setDefault(&o.HeaderLimit, 256<<10)
	setDefault(&o.ReadHeaderTimeout, 10*time.Second)
	setDefault(&o.ReadTimeout, 60*time.Second)
	setDefault(&o.WriteTimeout, 120*time.Second)
	setDefault(&o.IdleTimeout, 120*time.Second)
	setDefault(&o.Version, "dev")
	setDefault(&o.Commit, "unknown")
	setDefault(&o.ClusterID, "concord")
	setDefault(&o.ReportedVersion, referenceVersion)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}

func setDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Server answers the REST API. It is safe for concurrent use.
type Server struct {
	opt      Options
	registry *registry.Registry
	echo     *echo.Echo
	http     *http.Server
	metrics  *metrics
	calls    sync.Pool
	kept     keptAnswers
	room     *semaphore.Weighted // for large bodies
	middle   *semaphore.Weighted // for those that are neither large nor small
	dates    atomic.Pointer[dateOf]
	streams  atomic.Int32           // streams of events that are open
	stopping chan struct{}          // closed when the server is shut down, so that they end
	notReady atomic.Pointer[string] // why the server is not ready; nil when it is
}

// New returns a server over opt.Registry. It does not listen yet: use Serve, or use the Server as a http.Handler.
func New(opt Options) *Server {
	opt = opt.orDefault()
	s := &Server{opt: opt, registry: opt.Registry, echo: echo.New(), stopping: make(chan struct{})}
	s.room, s.middle = semaphore.NewWeighted(opt.BodyLimit), semaphore.NewWeighted(middleRoom)
	s.metrics = newMetrics(s)
	s.calls.New = func() any { return &call{server: s} }
	s.echo.HTTPErrorHandler = s.unrouted
	s.addRoutes()
	s.http = &http.Server{
		Handler:           s,
		ReadHeaderTimeout: opt.ReadHeaderTimeout,
		WriteTimeout:      opt.WriteTimeout,
		IdleTimeout:       opt.IdleTimeout,
		MaxHeaderBytes:    opt.HeaderLimit,
		ConnContext:       withConn,
		ConnState:         s.metrics.connections.track,
		ErrorLog:          slog.NewLogLogger(opt.Logger.Handler(), slog.LevelDebug),
	}
	s.http.RegisterOnShutdown(sync.OnceFunc(func() { close(s.stopping) }))
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength != 0 {
		if conn := connOf(r); conn != nil {
			// net/http's own ReadTimeout would bound the wait for a client that hangs up, too: of every request, and of
			// streams of events. A body that nobody wants is read, too, before the answer is sent. An error means that the
			// connection is closed, as reading will say.
			_ = conn.SetReadDeadline(time.Now().Add(s.opt.ReadTimeout))
		}
	}
	if s.repeat(w, r) {
		return
	}
	if err := s.rewritePath(r); err != nil {
		c := s.echo.AcquireContext()
		defer s.echo.ReleaseContext(c)
		c.Reset(r, w)
		s.unrouted(err, c)
		return
	}
	s.echo.ServeHTTP(w, r)
}

// Serve answers requests on l until Shutdown, and then returns nil.
func (s *Server) Serve(l net.Listener) error {
	if err := s.http.Serve(listener{l}); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// SetNotReady makes the readiness check fail with a reason, so that load balancers stop sending requests before Shutdown
// stops taking them, and ends each connection with the next answer on it.
func (s *Server) SetNotReady(reason string) { s.notReady.Store(&reason) }

// Shutdown fails readiness, stops listening, waits for the requests under way, and returns when they are done or ctx
// ends; then it closes what is left and returns the error of ctx.
func (s *Server) Shutdown(ctx context.Context) error {
	s.SetNotReady("the server is shutting down")
	if err := s.http.Shutdown(ctx); err != nil {
		return errors.Join(err, s.http.Close())
	}
	return nil
}
