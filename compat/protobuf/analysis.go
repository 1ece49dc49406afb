package protobuf

import (
	"context"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/concord-registry/concord/compat"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// maxSteps bounds the analysis of one pair of schemas, counted in fields and enum values looked at.
const maxSteps = 3_000_000

// analysis finds what happens to the records of a writer in a reader. It looks at every pair of message types that a
// record can bring together once, by the shortest way there.
type analysis struct {
	ctx            context.Context
	writer, reader *format.Model

	wire, json, names bool // what is asked for
	causes            []*cause
	steps             int
	items             []item // for one field at a time
	undecided         bool   // the budget ended, or a type is not known

	// What is known about pairs of enums, which can be large and the types of many fields.
	declared map[enumPair]bool // the reader's has every number of the writer's
	inJSON   map[jsonEnums]jsonOutcome
	inNames  map[enumPair]enumNames
}

// enumPair identifies two enums that are compared.
type enumPair struct{ w, r *format.EnumModel }

// spent counts steps and reports whether the budget has ended.
func (a *analysis) spent(steps int) bool {
	if a.steps += steps; a.steps > maxSteps {
		a.undecided = true
	}
	return a.steps > maxSteps
}

// pairOf identifies two message types that are compared.
type pairOf struct{ w, r *format.MessageModel }

// analyze compares two schemas under the relations asked for.
func analyze(ctx context.Context, writer, reader *format.Schema, relations []compat.Relation) (*analysis, error) {
	a := newAnalysis(ctx)
	for _, r := range relations {
		switch r {
		case compat.Semantic, compat.WireExact:
			a.wire = true
		case compat.JSONMapping:
			a.json = true
		case compat.Names:
			a.names = true
		}
	}
	if !a.wire && !a.json && !a.names {
		return a, nil
	}
	a.writer, a.reader = writer.Model(), reader.Model()
	a.undecided = a.writer.Incomplete || a.reader.Incomplete
	roots := a.roots()
	if a.wire || a.names {
		a.walk(roots, a.number)
	}
	if a.json {
		a.walk(roots, a.jsonPair)
	}
	return a, ctx.Err()
}

func newAnalysis(ctx context.Context) *analysis {
	return &analysis{ctx: ctx, declared: map[enumPair]bool{}, inJSON: map[jsonEnums]jsonOutcome{}, inNames: map[enumPair]enumNames{}}
}

// roots pairs the writer's messages with the reader's of the same name. Those that are likely records come first: the
// first message of the file and the top-level ones that no other message has in a field. The others follow, for a record
// can be of any type. A likely record without a partner has no reader.
func (a *analysis) roots() []*visit {
	partners := map[string]*format.MessageModel{}
	for _, m := range a.reader.Messages {
		partners[m.Name()] = m
	}
	used := map[*format.MessageModel]bool{}
	for _, m := range a.writer.Messages {
		for _, f := range m.Fields {
			a.steps++
			for _, sub := range []*format.MessageModel{f.Message, messageOf(f.Value)} {
				if sub != nil && sub != m {
					used[sub] = true
				}
			}
		}
	}
	var likely, others []*visit
	for _, m := range a.writer.Messages {
		record := m.Type.Outer == nil && !used[m] && !m.Type.IsGroup
		r := partners[m.Name()]
		switch {
		case m.Height < 0: // no such record can exist
		case r != nil && record:
			likely = append(likely, &visit{w: m, r: r})
		case r != nil:
			others = append(others, &visit{w: m, r: r})
		case record && a.wire:
			a.add(&cause{code: codeMessageRemoved, class: noReader, exact: true, spec: true, at: &visit{w: m}})
		}
	}
	return append(likely, others...)
}

func messageOf(f *format.FieldModel) *format.MessageModel {
	if f == nil {
		return nil
	}
	return f.Message
}

// walk visits the pairs that can be reached from roots, breadth first. Before the next root is begun, all that is below
// the one before is visited. look returns the pairs that a pair leads to.
func (a *analysis) walk(roots []*visit, look func(*visit) []*visit) {
	seen := map[pairOf]bool{}
	for _, root := range roots {
		for queue := []*visit{root}; len(queue) > 0; queue = queue[1:] {
			v := queue[0]
			if seen[pairOf{v.w, v.r}] || v.w.Height < 0 {
				continue
			}
			seen[pairOf{v.w, v.r}] = true
			if a.spent(len(v.w.Fields)+len(v.r.Fields)) || a.ctx.Err() != nil {
				a.undecided = true
				return
			}
			queue = append(queue, look(v)...)
		}
	}
}

// add notes a cause.
func (a *analysis) add(c *cause) { a.causes = append(a.causes, c) }

// number compares two messages by the numbers of their fields, as the wire does.
func (a *analysis) number(v *visit) []*visit {
	var next []*visit
	sets := v.w.MessageSet != v.r.MessageSet // nothing that one side writes is seen by the other
	for _, fw := range v.w.Fields {
		fr := v.r.Field(fw.Number)
		if a.names {
			a.name(v, fw, fr)
		}
		if fr == nil {
			continue
		}
		if unresolved(fw) || unresolved(fr) {
			a.undecided = true
			continue
		}
		if a.wire && !sets {
			a.field(v, fw, fr)
		}
		if sub := below(v, fw, fr); sub != nil && fw.Kind == fr.Kind && !sets {
			next = append(next, sub)
		}
	}
	if a.names {
		a.reserved(v)
	}
	if a.wire {
		a.required(v)
		a.oneofs(v)
		if sets {
			a.messageSet(v)
		}
	}
	return next
}

// unresolved reports that the type of a field is not known.
func unresolved(f *format.FieldModel) bool {
	if f.Cardinality == format.Map {
		return f.Value.IsMessage() && f.Value.Message == nil
	}
	return f.IsMessage() && f.Message == nil
}

// below returns the pair of messages that two fields hold, nil when they do not both hold messages. The values of a map meet the second field of the messages in a list.
func below(v *visit, fw, fr *format.FieldModel) *visit {
	ew, er, outer, via := fw, fr, v, fw
	switch {
	case fw.Cardinality == format.Map && fr.Cardinality == format.Map:
		ew, er = fw.Value, fr.Value
	case fw.Cardinality == format.Map && fr.Cardinality == format.List && fr.Kind == protoreflect.MessageKind:
		ew, er = fw.Value, fr.Message.Field(2)
	case fr.Cardinality == format.Map && fw.Cardinality == format.List && fw.Kind == protoreflect.MessageKind:
		outer = &visit{w: fw.Message, outer: v, top: v.root(), field: fw, into: fr}
		ew, er = fw.Message.Field(2), fr.Value
		via = ew
	case fw.Cardinality == format.Map || fr.Cardinality == format.Map:
		return nil
	}
	if ew == nil || er == nil || ew.Message == nil || er.Message == nil || ew.Cardinality == format.Map || er.Cardinality == format.Map {
		return nil
	}
	return &visit{w: ew.Message, r: er.Message, outer: outer, top: outer.root(), field: via, into: fr}
}

// required finds the fields that the reader cannot do without and the writer need not write.
func (a *analysis) required(v *visit) {
	for _, fr := range v.r.Fields {
		if !fr.Required {
			continue
		}
		if fw := v.w.Field(fr.Number); fw == nil || !fw.Required {
			a.add(&cause{code: codeRequiredAdded, class: decodeError, exact: true, spec: true, at: v, w: fw, r: fr})
		}
	}
}

// oneofs finds fields that the writer can set together and of which the reader keeps only the last.
func (a *analysis) oneofs(v *visit) {
	for _, o := range v.r.Oneofs {
		var lost, kept []content
		for _, fr := range o.Members {
			fw := v.w.Field(fr.Number)
			if fw == nil || unresolved(fw) || unresolved(fr) {
				continue
			}
			if held, ok := visible(fw, fr, true); ok {
				lost = append(lost, held)
			}
			if held, ok := visible(fw, fr, false); ok {
				kept = append(kept, held)
			}
		}
		if first, second, ok := independent(lost, kept); ok {
			a.add(&cause{
				code: codeOneofMerged, class: silentDrop, exact: true, spec: true, at: v, w: first.field, r: v.r.Field(first.field.Number), other: second.field.Name,
				contents: []content{first, second},
			})
		}
	}
}

// visible is content of a writer's field that sets the reader's singular field, to something else than its default if
// that is asked for.
func visible(fw, fr *format.FieldModel, differs bool) (content, bool) {
	switch {
	case fw.Cardinality == format.Map || !writable(fw):
		return content{}, false
	case fw.IsMessage():
		return filled(fw), fw.Kind == fr.Kind || fw.Kind == protoreflect.MessageKind && fr.Kind == protoreflect.BytesKind
	case fr.IsMessage():
		return content{}, false
	}
	for one := range probes(fw, fr) {
		if !fw.Presence && fw.Cardinality == format.Singular && zero(familyOf(fw.Kind), one) {
			continue
		}
		_, set, _ := takeLast(fr, encode(nil, fw, []format.Scalar{one}))
		if set && !(differs && same(fw.Kind, one, fr.Kind, fr.Default)) {
			return content{field: fw, list: []value{{scalar: one}}}, true
		}
	}
	return content{}, false
}

// independent returns two fields of the writer that can be set together, the one that is lost first. Fields are written in
// the order of their numbers as a rule, but a decoder must take them in any order.
func independent(lost, kept []content) (first, second content, ok bool) {
	for _, inOrder := range []bool{true, false} {
		fits := func(l, k content) bool {
			return l.field != k.field && !together(l, k) && (l.field.Number < k.field.Number) == inOrder
		}
		far, next := outermost(kept, inOrder)
		for _, l := range lost {
			if far < 0 || !fits(l, kept[far]) && (next < 0 || !fits(l, kept[next])) {
				continue
			}
			for _, k := range kept {
				if fits(l, k) {
					return l, k, true
				}
			}
		}
	}
	return first, second, false
}

// together reports whether two fields are in one oneof of the writer.
func together(a, b content) bool { return a.field.Oneof >= 0 && a.field.Oneof == b.field.Oneof }

// outermost returns the field with the largest number, or with the smallest, and the next one that is not in a oneof with
// it. If any of the fields fits beside another one in that order, one of these does. They are -1 when there is none.
func outermost(fields []content, largest bool) (far, next int) {
	beyond := func(i, j int) bool {
		return j < 0 || fields[i].field.Number != fields[j].field.Number && (fields[i].field.Number > fields[j].field.Number) == largest
	}
	far, next = -1, -1
	for i := range fields {
		if beyond(i, far) {
			far = i
		}
	}
	for i := range fields {
		if i != far && !together(fields[i], fields[far]) && beyond(i, next) {
			next = i
		}
	}
	return far, next
}

// canDiffer reports whether the field can hold anything but its default.
func canDiffer(f *format.FieldModel) bool {
	if f.IsMessage() || f.Cardinality == format.Map {
		m := f.Message
		if f.Cardinality == format.Map {
			m = f.Value.Message
		}
		return m == nil || m.Height >= 0
	}
	return f.Cardinality == format.List || f.Kind != protoreflect.EnumKind || !f.Enum.Closed || len(f.Enum.Names) > 1
}

// verdict sums the causes up for one relation.
func (a *analysis) verdict(r compat.Relation) compat.Verdict {
	for _, c := range a.causes {
		if c.breaks(r) {
			return compat.Incompatible
		}
	}
	if a.undecided {
		return compat.Undecided
	}
	return compat.Compatible
}

func (c *cause) breaks(r compat.Relation) bool {
	switch r {
	case compat.WireExact:
		return c.exact
	case compat.Semantic:
		return c.spec
	case compat.JSONMapping:
		return c.json
	case compat.Names:
		return c.names
	}
	return false
}
