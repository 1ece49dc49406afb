package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/storage/bolt"
)

const compactLong = `Rewrite a data file without the space in it that is not in use, as there is after many deletions. Every entry is checked on
its way, and the new file is read back before it takes the place of the old one: a damaged file is left as it is, and a
crash leaves one of the two. A file that an older Concord made gets the newest format, in which registering costs less; that
older Concord then takes it for damaged, so make a backup before if you may want to go back.

No server may have the file open. For a moment both files need space.`

func (m *Main) compactCommand() *cobra.Command {
	var data string
	cmd := &cobra.Command{
		Use:        "compact",
		SuggestFor: []string{"vacuum", "shrink", "defrag"},
		Short:      "Make a data file smaller",
		Long:       compactLong,
		Example: `  concord compact
  concord compact --data /var/lib/concord/concord.db`,
		Args: noArgs,
	}
	cmd.Flags().StringVar(&data, "data", config.Default().Server.Data, "the data `file`")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var step, done func()
		before, after, err := bolt.Compact(cmd.Context(), data, func(_, total int) {
			if step == nil {
				step, done = m.progress(total, "compact")
			}
			step()
		})
		if done != nil {
			done()
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(m.Stdout, "%s: %d bytes, %d before\n", data, after, before)
		return err
	}
	return cmd
}
