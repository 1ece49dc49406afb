package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/cmd/concord/words"
)

const deleteLong = `Delete a subject, or one version of it: softly, so that its ids can still be read and it can be registered again, or with
--permanent for good. --permanent does both steps, whether or not it was deleted softly before.

What other schemas refer to is not deleted; the command lists who does. It asks before it deletes anything; without a terminal,
pass --yes.`

const deleteExample = `  concord delete orders-value
  concord delete orders-value@3 --permanent --yes`

func (m *Main) deleteCommand() *cobra.Command {
	var remote remoteFlags
	var permanent, yes bool
	var output string
	cmd := &cobra.Command{
		Use:        "delete SUBJECT[@VERSION]",
		SuggestFor: []string{"remove", "rm", "drop", "unregister"},
		Short:      "Delete a subject or a version",
		Long:       deleteLong,
		Example:    deleteExample,
		Args:       argsBetween(1, 1, "a subject"),
	}
	cmd.ValidArgsFunction = remote.completeSubject(m, 1)
	remote.add(cmd)
	outputFlag(cmd, &output, dataFormats...)
	cmd.Flags().BoolVar(&permanent, "permanent", false, "delete for good")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := remote.connect(m)
		if err != nil {
			return err
		}
		return m.delete(cmd.Context(), c, args[0], permanent, yes, output)
	}
	return cmd
}

// deleted is the answer of delete.
type deleted struct {
	Subject   string `json:"subject"`
	Versions  []int  `json:"versions"`
	Permanent bool   `json:"permanent"`
}

func (m *Main) delete(ctx context.Context, c *client.Client, name string, permanent, yes bool, output string) error {
	subject, wanted := operand.SplitVersion(name)
	if subject == "" {
		return misused(fmt.Errorf("%q names no subject", name))
	}
	single := subject != name
	live, all, err := versionsOf(ctx, c, subject)
	if err != nil {
		return c.Guess(ctx, subject, err)
	}
	out := deleted{Subject: subject, Versions: live, Permanent: permanent}
	if permanent {
		out.Versions = all
	}
	if single {
		v, err := operand.Registered(ctx, c, name)
		if err != nil {
			return err
		}
		out.Versions, wanted = []int{v.Version}, strconv.Itoa(v.Version)
		live = slices.DeleteFunc(live, func(n int) bool { return n != v.Version })
	}
	if len(out.Versions) == 0 || single && !permanent && len(live) == 0 {
		return fmt.Errorf("%s is deleted already; pass --permanent to delete it for good", name)
	}
	referrers, err := referrersOf(ctx, c, subject, out.Versions, permanent)
	if err != nil {
		return err
	}
	if !single { // its versions go together
		referrers = slices.DeleteFunc(referrers, func(r referrer) bool { return r.Subject == subject })
	}
	if len(referrers) > 0 {
		for _, r := range referrers {
			fmt.Fprintf(m.Stderr, "%s@%d is referred to by %s@%d\n", oneLine(subject), r.of, oneLine(r.Subject), r.Version)
		}
		return fmt.Errorf("%s is referred to by %s; delete those first", name, words.Counted(len(referrers), "version"))
	}
	how := "softly"
	if permanent {
		how = "for good"
	}
	if err := m.confirm(fmt.Sprintf("Delete %s (%s) %s?", oneLine(name), words.Counted(len(out.Versions), "version"), how), yes); err != nil {
		return err
	}
	if err := deleteVersions(ctx, c, subject, out.Versions, len(live) > 0, single, permanent); err != nil {
		return err
	}
	return printData(m.Stdout, output, out, func(w io.Writer) error {
		what := words.Counted(len(out.Versions), "version")
		if single {
			what = "version " + wanted
		}
		_, err := fmt.Fprintf(w, "%s: %s deleted %s\n", oneLine(subject), what, how)
		return err
	})
}

// deleteVersions takes the one or both steps of a deletion.
func deleteVersions(ctx context.Context, c *client.Client, subject string, versions []int, live, single, permanent bool) error {
	for _, step := range []struct{ take, permanent bool }{{live, false}, {permanent, true}} {
		var err error
		switch {
		case !step.take:
		case single:
			err = c.DeleteVersion(ctx, subject, versions[0], step.permanent)
		default:
			_, err = c.DeleteSubject(ctx, subject, step.permanent)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// versionsOf lists the live versions of a subject, and all.
func versionsOf(ctx context.Context, c *client.Client, subject string) (live, all []int, err error) {
	if all, err = c.Versions(ctx, subject, true); err != nil {
		return nil, nil, err
	}
	live, err = c.Versions(ctx, subject, false)
	if client.IsMissing(err) {
		return nil, all, nil
	}
	return live, all, err
}

// referrer is a version that refers to another one.
type referrer struct {
	client.SubjectVersion
	of int // which version of the subject
}

// referrersOf lists who refers to versions of a subject, other versions of it included. Versions that are deleted softly
// count where the deletion is for good.
func referrersOf(ctx context.Context, c *client.Client, subject string, versions []int, deleted bool) (out []referrer, err error) {
	for _, version := range versions {
		list, err := c.Referrers(ctx, subject, version, deleted)
		if err != nil {
			return nil, err
		}
		for _, by := range list {
			out = append(out, referrer{by, version})
		}
	}
	return out, nil
}
