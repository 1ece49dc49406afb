package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/concord-registry/concord/compat"
)

// The codes of findings about a disk.
const (
	CodeVolatile = "DISK_VOLATILE"
	CodeSlow     = "DISK_SLOW"
)

// Disk tells how long the disk of a folder takes to keep what is written to it. Times are in milliseconds.
type Disk struct {
	Source   string    `json:"source"` // the folder
	Writes   int       `json:"writes"` // each of diskBlock bytes, and each synced
	Median   float64   `json:"medianMs"`
	P99      float64   `json:"p99Ms"`
	Slowest  float64   `json:"slowestMs"`
	Findings []Finding `json:"findings"`
}

const (
	diskBlock  = 4 << 10         // what a store writes at least
	diskBlocks = 256             // of the file that is written to again and again
	diskWrites = 500             // at most
	diskTime   = 2 * time.Second // and no longer
)

// ExamineDisk writes to a file of its own in a folder, syncs each write, and removes the file. An error means that this
// could not be done.
func ExamineDisk(ctx context.Context, dir string) (_ *Disk, err error) {
	f, err := os.CreateTemp(dir, ".concord-doctor-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(f.Name())) }()
	// A file that grows has more synced than what is written.
	if _, err := f.Write(make([]byte, diskBlock*diskBlocks)); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	block := make([]byte, diskBlock)
	var took []time.Duration
	for end := time.Now().Add(diskTime); len(took) < diskWrites && (len(took) == 0 || time.Now().Before(end)); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		block[0]++
		start := time.Now()
		if _, err := f.WriteAt(block, int64(len(took)%diskBlocks)*diskBlock); err != nil {
			return nil, err
		}
		if err := f.Sync(); err != nil {
			return nil, err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	median := took[len(took)/2]
	return &Disk{Source: dir, Writes: len(took), Median: milliseconds(median), P99: milliseconds(took[len(took)*99/100]),
		Slowest: milliseconds(took[len(took)-1]), Findings: judgeDisk(median)}, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// judgeDisk says what the time of a write means. No disk that keeps what it is given without power is as fast as the first
// bound; behind the second, whoever registers waits.
func judgeDisk(median time.Duration) []Finding {
	switch {
	case median < 50*time.Microsecond:
		return []Finding{{Severity: compat.Warning, Code: CodeVolatile,
			Message: fmt.Sprintf("A write is synced after %.3f ms, sooner than a disk can keep it: it is held in memory, and lost with the power.", milliseconds(median)),
			Action:  "Put the data file on a disk; if this is one, turn its volatile cache off, or that of the controller or hypervisor, unless a battery stands behind it."}}
	case median > 50*time.Millisecond:
		return []Finding{{Severity: compat.Warning, Code: CodeSlow,
			Message: fmt.Sprintf("A write is synced after %.0f ms, and every registration waits for two of them.", milliseconds(median)),
			Action:  "Put the data file on a faster disk, or on one that is shared with less."}}
	}
	return []Finding{}
}
