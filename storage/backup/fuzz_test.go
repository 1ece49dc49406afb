package backup

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"testing"
)

// FuzzExtract reads hostile backups, with sums that are right, because whoever forges a backup can compute one. Nothing is
// believed: not more is written than was promised, and every fault is named as such.
func FuzzExtract(f *testing.F) {
	var whole bytes.Buffer
	if err := write(f.Context(), &whole, &Info{Size: 1000}, bytes.NewReader(make([]byte, 1000))); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes()[:whole.Len()-sha256.Size])
	f.Add([]byte(magic))
	f.Add([]byte(magic + `{"dataSize":1000000000000}` + "\n"))
	f.Add([]byte(magic + `{"dataSize":-1}` + "\nx"))
	f.Fuzz(func(t *testing.T, body []byte) {
		sum := sha256.Sum256(body)
		data := append(body, sum[:]...)
		out := &bounded{}
		info, err := Extract(t.Context(), bytes.NewReader(data), int64(len(data)), out)
		if err != nil {
			if !errors.Is(err, ErrDamaged) && !errors.Is(err, errBounded) {
				t.Fatalf("%q: %v", body, err)
			}
			return
		}
		if out.n != info.Size {
			t.Fatalf("%d bytes were written, promised were %d", out.n, info.Size)
		}
	})
}

var errBounded = errors.New("enough")

// bounded takes no more than a fuzz test has time for.
type bounded struct{ n int64 }

func (b *bounded) Write(p []byte) (int, error) {
	if b.n += int64(len(p)); b.n > 64<<20 {
		return 0, errBounded
	}
	return len(p), nil
}
