package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/cmd/concord/doctor"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

const doctorLong = `Examine a whole registry: damaged records, references that lead nowhere, schemas that cannot be parsed, histories that the
subject's level would not allow, content that is registered twice, ids that stand for two schemas. Each finding says what to
do about it.

--data examines a data file that no server has open; it is read from end to end first, in a process of its own, and is
never changed. --registry examines a running server, this one or any other that speaks the API. --disk measures how long
the disk of a folder takes to keep what is written, with a file that is removed again: one that is too fast keeps nothing
when the power fails.

Findings are errors, or warnings, which break nobody today.`

const doctorExample = `  # a data file, before an upgrade or after a crash of the machine
  concord doctor --data concord.db

  # a running server, for a monthly look
  concord doctor --registry http://localhost:8081 --fail-on warning -o json

  # the disk, before it is trusted with a data file
  concord doctor --disk /var/lib/concord`

func (m *Main) doctorCommand() *cobra.Command {
	var remote remoteFlags
	var data, disk, output, failOn string
	cmd := &cobra.Command{
		Use:        "doctor",
		SuggestFor: []string{"fsck", "audit", "examine"},
		Short:      "Look for what is wrong with a registry",
		Long:       doctorLong,
		Example:    doctorExample,
		Args:       noArgs,
	}
	remote.add(cmd)
	cmd.Flags().StringVar(&data, "data", "", "examine this data `file`, which no server may have open")
	cmd.Flags().StringVar(&disk, "disk", "", "measure the disk of this `folder`")
	outputFlag(cmd, &output, "text", "json")
	failOn = failOnValues[0]
	choiceFlag(cmd, &failOn, "fail-on", "", "which findings make the command exit with 100: error or warning", failOnValues...)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		var report *doctor.Report
		var err error
		fails := func(findings []doctor.Finding) bool {
			return slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.Severity == compat.Error || failOn == string(compat.Warning) })
		}
		switch {
		case data != "" && cmd.Flags().Changed("registry"):
			return misused(errors.New("--data and --registry exclude each other"))
		case disk != "" && (data != "" || cmd.Flags().Changed("registry")):
			return misused(errors.New("--disk is examined alone, without --data and --registry"))
		case disk != "":
			measured, err := doctor.ExamineDisk(cmd.Context(), disk)
			if err == nil {
				err = m.printDisk(measured, output)
			}
			if err == nil && fails(measured.Findings) {
				return errFindings
			}
			return err
		case data != "":
			report, err = m.examineFile(cmd.Context(), data)
		default:
			var c *client.Client
			if c, err = remote.connect(m); err == nil {
				report, err = m.examine(cmd.Context(), c)
			}
		}
		if err != nil {
			return err
		}
		if err := m.printReport(report, output); err != nil {
			return err
		}
		if fails(report.Findings) {
			return errFindings
		}
		return nil
	}
	return cmd
}

func (m *Main) examine(ctx context.Context, c *client.Client) (*doctor.Report, error) {
	return doctor.Examine(ctx, engine.Default(formats.Limits{}), c, doctor.Options{
		Jobs:  4 * runtime.GOMAXPROCS(0),
		Begin: func(n int) (step, done func()) { return m.progress(n, "examine") },
	})
}

// examineFile reads a data file from end to end, and then examines what it holds through the API, served to this process
// alone. A damaged file is not looked at any further: what it seems to lack may be there.
func (m *Main) examineFile(ctx context.Context, data string) (*doctor.Report, error) {
	if _, err := os.Stat(data); err != nil {
		return nil, err
	}
	err := bolt.CheckApart(ctx, data)
	if errors.Is(err, storage.ErrCorrupt) {
		return damageReport(data, err), nil
	}
	if err != nil {
		return nil, err
	}
	store, err := bolt.Open(data, bolt.Options{LockTimeout: lockTimeout, ReadOnly: "it is being examined"})
	if err != nil {
		return nil, err
	}
	report, err := m.examineStore(ctx, store)
	if report != nil {
		report.Source = data
	}
	return report, errors.Join(err, store.Close())
}

func (m *Main) examineStore(ctx context.Context, store storage.Store) (*doctor.Report, error) {
	dir, err := os.MkdirTemp("", "concord-doctor-") // nobody else may enter it
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "socket")
	l, err := net.Listen("unix", socket)
	if err != nil {
		return nil, err
	}
	server := httpapi.New(httpapi.Options{Registry: newRegistry(store, newEngine(config.Default()), config.Default())})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	var report *doctor.Report
	c, err := client.New(client.Options{URL: "unix:" + socket})
	if err == nil {
		report, err = m.examine(ctx, c)
	}
	return report, errors.Join(err, server.Shutdown(context.Background()), <-served)
}

// damageReport makes findings of the faults of a data file.
func damageReport(data string, err error) *doctor.Report {
	report := &doctor.Report{Source: data}
	for _, fault := range bolt.Faults(err) {
		report.Findings = append(report.Findings, doctor.Finding{
			Severity: compat.Error, Code: doctor.CodeDamaged, Message: fault,
			Action: fmt.Sprintf("Keep a copy of the file, then concord restore BACKUP --data %s --overwrite.", data),
		})
	}
	return report
}

func (m *Main) printReport(r *doctor.Report, output string) error {
	if output == "json" {
		return writeJSON(m.Stdout, r)
	}
	summary := fmt.Sprintf("%s: %s, %s examined; %s, %s", r.Source, words.Counted(r.Subjects, "subject"), words.Counted(r.Versions, "version"),
		words.Counted(r.Count(compat.Error), "error"), words.Counted(r.Count(compat.Warning), "warning"))
	return m.printFindings(r.Findings, summary)
}

func (m *Main) printDisk(d *doctor.Disk, output string) error {
	if output == "json" {
		return writeJSON(m.Stdout, d)
	}
	return m.printFindings(d.Findings, fmt.Sprintf("%s: %s, each synced: median %.2f ms, 99th percentile %.2f ms, slowest %.2f ms",
		d.Source, words.Counted(d.Writes, "write"), d.Median, d.P99, d.Slowest))
}

// printFindings prints findings, what to do about them, and a line that sums up.
func (m *Main) printFindings(findings []doctor.Finding, summary string) error {
	s := m.styleOf(m.Stdout)
	actions := []string{}
	for _, f := range findings {
		severity := s.yellow(string(f.Severity))
		if f.Severity == compat.Error {
			severity = s.red(string(f.Severity))
		}
		where := ""
		if f.Subject != "" {
			where = fmt.Sprintf("%s version %d (id %d): ", oneLine(f.Subject), f.Version, f.ID)
		}
		if _, err := fmt.Fprintf(m.Stdout, "%s: %s%s [%s]\n", severity, where, oneLine(f.Message), f.Code); err != nil {
			return err
		}
		if action := fmt.Sprintf("%s: %s", f.Code, f.Action); !slices.Contains(actions, action) {
			actions = append(actions, action)
		}
	}
	if len(actions) > 0 {
		fmt.Fprintln(m.Stdout, "\nWhat to do:")
	}
	for _, action := range actions {
		fmt.Fprintf(m.Stdout, "  %s\n", oneLine(action))
	}
	if len(findings) == 0 {
		summary = s.green(summary)
	}
	_, err := fmt.Fprintln(m.Stdout, summary)
	return err
}
