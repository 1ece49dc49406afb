package report

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// Text writes a line a finding in the form that editors and problem matchers read: path:line:col: message. With Explain
// the message that breaks follows, indented.
func Text(w io.Writer, r *gate.Result, o Options) error {
	out := bufio.NewWriter(w)
	for i := range r.Subjects {
		for _, f := range sorted(&r.Subjects[i]) {
			p := placeOf(&f)
			fmt.Fprintf(out, "%s:%d:%d: %s: %s: %s [%s]\n", withoutControls(o.path(f.Path)), p.line, p.column, f.Severity, withoutControls(f.Subject), oneLine(sentence(&f)), f.Code)
			if f.Hint != "" {
				fmt.Fprintf(out, "    %s\n", oneLine(f.Hint))
			}
			if o.Explain {
				explain(out, &f, "    ")
			}
		}
	}
	return out.Flush()
}

// explain writes the proof of a finding.
func explain(w io.Writer, f *gate.Finding, indent string) {
	for _, line := range Proof(&f.Finding) {
		fmt.Fprintf(w, "%s%s\n", indent, withoutControls(line))
	}
}

// withoutControls makes a line safe on a terminal and keeps its columns.
func withoutControls(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, line)
}

// Proof is what there is to show for a finding: the message that breaks, and what the reader makes of it.
func Proof(f *compat.Finding) []string {
	v := f.Witness
	if v == nil {
		if f.NoWitness != "" {
			return []string{"no example: " + f.NoWitness}
		}
		return nil
	}
	lines := []string{"for example: " + v.JSON}
	if string(v.Data) != v.JSON {
		lines = append(lines, "as bytes:    "+hex.EncodeToString(v.Data))
	}
	if v.Annotated != "" {
		for line := range strings.SplitSeq(strings.TrimSpace(v.Annotated), "\n") {
			lines = append(lines, "             "+line)
		}
	}
	if v.ReaderError != "" {
		lines = append(lines, "the reader:  "+oneLine(v.ReaderError))
	} else {
		lines = append(lines, "is read as:  "+v.ReaderJSON)
	}
	if v.Note != "" {
		lines = append(lines, "note:        "+oneLine(v.Note))
	}
	return append(lines, "verified by: "+v.VerifiedBy)
}

// oneLine puts a text into one line that is safe on a terminal: controls, which could move the cursor, become blanks.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
}

// jsonFinding is one line of the JSON format.
type jsonFinding struct {
	Path        string            `json:"path"`
	StartLine   int               `json:"start_line"`
	StartColumn int               `json:"start_column"`
	EndLine     int               `json:"end_line"`
	EndColumn   int               `json:"end_column"`
	Type        string            `json:"type"`
	Severity    compat.Severity   `json:"severity"`
	Subject     string            `json:"subject"`
	Message     string            `json:"message"`
	Hint        string            `json:"hint,omitempty"`
	Against     string            `json:"against,omitempty"`
	Version     int               `json:"version,omitempty"`
	Direction   compat.Direction  `json:"direction,omitempty"`
	Breaks      []compat.Relation `json:"breaks,omitempty"`
	ReaderPath  string            `json:"reader_path,omitempty"`
	WriterPath  string            `json:"writer_path,omitempty"`
	ReaderSpan  *formats.Span     `json:"reader_span,omitempty"`
	WriterSpan  *formats.Span     `json:"writer_span,omitempty"`
	Witness     *compat.Witness   `json:"witness,omitempty"`
	NoWitness   string            `json:"no_witness,omitempty"`
}

// JSON writes one object a line for each finding.
func JSON(w io.Writer, r *gate.Result, o Options) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for i := range r.Subjects {
		for _, f := range sorted(&r.Subjects[i]) {
			p := placeOf(&f)
			err := encoder.Encode(jsonFinding{
				Path: o.path(f.Path), StartLine: p.line, StartColumn: p.column, EndLine: p.endLine, EndColumn: p.endColumn,
				Type: f.Code, Severity: f.Severity, Subject: f.Subject, Message: f.Message, Hint: f.Hint, Against: f.Against, Version: f.Version,
				Direction: f.Direction, Breaks: f.Breaks, ReaderPath: f.ReaderPath, WriterPath: f.WriterPath,
				ReaderSpan: f.ReaderSpan, WriterSpan: f.WriterSpan, Witness: f.Witness, NoWitness: f.NoWitness,
			})
			if err != nil {
				return err
			}
		}
	}
	return out.Flush()
}
