// Package usage remembers which clients have asked for which schemas, from the requests that a server answers anyway. It
// lives in memory, bounded, and begins anew with the server: it answers whether somebody still uses a version, not how much.
package usage

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/concord-registry/concord/registry"
)

// Bounds of what is remembered. When there is no room, what was used longest ago is forgotten.
const (
	maxClients       = 50_000
	maxClientsOfID   = 200
	maxName          = 120 // bytes of a client's name
	tooManyOfOne     = "further clients"
	forgottenPortion = 8 // one in so many is forgotten at a time
)

// ID names a schema: an id belongs to a context.
type ID struct {
	Context string // "." for the default one
	ID      int
}

// Client is somebody who has asked for a schema.
type Client struct {
	Agent     string `json:"client"`              // as it calls itself
	Principal string `json:"principal,omitempty"` // as whom it says to act; not verified
	LastRead  int64  `json:"lastRead,omitempty"`  // milliseconds since 1970; 0 for never
	Reads     int    `json:"reads"`
	LastWrite int64  `json:"lastWrite,omitempty"` // registered it, or looked it up by its text, as producers do
	Writes    int    `json:"writes"`
}

// Last is when the client asked for the schema in any way.
func (c Client) Last() int64 { return max(c.LastRead, c.LastWrite) }

type key struct {
	id               ID
	agent, principal string
}

// Seen is a client that has asked for a schema.
type Seen struct {
	agent, principal    string
	forgotten           atomic.Bool
	lastRead, lastWrite atomic.Int64
	reads, writes       atomic.Int64
}

func (s *Seen) last() int64 { return max(s.lastRead.Load(), s.lastWrite.Load()) }

// Again notes a further request for the schema without looking anything up, and reports whether it has: it is of the same
// client, and that client was not forgotten.
func (s *Seen) Again(agent, principal string, write bool, at time.Time) bool {
	if s.agent != brief(agent) || s.principal != brief(principal) || s.forgotten.Load() {
		return false
	}
	s.note(write, at)
	return true
}

func (s *Seen) note(write bool, at time.Time) {
	ms := at.UnixMilli()
	if write {
		s.lastWrite.Store(ms)
		s.writes.Add(1)
		return
	}
	s.lastRead.Store(ms)
	s.reads.Add(1)
}

// Tracker remembers. It is safe for concurrent use; noting a request that is like an earlier one takes a shared lock and
// allocates nothing.
type Tracker struct {
	since time.Time

	mu      sync.RWMutex
	records map[key]*Seen
	perID   map[ID]int
}

// New returns a Tracker that has seen nothing.
func New() *Tracker {
	return &Tracker{since: time.Now(), records: map[key]*Seen{}, perID: map[ID]int{}}
}

// Since is when the Tracker began to remember.
func (t *Tracker) Since() time.Time { return t.since }

// Note remembers a request for a schema, and by whom. write says that its text was sent rather than asked for.
func (t *Tracker) Note(id ID, agent, principal string, write bool, at time.Time) *Seen {
	k := key{id, brief(agent), brief(principal)}
	t.mu.RLock()
	s := t.records[k]
	t.mu.RUnlock()
	if s == nil {
		s = t.add(k)
	}
	s.note(write, at)
	return s
}

func brief(s string) string {
	if len(s) > maxName {
		return strings.ToValidUTF8(s[:maxName], "")
	}
	return s
}

// add makes a record, or returns the one that stands for all that find no room.
func (t *Tracker) add(k key) *Seen {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.perID[k.id] >= maxClientsOfID {
		k.agent, k.principal = tooManyOfOne, ""
	}
	if r := t.records[k]; r != nil {
		return r
	}
	if len(t.records) >= maxClients {
		t.forget()
	}
	// The strings are part of a request's header, which would stay in memory with them.
	k.agent, k.principal, k.id.Context = strings.Clone(k.agent), strings.Clone(k.principal), strings.Clone(k.id.Context)
	s := &Seen{agent: k.agent, principal: k.principal}
	t.records[k] = s
	t.perID[k.id]++
	return s
}

// forget removes the records that were used longest ago.
func (t *Tracker) forget() {
	times := make([]int64, 0, len(t.records))
	for _, r := range t.records {
		times = append(times, r.last())
	}
	slices.Sort(times)
	limit := times[len(times)/forgottenPortion]
	for k, r := range t.records {
		if r.last() <= limit {
			r.forgotten.Store(true)
			delete(t.records, k)
			if t.perID[k.id]--; t.perID[k.id] == 0 {
				delete(t.perID, k.id)
			}
		}
	}
}

// Clients lists who has asked for each of some schemas, the last one first.
func (t *Tracker) Clients(ids ...ID) map[ID][]Client {
	wanted := make(map[ID]bool, len(ids))
	for _, id := range ids {
		wanted[id] = true
	}
	found := map[ID][]Client{}
	t.mu.RLock()
	for k, r := range t.records {
		if wanted[k.id] {
			by := registry.Presentable(registry.Registrant{Principal: k.principal, Client: k.agent})
			found[k.id] = append(found[k.id], Client{
				Agent: by.Client, Principal: by.Principal, LastRead: r.lastRead.Load(), Reads: int(r.reads.Load()), LastWrite: r.lastWrite.Load(), Writes: int(r.writes.Load()),
			})
		}
	}
	t.mu.RUnlock()
	for _, list := range found {
		slices.SortFunc(list, func(a, b Client) int {
			return cmp.Or(cmp.Compare(b.Last(), a.Last()), strings.Compare(a.Agent, b.Agent), strings.Compare(a.Principal, b.Principal))
		})
	}
	return found
}
