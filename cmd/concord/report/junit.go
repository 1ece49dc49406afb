package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/compat"
)

type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Time     string     `xml:"time,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name      string         `xml:"name,attr"`
	ClassName string         `xml:"classname,attr"`
	Time      string         `xml:"time,attr"`
	Failures  []junitFailure `xml:"failure"`
	Output    string         `xml:"system-out,omitempty"`
}

type junitFailure struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr"`
	Text    string `xml:",chardata"`
}

// JUnit writes a test case for each subject, those that pass too, so that a clean run is not one without tests.
func JUnit(w io.Writer, r *gate.Result, o Options) error {
	seconds := fmt.Sprintf("%.3f", o.Elapsed.Seconds())
	suite := junitSuite{Name: "concord check", Tests: len(r.Subjects), Time: seconds}
	for i := range r.Subjects {
		s := &r.Subjects[i]
		c := junitCase{Name: printable(s.Name), ClassName: printable(o.path(s.Path)), Time: "0"}
		var output []string
		for _, f := range sorted(s) {
			p := placeOf(&f)
			text := fmt.Sprintf("%s:%d:%d: %s", o.path(f.Path), p.line, p.column, sentence(&f))
			if f.Hint != "" {
				text += "\n" + f.Hint
			}
			if o.Explain {
				text += "\n" + strings.Join(Proof(&f.Finding), "\n")
			}
			if f.Severity == compat.Error {
				c.Failures = append(c.Failures, junitFailure{Message: printable(oneLine(f.Message)), Type: f.Code, Text: printable(text)})
			} else {
				output = append(output, "warning: "+text)
			}
		}
		c.Output = printable(strings.Join(output, "\n"))
		if len(c.Failures) > 0 {
			suite.Failures++
		}
		suite.Cases = append(suite.Cases, c)
	}
	all := junitSuites{Name: "concord check", Tests: suite.Tests, Failures: suite.Failures, Time: seconds, Suite: suite}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// printable replaces what XML cannot hold.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\n' && r != '\t' || r == 0xFFFE || r == 0xFFFF {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
