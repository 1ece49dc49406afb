package httpapi

import (
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// metrics holds what is counted as it happens; metrics_state.go reads the rest when it is asked. Routes appear as
// templates, and no label ever holds a name that a client chose.
type metrics struct {
	gatherer      *prometheus.Registry
	handler       http.Handler
	requests      *prometheus.CounterVec
	durations     *prometheus.HistogramVec
	registrations *prometheus.CounterVec
	checks        *prometheus.CounterVec
	checkTimes    *prometheus.HistogramVec
	unrouted      *route

	answersKept, answersMade, answersBypassed prometheus.Counter

	inFlight          atomic.Int64
	succeeded, failed atomic.Uint64
	recent            window
	connections       connections
}

// routeMetrics are the handles of one route, so that a request looks nothing up by label. They are made for the first request:
// most routes and methods never see one, and a histogram of nothing is a dozen lines to send and to keep.
type routeMetrics struct {
	duration func() prometheus.Observer
	codes    *sync.Map // status -> prometheus.Counter
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		gatherer: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "registry_http_requests_total", Help: "Requests answered, by method, route template and status."},
			[]string{"method", "route", "code"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "registry_http_request_duration_seconds", Help: "Time from the first byte of a request's headers read to its answer written.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5}},
			[]string{"method", "route"}),
		registrations: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "registry_registrations_total", Help: "Registrations, by schema type and result: new, existing, incompatible, invalid, refused or failed."},
			[]string{"type", "result"}),
		checks: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "registry_compatibility_checks_total", Help: "Compatibility checks asked for, by schema type, level and result."},
			[]string{"type", "level", "result"}),
		checkTimes: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "registry_compatibility_check_duration_seconds", Help: "Time a compatibility check took, by schema type.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5}},
			[]string{"type"}),
	}
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "registry_http_in_flight_requests", Help: "Requests being answered."}, func() float64 { return float64(m.inFlight.Load()) })
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "registry_cache_requests_total", Help: "Requests that change nothing, by whether a kept answer was given: hit, miss, or bypass while something was being written."},
		[]string{"cache", "result"})
	m.answersKept, m.answersMade, m.answersBypassed = answers.WithLabelValues("answers", "hit"), answers.WithLabelValues("answers", "miss"), answers.WithLabelValues("answers", "bypass")
	m.unrouted = &route{label: "none", plain: true}
	m.unrouted.metrics = m.of(m.unrouted)
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "registry_build_info", Help: "The build of the server; always 1.",
		ConstLabels: prometheus.Labels{"version": s.opt.Version, "commit": s.opt.Commit, "go": runtime.Version()}})
	build.Set(1)
	m.gatherer.MustRegister(m.requests, m.durations, inFlight, m.registrations, m.checks, m.checkTimes, answers, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), newStateCollector(s, m))
	m.handler = promhttp.HandlerFor(m.gatherer, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return m
}

func (c *call) getMetrics() error {
	c.written = true
	header := c.echo.Response().Header()
	header["X-Request-Id"] = []string{c.requestID}
	header["Cache-Control"] = cacheControl[noStore]
	c.server.metrics.handler.ServeHTTP(c.echo.Response(), c.request)
	return nil
}

// of returns the handles of a route.
func (m *metrics) of(r *route) routeMetrics {
	duration := sync.OnceValue(func() prometheus.Observer { return m.durations.WithLabelValues(r.method, r.label) })
	return routeMetrics{duration, &sync.Map{}}
}

// observe counts an answered request. Requests that found no route share one label whatever their method is: a method,
// too, is a word that a client chooses.
func (m *metrics) observe(c *call, now time.Time) {
	elapsed := now.Sub(c.start)
	r := c.route
	counter, ok := r.metrics.codes.Load(c.status)
	if !ok {
		counter, _ = r.metrics.codes.LoadOrStore(c.status, m.requests.WithLabelValues(r.method, r.label, strconv.Itoa(c.status)))
	}
	counter.(prometheus.Counter).Inc()
	r.metrics.duration().Observe(elapsed.Seconds())
	m.recent.add(c.start, elapsed)
	if c.status < http.StatusBadRequest {
		m.succeeded.Add(1)
	} else {
		m.failed.Add(1)
	}
}

// registered returns what counts a registration with this outcome.
func (m *metrics) registered(typ string, v *registry.SchemaVersion, err error) prometheus.Counter {
	result := "new"
	switch code := registry.CodeOf(err); {
	case err == nil:
		typ = string(v.Type)
		if v.Existing {
			result = "existing"
		}
	case code == registry.IncompatibleSchema:
		result = "incompatible"
	case code == registry.InvalidSchema, code == registry.InvalidRuleSet, code == registry.SchemaTooLarge, code == registry.InvalidSubject:
		result = "invalid"
	case code == registry.OperationNotPermitted:
		result = "refused"
	default:
		result = "failed"
	}
	return m.registrations.WithLabelValues(typeLabel(typ), result)
}

// checked counts a compatibility check, and returns what counts another with this outcome.
func (m *metrics) checked(typ string, report *compat.Report, err error, elapsed time.Duration) prometheus.Counter {
	level, result := "", "failed"
	switch {
	case err != nil && registry.CodeOf(err) != 0:
		result = "invalid"
	case err != nil:
	case report.Compatible:
		level, result = string(report.Level), "compatible"
	default:
		level, result = string(report.Level), "incompatible"
	}
	typ = typeLabel(typ)
	counter := m.checks.WithLabelValues(typ, strings.ToLower(level), result)
	counter.Inc()
	m.checkTimes.WithLabelValues(typ).Observe(elapsed.Seconds())
	return counter
}

// typeLabel spells a schema type as a label; whatever is no type is "other".
func typeLabel(t string) string {
	switch formats.Type(t) {
	case "", formats.Avro:
		return "avro"
	case formats.JSON:
		return "json"
	case formats.Protobuf:
		return "protobuf"
	}
	return "other"
}

// connections counts open connections.
type connections struct{ open atomic.Int64 }

// track is a http.Server's ConnState hook.
func (n *connections) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		n.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		n.open.Add(-1)
	}
}
