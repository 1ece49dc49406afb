package protobuf

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// options returns the options to print: all of them as written, or what the printing leaves of them.
func (p *printer) options(options []Option) []Option {
	if p.standard {
		var kept []Option
		for _, o := range options {
			if !o.Paren || strings.HasPrefix(strings.TrimPrefix(o.Name, "."), "confluent.") {
				kept = append(kept, o)
			}
		}
		options = kept
	}
	if p.normalize() {
		options = p.scope.normalizeOptions(options)
	}
	return options
}

func (p *printer) optionLines(options []Option) {
	for _, o := range options {
		p.start()
		p.write("option ")
		p.option(o)
		p.write(";\n")
	}
}

// bracketed writes the options of a field or enum value: one on the same line, several on a line each.
func (p *printer) bracketed(options []Option) {
	p.brackets(len(options), func(i int) { p.option(options[i]) })
}

// brackets writes n items in square brackets.
func (p *printer) brackets(n int, item func(i int)) {
	if n == 1 {
		p.write("[")
		item(0)
		p.write("]")
		return
	}
	p.lines("[", n, item, "]")
}

// lines writes n items, a line each, between an opening and a closing mark.
func (p *printer) lines(open string, n int, item func(i int), closing string) {
	p.write(open, "\n")
	p.indent++
	for i := range n {
		p.start()
		item(i)
		if i < n-1 {
			p.write(",")
		}
		p.write("\n")
	}
	p.indent--
	p.start()
	p.write(closing)
}

func (p *printer) option(o Option) {
	if o.Paren {
		p.write("(", o.Name, ")")
	} else {
		p.write(o.Name)
	}
	for _, part := range o.Path {
		if part.Paren {
			p.write(".(", part.Name, ")")
		} else {
			p.write(".", part.Name)
		}
	}
	p.write(" = ")
	if o.Value.Kind == ListValue {
		p.brackets(len(o.Value.List), func(i int) { p.value(o.Value.List[i]) })
		return
	}
	p.value(o.Value)
}

func (p *printer) value(v Value) {
	switch v.Kind {
	case StringValue:
		p.write(`"`, escape(v.Text), `"`)
	case LiteralValue:
		p.lines("{", len(v.Fields), func(i int) {
			p.write(v.Fields[i].Key, ": ")
			p.value(v.Fields[i].Value)
		}, "}")
	case ListValue:
		p.lines("[", len(v.List), func(i int) { p.value(v.List[i]) }, "]")
	default:
		p.write(v.Text)
	}
}

// escape writes a string's content with the escapes of the reference. Bytes that are not UTF-8, and control characters
// without an escape of their own, are written in octal so that the text stays the same schema.
func escape(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case strings.IndexByte("\a\b\f\n\r\t\v", s[i]) >= 0:
			out.WriteByte('\\')
			out.WriteByte("abfnrtv"[strings.IndexByte("\a\b\f\n\r\t\v", s[i])])
		case s[i] == '\\' || s[i] == '\'' || s[i] == '"':
			out.WriteByte('\\')
			out.WriteByte(s[i])
		case s[i] < 0x20 || s[i] == 0x7f || r == utf8.RuneError && size == 1:
			fmt.Fprintf(&out, `\%03o`, s[i])
		default:
			out.WriteString(s[i : i+size])
		}
		i += size
	}
	return out.String()
}

// Spelled returns the option's name, with parentheses and path, and its value as canonical text has it, on one line.
func (o Option) Spelled() (name, value string) {
	p := &printer{}
	p.option(o)
	name, value, _ = strings.Cut(p.out.String(), " = ")
	return name, strings.Join(strings.Fields(value), " ")
}

// String returns the value as canonical text has it.
func (v Value) String() string {
	p := &printer{}
	p.value(v)
	return p.out.String()
}
