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

  # bring a folder of schemas into a registry
  concord apply schemas --registry http://localhost:8081

  # what did the last change do, and to whom?
  concord diff orders-value --registry http://localhost:8081

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
	root.Version = buildOf().String()
	root.SetVersionTemplate("{{.Version}}\n")
	root.Flags().Bool("version", false, "print the version of this binary")
	group(root, "Schemas in a repository:", m.checkCommand(), m.diffCommand(), m.planCommand(), m.applyCommand(), m.pullCommand())
	group(root, "What a registry has:", m.getCommand(), m.searchCommand(), m.registerCommand(), m.deleteCommand(), m.setCommand(), m.exportCommand(), m.importCommand())
	group(root, "Messages:", m.decodeCommand(), m.encodeCommand(), m.sampleCommand())
	group(root, "The server:", m.serveCommand(), m.waitCommand(), m.doctorCommand(), m.backupCommand(), m.restoreCommand(), m.compactCommand())
	root.AddCommand(m.versionCommand())
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

// group adds commands that the help lists together under a title.
func group(root *cobra.Command, title string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: title, Title: title})
	for _, cmd := range commands {
		cmd.GroupID = title
	}
	root.AddCommand(commands...)
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
	if unknown.GetSpecifiedShortnames() != "" {
		return misused(fmt.Errorf("unknown flag -%s", unknown.GetSpecifiedName()))
	}
	return misused(fmt.Errorf("unknown flag %s%s", name, suggest.Question(name, names)))
}

// usageTemplate is cobra's, with long flag texts wrapped and the exit codes at the end, unless the command has told its own.
func usageTemplate(root *cobra.Command) string {
	cobra.AddTemplateFunc("tellsExitCodes", func(cmd *cobra.Command) bool { return strings.Contains(cmd.Long, "Exit codes:") })
	template := strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages ", ".FlagUsagesWrapped 110 ")
	return template + "{{if not (tellsExitCodes .)}}\n" + exitCodes + "{{end}}"
}
