package httpapi

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
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
	u := c.request.URL
	return g.answers[answerKey{path: u.RawPath, query: u.RawQuery, body: string(body), get: !c.route.takesBody, legacy: c.legacy()}]
}

// add keeps an answer to a request.
func (g *generation) add(c *call, a *keptAnswer) {
	u := c.request.URL
	key := answerKey{path: u.RawPath, query: u.RawQuery, body: string(c.input), get: !c.route.takesBody, legacy: c.legacy()}
	// Strings of the key hold on to the request line they are part of.
	g.size.Add(int64(2*len(a.body) + 2*len(key.path) + len(key.query) + len(key.body) + 512))
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[key] = a
}

// answerKey is everything that an answer depends on besides the state.
type answerKey struct {
	path, query, body string
	get               bool // GET or HEAD; routes of other methods share their paths
	legacy            bool
}

// keptAnswer is an answer that may be given again. Nothing in it changes.
type keptAnswer struct {
	body       []byte
	length     []string // the Content-Length of body
	tag        string   // the ETag; empty when the answer has none
	compressed func() []byte
	cache      cachePolicy
	subject    string
	schemaID   int
	count      func() // counts the answer in metrics once more; nil when there is nothing to count
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

// recall takes a kept answer for this request, and notes where to keep one if there is none.
func (c *call) recall() (bool, error) {
	if !c.route.kept || c.request.ContentLength > keptBody {
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
	if c.answer = c.generation.find(c, body); c.answer == nil {
		c.server.metrics.answersMade.Inc()
		return false, nil
	}
	c.server.metrics.answersKept.Inc()
	c.cache, c.subject, c.schemaID = c.answer.cache, c.answer.subject, c.answer.schemaID
	if c.answer.count != nil {
		c.answer.count()
	}
	return true, nil
}

// keep keeps the answer that was just made, for the revision that was current before it was begun to be made.
func (c *call) keep() {
	if c.generation == nil || c.changed || c.status != http.StatusOK || c.written || len(c.body) > keptBytes/8 {
		return
	}
	body := slices.Clone(c.body)
	a := &keptAnswer{body: body, length: []string{strconv.Itoa(len(body))}, cache: c.cache, subject: c.subject, schemaID: c.schemaID, count: c.count,
		compressed: sync.OnceValue(func() []byte { return compress(nil, body) })}
	if c.cache != noStore {
		a.tag = etag(body)
	}
	c.generation.add(c, a)
	c.answer = a
}
