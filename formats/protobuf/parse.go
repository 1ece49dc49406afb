package protobuf

import (
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
)

// parseFile reads a .proto text. It accepts what the reference's parser accepts (option names that nobody defines, lists
// as option values, any order of declarations) and what protoc accepts beyond it (edition 2023, angle brackets in
// literals, octal numbers). What a compiler checks after parsing is not checked here.
func parseFile(text string, b *budget) (file *File, err error) {
	p := &parser{lexer: lexer{text: text, budget: b}, file: &File{}}
	defer func() {
		if r := recover(); r != nil {
			stopped, ours := r.(stop)
			if !ours {
				panic(r)
			}
			file, err = nil, stopped.err
		}
	}()
	p.declarations()
	return p.file, nil
}

type parser struct {
	lexer
	file *File
}

// declarations reads the whole file.
func (p *parser) declarations() {
	names := map[string]bool{}
	for first := true; !p.done(); first = false {
		if p.accept(';') {
			continue
		}
		word, pos := p.word()
		start := int(pos.Start)
		switch word {
		case "syntax", "edition":
			p.syntax(word, start, first)
		case "package":
			p.file.Package, pos = p.path("a package")
			p.require(';')
			p.file.PackagePos = pos
		case "import":
			p.importLine(start)
		case "option":
			p.file.Options = append(p.file.Options, p.optionStatement(start))
		case "message":
			m := p.message(start)
			p.unique(names, m.Name, m.NamePos)
			p.file.Messages = append(p.file.Messages, m)
		case "enum":
			e := p.enum(start)
			p.unique(names, e.Name, e.NamePos)
			p.file.Enums = append(p.file.Enums, e)
		case "extend":
			p.file.Extends = append(p.file.Extends, p.extend(start))
		case "service":
			p.file.Services = append(p.file.Services, p.service(start))
		default:
			p.fail(start, "expected a declaration (message, enum, import, option, ...) but found %q", shorten(word))
		}
	}
}

func (p *parser) unique(names map[string]bool, name string, pos Pos) {
	if names[name] {
		p.fail(int(pos.Start), "%s is declared twice", shorten(name))
	}
	names[name] = true
}

// end returns the stretch from start to the end of what was read last.
func (p *parser) end(start int) Pos { return Pos{int32(start), int32(p.last)} }

func (p *parser) syntax(word string, start int, first bool) {
	if !first {
		p.fail(start, "%s must be the first declaration of the file", word)
	}
	p.require('=')
	p.skip()
	at := p.at
	value := p.quoted()
	p.require(';')
	switch {
	case word == "syntax" && (value == "proto2" || value == "proto3"):
		p.file.Syntax = value
	case word == "edition" && value == "2023":
		p.file.Edition = value
	case word == "syntax":
		p.fail(at, "syntax %q is unknown: write \"proto2\" or \"proto3\"", shorten(value))
	default:
		p.fail(at, "edition %q is not supported: write \"2023\"", shorten(value))
	}
}

func (p *parser) importLine(start int) {
	imp := Import{}
	if c := p.peek(); c != '"' && c != '\'' {
		switch word, pos := p.word(); word {
		case "public":
			imp.Kind = PublicImport
		case "weak":
			imp.Kind = WeakImport
		default:
			p.fail(int(pos.Start), "expected the path of the imported file in quotes but found %q", shorten(word))
		}
	}
	imp.Path = p.quoted()
	p.require(';')
	imp.Pos = p.end(start)
	p.file.Imports = append(p.file.Imports, imp)
}

// block reads '{', calls statement for each statement until '}', with the statement's first word.
func (p *parser) block(statement func(word string, start int)) {
	p.require('{')
	p.enter()
	for !p.accept('}') {
		if p.accept(';') {
			continue
		}
		word, pos := p.word()
		statement(word, int(pos.Start))
	}
	p.leave()
}

func (p *parser) message(start int) *Message {
	m := &Message{}
	m.Name, m.NamePos = p.identifier("a message")
	p.body(m)
	m.Pos = p.end(start)
	return m
}

// body reads the block of a message or group.
func (p *parser) body(m *Message) {
	p.block(func(word string, start int) {
		// Inside a message a keyword may also begin a field, for example of a message type named "extend"; the
		// grammar of protoc resolves these in favour of the keyword, and so do we.
		switch word {
		case "option":
			m.Options = append(m.Options, p.optionStatement(start))
		case "reserved":
			m.Reserved = append(m.Reserved, p.reserved(start))
		case "extensions":
			m.Extensions = append(m.Extensions, p.extensions(start))
		case "message":
			m.Messages = append(m.Messages, p.message(start))
		case "enum":
			m.Enums = append(m.Enums, p.enum(start))
		case "extend":
			m.Extends = append(m.Extends, p.extend(start))
		case "oneof":
			m.Oneofs = append(m.Oneofs, p.oneof(start))
		default:
			if f := p.labelled(word, start); f.Group != nil {
				m.Groups = append(m.Groups, f)
			} else {
				m.Fields = append(m.Fields, f)
			}
		}
	})
}

func (p *parser) oneof(start int) *Oneof {
	o := &Oneof{}
	o.Name, o.NamePos = p.identifier("a oneof")
	p.block(func(word string, at int) {
		if word == "option" {
			o.Options = append(o.Options, p.optionStatement(at))
			return
		}
		if word == "optional" || word == "required" || word == "repeated" {
			p.fail(at, "a field of a oneof has no label; leave out %q", word)
		}
		if f := p.field(NoLabel, word, at, at); f.Group != nil {
			o.Groups = append(o.Groups, f)
		} else {
			o.Fields = append(o.Fields, f)
		}
	})
	o.Pos = p.end(start)
	return o
}

func (p *parser) extend(start int) *Extend {
	e := &Extend{}
	e.Extendee, e.NamePos = p.path("a message")
	p.block(func(word string, at int) {
		if f := p.labelled(word, at); f.Group != nil {
			e.Groups = append(e.Groups, f)
		} else {
			e.Fields = append(e.Fields, f)
		}
	})
	e.Pos = p.end(start)
	return e
}

// labelled reads a field that begins with word: a label, or its type where the file's syntax allows that.
func (p *parser) labelled(word string, start int) *Field {
	label := NoLabel
	switch word {
	case "required":
		label = Required
	case "optional":
		label = Optional
	case "repeated":
		label = Repeated
	}
	switch {
	case label == Required && p.file.Syntax == "proto3":
		p.fail(start, "proto3 has no required fields; leave out \"required\"")
	case p.file.Edition != "" && (label == Required || label == Optional):
		p.fail(start, "edition %s has no label %q; set features.field_presence instead", p.file.Edition, word)
	case label == NoLabel && p.file.Syntax != "proto3" && p.file.Edition == "" && !(word == "map" && p.peek() == '<'):
		p.fail(start, "expected \"optional\", \"required\" or \"repeated\" but found %q: proto2 fields need a label (is the line syntax = \"proto3\"; missing?)", shorten(word))
	}
	if label == NoLabel {
		return p.field(label, word, start, start)
	}
	word, pos := p.word()
	return p.field(label, word, int(pos.Start), start)
}

// field reads a field from its type on. The word of the type was read already and begins at typeAt.
func (p *parser) field(label Label, word string, typeAt, start int) *Field {
	f := &Field{Label: label}
	switch {
	case word == "map" && p.peek() == '<':
		if label != NoLabel {
			p.fail(start, "a map has no label; leave out %q", label)
		}
		p.require('<')
		key, _ := p.word()
		p.require(',')
		value, _ := p.path("a type")
		p.require('>')
		if !mapKeys[key] {
			p.fail(typeAt, "%s cannot be the key of a map: keys are integers, bool or string", shorten(key))
		}
		f.Map = &MapType{Key: key, Value: value}
	case word == "group":
		return p.group(f, start)
	case !isPath(word):
		p.fail(typeAt, "%q is not the name of a type", shorten(word))
	default:
		f.Type = word
	}
	f.TypePos = p.end(typeAt)
	f.Name, f.NamePos = p.identifier("a field")
	p.number(f)
	p.fieldOptions(f)
	p.require(';')
	f.Pos = p.end(start)
	return f
}

var mapKeys = map[string]bool{
	"int32": true, "int64": true, "uint32": true, "uint64": true, "sint32": true, "sint64": true, "fixed32": true,
	"fixed64": true, "sfixed32": true, "sfixed64": true, "bool": true, "string": true,
}

func (p *parser) group(f *Field, start int) *Field {
	f.Group = &Message{}
	f.Group.Name, f.NamePos = p.identifier("a group")
	f.Group.NamePos, f.TypePos = f.NamePos, f.NamePos
	f.Name = strings.ToLower(f.Group.Name)
	p.number(f)
	p.fieldOptions(f)
	p.body(f.Group)
	f.Pos = p.end(start)
	f.Group.Pos = f.Pos
	return f
}

func (p *parser) number(f *Field) {
	p.require('=')
	f.Number, f.NumberPos = p.integer()
}

// integer reads a 32-bit number: decimal, 0x hexadecimal or 0 octal.
func (p *parser) integer() (int32, Pos) {
	word, pos := p.word()
	digits, negative := strings.CutPrefix(word, "-")
	if negative && digits == "" {
		digits, _ = p.word()
		pos.End = int32(p.last)
	}
	n, err := strconv.ParseInt(digits, 0, 64)
	if negative {
		n = -n
	}
	if err != nil || strings.ContainsAny(digits, "_-") || n != int64(int32(n)) || len(digits) > 1 && (digits[1]|0x20 == 'b' || digits[1]|0x20 == 'o') {
		p.fail(int(pos.Start), "%q is not a number of 32 bits", shorten(word))
	}
	return int32(n), pos
}

// fieldOptions reads the brackets of a field; default and json_name are not options but properties of the field.
func (p *parser) fieldOptions(f *Field) {
	for _, o := range p.brackets() {
		switch {
		case o.Paren || len(o.Path) > 0:
			f.Options = append(f.Options, o)
		case o.Name == "default":
			f.Default = &o.Value
		case o.Name == "json_name":
			f.JSONName = &o.Value.Text
		default:
			f.Options = append(f.Options, o)
		}
	}
}

func (p *parser) enum(start int) *Enum {
	e := &Enum{}
	e.Name, e.NamePos = p.identifier("an enum")
	p.block(func(word string, at int) {
		switch {
		case word == "option" && p.peek() != '=':
			e.Options = append(e.Options, p.optionStatement(at))
		case word == "reserved" && p.peek() != '=':
			e.Reserved = append(e.Reserved, p.reserved(at))
		case !isIdentifier(word):
			p.fail(at, "%q cannot be the name of an enum value", shorten(word))
		default:
			v := &EnumValue{Name: word, NamePos: p.end(at)}
			p.require('=')
			v.Number, _ = p.integer()
			v.Options = p.brackets()
			p.require(';')
			v.Pos = p.end(at)
			e.Values = append(e.Values, v)
		}
	})
	e.Pos = p.end(start)
	return e
}

// reserved reads the ranges and names of a reserved statement. Edition 2023 writes names without quotes.
func (p *parser) reserved(start int) Reserved {
	r := Reserved{}
	for {
		switch c := p.peek(); {
		case c == '"' || c == '\'':
			name := p.quoted()
			r.Values = append(r.Values, ReservedValue{Name: &name})
		case isDigit(c) || c == '-':
			r.Values = append(r.Values, ReservedValue{Range: p.span()})
		default:
			name, _ := p.identifier("a reserved field or value")
			r.Values = append(r.Values, ReservedValue{Name: &name})
		}
		if p.accept(';') {
			r.Pos = p.end(start)
			return r
		}
		p.require(',')
	}
}

// span reads "n" or "n to m" or "n to max".
func (p *parser) span() Range {
	n, pos := p.integer()
	r := Range{Start: n, End: n, Single: true, Pos: pos}
	if c := p.peek(); c == ',' || c == ';' || c == '[' {
		return r
	}
	if word, at := p.word(); word != "to" {
		p.fail(int(at.Start), "expected \"to\", ',' or ';' but found %q", shorten(word))
	}
	r.Single = false
	p.skip()
	if strings.HasPrefix(p.text[p.at:], "max") {
		p.word()
		r.End, r.ToMax = maxNumber, true
	} else {
		r.End, _ = p.integer()
	}
	r.Pos.End = int32(p.last)
	return r
}

// maxNumber is the largest field number.
const maxNumber = 1<<29 - 1

func (p *parser) extensions(start int) Extensions {
	x := Extensions{}
	for {
		x.Ranges = append(x.Ranges, p.span())
		if p.peek() == '[' {
			x.Options = p.brackets()
			p.require(';')
			break
		}
		if p.accept(';') {
			break
		}
		p.require(',')
	}
	x.Pos = p.end(start)
	return x
}

func (p *parser) service(start int) *Service {
	s := &Service{}
	s.Name, _ = p.identifier("a service")
	p.block(func(word string, at int) {
		switch word {
		case "option":
			s.Options = append(s.Options, p.optionStatement(at))
		case "rpc":
			s.Methods = append(s.Methods, p.method(at))
		default:
			p.fail(at, "expected \"rpc\" or \"option\" but found %q", shorten(word))
		}
	})
	s.Pos = p.end(start)
	return s
}

func (p *parser) method(start int) *Method {
	m := &Method{}
	m.Name, _ = p.identifier("a method")
	m.Input, m.InputStreaming = p.parameter()
	if word, pos := p.word(); word != "returns" {
		p.fail(int(pos.Start), "expected \"returns\" but found %q", shorten(word))
	}
	m.Output, m.OutputStreaming = p.parameter()
	if p.peek() == '{' {
		p.block(func(word string, at int) {
			if word != "option" {
				p.fail(at, "expected \"option\" but found %q", shorten(word))
			}
			m.Options = append(m.Options, p.optionStatement(at))
		})
		p.accept(';')
	} else {
		p.require(';')
	}
	m.Pos = p.end(start)
	return m
}

func (p *parser) parameter() (name string, streaming bool) {
	p.require('(')
	name, _ = p.path("a message")
	if name == "stream" && p.peek() != ')' {
		streaming = true
		name, _ = p.path("a message")
	}
	p.require(')')
	return name, streaming
}

// ParseError of a reference names it.
func located(err error, reference string) error {
	if fault, ok := err.(*formats.ParseError); ok {
		fault.Name = reference
	}
	return err
}
