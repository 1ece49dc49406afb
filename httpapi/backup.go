package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/concord-registry/concord/storage/backup"
)

// Backups makes backups. *backup.Keeper is one.
type Backups interface {
	// Spool makes a backup in a temporary file. backup.ErrBusy.
	Spool(ctx context.Context) (*backup.Spooled, error)
	Status() backup.Status
}

var binaryType = []string{"application/octet-stream"}

// A client must take a piece of a backup in this time, so that none occupies the disk for long.
const (
	backupPiece     = 1 << 20
	backupPieceTime = 30 * time.Second
)

// getBackup sends a backup. It lies in a file of its own by then, so that a slow client holds no snapshot of the store.
func (c *call) getBackup() error {
	if c.server.opt.Backups == nil {
		return refuse(http.StatusNotFound, "This server makes no backups.")
	}
	if c.request.Method == http.MethodHead { // not worth making one
		c.media = binaryType
		return nil
	}
	spooled, err := c.server.opt.Backups.Spool(c.request.Context())
	if errors.Is(err, backup.ErrBusy) {
		c.echo.Response().Header().Set("Retry-After", "30")
		return refuse(http.StatusServiceUnavailable, "No backup was made: "+err.Error()+".")
	}
	if err != nil {
		return err
	}
	// What cannot be closed or removed is swept away by the next start.
	defer func() { _ = spooled.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, spooled); err != nil {
		return err
	}
	if _, err := spooled.Seek(0, io.SeekStart); err != nil {
		return err
	}
	header := c.echo.Response().Header()
	header["X-Request-Id"] = []string{c.requestID}
	header["Cache-Control"] = cacheControl[noStore]
	header["Content-Type"] = binaryType
	header.Set("Content-Length", strconv.FormatInt(spooled.Size, 10))
	header.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", spooled.Name))
	header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum.Sum(nil))+":")
	c.written = true
	c.sendSlowly(spooled)
	return nil
}

// sendSlowly sends a body that may take longer than an answer may, piece by piece. An error means that the client is gone
// or too slow, and the length that was announced tells it that something is missing.
func (c *call) sendSlowly(body io.Reader) {
	w := c.echo.Response()
	control := http.NewResponseController(w.Writer)
	w.WriteHeader(c.status)
	for {
		// Writers that know no deadlines are in memory.
		_ = control.SetWriteDeadline(time.Now().Add(backupPieceTime))
		if _, err := io.CopyN(w, body, backupPiece); err != nil {
			return
		}
	}
}
