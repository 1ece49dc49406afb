package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/transfer"
)

const exportLong = `Write everything that a registry holds as JSON lines: each version with its id, guid, references, metadata and rules, what is deleted
softly, and the configs and modes of subjects, contexts and the registry. Versions come in an order in which they can be registered.

Any registry that speaks the same REST API can be exported; concord import puts the file into one. When versions were
registered, and by whom, is not kept. For a copy of the data file, byte by byte, there is concord backup.`

const exportExample = `  concord export registry.jsonl --registry http://localhost:8081
  concord export | gzip > registry.jsonl.gz

  # every subject and version in it
  concord export | jq -r 'select(.version) | .version | "\(.subject) \(.version)"'`

func (m *Main) exportCommand() *cobra.Command {
	remote := &remoteFlags{}
	cmd := &cobra.Command{
		Use:        "export [FILE|-]",
		SuggestFor: []string{"dump", "download"},
		Short:      "Write everything that a registry holds as JSON lines",
		Long:       exportLong,
		Example:    exportExample,
		Args:       argsBetween(0, 1, "at most one file"),
	}
	remote.add(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "-"
		if len(args) > 0 {
			name = args[0]
		}
		return m.export(cmd.Context(), remote, name)
	}
	return cmd
}

func (m *Main) export(ctx context.Context, remote *remoteFlags, name string) error {
	c, err := remote.connect(m)
	if err != nil {
		return err
	}
	dump, err := transfer.Read(ctx, c)
	if err != nil {
		return err
	}
	if err := m.writeOutput(name, dump.Write); err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.Stderr, "%s of %s\n", dump.Summary(), c.Name())
	return err
}
