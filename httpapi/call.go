package httpapi

import (
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/semaphore"

	"github.com/concord-registry/concord/registry"
)

// call is one request on its way through the server, and the answer that is being made for it. Handlers leave the answer
// in memory; nothing is written to the client before the registry is done, so a slow client holds no store transaction.
type call struct {
	server  *Server
	route   *route
	echo    echo.Context // nil when a kept answer is given again without asking which route it is for
	out     http.ResponseWriter
	request *http.Request
	start   time.Time

	requestID string
	media     []string // the Content-Type of the answer
	query     query
	subject   string // the subject of the path, decoded, aliases applied, or the one found; empty when there is none
	schemaID  int    // for the log; 0 when the answer is about no single id

	status  int
	body    []byte
	cache   cachePolicy
	written bool    // the handler wrote the answer itself
	stream  *stream // the answer, while it is sent as it is made; nil for others
	sent    int64   // bytes of the answer's body
	unread  bool    // the client is still sending a body that was refused
	fault   error   // why the status is a 5xx, or why the client does not have the whole answer
	holds   int64   // bytes of the room for bodies
	holdsIn *semaphore.Weighted
	scratch []byte
	head    [8]headerLine
	input   []byte // the request's body, once it was read
	changed bool   // the request changed something, so that its answer is not to be given again
	count   func() // counts a repetition of the answer in metrics

	generation *generation // where the answer may be kept; nil when it may not
	answer     *keptAnswer // the answer, when it is kept; body then does not count
}

// keepBuffer is the capacity up to which the buffers of a call are kept for the next one.
const keepBuffer = 256 << 10

func (s *Server) begin(w http.ResponseWriter, r *http.Request, to *route) *call {
	c := s.calls.Get().(*call)
	*c = call{server: s, route: to, out: w, request: r, start: time.Now(), status: http.StatusOK,
		media: mediaTypes[0], body: c.body[:0], scratch: c.scratch[:0]}
	c.requestID = requestID(r.Header)
	s.metrics.inFlight.Add(1)
	return c
}

// enter begins a call that the router has found a route for, or none.
func (s *Server) enter(ec echo.Context, to *route) *call {
	c := s.begin(ec.Response(), ec.Request(), to)
	c.echo = ec
	return c
}

func (s *Server) end(c *call) {
	s.metrics.inFlight.Add(-1)
	if cap(c.body) > keepBuffer {
		c.body = nil
	}
	if cap(c.scratch) > keepBuffer {
		c.scratch = nil
	}
	s.calls.Put(c)
}

// handler wraps what all routes share around the handler of one.
func (s *Server) handler(r *route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		c := s.enter(ec, r)
		c.run()
		c.finish()
		s.end(c)
		return nil
	}
}

// unrouted answers what never reached a handler: unknown paths, wrong methods, paths that cannot be rewritten.
func (s *Server) unrouted(err error, ec echo.Context) {
	c := s.enter(ec, s.metrics.unrouted)
	c.fail(err)
	c.finish()
	s.end(c)
}

// run makes the answer. A panic becomes a 500 like any other fault; the server lives on.
func (c *call) run() {
	defer c.giveBack()
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			c.fail(newPanicError(p))
		}
	}()
	err := c.admit()
	if err == nil {
		var done bool
		if done, err = c.recall(); done {
			return
		}
	}
	if err == nil {
		err = c.prepare()
	}
	if err == nil {
		err = c.route.handle(c)
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.keep()
}

// admit refuses a request by its form, whatever the state of the registry is.
func (c *call) admit() error {
	if c.route.page {
		return nil
	}
	for _, value := range c.echo.ParamValues() {
		// A parameter at the end of a route swallows further segments; no route means that.
		if strings.IndexByte(value, '/') >= 0 {
			return echo.ErrNotFound
		}
	}
	if c.route.plain {
		return nil
	}
	if c.media = negotiate(c.request.Header); c.media == nil {
		c.media = mediaTypes[0]
		return errNotAcceptable
	}
	if c.route.takesBody {
		return c.checkBody()
	}
	return nil
}

// prepare reads what the route's handler relies on.
func (c *call) prepare() (err error) {
	c.query = parseQuery(c.request.URL.RawQuery)
	if !c.route.hasSubject {
		return nil
	}
	if c.subject, err = c.param("subject"); err == nil && c.route.aliased {
		c.subject, err = c.unalias(c.subject)
	}
	return err
}

// param decodes a parameter of the path, once. Names that are no UTF-8 could not be answered as they came and are
// refused.
func (c *call) param(name string) (string, error) {
	value := unescape(c.echo.Param(name))
	if !utf8.ValidString(value) {
		return "", &registry.Error{Code: registry.InvalidSubject, Message: "The specified subject '" + strings.ToValidUTF8(value, "\uFFFD") + "' is not a valid."}
	}
	return value, nil
}

// intParam decodes an integer of the path.
func (c *call) intParam(name string) (int, error) { return parseInt(unescape(c.echo.Param(name))) }

// unalias follows the alias in a subject's config, one hop.
func (c *call) unalias(subject string) (string, error) {
	target, err := c.server.registry.Alias(c.request.Context(), subject)
	if err != nil || target == "" {
		return subject, err
	}
	return target, nil
}

// querySubject is the subject parameter of the calls by id, aliases applied.
func (c *call) querySubject() (string, error) {
	subject := c.query.text("subject")
	if subject == "" {
		return "", nil
	}
	return c.unalias(subject)
}
