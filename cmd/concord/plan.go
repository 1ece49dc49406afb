package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/desired"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const planLong = `Tell what would make the registry hold the schemas of a project: new subjects and versions, levels that concord.yaml asks for,
and with --enable-deletes the deletion of subjects that no file has. The project is the folder of the nearest concord.yaml at or
above DIR; without one, every schema file in DIR is a subject.

The plan holds the verdict: what would break somebody is refused in it, with every reason and its place. A plan that is saved
(--out) can be applied later; concord apply refuses it when the registry has moved since.

Exit codes:
  0    the plan can be applied, or there is nothing to do
  3    there is something to do, and --fail-on-changes was given
  100  part of it would be refused
  1    the plan could not be made
  2    asked wrongly`

const planExample = `  # what would a merge of this branch do?
  concord plan schemas --registry http://localhost:8081

  # is the registry as the repository says? (a nightly job)
  concord plan --fail-on-changes

  # plan, read, apply exactly that
  concord plan --out plan.json
  concord apply plan.json`

const applyLong = `Make the registry hold the schemas of a project: concord plan, a question, and then each step in the order of the references.
Nothing is done when part of the plan would be refused. With a saved plan exactly that is done, and nothing when the registry has
moved since.

A subject that no file has is left alone, unless --enable-deletes is given. Deletions are soft.`

const applyExample = `  concord apply schemas --registry http://localhost:8081

  # in a pipeline
  concord apply --yes

  # a plan that somebody has read
  concord apply plan.json --yes`

// planFlags are the flags of plan and apply.
type planFlags struct {
	remote        remoteFlags
	output        string
	out           string
	deletes       bool
	failOnChanges bool
	yes, dryRun   bool
}

func (m *Main) planCommand() *cobra.Command {
	f := &planFlags{}
	cmd := &cobra.Command{
		Use:        "plan [DIR]",
		SuggestFor: []string{"preview", "dry-run"},
		Short:      "Tell what would make a registry hold the schemas of a project",
		Long:       planLong,
		Example:    planExample,
		Args:       argsBetween(0, 1, "one folder at most"),
	}
	f.remote.add(cmd)
	outputFlag(cmd, &f.output, "text", "markdown", "json", "yaml")
	cmd.Flags().StringVar(&f.out, "out", "", "also save the plan to this `file`")
	cmd.Flags().BoolVar(&f.deletes, "enable-deletes", false, "delete the subjects of the project's contexts that no file has")
	cmd.Flags().BoolVar(&f.failOnChanges, "fail-on-changes", false, "exit with 3 when there is something to do")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return m.plan(cmd.Context(), f, args)
	}
	return cmd
}

func (m *Main) plan(ctx context.Context, f *planFlags, args []string) error {
	plan, prefix, _, err := m.makePlan(ctx, f, args)
	if err != nil {
		return err
	}
	if f.out != "" {
		if err := m.writeOutput(f.out, func(w io.Writer) error { return writeJSON(w, plan) }); err != nil {
			return err
		}
	}
	v := &planView{Plan: plan, prefix: prefix, style: m.styleOf(m.Stdout)}
	if f.output == "markdown" {
		err = v.markdown(m.Stdout)
	} else {
		err = printData(m.Stdout, f.output, plan, v.text)
	}
	switch {
	case err != nil:
		return err
	case plan.Refused() > 0:
		return errFindings
	case f.failOnChanges && len(plan.Actions) > 0:
		return errChanges
	}
	return nil
}

// makePlan compares the project of a folder with the registry. prefix leads from the working directory to the project.
func (m *Main) makePlan(ctx context.Context, f *planFlags, args []string) (plan *desired.Plan, prefix string, c *client.Client, err error) {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return nil, "", nil, misused(fmt.Errorf("%s is no folder", dir))
	}
	p, err := project.Load(dir)
	if err != nil {
		return nil, "", nil, misused(err)
	}
	f.remote.fill(m)
	f.remote.URL = cmp.Or(f.remote.URL, p.Config.Registry)
	if c, err = f.remote.connect(m); err != nil {
		return nil, "", nil, err
	}
	if prefix, err = prefixOf(p.Root); err != nil {
		return nil, "", nil, err
	}
	e := engine.Default(formats.Limits{})
	tree, err := p.Disk(e)
	if err != nil {
		return nil, "", nil, err
	}
	if isEmpty(tree) {
		return nil, "", nil, noSchemas(p)
	}
	step, done := m.progress(len(tree.Files), "comparing")
	defer done()
	plan, err = desired.Make(ctx, e, c, p, tree, desired.Options{Deletes: f.deletes, Jobs: defaultJobs, Done: step})
	return plan, prefix, c, err
}

func (m *Main) applyCommand() *cobra.Command {
	f := &planFlags{}
	cmd := &cobra.Command{
		Use:        "apply [DIR|PLAN]",
		SuggestFor: []string{"sync", "deploy"},
		Short:      "Make a registry hold the schemas of a project",
		Long:       applyLong,
		Example:    applyExample,
		Args:       argsBetween(0, 1, "one folder or saved plan at most"),
	}
	f.remote.add(cmd)
	outputFlag(cmd, &f.output, "text", "json", "yaml")
	cmd.Flags().BoolVar(&f.deletes, "enable-deletes", false, "delete the subjects of the project's contexts that no file has")
	cmd.Flags().BoolVarP(&f.yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "only tell what would be done, as concord plan does")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 1 && (args[0] == "-" || isFile(args[0])) {
			return m.applySaved(cmd.Context(), f, args[0])
		}
		if f.dryRun {
			return m.plan(cmd.Context(), f, args)
		}
		plan, prefix, c, err := m.makePlan(cmd.Context(), f, args)
		if err != nil {
			return err
		}
		return m.apply(cmd.Context(), f, c, plan, prefix)
	}
	return cmd
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

// applySaved applies a saved plan, to the registry as it was seen.
func (m *Main) applySaved(ctx context.Context, f *planFlags, name string) error {
	if f.deletes {
		return misused(errors.New("a saved plan says itself what is deleted: pass --enable-deletes to concord plan"))
	}
	data, err := m.readInput(name)
	if err != nil {
		return err
	}
	plan, err := desired.Read(name, data)
	if err != nil {
		return misused(err)
	}
	c, err := f.remote.connect(m)
	if err != nil {
		return err
	}
	moved, err := plan.Moved(ctx, c)
	if err != nil {
		return err
	}
	if len(moved) > 0 {
		return fmt.Errorf("the plan is not applied, for the registry has moved since it was made: %s; plan again", firstOf(moved))
	}
	return m.apply(ctx, f, c, plan, "")
}

// maxMoved is how much of what has moved is told.
const maxMoved = 3

func firstOf(list []string) string {
	text := strings.Join(list[:min(len(list), maxMoved)], "; ")
	if len(list) > maxMoved {
		text += fmt.Sprintf("; and %d more", len(list)-maxMoved)
	}
	return text
}

func (m *Main) apply(ctx context.Context, f *planFlags, c *client.Client, plan *desired.Plan, prefix string) error {
	v := &planView{Plan: plan, prefix: prefix, style: m.styleOf(m.Stderr)}
	if err := v.text(m.Stderr); err != nil {
		return err
	}
	switch {
	case plan.Refused() > 0:
		return errFindings
	case f.dryRun:
		return nil
	case len(plan.Actions) > 0:
		if err := m.confirm(fmt.Sprintf("Do this to %s?", plan.Registry), f.yes); err != nil {
			return err
		}
	}
	outcomes := []desired.Done{}
	step, finish := m.progress(len(plan.Actions), "applying")
	err := plan.Apply(ctx, c, func(d desired.Done) { outcomes = append(outcomes, d); step() })
	finish()
	if printing := printData(m.Stdout, f.output, outcomes, func(w io.Writer) error { return tellDone(w, outcomes) }); err == nil {
		err = printing
	}
	return err
}

// tellDone writes a line for each action that was done.
func tellDone(w io.Writer, outcomes []desired.Done) error {
	for _, d := range outcomes {
		var err error
		switch subject := oneLine(d.Subject); d.Kind {
		case desired.SetLevel:
			_, err = fmt.Fprintf(w, "%s: level %s\n", subject, d.Level)
		case desired.Delete:
			_, err = fmt.Fprintf(w, "%s: deleted\n", subject)
		default:
			_, err = fmt.Fprintf(w, "%s: version %d, id %d\n", subject, d.Version, d.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
