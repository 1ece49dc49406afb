package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/concord-registry/concord/compat/diff"
)

// defaultWidth is how wide a page is that is no terminal, in columns; narrowest is what two texts need at least.
const (
	defaultWidth = 140
	narrowest    = 60
)

// width is how many columns the output has.
func (m *Main) width() int {
	width := defaultWidth
	if file, ok := m.Stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(file.Fd())); err == nil {
			width = w
		}
	}
	if w, err := strconv.Atoi(m.Getenv("COLUMNS")); err == nil {
		width = w
	}
	return max(width, narrowest)
}

// contextLines is how many unchanged lines stand around a change.
const contextLines = 3

// sideBySide writes both texts next to each other where they differ, and the changes below.
func (v *diffView) sideBySide(w io.Writer, width int) error {
	out := bufio.NewWriter(w)
	numbers := len(strconv.Itoa(max(strings.Count(v.oldLines, "\n"), strings.Count(v.newLines, "\n")) + 1))
	column := (width - 2*numbers - 5) / 2
	p := &sidePrinter{out: out, style: v.style, numbers: numbers, column: column}
	p.title(v.Old.Name, v.New.Name)
	for i, hunk := range diff.Fold(diff.Lines(v.oldLines, v.newLines), contextLines) {
		if i > 0 {
			fmt.Fprintln(out, v.style.dim(strings.Repeat("·", 2*(numbers+column)+5)))
		}
		for _, row := range hunk {
			p.row(row)
		}
	}
	fmt.Fprintln(out)
	v.changes(out, "")
	fmt.Fprintln(out, v.summary())
	return out.Flush()
}

type sidePrinter struct {
	out             io.Writer
	style           style
	numbers, column int // widths
}

func (p *sidePrinter) title(old, new string) {
	left := pad(cut([]rune(oneLine(old)), p.numbers+1+p.column), p.numbers+1+p.column)
	fmt.Fprintf(p.out, "%s   %s\n", p.style.bold(left), p.style.bold(oneLine(new)))
}

// signs stand between the two sides, as in diff -y.
var signs = map[diff.Kind]string{diff.Same: " ", diff.Added: ">", diff.Removed: "<", diff.Changed: "|"}

// row writes a row; a line that is longer than its column goes on below.
func (p *sidePrinter) row(row diff.Row) {
	left, right := wrapped(row.Old, p.column), wrapped(row.New, p.column)
	for i := range max(len(left), len(right), 1) {
		before := p.side(row.Old, left, i, p.style.red, row.Kind != diff.Same)
		after := strings.TrimRight(p.side(row.New, right, i, p.style.green, row.Kind != diff.Same), " ")
		fmt.Fprintln(p.out, strings.TrimRight(before+" "+signs[row.Kind]+" "+after, " "))
	}
}

// side is one line of one side, with its number in front.
func (p *sidePrinter) side(line *diff.Line, lines []string, i int, colour func(string) string, changed bool) string {
	if i >= len(lines) {
		return strings.Repeat(" ", p.numbers+1+p.column)
	}
	number := ""
	if i == 0 && line != nil {
		number = strconv.Itoa(line.Number)
	}
	text := pad(lines[i], p.column)
	if changed {
		text = colour(text)
	}
	return p.style.dim(strings.Repeat(" ", p.numbers-len(number))+number) + " " + text
}

// wrapped cuts a line into stretches that fit a column.
func wrapped(line *diff.Line, column int) (lines []string) {
	if line == nil {
		return nil
	}
	text := []rune(visible(line.Text))
	for len(text) > column {
		lines, text = append(lines, string(text[:column])), text[column:]
	}
	return append(lines, string(text))
}

// visible makes a line safe for a terminal and as wide as it looks: tabs become blanks, other controls too.
func visible(s string) string {
	indent := len(s) - len(strings.TrimLeft(s, " \t"))
	return strings.ReplaceAll(s[:indent], "\t", "    ") + oneLine(s[indent:])
}

func cut(text []rune, most int) string {
	if len(text) <= most {
		return string(text)
	}
	return string(text[:most-1]) + "…"
}

func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}
