package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/compat"
)

// The parts of SARIF 2.1.0 that are written.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		RuleIndex    int               `json:"ruleIndex"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
		Properties   map[string]string `json:"properties,omitempty"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// SARIF writes a log in SARIF 2.1.0 (OASIS), for code scanning.
func SARIF(w io.Writer, r *gate.Result, o Options) error {
	run := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "concord", Version: o.Version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
	}
	seen := fingerprints{}
	for i := range r.Subjects {
		for _, f := range sorted(&r.Subjects[i]) {
			rule := slices.IndexFunc(run.Tool.Driver.Rules, func(rule sarifRule) bool { return rule.ID == f.Code })
			if rule < 0 {
				rule = len(run.Tool.Driver.Rules)
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{f.Code})
			}
			run.Results = append(run.Results, sarifOf(&f, rule, seen.of(&f), o))
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func sarifOf(f *gate.Finding, rule int, fingerprint string, o Options) sarifResult {
	p := placeOf(f)
	text := sentence(f)
	if f.Hint != "" {
		text += " " + f.Hint
	}
	if o.Explain {
		text += "\n" + strings.Join(Proof(&f.Finding), "\n")
	}
	result := sarifResult{
		RuleID: f.Code, RuleIndex: rule, Level: string(f.Severity), Message: sarifText{text},
		Locations: []sarifLocation{{
			Physical: sarifPhysical{sarifArtifact{uri(o.path(f.Path))}, sarifRegion{p.line, p.column, p.endLine, p.endColumn}},
			Logical:  []sarifLogical{{f.Subject}},
		}},
		Fingerprints: map[string]string{"concord/v1": fingerprint},
	}
	if f.Witness != nil {
		result.Properties = map[string]string{"witness": f.Witness.JSON}
	}
	return result
}

// uri writes a path as a relative URI reference.
func uri(path string) string { return (&url.URL{Path: path}).String() }

// fingerprints name findings across runs: they do not change when lines move. Findings that differ in nothing else are told apart by
// their order.
type fingerprints map[string]int

func (seen fingerprints) of(f *gate.Finding) string {
	text := strings.Join([]string{f.Path, f.Subject, f.Code, string(f.Direction), f.ReaderPath, f.WriterPath, f.Against, fmt.Sprint(f.Version)}, "\x00")
	if seen[text]++; seen[text] > 1 {
		text += fmt.Sprintf("\x00%d", seen[text])
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// gitlabIssue is one entry of a GitLab Code Quality report.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"`
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// GitLab writes a Code Quality report.
func GitLab(w io.Writer, r *gate.Result, o Options) error {
	issues, seen := []gitlabIssue{}, fingerprints{}
	for i := range r.Subjects {
		for _, f := range sorted(&r.Subjects[i]) {
			issue := gitlabIssue{Description: sentence(&f), CheckName: f.Code, Fingerprint: seen.of(&f), Severity: "minor", Location: gitlabLocation{Path: o.path(f.Path)}}
			if f.Severity == compat.Error {
				issue.Severity = "critical"
			}
			if f.Hint != "" {
				issue.Description += " " + f.Hint
			}
			issue.Location.Lines.Begin = placeOf(&f).line
			issues = append(issues, issue)
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(issues)
}
