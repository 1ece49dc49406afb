package protobuf

import (
	"strconv"

	"github.com/concord-registry/concord/compat"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// member is a field of a message together with the oneof it is in, if any. Groups are no members: the reference does not
// compare them.
type member struct {
	*format.Field
	oneof *format.Oneof
}

func members(m *format.Message) map[int32]member {
	all := make(map[int32]member, len(m.Fields))
	for _, f := range m.Fields {
		all[f.Number] = member{Field: f}
	}
	for _, o := range m.Oneofs {
		for _, f := range o.Fields {
			all[f.Number] = member{Field: f, oneof: o}
		}
	}
	return all
}

// message compares two messages of the same name. A message that is being compared already is not entered again, but the
// types nested in it are, as in the reference.
func (d *differ) message(writer, reader *format.Message) {
	if d.stopped() || d.equal[pair{writer, reader}] {
		return
	}
	outer, before, depth := d.cut, len(d.found), len(d.comparing)
	d.cut = depth + 1
	if at, again := d.comparing[writer]; again {
		d.cut = at
	} else {
		d.comparing[writer] = depth
		d.members(writer, reader)
	}
	d.types(writer.Messages, reader.Messages, writer.Enums, reader.Enums)
	if d.comparing[writer] == depth {
		delete(d.comparing, writer)
	}
	// Without a difference, and without a break at a message further out, there is nothing to find here next time.
	if len(d.found) == before && d.cut >= depth && d.err == nil {
		d.equal[pair{writer, reader}] = true
	}
	d.cut = min(d.cut, outer)
}

// stopped counts one comparison of messages against the budget.
func (d *differ) stopped() bool {
	if d.pairs++; d.err == nil && d.pairs > maxPairs {
		d.err = &compat.WorkError{What: "pairs of messages", Max: maxPairs}
	}
	if d.err == nil && d.pairs%1024 == 0 {
		d.err = d.ctx.Err()
	}
	return d.err != nil
}

func (d *differ) members(writer, reader *format.Message) {
	w, r := members(writer), members(reader)
	for _, o := range reader.Oneofs {
		d.at(o.Name, func() { d.union(o, w) })
	}
	names, inW, inR := ordered(writer.Oneofs, reader.Oneofs, func(o *format.Oneof) string { return o.Name })
	for _, name := range names {
		i, hadIt := inW[name]
		j, hasIt := inR[name]
		d.at(name, func() {
			if !hasIt {
				d.add(oneofRemoved, spot{writer.Oneofs[i], writer.Oneofs[i].NamePos}, spot{})
			} else if !hadIt {
				d.add(oneofAdded, spot{}, spot{reader.Oneofs[j], reader.Oneofs[j].NamePos})
			}
		})
	}
	kept := map[*format.Oneof]bool{}
	for _, o := range writer.Oneofs {
		_, named := inR[o.Name]
		kept[o] = named || anyIn(o, r)
	}
	for _, number := range numbers(w, r) {
		d.number(number, w[number], r[number], kept)
	}
}

// union reports that a oneof of the reader makes fields exclusive that could be set together.
func (d *differ) union(o *format.Oneof, writer map[int32]member) {
	plain := 0
	groups := map[*format.Oneof]bool{}
	for _, f := range o.Fields {
		was, known := writer[f.Number]
		switch {
		case !known:
		case was.oneof == nil:
			plain++
		default:
			groups[was.oneof] = true
		}
	}
	switch {
	case plain+len(groups) <= 1:
	case plain > 1:
		d.add(multipleFieldsMovedToOneof, spot{}, spot{o, o.NamePos})
	default:
		d.add(fieldMovedToExistingOneof, spot{}, spot{o, o.NamePos})
	}
}

// number compares what both messages have under one number. Of the writer's oneofs those are kept whose name or one of
// whose numbers the reader has.
func (d *differ) number(number int32, w, r member, kept map[*format.Oneof]bool) {
	holder := r
	if r.Field == nil {
		holder = w
	}
	step := func() { d.at(strconv.Itoa(int(number)), func() { d.fields(w, r, kept) }) }
	if holder.oneof != nil {
		d.at(holder.oneof.Name, step)
	} else {
		step()
	}
}

func (d *differ) fields(w, r member, kept map[*format.Oneof]bool) {
	switch {
	case r.Field == nil && w.oneof != nil:
		if kept[w.oneof] {
			d.add(oneofFieldRemoved, spot{w.Field, w.Pos}, spot{})
		}
	case r.Field == nil && w.Label == format.Required:
		d.add(requiredFieldRemoved, spot{w.Field, w.Pos}, spot{})
	case r.Field == nil:
		d.add(fieldRemoved, spot{w.Field, w.Pos}, spot{})
	case w.Field == nil && r.oneof != nil:
		d.add(oneofFieldAdded, spot{}, spot{r.Field, r.Pos})
	case w.Field == nil && r.Label == format.Required:
		d.add(requiredFieldAdded, spot{}, spot{r.Field, r.Pos})
	case w.Field == nil:
		d.add(fieldAdded, spot{}, spot{r.Field, r.Pos})
	default:
		if w.oneof != nil && r.oneof == nil {
			d.add(oneofFieldMovedToTopLevel, spot{w.Field, w.Pos}, spot{r.Field, r.Pos})
		}
		d.field(w.Field, r.Field)
	}
}

// anyIn reports whether a number of the oneof is still used.
func anyIn(o *format.Oneof, reader map[int32]member) bool {
	for _, f := range o.Fields {
		if _, ok := reader[f.Number]; ok {
			return true
		}
	}
	return false
}
