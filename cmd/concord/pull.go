package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/pull"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

const pullLong = `Write the latest version of each subject to a folder, with a concord.yaml that says which file is which subject. concord plan finds
nothing to do for such a folder: from then on it can be kept in git, and applied.

PATTERN selects subjects by their names: * stands for any part up to a slash, ** for any part at all. A reference that is not
to the latest version of what the folder holds is pinned in concord.yaml; take the pin away to follow the files.

A concord.yaml that a person wrote is not replaced, unless --force is given.`

const pullExample = `  concord pull --dir schemas --registry http://localhost:8081

  # part of a registry
  concord pull 'payments-*' ':.billing:**' --dir schemas`

func (m *Main) pullCommand() *cobra.Command {
	var remote remoteFlags
	var dir, output string
	var force bool
	cmd := &cobra.Command{
		Use:        "pull [PATTERN...]",
		SuggestFor: []string{"download", "dump", "fetch"},
		Short:      "Write a registry's schemas to a folder",
		Long:       pullLong,
		Example:    pullExample,
	}
	remote.add(cmd)
	cmd.ValidArgsFunction = remote.completeSubject(m, 1000)
	outputFlag(cmd, &output, dataFormats...)
	cmd.Flags().StringVar(&dir, "dir", ".", "the `folder` to write to")
	cmd.Flags().BoolVar(&force, "force", false, "replace a concord.yaml that was not pulled")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		c, err := remote.connect(m)
		if err != nil {
			return err
		}
		return m.pull(cmd.Context(), c, args, dir, output, force)
	}
	return cmd
}

func (m *Main) pull(ctx context.Context, c *client.Client, patterns []string, dir, output string, force bool) error {
	before, err := pulledBefore(dir, force)
	if err != nil {
		return err
	}
	folder, err := pull.Make(ctx, engine.Default(formats.Limits{}), c, patterns)
	if err != nil {
		return err
	}
	if len(folder.Pulled) == 0 {
		return errors.New("no subject matches; concord get subjects lists what there is")
	}
	// concord.yaml comes last: until then the folder is what it was.
	for _, name := range append(slices.Sorted(maps.Keys(folder.Files)), project.ConfigName) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := m.writeOutput(file, func(w io.Writer) error { _, err := w.Write(folder.Files[name]); return err }); err != nil {
			return err
		}
	}
	for _, name := range before {
		if folder.Files[name] == nil {
			if err := removeFile(dir, name); err != nil {
				return err
			}
		}
	}
	return printData(m.Stdout, output, folder.Pulled, func(w io.Writer) error {
		t := newTable("SUBJECT", "VERSION", "FILE", "REFERENCES")
		for _, p := range folder.Pulled {
			pinned := ""
			if p.Pinned {
				pinned = "pinned"
			}
			t.add(p.Subject, p.Version, filepath.Join(dir, filepath.FromSlash(p.Path)), pinned)
		}
		return t.write(w)
	})
}

// removeFile removes a file below a folder, and the folders between that are empty then.
func removeFile(dir, name string) error {
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if os.Remove(filepath.Join(dir, filepath.FromSlash(at))) != nil {
			break // something else is in it
		}
	}
	return nil
}

// pulledBefore lists the files that an earlier pull wrote. A concord.yaml that a person wrote is an error.
func pulledBefore(dir string, force bool) (files []string, err error) {
	name := filepath.Join(dir, project.ConfigName)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(data, []byte(pull.Header)) {
		if force {
			return nil, nil
		}
		return nil, fmt.Errorf("%s was not written by concord pull; pass --force to replace it, or pull to another folder (--dir)", name)
	}
	config, err := project.ParseConfig(name, data)
	if err != nil {
		return nil, err
	}
	for _, rule := range config.Schemas {
		if !filepath.IsLocal(filepath.FromSlash(rule.Path)) { // nothing that was pulled, and what is gone is removed
			return nil, fmt.Errorf("%s names %s, which lies outside of the folder; remove that, or pull to another folder (--dir)", name, rule.Path)
		}
		files = append(files, rule.Path)
	}
	return files, nil
}
