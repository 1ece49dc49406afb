package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// table collects rows and writes them in columns as wide as what stands in them.
type table struct {
	rows [][]string
}

// newTable starts a table with the names of its columns.
func newTable(columns ...string) *table { return &table{rows: [][]string{columns}} }

// add appends a row. What is empty shows as a dash, what has several lines as one.
func (t *table) add(cells ...any) {
	row := make([]string, len(cells))
	for i, cell := range cells {
		row[i] = oneLine(fmt.Sprint(cell))
		if row[i] == "" {
			row[i] = "-"
		}
	}
	t.rows = append(t.rows, row)
}

// oneLine makes a text safe to stand in a line of a terminal: controls, which could move the cursor, become blanks.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return ' '
		}
		return r
	}, s))
}

// write writes the table; the last column is not padded.
func (t *table) write(w io.Writer) error {
	widths := make([]int, len(t.rows[0]))
	for _, row := range t.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}
