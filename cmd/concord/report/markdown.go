package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/compat"
)

// Markdown writes a page for the summary of a pipeline or a comment on a pull request.
func Markdown(w io.Writer, r *gate.Result, o Options) error {
	out := bufio.NewWriter(w)
	title := "Schemas are compatible"
	if r.Count(compat.Error) > 0 {
		title = "Schemas would break readers or writers"
	}
	fmt.Fprintf(out, "## %s\n\n%s\n", title, Summary(r, o.Elapsed))
	for i := range r.Subjects {
		s := &r.Subjects[i]
		if len(s.Findings) == 0 {
			continue
		}
		fmt.Fprintf(out, "\n### %s\n\n%s, %s", Code(s.Name), Code(o.path(s.Path)), s.Status)
		if len(s.Against) > 0 {
			fmt.Fprintf(out, ", compared with %s", Inline(strings.Join(s.Against, "; ")))
		}
		fmt.Fprint(out, "\n\n| | line | finding | how to mend it |\n|---|---|---|---|\n")
		findings := sorted(s)
		for _, f := range findings {
			fmt.Fprintf(out, "| %s | %d | %s %s | %s |\n", mark(f.Severity), placeOf(&f).line, Code(f.Code), Inline(sentence(&f)), Inline(f.Hint))
		}
		for _, f := range findings {
			if lines := Proof(&f.Finding); len(lines) > 0 && f.Witness != nil {
				fmt.Fprintf(out, "\n<details><summary>Proof of %s, line %d</summary>\n\n%s\n\n</details>\n", f.Code, placeOf(&f).line, block(strings.Join(lines, "\n")))
			}
		}
	}
	return out.Flush()
}

func mark(s compat.Severity) string {
	if s == compat.Error {
		return "❌ error"
	}
	return "⚠️ warning"
}

// Inline makes a text safe in a line or a table cell of Markdown.
func Inline(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", ">", "&gt;", "*", "\\*", "_", "\\_", "`", "\\`", "[", "\\[").Replace(oneLine(s))
}

// Code shows a text as it is; backticks in it need a longer fence.
func Code(s string) string {
	s = strings.ReplaceAll(oneLine(s), "|", "\\|")
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

// block fences a text that may itself hold fences.
func block(s string) string {
	fence := "```"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + "\n" + s + "\n" + fence
}
