package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/transfer"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const importLong = `Put what concord export wrote, or what another registry holds (--from), into a registry: with ids, versions, references, metadata, rules,
soft deletions, contexts, configs and modes. The other registry may be of any make that speaks the same REST API.

It can run again and again: what is there already is skipped, so an import that was interrupted goes on where it ended, and a later
one brings what is new. What the registry holds beyond that stays. If it holds something else under the same number, nothing is
imported. While it runs, the contexts concerned are in mode IMPORT, so that nothing else is registered in them; they stay in it when it
is interrupted or fails, and the error says what to do.

With --verify both sides are read again afterwards and compared; the exit code is 100 when they differ.`

const importExample = `  # move from another registry
  concord import --from http://old-registry:8081 --registry http://localhost:8081 --verify

  # from a file
  concord import registry.jsonl --registry http://localhost:8081
  gunzip -c registry.jsonl.gz | concord import - --registry http://localhost:8081

  # what would it do?
  concord import --from http://old-registry:8081 --dry-run`

type importFlags struct {
	remote remoteFlags
	from   client.Options
	verify bool
	dryRun bool
}

func (m *Main) importCommand() *cobra.Command {
	f := &importFlags{}
	cmd := &cobra.Command{
		Use:        "import [FILE|-]",
		SuggestFor: []string{"migrate", "copy", "sync", "load"},
		Short:      "Put an export or another registry into a registry",
		Long:       importLong,
		Example:    importExample,
		Args:       argsBetween(0, 1, "at most one file"),
	}
	f.remote.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.from.URL, "from", "", "`URL` of the registry to copy")
	flags.StringVar(&f.from.User, "from-user", "", "`name:password` for basic authentication there")
	flags.StringVar(&f.from.Token, "from-token", "", "bearer `token` for it")
	flags.StringVar(&f.from.CACert, "from-cacert", "", "PEM `file` of the authorities to trust there")
	flags.BoolVar(&f.verify, "verify", false, "read both sides again afterwards and compare them")
	flags.BoolVar(&f.dryRun, "dry-run", false, "say what would be imported, and change nothing")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return m.importInto(cmd.Context(), f, args) }
	return cmd
}

// source returns what reads the dump to import, each time anew where it is a registry.
func (f *importFlags) source(m *Main, args []string) (func(ctx context.Context) (*transfer.Dump, error), error) {
	switch {
	case (len(args) == 1) == (f.from.URL != ""):
		return nil, misused(errors.New("import what? name a file, or a registry with --from URL"))
	case f.from.URL != "":
		f.from.Timeout = f.remote.Timeout
		c, err := client.New(f.from)
		return func(ctx context.Context) (*transfer.Dump, error) { return transfer.Read(ctx, c) }, misused(err)
	}
	dump, err := m.readDump(args[0])
	return func(context.Context) (*transfer.Dump, error) { return dump, nil }, err
}

func (m *Main) readDump(name string) (*transfer.Dump, error) {
	if name == "-" {
		return transfer.Parse(m.Stdin)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	dump, err := transfer.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return dump, nil
}

func (m *Main) importInto(ctx context.Context, f *importFlags, args []string) error {
	read, err := f.source(m, args)
	if err != nil {
		return err
	}
	c, err := f.remote.connect(m)
	if err != nil {
		return err
	}
	dump, err := read(ctx)
	if err != nil {
		return err
	}
	e := engine.Default(formats.Limits{})
	plan, err := transfer.NewPlan(ctx, e, dump, c)
	if err != nil {
		return err
	}
	if err := plan.Conflict(); err != nil {
		return err
	}
	register, remove, settings := plan.Counts()
	if f.dryRun {
		_, err := fmt.Fprintf(m.Stdout, "would import %d versions (%d are there), %d deletions, %d configs and modes into %s\n", register, plan.Present, remove, settings, c.Name())
		return err
	}
	step, done := m.progress(register+remove, "importing")
	err = applyUntilInterrupted(ctx, plan, c, step)
	done()
	if err != nil {
		return fmt.Errorf("%w; what was imported stays, and so does mode IMPORT: mend it and run the import again, or let clients register with concord set mode READWRITE", err)
	}
	if _, err := fmt.Fprintf(m.Stdout, "imported %d versions (%d were there), %d deletions, %d configs and modes into %s\n", register, plan.Present, remove, settings, c.Name()); err != nil {
		return err
	}
	if !f.verify {
		return nil
	}
	return m.verifyImport(ctx, e, read, c)
}

// applyUntilInterrupted carries a plan out. Whoever stops it is to learn what mode the registry is in.
func applyUntilInterrupted(ctx context.Context, plan *transfer.Plan, c *client.Client, step func()) error {
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	err := plan.Apply(ctx, c, step)
	if err != nil && ctx.Err() != nil {
		return errInterrupted
	}
	return err
}

// maxDifferences is how many of them are shown.
const maxDifferences = 100

func (m *Main) verifyImport(ctx context.Context, e *engine.Engine, read func(context.Context) (*transfer.Dump, error), c *client.Client) error {
	original, err := read(ctx)
	if err != nil {
		return err
	}
	copied, err := transfer.Read(ctx, c)
	if err != nil {
		return err
	}
	differences := transfer.Compare(ctx, e, original, copied)
	if len(differences) == 0 {
		_, err := fmt.Fprintf(m.Stdout, "verified: %s are the same on both sides\n", original.Summary())
		return err
	}
	for i, difference := range differences {
		if i == maxDifferences {
			fmt.Fprintf(m.Stdout, "and %d more\n", len(differences)-i)
			break
		}
		fmt.Fprintln(m.Stdout, oneLine(difference))
	}
	return errFindings
}
