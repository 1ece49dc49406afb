package httpapi

import (
	"net/http"
	"slices"
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
	answers  sync.Map // answerKey -> *keptAnswer
	size     atomic.Int64
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
	tag        string // the ETag; empty when the answer has none
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
	next := &generation{revision: revision}
	if k.current.CompareAndSwap(g, next) {
		return next
	}
	// Somebody else was faster; this request keeps nothing that others see.
	return &generation{revision: revision}
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
	c.key = answerKey{path: c.request.URL.RawPath, query: c.request.URL.RawQuery, get: !c.route.takesBody, legacy: c.legacy()}
	if c.route.takesBody {
		body, err := c.readBody()
		if err != nil || len(body) > keptBody {
			return false, err
		}
		c.key.body = string(body)
	}
	c.generation = c.server.kept.at(revision)
	found, ok := c.generation.answers.Load(c.key)
	if !ok {
		c.server.metrics.answersMade.Inc()
		return false, nil
	}
	c.server.metrics.answersKept.Inc()
	c.answer = found.(*keptAnswer)
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
	a := &keptAnswer{body: body, cache: c.cache, subject: c.subject, schemaID: c.schemaID, count: c.count,
		compressed: sync.OnceValue(func() []byte { return compress(nil, body) })}
	if c.cache != noStore {
		a.tag = etag(body)
	}
	// Strings of the key hold on to the request line they are part of.
	c.generation.size.Add(int64(2*len(body) + 2*len(c.key.path) + len(c.key.query) + len(c.key.body) + 512))
	c.generation.answers.Store(c.key, a)
	c.answer = a
}
