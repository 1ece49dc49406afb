package protobuf

import (
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

// enumNames finds a value whose name stands for another number in the reader, else one that has another name there.
func (a *analysis) enumNames(v *visit, fw, fr *format.FieldModel) {
	var renamed *format.Scalar
	for _, constant := range fw.Enum.Type.Enum.Values {
		a.steps++
		number, known := fr.Enum.Numbers[constant.Name]
		one := format.Scalar{Bits: uint64(int64(constant.Number))}
		if known && number != constant.Number {
			got := format.Scalar{Bits: uint64(int64(number))}
			a.add(&cause{code: codeEnumRenumbered, class: misread, names: true, at: v, w: fw, r: fr, scalar: &one, got: &got, other: constant.Name, contents: []content{{field: fw, list: []value{{scalar: one}}}}})
			return
		}
		if _, taken := fr.Enum.Names[constant.Number]; !known && taken && renamed == nil {
			renamed = &one
		}
	}
	if renamed != nil {
		a.add(&cause{code: codeEnumRenamed, class: information, at: v, w: fw, r: fr, scalar: renamed, got: renamed})
	}
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
		taken := names[f.Name]
		for _, r := range ranges {
			a.steps++
			taken = taken || r.Start <= f.Number && f.Number <= r.End
		}
		if taken {
			a.add(&cause{code: codeReservedReused, class: misread, names: true, at: v, r: f, noRecord: "the records that would show it were written by a schema before this one"})
		}
		if a.steps > maxSteps {
			a.undecided = true
			return
		}
	}
}
