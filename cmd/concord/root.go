package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

const rootLong = `Concord is a schema registry: it keeps versioned Avro, Protobuf and JSON Schema subjects in one file, speaks the REST API
that existing clients know, and refuses a schema that would break those who read or write the data.`

const rootExample = `  # serve on :8081, with the data in concord.db
  concord serve

  # stop the pull request that would break a reader
  concord check --against '.git#branch=main'

  # wait until a registry answers, for example in a pipeline
  concord wait --registry http://localhost:8081

  # back it up while it runs
  concord backup --registry http://localhost:8081`

const exitCodes = `Exit codes:
  0    done
  1    could not be done; standard error says why
  2    asked wrongly: a command, flag, argument or setting that does not exist or has a wrong value
  3    there are differences, and --fail-on-changes was given
  100  a check found something, or a change is breaking
`

func (m *Main) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "concord",
		Short:         "A schema registry that proves what it refuses",
		Long:          rootLong,
		Example:       rootExample,
		SilenceErrors: true, // Main.Run reports them
		SilenceUsage:  true,
	}
	root.SetIn(m.Stdin)
	root.SetOut(m.Stdout)
	root.SetErr(m.Stderr)
	root.AddCommand(
		m.serveCommand(),
		m.checkCommand(), m.diffCommand(),
		m.planCommand(), m.applyCommand(), m.pullCommand(),
		m.getCommand(), m.registerCommand(), m.deleteCommand(), m.setCommand(),
		m.decodeCommand(), m.encodeCommand(), m.sampleCommand(),
		m.waitCommand(), m.doctorCommand(), m.backupCommand(), m.restoreCommand(), m.compactCommand(), m.versionCommand(),
	)
	m.color = colorModes[0]
	root.PersistentFlags().Var(choice{&m.color, colorModes}, "color", "`when` to write in colour: auto, always or never ($NO_COLOR)")
	_ = root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions(colorModes, cobra.ShellCompDirectiveNoFileComp))
	chooseSubcommand(root)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(usageTemplate(root))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() == "completion" {
			chooseSubcommand(cmd)
		}
	}
	return root
}

// chooseSubcommand makes a command that only has others below it explain itself when it is called alone, and refuse names
// it does not know.
func chooseSubcommand(cmd *cobra.Command) {
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		var names []string
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names = append(names, sub.Name())
			}
		}
		return misused(fmt.Errorf("unknown command %q%s", args[0], suggest.Question(args[0], names)))
	}
}

// flagError turns what the flag parser says into a usage error that suggests the right flag.
func flagError(cmd *cobra.Command, err error) error {
	unknown, ok := err.(*pflag.NotExistError)
	if !ok || unknown.GetSpecifiedName() == "" {
		return misused(err)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	name := "--" + strings.TrimLeft(unknown.GetSpecifiedName(), "-")
	return misused(fmt.Errorf("unknown flag %s%s", name, suggest.Question(name, names)))
}

// usageTemplate is cobra's, with long flag texts wrapped and the exit codes at the end.
func usageTemplate(root *cobra.Command) string {
	template := strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 110 ")
	return template + "\n" + exitCodes
}
