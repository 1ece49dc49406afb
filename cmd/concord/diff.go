package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const diffLong = `Tell what changed between two schemas, declaration by declaration, and whom each change breaks: readers with the new schema of
data written with the old one (backward), or the opposite (forward). A and B, the old schema and the new one, are each

  orders.avsc                      a file; what it refers to is found in its project; "-" is standard input
  '.git#branch=main:orders.avsc'   the file in a commit; also tag= and ref=
  orders-value                     the latest version of a subject; orders-value@3 and orders-value@latest~1 are others
  id:42                            what an id stands for

Without B, a file is compared with the latest version of its subject, and a subject's latest version with the one before.

Exit codes:
  0    nothing that the level forbids
  3    there are changes, and --fail-on-changes was given
  100  the level forbids the change
  1    the comparison could not be done
  2    asked wrongly`

const diffExample = `  # what would this file change? and may it?
  concord diff orders-value schemas/orders.avsc --registry http://localhost:8081

  # the last change of a subject, side by side
  concord diff orders-value -o side-by-side

  # against another branch, without a registry, for a pull request
  concord diff '.git#branch=main:orders.avsc' orders.avsc -o markdown`

// diffFlags are the flags of diff.
type diffFlags struct {
	remote        remoteFlags
	level, policy string
	output        string
	kind          string
	explain       bool
	failOnChanges bool
}

func (m *Main) diffCommand() *cobra.Command {
	f := &diffFlags{}
	cmd := &cobra.Command{
		Use:        "diff A [B]",
		SuggestFor: []string{"compare", "changes"},
		Short:      "Tell what changed between two schemas, and whom it breaks",
		Long:       diffLong,
		Example:    diffExample,
		Args:       argsBetween(1, 2, "the old and the new schema"),
	}
	cmd.ValidArgsFunction = f.remote.completeOperand(m, 2)
	f.remote.add(cmd)
	outputFlag(cmd, &f.output, "text", "markdown", "side-by-side", "unified", "json", "yaml")
	choiceFlag(cmd, &f.level, "level", "", "`level` that decides the exit code; by default the subject's own, else BACKWARD", levelNames()...)
	f.policy = string(compat.PolicyReference)
	choiceFlag(cmd, &f.policy, "policy", "", "what rejects: `policy` reference, semantic, strict, wire-exact or json", policyNames()...)
	choiceFlag(cmd, &f.kind, "type", "", "`type` of a file whose name does not say it: avro, protobuf or json", typeNames...)
	cmd.Flags().BoolVar(&f.explain, "explain", false, "show the message that breaks, and what its reader makes of it")
	cmd.Flags().BoolVar(&f.failOnChanges, "fail-on-changes", false, "exit with 3 when anything changed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return m.diff(cmd.Context(), f, args) }
	return cmd
}

func (m *Main) diff(ctx context.Context, f *diffFlags, args []string) error {
	e := engine.Default(formats.Limits{})
	r := &operand.Resolver{Engine: e, Read: m.readInput, Type: typeFlag(f.kind), Connect: func() (*client.Client, error) { return f.remote.connect(m) }}
	operands, err := r.Open(ctx, args...)
	if err == nil && len(args) == 1 {
		operands, err = r.WithOther(ctx, operands[0])
	}
	if err != nil {
		return err
	}
	old, next := operands[0], operands[1]
	for _, o := range operands {
		if err := layout(ctx, e, o); err != nil {
			return err
		}
	}
	d, err := diff.Compare(ctx, e.Checker, old.Schema, next.Schema, compat.Policy(f.policy))
	if err != nil {
		return err
	}
	level := compat.Level(f.level)
	if level == "" {
		if level, err = r.Level(ctx, cmp.Or(next.Subject, old.Subject)); err != nil {
			return err
		}
	}
	v := &diffView{Old: nameOf(old), New: nameOf(next), Level: level, Breaking: d.Breaking(level), Diff: d, style: m.styleOf(m.Stdout), explain: f.explain}
	v.oldLines, v.newLines = lines(old, next, d)
	if err := m.printDiff(f.output, v); err != nil {
		return err
	}
	switch {
	case v.Breaking:
		return errFindings
	case f.failOnChanges && !d.Identical:
		return errChanges
	}
	return nil
}

// layout gives registered schemas texts for people. Files stay as they are, for findings point into them.
func layout(ctx context.Context, e *engine.Engine, o *operand.Operand) (err error) {
	if o.Registered {
		o.Schema, err = diff.Layout(ctx, e, o.Schema)
	}
	return err
}

// lines are the texts to compare line by line. A registry stores the canonical text, so a file is compared in that form with it.
func lines(old, next *operand.Operand, d *diff.Diff) (oldText, newText string) {
	if old.Registered == next.Registered {
		return d.OldText, d.NewText
	}
	return diff.LayoutText(d.OldType, old.Schema.Canonical()), diff.LayoutText(d.NewType, next.Schema.Canonical())
}

func nameOf(o *operand.Operand) diffSide {
	return diffSide{Name: o.Name, Path: o.Path, Subject: o.Subject, Version: o.Version}
}

// diffView is a diff with what the command knows about it; it is also the JSON form.
type diffView struct {
	Old      diffSide     `json:"old"`
	New      diffSide     `json:"new"`
	Level    compat.Level `json:"level"`
	Breaking bool         `json:"breaking"` // under the level
	*diff.Diff

	style              style
	explain            bool
	oldLines, newLines string // to compare line by line
}

type diffSide struct {
	Name    string `json:"name"`
	Path    string `json:"path,omitempty"`
	Subject string `json:"subject,omitempty"`
	Version int    `json:"version,omitempty"`
}

func (m *Main) printDiff(output string, v *diffView) error {
	switch output {
	case "markdown":
		return v.markdown(m.Stdout)
	case "side-by-side":
		return v.sideBySide(m.Stdout, m.width())
	case "unified":
		_, err := io.WriteString(m.Stdout, v.unified())
		return err
	}
	return printData(m.Stdout, output, v, v.text)
}

// place is where a change is, in the form that editors read; a registered schema has no file to open.
func (v *diffView) place(c *diff.Change) string {
	side, at := c.New, v.New
	if side == nil || side.Span == nil && c.Old != nil && c.Old.Span != nil {
		side, at = c.Old, v.Old
	}
	if at.Path == "" || side.Span == nil {
		return c.Path()
	}
	return fmt.Sprintf("%s:%d:%d", at.Path, side.Span.Start.Line, side.Span.Start.Column)
}

// effect says whom a change breaks.
func effect(c *diff.Change) (words string, worst diff.Effect) {
	for _, one := range []struct {
		direction string
		effect    diff.Effect
	}{{"backward", c.Backward}, {"forward", c.Forward}} {
		switch {
		case one.effect == diff.Breaks && worst == diff.Breaks:
			words += " and " + one.direction
		case one.effect == diff.Breaks:
			words, worst = "breaks "+one.direction, diff.Breaks
		case one.effect == diff.Warns && worst != diff.Breaks:
			words, worst = "warning", diff.Warns
		case one.effect == diff.Unknown && worst == "":
			words, worst = "not looked at", diff.Unknown
		}
	}
	if worst == "" {
		return "harmless", diff.Harmless
	}
	return words, worst
}

func (v *diffView) colour(effect diff.Effect, text string) string {
	switch effect {
	case diff.Breaks:
		return v.style.red(text)
	case diff.Warns, diff.Unknown:
		return v.style.yellow(text)
	}
	return v.style.green(text)
}

// summary is one sentence about the whole.
func (v *diffView) summary() string {
	count := map[diff.Effect]int{}
	for i := range v.Changes {
		_, worst := effect(&v.Changes[i])
		count[worst]++
	}
	if v.Identical {
		return "The schemas are the same."
	}
	if len(v.Changes) == 0 {
		return "The schemas are only written differently."
	}
	var parts []string
	for _, one := range []struct {
		effect diff.Effect
		name   string
	}{{diff.Breaks, "breaking"}, {diff.Warns, "with warnings"}, {diff.Unknown, "not looked at"}, {diff.Harmless, "harmless"}} {
		if n := count[one.effect]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, one.name))
		}
	}
	if v.More > 0 {
		parts = append(parts, fmt.Sprintf("%d not listed", v.More))
	}
	verdict := "allows"
	if v.Breaking {
		verdict = "forbids"
	}
	return fmt.Sprintf("%s: %s. Level %s %s it.", words.Counted(len(v.Changes)+v.More, "change"), strings.Join(parts, ", "), v.Level, verdict)
}

// typeFlag is the schema type of a flag; empty when it was not given.
func typeFlag(value string) formats.Type {
	return map[string]formats.Type{"avro": formats.Avro, "protobuf": formats.Protobuf, "json": formats.JSON}[value]
}
