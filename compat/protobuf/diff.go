package protobuf

import (
	"context"
	"sort"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// The work that one comparison by the reference's rules may take. There is no memory of compared types in the reference,
// so that layers of imports can cost exponential time there; here it ends with a *compat.WorkError.
const (
	maxPairs       = 200_000
	maxPathBytes   = 16 << 20
	maxDifferences = 200_000
)

// differ compares two trees as the reference does: declarations by name within their scope, fields by number, types by
// what their written names lead to.
type differ struct {
	ctx            context.Context
	writer, reader *format.Scope
	unitW, unitR   *format.Unit // the files that the messages being compared are in
	viaW, viaR     place        // the fields of the schemas themselves that led to these files
	path           []string
	found          []difference
	comparing      map[*format.Message]int // the writer's messages on the way here, with their depth
	equal          map[pair]bool           // pairs of messages known to have no difference
	cut            int                     // the least depth at which the comparison of a message was broken off
	pairs, bytes   int
	err            error
}

type pair struct{ writer, reader *format.Message }

// differences lists what the reference would find, in its order, for data of writer read by reader.
func differences(ctx context.Context, writer, reader *format.Schema) ([]difference, error) {
	d := &differ{
		ctx: ctx, writer: writer.Scope(), reader: reader.Scope(), unitW: writer.Own(), unitR: reader.Own(),
		comparing: map[*format.Message]int{}, equal: map[pair]bool{},
	}
	if writer.Own().Package != reader.Own().Package {
		d.add(packageChanged, spot{pos: writer.Own().PackagePos}, spot{pos: reader.Own().PackagePos})
	}
	d.types(writer.Own().Messages, reader.Own().Messages, writer.Own().Enums, reader.Own().Enums)
	for _, scope := range []*format.Scope{d.writer, d.reader} {
		if scope.Exhausted() != nil {
			return nil, &compat.WorkError{What: "steps to look up type names", Max: maxPairs}
		}
	}
	return d.found, d.err
}

// add records a difference at the current path.
func (d *differ) add(code string, writer, reader spot) {
	if d.err != nil {
		return
	}
	path := "#/" + strings.Join(d.path, "/")
	d.bytes += len(path)
	if len(d.found) == maxDifferences || d.bytes > maxPathBytes {
		d.err = &compat.WorkError{What: "differences", Max: maxDifferences}
		return
	}
	d.found = append(d.found, difference{
		code: code, path: path, writer: place{d.unitW, writer}, reader: place{d.unitR, reader}, writerVia: d.viaW, readerVia: d.viaR,
	})
}

// at runs f with name appended to the path.
func (d *differ) at(name string, f func()) {
	d.path = append(d.path, name)
	f()
	d.path = d.path[:len(d.path)-1]
}

// inside runs f in the scope of a declaration of that name.
func (d *differ) inside(name string, f func()) {
	writer, reader := d.writer, d.reader
	d.writer, d.reader = writer.Enter(name), reader.Enter(name)
	d.at(name, f)
	d.writer, d.reader = writer, reader
}

// ordered lists the names of writer in their order, then those that only reader has.
func ordered[T any](writer, reader []T, name func(T) string) (names []string, inWriter, inReader map[string]int) {
	inWriter, inReader = map[string]int{}, map[string]int{}
	for i, t := range writer {
		if _, again := inWriter[name(t)]; !again {
			names = append(names, name(t))
		}
		inWriter[name(t)] = i
	}
	for i, t := range reader {
		_, known := inWriter[name(t)]
		if _, again := inReader[name(t)]; !again && !known {
			names = append(names, name(t))
		}
		inReader[name(t)] = i
	}
	return names, inWriter, inReader
}

// types compares the declarations of one scope.
func (d *differ) types(messagesW, messagesR []*format.Message, enumsW, enumsR []*format.Enum) {
	names, w, r := ordered(messagesW, messagesR, func(m *format.Message) string { return m.Name })
	for _, name := range names {
		i, inW := w[name]
		j, inR := r[name]
		d.inside(name, func() {
			switch {
			case !inR:
				if !messagesW[i].IsMapEntry() {
					d.add(messageRemoved, spot{messagesW[i], messagesW[i].NamePos}, spot{})
				}
			case !inW:
				if !messagesR[j].IsMapEntry() {
					d.add(messageAdded, spot{}, spot{messagesR[j], messagesR[j].NamePos})
				}
			default:
				d.message(messagesW[i], messagesR[j])
				if i != j {
					d.add(messageMoved, spot{messagesW[i], messagesW[i].NamePos}, spot{messagesR[j], messagesR[j].NamePos})
				}
			}
		})
	}
	d.enums(enumsW, enumsR)
}

func (d *differ) enums(enumsW, enumsR []*format.Enum) {
	names, w, r := ordered(enumsW, enumsR, func(e *format.Enum) string { return e.Name })
	for _, name := range names {
		i, inW := w[name]
		j, inR := r[name]
		d.inside(name, func() {
			switch {
			case !inR:
				d.add(enumRemoved, spot{enumsW[i], enumsW[i].NamePos}, spot{})
			case !inW:
				d.add(enumAdded, spot{}, spot{enumsR[j], enumsR[j].NamePos})
			default:
				d.enum(enumsW[i], enumsR[j])
			}
		})
	}
}

// enum compares constants by number. Of several names for one number the last one counts.
func (d *differ) enum(writer, reader *format.Enum) {
	w, r := map[int32]*format.EnumValue{}, map[int32]*format.EnumValue{}
	for _, v := range writer.Values {
		w[v.Number] = v
	}
	for _, v := range reader.Values {
		r[v.Number] = v
	}
	for _, number := range numbers(w, r) {
		d.at(strconv.Itoa(int(number)), func() {
			switch a, b := w[number], r[number]; {
			case b == nil:
				d.add(enumConstRemoved, spot{a, a.Pos}, spot{})
			case a == nil:
				d.add(enumConstAdded, spot{}, spot{b, b.Pos})
			case a.Name != b.Name:
				d.add(enumConstChanged, spot{a, a.Pos}, spot{b, b.Pos})
			}
		})
	}
}

// numbers returns the keys of both maps in order.
func numbers[T any](w, r map[int32]T) []int32 {
	all := make([]int32, 0, len(w)+len(r))
	for n := range w {
		all = append(all, n)
	}
	for n := range r {
		if _, both := w[n]; !both {
			all = append(all, n)
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	return all
}
