package web

import (
	"html/template"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// place is a line and a column of a text.
type place struct{ line, column int }

// maxColoured bounds the texts that are coloured, in bytes. Larger ones are plain, which browsers bear better.
const maxColoured = 400 << 10

// source writes a schema text as lines of a <pre>, with its words in classes and with links where it names types. Every
// line has the id "L" and its number.
func source(typ formats.Type, text string, links map[place]string) template.HTML {
	w := &sourceWriter{text: strings.TrimSuffix(text, "\n"), links: links, line: 1, column: 1}
	w.out.Grow(3 * len(text))
	w.open()
	switch {
	case len(text) > maxColoured:
		w.write("", w.text)
	case typ == formats.Protobuf:
		w.protobuf()
	default:
		w.json()
	}
	w.close()
	return template.HTML(w.out.String())
}

type sourceWriter struct {
	text         string
	at           int
	links        map[place]string
	line, column int
	out          strings.Builder
}

func (w *sourceWriter) open() {
	n := strconv.Itoa(w.line)
	w.out.WriteString(`<span class="line" id="L` + n + `"><a class="no" href="#L` + n + `" tabindex="-1" aria-hidden="true">` + n + `</a><span data-text>`)
}

func (w *sourceWriter) close() { w.out.WriteString("</span></span>") }

// write writes a word in a class; a line that ends within it ends the class for a moment.
func (w *sourceWriter) write(class, word string) {
	for first := true; ; first = false {
		part, rest, more := strings.Cut(word, "\n")
		if !first {
			w.close()
			w.line, w.column = w.line+1, 1
			w.open()
		}
		if part != "" {
			w.part(class, part)
		}
		if !more {
			return
		}
		word = rest
	}
}

func (w *sourceWriter) part(class, text string) {
	href := w.links[place{w.line, w.column}]
	w.column += utf8.RuneCountInString(text)
	escaped := template.HTMLEscapeString(text)
	switch {
	case href != "":
		w.out.WriteString(`<a class="t" href="` + template.HTMLEscapeString(href) + `">` + escaped + `</a>`)
	case class != "":
		w.out.WriteString(`<span class="` + class + `">` + escaped + `</span>`)
	default:
		w.out.WriteString(escaped)
	}
}

// quoted returns the end of the string literal that starts at w.at.
func (w *sourceWriter) quoted() int {
	quote := w.text[w.at]
	for i := w.at + 1; i < len(w.text); i++ {
		switch w.text[i] {
		case '\\':
			i++
		case quote:
			return i + 1
		case '\n':
			return i
		}
	}
	return len(w.text)
}

// until returns the end of the stretch from w.at on of which every byte is accepted.
func (w *sourceWriter) until(accept func(byte) bool) int {
	end := w.at
	for end < len(w.text) && accept(w.text[end]) {
		end++
	}
	return end
}

func (w *sourceWriter) take(class string, end int) {
	end = min(end, len(w.text))
	w.write(class, w.text[w.at:end])
	w.at = end
}

func wordByte(c byte) bool {
	return c == '_' || c == '.' || c == '-' || c == '+' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func (w *sourceWriter) json() {
	for w.at < len(w.text) {
		switch c := w.text[w.at]; {
		case c == '"':
			w.jsonString()
		case wordByte(c):
			end := w.until(wordByte)
			class := "n"
			if c >= 'a' && c <= 'z' {
				class = "w"
			}
			w.take(class, end)
		default:
			w.take("", w.until(func(c byte) bool { return c != '"' && !wordByte(c) }))
		}
	}
}

// jsonString writes a string: a key when a colon follows, and a link when what stands in the quotes is one.
func (w *sourceWriter) jsonString() {
	end := min(w.quoted(), len(w.text))
	if w.links[place{w.line, w.column + 1}] != "" && end-w.at > 2 {
		w.take("", w.at+1)
		w.take("", end-1)
		w.take("", end)
		return
	}
	class := "s"
	if strings.HasPrefix(strings.TrimLeft(w.text[end:min(len(w.text), end+16)], " \t"), ":") {
		class = "k"
	}
	w.take(class, end)
}

var protobufWords = map[string]bool{
	"syntax": true, "edition": true, "package": true, "import": true, "public": true, "weak": true, "option": true, "message": true, "enum": true,
	"oneof": true, "map": true, "repeated": true, "optional": true, "required": true, "reserved": true, "extensions": true, "extend": true, "to": true,
	"max": true, "service": true, "rpc": true, "returns": true, "stream": true, "group": true, "true": true, "false": true,
}

var protobufScalars = map[string]bool{
	"double": true, "float": true, "int32": true, "int64": true, "uint32": true, "uint64": true, "sint32": true, "sint64": true, "fixed32": true,
	"fixed64": true, "sfixed32": true, "sfixed64": true, "bool": true, "string": true, "bytes": true,
}

func (w *sourceWriter) protobuf() {
	for w.at < len(w.text) {
		rest := w.text[w.at:]
		switch c := rest[0]; {
		case strings.HasPrefix(rest, "//"):
			w.take("c", w.until(func(c byte) bool { return c != '\n' }))
		case strings.HasPrefix(rest, "/*"):
			end := strings.Index(rest[2:], "*/")
			if end < 0 {
				end = len(rest)
			}
			w.take("c", w.at+end+4)
		case c == '"' || c == '\'':
			w.take("s", w.quoted())
		case wordByte(c):
			end := w.until(wordByte)
			word := w.text[w.at:end]
			class := ""
			switch {
			case protobufWords[word]:
				class = "w"
			case protobufScalars[word]:
				class = "t"
			case c >= '0' && c <= '9' || c == '-':
				class = "n"
			}
			w.take(class, end)
		default:
			// At least one byte: a slash that begins no comment stands here too.
			start := w.at
			w.at++
			end := w.until(func(c byte) bool { return !wordByte(c) && c != '"' && c != '\'' && c != '/' })
			w.at = start
			w.take("", end)
		}
	}
}
