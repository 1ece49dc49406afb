package diff

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Layout returns the same schema with a text for people to read; see LayoutText.
func Layout(ctx context.Context, e *engine.Engine, s formats.Schema) (formats.Schema, error) {
	src := s.Source()
	text := LayoutText(s.Type(), src.Text)
	if text == src.Text {
		return s, nil
	}
	src.Text = text
	laid, err := e.Parse(ctx, s.Type(), src, formats.Options{})
	var limit *formats.LimitError
	if errors.As(err, &limit) {
		return s, nil // the blanks made it larger than a schema may be
	}
	return laid, err
}

// LayoutText gives JSON that stands on one line, as it does in a registry, more lines: it is broken where it gets long or deep,
// and each field has a line of its own. Other texts stay as they are. It is the one form in which people see registered
// texts, so that a line has the same number wherever it is named.
func LayoutText(t formats.Type, text string) string {
	if t == formats.Protobuf || strings.Contains(strings.TrimSpace(text), "\n") || !json.Valid([]byte(text)) {
		return text
	}
	l := &layouter{text: text}
	if root := l.measure(); root.height == 0 || root.empty {
		return text // there is nothing in it: it reads as it is
	}
	l.at = 0
	l.out.Grow(len(text) + len(text)/4)
	l.write("", true)
	l.out.WriteByte('\n')
	return l.out.String()
}

// size is what a container takes when it is written on one line.
type size struct {
	height int32 // containers within each other
	length int32
	empty  bool
}

// layouter reads valid JSON twice: to measure its containers, and to write it. A schema may have half a million values; a tree of
// them would take twenty times the text.
type layouter struct {
	text  string
	at    int
	sizes []size // of the containers, in the order in which they begin; those that are written already are cut off
	out   strings.Builder
}

func (l *layouter) skip() {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n,:", l.text[l.at]) >= 0 {
		l.at++
	}
}

// open reports whether a container begins here, and reads its bracket.
func (l *layouter) open() (bracket byte, container bool) {
	l.skip()
	if bracket = l.text[l.at]; bracket != '{' && bracket != '[' {
		return 0, false
	}
	l.at++
	return bracket, true
}

// more reports whether another value follows in a container, and reads the bracket that closes it otherwise.
func (l *layouter) more() bool {
	l.skip()
	if l.text[l.at] != '}' && l.text[l.at] != ']' {
		return true
	}
	l.at++
	return false
}

// measure reads a value and notes the sizes of the containers in it.
func (l *layouter) measure() size {
	bracket, container := l.open()
	if !container {
		return size{length: int32(len(l.word()))}
	}
	i := len(l.sizes)
	l.sizes = append(l.sizes, size{})
	whole := size{height: 1, length: 2, empty: true}
	for l.more() {
		whole.empty = false
		if bracket == '{' {
			whole.length += int32(len(l.word())) + 2
		}
		inner := l.measure()
		whole.height = max(whole.height, inner.height+1)
		whole.length += inner.length + 2
	}
	l.sizes[i] = whole
	return whole
}

// word reads a string, a number or a name.
func (l *layouter) word() string {
	start := l.at
	if l.text[l.at] != '"' {
		for l.at < len(l.text) && strings.IndexByte(" \t\r\n,:]}", l.text[l.at]) < 0 {
			l.at++
		}
		return l.text[start:l.at]
	}
	for l.at++; l.text[l.at] != '"'; l.at++ {
		if l.text[l.at] == '\\' {
			l.at++
		}
	}
	l.at++
	return l.text[start:l.at]
}

// What is wider or deeper than this is broken into lines.
const (
	lineWidth  = 96
	lineHeight = 3
)

// listing keywords hold what a schema consists of, each part of which has a line of its own.
var listing = map[string]bool{`"fields"`: true, `"properties"`: true, `"$defs"`: true, `"definitions"`: true}

// write reads a value and writes it; broken asks for a line for each value in it.
func (l *layouter) write(indent string, broken bool) {
	bracket, container := l.open()
	if !container {
		l.out.WriteString(l.word())
		return
	}
	whole := l.sizes[0]
	l.sizes = l.sizes[1:]
	broken = !whole.empty && (broken || whole.height > lineHeight || len(indent)+int(whole.length) > lineWidth)
	l.out.WriteByte(bracket)
	inner := indent + "  "
	for first := true; l.more(); first = false {
		if !first {
			l.out.WriteByte(',')
		}
		switch {
		case broken:
			l.out.WriteString("\n" + inner)
		case !first || bracket == '{':
			l.out.WriteByte(' ')
		}
		lists := false
		if bracket == '{' {
			key := l.word()
			l.out.WriteString(key + ": ")
			lists = listing[key]
		}
		l.write(inner, lists)
	}
	switch {
	case broken:
		l.out.WriteString("\n" + indent)
	case bracket == '{' && !whole.empty:
		l.out.WriteByte(' ')
	}
	l.out.WriteByte(bracket + 2) // the closing one, in ASCII
}
