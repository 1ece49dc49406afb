package protobuf

import (
	"fmt"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// name compares names at one field of the writer: what reads by name must not find something else under it. That a name
// is simply another one breaks nothing on the wire and is told as information.
func (a *analysis) name(v *visit, fw, fr *format.FieldModel) {
	if !fw.IsExtension {
		a.fieldName(v, fw, fr)
	}
	if fr != nil && fw.Enum != nil && fr.Enum != nil && fw.Enum != fr.Enum {
		a.enumNames(v, fw, fr)
	}
}

func (a *analysis) fieldName(v *visit, fw, fr *format.FieldModel) {
	other := named(v.r, fw.Name)
	a.steps++
	switch {
	case other != nil && other.Number != fw.Number:
		code := codeRenumbered
		if back := named(v.w, nameOf(fr)); back != nil && back.Number == other.Number {
			code = codeSwapped
		}
		a.add(&cause{code: code, class: misread, names: true, at: v, w: fw, r: other, contents: []content{filled(fw)}})
	case other == nil && fr != nil:
		a.add(&cause{code: codeFieldRenamed, class: information, at: v, w: fw, r: fr})
	}
}

func nameOf(f *format.FieldModel) string {
	if f == nil {
		return ""
	}
	return f.Name
}

// named returns the field of that name, extensions apart.
func named(m *format.MessageModel, name string) *format.FieldModel {
	f := m.Named(name)
	if f == nil || f.IsExtension {
		return nil
	}
	return f
}

// enumNames is what two enums say by name: a value that has another number in the reader's, or else one that has another
// name there. Both are nil when there is none.
type enumNames struct {
	moved, movedTo *format.Scalar
	name           string
	renamed        *format.Scalar
}

func (a *analysis) enumNames(v *visit, fw, fr *format.FieldModel) {
	pair := enumPair{fw.Enum, fr.Enum}
	n, known := a.inNames[pair]
	if !known {
		n = compareNames(fw.Enum, fr.Enum)
		a.steps += len(fw.Enum.Type.Enum.Values)
		a.inNames[pair] = n
	}
	switch {
	case n.moved != nil:
		a.add(&cause{code: codeEnumRenumbered, class: misread, names: true, at: v, w: fw, r: fr, scalar: n.moved, got: n.movedTo, other: n.name, contents: []content{{field: fw, list: []value{{scalar: *n.moved}}}}})
	case n.renamed != nil:
		a.add(&cause{code: codeEnumRenamed, class: information, at: v, w: fw, r: fr, scalar: n.renamed, got: n.renamed})
	}
}

func compareNames(w, r *format.EnumModel) (n enumNames) {
	for _, constant := range w.Type.Enum.Values {
		number, known := r.Numbers[constant.Name]
		one := format.Scalar{Bits: uint64(int64(constant.Number))}
		if known && number != constant.Number {
			got := format.Scalar{Bits: uint64(int64(number))}
			n.moved, n.movedTo, n.name = &one, &got, constant.Name
			return n
		}
		if _, taken := r.Names[constant.Number]; !known && taken && n.renamed == nil {
			n.renamed = &one
		}
	}
	return n
}

// reserved finds fields of the reader whose number or name the writer reserves: somebody used them before.
func (a *analysis) reserved(v *visit) {
	decl := v.w.Type.Message
	if len(decl.Reserved) == 0 {
		return
	}
	names := map[string]bool{}
	var ranges []format.Range
	for _, statement := range decl.Reserved {
		for _, v := range statement.Values {
			if v.Name != nil {
				names[*v.Name] = true
			} else {
				ranges = append(ranges, v.Range)
			}
		}
	}
	for _, f := range v.r.Fields {
		if f.IsExtension {
			continue
		}
		taken := ""
		if names[f.Name] {
			taken = "name"
		}
		for _, r := range ranges {
			a.steps++
			if r.Start <= f.Number && f.Number <= r.End {
				taken = fmt.Sprintf("number %d", f.Number)
			}
		}
		if taken != "" {
			a.add(&cause{code: codeReservedReused, class: misread, names: true, at: v, r: f, other: taken, noRecord: "the records that would show it were written by a schema before this one"})
		}
		if a.steps > maxSteps {
			a.undecided = true
			return
		}
	}
}
