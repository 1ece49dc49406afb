package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// outputFlag adds -o with the given formats; the first is the default. Commands check the value.
func outputFlag(cmd *cobra.Command, into *string, formats ...string) {
	cmd.Flags().StringVarP(into, "output", "o", formats[0], "`format` of the output: "+strings.Join(formats, "|"))
	// The error is about a flag that does not exist, and it was just made.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
}
