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
	q.Offset, q.Limit = max(0, q.Offset), bounded(q.Limit, 100, 1000)
	c.mu.RLock()
	defer c.mu.RUnlock()
	s := c.selection(q, inherited, byID)
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
	summary := c.selection(Query{}, inherited, nil).summary(e)
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
	owning    [][]bool // for each term, the owners that it is part of
	byID      map[string]int
	inherited map[string]settings
	referring map[string]int
	owners    *words
	compare   func(a, b *entry) int // nil for the order of the entries
	reverse   bool

	context string   // of the last entry
	common  settings // what its subjects inherit

	total   int
	found   []candidate // those that may be on the page
	counts  [3]counter  // of types, levels and modes
	byOwner []int
	deleted int
}

type candidate struct {
	*entry
	rank  int // how well it matches; less is better
	index int // its place among the matches, which decides between equals
}

// counter counts the values of a facet. Neighbours mostly have the same one, which is then not looked up again.
type counter struct {
	last   string
	at     *int
	values map[string]*int
}

func (c *counter) add(value string) {
	if c.at == nil || c.last != value {
		if c.values == nil {
			c.values = map[string]*int{}
		}
		if c.last, c.at = value, c.values[value]; c.at == nil {
			c.at = new(int)
			c.values[value] = c.at
		}
	}
	*c.at++
}

// selection needs c.mu for as long as it is used.
func (c *Catalog) selection(q Query, inherited map[string]settings, byID map[string]int) *selection {
	s := &selection{
		query: q, terms: termsOf(q.Text), byID: byID, inherited: inherited, referring: c.referring, owners: &c.owners, byOwner: make([]int, len(c.owners.texts)),
	}
	for _, term := range s.terms {
		s.owning = append(s.owning, c.owners.having(term))
	}
	column, reverse := strings.CutPrefix(q.Sort, "-")
	s.reverse = reverse
	switch column {
	case "latest":
		s.compare = func(a, b *entry) int { return a.latest - b.latest }
	case "id":
		s.compare = func(a, b *entry) int { return a.id - b.id }
	case "owner":
		s.compare = func(a, b *entry) int { return strings.Compare(a.owner, b.owner) }
	case "registered":
		s.compare = func(a, b *entry) int { return cmp.Compare(a.time, b.time) }
	case "in":
		s.compare = func(a, b *entry) int { return s.referring[a.name] - s.referring[b.name] }
	case "out":
		s.compare = func(a, b *entry) int { return len(a.out) - len(b.out) }
	case "name":
	default:
		s.query.Sort, s.reverse = "", false
	}
	return s
}

func (s *selection) settings(e *entry) settings {
	if e.context != s.context {
		s.context, s.common = e.context, s.inherited[e.context]
	}
	return s.common
}

func (s *selection) level(e *entry) string {
	if e.level != "" {
		return e.level
	}
	return s.settings(e).level
}

// mode follows the registry's rule: an override of the context wins over what the subject says.
func (s *selection) mode(e *entry) string {
	if m := s.settings(e).mode; e.mode == "" || m == registry.ReadOnlyOverride {
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
	values := [3]string{string(e.typ), s.level(e), s.mode(e)}
	missed, misses := -1, 0
	for i, list := range [4][]string{q.Types, q.Levels, q.Modes, q.Owners} {
		if len(list) == 0 {
			continue
		}
		value := e.owner
		if i < len(values) {
			value = values[i]
		}
		if !slices.Contains(list, value) {
			missed, misses = i, misses+1
		}
	}
	if e.live == 0 && misses == 0 {
		s.deleted++
	}
	if e.live == 0 && q.Deleted == WithoutDeleted || e.live > 0 && q.Deleted == OnlyDeleted {
		return
	}
	// A value's number tells what choosing it would lead to: the entry may miss this facet, but no other.
	if misses == 0 || misses == 1 && missed == len(values) {
		s.byOwner[e.ownerNumber]++
	}
	for i := range values {
		if misses == 0 || misses == 1 && missed == i {
			s.counts[i].add(values[i])
		}
	}
	if misses > 0 {
		return
	}
	// In the order of the entries only those of the page are of interest.
	if inOrder := s.compare == nil && !s.reverse && (len(s.terms) == 0 || q.Sort != ""); !inOrder || s.total >= q.Offset && len(s.found) < q.Limit {
		s.found = append(s.found, candidate{e, rank, s.total})
	}
	s.total++
}

// rank says whether and how well an entry matches the text.
func (s *selection) rank(e *entry) (rank int, matches bool) {
	if _, found := s.byID[e.name]; found {
		return 0, true
	}
	for i, term := range s.terms {
		at := strings.Index(e.folded, term)
		switch {
		case at == 0 && len(term) == len(e.folded):
		case at == 0:
			rank++
		case at > 0 && strings.ContainsRune(".-_:/ ", rune(e.folded[at-1])):
			rank += 2
		case at > 0:
			rank += 3
		case s.owning[i] != nil && s.owning[i][e.ownerNumber]:
			rank += 4
		default:
			return 0, false
		}
	}
	return rank, true
}

func (s *selection) result() *Subjects {
	r := &Subjects{Total: s.total, Deleted: s.deleted, Subjects: []Summary{}}
	for _, e := range s.page() {
		r.Subjects = append(r.Subjects, s.summary(e.entry))
	}
	for i, list := range [3]*[]Count{&r.Types, &r.Levels, &r.Modes} {
		*list = []Count{}
		for value, n := range s.counts[i].values {
			*list = append(*list, Count{value, *n})
		}
		sortCounts(*list)
	}
	r.Owners = []Count{}
	for number, n := range s.byOwner {
		if owner := s.owners.texts[number]; n > 0 && owner != "" {
			r.Owners = append(r.Owners, Count{owner, n})
		}
	}
	sortCounts(r.Owners)
	r.Owners = r.Owners[:min(len(r.Owners), maxOwners)]
	return r
}

// sortCounts puts the most frequent values first.
func sortCounts(list []Count) {
	slices.SortFunc(list, func(a, b Count) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
}

// page orders what was found, and cuts the page out.
func (s *selection) page() []candidate {
	switch {
	case s.compare == nil && s.reverse:
		slices.Reverse(s.found)
	case s.compare != nil:
		sign := 1
		if s.reverse {
			sign = -1
		}
		slices.SortFunc(s.found, func(a, b candidate) int {
			if c := s.compare(a.entry, b.entry); c != 0 {
				return sign * c
			}
			return a.index - b.index
		})
	case len(s.terms) > 0 && s.query.Sort == "":
		slices.SortFunc(s.found, func(a, b candidate) int {
			if a.rank != b.rank {
				return a.rank - b.rank
			}
			return a.index - b.index
		})
	default:
		return s.found // the page alone was kept
	}
	start := min(s.query.Offset, len(s.found))
	return s.found[start:min(len(s.found), start+s.query.Limit)]
}

func (s *selection) summary(e *entry) Summary {
	return Summary{
		Subject: e.name, Context: e.context, Type: string(e.typ), Latest: e.latest, ID: e.id, Level: s.level(e), Mode: s.mode(e),
		OwnLevel: e.level != "", OwnMode: e.mode != "", Owner: e.owner, Versions: e.live, DeletedOnes: e.deleted, ReferencesOut: len(e.out),
		ReferencesIn: s.referring[e.name], Registered: e.time, Deleted: e.live == 0, FoundVersion: s.byID[e.name],
	}
}
