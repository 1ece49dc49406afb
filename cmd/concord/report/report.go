// Package report writes the outcome of a check in the forms that people and pipelines read.
package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat"
)

// Options of a report.
type Options struct {
	// Prefix is put before every path, so that it is right from the working directory (or the repository's root).
	Prefix string
	// Explain adds the witness of each finding.
	Explain bool
	// Version of this program, for formats that name their tool.
	Version string
	Elapsed time.Duration
}

func (o *Options) path(p string) string { return o.Prefix + p }

// Writer writes one format.
type Writer func(w io.Writer, r *gate.Result, o Options) error

// Formats are the values of --error-format, the default first.
var Formats = []string{"text", "json", "junit", "sarif", "github-actions", "gitlab-code-quality", "markdown"}

var writers = map[string]Writer{
	"text": Text, "json": JSON, "junit": JUnit, "sarif": SARIF,
	"github-actions": GitHubActions, "gitlab-code-quality": GitLab, "markdown": Markdown,
}

// For returns the writer of a format; nil when there is no such format.
func For(format string) Writer { return writers[format] }

// place is where a finding stands: line and column count from 1; a finding about a whole file is at its beginning.
type place struct{ line, column, endLine, endColumn int }

func placeOf(f *gate.Finding) place {
	if f.Span == nil {
		return place{1, 1, 1, 1}
	}
	return place{f.Span.Start.Line, f.Span.Start.Column, f.Span.End.Line, f.Span.End.Column}
}

// sentence is what a finding says, with what it was compared with and how to mend it.
func sentence(f *gate.Finding) string {
	text := f.Message
	if f.Breaks != nil && len(f.Breaks) == 0 {
		return text // it is only told
	}
	if f.Against != "" && f.Version > 0 {
		text += fmt.Sprintf(" Breaks %s with version %d in %s.", direction(f), f.Version, f.Against)
	} else if f.Against != "" && f.Direction != "" {
		text += fmt.Sprintf(" Breaks %s with %s.", direction(f), f.Against)
	}
	return text
}

func direction(f *gate.Finding) string {
	if f.Direction == compat.OldReadsNew {
		return "forward compatibility"
	}
	return "backward compatibility"
}

// sorted returns the findings of a subject by place, errors first at the same place.
func sorted(s *gate.Subject) []gate.Finding {
	findings := slices.Clone(s.Findings)
	slices.SortStableFunc(findings, func(a, b gate.Finding) int {
		p, q := placeOf(&a), placeOf(&b)
		if p.line != q.line {
			return p.line - q.line
		}
		if p.column != q.column {
			return p.column - q.column
		}
		return strings.Compare(string(a.Severity), string(b.Severity))
	})
	return findings
}

// Summary is the one line that ends a check.
func Summary(r *gate.Result, elapsed time.Duration) string {
	counts := map[gate.Status]int{}
	breaking := 0
	for i := range r.Subjects {
		s := &r.Subjects[i]
		counts[s.Status]++
		if slices.ContainsFunc(s.Findings, func(f gate.Finding) bool { return f.Severity == compat.Error }) {
			breaking++
		}
	}
	parts := []string{}
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(breaking, "with errors")
	for _, status := range []gate.Status{gate.Changed, gate.New, gate.Unchanged, gate.Removed, gate.Invalid} {
		add(counts[status], string(status))
	}
	if len(parts) == 0 {
		parts = []string{"nothing to check"}
	}
	return fmt.Sprintf("%s: %s; %s, %s (%s)", words.Counted(len(r.Subjects), "subject"), strings.Join(parts, ", "),
		words.Counted(r.Count(compat.Error), "error"), words.Counted(r.Count(compat.Warning), "warning"), elapsed.Round(time.Millisecond))
}
