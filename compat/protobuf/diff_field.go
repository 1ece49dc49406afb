package protobuf

import (
	"strings"

	format "github.com/concord-registry/concord/formats/protobuf"
)

// fieldType is the type of a field as written: a name, or a map.
type fieldType struct {
	name string
	m    *format.MapType
}

// field compares the name, type and label of two fields of one number.
func (d *differ) field(w, r *format.Field) {
	if w.Name != r.Name {
		d.add(fieldNameChanged, spot{w, w.NamePos}, spot{r, r.NamePos})
	}
	d.typesOf(w, r, fieldType{w.Type, w.Map}, fieldType{r.Type, r.Map}, w.Label, r.Label)
}

// resolve returns the declaration that a type's name leads to, and turns a map entry type into the map it stands for.
func resolve(scope *format.Scope, t fieldType) (*format.Type, fieldType) {
	if t.m != nil || format.IsScalar(t.name) {
		return nil, t
	}
	found := scope.Find(t.name)
	if found == nil || found.IsGroup || found.Message == nil || !found.Message.IsMapEntry() {
		return found, t
	}
	key, value := found.Message.Field("key"), found.Message.Field("value")
	if key == nil || value == nil || key.Type == "" || value.Type == "" {
		return found, t
	}
	return nil, fieldType{m: &format.MapType{Key: key.Type, Value: value.Type}}
}

// The kinds of type that the reference tells apart first.
const (
	scalarKind = iota
	mapKind
	messageKind
)

func kind(t fieldType, found *format.Type) int {
	switch {
	case t.m != nil:
		return mapKind
	case format.IsScalar(t.name) || found != nil && found.Enum != nil:
		return scalarKind
	}
	return messageKind
}

// typesOf compares two types at the field w and r. Types in maps are compared without labels.
func (d *differ) typesOf(w, r *format.Field, tw, tr fieldType, labelW, labelR format.Label) {
	foundW, tw := resolve(d.writer, tw)
	foundR, tr := resolve(d.reader, tr)
	kindW, kindR := kind(tw, foundW), kind(tr, foundR)
	switch {
	case kindW != kindR:
		d.add(fieldKindChanged, spot{w, w.TypePos}, spot{r, r.TypePos})
	case kindW == scalarKind:
		d.scalars(w, r, tw.name, tr.name, labelW, labelR)
	case kindW == mapKind:
		d.typesOf(w, r, fieldType{name: tw.m.Key}, fieldType{name: tr.m.Key}, format.NoLabel, format.NoLabel)
		d.typesOf(w, r, fieldType{name: tw.m.Value}, fieldType{name: tr.m.Value}, format.NoLabel, format.NoLabel)
	default:
		d.messages(w, r, tw.name, tr.name, foundW, foundR)
	}
}

// scalarGroup names the scalar types that the reference takes for one another. Enums are among the plain integers.
func scalarGroup(name string) string {
	switch name {
	case "sint32", "sint64":
		return "signed"
	case "string", "bytes":
		return "text"
	case "fixed32", "sfixed32":
		return "fixed32"
	case "fixed64", "sfixed64":
		return "fixed64"
	case "float", "double":
		return name
	}
	return "general"
}

func (d *differ) scalars(w, r *format.Field, typeW, typeR string, labelW, labelR format.Label) {
	group := scalarGroup(typeW)
	switch {
	case group != scalarGroup(typeR):
		d.add(fieldScalarKindChanged, spot{w, w.TypePos}, spot{r, r.TypePos})
	case labelW == format.NoLabel || labelR == format.NoLabel || labelW == labelR:
	case group == "text":
		d.add(fieldTextLabelChanged, spot{w, w.Pos}, spot{r, r.Pos})
	default:
		d.add(fieldNumericLabelChanged, spot{w, w.Pos}, spot{r, r.Pos})
	}
}

// messages compares two message types: by written name when one of them leads nowhere, else by name without package, and
// by content unless both are of the schemas themselves or of the same registered version.
func (d *differ) messages(w, r *format.Field, nameW, nameR string, foundW, foundR *format.Type) {
	if foundW == nil || foundR == nil {
		if nameW != nameR {
			d.add(fieldNamedTypeChanged, spot{w, w.TypePos}, spot{r, r.TypePos})
		}
		return
	}
	if !foundW.SameLocalName(foundR) {
		d.add(fieldNamedTypeChanged, spot{w, w.TypePos}, spot{r, r.TypePos})
		return
	}
	if sameSource(foundW.Unit, foundR.Unit) {
		return
	}
	before := len(d.found)
	viaW, viaR := d.viaW, d.viaR
	if d.unitW.Own() {
		d.viaW = place{d.unitW, spot{w, w.TypePos}}
	}
	if d.unitR.Own() {
		d.viaR = place{d.unitR, spot{r, r.TypePos}}
	}
	d.elsewhere(foundW, foundR, func() { d.message(foundW.Message, foundR.Message) })
	d.viaW, d.viaR = viaW, viaR
	for _, found := range d.found[before:] {
		if incompatible(found.code) {
			if d.add(fieldNamedTypeChanged, spot{w, w.TypePos}, spot{r, r.TypePos}); d.err == nil {
				d.found[len(d.found)-1].inner = true
			}
			return
		}
	}
}

// sameSource reports whether two types come from the schemas themselves, from one version of a subject, or from one
// built-in file, so that the reference need not (or finds nothing to) compare them.
func sameSource(w, r *format.Unit) bool {
	if w.Own() || r.Own() || w.Reference == nil || r.Reference == nil {
		return w.Own() && r.Own() || w == r
	}
	return w.Reference.Subject == r.Reference.Subject && w.Reference.Version == r.Reference.Version
}

// elsewhere runs f at a type of another file: the path begins anew at the type's own name.
func (d *differ) elsewhere(w, r *format.Type, f func()) {
	writer, reader, unitW, unitR, path := d.writer, d.reader, d.unitW, d.unitR, d.path
	d.writer, d.reader, d.unitW, d.unitR = writer.Inside(w), reader.Inside(r), w.Unit, r.Unit
	d.path = strings.Split(w.LocalName(), ".")
	f()
	d.writer, d.reader, d.unitW, d.unitR, d.path = writer, reader, unitW, unitR, path
}
