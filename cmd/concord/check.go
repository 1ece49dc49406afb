package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/gate"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/report"
	"github.com/concord-registry/concord/cmd/concord/suggest"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const checkLong = `Check the schemas of a folder: that each can be read, that what it refers to is there, and that it may follow what it
replaces. It is compared with another commit or folder (--against), with a registry (--registry or SCHEMA_REGISTRY_URL),
or with both; a registry decides the level, unless --level does. Without either, the schemas are only read.

A new subject is fine. A schema that is gone is a warning (--removed says otherwise), and one that was renamed is found and compared
with what it was. The comparing is the server's own: what passes here can be registered.

Findings go to standard output, everything else to standard error: nothing on standard output means that nothing was found. The exit
code is 100 when a finding fails the check, and 1 when it could not be done or there are no schemas.

Formats of --error-format:
  text                  path:line:column: what is wrong, as compilers write it
  json                  one object a line
  junit                 a test case for each subject, those that pass too
  sarif                 SARIF 2.1.0, for code scanning
  github-actions        annotations of a GitHub workflow; the step summary is written as well
  gitlab-code-quality   a report for a GitLab merge request
  markdown              a page, as for a comment

A concord.yaml, looked for in the folder and upwards, says which files are schemas and what their subjects are; without one, every
.avsc, .proto, .schema.json and .jsonschema file is a schema, whose subject is the file's name (with .proto, without the others). For
example:

  registry: http://localhost:8081      # --registry and SCHEMA_REGISTRY_URL win
  level: BACKWARD                      # where no registry says it
  schemas:
    - path: avro/**/*.avsc
      subject: "{fullname}-value"      # {file} {path} {dir} {name} {topic} {fullname} {namespace}
    - path: proto
      level: FULL
  ignore:
    - path: legacy
      codes: [FIELD_REMOVED]`

const checkExample = `  # does this branch break what is on main?
  concord check --against '.git#branch=main'

  # does it break what is registered? and show the messages that would break
  concord check schemas --registry http://localhost:8081 --explain

  # the files of one folder, against what the last release had
  concord check schemas/orders --against '.git#tag=v1.4.0'

  # in a GitHub workflow: annotate the lines, write the summary
  concord check --against '.git#branch=main' --error-format github-actions`

// defaultJobs is how many schemas are compared at a time: mostly it is a registry that is waited for.
var defaultJobs = 4 * runtime.GOMAXPROCS(0)

// checkFlags are the flags of check.
type checkFlags struct {
	remote  remoteFlags
	against []string
	offline bool
	level   string
	policy  string
	removed string
	format  string
	failOn  string
	summary string
	explain bool
	quiet   bool
	jobs    int
}

func (m *Main) checkCommand() *cobra.Command {
	f := &checkFlags{}
	cmd := &cobra.Command{
		Use:        "check [DIR|FILE...]",
		SuggestFor: []string{"lint", "breaking", "validate", "test", "verify"},
		Short:      "Check that schemas break nobody",
		Long:       checkLong,
		Example:    checkExample,
	}
	f.remote.add(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.against, "against", nil, "compare with a commit (`.git#branch=main`, tag=, ref=, subdir=) or a folder; may be repeated")
	flags.BoolVar(&f.offline, "offline", false, "ask no registry, even if one is configured")
	flags.StringVar(&f.level, "level", "", "compatibility `level` to apply, whatever the registry and the project say")
	flags.StringVar(&f.policy, "policy", "", "`what` rejects: reference, semantic, strict, wire-exact or json")
	flags.StringVar(&f.removed, "removed", "", "`what` a schema that is gone is: error, warning or ignore")
	flags.StringVar(&f.format, "error-format", report.Formats[0], "`format` of the findings: "+strings.Join(report.Formats, "|"))
	flags.StringVar(&f.failOn, "fail-on", "error", "`which` findings fail the check: error or warning")
	flags.StringVar(&f.summary, "summary", "", "also write the findings as Markdown to this `file`; by default to $GITHUB_STEP_SUMMARY")
	flags.BoolVar(&f.explain, "explain", false, "show the message that breaks, and what its reader makes of it")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary line")
	flags.IntVar(&f.jobs, "jobs", defaultJobs, "compare at most `n` schemas at a time")
	for name, values := range map[string][]string{
		"level": levelNames(), "policy": policyNames(), "removed": removedValues, "error-format": report.Formats, "fail-on": failOnValues,
	} {
		// The error would be about a flag that does not exist, and it was just made.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.validate(); err != nil {
			return misused(err)
		}
		f.remote.fill(m)
		return m.check(cmd.Context(), f, args)
	}
	return cmd
}

var (
	removedValues = []string{project.RemovedError, project.RemovedWarning, project.RemovedIgnored}
	failOnValues  = []string{string(compat.Error), string(compat.Warning)}
)

func levelNames() (names []string) {
	for _, level := range compat.Levels() {
		names = append(names, string(level))
	}
	return names
}

func policyNames() (names []string) {
	for _, policy := range compat.Policies() {
		names = append(names, string(policy))
	}
	return names
}

// validate gives the values their own spelling, and refuses those that do not exist.
func (f *checkFlags) validate() error {
	for _, against := range f.against {
		if err := project.CheckInput(against); err != nil {
			return fmt.Errorf("--against %w", err)
		}
	}
	if f.jobs < 1 {
		return fmt.Errorf("--jobs %d is not a number from 1", f.jobs)
	}
	if f.level != "" {
		level, ok := compat.ParseLevel(f.level)
		if !ok {
			return oneOf("level", f.level, levelNames())
		}
		f.level = string(level)
	}
	if f.policy != "" {
		policy, ok := compat.ParsePolicy(f.policy)
		if !ok {
			return oneOf("policy", f.policy, policyNames())
		}
		f.policy = string(policy)
	}
	if f.removed != "" && !slices.Contains(removedValues, f.removed) {
		return oneOf("removed", f.removed, removedValues)
	}
	if report.For(f.format) == nil {
		return oneOf("error-format", f.format, report.Formats)
	}
	if !slices.Contains(failOnValues, f.failOn) {
		return oneOf("fail-on", f.failOn, failOnValues)
	}
	return nil
}

// oneOf is the error for a flag whose value is none of those there are.
func oneOf(flag, value string, values []string) error {
	return fmt.Errorf("--%s %q is none of %s%s", flag, value, strings.Join(values, ", "), suggest.Question(value, values))
}

func (m *Main) check(ctx context.Context, f *checkFlags, args []string) error {
	start := time.Now()
	p, only, err := openProject(args)
	if err != nil {
		return err
	}
	e := engine.Default(formats.Limits{})
	tree, err := p.Disk(e)
	if err != nil {
		return err
	}
	bases, err := f.bases(ctx, e, p)
	if err != nil {
		return err
	}
	step, done := m.progress(len(tree.Files), "checking")
	result, err := gate.Check(ctx, e, p.Config, tree, bases, gate.Options{
		Level: compat.Level(f.level), Policy: compat.Policy(f.policy), Removed: cmp.Or(f.removed, p.Config.Removed),
		Jobs: f.jobs, Only: only, Done: step,
	})
	done()
	if err != nil {
		return err
	}
	if isEmpty(tree) && len(result.Subjects) == 0 {
		return noSchemas(p)
	}
	if len(only) > 0 && len(result.Subjects) == 0 {
		return fmt.Errorf("no schema of %s lies in %s; what counts as one is said in %s", p.Root, strings.Join(args, ", "), project.ConfigName)
	}
	prefix, err := prefixOf(p.Root)
	if err != nil {
		return err
	}
	opt := report.Options{Prefix: prefix, Explain: f.explain, Version: buildOf().Version, Elapsed: time.Since(start)}
	if err := report.For(f.format)(m.Stdout, result, opt); err != nil {
		return err
	}
	if err := m.summarise(f.summary, result, opt); err != nil {
		return err
	}
	if !f.quiet {
		fmt.Fprintln(m.Stderr, report.Summary(result, opt.Elapsed))
	}
	if result.Count(compat.Error) > 0 || f.failOn == string(compat.Warning) && result.Count(compat.Warning) > 0 {
		return errFindings
	}
	return nil
}

// isEmpty reports whether a project has no schemas.
func isEmpty(tree *project.Tree) bool { return len(tree.Files) == 0 && len(tree.Problems) == 0 }

// noSchemas is the error about an empty project. A check of nothing does not pass: it looks in the wrong place.
func noSchemas(p *project.Project) error {
	return fmt.Errorf("%s holds no schemas; what counts as one is said in %s", p.Root, project.ConfigName)
}

// bases opens the other sides of the comparison.
func (f *checkFlags) bases(ctx context.Context, e *engine.Engine, p *project.Project) ([]gate.Base, error) {
	var bases []gate.Base
	for _, against := range f.against {
		tree, err := p.Against(ctx, e, against)
		if err != nil {
			return nil, err
		}
		bases = append(bases, gate.NewTreeBase(e, tree))
	}
	options := f.remote.Options
	options.URL = cmp.Or(options.URL, p.Config.Registry)
	if f.offline || options.URL == "" {
		return bases, nil
	}
	c, err := client.New(options)
	if err != nil {
		return nil, misused(err)
	}
	return append(bases, gate.NewRegistryBase(e, c, func(*project.File) compat.Level { return compat.Level(f.level) })), nil
}

// openProject finds the project that the arguments are about, and what in it they select.
func openProject(args []string) (p *project.Project, only []string, err error) {
	for _, arg := range args {
		if _, err := os.Stat(arg); err != nil {
			return nil, nil, misused(fmt.Errorf("%s is neither a folder nor a file", arg))
		}
	}
	dir := "."
	if len(args) > 0 {
		dir = args[0]
		if info, err := os.Stat(dir); err == nil && !info.IsDir() {
			dir = filepath.Dir(dir)
		}
	}
	if _, found, err := project.Find(dir); err == nil && !found && len(args) != 1 {
		dir = "."
	}
	if p, err = project.Load(dir); err != nil {
		return nil, nil, misused(err)
	}
	for _, arg := range args {
		absolute, err := filepath.Abs(arg)
		if err != nil {
			return nil, nil, err
		}
		relative, err := filepath.Rel(p.Root, absolute)
		if err != nil || relative == ".." || strings.HasPrefix(relative, ".."+string(filepath.Separator)) {
			return nil, nil, misused(fmt.Errorf("%s is outside the project %s", arg, p.Root))
		}
		only = append(only, filepath.ToSlash(relative))
	}
	return p, only, nil
}

// prefixOf is what leads from the working directory to the project, so that the paths of findings can be opened.
func prefixOf(root string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	relative, err := filepath.Rel(dir, root)
	if err != nil || relative == "." {
		return "", err
	}
	return filepath.ToSlash(relative) + "/", nil
}

// summarise writes the findings as Markdown to a file, or adds them to the summary of a GitHub step.
func (m *Main) summarise(name string, result *gate.Result, opt report.Options) error {
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if name == "" {
		name, flags = m.Getenv("GITHUB_STEP_SUMMARY"), os.O_CREATE|os.O_WRONLY|os.O_APPEND
	}
	if name == "" {
		return nil
	}
	file, err := os.OpenFile(name, flags, 0o644)
	if err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	if err := report.Markdown(file, result, opt); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
