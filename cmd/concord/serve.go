package main

import (
	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/config"
)

const serveLong = `Serve the registry until SIGTERM or SIGINT. On SIGTERM readiness turns first, then requests in flight finish, then the data
file is closed. A second signal stops at once; what was acknowledged is on the disk even then.

Each flag is also a variable (--max-body-size is CONCORD_MAX_BODY_SIZE) and a key of the YAML file that --config names. A flag
wins over a variable, a variable over the file. Only names that exist are accepted.`

const serveExample = `  # serve on :8081, with the data in concord.db
  concord serve

  # somewhere else, logging JSON
  concord serve --listen 127.0.0.1:9000 --data /var/lib/concord/concord.db --log-format json

  # settings from a file, one of them overruled
  CONCORD_LOG_LEVEL=debug concord serve --config server.yaml

  # which settings are in force, and who said so
  concord serve --config server.yaml --print-config`

func (m *Main) serveCommand() *cobra.Command {
	var printConfig bool
	var output string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Serve the registry",
		Long:    serveLong,
		Example: serveExample,
		Args:    noArgs,
	}
	cmd.Flags().SortFlags = false
	loader := config.NewLoader(cmd.Flags())
	cmd.Flags().BoolVar(&printConfig, "print-config", false, "print every setting and where it came from, and start nothing")
	outputFlag(cmd, &output, "text", "json", "yaml")
	for _, s := range loader.Settings() {
		completeSetting(cmd, s)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := loader.Load(m.Environ)
		if err != nil {
			return misused(err)
		}
		if printConfig {
			return config.Print(m.Stdout, loader.Settings(), output)
		}
		server, err := openServer(cmd.Context(), cfg, m.Stdout, m.Stderr)
		if err != nil {
			return err
		}
		server.notifySocket = m.Getenv("NOTIFY_SOCKET")
		return server.run(cmd.Context())
	}
	return cmd
}

// completeSetting teaches the shell what may follow a flag.
func completeSetting(cmd *cobra.Command, s *config.Setting) {
	if s.Name == "data" {
		return // a file name, which is what shells complete anyway
	}
	words := s.OneOf
	if s.IsBool() {
		words = []string{"true", "false"}
	}
	_ = cmd.RegisterFlagCompletionFunc(s.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}
