package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/cmd/concord/report"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// nasty is a result whose texts hold everything that some format must escape.
func nasty() *gate.Result {
	span := &formats.Span{Start: formats.Position{Line: 3, Column: 5}, End: formats.Position{Line: 4, Column: 9}}
	at := func(code string, severity compat.Severity, message string, span *formats.Span) gate.Finding {
		return gate.Finding{
			Finding: compat.Finding{
				Code: code, Severity: severity, Message: message, Hint: "Keep 100% of it,\r\nor: \x1b[31m<b>none</b> | `x`.", Direction: compat.NewReadsOld, Version: 2, ReaderPath: "/a",
				Witness: &compat.Witness{Data: []byte{0, 0xff}, JSON: `{"a":"]]>"}`, ReaderError: "no: a\x00b", VerifiedBy: "a decoder"},
			},
			Subject: "a:b,c%", Path: "dir with blank/ä,b:c%.avsc", Span: span, Against: "http://localhost:8081",
		}
	}
	return &gate.Result{Subjects: []gate.Subject{
		{Name: "a:b,c%", Path: "dir with blank/ä,b:c%.avsc", Status: gate.Changed, Against: []string{"v2 in http://localhost:8081"}, Findings: []gate.Finding{
			at("TYPE_MISMATCH", compat.Error, "The type: int, was\n\"string\" & 50% <more>\x0b\xff.", span),
			at("ODD", compat.Warning, "Odd.", nil),
		}},
		{Name: "fine", Path: "fine.avsc", Status: gate.Unchanged},
	}}
}

func write(t *testing.T, format string, r *gate.Result) string {
	t.Helper()
	var out bytes.Buffer
	if err := report.For(format)(&out, r, report.Options{Prefix: "up/", Explain: true, Version: "v1.2.3", Elapsed: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The published schema says what SARIF is; see testdata/README.md.
func TestSARIFValidatesAgainstItsSchema(t *testing.T) {
	text, err := os.ReadFile("testdata/sarif-2.1.0-rtm.5.json")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat = true
	if err := compiler.AddResource("sarif.json", bytes.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*gate.Result{"findings": nasty(), "none": {Subjects: nasty().Subjects[1:]}} {
		t.Run(name, func(t *testing.T) {
			var log any
			out := write(t, "sarif", r)
			if err := json.Unmarshal([]byte(out), &log); err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(log); err != nil {
				t.Errorf("%#v\n%s", err, out)
			}
		})
	}
	if schema.Validate(map[string]any{"version": "2.1.0"}) == nil {
		t.Error("the schema accepts a log without runs: it checks nothing")
	}
}

func TestWhatIsOnlyToldBreaksNothing(t *testing.T) {
	r := nasty()
	r.Subjects[0].Findings[1].Breaks = []compat.Relation{}
	if got := write(t, "text", r); strings.Count(got, "Breaks backward compatibility") != 1 {
		t.Errorf("a finding that breaks no relation is said to break one:\n%s", got)
	}
}

// A file that somebody adds in a pull request must not write lines of its own into the log: a runner would obey them.
func TestTextKeepsAFindingInItsLineWhateverItsFileIsCalled(t *testing.T) {
	r := nasty()
	f := &r.Subjects[0].Findings[0]
	f.Path, f.Subject = "a\n::error::b.avsc", "a\r\n::error::b"
	got := write(t, "text", r)
	if strings.Contains(got, "\n::") || !strings.Contains(got, "a ::error::b.avsc:3:5: error: a  ::error::b: ") {
		t.Errorf("got\n%s", got)
	}
}

// The exact text of workflow commands, since a runner that meets a line break or a colon in the wrong place shows nothing.
func TestWorkflowCommandsAreEscaped(t *testing.T) {
	got := write(t, "github-actions", nasty())
	want := "::warning file=up/dir with blank/ä%2Cb%3Ac%25.avsc,line=1,endLine=1,col=1,endColumn=1,title=a%3Ab%2Cc%25%3A ODD::Odd. Breaks backward compatibility with version 2 in http://localhost:8081." + proofWanted +
		"::error file=up/dir with blank/ä%2Cb%3Ac%25.avsc,line=3,endLine=4,title=a%3Ab%2Cc%25%3A TYPE_MISMATCH::The type: int, was%0A\"string\" & 50%25 <more>\x0b\xff. Breaks backward compatibility with version 2 in http://localhost:8081." + proofWanted
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") || strings.Contains(line, "\r") {
			t.Errorf("%q is no workflow command", line)
		}
	}
}

const proofWanted = "%0AKeep 100%25 of it,%0D%0Aor: \x1b[31m<b>none</b> | `x`.%0Afor example: {\"a\":\"]]>\"}%0Aas bytes:    00ff%0Athe reader:  no: a b%0Averified by: a decoder\n"

// GitLab asks for these members, and takes findings with one fingerprint for one finding; lines that move must not change it.
func TestGitLabFindingsKeepTheirFingerprints(t *testing.T) {
	type issue struct {
		Description string `json:"description"`
		CheckName   string `json:"check_name"`
		Fingerprint string `json:"fingerprint"`
		Severity    string `json:"severity"`
		Location    struct {
			Path  string `json:"path"`
			Lines struct {
				Begin int `json:"begin"`
			} `json:"lines"`
		} `json:"location"`
	}
	read := func(r *gate.Result) (issues []issue) {
		d := json.NewDecoder(strings.NewReader(write(t, "gitlab-code-quality", r)))
		d.DisallowUnknownFields()
		if err := d.Decode(&issues); err != nil {
			t.Fatal(err)
		}
		return issues
	}
	moved := nasty()
	moved.Subjects[0].Findings[0].Span = &formats.Span{Start: formats.Position{Line: 30, Column: 1}, End: formats.Position{Line: 30, Column: 2}}
	before, after := read(nasty()), read(moved)
	if len(before) != 2 || before[0].Fingerprint == before[1].Fingerprint {
		t.Fatalf("two findings with fingerprints of their own: %+v", before)
	}
	for i := range before {
		b, a := before[i], after[i]
		if b.Fingerprint != a.Fingerprint || b.Fingerprint == "" {
			t.Errorf("the fingerprint changed with the line: %+v %+v", b, a)
		}
		if !slices.Contains([]string{"info", "minor", "major", "critical", "blocker"}, b.Severity) || b.Location.Path != "up/dir with blank/ä,b:c%.avsc" || b.Location.Lines.Begin < 1 || b.CheckName == "" {
			t.Errorf("got %+v", b)
		}
	}
	if got := strings.TrimSpace(write(t, "gitlab-code-quality", &gate.Result{})); got != "[]" {
		t.Errorf("a clean run is an empty list, not %s", got)
	}
	twins := nasty()
	twins.Subjects[0].Findings[1] = twins.Subjects[0].Findings[0]
	if issues := read(twins); issues[0].Fingerprint == issues[1].Fingerprint {
		t.Error("two findings that differ in nothing have one fingerprint, so that one of them is not shown")
	}
}

// Markdown that other people's schemas find their way into: no HTML, no broken tables, no early end of a block.
func TestMarkdownIsSafe(t *testing.T) {
	got := write(t, "markdown", nasty())
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "|") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") != 5 {
			t.Errorf("a row with other than four cells: %s", line)
		}
	}
	if strings.Contains(got, "<b>") || strings.Contains(got, "<more>") {
		t.Errorf("HTML of a schema stands in the page:\n%s", got)
	}
}

// Every line of text can be taken apart by editors, and holds no control characters that would reach a terminal.
func TestTextIsOneLinePerFinding(t *testing.T) {
	for _, line := range strings.Split(write(t, "text", nasty()), "\n") {
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			t.Errorf("control characters in %q", line)
		}
	}
}

func TestJSONIsOneObjectPerLine(t *testing.T) {
	for _, line := range strings.Split(strings.TrimSpace(write(t, "json", nasty())), "\n") {
		var finding struct {
			Path      string
			StartLine int `json:"start_line"`
			Type      string
			Message   string
		}
		if err := json.Unmarshal([]byte(line), &finding); err != nil || finding.Path == "" || finding.StartLine == 0 || finding.Type == "" || finding.Message == "" {
			t.Errorf("%v: %s", err, line)
		}
	}
	if report.For("yaml") != nil || fmt.Sprint(report.Formats[0]) != "text" {
		t.Error("the formats are not those that are documented")
	}
}
