package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/storage/backup"
	"github.com/concord-registry/concord/storage/bolt"
)

const backupLong = `Make a backup of a whole registry: subjects, versions, ids, deletions, config and modes as they are at one moment. The
registry goes on meanwhile. The backup is read back from end to end before the command ends well.

It is taken from the server of --registry or SCHEMA_REGISTRY_URL; or, with --data, from a data file that no server has open.
FILE is concord-TIME.backup unless it is named; - writes to standard output, and then the reader has to check it: concord
restore does. A file that is there is not replaced.`

const backupExample = `  # of a running server
  concord backup --registry http://localhost:8081 nightly.backup

  # of a data file, while no server runs
  concord backup --data concord.db

  # what is in it, and is it whole?
  concord restore --check nightly.backup`

func (m *Main) backupCommand() *cobra.Command {
	var remote remoteFlags
	var data string
	cmd := &cobra.Command{
		Use:        "backup [FILE]",
		SuggestFor: []string{"dump", "save"},
		Short:      "Make a backup of a whole registry",
		Long:       backupLong,
		Example:    backupExample,
		Args:       argsBetween(0, 1, "one file at most"),
	}
	remote.add(cmd)
	cmd.Flags().StringVar(&data, "data", "", "take the backup from this data `file`, which no server may have open")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if data != "" && cmd.Flags().Changed("registry") {
			return misused(errors.New("--data and --registry exclude each other"))
		}
		path := backup.Name(time.Now())
		if len(args) > 0 {
			path = args[0]
		}
		if data != "" {
			return m.backupFile(cmd.Context(), data, path)
		}
		registry, err := remote.connect(m)
		if err != nil {
			return err
		}
		return m.backupRegistry(cmd.Context(), registry, path)
	}
	return cmd
}

// backupFile makes a backup of a data file.
func (m *Main) backupFile(ctx context.Context, data, path string) error {
	if _, err := os.Stat(data); err != nil {
		return err // opening it would make it
	}
	store, err := bolt.Open(data, bolt.Options{LockTimeout: lockTimeout, ReadOnly: "it is being backed up"})
	if err != nil {
		return err
	}
	if path == "-" {
		_, err := backup.Write(ctx, m.Stdout, store, buildOf().Version)
		return errors.Join(err, store.Close())
	}
	err = requireAbsent(path)
	var info *backup.Info
	if err == nil {
		info, err = backup.Make(ctx, store, path, buildOf().Version)
	}
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	return m.reportBackup(path, info)
}

// backupRegistry downloads a backup and reads it back.
func (m *Main) backupRegistry(ctx context.Context, registry *client.Client, path string) error {
	if path == "-" {
		return m.download(ctx, registry, m.Stdout)
	}
	if err := requireAbsent(path); err != nil {
		return err
	}
	draft, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(draft.Name())
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	err = m.download(ctx, registry, draft)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if err == nil {
		err = draft.Sync()
	}
	if err := errors.Join(err, draft.Close()); err != nil {
		return err
	}
	info, err := backup.Verify(ctx, draft.Name())
	if err != nil {
		return fmt.Errorf("what %s sent is not usable: %w", registry.Name(), err)
	}
	if err := os.Rename(draft.Name(), path); err != nil {
		return err
	}
	return m.reportBackup(path, info)
}

// download copies the backup that a registry sends. One that is cut off is an error, because its length is announced.
func (m *Main) download(ctx context.Context, registry *client.Client, w io.Writer) error {
	body, size, err := registry.Download(ctx, "/api/backup")
	if err != nil {
		var refusal *client.Refusal
		if errors.As(err, &refusal) && refusal.Status == http.StatusNotFound {
			return fmt.Errorf("%s makes no backups; is it a Concord?", registry.Name())
		}
		return err
	}
	defer body.Close()
	step, done := m.progressBytes(size, "backup")
	defer done()
	_, err = io.Copy(io.MultiWriter(w, step), body)
	return err
}

func requireAbsent(path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s is there already; name another file, or remove it", path)
	}
	return nil
}

func (m *Main) reportBackup(path string, info *backup.Info) error {
	stat, err := os.Stat(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(m.Stdout, "%s: %s, %d bytes, read back\n", path, contentsOf(info), stat.Size())
	return err
}

func contentsOf(info *backup.Info) string {
	return fmt.Sprintf("%s, %s, %s of %s", words.Counted(info.Subjects, "subject"), words.Counted(info.Versions, "version"),
		words.Counted(info.Schemas, "schema"), info.Created.Format(time.RFC3339))
}
