package avro

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats/avro"
)

// The bounds of one comparison.
const (
	// maxWork is how many pairs of types, fields and symbols are looked at: a second or two, and some 100 MB, when all of
	// them differ.
	maxWork = 500_000
	// maxNesting is how deep a comparison may go. Two recursive types can be nested in each other as deep as the product
	// of their sizes.
	maxNesting = 20_000
	// maxDifferences is how many differences are listed; a pair of types that is met often is reported as often.
	maxDifferences = 2_000
)

var upperKinds = func() (names [avro.Fixed + 1]string) {
	for k := range names {
		names[k] = strings.ToUpper(avro.Kind(k).String())
	}
	return
}()

func upper(k avro.Kind) string { return upperKinds[k] }

type pair struct{ reader, writer *avro.Type }

// checker decides compatibility exactly as Apache Avro's SchemaCompatibility does (version 1.12.1): a depth-first walk
// that remembers what it found out about each pair. A pair that is met again while it is being compared counts as
// compatible, and one that was compared before is reported again with the location of the first time. The memory is what
// makes the reference wrong in rare cases (see semantic.go): it keeps what was concluded under an assumption that failed
// later.
type checker struct {
	ctx  context.Context
	full bool // keep the trails of differences

	memo map[pair][]*difference // none while the pair is being compared
	path []step
	way  *trail // path as a trail, when full
	base int    // where the current attempt at a reader's branch starts in path; locations start there
	work int
}

// check returns the differences of two types, in the reference's order. The error is an *ambiguity, a *compat.WorkError,
// or that of ctx.
func check(ctx context.Context, reader, writer *avro.Type, full bool) ([]*difference, error) {
	c := &checker{ctx: ctx, full: full, memo: map[pair][]*difference{}}
	return c.compare(reader, writer)
}

// spend counts work.
func (c *checker) spend(n int) error {
	before := c.work
	if c.work += n; c.work > maxWork {
		return &compat.WorkError{What: "pairs of types, fields and symbols", Max: maxWork}
	}
	if before>>14 != c.work>>14 {
		return c.ctx.Err()
	}
	return nil
}

// compare returns the differences of a pair. Pairs of two types without names are met once only, so they need no memory.
func (c *checker) compare(r, w *avro.Type) ([]*difference, error) {
	if !r.Kind.Named() && !w.Kind.Named() {
		return c.calculate(r, w)
	}
	key := pair{r, w}
	if known, ok := c.memo[key]; ok {
		return known, c.spend(1 + len(known))
	}
	c.memo[key] = nil
	found, err := c.calculate(r, w)
	if err != nil {
		return nil, err
	}
	c.memo[key] = found
	return found, nil
}

// down compares the parts that a step leads to.
func (c *checker) down(s step, r, w *avro.Type) ([]*difference, error) {
	if len(c.path) == maxNesting {
		return nil, &compat.WorkError{What: "levels of types inside types", Max: maxNesting}
	}
	way := c.way
	c.push(s)
	found, err := c.compare(r, w)
	c.path, c.way = c.path[:len(c.path)-1], way
	return found, err
}

func (c *checker) push(s step) {
	c.path = append(c.path, s)
	if c.full {
		c.way = c.way.then(s)
	}
}

// attempt compares a writer's type with one branch of a reader's union. Locations start anew.
func (c *checker) attempt(s step, r, w *avro.Type) ([]*difference, error) {
	base := c.base
	c.base = len(c.path) + 1
	found, err := c.down(s, r, w)
	c.base = base
	return found, err
}

func (c *checker) differ(code string, r, w *avro.Type, detail string, leaf ...string) *difference {
	// Writing is work, too: locations can be as long as the comparison is deep, and names as long as the schema.
	c.work += len(c.path) - c.base + len(detail)>>7
	return &difference{code: code, location: pointer(c.path[c.base:], leaf...), detail: detail, reader: r, writer: w, field: -1, way: c.way}
}

// join appends differences, up to the number that is listed.
func join(to, more []*difference) []*difference {
	if room := maxDifferences - len(to); len(more) > room {
		more = more[:room]
	}
	return append(to, more...)
}

func (c *checker) calculate(r, w *avro.Type) ([]*difference, error) {
	if err := c.spend(1); err != nil {
		return nil, err
	}
	switch {
	case r.Kind == w.Kind:
		return c.sameKind(r, w)
	case w.Kind == avro.Union:
		return c.writerUnion(r, w)
	case r.Kind == avro.Union:
		return c.readerUnion(r, w)
	case promotes(w.Kind, r.Kind):
		return nil, nil
	}
	detail := "reader type: " + upper(r.Kind) + " not compatible with writer type: " + upper(w.Kind)
	return []*difference{c.differ(TypeMismatch, r, w, detail)}, nil
}

// promotes reports whether every value of a writer's type can be read as the reader's other type (specification,
// "Schema Resolution").
func promotes(writer, reader avro.Kind) bool {
	switch writer {
	case avro.Int:
		return reader == avro.Long || reader == avro.Float || reader == avro.Double
	case avro.Long:
		return reader == avro.Float || reader == avro.Double
	case avro.Float:
		return reader == avro.Double
	case avro.String:
		return reader == avro.Bytes
	case avro.Bytes:
		return reader == avro.String
	}
	return false
}

func (c *checker) sameKind(r, w *avro.Type) ([]*difference, error) {
	switch r.Kind {
	case avro.Array, avro.Map:
		return c.down(containerStep(r, w), r.Items, w.Items)
	case avro.Union:
		return c.bothUnions(r, w)
	case avro.Record:
		return c.fields(r, w, c.names(r, w))
	case avro.Enum:
		return c.symbols(r, w, c.names(r, w))
	case avro.Fixed:
		out := c.names(r, w)
		if r.Size != w.Size {
			out = append(out, c.differ(FixedSizeMismatch, r, w, fmt.Sprintf("expected: %d, found: %d", w.Size, r.Size), "size"))
		}
		return out, nil
	}
	return nil, nil
}

func containerStep(r, w *avro.Type) step {
	s := step{kind: itemsStep, reader: -1, writer: -1, readerPlace: r.ItemsPos, writerPlace: w.ItemsPos}
	if r.Kind == avro.Map {
		s.kind = valuesStep
	}
	return s
}

// names compares the names of two named types of one kind: simple names, or the reader's aliases with the writer's full
// name.
func (c *checker) names(r, w *avro.Type) []*difference {
	if r.Name.Local == w.Name.Local || aliasMatches(r, w) {
		return nil
	}
	return []*difference{c.differ(NameMismatch, r, w, "expected: "+w.Name.Full, "name")}
}

func (c *checker) symbols(r, w *avro.Type, out []*difference) ([]*difference, error) {
	if err := c.spend(len(w.Symbols)); err != nil {
		return nil, err
	}
	missing := missingSymbols(r, w)
	if len(missing) == 0 || r.Default != nil {
		return out, nil
	}
	slices.Sort(missing)
	return append(out, c.differ(MissingEnumSymbols, r, w, "["+strings.Join(missing, ", ")+"]", "symbols")), nil
}

// missingSymbols lists the writer's symbols that the reader does not have.
func missingSymbols(r, w *avro.Type) []string {
	var missing []string
	for _, s := range w.Symbols {
		if r.SymbolIndex(s) < 0 {
			missing = append(missing, s)
		}
	}
	return missing
}

func (c *checker) fields(r, w *avro.Type, out []*difference) ([]*difference, error) {
	for i := range r.Fields {
		if err := c.spend(1 + len(r.Fields[i].Aliases)); err != nil {
			return nil, err
		}
		at, ambiguous := source(&r.Fields[i], w)
		if ambiguous {
			return nil, &ambiguity{reader: r, writer: w, field: i, way: c.way}
		}
		found, err := c.field(r, w, i, at)
		if err != nil {
			return nil, err
		}
		out = join(out, found)
	}
	return out, nil
}

// source returns the position of the writer's field that a reader's field reads, or -1. It is ambiguous when the field's
// name and aliases match more than once, be it the same field.
func source(f *avro.Field, w *avro.Type) (at int, ambiguous bool) {
	at = w.FieldIndex(f.Name)
	for _, alias := range f.Aliases {
		if i := w.FieldIndex(alias); i >= 0 {
			if at >= 0 {
				return at, true
			}
			at = i
		}
	}
	return at, false
}

func (c *checker) field(r, w *avro.Type, i, at int) ([]*difference, error) {
	f := &r.Fields[i]
	s := step{kind: fieldStep, reader: i, writer: at}
	if c.full {
		s.readerName, s.readerPlace = f.Name, f.TypePos
	}
	switch {
	case at >= 0:
		g := &w.Fields[at]
		if c.full {
			s.writerName, s.writerPlace = g.Name, g.TypePos
		}
		return c.down(s, f.Type, g.Type)
	case f.Default != nil:
		return nil, nil
	case f.Type.Kind == avro.Enum && f.Type.Default != nil:
		// The reference compares the enum with the whole record here, and so reports a mismatch of types.
		return c.down(s, f.Type, w)
	}
	d := c.differ(MissingDefault, r, w, f.Name, "fields", strconv.Itoa(i))
	d.field = i
	return []*difference{d}, nil
}

// bothUnions holds every branch of the writer against the whole union of the reader.
func (c *checker) bothUnions(r, w *avro.Type) ([]*difference, error) {
	var out []*difference
	for k, b := range w.Branches {
		s := step{kind: writerBranchStep, reader: -1, writer: k, writerPlace: w.BranchPos[k]}
		found, err := c.attempt(s, r, b)
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			way := c.way
			c.push(s)
			d := c.differ(MissingUnionBranch, r, b, "reader union lacking writer type: "+upper(b.Kind))
			c.path, c.way = c.path[:len(c.path)-1], way
			out = join(out, []*difference{d})
		}
	}
	return out, nil
}

// writerUnion holds every branch of the writer's union against the reader's type.
func (c *checker) writerUnion(r, w *avro.Type) ([]*difference, error) {
	var out []*difference
	for k, b := range w.Branches {
		found, err := c.down(step{kind: writerBranchStep, reader: -1, writer: k, writerPlace: w.BranchPos[k]}, r, b)
		if err != nil {
			return nil, err
		}
		out = join(out, found)
	}
	return out, nil
}

// readerUnion looks for any branch of the reader's union that reads the writer's type. Why the others do not is not
// reported.
func (c *checker) readerUnion(r, w *avro.Type) ([]*difference, error) {
	for k, b := range r.Branches {
		if b.Kind != w.Kind && b.Kind.Primitive() && w.Kind.Primitive() && !promotes(w.Kind, b.Kind) {
			c.work++
			continue // what this attempt would find is not reported, and not met again
		}
		s := step{kind: readerBranchStep, reader: k, writer: -1, readerPlace: r.BranchPos[k]}
		found, err := c.attempt(s, b, w)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return nil, nil
		}
	}
	return []*difference{c.differ(MissingUnionBranch, r, w, "reader union lacking writer type: "+upper(w.Kind))}, nil
}
