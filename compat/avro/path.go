package avro

import (
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats/avro"
)

// stepKind is how a comparison goes from a pair of types to a pair of their parts.
type stepKind uint8

const (
	fieldStep        stepKind = iota // a reader's field and the writer's field that it reads
	itemsStep                        // the elements of two arrays
	valuesStep                       // the values of two maps
	writerBranchStep                 // a branch of the writer's union; the reader stays
	readerBranchStep                 // an attempt at a branch of the reader's union; the writer stays
)

// step is one move of a comparison. Indexes that do not apply are -1.
type step struct {
	kind                     stepKind
	reader, writer           int // field or branch
	readerName, writerName   string
	readerPlace, writerPlace avro.Pos // where the part is used
}

// trail is the way from the two roots to a pair of types, shared between all that start alike.
type trail struct {
	up    *trail // nil at the first step
	step  step
	depth int
}

// then returns the trail with one more step.
func (t *trail) then(s step) *trail { return &trail{up: t, step: s, depth: t.length() + 1} }

// length is the number of steps; a nil trail has none.
func (t *trail) length() int {
	if t == nil {
		return 0
	}
	return t.depth
}

func (t *trail) steps() []step {
	out := make([]step, t.length())
	for ; t != nil; t = t.up {
		out[t.depth-1] = t.step
	}
	return out
}

// pointer appends the location that the reference gives to a path: a JSON pointer into the reader's schema, with the
// branches of writer unions in between.
func pointer(path []step, leaf ...string) string {
	var b strings.Builder
	for _, s := range path {
		switch s.kind {
		case fieldStep:
			b.WriteString("/fields/")
			b.WriteString(strconv.Itoa(s.reader))
			b.WriteString("/type")
		case itemsStep:
			b.WriteString("/items")
		case valuesStep:
			b.WriteString("/values")
		case writerBranchStep:
			b.WriteByte('/')
			b.WriteString(strconv.Itoa(s.writer))
		}
	}
	for _, l := range leaf {
		b.WriteByte('/')
		b.WriteString(l)
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}
