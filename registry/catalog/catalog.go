// Package catalog keeps a summary of every subject and of the fields of every latest version in memory, so that lists and
// searches over a whole registry ask the store nothing.
//
// Clients ask no such questions, so nothing is read, and nothing kept, before the first of them: a registry that nobody
// looks at in a browser pays nothing for its catalog. From then on the store tells the catalog which keys every commit has
// touched; what they are about is read again before the next question is answered, so that an answer is never older than
// the question. The first reading happens in the background, in steps, and questions that come before its end are answered
// from what has been read so far.
package catalog

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// Store is what the catalog needs of a store.
type Store interface {
	View(f func(storage.View) error) error
	// Watch makes the store tell f the keys of every commit, before the commit is acknowledged.
	Watch(f func(keys []storage.Key))
}

// Options say what a catalog is about.
type Options struct {
	Store    Store
	Registry *registry.Registry // for the levels and modes that subjects inherit
	Engine   *engine.Engine     // reads the texts whose fields are listed
	// MaxFields bounds the fields that can be searched; those of later subjects are left out. 0 means three million, which
	// take some 150 MB.
	MaxFields int
}

// Catalog answers questions over all subjects. It is safe for concurrent use.
type Catalog struct {
	opt Options

	// reading is held while subjects are read and what was read is entered, so that nothing older follows something newer.
	reading sync.Mutex

	first sync.Once     // question
	asked chan struct{} // closed by it
	whole chan struct{} // closed when the first reading has ended

	noting sync.Mutex
	notes  bool            // there has been a question
	stale  map[string]bool // subjects that commits have touched since they were read
	wake   chan struct{}   // holds one when there is something stale

	mu        sync.RWMutex // guards what follows
	entries   []*entry     // by context and name, which is the order of reading
	byName    map[string]*entry
	referring map[string]int // subject -> how many subjects' latest versions refer to it
	owners    words
	fields    fieldIndex
	total     int // subjects to read at first
	complete  bool

	listeners listeners
}

// New returns a catalog over a store, which is empty until somebody asks and Run reads it.
func New(opt Options) *Catalog {
	if opt.MaxFields == 0 {
		opt.MaxFields = 3_000_000
	}
	c := &Catalog{
		opt: opt, stale: map[string]bool{}, wake: make(chan struct{}, 1),
		asked: make(chan struct{}), whole: make(chan struct{}), byName: map[string]*entry{}, referring: map[string]int{},
		owners: newWords(), fields: newFieldIndex(opt.MaxFields),
	}
	opt.Store.Watch(c.note)
	return c
}

// note remembers what a commit has touched.
func (c *Catalog) note(keys []storage.Key) {
	c.noting.Lock()
	if !c.notes {
		c.noting.Unlock()
		return
	}
	for _, key := range keys {
		switch key.Type {
		case storage.SchemaKey, storage.DeleteSubjectKey, storage.ClearSubjectKey, storage.ConfigKey, storage.ModeKey:
			c.stale[storage.QualifySubject(storage.SplitSubject(key.Subject))] = true
		}
	}
	c.noting.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Pace of the work in the background: steps of so many subjects, and at most this share of one processor.
const (
	step       = 500
	restFirst  = 1 // times as long as a step of the first reading took
	restAfter  = 4 // likewise of later ones
	coalescing = 150 * time.Millisecond
)

// patience is how long the first question waits for the first reading, which is long enough for some thousand subjects.
const patience = 300 * time.Millisecond

// ask begins the first reading if there has been no question before, and lets it get somewhere.
func (c *Catalog) ask(ctx context.Context) {
	c.first.Do(func() {
		c.noting.Lock()
		c.notes = true
		c.noting.Unlock()
		close(c.asked)
		timer := time.NewTimer(patience)
		defer timer.Stop()
		select {
		case <-c.whole:
		case <-timer.C:
		case <-ctx.Done():
		}
	})
}

// Run waits for the first question, reads the registry, keeps up with its commits, and tells the listeners about them,
// until ctx ends.
func (c *Catalog) Run(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-c.asked:
	}
	c.readAll(ctx)
	close(c.whole)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		rest(ctx, coalescing)
		began := time.Now()
		// A fault of the store is told to whoever asks next; here there is nobody to tell.
		_ = c.catchUp(ctx)
		rest(ctx, restAfter*time.Since(began))
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// readAll enters every subject. Where the store cannot tell which there are, it ends, and the catalog stays incomplete.
func (c *Catalog) readAll(ctx context.Context) {
	var contexts []string
	err := c.opt.Store.View(func(v storage.View) (err error) {
		counts, err := v.Counts()
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.total = counts.Subjects + counts.DeletedSubjects
		c.mu.Unlock()
		contexts, err = v.Contexts()
		return err
	})
	for _, name := range contexts {
		from := ""
		for more := true; more && err == nil && ctx.Err() == nil; {
			began := time.Now()
			from, more, err = c.readStep(name, from)
			rest(ctx, restFirst*time.Since(began))
		}
	}
	c.mu.Lock()
	c.complete = err == nil && ctx.Err() == nil
	c.mu.Unlock()
}

// readStep enters some subjects of a context, from a name on, and returns the name to go on with.
func (c *Catalog) readStep(context, from string) (next string, more bool, err error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	var names []string
	err = c.opt.Store.View(func(v storage.View) error {
		return v.Subjects(context, "", from, func(s storage.Subject) bool {
			_, name := storage.SplitSubject(s.Name)
			if len(names) == step {
				next, more = name, true
				return false
			}
			names = append(names, s.Name)
			return true
		})
	})
	if err == nil {
		err = c.read(names)
	}
	return next, more, err
}

// catchUp reads what commits have touched, and tells the listeners.
func (c *Catalog) catchUp(ctx context.Context) error {
	c.reading.Lock()
	defer c.reading.Unlock()
	c.noting.Lock()
	names := make([]string, 0, len(c.stale))
	for name := range c.stale {
		names = append(names, name)
	}
	clear(c.stale)
	c.noting.Unlock()
	if len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	for chunk := range slices.Chunk(names, step) {
		err := ctx.Err()
		if err == nil {
			err = c.read(chunk)
		}
		if err != nil {
			c.noting.Lock()
			for _, name := range names {
				c.stale[name] = true
			}
			c.noting.Unlock()
			return err
		}
	}
	c.listeners.tell(names)
	return nil
}

// read reads subjects and enters them. A name that is a context's own stands for what its subjects inherit. A subject that is
// damaged is left out: whoever opens it is told so.
func (c *Catalog) read(names []string) error {
	read, err := c.readEntries(names)
	if errors.Is(err, storage.ErrCorrupt) {
		read, err = c.readEach(names)
	}
	if err != nil {
		return err
	}
	for _, e := range read {
		if e != nil {
			e.list(c.opt.Engine)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, name := range names {
		c.enter(name, read[i])
	}
	return nil
}

// readEntries reads subjects in one View; nil stands for one that has no version, or is none.
func (c *Catalog) readEntries(names []string) ([]*entry, error) {
	read := make([]*entry, len(names))
	err := c.opt.Store.View(func(v storage.View) (err error) {
		for i, name := range names {
			if read[i], err = readEntry(v, name); err != nil {
				return err
			}
		}
		return nil
	})
	return read, err
}

// readEach is readEntries in a View for each, so that nil stands for those that are damaged, too.
func (c *Catalog) readEach(names []string) ([]*entry, error) {
	read := make([]*entry, len(names))
	for i, name := range names {
		one, err := c.readEntries([]string{name})
		switch {
		case err == nil:
			read[i] = one[0]
		case !errors.Is(err, storage.ErrCorrupt):
			return nil, err
		}
	}
	return read, nil
}

// enter puts an entry in the place of the one with its name; nil removes it.
func (c *Catalog) enter(name string, e *entry) {
	old := c.byName[name]
	context, own := storage.SplitSubject(name)
	at, found := slices.BinarySearchFunc(c.entries, own, func(e *entry, own string) int {
		return cmp.Or(strings.Compare(e.context, context), strings.Compare(e.own(), own))
	})
	switch {
	case e == nil && old == nil:
		return
	case e == nil:
		c.entries = slices.Delete(c.entries, at, at+1)
		delete(c.byName, name)
	case found:
		c.entries[at] = e
		c.byName[e.name] = e
	default:
		c.entries = slices.Insert(c.entries, at, e)
		c.byName[e.name] = e
	}
	if old != nil {
		c.fields.remove(old.fields, old.left)
		c.owners.drop(old.ownerNumber)
		for _, target := range old.out {
			if c.referring[target]--; c.referring[target] == 0 {
				delete(c.referring, target)
			}
		}
	}
	if e != nil {
		e.ownerNumber = c.owners.add(e.owner)
		e.owner = c.owners.texts[e.ownerNumber]
		e.fields, e.left = c.fields.add(e.nodes)
		e.nodes = nil
		for _, target := range e.out {
			c.referring[target]++
		}
	}
}

// settings are what the subjects of a context have unless they say otherwise.
type settings struct{ level, mode string }

// freshen brings the catalog up to date before a question is answered, and returns what each context's subjects inherit.
func (c *Catalog) freshen(ctx context.Context) (map[string]settings, error) {
	c.ask(ctx)
	if err := c.catchUp(ctx); err != nil {
		return nil, err
	}
	contexts, err := c.opt.Registry.Contexts(ctx, "", registry.Page{})
	if err != nil {
		return nil, err
	}
	inherited := make(map[string]settings, len(contexts))
	for _, name := range contexts {
		config, err := c.opt.Registry.Config(ctx, storage.QualifySubject(name, ""), true)
		if err != nil {
			return nil, err
		}
		mode, err := c.opt.Registry.Mode(ctx, storage.QualifySubject(name, ""), true)
		if err != nil {
			return nil, err
		}
		inherited[name] = settings{config.CompatibilityLevel, mode}
	}
	return inherited, nil
}

// Coverage says how much of the registry an answer rests on.
type Coverage struct {
	Complete bool `json:"complete"` // every subject has been read
	Read     int  `json:"read"`     // subjects read so far
	Total    int  `json:"total"`    // subjects there are, deleted ones included
}

// coverage needs c.mu.
func (c *Catalog) coverage() Coverage {
	return Coverage{Complete: c.complete, Read: len(c.entries), Total: max(c.total, len(c.entries))}
}
