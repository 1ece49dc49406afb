package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
)

// modes are the values of `set mode`.
var modes = []string{"READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT", "FORWARD"}

// unset takes a setting away, so that the one above applies.
const unset = "default"

const setLong = `Set what a subject promises, or whether it takes writes: of a subject, of a context (":.payments:"), or without SUBJECT of
the whole registry. The value "default" takes a subject's own setting away, so that the one above it applies.`

const setExample = `  concord set level FULL_TRANSITIVE orders-value
  concord set level default orders-value
  concord set mode READONLY`

func (m *Main) setCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "set",
		SuggestFor: []string{"config", "configure"},
		Short:      "Set the compatibility level or the mode",
		Long:       setLong,
		Example:    setExample,
	}
	var force bool
	mode := m.setter("mode", "Set whether a subject takes writes", append(modes, unset), `  concord set mode READONLY orders-value
  concord set mode default orders-value
  concord set mode IMPORT --force`, func(ctx context.Context, c *client.Client, subject, value string) error {
		if value == unset {
			return c.DeleteMode(ctx, subject)
		}
		err := c.SetMode(ctx, subject, value, force)
		if value == "IMPORT" && !force && client.IsRefusal(err) {
			err = fmt.Errorf("%w; --force allows it where there are schemas", err)
		}
		return err
	})
	mode.Flags().BoolVar(&force, "force", false, "allow IMPORT where there are schemas")
	level := m.setter("level", "Set the compatibility level", append(levelNames(), unset), `  concord set level FULL_TRANSITIVE orders-value
  concord set level default orders-value
  concord set level BACKWARD`, func(ctx context.Context, c *client.Client, subject, value string) error {
		if value == unset {
			return unsetLevel(ctx, c, subject)
		}
		return c.SetConfig(ctx, subject, map[string]any{"compatibility": value})
	})
	cmd.AddCommand(level, mode)
	chooseSubcommand(cmd)
	return cmd
}

// setting is the answer of set.
type setting struct {
	Subject string `json:"subject,omitempty"`
	Setting string `json:"setting"`
	Value   string `json:"value"`
}

// setter makes a command that sets one thing to one of a few values.
func (m *Main) setter(name, short string, values []string, example string, set func(ctx context.Context, c *client.Client, subject, value string) error) *cobra.Command {
	var remote remoteFlags
	var output string
	cmd := &cobra.Command{
		Use:     name + " VALUE [SUBJECT]",
		Short:   short,
		Long:    short + ". VALUE is one of " + joined(values) + ".",
		Example: example,
		Args:    argsBetween(1, 2, "a value, and a subject at most"),
	}
	remote.add(cmd)
	outputFlag(cmd, &output, dataFormats...)
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return values, cobra.ShellCompDirectiveNoFileComp
		}
		return remote.completeSubject(m, 2)(cmd, args, begun)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		out := setting{Setting: name}
		if err := (choice{&out.Value, values}).Set(args[0]); err != nil {
			return misused(fmt.Errorf("the %s %w", name, err))
		}
		if len(args) > 1 {
			out.Subject = args[1]
		}
		c, err := remote.connect(m)
		if err != nil {
			return err
		}
		if err := set(cmd.Context(), c, out.Subject, out.Value); err != nil {
			return err
		}
		return printData(m.Stdout, output, out, func(w io.Writer) error {
			of := oneLine(out.Subject)
			if of == "" {
				of = "the registry"
			}
			_, err := fmt.Fprintf(w, "%s: %s %s\n", of, name, out.Value)
			return err
		})
	}
	return cmd
}

func joined(values []string) string {
	out := values[0]
	for i, value := range values[1:] {
		if i == len(values)-2 {
			out += " or " + value
		} else {
			out += ", " + value
		}
	}
	return out
}

// unsetLevel takes the level out of a config, and the whole config away when nothing else is in it.
func unsetLevel(ctx context.Context, c *client.Client, subject string) error {
	config, err := c.Config(ctx, subject, false)
	if err != nil || config == nil {
		return err
	}
	members, err := settings(config)
	if err != nil {
		return err
	}
	if len(members) <= 1 {
		return c.DeleteConfig(ctx, subject)
	}
	return c.SetConfig(ctx, subject, map[string]any{"compatibility": nil})
}
