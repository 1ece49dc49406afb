package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/report"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
)

// text writes a line for each change, with the findings below it.
func (v *diffView) text(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "%s → %s\n", v.style.bold(oneLine(v.Old.Name)), v.style.bold(oneLine(v.New.Name)))
	v.changes(out, "")
	for _, undecided := range v.Undecided {
		fmt.Fprintf(out, "undecided: %s\n", oneLine(undecided))
	}
	fmt.Fprintln(out, v.summary())
	return out.Flush()
}

// changes writes the changes alone, each line after an indent.
func (v *diffView) changes(out io.Writer, indent string) {
	for i := range v.Changes {
		c := &v.Changes[i]
		words, worst := effect(c)
		fmt.Fprintf(out, "%s%s: %s [%s]\n", indent, oneLine(v.place(c)), oneLine(c.Message), v.colour(worst, words))
		hint := ""
		for j := range c.Findings {
			f := &c.Findings[j]
			fmt.Fprintf(out, "%s    %s: %s [%s]\n", indent, f.Direction, oneLine(f.Message), f.Code)
			if f.Hint != "" && f.Hint != hint {
				fmt.Fprintf(out, "%s    %s\n", indent, v.style.dim(oneLine(f.Hint)))
				hint = f.Hint
			}
			if v.explain {
				for _, line := range report.Proof(f) {
					fmt.Fprintf(out, "%s      %s\n", indent, line)
				}
			}
		}
	}
	if v.More > 0 {
		fmt.Fprintf(out, "%sand %s more\n", indent, words.Counted(v.More, "change"))
	}
}

// marks are the verdicts in Markdown.
var marks = map[diff.Effect]string{diff.Breaks: "❌", diff.Warns: "⚠️", diff.Unknown: "❔", diff.Harmless: "✅"}

// markdown writes a table of the changes and the lines that differ, for a comment on a pull request.
func (v *diffView) markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### %s → %s\n\n%s\n", report.Code(v.Old.Name), report.Code(v.New.Name), report.Inline(v.summary()))
	if len(v.Changes) > 0 {
		fmt.Fprint(out, "\n| | where | change | backward | forward |\n|---|---|---|---|---|\n")
	}
	for i := range v.Changes {
		c := &v.Changes[i]
		_, worst := effect(c)
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s |\n", marks[worst], report.Code(v.place(c)), report.Inline(c.Message), v.reasons(c, compat.NewReadsOld), v.reasons(c, compat.OldReadsNew))
	}
	if lines := v.unified(); lines != "" {
		fence := "```"
		for strings.Contains(lines, fence) {
			fence += "`"
		}
		fmt.Fprintf(out, "\n<details><summary>Lines</summary>\n\n%sdiff\n%s%s\n\n</details>\n", fence, lines, fence)
	}
	return out.Flush()
}

// reasons are the findings of one direction in a table cell.
func (v *diffView) reasons(c *diff.Change, direction compat.Direction) string {
	var all []string
	for _, f := range c.Findings {
		if f.Direction == direction {
			all = append(all, report.Inline(f.Message))
		}
	}
	if len(all) == 0 {
		return "fine"
	}
	return strings.Join(all, "<br>")
}

// unified is the line diff; empty when the texts are equal.
func (v *diffView) unified() string {
	return diff.Unified(v.Old.Name, v.New.Name, v.oldLines, v.newLines)
}
