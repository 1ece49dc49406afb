package protobuf

import (
	format "github.com/concord-registry/concord/formats/protobuf"
)

// places groups causes that are told together: those at one pair of fields.
type places struct {
	groups [][]*cause
	taken  map[int]bool
	index  map[[2]any][]int // by what the difference of the reference would name
}

// fieldPair identifies two fields, and the part of a map, at which something goes wrong.
type fieldPair struct {
	w, r *format.FieldModel
	at   *format.MessageModel
	part string
}

// byPlace puts the causes of one pair of fields together. Different things that go wrong on the wire stay apart; what
// goes wrong in JSON is told with the first of them.
func byPlace(causes []*cause) *places {
	p := &places{taken: map[int]bool{}, index: map[[2]any][]int{}}
	first := map[fieldPair]int{}
	for _, c := range causes {
		pair := fieldPair{c.w, c.r, c.at.w, c.part}
		i, known := first[pair]
		if known && c.json {
			p.groups[i] = append(p.groups[i], c)
			continue
		}
		if !known && (c.exact || c.json) {
			first[pair] = len(p.groups)
		}
		for _, key := range keys(c) {
			p.index[key] = append(p.index[key], len(p.groups))
		}
		p.groups = append(p.groups, []*cause{c})
	}
	return p
}

// keys are the declarations under which the reference's list would have the cause: writer's and reader's.
func keys(c *cause) [][2]any {
	switch {
	case c.code == codeMessageRemoved:
		return [][2]any{{c.at.w.Type.Message, nil}}
	case c.code == codeOneofMerged:
		return [][2]any{{nil, c.at.r.Oneofs[c.r.Oneof].Decl}}
	case c.code == codeRequiredAdded && c.w == nil:
		return [][2]any{{nil, c.r.Decl}}
	case c.exact && c.w != nil && c.r != nil:
		return [][2]any{{c.w.Decl, c.r.Decl}}
	}
	return nil
}

// take returns the causes at the place of a difference. The reference may find one place several times, by different ways
// to it; the causes are the same each time.
func (p *places) take(d difference) []*cause {
	at := p.index[[2]any{d.writer.node, d.reader.node}]
	for _, i := range at {
		if !p.taken[i] {
			p.taken[i] = true
			return p.groups[i]
		}
	}
	if len(at) > 0 {
		return p.groups[at[0]]
	}
	return nil
}

// rest returns the groups that no difference took.
func (p *places) rest() [][]*cause {
	var rest [][]*cause
	for i, group := range p.groups {
		if !p.taken[i] {
			rest = append(rest, group)
		}
	}
	return rest
}
