package avro

import (
	"context"

	"github.com/concord-registry/concord/formats/avro"
)

// failure is a place where a decoder fails, or reads something else than was meant.
type failure struct {
	code  string
	visit int
	field int // of the reader's record, or -1
	// settled is set where a pair was met that the reference has reported as a whole.
	settled bool
}

// visit is a pair of types that a decoder meets, with the way there.
type visit struct {
	reader, writer *avro.Type
	way            *trail
	// union is the first reader union on the way whose branch was a choice, or -1.
	union int
}

// search finds every pair of types that decoders meet when they read data of the writer, and what goes wrong there.
// Since a decoder settles on a branch without looking ahead, a relation of types is readable exactly when no pair that can
// be reached is at fault: the greatest fixpoint, found by visiting each pair once, nearest first. Pairs whose writer's
// type has no data are not met.
type search struct {
	ctx   context.Context
	sizes sizes
	// settled holds pairs below which nothing is looked for: the reference has reported them as a whole.
	settled map[pair]bool
	// first stops the search at the first failure.
	first bool

	visits   []visit
	seen     map[pair]bool
	failures []failure
	work     int
	// unfinished is set when the bounds ended the search.
	unfinished bool
}

// maxVisits bounds the pairs of one search.
const maxVisits = 100_000

func newSearch(ctx context.Context, sizes sizes, settled map[pair]bool) *search {
	return &search{ctx: ctx, sizes: sizes, settled: settled, seen: map[pair]bool{}}
}

// run searches from a pair on. Its error is that of the context.
func (s *search) run(r, w *avro.Type) error {
	s.enter(visit{reader: r, writer: w, union: -1})
	for at := 0; at < len(s.visits); at++ {
		if s.unfinished || s.first && len(s.failures) > 0 {
			break
		}
		if at%1024 == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		s.look(at)
	}
	return nil
}

func (s *search) enter(v visit) {
	key := pair{v.reader, v.writer}
	if s.seen[key] || !s.sizes.inhabited(v.writer) {
		return
	}
	if len(s.visits) == maxVisits || s.work > maxWork {
		s.unfinished = true
		return
	}
	s.seen[key] = true
	s.visits = append(s.visits, v)
}

// down enters the pair that a step leads to.
func (s *search) down(at int, st step, r, w *avro.Type) {
	v := visit{reader: r, writer: w, way: s.visits[at].way.then(st), union: s.visits[at].union}
	if st.kind == readerBranchStep && v.union < 0 {
		v.union = at
	}
	s.enter(v)
}

func (s *search) fail(at int, code string, field int) {
	s.failures = append(s.failures, failure{code: code, visit: at, field: field})
}

// look finds what is wrong at one pair and enters the pairs below it.
func (s *search) look(at int) {
	r, w := s.visits[at].reader, s.visits[at].writer
	s.work++
	switch {
	case s.settled[pair{r, w}]:
		s.failures = append(s.failures, failure{code: MissingUnionBranch, visit: at, field: -1, settled: true})
	case w.Kind == avro.Union:
		for k, b := range w.Branches {
			s.down(at, step{kind: writerBranchStep, reader: -1, writer: k, writerPlace: w.BranchPos[k]}, r, b)
		}
	case r.Kind == avro.Union:
		s.union(at, r, w)
	case r.Kind != w.Kind && !promotes(w.Kind, r.Kind):
		s.fail(at, TypeMismatch, -1)
	default:
		s.same(at, r, w)
	}
}

func (s *search) union(at int, r, w *avro.Type) {
	s.work += len(r.Branches)
	k := choose(r, w)
	if k < 0 {
		s.fail(at, MissingUnionBranch, -1)
		return
	}
	b := r.Branches[k]
	if b.Kind.Named() && b.Kind != avro.Record && !fullNameMatches(b, w) {
		s.fail(at, NamespaceMismatch, -1)
	}
	s.down(at, step{kind: readerBranchStep, reader: k, writer: -1, readerPlace: r.BranchPos[k]}, b, w)
}

// same looks at two types of one kind, or of kinds of which one is promoted to the other.
func (s *search) same(at int, r, w *avro.Type) {
	if r.Kind.Named() && !namesMatch(r, w) {
		s.fail(at, NameMismatch, -1)
	}
	switch r.Kind {
	case avro.Record:
		s.record(at, r, w)
		return
	case avro.Array, avro.Map:
		s.down(at, containerStep(r, w), r.Items, w.Items)
		return
	case avro.Enum:
		s.work += len(w.Symbols)
		if len(missingSymbols(r, w)) > 0 {
			if r.Default == nil {
				s.fail(at, MissingEnumSymbols, -1)
			} else {
				s.fail(at, HiddenSymbols, -1)
			}
		}
		return
	case avro.Fixed:
		if r.Size != w.Size {
			s.fail(at, FixedSizeMismatch, -1)
			return
		}
	}
	if code := meaning(r, w); code != "" {
		s.fail(at, code, -1)
	}
}

func (s *search) record(at int, r, w *avro.Type) {
	s.work += len(r.Fields)
	for i := range r.Fields {
		s.work += len(r.Fields[i].Aliases)
		if _, ambiguous := source(&r.Fields[i], w); ambiguous {
			s.fail(at, AmbiguousAlias, i)
			return
		}
	}
	from, robbed := sources(r, w)
	for _, i := range robbed {
		s.fail(at, SharedAlias, i)
	}
	next := 0
	for i := range r.Fields {
		f := &r.Fields[i]
		isRobbed := next < len(robbed) && robbed[next] == i
		if isRobbed {
			next++
		}
		switch {
		case from[i] >= 0:
			g := &w.Fields[from[i]]
			s.down(at, step{kind: fieldStep, reader: i, writer: from[i], readerName: f.Name, writerName: g.Name, readerPlace: f.TypePos, writerPlace: g.TypePos}, f.Type, g.Type)
		case isRobbed:
		case f.Default == nil:
			s.fail(at, MissingDefault, i)
		default:
			if _, err := newResolution().defaultOf(f.Type, f.Default); err != nil {
				s.fail(at, InvalidDefault, i)
			}
		}
	}
}
