package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/report"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const registerLong = `Register a schema under a subject. What is there already is found and nothing is written; the answer is the same.

FILE is a file, or "-" for standard input. What it refers to is named with --ref; without, it is found among the files of its
project, which must be registered as they are. A schema that would break somebody is refused, with every reason and its place
in the file, and exit code 100. To bring a whole folder into a registry, see concord apply.`

const registerExample = `  concord register orders-value schemas/orders.avsc

  # with references
  concord register orders-value orders.avsc --ref com.acme.Money=money@3

  # from a pipe; only tell what would happen
  generate-schema | concord register orders-value - --type avro --dry-run`

// registerFlags are the flags of register.
type registerFlags struct {
	remote    remoteFlags
	refs      []string
	kind      string
	output    string
	normalize bool
	dryRun    bool
}

func (m *Main) registerCommand() *cobra.Command {
	f := &registerFlags{}
	cmd := &cobra.Command{
		Use:        "register SUBJECT FILE",
		SuggestFor: []string{"create", "add", "put", "push", "publish"},
		Short:      "Register a schema under a subject",
		Long:       registerLong,
		Example:    registerExample,
		Args:       argsBetween(2, 2, "a subject and a file"),
	}
	cmd.ValidArgsFunction = f.remote.completeSubject(m, 1)
	f.remote.add(cmd)
	outputFlag(cmd, &f.output, dataFormats...)
	cmd.Flags().StringArrayVar(&f.refs, "ref", nil, "a reference: `name=subject@version`; may be repeated")
	choiceFlag(cmd, &f.kind, "type", "", "`type` of a file whose name does not say it: avro, protobuf or json", typeNames...)
	cmd.Flags().BoolVar(&f.normalize, "normalize", false, "register the normalized form")
	cmd.Flags().BoolVar(&f.dryRun, "dry-run", false, "only tell whether it would be registered")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := f.remote.connect(m)
		if err != nil {
			return err
		}
		return m.register(cmd.Context(), c, f, args[0], args[1])
	}
	return cmd
}

// typeNames are the values of --type.
var typeNames = []string{"avro", "protobuf", "json"}

// registered is the answer of register.
type registered struct {
	Subject string `json:"subject"`
	Version int    `json:"version,omitempty"` // 0 in a dry run for a version that is not there yet
	ID      int    `json:"id,omitempty"`
	New     bool   `json:"new"`
	DryRun  bool   `json:"dryRun,omitempty"`
}

func (m *Main) register(ctx context.Context, c *client.Client, f *registerFlags, subject, file string) error {
	e := engine.Default(formats.Limits{})
	references, err := parseRefs(ctx, c, f.refs)
	if err != nil {
		return err
	}
	r := &operand.Resolver{Engine: e, Read: m.readInput, Type: typeFlag(f.kind), Connect: func() (*client.Client, error) { return c, nil }, References: references}
	o, err := r.File(ctx, file)
	if err != nil {
		return err
	}
	src := o.Schema.Source()
	for _, ref := range src.References {
		if ref.Version == 0 {
			return fmt.Errorf("%s refers to %q, which is not registered as it is in the project; register %s first, or run concord apply", file, ref.Name, ref.Subject)
		}
	}
	registration := client.Registration{Schema: src.Text, Type: o.Schema.Type(), References: src.References}
	out := registered{Subject: subject, DryRun: f.dryRun}
	known, err := c.Lookup(ctx, subject, registration, f.normalize, false)
	switch {
	case err == nil:
		out.Version, out.ID = known.Version, known.ID
	case !client.IsMissing(err):
		return err
	case f.dryRun:
		out.New = true
		if err := m.explainRefusal(ctx, e, c, subject, o, nil); err != nil {
			return err
		}
	default:
		version, err := c.Register(ctx, subject, registration, f.normalize)
		if err != nil {
			return m.explainRefusal(ctx, e, c, subject, o, err)
		}
		if out.Version, out.ID, out.New = version.Version, version.ID, true; out.Version == 0 {
			if known, err = c.Lookup(ctx, subject, registration, f.normalize, false); err != nil {
				return err
			}
			out.Version = known.Version
		}
	}
	return printData(m.Stdout, f.output, out, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, out)
		return err
	})
}

// String is a sentence for people.
func (r registered) String() string {
	switch {
	case !r.New:
		return fmt.Sprintf("%s: is version %d already, id %d", oneLine(r.Subject), r.Version, r.ID)
	case r.DryRun:
		return oneLine(r.Subject) + ": would be a new version"
	}
	return fmt.Sprintf("%s: version %d, id %d", oneLine(r.Subject), r.Version, r.ID)
}

// explainRefusal says why a registry refuses a schema: its own sentence is long and has no places in the file. refused is nil to
// find out whether it would.
func (m *Main) explainRefusal(ctx context.Context, e *engine.Engine, c *client.Client, subject string, o *operand.Operand, refused error) error {
	var refusal *client.Refusal
	if refused != nil && !(errors.As(refused, &refusal) && refusal.Status == http.StatusConflict) {
		return refused
	}
	outcome, err := gate.Compare(ctx, e, &project.File{Subject: subject, Path: o.Path}, o.Schema, gate.NewRegistryBase(e, c, nil))
	result := &gate.Result{Subjects: []gate.Subject{outcome}}
	if err != nil || result.Count(compat.Error) == 0 {
		return refused
	}
	if err := report.Text(m.Stdout, result, report.Options{}); err != nil {
		return err
	}
	return errFindings
}

// parseRefs reads the values of --ref; nil when there are none. A version may be latest.
func parseRefs(ctx context.Context, c *client.Client, refs []string) (references []formats.Reference, err error) {
	for _, text := range refs {
		// The name may itself hold "=" and "@", in a URI.
		at := strings.LastIndexByte(text, '=')
		if at < 1 || at == len(text)-1 {
			return nil, misused(fmt.Errorf("--ref %q is not written as name=subject@version", text))
		}
		name, target := text[:at], text[at+1:]
		subject, version := operand.SplitVersion(target)
		number, err := strconv.Atoi(version)
		if err != nil {
			v, err := operand.Registered(ctx, c, target)
			if err != nil {
				return nil, err
			}
			number = v.Version
		}
		references = append(references, formats.Reference{Name: name, Subject: subject, Version: number})
	}
	return references, nil
}
