package registry

import (
	"sync"

	"github.com/concord-registry/concord/storage"
)

// parsedSchemas keeps what texts were parsed to.
//
// Texts of registered versions are compared with again and again, and are kept as long as there is room. A text that comes
// with a request is parsed for that request, and mostly never needed again: it is kept for a while, and longer if it turns
// out to be the text of a registered version. What is kept for ever has to be marked by every collection of garbage; keeping
// all of them cost a third of the time when many new schemas are registered. What remains of them is what they stand for,
// which is all that registering them again takes.
type parsedSchemas struct {
	stored   *cache[parseKey, *parsed]
	requests *recent[parseKey, *parsed]
	keys     *cache[parseKey, storage.ContentKey]
}

// keyWeight is what a content key takes, in bytes, with what finds it.
const keyWeight = 128

// newParsedSchemas returns a parsedSchemas that takes a number of bytes.
func newParsedSchemas(bytes int) *parsedSchemas {
	requests, keys := bytes/12, bytes/32
	return &parsedSchemas{
		stored:   newCache[parseKey, *parsed](bytes - requests - keys),
		requests: newRecent[parseKey, *parsed](requests),
		keys:     newCache[parseKey, storage.ContentKey](keys),
	}
}

// get returns what a text was parsed to, nil when that is not kept. stored says that it is the text of a registered version.
func (s *parsedSchemas) get(key parseKey, stored bool) *parsed {
	if p, ok := s.stored.get(key); ok {
		return p
	}
	p, ok := s.requests.get(key)
	if ok && stored {
		s.stored.put(key, p, p.weight())
	}
	return p
}

func (s *parsedSchemas) put(key parseKey, p *parsed, stored bool) {
	if stored {
		s.stored.put(key, p, p.weight())
		return
	}
	s.requests.put(key, p, p.weight())
	s.keys.put(key, p.key, keyWeight)
}

// keyOf returns the content key of a text with some metadata and rules, if it is known.
func (s *parsedSchemas) keyOf(key parseKey, m *Metadata, rules *RuleSet) (storage.ContentKey, bool) {
	if m == nil && rules == nil {
		if k, ok := s.keys.get(key); ok {
			return k, true
		}
	}
	p := s.get(key, false)
	if p == nil {
		return storage.ContentKey{}, false
	}
	return newDraft(p, m, rules).key(), true
}

// recent keeps what was put last, bounded by its weight in bytes. It is safe for concurrent use.
type recent[K comparable, V any] struct {
	max int

	mu         sync.RWMutex
	young, old map[K]V
	weight     int // of young
}

func newRecent[K comparable, V any](max int) *recent[K, V] {
	return &recent[K, V]{max: max, young: map[K]V{}}
}

func (r *recent[K, V]) get(key K) (value V, ok bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if value, ok = r.young[key]; !ok {
		value, ok = r.old[key]
	}
	return value, ok
}

// put stores a value, which stays until half as much as there is room for was put after it. What alone takes more than that
// is not kept.
func (r *recent[K, V]) put(key K, value V, weight int) {
	half := r.max / 2
	if weight > half {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.weight+weight > half {
		r.old, r.young, r.weight = r.young, map[K]V{}, 0
	}
	r.young[key] = value
	r.weight += weight
}
