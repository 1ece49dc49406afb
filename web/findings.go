package web

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// findingView is a reason, or the same reason against several versions.
type findingView struct {
	Severity  string // "error" or "warning"
	Code      string
	Message   string
	Hint      string
	Direction string // who could not read whom, in words
	Versions  string // "version 3", "versions 1–3, 5"; empty when it is not about versions
	Path      string // in the schema that was sent, else in the other one
	Breaks    []string
	// The place in the text that was sent; Line is 0 when it is not there.
	Line, Column, EndLine, EndColumn int
	Href                             string // leads to the place, when it is on the page

	Witness   *witnessView
	NoWitness string
}

// witnessView is a message that proves a finding.
type witnessView struct {
	JSON        string
	Hex         string
	Annotated   string
	ReaderJSON  string
	ReaderError string
	VerifiedBy  string
	Note        string
}

// inSent returns the place and the path that a finding has in the newer schema.
func inSent(f compat.Finding) (span *formats.Span, path string) {
	if f.Direction == compat.OldReadsNew {
		return f.WriterSpan, orText(f.WriterPath, f.ReaderPath)
	}
	return f.ReaderSpan, orText(f.ReaderPath, f.WriterPath)
}

func orText(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// findingViews shows findings, errors first; what is the same against several versions is shown once.
func findingViews(findings []compat.Finding) []findingView {
	views := []findingView{}
	versions := [][]int{}
	at := map[string]int{}
	for _, f := range findings {
		view := viewOf(f)
		key := fmt.Sprint(view.Code, view.Direction, view.Severity, view.Message, view.Line, view.Column)
		i, known := at[key]
		if !known {
			i = len(views)
			at[key] = i
			views, versions = append(views, view), append(versions, nil)
		}
		if f.Version > 0 && !slices.Contains(versions[i], f.Version) {
			versions[i] = append(versions[i], f.Version)
		}
	}
	for i := range views {
		views[i].Versions = versionRanges(versions[i])
	}
	slices.SortStableFunc(views, func(a, b findingView) int { return strings.Compare(a.Severity, b.Severity) })
	return views
}

func viewOf(f compat.Finding) findingView {
	span, path := inSent(f)
	view := findingView{
		Severity: string(f.Severity), Code: f.Code, Message: f.Message, Hint: f.Hint, Direction: directionWords(f.Direction), Path: path, NoWitness: f.NoWitness,
	}
	for _, relation := range f.Breaks {
		view.Breaks = append(view.Breaks, string(relation))
	}
	if span != nil {
		view.Line, view.Column, view.EndLine, view.EndColumn = span.Start.Line, span.Start.Column, span.End.Line, span.End.Column
	}
	if w := f.Witness; w != nil {
		view.Witness = &witnessView{
			JSON: w.JSON, Annotated: w.Annotated, ReaderJSON: w.ReaderJSON, ReaderError: w.ReaderError, VerifiedBy: w.VerifiedBy, Note: w.Note,
		}
		if f.Witness.Annotated == "" && string(w.Data) != w.JSON {
			view.Witness.Hex = spacedHex(w.Data)
		}
	}
	return view
}

func directionWords(d compat.Direction) string {
	switch d {
	case compat.NewReadsOld:
		return "New readers, old data"
	case compat.OldReadsNew:
		return "Old readers, new data"
	}
	return ""
}

// shownBytes bounds how much of a message is shown as hex.
const shownBytes = 512

// spacedHex writes bytes in hex, two digits each.
func spacedHex(data []byte) string {
	shown := data[:min(len(data), shownBytes)]
	var b strings.Builder
	for i, c := range shown {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex.EncodeToString([]byte{c}))
	}
	if len(shown) < len(data) {
		fmt.Fprintf(&b, " … (%s)", plural(len(data), "byte"))
	}
	return b.String()
}

// versionRanges writes version numbers, in any order, as "versions 1–3, 5".
func versionRanges(versions []int) string {
	if len(versions) == 0 {
		return ""
	}
	sorted := slices.Sorted(slices.Values(versions))
	var parts []string
	for start := 0; start < len(sorted); {
		end := start
		for end+1 < len(sorted) && sorted[end+1] == sorted[end]+1 {
			end++
		}
		switch {
		case end == start:
			parts = append(parts, strconv.Itoa(sorted[start]))
		default:
			parts = append(parts, fmt.Sprintf("%d–%d", sorted[start], sorted[end]))
		}
		start = end + 1
	}
	word := "version "
	if len(versions) > 1 {
		word = "versions "
	}
	return word + strings.Join(parts, ", ")
}
