package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/concord-registry/concord/registry/usage"
)

// keptBytes bounds the memory that kept answers take.
const keptBytes = 32 << 20

// keptBody is the size up to which a request's body is remembered with its answer.
const keptBody = 64 << 10

// keptAnswers holds what requests that change nothing were answered since the last commit: reads, checks, and
// registrations of what is there already. Producers and consumers that start up ask the same few questions again and
// again; those are answered without asking the registry, and without anything ever being out of date: an answer is good
// for exactly the state that it was made from.
//
// A generation belongs to one revision of the store. A read takes the revision first and is given an answer of that
// revision only, or one that is made from that state or a later one. While a commit is under way there is no revision
// and nothing is kept, so that no read can be older than one that ended before it began.
type keptAnswers struct {
	current atomic.Pointer[generation]
}

type generation struct {
	revision uint64
	size     atomic.Int64

	mu      sync.RWMutex
	answers map[answerKey]*keptAnswer
}

func newGeneration(revision uint64) *generation {
	return &generation{revision: revision, answers: map[answerKey]*keptAnswer{}}
}

// find returns the answer to a request; nil when none is kept. Looking it up does not copy the body.
func (g *generation) find(c *call, body []byte) *keptAnswer {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return g.answers[answerKey{target: c.request.RequestURI, body: string(body), get: !c.route.takesBody, legacy: c.legacy()}]
}

// add keeps an answer to a request.
func (g *generation) add(c *call, a *keptAnswer) {
	key := answerKey{target: c.request.RequestURI, body: string(c.input), get: !c.route.takesBody, legacy: c.legacy()}
	// The target holds on to the request line it is part of.
	g.size.Add(int64(2*len(a.body) + 2*len(key.target) + len(key.body) + 512))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[key] = a
}

// answerKey is everything that an answer depends on besides the state.
type answerKey struct {
	target, body string // the target as the request line has it, path and query
	get          bool   // GET or HEAD; routes of other methods share their paths
	legacy       bool
}

// keptAnswer is an answer that may be given again. Nothing in it changes but seen.
type keptAnswer struct {
	route      *route
	body       []byte
	length     []string // the Content-Length of body
	tag        []string // the ETag; nil when the answer has none
	compressed func() []byte
	cache      cachePolicy
	subject    string
	schemaID   int
	count      func() // counts the answer in metrics once more; nil when there is nothing to count

	seen atomic.Pointer[usage.Seen] // who asked for it last
}

// at returns the generation of a revision, and begins one when the state has moved on or there is too much of it.
func (k *keptAnswers) at(revision uint64) *generation {
	g := k.current.Load()
	if g != nil && g.revision == revision && g.size.Load() < keptBytes {
		return g
	}
	next := newGeneration(revision)
	if k.current.CompareAndSwap(g, next) {
		return next
	}
	// Somebody else was faster; this request keeps nothing that others see.
	return newGeneration(revision)
}

// repeat gives the kept answer to a GET, if there is one, before anything is done to find out what the request is: it is
// the same as one that was found good. What takes more than a look, as a choice of media types, goes the way of all.
func (s *Server) repeat(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodGet || !takesPreferred(r.Header) {
		return false
	}
	g := s.kept.current.Load()
	if g == nil {
		return false
	}
	if revision, known := s.registry.Revision(); !known || g.revision != revision {
		return false
	}
	legacy := s.legacy(r.Header)
	g.mu.RLock()
	a := g.answers[answerKey{target: r.RequestURI, get: true, legacy: legacy}]
	g.mu.RUnlock()
	if a == nil {
		return false
	}
	if conn := connOf(r); conn != nil && r.ContentLength == 0 {
		conn.reads.rest()
	}
	c := s.begin(w, r, a.route)
	c.give(a)
	c.finish()
	s.end(c)
	return true
}

// recall takes a kept answer for this request, and notes where to keep one if there is none.
func (c *call) recall() (bool, error) {
	if !c.route.kept || c.request.RequestURI == "" || c.request.ContentLength > keptBody {
		return false, nil
	}
	revision, known := c.server.registry.Revision()
	if !known {
		c.server.metrics.answersBypassed.Inc()
		return false, nil
	}
	var body []byte
	if c.route.takesBody {
		var err error
		if body, err = c.readBody(); err != nil || len(body) > keptBody {
			return false, err
		}
	}
	c.generation = c.server.kept.at(revision)
	a := c.generation.find(c, body)
	if a == nil {
		c.server.metrics.answersMade.Inc()
		return false, nil
	}
	c.give(a)
	return true, nil
}

// give makes a kept answer the answer to this request.
func (c *call) give(a *keptAnswer) {
	c.server.metrics.answersKept.Inc()
	c.answer, c.cache, c.subject, c.schemaID = a, a.cache, a.subject, a.schemaID
	if a.count != nil {
		a.count()
	}
}

// keep keeps the answer that was just made, for the revision that was current before it was begun to be made. That to a HEAD
// is not kept: the GETs that it would be given to are of another route.
func (c *call) keep() {
	if c.generation == nil || c.changed || c.status != http.StatusOK || c.written || len(c.body) > keptBytes/8 || c.route.method == http.MethodHead {
		return
	}
	body := slices.Clone(c.body)
	a := &keptAnswer{route: c.route, body: body, length: []string{strconv.Itoa(len(body))}, cache: c.cache, subject: c.subject, schemaID: c.schemaID, count: c.count,
		compressed: sync.OnceValue(func() []byte { return compress(nil, body) })}
	if c.cache != noStore {
		a.tag = []string{etag(body)}
	}
	c.generation.add(c, a)
	c.answer = a
}
