package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/desired"
	"github.com/concord-registry/concord/cmd/concord/report"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
)

// planView writes a plan for people.
type planView struct {
	*desired.Plan
	prefix string // of paths
	style  style
}

// maxExtra is how many subjects without a file are named.
const maxExtra = 10

func (v *planView) text(w io.Writer) error {
	out := bufio.NewWriter(w)
	for _, a := range v.Actions {
		sign, what := v.describe(a)
		fmt.Fprintf(out, "%s %s: %s\n", sign, v.style.bold(oneLine(a.Subject)), what)
		for i := range a.Findings {
			f := &a.Findings[i]
			fmt.Fprintf(out, "    %s%s: %s [%s]\n", v.place(f), f.Severity, oneLine(f.Message), f.Code)
			if f.Hint != "" {
				fmt.Fprintf(out, "      %s\n", v.style.dim(oneLine(f.Hint)))
			}
		}
		if len(a.Findings) == 0 {
			for i := range a.Changes {
				fmt.Fprintf(out, "    %s\n", oneLine(a.Changes[i].Message))
			}
		}
	}
	for _, note := range v.Notes {
		fmt.Fprintf(out, "note: %s\n", oneLine(note))
	}
	if len(v.Extra) > 0 {
		fmt.Fprintf(out, "note: %s\n", v.extra())
	}
	fmt.Fprintln(out, v.summary())
	return out.Flush()
}

// extra says which subjects no file has.
func (v *planView) extra() string {
	names := strings.Join(v.Extra[:min(len(v.Extra), maxExtra)], ", ")
	if len(v.Extra) > maxExtra {
		names += fmt.Sprintf(" and %d more", len(v.Extra)-maxExtra)
	}
	return fmt.Sprintf("no file has %s (%s); --enable-deletes would delete what no file has", words.Counted(len(v.Extra), "subject"), oneLine(names))
}

func (v *planView) place(f *desired.Finding) string {
	if f.Path == "" {
		return ""
	}
	if f.Span == nil {
		return v.prefix + oneLine(f.Path) + ": "
	}
	return fmt.Sprintf("%s%s:%d:%d: ", v.prefix, oneLine(f.Path), f.Span.Start.Line, f.Span.Start.Column)
}

// describe is an action in a few words, with a sign before it as in a diff.
func (v *planView) describe(a *desired.Action) (sign, what string) {
	file := v.prefix + oneLine(a.Path)
	switch {
	case a.Refused():
		sign, what = v.style.red("!"), "refused"
		if a.Path != "" {
			what += " (" + file + ")"
		}
		return sign, what
	case a.Kind == desired.SetLevel:
		return v.style.yellow("~"), fmt.Sprintf("level %s → %s", a.Before.Level, a.Level)
	case a.Kind == desired.Delete:
		return v.style.red("-"), "delete " + words.Counted(len(a.Before.Versions), "version")
	case a.Version == 1:
		return v.style.green("+"), fmt.Sprintf("new subject (%s)", file)
	}
	what = fmt.Sprintf("version %d (%s)", a.Version, file)
	if len(a.Against) > 0 {
		what += ", may follow " + strings.Join(a.Against, "; ")
	}
	return v.style.green("+"), what
}

func (v *planView) summary() string {
	count := map[string]int{}
	for _, a := range v.Actions {
		switch {
		case a.Refused():
			count["refused"]++
		case a.Kind == desired.SetLevel:
			count["level"]++
		case a.Kind == desired.Delete:
			count["deletion"]++
		case a.Version == 1:
			count["new subject"]++
		default:
			count["new version"]++
		}
	}
	if len(v.Actions) == 0 {
		if v.Unchanged == 1 {
			return "Nothing to do: the one subject is as it should be."
		}
		return fmt.Sprintf("Nothing to do: all %d subjects are as they should be.", v.Unchanged)
	}
	var parts []string
	for _, noun := range []string{"new subject", "new version", "level", "deletion"} {
		if n := count[noun]; n > 0 {
			parts = append(parts, words.Counted(n, noun))
		}
	}
	if n := count["refused"]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d refused", n))
	}
	return fmt.Sprintf("Plan: %s; %d unchanged.", strings.Join(parts, ", "), v.Unchanged)
}

// markdown writes a table of the actions, for a comment on a pull request.
func (v *planView) markdown(w io.Writer) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "### %s\n", report.Inline(v.summary()))
	if len(v.Actions) > 0 {
		fmt.Fprint(out, "\n| | subject | action | because |\n|---|---|---|---|\n")
	}
	plain := &planView{Plan: v.Plan, prefix: v.prefix}
	for _, a := range v.Actions {
		_, what := plain.describe(a)
		mark := marks[diff.Harmless]
		var because []string
		for i := range a.Findings {
			f := &a.Findings[i]
			because = append(because, report.Inline(plain.place(f)+f.Message))
			if f.Severity == compat.Error {
				mark = marks[diff.Breaks]
			}
		}
		if len(because) == 0 {
			for i := range a.Changes {
				because = append(because, report.Inline(a.Changes[i].Message))
			}
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", mark, report.Code(a.Subject), report.Inline(what), strings.Join(because, "<br>"))
	}
	for _, note := range v.Notes {
		fmt.Fprintf(out, "\n%s\n", report.Inline(note))
	}
	if len(v.Extra) > 0 {
		fmt.Fprintf(out, "\n%s\n", report.Inline("Note: "+v.extra()+"."))
	}
	return out.Flush()
}
