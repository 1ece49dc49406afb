package avro

import (
	"container/heap"
	"math"

	"github.com/concord-registry/concord/formats/avro"
)

// sizes knows the length in bytes of the smallest datum of each type reachable from a root. A type without any finite
// datum (a record that contains itself, an enum without symbols, an empty union) has none.
//
// It is the least solution of size(record) = sum of its fields, size(union) = least of its branches and so on, found by
// settling types from the smallest up (Knuth's generalization of Dijkstra's algorithm), so it takes linearithmic time on
// recursive types too.
type sizes map[*avro.Type]int

// endless stands for sizes that are not worth building: larger, and still finite.
const endless = math.MaxInt32

// of returns the size of the smallest datum of t; ok is false when there is no datum.
func (s sizes) of(t *avro.Type) (n int, ok bool) {
	n, ok = s[t]
	return n, ok
}

// inhabited reports whether t has a datum.
func (s sizes) inhabited(t *avro.Type) bool { _, ok := s[t]; return ok }

// candidate is a type whose size is known to be at most size.
type candidate struct {
	t    *avro.Type
	size int
}

type candidates []candidate

func (c candidates) Len() int           { return len(c) }
func (c candidates) Less(i, j int) bool { return c[i].size < c[j].size }
func (c candidates) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *candidates) Push(x any)        { *c = append(*c, x.(candidate)) }
func (c *candidates) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

// use is one place where a part stands in a whole; branch is its index in a union.
type use struct {
	whole  *avro.Type
	branch int
}

// sizing is the state of computing sizes.
type sizing struct {
	done    sizes
	queue   candidates
	uses    map[*avro.Type][]use
	waiting map[*avro.Type]int // of records: fields without a size yet
	sums    map[*avro.Type]int
	seen    map[*avro.Type]bool
}

func newSizes(root *avro.Type) sizes {
	s := &sizing{done: sizes{}, uses: map[*avro.Type][]use{}, waiting: map[*avro.Type]int{}, sums: map[*avro.Type]int{}, seen: map[*avro.Type]bool{root: true}}
	for pending := []*avro.Type{root}; len(pending) > 0; {
		t := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		pending = s.enter(t, pending)
	}
	for s.queue.Len() > 0 {
		c := heap.Pop(&s.queue).(candidate)
		if _, settled := s.done[c.t]; settled {
			continue
		}
		s.done[c.t] = c.size
		for _, u := range s.uses[c.t] {
			s.spread(u, c.size)
		}
	}
	return s.done
}

// enter looks at a type for the first time and returns pending with its parts.
func (s *sizing) enter(t *avro.Type, pending []*avro.Type) []*avro.Type {
	part := func(p *avro.Type, branch int) {
		s.uses[p] = append(s.uses[p], use{t, branch})
		if !s.seen[p] {
			s.seen[p] = true
			pending = append(pending, p)
		}
	}
	switch t.Kind {
	case avro.Record:
		if s.waiting[t] = len(t.Fields); len(t.Fields) == 0 {
			s.offer(t, 0)
		}
		for i := range t.Fields {
			part(t.Fields[i].Type, 0)
		}
	case avro.Union:
		for k, b := range t.Branches {
			part(b, k)
		}
	case avro.Array, avro.Map:
		s.offer(t, 1)
		part(t.Items, 0)
	case avro.Enum:
		if len(t.Symbols) > 0 {
			s.offer(t, 1)
		}
	case avro.Fixed:
		s.offer(t, t.Size)
	default:
		s.offer(t, primitiveSize(t.Kind))
	}
	return pending
}

func primitiveSize(k avro.Kind) int {
	switch k {
	case avro.Null:
		return 0
	case avro.Float:
		return 4
	case avro.Double:
		return 8
	}
	return 1
}

func (s *sizing) offer(t *avro.Type, size int) {
	heap.Push(&s.queue, candidate{t, min(size, endless)})
}

// spread tells the whole that one of its parts has a size now.
func (s *sizing) spread(u use, size int) {
	switch u.whole.Kind {
	case avro.Record:
		s.sums[u.whole] = min(s.sums[u.whole]+size, endless)
		if s.waiting[u.whole]--; s.waiting[u.whole] == 0 {
			s.offer(u.whole, s.sums[u.whole])
		}
	case avro.Union:
		s.offer(u.whole, varintSize(int64(u.branch))+size)
	}
}

// varintSize is the length of an encoded int or long.
func varintSize(n int64) int {
	size := 1
	for z := uint64(n<<1) ^ uint64(n>>63); z > 0x7F; z >>= 7 {
		size++
	}
	return size
}
