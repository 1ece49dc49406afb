package compat

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/concord-registry/concord/formats"
)

// Version is one registered version that a new schema is compared with.
type Version struct {
	Number int // 0 when the schema is not a registered version
	Schema formats.Schema
}

// Rules say what a new schema must hold against its history.
type Rules struct {
	Level  Level
	Policy Policy
	// Lenient is compatibilityPolicy=LENIENT of the reference's config.
	Lenient bool
}

// Report is the answer about one new schema.
type Report struct {
	Compatible bool   `json:"compatible"`
	Level      Level  `json:"level"`
	Policy     Policy `json:"policy"`
	// Messages are the strings of the verbose REST answer and of a rejected registration: the reference's own, ending
	// with the version and text they are about. Empty when compatible.
	Messages []string `json:"messages"`
	// Compared lists the versions that the schema was compared with, newest first.
	Compared []int `json:"compared"`
	// Findings lists every reason in every direction and version compared, newest version first.
	Findings []Finding `json:"findings"`
	// Undecided lists what the work budget did not suffice for.
	Undecided []string `json:"undecided,omitempty"`
}

// TypeChanged is the code of the finding for a schema whose type differs from the version it is compared with.
const TypeChanged = "SCHEMA_TYPE_CHANGED"

// maxOldSchema is how much of an old schema's text the reference puts into its messages, in characters.
const maxOldSchema = 10 * 1024

// Checker applies the comparers of all formats to the versions a level asks for. It is safe for concurrent use.
type Checker struct {
	comparers map[formats.Type]Comparer
}

// NewChecker returns a Checker over the given comparers, one for each format.
func NewChecker(comparers ...Comparer) *Checker {
	c := &Checker{comparers: map[formats.Type]Comparer{}}
	for _, comparer := range comparers {
		c.comparers[comparer.Type()] = comparer
	}
	return c
}

// Compare answers one Request with the comparer of its type.
func (c *Checker) Compare(ctx context.Context, req Request) (*Comparison, error) {
	comparer, ok := c.comparers[req.Reader.Type()]
	if !ok {
		return nil, fmt.Errorf("no comparer for schema type %s", req.Reader.Type())
	}
	return comparer.Compare(ctx, req)
}

// Check decides whether next may follow history, which is ordered newest first and holds every version that could be
// asked for: Check itself looks only at the first unless the level is transitive. It stops at the first version that
// rejects next; CheckFull does not.
func (c *Checker) Check(ctx context.Context, next formats.Schema, history []Version, rules Rules) (*Report, error) {
	return c.CheckEach(ctx, next, each(history), rules, false)
}

// CheckFull is Check with everything a person may want to know: all relations, all versions, spans, hints and witnesses.
// Its verdict and Messages equal those of Check.
func (c *Checker) CheckFull(ctx context.Context, next formats.Schema, history []Version, rules Rules) (*Report, error) {
	return c.CheckEach(ctx, next, each(history), rules, true)
}

func each(history []Version) iter.Seq2[Version, error] {
	return func(yield func(Version, error) bool) {
		for _, v := range history {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// maxTold bounds what the findings of a report say, in bytes: those of a thousand versions could be as many gigabytes.
const maxTold = 32 << 20

// bytes are those that a finding says.
func (f *Finding) bytes() int {
	n := len(f.ReaderPath) + len(f.WriterPath) + len(f.Message) + len(f.Hint) + len(f.NoWitness)
	if w := f.Witness; w != nil {
		n += 2*len(w.Data) + len(w.JSON) + len(w.Annotated) + len(w.ReaderJSON) + len(w.ReaderError) + len(w.Note)
	}
	return n
}

// CheckEach is Check, or CheckFull, with a history that is read while it is compared: all versions at once may be more than there is
// memory for. It stops where Check does, and at the first error.
func (c *Checker) CheckEach(ctx context.Context, next formats.Schema, history iter.Seq2[Version, error], rules Rules, full bool) (*Report, error) {
	report := &Report{Compatible: true, Level: rules.Level, Policy: rules.Policy, Messages: []string{}, Compared: []int{}, Findings: []Finding{}}
	told := 0
	for old, err := range history {
		if err != nil {
			return nil, err
		}
		one, err := c.against(ctx, next, old, rules, full)
		if err != nil {
			return nil, err
		}
		for i := range one.Findings {
			told += one.Findings[i].bytes()
		}
		if told > maxTold {
			return nil, &WorkError{What: "bytes of findings about all versions", Max: maxTold}
		}
		report.Compared = append(report.Compared, old.Number)
		report.Findings = append(report.Findings, one.Findings...)
		report.Undecided = append(report.Undecided, one.Undecided...)
		if report.Compatible && !one.Compatible {
			report.Compatible, report.Messages = false, one.Messages
		}
		if !report.Compatible && !full || !rules.Level.Transitive() {
			break
		}
	}
	return report, nil
}

// against compares next with one version in every direction of the level.
func (c *Checker) against(ctx context.Context, next formats.Schema, old Version, rules Rules, full bool) (*Report, error) {
	report := &Report{Compatible: true}
	directions := rules.Level.Directions()
	if len(directions) == 0 {
		return report, nil
	}
	if next.Type() != old.Schema.Type() {
		report.Compatible = false
		report.Messages = []string{"Incompatible because of different schema type"}
		report.Findings = []Finding{typeChange(next, old, directions[0])}
		return report, nil
	}
	relations := rules.Policy.Relations(next.Type())
	for i, direction := range directions {
		req := Request{Reader: next, Writer: old.Schema, Direction: direction, Lenient: rules.Lenient, Relations: relations, Full: full}
		if direction == OldReadsNew {
			req.Reader, req.Writer = old.Schema, next
		}
		comparison, err := c.Compare(ctx, req)
		if err != nil {
			return nil, err
		}
		rejecting, undecided := c.rejecting(comparison, relations)
		for _, relation := range undecided {
			why := "the work budget is used up"
			if known := comparison.Why[relation]; known != "" {
				why = known
			}
			report.Undecided = append(report.Undecided, fmt.Sprintf("%s%s: the %s relation could not be decided (%s); the reference's verdict stands", versionName(old.Number), direction, relation, why))
		}
		for _, finding := range comparison.Findings {
			finding.Direction, finding.Version, finding.Severity = direction, old.Number, Warning
			if finding.BreaksAny(rejecting) {
				finding.Severity = Error
			}
			report.Findings = append(report.Findings, finding)
		}
		if len(rejecting) == 0 {
			continue
		}
		report.Compatible = false
		report.Messages = append(report.Messages, messages(comparison, rejecting)...)
		// The reference adds these only after the messages of the last direction it checks.
		if i == len(directions)-1 {
			report.Messages = append(report.Messages, trailers(old)...)
		}
	}
	return report, nil
}

// versionName begins a sentence about a version; a schema that is none goes without.
func versionName(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("version %d, ", number)
}

// rejecting returns the relations that reject, and those that were left open. Where a relation is undecided the
// reference's verdict stands in for it.
func (c *Checker) rejecting(comparison *Comparison, relations []Relation) (rejecting, undecided []Relation) {
	for _, relation := range relations {
		verdict := comparison.Verdicts[relation]
		if verdict == Undecided {
			undecided = append(undecided, relation)
			relation, verdict = Reference, comparison.Verdicts[Reference]
		}
		if verdict == Incompatible {
			rejecting = append(rejecting, relation)
		}
	}
	return rejecting, undecided
}

// messages returns the reference's strings, followed by one of the same form for each finding that rejects for another
// reason.
func messages(comparison *Comparison, rejecting []Relation) []string {
	var out []string
	byReference := false
	for _, relation := range rejecting {
		if relation == Reference {
			byReference = true
			out = append(out, comparison.Messages...)
		}
	}
	for _, finding := range comparison.Findings {
		if !finding.BreaksAny(rejecting) || byReference && finding.BreaksAny([]Relation{Reference}) {
			continue
		}
		out = append(out, fmt.Sprintf("{errorType:'%s', description:'%s', additionalInfo:'%s'%s}",
			finding.Code, finding.Message, finding.ReaderPath, example(finding)))
	}
	return out
}

// example shows the data that breaks where there is no finding to show it, if it is short.
func example(f Finding) string {
	if f.Witness == nil || f.Witness.JSON == "" || len(f.Witness.JSON) > maxExample || strings.Contains(f.Message, f.Witness.JSON) {
		return ""
	}
	return fmt.Sprintf(", example:'%s'", f.Witness.JSON)
}

// maxExample is how many bytes of data a message shows.
const maxExample = 300

func trailers(old Version) []string {
	var out []string
	if old.Number > 0 {
		out = append(out, fmt.Sprintf("{oldSchemaVersion: %d}", old.Number))
	}
	return append(out, oldSchema(old.Schema.Canonical()))
}

func oldSchema(text string) string {
	if utf8.RuneCountInString(text) <= maxOldSchema {
		return "{oldSchema: '" + text + "'}"
	}
	return "{oldSchema: <truncated> '" + string([]rune(text)[:maxOldSchema]) + "...'}"
}

func typeChange(next formats.Schema, old Version, direction Direction) Finding {
	return Finding{
		Code: TypeChanged, Severity: Error, Breaks: []Relation{Reference, Semantic}, Direction: direction, Version: old.Number,
		Message: fmt.Sprintf("The schema type changes from %s to %s; no reader of one understands data of the other.", old.Schema.Type(), next.Type()),
		Hint:    "Register the new schema under a subject of its own.",
	}
}
