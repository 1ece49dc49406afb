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
	root := l.parse()
	if len(root.blocks) == 0 {
		return text // a bare word: it reads as it is
	}
	var b strings.Builder
	root.write(&b, "", true)
	b.WriteByte('\n')
	return b.String()
}

// block is a value of valid JSON: a word, or a container with what is in it.
type block struct {
	word   string // of what is no container; of a container its opening bracket
	keys   []string
	blocks []block
	height int // containers within each other
	length int // written on one line
}

type layouter struct {
	text string
	at   int
}

func (l *layouter) skip() {
	for l.at < len(l.text) && strings.IndexByte(" \t\r\n,:", l.text[l.at]) >= 0 {
		l.at++
	}
}

func (l *layouter) parse() block {
	l.skip()
	c := l.text[l.at]
	if c != '{' && c != '[' {
		word := l.word()
		return block{word: word, length: len(word)}
	}
	l.at++
	b := block{word: string(c), height: 1, length: 2}
	for l.skip(); l.text[l.at] != '}' && l.text[l.at] != ']'; l.skip() {
		if c == '{' {
			key := l.word()
			b.keys = append(b.keys, key)
			b.length += len(key) + 2
		}
		inner := l.parse()
		b.blocks = append(b.blocks, inner)
		b.height = max(b.height, inner.height+1)
		b.length += inner.length + 2
	}
	l.at++
	return b
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

func (b *block) write(out *strings.Builder, indent string, broken bool) {
	out.WriteString(b.word)
	if b.height == 0 {
		return
	}
	closing := "}"
	if b.word == "[" {
		closing = "]"
	}
	broken = len(b.blocks) > 0 && (broken || b.height > lineHeight || len(indent)+b.length > lineWidth)
	inner := indent + "  "
	for i := range b.blocks {
		switch {
		case broken:
			out.WriteString("\n" + inner)
		case i > 0 || b.word == "{":
			out.WriteByte(' ')
		}
		lists := false
		if b.keys != nil {
			out.WriteString(b.keys[i] + ": ")
			lists = listing[b.keys[i]]
		}
		b.blocks[i].write(out, inner, lists)
		if i < len(b.blocks)-1 {
			out.WriteByte(',')
		}
	}
	switch {
	case broken:
		out.WriteString("\n" + indent)
	case b.word == "{" && len(b.blocks) > 0:
		out.WriteByte(' ')
	}
	out.WriteString(closing)
}
