// Package backup makes, keeps and reads backups: one file with a whole registry in it, as it was at one moment.
//
// A backup is a line that says what it is, a line of JSON that says what is in it, the data file compressed with zstd, and
// the SHA-256 of all that. It is complete only when a copy that was made of it could be opened and read from end to end.
package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

// ErrDamaged: a file is no backup, is not whole, or was changed after it was written.
var ErrDamaged = errors.New("not a whole backup")

const (
	magic     = "CONCORD BACKUP 1\n"
	maxHeader = 4 << 10
	maxWindow = 8 << 20 // memory that reading a backup may take, whoever wrote it
)

// Info says what is in a backup. It is the second line of the file.
type Info struct {
	Created  time.Time `json:"created"`
	Program  string    `json:"program,omitempty"` // version of the Concord that wrote it
	Format   int       `json:"dataFormat"`        // of the data file
	Size     int64     `json:"dataSize"`          // bytes of the data file
	Subjects int       `json:"subjects"`          // soft-deleted ones included
	Versions int       `json:"versions"`          // likewise
	Schemas  int       `json:"schemas"`           // ids
}

// Source is a store that can be copied while it is in use.
type Source interface {
	Snapshot(f func(v storage.View, image bolt.Image) error) error
}

// Write writes a backup of a store to w, which must be no slower than a local disk, until ctx ends. What it writes was not read
// back yet.
func Write(ctx context.Context, w io.Writer, s Source, program string) (*Info, error) {
	info := &Info{Created: time.Now().UTC().Truncate(time.Second), Program: program}
	err := s.Snapshot(func(v storage.View, image bolt.Image) error {
		counts, err := v.Counts()
		if err != nil {
			return err
		}
		info.Size, info.Format, info.Schemas, info.Subjects = image.Size(), image.Format(), counts.Schemas, counts.Subjects+counts.DeletedSubjects
		for _, t := range formats.Types() {
			info.Versions += counts.Versions[t] + counts.DeletedVersions[t]
		}
		return write(ctx, w, info, image)
	})
	return info, err
}

func write(ctx context.Context, w io.Writer, info *Info, image io.WriterTo) error {
	header, err := json.Marshal(info)
	if err != nil {
		return err
	}
	sum := sha256.New()
	summed := io.MultiWriter(w, sum)
	if _, err := fmt.Fprintf(summed, "%s%s\n", magic, header); err != nil {
		return err
	}
	z, err := zstd.NewWriter(summed, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return err
	}
	if _, err := image.WriteTo(&cancellableWriter{ctx, z}); err != nil {
		return errors.Join(err, z.Close())
	}
	if err := z.Close(); err != nil {
		return err
	}
	_, err = w.Write(sum.Sum(nil))
	return err
}

// Extract writes the data file of a backup of a given size to w. The sum of the whole backup is checked before the first
// byte is written. ErrDamaged, or an error of w.
func Extract(ctx context.Context, backup io.ReaderAt, size int64, w io.Writer) (*Info, error) {
	body := size - sha256.Size
	if body < int64(len(magic)) {
		return nil, fmt.Errorf("%w: it has %d bytes", ErrDamaged, size)
	}
	head := make([]byte, len(magic))
	if _, err := backup.ReadAt(head, 0); err != nil {
		return nil, err
	}
	if string(head) != magic {
		return nil, fmt.Errorf("%w: it does not begin like one", ErrDamaged)
	}
	if err := checkSum(ctx, backup, body); err != nil {
		return nil, err
	}
	r := bufio.NewReaderSize(io.NewSectionReader(backup, int64(len(magic)), body-int64(len(magic))), maxHeader)
	info, err := readInfo(r)
	if err != nil {
		return nil, err
	}
	return info, extract(ctx, r, info, w)
}

// checkSum reads everything before the sum.
func checkSum(ctx context.Context, backup io.ReaderAt, body int64) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, &cancellable{ctx, io.NewSectionReader(backup, 0, body)}); err != nil {
		return err
	}
	want := make([]byte, sha256.Size)
	if _, err := backup.ReadAt(want, body); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !bytes.Equal(sum.Sum(nil), want) {
		return fmt.Errorf("%w: its checksum does not match; it was cut off or changed", ErrDamaged)
	}
	return nil
}

func readInfo(r *bufio.Reader) (*Info, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return nil, fmt.Errorf("%w: its second line does not end (%v)", ErrDamaged, err)
	}
	info := &Info{}
	if err := json.Unmarshal(line, info); err != nil || info.Size <= 0 {
		return nil, fmt.Errorf("%w: its second line does not say what is in it (%v)", ErrDamaged, err)
	}
	return info, nil
}

// extract decompresses as many bytes as there should be, and makes sure that no more follow.
func extract(ctx context.Context, r io.Reader, info *Info, w io.Writer) error {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return err
	}
	defer z.Close()
	data := &readError{r: &cancellable{ctx, io.LimitReader(z, info.Size+1)}}
	n, err := io.Copy(w, data)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case data.err != nil:
		return fmt.Errorf("%w: it cannot be decompressed (%v)", ErrDamaged, data.err)
	case err != nil:
		return err
	case n != info.Size:
		return fmt.Errorf("%w: its data file does not have the %d bytes it should have", ErrDamaged, info.Size)
	}
	return nil
}

// readError remembers what went wrong with reading, to be told from what goes wrong with writing.
type readError struct {
	r   io.Reader
	err error
}

func (r *readError) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	if err != nil && err != io.EOF {
		r.err = err
	}
	return n, err
}

// cancellable ends a long copy when its context does.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c *cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// cancellableWriter does so where the copy is made by what is written.
type cancellableWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c *cancellableWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
