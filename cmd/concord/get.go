package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/compat/diff"
)

const getExample = `  # what is there?
  concord get subjects
  concord get subjects orders -o name

  # a subject with its versions; the text of one of them
  concord get subject orders-value
  concord get subject orders-value@latest~1 -o raw > before.avsc

  # what an id in a message stands for, and what refers to what
  concord get id 42
  concord get refs money`

func (m *Main) getCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:        "get",
		SuggestFor: []string{"list", "show", "describe", "ls"},
		Short:      "Show what a registry has",
		Long:       "Show what a registry has: subjects, versions, ids, configs, modes, references.",
		Example:    getExample,
	}
	cmd.AddCommand(m.getSubjectsCommand(), m.getSubjectCommand(), m.getIDCommand(), m.getConfigCommand(), m.getModeCommand(), m.getRefsCommand())
	chooseSubcommand(cmd)
	return cmd
}

// getter is a command below get: it shows what show reads.
type getter struct {
	remote remoteFlags
	output string
}

func (m *Main) getter(cmd *cobra.Command, formats []string, run func(ctx context.Context, c *client.Client, output string, args []string) error) *cobra.Command {
	g := &getter{}
	g.remote.add(cmd)
	outputFlag(cmd, &g.output, formats...)
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = g.remote.completeSubject(m, 1)
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := g.remote.connect(m)
		if err != nil {
			return err
		}
		return run(cmd.Context(), c, g.output, args)
	}
	return cmd
}

// subjectRow is a line of `get subjects`.
type subjectRow struct {
	Subject string `json:"subject"`
	Type    string `json:"type"`
	Version int    `json:"latestVersion"`
	ID      int    `json:"id"`
	Deleted bool   `json:"deleted,omitempty"`
}

func (m *Main) getSubjectsCommand() *cobra.Command {
	var deleted bool
	cmd := &cobra.Command{
		Use:   "subjects [PREFIX]",
		Short: "List subjects with their latest versions",
		Long: `List the subjects whose names start with PREFIX, in every context, or in one: ":.payments:" and ":.payments:orders" are
prefixes too. With -o name a line is a name and nothing else.`,
		Example: `  concord get subjects
  concord get subjects orders -o json
  concord get subjects :.payments: -o name`,
		Args: argsBetween(0, 1, "one prefix at most"),
	}
	cmd.Flags().BoolVar(&deleted, "deleted", false, "also list those that are deleted softly")
	return m.getter(cmd, append([]string{"table", "name"}, dataFormats[1:]...), func(ctx context.Context, c *client.Client, output string, args []string) error {
		prefix := client.EveryContext
		if len(args) > 0 {
			prefix = args[0]
			if !strings.HasPrefix(prefix, ":") {
				prefix = client.EveryContext + prefix
			}
		}
		if output == "name" {
			names, err := c.Subjects(ctx, prefix, deleted)
			for _, name := range names {
				fmt.Fprintln(m.Stdout, oneLine(name))
			}
			return err
		}
		latest, err := c.Schemas(ctx, prefix, true, deleted)
		if err != nil {
			return err
		}
		rows := make([]subjectRow, len(latest))
		for i, v := range latest {
			rows[i] = subjectRow{v.Subject, string(v.Type), v.Version, v.ID, v.Deleted}
		}
		return printData(m.Stdout, output, rows, func(w io.Writer) error {
			t := newTable("SUBJECT", "TYPE", "LATEST", "ID")
			for _, r := range rows {
				latest := strconv.Itoa(r.Version)
				if r.Deleted {
					latest += " (deleted)"
				}
				t.add(r.Subject, r.Type, latest, r.ID)
			}
			return t.write(w)
		})
	})
}

// subjectView is `get subject NAME`.
type subjectView struct {
	Subject  string            `json:"subject"`
	Level    string            `json:"level,omitempty"` // in force
	Mode     string            `json:"mode,omitempty"`
	Versions []*client.Version `json:"versions"`
}

func (m *Main) getSubjectCommand() *cobra.Command {
	var deleted bool
	cmd := &cobra.Command{
		Use:   "subject NAME[@VERSION]",
		Short: "Show a subject with its versions, or one version",
		Long: `Show a subject with its versions, each with when it was registered and by whom, as far as the registry tells, or one of them:
NAME@3, NAME@latest, NAME@latest~1. With -o raw the text of the schema as it is registered, of the latest version unless another is named.`,
		Example: `  concord get subject orders-value
  concord get subject orders-value@3 -o raw > orders.avsc
  concord get subject orders-value -o yaml`,
		Args: argsBetween(1, 1, "the name of a subject"),
	}
	cmd.Flags().BoolVar(&deleted, "deleted", false, "also show versions that are deleted softly")
	return m.getter(cmd, append([]string{"table", "raw"}, dataFormats[1:]...), func(ctx context.Context, c *client.Client, output string, args []string) error {
		name, version := operand.SplitVersion(args[0])
		if output == "raw" || strings.HasSuffix(args[0], "@"+version) {
			v, err := operand.Registered(ctx, c, args[0])
			if err != nil {
				return err
			}
			if output != "raw" {
				err = c.Registrants(ctx, v.Subject, []*client.Version{v})
			}
			if err != nil {
				return err
			}
			return m.printVersion(output, v)
		}
		view, err := readSubject(ctx, c, name, deleted)
		if err != nil {
			return c.Guess(ctx, name, err)
		}
		return printData(m.Stdout, output, view, func(w io.Writer) error {
			fmt.Fprintf(w, "%s: level %s, mode %s\n\n", oneLine(view.Subject), view.Level, view.Mode)
			t := newTable("VERSION", "ID", "TYPE", "REFERENCES", "STATE", "REGISTERED", "BY")
			for _, v := range view.Versions {
				t.add(v.Version, v.ID, v.Type, len(v.References), state(v), registeredAt(v), v.By)
			}
			return t.write(w)
		})
	})
}

func state(v *client.Version) string {
	if v.Deleted {
		return "deleted"
	}
	return "live"
}

// registeredAt is when a version was registered, to the minute; empty where the registry does not tell.
func registeredAt(v *client.Version) string {
	if v.Time == 0 {
		return ""
	}
	return time.UnixMilli(v.Time).UTC().Format("2006-01-02 15:04Z")
}

func readSubject(ctx context.Context, c *client.Client, name string, deleted bool) (*subjectView, error) {
	numbers, err := c.Versions(ctx, name, deleted)
	if err != nil {
		return nil, err
	}
	view := &subjectView{Subject: name}
	for _, number := range numbers {
		v, err := c.Version(ctx, name, strconv.Itoa(number), deleted)
		if err != nil {
			return nil, err
		}
		view.Versions = append(view.Versions, v)
	}
	if err := c.Registrants(ctx, name, view.Versions); err != nil {
		return nil, err
	}
	config, err := c.Config(ctx, name, true)
	if err != nil {
		return nil, err
	}
	view.Level = config.Level
	view.Mode, err = c.Mode(ctx, name, true)
	return view, err
}

// printVersion writes one version: its text, or all that is known of it.
func (m *Main) printVersion(output string, v *client.Version) error {
	if output == "raw" {
		_, err := fmt.Fprintln(m.Stdout, strings.TrimRight(v.Schema, "\n"))
		return err
	}
	return printData(m.Stdout, output, v, func(w io.Writer) error {
		t := newTable("SUBJECT", "VERSION", "ID", "TYPE", "STATE", "REGISTERED", "BY")
		t.add(v.Subject, v.Version, v.ID, v.Type, state(v), registeredAt(v), v.By)
		if err := t.write(w); err != nil {
			return err
		}
		for _, ref := range v.References {
			fmt.Fprintf(w, "refers to %s: %s@%d\n", oneLine(ref.Name), oneLine(ref.Subject), ref.Version)
		}
		return writeText(w, v)
	})
}

// writeText writes a schema's text for people, below what is known of it.
func writeText(w io.Writer, v *client.Version) error {
	_, err := fmt.Fprintf(w, "\n%s\n", strings.TrimRight(diff.LayoutText(v.Type, v.Schema), "\n"))
	return err
}

// idView is `get id`.
type idView struct {
	*client.Version
	Versions []client.SubjectVersion `json:"versions"`
}

func (m *Main) getIDCommand() *cobra.Command {
	var subject string
	cmd := &cobra.Command{
		Use:   "id ID",
		Short: "Show what an id stands for, and who has it",
		Example: `  concord get id 42
  concord get id 42 -o raw
  concord get id 7 --subject :.payments:`,
		Args:              argsBetween(1, 1, "an id"),
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().StringVar(&subject, "subject", "", "look in the context of this `subject`")
	return m.getter(cmd, append([]string{"table", "raw"}, dataFormats[1:]...), func(ctx context.Context, c *client.Client, output string, args []string) error {
		id, err := parseID(args[0])
		if err != nil {
			return misused(err)
		}
		v, err := c.ByID(ctx, id, subject)
		if err != nil {
			return err
		}
		if output == "raw" {
			return m.printVersion(output, v)
		}
		view := idView{Version: v}
		if view.Versions, err = c.VersionsOfID(ctx, id, subject, true); err != nil {
			return err
		}
		return printData(m.Stdout, output, view, func(w io.Writer) error {
			fmt.Fprintf(w, "id %d: %s\n", id, v.Type)
			for _, owner := range view.Versions {
				fmt.Fprintf(w, "is %s@%d\n", oneLine(owner.Subject), owner.Version)
			}
			return writeText(w, v)
		})
	})
}
