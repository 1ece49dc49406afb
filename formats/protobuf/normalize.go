package protobuf

import (
	"math/big"
	"sort"
	"strings"
)

// normalizeOptions takes the freedoms of spelling out of a list of options: extension names become full names, a path
// into an option becomes a literal, the settings of one option become one, and everything is sorted by name.
func (s *Scope) normalizeOptions(options []Option) []Option {
	named := make([]Option, 0, len(options))
	extensions := map[string]*Extension{}
	for _, o := range options {
		if o.Paren {
			if x := s.findExtension(o.Name); x != nil {
				o.Name = s.fullName(x.at)
				extensions[o.Name] = x
				o = s.fold(o)
			}
		}
		named = append(named, o)
	}
	sort.SliceStable(named, func(i, j int) bool { return named[i].Name < named[j].Name })
	var out []Option
	for i := 0; i < len(named); {
		end := i + 1
		for end < len(named) && named[end].Name == named[i].Name {
			end++
		}
		x := extensions[named[i].Name]
		if x != nil && named[i].Paren && x.Field.Label != Repeated && end > i+1 {
			one := named[i]
			one.Value = s.merge(s.extended(x), values(named[i:end]))
			out = append(out, one)
		} else {
			out = append(out, named[i:end]...)
		}
		i = end
	}
	for i := range out {
		out[i].Value = s.normalizeOptionValue(out[i].Value)
	}
	return out
}

func values(options []Option) []Value {
	list := make([]Value, len(options))
	for i, o := range options {
		list[i] = o.Value
	}
	return list
}

// fold turns the path of an option into literals around its value.
func (s *Scope) fold(o Option) Option {
	for i := len(o.Path) - 1; i >= 0; i-- {
		key := o.Path[i].Name
		if o.Path[i].Paren {
			key = "[" + key + "]"
		}
		o.Value = Value{Kind: LiteralValue, Fields: []LiteralField{{Key: key, Value: o.Value}}}
	}
	o.Path = nil
	return o
}

// extended returns the message type of an extension's value, nil when it is not a message.
func (s *Scope) extended(x *Extension) *Type {
	if x.Field.Group != nil {
		if c := x.at.outer.inner[x.Field.Group.Name]; c != nil {
			return c.typ
		}
		return nil
	}
	from := *s
	from.at = x.at.outer
	return from.Find(x.Field.Type)
}

// merge makes one value of several settings of an option of type t, which may be unknown: literals are united, the
// values of a repeated field are put in one list.
func (s *Scope) merge(t *Type, settings []Value) Value {
	if len(settings) == 1 {
		return settings[0]
	}
	literals := true
	for _, v := range settings {
		literals = literals && v.Kind == LiteralValue
	}
	if !literals {
		return concat(settings)
	}
	merged := Value{Kind: LiteralValue}
	index := map[string]int{}
	var each [][]Value
	for _, v := range settings {
		for _, f := range v.Fields {
			i, known := index[f.Key]
			if !known {
				i = len(merged.Fields)
				index[f.Key] = i
				merged.Fields = append(merged.Fields, LiteralField{Key: f.Key})
				each = append(each, nil)
			}
			each[i] = append(each[i], f.Value)
		}
	}
	for i := range merged.Fields {
		field, sub := s.literalField(t, merged.Fields[i].Key)
		if len(each[i]) > 1 && field != nil && (field.Label == Repeated || field.Map != nil) {
			merged.Fields[i].Value = concat(each[i])
		} else {
			merged.Fields[i].Value = s.merge(sub, each[i])
		}
	}
	return merged
}

func concat(settings []Value) Value {
	list := Value{Kind: ListValue}
	for _, v := range settings {
		if v.Kind == ListValue {
			list.List = append(list.List, v.List...)
		} else {
			list.List = append(list.List, v)
		}
	}
	return list
}

// literalField finds the field that a key of a literal of type t names, and its type when that is a message.
func (s *Scope) literalField(t *Type, key string) (*Field, *Type) {
	if strings.HasPrefix(key, "[") {
		if x := s.findExtension(strings.Trim(key, "[]")); x != nil {
			return x.Field, s.extended(x)
		}
		return nil, nil
	}
	if t == nil || t.Message == nil {
		return nil, nil
	}
	for f := range t.Message.AllFields() {
		if *s.steps++; *s.steps > maxSteps {
			return nil, nil
		}
		if f.Name == key || f.Group != nil && f.Group.Name == key {
			if f.Group != nil {
				return f, t.group(f)
			}
			return f, s.Inside(t).Find(f.Type)
		}
	}
	return nil, nil
}

// normalizeOptionValue is normalizeValue but for lists, which the reference leaves alone at the top of an option.
func (s *Scope) normalizeOptionValue(v Value) Value {
	if v.Kind != ListValue {
		return s.normalizeValue(v)
	}
	return s.normalizeList(v)
}

func (s *Scope) normalizeList(v Value) Value {
	list := make([]Value, len(v.List))
	for i := range v.List {
		list[i] = s.normalizeValue(v.List[i])
	}
	return Value{Kind: ListValue, List: list}
}

// normalizeValue sorts the keys of literals, drops empty lists, unwraps lists of one, and rewrites numbers.
func (s *Scope) normalizeValue(v Value) Value {
	switch v.Kind {
	case NumberValue:
		v.Text = normalizeNumber(v.Text)
	case ListValue:
		if len(v.List) == 1 {
			return s.normalizeValue(v.List[0])
		}
		return s.normalizeList(v)
	case LiteralValue:
		fields := make([]LiteralField, 0, len(v.Fields))
		for _, f := range v.Fields {
			if f.Value.Kind == ListValue && len(f.Value.List) == 0 {
				continue
			}
			if name, ok := strings.CutPrefix(f.Key, "["); ok {
				if x := s.findExtension(strings.TrimSuffix(name, "]")); x != nil {
					f.Key = "[" + s.fullName(x.at) + "]"
				}
			}
			f.Value = s.normalizeValue(f.Value)
			fields = append(fields, f)
		}
		sort.SliceStable(fields, func(i, j int) bool { return fields[i].Key < fields[j].Key })
		v.Fields = fields
	}
	return v
}

// maxDigits is how long a number may become when its exponent is written out.
const maxDigits = 40

// normalizeNumber writes a number in plain decimal: hexadecimal and octal converted, exponents written out, no trailing
// zeros, no suffix. The reference also rounds to three places; we keep them all, for rounding changes the schema.
func normalizeNumber(text string) string {
	digits, negative := strings.CutPrefix(text, "-")
	sign := ""
	if negative {
		sign = "-"
	}
	if n, ok := new(big.Int).SetString(strings.TrimRight(digits, "lL"), 0); ok && len(digits) < 1000 && !strings.Contains(digits, "_") {
		if n.Sign() == 0 {
			sign = ""
		}
		return sign + n.String()
	}
	mantissa := strings.TrimRight(digits, "fFdD")
	exponent := 0
	if i := strings.IndexAny(mantissa, "eE"); i >= 0 {
		e, ok := new(big.Int).SetString(strings.TrimPrefix(mantissa[i+1:], "+"), 10)
		if !ok || !e.IsInt64() || e.Int64() > maxDigits || e.Int64() < -maxDigits {
			return text
		}
		mantissa, exponent = mantissa[:i], int(e.Int64())
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return text
	}
	return sign + shift(whole, fraction, exponent)
}

// shift moves the decimal point of whole.fraction by exponent places and drops zeros that say nothing.
func shift(whole, fraction string, exponent int) string {
	for ; exponent > 0; exponent-- {
		if fraction == "" {
			whole += "0"
		} else {
			whole, fraction = whole+fraction[:1], fraction[1:]
		}
	}
	for ; exponent < 0; exponent++ {
		if whole == "" {
			fraction = "0" + fraction
		} else {
			whole, fraction = whole[:len(whole)-1], whole[len(whole)-1:]+fraction
		}
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}
