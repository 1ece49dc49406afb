package protobuf

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// budget counts what parsing a schema and its references may still take. The files of one schema share it.
type budget struct {
	limits formats.Limits
	nodes  int
}

// maxDepth bounds the nesting of blocks and literals whatever the configured limit: it is how deep the decoders of
// descriptors recurse.
const maxDepth = 100

func (b *budget) depth() int { return min(b.limits.Depth, maxDepth) }

func depthError(limit int) error { return &formats.LimitError{Limit: "levels of nesting", Max: limit} }

// node counts one word or string.
func (b *budget) node() {
	if b.nodes++; b.nodes > b.limits.Nodes {
		panic(stop{&formats.LimitError{Limit: "nodes", Max: b.limits.Nodes}})
	}
}

// stop carries an error out of the recursive descent; parseFile is the only one to raise and to catch it.
type stop struct{ err error }

// lexer reads words, strings and punctuation from a .proto text.
type lexer struct {
	text   string
	at     int // offset of the next byte
	last   int // end of what was read last
	depth  int
	budget *budget
}

func (l *lexer) fail(at int, format string, args ...any) {
	end := at + 1
	for end < len(l.text) && isWord(l.text[at]) && isWord(l.text[end]) {
		end++
	}
	panic(stop{&formats.ParseError{Message: fmt.Sprintf(format, args...), Span: formats.NewLines(l.text).Span(at, end)}})
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.' || c == '-'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// skip moves to the next byte that is neither white space nor part of a comment.
func (l *lexer) skip() {
	for l.at < len(l.text) {
		switch c := l.text[l.at]; {
		case c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			l.at++
		case c == '/' && strings.HasPrefix(l.text[l.at:], "//"):
			if end := strings.IndexByte(l.text[l.at:], '\n'); end >= 0 {
				l.at += end + 1
			} else {
				l.at = len(l.text)
			}
		case c == '/' && strings.HasPrefix(l.text[l.at:], "/*"):
			end := strings.Index(l.text[l.at+2:], "*/")
			if end < 0 {
				l.fail(l.at, "this comment does not end")
			}
			l.at += end + 4
		default:
			return
		}
	}
}

// done reports whether nothing but white space is left.
func (l *lexer) done() bool {
	l.skip()
	return l.at == len(l.text)
}

// peek returns the next byte after white space, 0 at the end of the text.
func (l *lexer) peek() byte {
	if l.done() {
		return 0
	}
	return l.text[l.at]
}

// accept reads c if it comes next.
func (l *lexer) accept(c byte) bool {
	if l.peek() != c {
		return false
	}
	l.at++
	l.last = l.at
	return true
}

func (l *lexer) require(c byte) {
	if !l.accept(c) {
		l.fail(l.at, "expected %q but found %s", c, l.found())
	}
}

// found describes what comes next, for messages.
func (l *lexer) found() string {
	if l.done() {
		return "the end of the text"
	}
	end := l.at
	for end < len(l.text) && end-l.at < 40 && isWord(l.text[end]) {
		end++
	}
	if end == l.at {
		_, size := utf8.DecodeRuneInString(l.text[l.at:])
		end += size
	}
	return fmt.Sprintf("%q", l.text[l.at:end])
}

// enter and leave count the nesting of blocks.
func (l *lexer) enter() {
	if l.depth++; l.depth > l.budget.depth() {
		panic(stop{depthError(l.budget.depth())})
	}
}

func (l *lexer) leave() { l.depth-- }

// word reads a run of letters, digits, '_', '.' and '-', with a '+' after the exponent sign of a number.
func (l *lexer) word() (string, Pos) {
	l.skip()
	start := l.at
	for l.at < len(l.text) {
		c := l.text[l.at]
		exponent := c == '+' && l.at > start && (l.text[l.at-1] == 'e' || l.text[l.at-1] == 'E') && (isDigit(l.text[start]) || l.text[start] == '-')
		if !isWord(c) && !exponent {
			break
		}
		l.at++
	}
	if l.at == start {
		l.fail(start, "expected a name or a number but found %s", l.found())
	}
	l.budget.node()
	l.last = l.at
	return l.text[start:l.at], Pos{int32(start), int32(l.at)}
}

// isIdentifier reports whether word is letters, digits and '_' without a leading digit.
func isIdentifier(word string) bool {
	if word == "" || isDigit(word[0]) {
		return false
	}
	return strings.IndexByte(word, '.') < 0 && strings.IndexByte(word, '-') < 0
}

// isPath reports whether word is identifiers joined by dots, perhaps after a leading dot.
func isPath(word string) bool {
	rest := strings.TrimPrefix(word, ".")
	for {
		part, more, found := strings.Cut(rest, ".")
		if !isIdentifier(part) {
			return false
		}
		if !found {
			return true
		}
		rest = more
	}
}

// identifier reads a simple name.
func (l *lexer) identifier(what string) (string, Pos) {
	word, pos := l.word()
	if !isIdentifier(word) {
		l.fail(int(pos.Start), "%q cannot be the name of %s: a name is letters, digits and '_' and begins with a letter or '_'", shorten(word), what)
	}
	return word, pos
}

// path reads a name that may be qualified.
func (l *lexer) path(what string) (string, Pos) {
	word, pos := l.word()
	if !isPath(word) {
		l.fail(int(pos.Start), "%q is not the name of %s", shorten(word), what)
	}
	return word, pos
}

// shorten cuts what was written to a length that fits a message.
func shorten(s string) string {
	if len(s) <= 60 {
		return s
	}
	cut := 57
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}

// quoted reads one or more adjacent string literals.
func (l *lexer) quoted() string {
	if c := l.peek(); c != '"' && c != '\'' {
		l.fail(l.at, "expected a string in quotes but found %s", l.found())
	}
	var content strings.Builder
	for {
		c := l.peek()
		if c != '"' && c != '\'' {
			return content.String()
		}
		l.budget.node()
		l.literal(&content, c)
		l.last = l.at
	}
}

// literal reads a string literal up to its closing quote.
func (l *lexer) literal(content *strings.Builder, quote byte) {
	start := l.at
	l.at++
	for l.at < len(l.text) {
		c := l.text[l.at]
		switch c {
		case quote:
			l.at++
			return
		case '\n':
			l.fail(start, "this string does not end on its line")
		case '\\':
			l.at++
			l.escape(content)
		default:
			content.WriteByte(c)
			l.at++
		}
	}
	l.fail(start, "this string does not end")
}

// escape reads what follows a backslash. An unknown escape stands for its character, as in the reference's parser.
func (l *lexer) escape(content *strings.Builder) {
	if l.at == len(l.text) {
		l.fail(l.at-1, "this string does not end")
	}
	c := l.text[l.at]
	l.at++
	switch c {
	case 'a':
		content.WriteByte('\a')
	case 'b':
		content.WriteByte('\b')
	case 'f':
		content.WriteByte('\f')
	case 'n':
		content.WriteByte('\n')
	case 'r':
		content.WriteByte('\r')
	case 't':
		content.WriteByte('\t')
	case 'v':
		content.WriteByte('\v')
	case 'x', 'X':
		content.WriteByte(byte(l.digits(16, 2, 1)))
	case '0', '1', '2', '3', '4', '5', '6', '7':
		l.at--
		content.WriteByte(byte(l.digits(8, 3, 1)))
	case 'u':
		content.WriteRune(rune(l.digits(16, 4, 4)))
	case 'U':
		content.WriteRune(rune(l.digits(16, 8, 8)))
	default:
		content.WriteByte(c)
	}
}

// digits reads between least and most digits of the given base.
func (l *lexer) digits(base, most, least int) int {
	value, n := 0, 0
	for ; n < most && l.at < len(l.text); n++ {
		d := strings.IndexByte("0123456789abcdef", l.text[l.at]|0x20)
		if d < 0 || d >= base {
			break
		}
		value = value*base + d
		l.at++
	}
	if n < least {
		l.fail(l.at-n-1, "this escape needs %d digits of base %d", least, base)
	}
	return value
}
