package bolt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/concord-registry/concord/storage"
)

// Check reads a whole data file and returns what is wrong with it; nil when nothing is. The file must not be open
// elsewhere. ErrCorrupt with one line per fault, or ctx's error when ctx ends before every entry was read; bbolt's own
// check of the pages, which comes last and only when nothing was found before, runs to its end.
//
// On some damaged files bbolt ends the process. Who must survive that runs Check in a child process, as Open does.
func Check(ctx context.Context, path string) error {
	opt := fileOptions(defaultLockTimeout)
	opt.ReadOnly, opt.PreLoadFreelist = true, true
	db, err := openFile(path, opt)
	if err != nil {
		return err
	}
	err = checkFile(ctx, newStore(path, db, 0))
	return errors.Join(err, db.Close())
}

// maxFaults bounds the report about a file; one fault is enough to restore it.
const maxFaults = 20

func checkFile(ctx context.Context, s *Store) error {
	var faults []string
	add := func(err error) {
		if text := err.Error(); len(faults) < maxFaults && !slices.Contains(faults, text) {
			faults = append(faults, text)
		}
	}
	stopped := s.View(func(v storage.View) error {
		snapshot := v.(*snapshot)
		if err := s.recognise(snapshot); err != nil {
			if damage := snapshot.verifyPages(); damage != nil { // by which it looks like the file of another program
				return damage
			}
			return err
		}
		if err := snapshot.verify(ctx, add); err != nil {
			return err
		}
		if err := snapshot.verifyPages(); err != nil {
			add(err)
		}
		if len(faults) > 0 { // over which bbolt may end the process, and nobody would be told of them
			return nil
		}
		for err := range snapshot.tx.Check() { // must be read to its end
			add(err)
		}
		return nil
	})
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s:\n  %s", storage.ErrCorrupt, s.path, strings.Join(faults, "\n  "))
	}
	return stopped
}

// Faults lists what a Check has found, one line for each fault.
func Faults(err error) []string {
	var faults []string
	for line := range strings.Lines(err.Error()) {
		if fault, ok := strings.CutPrefix(line, "  "); ok {
			faults = append(faults, strings.TrimSpace(fault))
		}
	}
	if len(faults) == 0 {
		faults = []string{err.Error()}
	}
	return faults
}

// The child process that Open starts is told what to do in the environment, so that no command line has a word for it.
const (
	checkFileVariable = "CONCORD_CHECK_FILE"
	checkTimeVariable = "CONCORD_CHECK_TIME"
)

// Exit codes of the child; any other means that the file has made it crash.
const (
	childClean      = 0
	childFaults     = 93
	childRefused    = 94
	childUnfinished = 95
)

// The checks at a start are bounded, so that a restart of a very large store is not an outage: this one reads some hundred
// thousand entries. The scrub reads what the check did not reach.
const (
	checkTime        = 500 * time.Millisecond // after a crash
	checkTimeIfClean = 150 * time.Millisecond // after a proper end
)

// A small file is read whole, which is milliseconds of work, however long a busy machine takes for them.
const (
	smallFile        = 1 << 20 // bytes
	checkTimeIfSmall = 30 * time.Second
)

// checkTimeApart bounds a check that is to read everything.
const checkTimeApart = 24 * time.Hour

// childPatience is how long the child may take beyond that before it counts as crashed.
const childPatience = 30 * time.Second

// hooked: CheckChild was called, so that starting this program again does what is expected.
var hooked bool

// CheckChild turns this process into the checker of a data file if it was started as one, and then does not return. A
// program that opens stores calls it first thing in main. Open starts the program again when a data file was not closed
// properly: bbolt can end the process that reads a damaged file, and then it is the child that dies, once, instead of the
// server, again and again.
func CheckChild() {
	hooked = true
	path := os.Getenv(checkFileVariable)
	if path == "" {
		return
	}
	limit, err := time.ParseDuration(os.Getenv(checkTimeVariable))
	if err != nil {
		limit = checkTime
	}
	os.Exit(runChild(path, limit))
}

func runChild(path string, limit time.Duration) int {
	debug.SetMaxStack(64 << 20) // pages that lead in a circle are found sooner
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- Check(ctx, path) }()
	var err error
	select {
	case err = <-done:
	case <-time.After(2 * limit): // still among the pages
		return childUnfinished
	}
	switch {
	case err == nil:
		return childClean
	case errors.Is(err, context.DeadlineExceeded):
		return childUnfinished
	case errors.Is(err, storage.ErrCorrupt):
		fmt.Println(err)
		return childFaults
	default:
		fmt.Println(err)
		return childRefused
	}
}

// errUnchecked: the child did not get to read everything, or could not be started.
var errUnchecked = errors.New("not every entry was checked")

// CheckApart is Check in a child process, which is what dies when bbolt cannot bear a damaged file. Where CheckChild was not
// called it is Check itself.
func CheckApart(ctx context.Context, path string) error {
	if !hooked {
		return Check(ctx, path)
	}
	err := checkInChild(ctx, path, checkTimeApart)
	if errors.Is(err, errUnchecked) && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// checkInChild checks a file in a child process; errUnchecked when limit did not suffice.
func checkInChild(ctx context.Context, path string, limit time.Duration) error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("%w: this program cannot be started again: %w", errUnchecked, err)
	}
	ctx, cancel := context.WithTimeout(ctx, limit+childPatience)
	defer cancel()
	child := exec.CommandContext(ctx, program)
	child.Env = append(os.Environ(), checkFileVariable+"="+path, checkTimeVariable+"="+limit.String())
	var stdout, stderr bytes.Buffer
	child.Stdout, child.Stderr = &stdout, &stderr
	err = child.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &exit):
		return fmt.Errorf("%w: %w", errUnchecked, err)
	case exit.ExitCode() == childUnfinished, ctx.Err() != nil:
		return errUnchecked
	case exit.ExitCode() == childFaults:
		return &checkError{strings.TrimSpace(stdout.String()), storage.ErrCorrupt}
	case exit.ExitCode() == childRefused:
		return &checkError{strings.TrimSpace(stdout.String()), nil}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	return fmt.Errorf("%w: reading %s ended the process that checked it (%v: %s)", storage.ErrCorrupt, path, err, first)
}

// checkError is what a child has said.
type checkError struct {
	text string
	kind error
}

func (e *checkError) Error() string { return e.text }
func (e *checkError) Unwrap() error { return e.kind }

// runningMark is the name of the file that lies beside a data file while that is open, and stays when the process dies.
func runningMark(path string) string { return path + ".running" }

// checkBefore checks a data file before it is opened: longer when the last process did not close it. What a child reads
// safely in that time, this process can read; what lies behind, the scrub finds.
func checkBefore(path string) error {
	if !hooked {
		return nil
	}
	err := checkInChild(context.Background(), path, limitOfCheck(path))
	switch {
	case errors.Is(err, errUnchecked):
		return nil
	case errors.Is(err, storage.ErrCorrupt):
		return fmt.Errorf("%w\n%s", err, damagedAdvice(path))
	}
	return err
}

// limitOfCheck is how long the check before the opening of a file may take.
func limitOfCheck(path string) time.Duration {
	if info, err := os.Stat(path); err == nil && info.Size() <= smallFile {
		return checkTimeIfSmall
	}
	if _, err := os.Stat(runningMark(path)); err == nil {
		return checkTime
	}
	return checkTimeIfClean
}

// damagedAdvice is what to do when a file cannot be used at all.
func damagedAdvice(path string) string {
	return fmt.Sprintf(`The file was left as it is. Keep a copy of it. Then
  with a backup:    concord restore BACKUP --data %[1]s --overwrite
  without one:      concord doctor --data %[1]s says what is damaged;
                    go run go.etcd.io/bbolt/cmd/bbolt@latest surgery revert-meta-page %[1]s --output NEWFILE makes a file with the state before the last write`, path)
}

// setRunning leaves the mark. A mark that cannot be left, on a full disk for one, only means that the next start does not
// check.
func setRunning(path string) {
	if mark, err := os.OpenFile(runningMark(path), os.O_CREATE|os.O_WRONLY, 0o600); err == nil {
		_ = mark.Close()
		_ = syncDir(filepath.Dir(path))
	}
}
