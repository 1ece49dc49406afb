package catalog

import (
	"context"
	"sync"
)

// listeners are told which subjects have changed.
type listeners struct {
	mu  sync.Mutex
	all map[chan []string]bool
}

// Listen returns a channel of the names of subjects that commits have touched, some at a time, and what ends it. A listener
// that does not keep up misses names. Names of contexts (":.ctx:", or empty for the default one) stand for their config
// and mode.
func (c *Catalog) Listen() (changes <-chan []string, stop func()) {
	c.ask(context.Background())
	l := &c.listeners
	ch := make(chan []string, 8)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.all == nil {
		l.all = map[chan []string]bool{}
	}
	l.all[ch] = true
	return ch, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		delete(l.all, ch)
	}
}

func (l *listeners) tell(names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for ch := range l.all {
		select {
		case ch <- names:
		default:
		}
	}
}
