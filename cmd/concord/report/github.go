package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/gate"
)

// Workflow commands of GitHub Actions escape these in messages, and two more in properties.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// GitHubActions writes workflow commands that annotate the lines of a pull request.
func GitHubActions(w io.Writer, r *gate.Result, o Options) error {
	out := bufio.NewWriter(w)
	for i := range r.Subjects {
		for _, f := range sorted(&r.Subjects[i]) {
			p := placeOf(&f)
			message := sentence(&f)
			if f.Hint != "" {
				message += "\n" + f.Hint
			}
			if o.Explain {
				message += "\n" + strings.Join(Proof(&f.Finding), "\n")
			}
			fmt.Fprintf(out, "::%s file=%s,line=%d,endLine=%d%s,title=%s::%s\n", f.Severity, escapeProperty.Replace(o.path(f.Path)),
				p.line, p.endLine, columns(p), escapeProperty.Replace(f.Subject+": "+f.Code), escapeData.Replace(message))
		}
	}
	return out.Flush()
}

// columns are told where a finding stands in one line: GitHub takes them for nothing else.
func columns(p place) string {
	if p.line != p.endLine {
		return ""
	}
	return fmt.Sprintf(",col=%d,endColumn=%d", p.column, p.endColumn)
}
