package bolt

import (
	"sync"

	"github.com/concord-registry/concord/storage"
)

// contentCache keeps decoded contents by their number. A number stands for one content for ever, so that nothing in it
// ever becomes wrong, whatever snapshot asks. It is safe for concurrent use.
//
// It keeps two generations: what is asked for moves to the young one, and when that is full the old one is dropped.
type contentCache struct {
	max int // bytes per generation

	mu         sync.Mutex
	young, old map[uint64]*storage.Content
	weight     int // of the young generation
}

func newContentCache(bytes int) *contentCache {
	return &contentCache{max: bytes / 2, young: map[uint64]*storage.Content{}}
}

func (c *contentCache) get(number uint64) *storage.Content {
	c.mu.Lock()
	defer c.mu.Unlock()
	if content, ok := c.young[number]; ok {
		return content
	}
	content, ok := c.old[number]
	if ok {
		c.add(number, content)
	}
	return content
}

func (c *contentCache) put(number uint64, content *storage.Content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(number, content)
}

func (c *contentCache) add(number uint64, content *storage.Content) {
	weight := weightOf(content)
	if weight > c.max/8 {
		return
	}
	if c.weight+weight > c.max {
		c.old, c.young, c.weight = c.young, map[uint64]*storage.Content{}, 0
	}
	if _, ok := c.young[number]; !ok {
		c.weight += weight
	}
	c.young[number] = content
}

// weightOf estimates the memory that a content holds, in bytes.
func weightOf(c *storage.Content) int {
	weight := 256 + len(c.Schema)
	for _, ref := range c.References {
		weight += 48 + len(ref.Name) + len(ref.Subject)
	}
	if c.Metadata != nil {
		weight += 1024
	}
	if c.RuleSet != nil {
		rules := len(c.RuleSet.MigrationRules) + len(c.RuleSet.DomainRules) + len(c.RuleSet.EncodingRules)
		weight += 256 + 1024*rules
	}
	return weight
}
