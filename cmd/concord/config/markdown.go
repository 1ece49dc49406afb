package config

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the reference of all settings, docs/configuration.md.
func Markdown(w io.Writer) error {
	var b strings.Builder
	b.WriteString(markdownIntro)
	group := ""
	for _, s := range newSettings(new(Config)) {
		if s.Group != group {
			group = s.Group
			fmt.Fprintf(&b, "\n## %s\n\n| setting | variable | default | what it does |\n|---|---|---|---|\n", group)
		}
		value := "none"
		if s.Default != "" {
			value = "`" + s.Text() + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Name, s.Env(), value, cell(s))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell is the last column: the sentence, what may be written, and its bounds.
func cell(s *Setting) string {
	text := strings.ToUpper(s.Help[:1]) + s.Help[1:] + "."
	switch {
	case len(s.OneOf) > 0:
		text += " One of `" + strings.Join(s.OneOf, "`, `") + "`."
	case s.IsBool():
		text += " `true` or `false`."
	}
	switch {
	case s.min != "" && s.max != "":
		text += fmt.Sprintf(" From %s to %s.", s.min, s.max)
	case s.min != "":
		text += fmt.Sprintf(" At least %s.", s.min)
	}
	return strings.ReplaceAll(text, "|", `\|`)
}

const markdownIntro = `# Settings of the server

<!-- Written by go test ./cmd/concord/config -run Documentation -update; change cmd/concord/config/config.go instead. -->

Each setting has one name. It is written as a flag, as a variable, or in a YAML file:

` + "```" + `
concord serve --max-body-size 20MiB
CONCORD_MAX_BODY_SIZE=20MiB concord serve
concord serve --config /etc/concord/server.yaml      # max-body-size: 20MiB
` + "```" + `

A flag wins over a variable, a variable over the file, and the file over the default. The file is named by ` + "`--config`" + ` or
` + "`CONCORD_CONFIG`" + `; there is no file that is read unasked. Flags, variables that start with ` + "`CONCORD_`" + ` and keys that do not
exist are errors, and the error suggests the right name; so is an empty value where one is needed. (The variables that
Kubernetes makes for a service called ` + "`concord`" + `, such as ` + "`CONCORD_SERVICE_HOST`" + `, are left alone.)

` + "`concord serve --print-config`" + ` prints every value and where it came from, and starts nothing. With ` + "`-o json`" + ` programs can read
it; ` + "`-o yaml`" + ` prints a file that ` + "`--config`" + ` accepts. Secrets are never printed.

Sizes are written with a unit: ` + "`512KiB`" + `, ` + "`10MiB`" + `, ` + "`1.5GiB`" + `, or ` + "`10MB`" + ` in powers of ten. Durations are written ` + "`500ms`" + `, ` + "`30s`" + `, ` + "`2m`" + `, ` + "`1h30m`" + `.

What one request may take is bounded by the limits below. Bodies from 8 KiB on wait for each other when they are many, so that a
thousand that come together cost no more memory than a few; those from 256 KiB on are worked on one after the other. Whoever has
waited for three quarters of the ` + "`write-timeout`" + ` is answered 503. In a container with a limit on memory, set Go's own variable
` + "`GOMEMLIMIT`" + ` to some four fifths of that (` + "`GOMEMLIMIT=400MiB`" + `): near it garbage is collected sooner, and many large requests take longer instead of ending the process.
`
