package protobuf

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Model is what a schema means on the wire: messages whose fields have resolved types and features, with extensions among
// the fields of what they extend. Unlike descriptors it exists for schemas that a compiler would refuse. It is immutable.
type Model struct {
	// Messages are those that the schema's own file declares, nested ones and groups after the message they are in,
	// without the entry types of maps.
	Messages []*MessageModel
	// Unresolved lists fields whose type leads nowhere; nothing can be said about their values.
	Unresolved []*FieldModel
	// Extensions are the full names of all extensions that the schema or what it refers to declares.
	Extensions map[string]bool
	// Incomplete says that extensions were left out because their full names are too long.
	Incomplete bool
}

// Cardinality says how many values a field holds.
type Cardinality uint8

// The cardinalities.
const (
	Singular Cardinality = iota
	List
	Map
)

func (c Cardinality) String() string { return [...]string{"singular", "repeated", "map"}[c] }

// MessageModel is a message type.
type MessageModel struct {
	Type   *Type
	Fields []*FieldModel // by number
	// Oneofs are the declared ones that have members, in order.
	Oneofs []*OneofModel
	// MessageSet says that the message has option message_set_wire_format.
	MessageSet bool
	// Height is the least nesting of a message that has all its required fields, 0 without required messages. It is -1
	// when there is no such message: a required field leads back to it.
	Height int

	byNumber map[int32]*FieldModel // nil when the fields are few, and then so are the others
	byName   map[string]*FieldModel
	byJSON   map[string]*FieldModel
}

// OneofModel is a declared oneof.
type OneofModel struct {
	Decl    *Oneof
	Members []*FieldModel
}

// Name is the name of the message without its package.
func (m *MessageModel) Name() string { return m.Type.LocalName() }

// Field returns the field of that number, nil when there is none.
func (m *MessageModel) Field(number int32) *FieldModel {
	if m.byNumber == nil {
		return m.first(func(f *FieldModel) bool { return f.Number == number })
	}
	return m.byNumber[number]
}

// Named returns the field of that name, nil when there is none. Extensions have full names.
func (m *MessageModel) Named(name string) *FieldModel {
	if m.byNumber == nil {
		return m.first(func(f *FieldModel) bool { return f.Name == name })
	}
	return m.byName[name]
}

// InJSON returns the field of that name in the JSON mapping, nil when there is none.
func (m *MessageModel) InJSON(name string) *FieldModel {
	if m.byNumber == nil {
		return m.first(func(f *FieldModel) bool { return f.JSONName == name })
	}
	return m.byJSON[name]
}

func (m *MessageModel) first(is func(*FieldModel) bool) *FieldModel {
	if i := slices.IndexFunc(m.Fields, is); i >= 0 {
		return m.Fields[i]
	}
	return nil
}

// fewFields is how many fields a message may have to be searched one by one. Tables for each of many small messages would
// take more memory than the rest of the model.
const fewFields = 6

// index makes the tables of a message with many fields.
func (m *MessageModel) index() {
	sort.SliceStable(m.Fields, func(i, j int) bool { return m.Fields[i].Number < m.Fields[j].Number })
	m.Fields = slices.CompactFunc(m.Fields, func(a, b *FieldModel) bool { return a.Number == b.Number })
	if len(m.Fields) <= fewFields {
		return
	}
	m.byNumber = make(map[int32]*FieldModel, len(m.Fields))
	m.byName = make(map[string]*FieldModel, len(m.Fields))
	m.byJSON = make(map[string]*FieldModel, len(m.Fields))
	for _, f := range m.Fields {
		m.byNumber[f.Number], m.byName[f.Name], m.byJSON[f.JSONName] = f, f, f
	}
}

// FieldModel is a field, or the key or value of a map.
type FieldModel struct {
	Decl   *Field // nil for keys and values of maps
	Unit   *Unit  // where the field is declared
	Number int32
	Name   string // the full name for extensions
	// JSONName is the name in the JSON mapping: in brackets for extensions.
	JSONName    string
	IsExtension bool

	Cardinality Cardinality
	Kind        protoreflect.Kind // of the elements of a list; MessageKind for maps
	Message     *MessageModel     // for messages and groups, nil when the type leads nowhere
	Enum        *EnumModel
	Key, Value  *FieldModel // of maps

	Presence bool // unset differs from the default
	Required bool
	Packed   bool
	UTF8     bool // strings are checked
	Default  Scalar
	// Oneof is the declared oneof that the field is a member of, as an index into Oneofs; -1 for none.
	Oneof int
}

// EnumModel is an enum type.
type EnumModel struct {
	Type   *Type
	Closed bool
	// Names holds the first name of each number, Numbers the number of each name.
	Names   map[int32]string
	Numbers map[string]int32
	First   int32 // the number of the first value: the default
	Gap     int32 // the smallest number from 0 on that has no name
	// Declared lists the numbers, those with the shortest encoding first and otherwise in their order.
	Declared []Scalar
}

// Scalar is a value of a scalar kind: Bits holds integers in two's complement, bools as 0 and 1, and the bits of floats
// widened to 64; Text holds strings and bytes.
type Scalar struct {
	Bits uint64
	Text string
}

// Model returns the schema's model, made on first use.
func (s *Schema) Model() *Model { return s.model() }

// modeler builds the models of the types that it meets.
type modeler struct {
	schema   *Schema
	scope    *Scope
	messages map[*Type]*MessageModel
	enums    map[*Type]*EnumModel
	todo     []*MessageModel
	model    *Model
	extended map[*Type][]extensionField
	inherits map[*Type]features
	names    int // bytes of full names of extensions
}

type extensionField struct {
	field *Field
	unit  *Unit
	scope *Scope
	with  features
	full  string
}

func buildModel(s *Schema) *Model {
	b := &modeler{
		schema: s, scope: s.Scope(), messages: map[*Type]*MessageModel{}, enums: map[*Type]*EnumModel{}, model: &Model{Extensions: map[string]bool{}},
		extended: map[*Type][]extensionField{}, inherits: map[*Type]features{},
	}
	for _, u := range s.units {
		b.extensions(u)
	}
	var own func(scope *Scope, messages []*Message)
	own = func(scope *Scope, messages []*Message) {
		for _, m := range messages {
			inner := scope.Enter(m.Name)
			if t := inner.at.typ; t != nil && t.Message == m {
				if !m.IsMapEntry() {
					b.model.Messages = append(b.model.Messages, b.message(t))
				}
				own(inner, m.groupBodies())
				own(inner, m.Messages)
			}
		}
	}
	own(b.scope, s.own.Messages)
	for len(b.todo) > 0 {
		m := b.todo[0]
		b.todo = b.todo[1:]
		b.fill(m)
	}
	b.heights()
	return b.model
}

// extensions notes the extension fields that a unit declares, by the type that they extend.
func (b *modeler) extensions(u *Unit) {
	var walk func(scope *Scope, prefix string, with features, extends []*Extend, messages []*Message)
	walk = func(scope *Scope, prefix string, with features, extends []*Extend, messages []*Message) {
		for _, e := range extends {
			t := scope.Find(e.Extendee)
			if t == nil || t.Message == nil || t.Unit.Reference == nil && !t.Unit.Own() {
				continue
			}
			for _, list := range [][]*Field{e.Fields, e.Groups} {
				for _, f := range list {
					if b.names += len(prefix) + len(f.Name); b.names > maxFullNames {
						b.model.Incomplete = true
						return
					}
					b.model.Extensions[prefix+f.Name] = true
					b.extended[t] = append(b.extended[t], extensionField{field: f, unit: u, scope: scope, with: with, full: prefix + f.Name})
				}
			}
		}
		for _, m := range messages {
			if len(m.Extends)+len(m.Messages) > 0 {
				if b.names += len(prefix) + len(m.Name); b.names > maxFullNames {
					b.model.Incomplete = true
					return
				}
				walk(scope.Enter(m.Name), prefix+m.Name+".", with.with(m.Options), m.Extends, m.Messages)
			}
		}
	}
	prefix := ""
	if u.Package != "" {
		prefix = u.Package + "."
	}
	walk(b.schema.names.scopeOf(u), prefix, featuresOf(u.File), u.Extends, u.Messages)
}

// featuresIn returns the features inside a type.
func (b *modeler) featuresIn(t *Type) features {
	if f, known := b.inherits[t]; known {
		return f
	}
	var f features
	if t.Outer != nil {
		f = b.featuresIn(t.Outer)
	} else {
		f = featuresOf(t.Unit.File)
	}
	if t.Message != nil {
		f = f.with(t.Message.Options)
	} else {
		f = f.with(t.Enum.Options)
	}
	b.inherits[t] = f
	return f
}

func (b *modeler) message(t *Type) *MessageModel {
	if m := b.messages[t]; m != nil {
		return m
	}
	m := &MessageModel{Type: t}
	b.messages[t] = m
	b.todo = append(b.todo, m)
	return m
}

// fill adds the fields of a message.
func (b *modeler) fill(m *MessageModel) {
	decl := m.Type.Message
	scope, with := b.scope.Inside(m.Type), b.featuresIn(m.Type)
	if v, ok := option(decl.Options, "message_set_wire_format"); ok {
		m.MessageSet = v.Text == "true"
	}
	add := func(f *FieldModel) { m.Fields = append(m.Fields, f) }
	for _, list := range [][]*Field{decl.Fields, decl.Groups} {
		for _, f := range list {
			add(b.field(scope, m.Type.Unit, f, with, -1))
		}
	}
	for _, o := range decl.Oneofs {
		of := &OneofModel{Decl: o}
		for _, list := range [][]*Field{o.Fields, o.Groups} {
			for _, f := range list {
				fm := b.field(scope, m.Type.Unit, f, with.with(o.Options), len(m.Oneofs))
				add(fm)
				of.Members = append(of.Members, fm)
			}
		}
		if len(of.Members) > 0 {
			m.Oneofs = append(m.Oneofs, of)
		}
	}
	for _, x := range b.extended[m.Type] {
		f := b.field(x.scope, x.unit, x.field, x.with, -1)
		f.IsExtension, f.Name, f.JSONName = true, x.full, "["+x.full+"]"
		f.Presence = f.Cardinality == Singular
		add(f)
	}
	m.index()
}

// field resolves a declared field.
func (b *modeler) field(scope *Scope, u *Unit, f *Field, with features, oneof int) *FieldModel {
	with = with.with(f.Options)
	m := &FieldModel{Decl: f, Unit: u, Number: f.Number, Name: f.Name, JSONName: jsonName(f), Oneof: oneof}
	key, value, entry := b.mapOf(scope, f)
	if entry != nil {
		scope = b.scope.Inside(entry)
	}
	switch {
	case key != "":
		m.Cardinality, m.Kind = Map, protoreflect.MessageKind
		m.Key = &FieldModel{Unit: u, Number: 1, Name: "key", JSONName: "key", Oneof: -1, Presence: true}
		m.Value = &FieldModel{Unit: u, Number: 2, Name: "value", JSONName: "value", Oneof: -1, Presence: true}
		b.typeOf(scope, m.Key, key, with)
		b.typeOf(scope, m.Value, value, with)
		if m.Value.Kind == protoreflect.GroupKind {
			m.Value.Kind = protoreflect.MessageKind // the entries of maps never use the delimited encoding
		}
		m.Key.Default, m.Value.Default = implied(m.Key), implied(m.Value)
		if m.Value.IsMessage() && m.Value.Message == nil {
			b.model.Unresolved = append(b.model.Unresolved, m)
		}
		return m
	case f.Group != nil:
		m.Kind = protoreflect.GroupKind
		if c := scope.at.inner[f.Group.Name]; c != nil && c.typ != nil {
			m.Message = b.message(c.typ)
		}
	default:
		b.typeOf(scope, m, f.Type, with)
	}
	if m.IsMessage() && m.Message == nil {
		b.model.Unresolved = append(b.model.Unresolved, m)
	}
	if f.Label == Repeated {
		m.Cardinality = List
		m.Packed = with.packed && Packable(m.Kind)
		if v, ok := option(f.Options, "packed"); ok && Packable(m.Kind) {
			m.Packed = v.Text == "true"
		}
		return m
	}
	m.Required = f.Label == Required || with.required && f.Label == NoLabel && oneof < 0
	m.Presence = with.presence || m.Required || f.Label == Optional || oneof >= 0 || m.IsMessage()
	m.Default = b.defaultOf(m)
	return m
}

// IsMessage reports whether the field holds messages, in either encoding.
func (f *FieldModel) IsMessage() bool {
	return f.Cardinality != Map && (f.Kind == protoreflect.MessageKind || f.Kind == protoreflect.GroupKind)
}

// Packable reports whether a list of that kind may be written as one run of bytes.
func Packable(k protoreflect.Kind) bool {
	return k != protoreflect.StringKind && k != protoreflect.BytesKind && k != protoreflect.MessageKind && k != protoreflect.GroupKind
}

// WireType is how values of a kind are written when they are not packed.
func WireType(k protoreflect.Kind) protowire.Type {
	switch k {
	case protoreflect.Fixed32Kind, protoreflect.Sfixed32Kind, protoreflect.FloatKind:
		return protowire.Fixed32Type
	case protoreflect.Fixed64Kind, protoreflect.Sfixed64Kind, protoreflect.DoubleKind:
		return protowire.Fixed64Type
	case protoreflect.StringKind, protoreflect.BytesKind, protoreflect.MessageKind:
		return protowire.BytesType
	case protoreflect.GroupKind:
		return protowire.StartGroupType
	}
	return protowire.VarintType
}

// mapOf returns the key and value types of a map, and the entry type where the map is written out as a list of entries.
func (b *modeler) mapOf(scope *Scope, f *Field) (key, value string, entry *Type) {
	if f.Map != nil {
		return f.Map.Key, f.Map.Value, nil
	}
	if f.Label != Repeated || f.Type == "" || scalars[f.Type] {
		return "", "", nil
	}
	t := scope.Find(f.Type)
	if t == nil || t.Message == nil || !t.Message.IsMapEntry() {
		return "", "", nil
	}
	k, v := t.Message.Field("key"), t.Message.Field("value")
	if k == nil || v == nil || !mapKeys[k.Type] || v.Type == "" {
		return "", "", nil
	}
	return k.Type, v.Type, t
}

var kinds = map[string]protoreflect.Kind{
	"double": protoreflect.DoubleKind, "float": protoreflect.FloatKind, "int32": protoreflect.Int32Kind, "int64": protoreflect.Int64Kind,
	"uint32": protoreflect.Uint32Kind, "uint64": protoreflect.Uint64Kind, "sint32": protoreflect.Sint32Kind, "sint64": protoreflect.Sint64Kind,
	"fixed32": protoreflect.Fixed32Kind, "fixed64": protoreflect.Fixed64Kind, "sfixed32": protoreflect.Sfixed32Kind,
	"sfixed64": protoreflect.Sfixed64Kind, "bool": protoreflect.BoolKind, "string": protoreflect.StringKind, "bytes": protoreflect.BytesKind,
}

// typeOf sets the kind of a field from the name of its type. A name that leads nowhere counts as a message.
func (b *modeler) typeOf(scope *Scope, m *FieldModel, name string, with features) {
	m.UTF8 = with.utf8
	if kind, ok := kinds[name]; ok {
		m.Kind = kind
		return
	}
	m.Kind = protoreflect.MessageKind
	t := scope.Find(name)
	switch {
	case t == nil:
	case t.Enum != nil:
		m.Kind, m.Enum = protoreflect.EnumKind, b.enum(t)
	default:
		m.Message = b.message(t)
		if with.delimited {
			m.Kind = protoreflect.GroupKind
		}
	}
}

func (b *modeler) enum(t *Type) *EnumModel {
	if e := b.enums[t]; e != nil {
		return e
	}
	e := &EnumModel{Type: t, Closed: b.featuresIn(t).closed, Names: map[int32]string{}, Numbers: map[string]int32{}}
	for i, v := range t.Enum.Values {
		if i == 0 {
			e.First = v.Number
		}
		if _, known := e.Names[v.Number]; !known {
			e.Names[v.Number] = v.Name
		}
		e.Numbers[v.Name] = v.Number
	}
	for e.Names[e.Gap] != "" {
		e.Gap++
	}
	for _, v := range t.Enum.Values {
		if e.Names[v.Number] == v.Name {
			e.Declared = append(e.Declared, Scalar{Bits: uint64(int64(v.Number))})
		}
	}
	sort.SliceStable(e.Declared, func(i, j int) bool {
		return protowire.SizeVarint(e.Declared[i].Bits) < protowire.SizeVarint(e.Declared[j].Bits)
	})
	b.enums[t] = e
	return e
}

// defaultOf is the value of an unset field.
func (b *modeler) defaultOf(m *FieldModel) Scalar {
	if m.Decl.Default == nil {
		return implied(m)
	}
	text := m.Decl.Default.Text
	switch m.Kind {
	case protoreflect.StringKind, protoreflect.BytesKind:
		return Scalar{Text: text}
	case protoreflect.BoolKind:
		return Scalar{Bits: bit(text == "true")}
	case protoreflect.EnumKind:
		return Scalar{Bits: uint64(int64(m.Enum.Numbers[text]))}
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		size := 64
		if m.Kind == protoreflect.FloatKind {
			size = 32
		}
		f, err := strconv.ParseFloat(strings.TrimRight(text, "fF"), size)
		if err != nil && strings.HasSuffix(text, "inf") {
			f = math.Inf(len("inf") - len(text))
		}
		return Scalar{Bits: math.Float64bits(f)}
	case protoreflect.Uint32Kind, protoreflect.Uint64Kind, protoreflect.Fixed32Kind, protoreflect.Fixed64Kind:
		n, _ := strconv.ParseUint(text, 0, 64)
		return Scalar{Bits: n}
	}
	n, _ := strconv.ParseInt(text, 0, 64)
	return Scalar{Bits: uint64(n)}
}

// implied is the default of a field that does not declare one.
func implied(m *FieldModel) Scalar {
	if m.Kind == protoreflect.EnumKind {
		return Scalar{Bits: uint64(int64(m.Enum.First))}
	}
	return Scalar{}
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// jsonName is the name of a field in the JSON mapping: as declared, or the name in lower camel case.
func jsonName(f *Field) string {
	if f.JSONName != nil {
		return *f.JSONName
	}
	var out strings.Builder
	upper := false
	for i := range len(f.Name) {
		c := f.Name[i]
		switch {
		case c == '_':
			upper = true
			continue
		case upper && c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		}
		upper = false
		out.WriteByte(c)
	}
	return out.String()
}

// heights finds for every message how deep it must nest to have its required fields. Messages that have none to offer
// keep -1.
func (b *modeler) heights() {
	needs := map[*MessageModel][]*MessageModel{} // who requires a message
	open := map[*MessageModel]int{}
	var ready []*MessageModel
	for _, m := range b.messages {
		m.Height = -1
		for _, f := range m.Fields {
			if f.Required && f.Message != nil {
				open[m]++
				needs[f.Message] = append(needs[f.Message], m)
			}
		}
		if open[m] == 0 {
			m.Height = 0
			ready = append(ready, m)
		}
	}
	for len(ready) > 0 {
		m := ready[0]
		ready = ready[1:]
		for _, outer := range needs[m] {
			if open[outer]--; open[outer] == 0 {
				outer.Height = m.Height + 1
				ready = append(ready, outer)
			}
		}
	}
}
