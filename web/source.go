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

// maxSourceLines bounds the lines of a text on its page. Each is an element, and a schema may have 200,000.
const maxSourceLines = 20_000

// run is a stretch of a line that looks alike and, where href is not empty, leads somewhere.
type run struct{ class, href, text string }

// source writes a schema text as lines of a <pre>, with its words in classes and with links where it names types. Every
// line has the id "L" and its number. Lines beyond maxSourceLines are only counted.
func source(typ formats.Type, text string, links map[place]string) (shown template.HTML, more int) {
	lines := coloured(typ, text, links)
	if more = max(0, len(lines)-maxSourceLines); more > 0 {
		lines = lines[:maxSourceLines]
	}
	var out strings.Builder
	out.Grow(3 * len(text))
	for i, line := range lines {
		n := strconv.Itoa(i + 1)
		out.WriteString(`<span class="line" id="L` + n + `"><a class="no" href="#L` + n + `" tabindex="-1" aria-hidden="true">` + n + `</a><span data-text>`)
		for _, r := range line {
			r.write(&out)
		}
		out.WriteString("</span></span>")
	}
	return template.HTML(out.String()), more
}

func (r run) write(out *strings.Builder) {
	escaped := template.HTMLEscapeString(r.text)
	switch {
	case r.href != "":
		out.WriteString(`<a class="t" href="` + template.HTMLEscapeString(r.href) + `">` + escaped + `</a>`)
	case r.class != "":
		out.WriteString(`<span class="` + r.class + `">` + escaped + `</span>`)
	default:
		out.WriteString(escaped)
	}
}

// coloured takes a text apart into the runs of its lines. Texts that are too large have one run in each.
func coloured(typ formats.Type, text string, links map[place]string) [][]run {
	w := &sourceWriter{text: strings.TrimSuffix(text, "\n"), links: links, column: 1, lines: make([][]run, 1)}
	switch {
	case len(text) > maxColoured:
		w.write("", w.text)
	case typ == formats.Protobuf:
		w.protobuf()
	default:
		w.json()
	}
	return w.lines
}

type sourceWriter struct {
	text   string
	at     int
	links  map[place]string
	column int // on the last line
	lines  [][]run
}

// here is where the next word will stand.
func (w *sourceWriter) here() place { return place{len(w.lines), w.column} }

// write adds a word in a class; a line that ends within it ends the run.
func (w *sourceWriter) write(class, word string) {
	for {
		part, rest, more := strings.Cut(word, "\n")
		if part != "" {
			last := len(w.lines) - 1
			w.lines[last] = append(w.lines[last], run{class, w.links[w.here()], part})
			w.column += utf8.RuneCountInString(part)
		}
		if !more {
			return
		}
		w.lines, w.column, word = append(w.lines, nil), 1, rest
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
	if w.links[place{len(w.lines), w.column + 1}] != "" && end-w.at > 2 {
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
