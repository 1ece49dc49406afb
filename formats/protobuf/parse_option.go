package protobuf

import "strings"

// optionStatement reads an option after its keyword, up to the semicolon.
func (p *parser) optionStatement(start int) Option {
	o := p.option()
	p.require(';')
	o.Pos = p.end(start)
	return o
}

// brackets reads the options in square brackets after a field, an enum value or an extension range.
func (p *parser) brackets() []Option {
	if !p.accept('[') {
		return nil
	}
	var options []Option
	for {
		p.skip()
		start := p.at
		o := p.option()
		o.Pos = p.end(start)
		options = append(options, o)
		if p.accept(']') {
			return options
		}
		p.require(',')
	}
}

// option reads a name, a path, '=' and a value.
func (p *parser) option() Option {
	o := Option{}
	o.Name, o.Paren = p.optionName()
	if name, dotted := strings.CutSuffix(o.Name, "."); dotted {
		o.Name = name
		p.step(&o)
	}
	for p.accept('.') {
		p.step(&o)
	}
	p.require('=')
	o.Value = p.value()
	return o
}

// step reads what follows a dot in an option's name. A word such as "b.c" is two steps.
func (p *parser) step(o *Option) {
	name, paren := p.optionName()
	if paren {
		o.Path = append(o.Path, OptionPart{Name: name, Paren: true})
	} else {
		for _, part := range strings.Split(strings.TrimSuffix(name, "."), ".") {
			o.Path = append(o.Path, OptionPart{Name: part})
		}
	}
	if len(o.Path) > p.budget.depth() {
		p.fail(p.last-1, "this option name has more than %d parts", p.budget.depth())
	}
	if strings.HasSuffix(name, ".") {
		p.step(o)
	}
}

// optionName reads "(name)" or "name". A plain name may end in a dot when a parenthesis follows it.
func (p *parser) optionName() (name string, paren bool) {
	if p.accept('(') {
		name, _ = p.path("an option")
		p.require(')')
		return name, true
	}
	name, pos := p.word()
	if !isPath(strings.TrimSuffix(name, ".")) || strings.HasSuffix(name, ".") && p.peek() != '(' {
		p.fail(int(pos.Start), "%q is not the name of an option", shorten(name))
	}
	return name, false
}

// value reads the value of an option or of a literal's key.
func (p *parser) value() Value {
	switch c := p.peek(); {
	case c == '{':
		return p.messageLiteral('{', '}')
	case c == '<':
		return p.messageLiteral('<', '>')
	case c == '[':
		return p.listLiteral()
	case c == '"' || c == '\'':
		return Value{Kind: StringValue, Text: p.quoted()}
	case c == '+':
		p.accept('+')
	}
	word, _ := p.word()
	switch {
	case word == "-":
		rest, _ := p.word()
		return Value{Kind: NumberValue, Text: word + rest}
	case word == "true" || word == "false":
		return Value{Kind: BoolValue, Text: word}
	case isDigit(word[0]) || word[0] == '-' || word[0] == '.' && len(word) > 1 && isDigit(word[1]):
		return Value{Kind: NumberValue, Text: word}
	}
	return Value{Kind: IdentValue, Text: word}
}

// messageLiteral reads a literal in the text format. A key that occurs again adds to the list of its values.
func (p *parser) messageLiteral(open, closing byte) Value {
	p.require(open)
	p.enter()
	v := Value{Kind: LiteralValue}
	index := map[string]int{}
	for !p.accept(closing) {
		key := p.literalKey()
		if !p.accept(':') {
			if c := p.peek(); c != '{' && c != '<' && c != '[' {
				p.fail(p.at, "expected ':' after %s but found %s", shorten(key), p.found())
			}
		}
		value := p.value()
		if i, again := index[key]; again {
			v.Fields[i].Value = join(v.Fields[i].Value, value)
		} else {
			index[key] = len(v.Fields)
			v.Fields = append(v.Fields, LiteralField{Key: key, Value: value})
		}
		if !p.accept(',') {
			p.accept(';')
		}
	}
	p.leave()
	return v
}

// join makes one list of two values of the same key. Both belong to the literal that is being read.
func join(a, b Value) Value {
	if a.Kind != ListValue {
		a = Value{Kind: ListValue, List: []Value{a}}
	}
	if b.Kind != ListValue {
		b = Value{Kind: ListValue, List: []Value{b}}
	}
	return Value{Kind: ListValue, List: append(a.List, b.List...)}
}

// literalKey reads a field name, "[extension]" or "[domain/type]".
func (p *parser) literalKey() string {
	if !p.accept('[') {
		key, _ := p.word()
		return key
	}
	key, _ := p.word()
	for p.accept('/') {
		more, _ := p.word()
		key += "/" + more
	}
	p.require(']')
	return "[" + key + "]"
}

func (p *parser) listLiteral() Value {
	p.require('[')
	p.enter()
	v := Value{Kind: ListValue}
	for !p.accept(']') {
		v.List = append(v.List, p.value())
		if !p.accept(',') && p.peek() != ']' {
			p.fail(p.at, "expected ',' or ']' but found %s", p.found())
		}
	}
	p.leave()
	return v
}
