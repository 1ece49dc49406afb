package registry

import (
	"container/list"
	"sync"
)

// cache keeps the values used last, bounded by their weight in bytes. It is safe for concurrent use.
type cache[K comparable, V any] struct {
	max int

	mu      sync.Mutex
	weight  int
	entries map[K]*list.Element
	order   *list.List // most recently used first
}

type cacheEntry[K comparable, V any] struct {
	key    K
	value  V
	weight int
}

func newCache[K comparable, V any](max int) *cache[K, V] {
	return &cache[K, V]{max: max, entries: map[K]*list.Element{}, order: list.New()}
}

func (c *cache[K, V]) get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*cacheEntry[K, V]).value, true
}

// put stores a value, in the place of another with its key, unless it alone outweighs an eighth of the cache.
func (c *cache[K, V]) put(key K, value V, weight int) {
	if weight > c.max/8 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if old, ok := c.entries[key]; ok {
		c.remove(old)
	}
	c.entries[key] = c.order.PushFront(&cacheEntry[K, V]{key, value, weight})
	c.weight += weight
	for c.weight > c.max {
		c.remove(c.order.Back())
	}
}

func (c *cache[K, V]) remove(element *list.Element) {
	entry := element.Value.(*cacheEntry[K, V])
	c.order.Remove(element)
	delete(c.entries, entry.key)
	c.weight -= entry.weight
}
