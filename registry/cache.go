package registry

import "sync"

// cache keeps values, bounded by their weight in bytes. It is safe for concurrent use.
//
// When it is full some value or other goes. Dropping what was not used for longest would find nothing at all once histories
// that are a little larger than the cache are read in turn, as transitive checks do; so most of them are found.
type cache[K comparable, V any] struct {
	max int

	mu      sync.RWMutex
	weight  int
	entries map[K]cacheEntry[V]
}

type cacheEntry[V any] struct {
	value  V
	weight int
}

func newCache[K comparable, V any](max int) *cache[K, V] {
	return &cache[K, V]{max: max, entries: map[K]cacheEntry[V]{}}
}

func (c *cache[K, V]) get(key K) (value V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	entry, ok := c.entries[key]
	return entry.value, ok
}

// put stores a value, in the place of another with its key, unless it alone outweighs an eighth of the cache.
func (c *cache[K, V]) put(key K, value V, weight int) {
	if weight > c.max/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(key)
	for some := range c.entries { // maps are gone through from a random place on
		if c.weight+weight <= c.max {
			break
		}
		c.remove(some)
	}
	c.entries[key] = cacheEntry[V]{value, weight}
	c.weight += weight
}

func (c *cache[K, V]) remove(key K) {
	c.weight -= c.entries[key].weight
	delete(c.entries, key)
}
