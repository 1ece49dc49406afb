package registry

import (
	"context"
	"sync"
)

// locks serialises the slow paths of writes per subject, so that two registrations under one subject do not check
// against the same history only for one of them to start over.
type locks struct {
	mu   sync.Mutex
	held map[string]*subjectLock
}

type subjectLock struct {
	token   chan struct{} // holds one element while nobody has the lock
	waiters int
}

// lock waits for the lock of a subject, or until ctx ends.
func (l *locks) lock(ctx context.Context, subject string) (unlock func(), err error) {
	l.mu.Lock()
	if l.held == nil {
		l.held = map[string]*subjectLock{}
	}
	s := l.held[subject]
	if s == nil {
		s = &subjectLock{token: make(chan struct{}, 1)}
		s.token <- struct{}{}
		l.held[subject] = s
	}
	s.waiters++
	l.mu.Unlock()

	leave := func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if s.waiters--; s.waiters == 0 {
			delete(l.held, subject)
		}
	}
	select {
	case <-s.token:
		return func() { s.token <- struct{}{}; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
