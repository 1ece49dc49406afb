package avro

import (
	"fmt"
	"strings"
)

// maxFixed is the size of the largest fixed that the reference accepts.
const maxFixed = 1<<31 - 9

func (p *parser) fail(v *Value, format string, args ...any) error {
	return &jsonError{offset: int(v.start), message: fmt.Sprintf(format, args...)}
}

// failAt reports a fault of the text that is being parsed.
func (p *parser) failAt(at Pos, format string, args ...any) error {
	return &jsonError{offset: int(at.Start), message: fmt.Sprintf(format, args...)}
}

// excerpt shows a value in a message: whole when it is short.
func excerpt(v *Value) string {
	w := writer{max: 200}
	w.value(v, false)
	return shorten(string(w.out))
}

func shorten(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// define makes the named type that v declares and enters it into the scope, unless the name is known.
func (p *parser) define(v *Value, space string, kind Kind) (*Type, error) {
	name := v.Get("name")
	if name == nil || name.Kind != StringValue {
		return nil, p.fail(v, `this %s needs a "name" that is a string`, kind)
	}
	if ns := v.Get("namespace"); ns != nil && ns.Kind == StringValue {
		space = ns.Text
	}
	full, err := p.name(name, name.Text, space)
	if err != nil {
		return nil, err
	}
	if err := p.checkTypeName(name, full); err != nil {
		return nil, err
	}
	t := &Type{Kind: kind, Pos: p.at(v), Definition: &Definition{Name: full, Doc: text(v.Get("doc")), NamePos: p.at(name)}}
	if t.Aliases, err = p.typeAliases(v, full.Space); err != nil {
		return nil, err
	}
	reserved := typeAttributes
	if kind == Enum {
		reserved = enumAttributes
	}
	t.Props = props(v, reserved)
	if _, known := p.types[full.Full]; !known {
		p.types[full.Full] = t
		if p.source == 0 {
			p.owned = append(p.owned, t)
		}
	}
	return t, nil
}

// finish marks t as complete and sets *slot to what its name stands for: the first definition.
func (p *parser) finish(slot **Type, t *Type) error {
	t.complete = true
	first := p.types[t.Name.Full]
	*slot = first
	if first == t {
		return nil
	}
	if !first.complete {
		return p.failAt(t.NamePos, "the type %s is defined inside itself", shorten(t.Name.Full))
	}
	p.redefined = append(p.redefined, redefinition{first: first, second: t})
	return nil
}

func (p *parser) record(slot **Type, v *Value, space string, isError bool) error {
	t, err := p.define(v, space, Record)
	if err != nil {
		return err
	}
	t.IsError = isError
	fields := v.Get("fields")
	if fields == nil || fields.Kind != ArrayValue {
		return p.fail(v, `the record %s needs "fields", an array`, shorten(t.Name.Full))
	}
	t.Fields = make([]Field, len(fields.Elems))
	for i := range fields.Elems {
		if err := p.field(t, i, &fields.Elems[i]); err != nil {
			return err
		}
	}
	if err := p.indexFields(t); err != nil {
		return err
	}
	return p.finish(slot, t)
}

// indexFields checks that no two fields share a name.
func (p *parser) indexFields(t *Type) error {
	if len(t.Fields) > fewParts {
		t.index = make(map[string]int, len(t.Fields))
	}
	for i := range t.Fields {
		f := &t.Fields[i]
		if first := t.FieldIndex(f.Name); first >= 0 && first < i {
			return p.failAt(f.NamePos, "the record %s has two fields named %s", shorten(t.Name.Full), shorten(f.Name))
		}
		if t.index != nil {
			t.index[f.Name] = i
		}
	}
	return nil
}

func (p *parser) field(record *Type, i int, v *Value) error {
	name := v.Get("name")
	if name == nil || name.Kind != StringValue {
		return p.fail(v, `a field is an object with a "name" that is a string`)
	}
	if err := p.checkName(name, name.Text, "field name"); err != nil {
		return err
	}
	if p.strict && strings.HasPrefix(name.Text, reservedPrefix) {
		return p.fail(name, "field names that start with %s are reserved", reservedPrefix)
	}
	typ := v.Get("type")
	if typ == nil {
		return p.fail(v, `the field %s needs a "type"`, shorten(name.Text))
	}
	f := &record.Fields[i]
	*f = Field{Name: name.Text, Doc: text(v.Get("doc")), Props: props(v, fieldAttributes), Pos: p.at(v), NamePos: p.at(name), TypePos: p.at(typ)}
	if err := p.parse(&f.Type, typ, record.Name.Space); err != nil {
		return err
	}
	var err error
	if f.Order, err = p.order(v.Get("order")); err != nil {
		return err
	}
	if f.Aliases, err = p.strings(v.Get("aliases"), "aliases"); err != nil {
		return err
	}
	return p.fieldDefault(record, i, v.Get("default"))
}

// reservedPrefix starts field names that the reference keeps to itself where validateFields is set.
const reservedPrefix = "$$"

func (p *parser) fieldDefault(record *Type, i int, v *Value) error {
	if v == nil {
		return nil
	}
	f := &record.Fields[i]
	f.Default, f.DefaultPos = v.clone(), p.at(v)
	if f.Type != nil && (f.Type.Kind == Float || f.Type.Kind == Double) && v.Kind == StringValue {
		number, ok := parseDouble(v.Text)
		if !ok {
			return p.fail(v, "the default of the field %s is %s, which is not a number", shorten(f.Name), excerpt(v))
		}
		f.Default = &Value{Kind: DecimalValue, Text: FormatDouble(number), start: v.start, end: v.end}
	}
	if !p.validate {
		return nil
	}
	return p.checkDefault(record, i, false)
}

func (p *parser) order(v *Value) (Order, error) {
	if v == nil {
		return Ascending, nil
	}
	if v.Kind == StringValue {
		for o, name := range orderNames {
			if strings.EqualFold(v.Text, name) {
				return Order(o), nil
			}
		}
	}
	return 0, p.fail(v, `the "order" of a field is "ascending", "descending" or "ignore", not %s`, excerpt(v))
}

func (p *parser) enum(slot **Type, v *Value, space string) error {
	t, err := p.define(v, space, Enum)
	if err != nil {
		return err
	}
	list := v.Get("symbols")
	if list == nil || list.Kind != ArrayValue {
		return p.fail(v, `the enum %s needs "symbols", an array of strings`, shorten(t.Name.Full))
	}
	t.SymbolsPos = p.at(list)
	if len(list.Elems) > fewParts {
		t.index = make(map[string]int, len(list.Elems))
	}
	for i := range list.Elems {
		symbol := &list.Elems[i]
		if symbol.Kind != StringValue {
			return p.fail(symbol, "a symbol of an enum is a string, not %s", excerpt(symbol))
		}
		if err := p.checkName(symbol, symbol.Text, "symbol"); err != nil {
			return err
		}
		if t.SymbolIndex(symbol.Text) >= 0 {
			return p.fail(symbol, "the enum %s has the symbol %s twice", shorten(t.Name.Full), shorten(symbol.Text))
		}
		if t.index != nil {
			t.index[symbol.Text] = i
		}
		t.Symbols = append(t.Symbols, symbol.Text)
	}
	if d := v.Get("default"); d != nil && d.Kind == StringValue {
		if t.Default = text(d); t.SymbolIndex(d.Text) < 0 {
			return p.fail(d, "the default of the enum %s is %s, which is not one of its symbols", shorten(t.Name.Full), excerpt(d))
		}
	}
	return p.finish(slot, t)
}

func (p *parser) fixed(slot **Type, v *Value, space string) error {
	t, err := p.define(v, space, Fixed)
	if err != nil {
		return err
	}
	size := v.Get("size")
	if size == nil {
		return p.fail(v, `the fixed %s needs a "size" in bytes`, shorten(t.Name.Full))
	}
	n, ok := size.Int32()
	if !ok || n < 0 || n > maxFixed {
		return p.fail(size, "the size of a fixed is a whole number from 0 to %d, not %s", maxFixed, excerpt(size))
	}
	t.Size, t.SizePos = int(n), p.at(size)
	return p.finish(slot, t)
}

// text returns an optional string attribute; one of another type counts as absent, as in the reference.
func text(v *Value) *string {
	if v == nil || v.Kind != StringValue {
		return nil
	}
	text := v.Text // on its own, so that it does not hold on to the values around it
	return &text
}

// strings reads an optional array of strings, of which only the first of several equal ones counts.
func (p *parser) strings(v *Value, what string) ([]string, error) {
	if v == nil {
		return nil, nil
	}
	if v.Kind != ArrayValue {
		return nil, p.fail(v, `"%s" is an array of strings, not %s`, what, excerpt(v))
	}
	var out []string
	seen := map[string]bool{}
	for i := range v.Elems {
		e := &v.Elems[i]
		if e.Kind != StringValue {
			return nil, p.fail(e, `"%s" is an array of strings; %s is not one`, what, excerpt(e))
		}
		if !seen[e.Text] {
			seen[e.Text] = true
			out = append(out, e.Text)
		}
	}
	return out, nil
}

// typeAliases reads the aliases of a named type; one without a dot is in the namespace of the type. Two spellings of one
// name count once.
func (p *parser) typeAliases(v *Value, space string) ([]Name, error) {
	list := v.Get("aliases")
	texts, err := p.strings(list, "aliases")
	if err != nil {
		return nil, err
	}
	var out []Name
	seen := map[string]bool{}
	for _, alias := range texts {
		n, err := p.name(list, alias, space)
		if err != nil {
			return nil, err
		}
		if !asciiName(n.Local) {
			return nil, p.fail(list, "the alias %s is not a name: %s", shorten(alias), nameRule)
		}
		if !seen[n.Full] {
			seen[n.Full] = true
			out = append(out, n)
		}
	}
	return out, nil
}
