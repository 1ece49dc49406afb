package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
)

const searchLong = `Search the subjects and the fields of a registry. Every word must be part of a subject's name or of its owner (the property
owner of its metadata), or of a field's path, type or doc, in any case; a number also finds the subjects that have it as an id. Fields
are those of the latest versions.`

const searchExample = `  # which subjects, and which fields?
  concord search customer

  # only the subjects, one name a line
  concord search orders -o name

  # every field that holds a time, for a program
  concord search timestamp --only fields -o json`

func (m *Main) searchCommand() *cobra.Command {
	var remote remoteFlags
	var output, only, context string
	var limit int
	cmd := &cobra.Command{
		Use:        "search WORD...",
		SuggestFor: []string{"find", "grep"},
		Short:      "Search subjects and fields",
		Long:       searchLong,
		Example:    searchExample,
		Args:       argsBetween(1, 100, "something to look for"),
	}
	remote.add(cmd)
	outputFlag(cmd, &output, append([]string{"table", "name"}, dataFormats[1:]...)...)
	choiceFlag(cmd, &only, "only", "", "search one kind alone", "all", "subjects", "fields")
	cmd.Flags().StringVar(&context, "context", "", "search one `context`, . for the default one")
	cmd.Flags().IntVar(&limit, "limit", 20, "show so many of each kind, 100 at most")
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if limit < 1 || limit > 100 {
			return misused(fmt.Errorf("--limit %d is not a number from 1 to 100", limit))
		}
		c, err := remote.connect(m)
		if err != nil {
			return err
		}
		found, err := c.Search(cmd.Context(), strings.Join(args, " "), context, limit)
		if err != nil {
			return err
		}
		if only == "fields" {
			found.TotalSubjects, found.Subjects = 0, []client.FoundSubject{}
		}
		if only == "subjects" || output == "name" {
			found.TotalFields, found.Fields = 0, []client.FoundField{}
		}
		if output == "name" {
			for _, s := range found.Subjects {
				fmt.Fprintln(m.Stdout, oneLine(s.Subject))
			}
			return nil
		}
		return printData(m.Stdout, output, found, func(w io.Writer) error { return printFound(w, found) })
	}
	return cmd
}

// printFound writes what was found for people.
func printFound(w io.Writer, found *client.Found) error {
	if len(found.Subjects)+len(found.Fields) == 0 {
		_, err := fmt.Fprintln(w, "nothing found")
		return err
	}
	if len(found.Subjects) > 0 {
		t := newTable("SUBJECT", "TYPE", "LATEST", "ID", "LEVEL", "OWNER")
		for _, s := range found.Subjects {
			t.add(s.Subject, s.Type, s.Latest, s.ID, s.Level, s.Owner)
		}
		if err := writeCounted(w, t, len(found.Subjects), found.TotalSubjects, "subjects"); err != nil {
			return err
		}
	}
	if len(found.Fields) == 0 {
		return nil
	}
	if len(found.Subjects) > 0 {
		fmt.Fprintln(w)
	}
	t := newTable("FIELD", "TYPE", "SUBJECT", "DOC")
	for _, f := range found.Fields {
		t.add(f.Path, f.Type, f.Subject, f.Doc)
	}
	return writeCounted(w, t, len(found.Fields), found.TotalFields, "fields")
}

// writeCounted writes a table and says when there is more than it shows.
func writeCounted(w io.Writer, t *table, shown, total int, what string) error {
	if err := t.write(w); err != nil || shown == total {
		return err
	}
	_, err := fmt.Fprintf(w, "%d of %d %s; see more with --limit, or narrow the search\n", shown, total, what)
	return err
}
