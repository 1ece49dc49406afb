package catalog

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// Query selects, orders and cuts the list of subjects. Within a facet any of its values will do.
type Query struct {
	// Text holds terms, each of which must be part of the name or of the owner, in any case; a number also finds the
	// subjects that have it as an id.
	Text    string
	Context string // empty for all contexts
	Types   []string
	Levels  []string
	Modes   []string
	Owners  []string
	Deleted Deleted
	// Sort is a column: "name", "latest", "id", "owner", "registered", "in" or "out", with "-" before it for the reverse.
	// Empty means by name, or by how well the text matches.
	Sort   string
	Offset int
	Limit  int // at most 1000; 0 means 100
}

// Deleted says whether subjects of which every version is soft-deleted are listed.
type Deleted string

// The choices.
const (
	WithoutDeleted Deleted = ""
	WithDeleted    Deleted = "true"
	OnlyDeleted    Deleted = "only"
)

// Summary is one line of the list.
type Summary struct {
	Subject string `json:"subject"` // qualified
	Context string `json:"context"`
	Type    string `json:"type"`
	Latest  int    `json:"latest"` // of a deleted subject the highest version
	ID      int    `json:"id"`     // of that version
	Level   string `json:"level"`  // in force
	Mode    string `json:"mode"`   // likewise
	// OwnLevel and OwnMode tell that they are set on the subject itself.
	OwnLevel      bool   `json:"ownLevel,omitempty"`
	OwnMode       bool   `json:"ownMode,omitempty"`
	Owner         string `json:"owner,omitempty"`
	Versions      int    `json:"versions"` // live ones
	DeletedOnes   int    `json:"deletedVersions,omitempty"`
	ReferencesOut int    `json:"referencesOut"`          // of the latest version
	ReferencesIn  int    `json:"referencesIn"`           // subjects whose latest version refers to it
	Registered    int64  `json:"registeredAt,omitempty"` // milliseconds since 1970; 0 when not known
	Deleted       bool   `json:"deleted,omitempty"`      // every version is soft-deleted
	FoundVersion  int    `json:"foundVersion,omitempty"` // the version that has the id that was searched for
}

// Count is a value of a facet and how many subjects have it, the other facets being as they are.
type Count struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Subjects is the answer to a Query.
type Subjects struct {
	Total    int       `json:"total"` // before the page was cut
	Subjects []Summary `json:"subjects"`
	Types    []Count   `json:"types"`
	Levels   []Count   `json:"levels"`
	Modes    []Count   `json:"modes"`
	Owners   []Count   `json:"owners"`  // the most frequent ones
	Deleted  int       `json:"deleted"` // deleted subjects that match, listed or not
	Coverage Coverage  `json:"coverage"`
}

// maxOwners bounds the values of the facet, and maxFoundByID the subjects found by an id.
const (
	maxOwners    = 12
	maxFoundByID = 10_000
)

// Subjects answers a query.
func (c *Catalog) Subjects(ctx context.Context, q Query) (*Subjects, error) {
	inherited, err := c.freshen(ctx)
	if err != nil {
		return nil, err
	}
	byID, err := c.withID(q.Text, q.Context)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	s := &selection{query: q, terms: termsOf(q.Text), byID: byID, inherited: inherited, referring: c.referring}
	for _, e := range c.entries {
		s.consider(e)
	}
	result := s.result()
	result.Coverage = c.coverage()
	return result, nil
}

// Subject returns the summary of one subject; nil when it has no version.
func (c *Catalog) Subject(ctx context.Context, name string) (*Summary, error) {
	inherited, err := c.freshen(ctx)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	e := c.byName[storage.QualifySubject(storage.SplitSubject(name))]
	if e == nil {
		return nil, nil
	}
	s := &selection{inherited: inherited, referring: c.referring}
	summary := s.summary(e)
	return &summary, nil
}

// Contexts lists the contexts with the number of their subjects that are not deleted.
func (c *Catalog) Contexts(ctx context.Context) ([]Count, error) {
	names, err := c.opt.Registry.Contexts(ctx, "", registry.Page{})
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	counts := map[string]int{}
	for _, e := range c.entries {
		if e.live > 0 {
			counts[e.context]++
		}
	}
	list := make([]Count, len(names))
	for i, name := range names {
		list[i] = Count{name, counts[name]}
	}
	return list, nil
}

// withID returns the subjects with a version whose id is the text, and that version.
func (c *Catalog) withID(text, context string) (map[string]int, error) {
	id, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || id < 1 {
		return nil, nil
	}
	found := map[string]int{}
	err = c.opt.Store.View(func(v storage.View) error {
		contexts := []string{context}
		if context == "" {
			if contexts, err = v.Contexts(); err != nil {
				return err
			}
		}
		for _, name := range contexts {
			rows, err := v.RowsOfID(name, id)
			if err != nil {
				return err
			}
			for _, row := range rows[:min(len(rows), maxFoundByID)] {
				found[row.Subject] = max(found[row.Subject], row.Version)
			}
		}
		return nil
	})
	return found, err
}

// selection goes through the entries.
type selection struct {
	query     Query
	terms     []string
	byID      map[string]int
	inherited map[string]settings
	referring map[string]int

	found   []candidate
	facets  [4]map[string]int
	deleted int
}

type candidate struct {
	*entry
	rank int // how well it matches; less is better
}

func (s *selection) level(e *entry) string {
	if e.level != "" {
		return e.level
	}
	return s.inherited[e.context].level
}

// mode follows the registry's rule: an override of the context wins over what the subject says.
func (s *selection) mode(e *entry) string {
	if m := s.inherited[e.context].mode; e.mode == "" || m == registry.ReadOnlyOverride {
		return m
	}
	return e.mode
}

// consider counts an entry in the facets, and keeps it when it is selected.
func (s *selection) consider(e *entry) {
	q := &s.query
	if q.Context != "" && e.context != q.Context {
		return
	}
	rank, matches := s.rank(e)
	if !matches {
		return
	}
	values := [4]string{string(e.typ), s.level(e), s.mode(e), e.owner}
	wanted := [4][]string{q.Types, q.Levels, q.Modes, q.Owners}
	missed, misses := -1, 0
	for i, list := range wanted {
		if len(list) > 0 && !slices.Contains(list, values[i]) {
			missed, misses = i, misses+1
		}
	}
	if e.live == 0 && misses == 0 {
		s.deleted++
	}
	if e.live == 0 && q.Deleted == WithoutDeleted || e.live > 0 && q.Deleted == OnlyDeleted {
		return
	}
	for i := range values {
		// A value's number tells what choosing it would lead to: the entry may miss this facet, but no other.
		if misses == 0 || misses == 1 && missed == i {
			if s.facets[i] == nil {
				s.facets[i] = map[string]int{}
			}
			s.facets[i][values[i]]++
		}
	}
	if misses == 0 {
		s.found = append(s.found, candidate{e, rank})
	}
}

// rank says whether and how well an entry matches the text.
func (s *selection) rank(e *entry) (rank int, matches bool) {
	if _, found := s.byID[e.name]; found {
		return 0, true
	}
	for _, term := range s.terms {
		at := strings.Index(e.folded, term)
		switch {
		case at == 0 && len(term) == len(e.folded):
		case at == 0:
			rank++
		case at > 0 && strings.ContainsRune(".-_:/ ", rune(e.folded[at-1])):
			rank += 2
		case at > 0:
			rank += 3
		case e.owner != "" && strings.Contains(strings.ToLower(e.owner), term):
			rank += 4
		default:
			return 0, false
		}
	}
	return rank, true
}

func (s *selection) result() *Subjects {
	s.sort()
	r := &Subjects{Total: len(s.found), Deleted: s.deleted, Subjects: []Summary{}}
	start := min(max(0, s.query.Offset), len(s.found))
	for _, e := range s.found[start:min(len(s.found), start+bounded(s.query.Limit, 100, 1000))] {
		r.Subjects = append(r.Subjects, s.summary(e.entry))
	}
	lists := [4]*[]Count{&r.Types, &r.Levels, &r.Modes, &r.Owners}
	for i, list := range lists {
		*list = countsOf(s.facets[i])
	}
	r.Owners = slices.DeleteFunc(r.Owners, func(c Count) bool { return c.Value == "" })
	r.Owners = r.Owners[:min(len(r.Owners), maxOwners)]
	return r
}

// countsOf lists the values of a facet, the most frequent first.
func countsOf(values map[string]int) []Count {
	list := []Count{}
	for value, n := range values {
		list = append(list, Count{value, n})
	}
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
	return list
}

func (s *selection) sort() {
	column, reverse := strings.CutPrefix(s.query.Sort, "-")
	var compare func(a, b candidate) int
	switch column {
	case "latest":
		compare = func(a, b candidate) int { return a.latest - b.latest }
	case "id":
		compare = func(a, b candidate) int { return a.id - b.id }
	case "owner":
		compare = func(a, b candidate) int { return strings.Compare(a.owner, b.owner) }
	case "registered":
		compare = func(a, b candidate) int { return cmp.Compare(a.time, b.time) }
	case "in":
		compare = func(a, b candidate) int { return s.referring[a.name] - s.referring[b.name] }
	case "out":
		compare = func(a, b candidate) int { return len(a.out) - len(b.out) }
	case "name":
	default:
		reverse = false
		if len(s.terms) > 0 {
			compare = func(a, b candidate) int { return a.rank - b.rank }
		}
	}
	switch {
	case compare == nil && reverse:
		slices.Reverse(s.found) // they are in the order of their names
	case reverse:
		slices.SortStableFunc(s.found, func(a, b candidate) int { return compare(b, a) })
	case compare != nil:
		slices.SortStableFunc(s.found, compare)
	}
}

func (s *selection) summary(e *entry) Summary {
	return Summary{
		Subject: e.name, Context: e.context, Type: string(e.typ), Latest: e.latest, ID: e.id, Level: s.level(e), Mode: s.mode(e),
		OwnLevel: e.level != "", OwnMode: e.mode != "", Owner: e.owner, Versions: e.live, DeletedOnes: e.deleted, ReferencesOut: len(e.out),
		ReferencesIn: s.referring[e.name], Registered: e.time, Deleted: e.live == 0, FoundVersion: s.byID[e.name],
	}
}
