package avro

import (
	"github.com/concord-registry/concord/formats/avro"
)

// The rules of schema resolution as the specification (1.12, "Schema Resolution") gives them and decoders apply them. They
// differ from the reference's check: a decoder settles on one branch of the reader's union by looking at kinds and
// names, and does not try another when that one fails further in.

// The codes of what the reference does not look at.
const (
	AmbiguousAlias     = "AMBIGUOUS_ALIAS"
	SharedAlias        = "SHARED_ALIAS"
	InvalidDefault     = "INVALID_DEFAULT"
	UnionBranch        = "UNION_BRANCH_MISMATCH"
	NamespaceMismatch  = "NAMESPACE_MISMATCH"
	HiddenSymbols      = "ENUM_DEFAULT_HIDES_SYMBOLS"
	DecimalScale       = "DECIMAL_SCALE_CHANGED"
	DecimalPrecision   = "DECIMAL_PRECISION_CHANGED"
	LogicalTypeChanged = "LOGICAL_TYPE_CHANGED"
	LossyPromotion     = "PROMOTION_LOSES_PRECISION"
	BytesAsText        = "BYTES_READ_AS_TEXT"
)

// namesMatch compares the names of two named types of one kind: unqualified names, or the reader's aliases with the
// writer's full name.
func namesMatch(r, w *avro.Type) bool { return r.Name.Local == w.Name.Local || fullNameMatches(r, w) }

func fullNameMatches(r, w *avro.Type) bool {
	return r.Name.Full == w.Name.Full || aliasMatches(r, w)
}

// aliasMatches reports whether an alias of the reader is the writer's full name. An alias in the null namespace of a type
// that has a namespace is written with a leading dot, which is no name to the specification: it matches nothing, except
// to Java's decoder.
func aliasMatches(r, w *avro.Type) bool {
	for _, a := range r.Aliases {
		if a.Full == w.Name.Full && !dotted(r, a) {
			return true
		}
	}
	return false
}

func dotted(t *avro.Type, alias avro.Name) bool { return alias.Space == "" && t.Name.Space != "" }

// choose returns the branch of the reader's union that decoders take for a writer's type (which is not a union), or -1:
// the same type, by full name, else by alias, else by unqualified name; else the first that the writer's type is promoted
// to.
func choose(r, w *avro.Type) int {
	aliased, named, promoted := -1, -1, -1
	for k, b := range r.Branches {
		switch {
		case b.Kind == w.Kind && !b.Kind.Named():
			return k
		case b.Kind == w.Kind && b.Size == w.Size:
			switch {
			case b.Name.Full == w.Name.Full:
				return k
			case aliased < 0 && aliasMatches(b, w):
				aliased = k
			case named < 0 && b.Name.Local == w.Name.Local:
				named = k
			}
		case promoted < 0 && promotes(w.Kind, b.Kind):
			promoted = k
		}
	}
	switch {
	case aliased >= 0:
		return aliased
	case named >= 0:
		return named
	}
	return promoted
}

// sources returns, for each field of the reader, the position of the writer's field that decoders give to it, or -1. A
// writer's field goes to one field of the reader only: the one of its name, else the first that has it as an alias.
// robbed lists the reader's fields that lost theirs to another.
func sources(r, w *avro.Type) (from []int, robbed []int) {
	from = make([]int, len(r.Fields))
	taken := make(map[int]bool, len(r.Fields))
	for i := range r.Fields {
		if from[i] = w.FieldIndex(r.Fields[i].Name); from[i] >= 0 {
			taken[from[i]] = true
		}
	}
	for i := range r.Fields {
		if from[i] >= 0 {
			continue
		}
		for _, alias := range r.Fields[i].Aliases {
			at := w.FieldIndex(alias)
			if at < 0 {
				continue
			}
			if !taken[at] {
				from[i], taken[at] = at, true
			} else {
				robbed = append(robbed, i)
			}
			break
		}
	}
	return from, robbed
}

// meaning returns the code of the change in meaning between two types whose encodings a decoder accepts, or "".
func meaning(r, w *avro.Type) string {
	rl, rok := r.Logical()
	wl, wok := w.Logical()
	switch {
	case rok && wok && rl.Name == avro.Decimal && wl.Name == avro.Decimal:
		switch {
		case rl.Scale != wl.Scale:
			return DecimalScale
		case rl.Precision != wl.Precision:
			return DecimalPrecision
		}
		return ""
	case rok && wok && rl.Name != wl.Name:
		return LogicalTypeChanged
	case rok != wok && (rl.Name == avro.Decimal || wl.Name == avro.Decimal) && r.Kind == w.Kind:
		return LogicalTypeChanged
	case w.Kind == avro.Bytes && r.Kind == avro.String:
		return BytesAsText
	case w.Kind == avro.Int && r.Kind == avro.Float, w.Kind == avro.Long && (r.Kind == avro.Float || r.Kind == avro.Double):
		return LossyPromotion
	}
	return ""
}
