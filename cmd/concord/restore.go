package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/storage/backup"
)

const restoreLong = `Make a data file of a backup. The backup is checked first, and so is the data file that comes out, from end to end; a damaged
backup changes nothing.

A data file that is there is replaced only with --overwrite, and is kept under another name even then. Stop the server
before; one that has put itself into quarantine, because its file is damaged, may stay, and takes up the restored file.`

const restoreExample = `  # onto a new machine
  concord restore nightly.backup --data /var/lib/concord/concord.db

  # instead of a damaged file
  concord restore nightly.backup --data concord.db --overwrite

  # is this backup whole, and what is in it?
  concord restore --check nightly.backup`

func (m *Main) restoreCommand() *cobra.Command {
	var data string
	var overwrite, check bool
	cmd := &cobra.Command{
		Use:     "restore BACKUP",
		Short:   "Make a data file of a backup",
		Long:    restoreLong,
		Example: restoreExample,
		Args:    argsBetween(1, 1, "the name of one backup"),
	}
	cmd.Flags().StringVar(&data, "data", config.Default().Server.Data, "the data `file` to make")
	cmd.Flags().BoolVar(&overwrite, "overwrite", false, "replace the data file that is there; it is kept under another name")
	cmd.Flags().BoolVar(&check, "check", false, "only read the backup from end to end, and say what is in it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if check {
			info, err := backup.Verify(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(m.Stdout, "%s is whole: %s\n", args[0], contentsOf(info))
			return err
		}
		result, err := backup.Restore(cmd.Context(), args[0], data, overwrite)
		if errors.Is(err, backup.ErrExists) {
			return fmt.Errorf("%w; nothing was changed. Pass --overwrite to replace it, or name another file with --data", err)
		}
		if err != nil {
			return err
		}
		if _, err = fmt.Fprintf(m.Stdout, "%s: %s\n", data, contentsOf(result.Info)); err != nil || result.Replaced == "" {
			return err
		}
		_, err = fmt.Fprintf(m.Stdout, "the file that was there is now %s\n", result.Replaced)
		return err
	}
	return cmd
}
