package httpapi

import (
	"encoding/binary"
	"math/rand/v2"
	"net/http"
	"strings"

	"github.com/google/uuid"
)

// maxRequestID is the length up to which a client's own request id is taken.
const maxRequestID = 128

// requestID returns the id that a client gave to its request when it is one printable word or phrase, and else a random
// UUID. It names a request in logs; nothing depends on nobody guessing it.
func requestID(header http.Header) string {
	if ids := header["X-Request-Id"]; len(ids) == 1 && usable(ids[0]) {
		return ids[0]
	}
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], rand.Uint64())
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	id[6] = id[6]&0x0F | 0x40
	id[8] = id[8]&0x3F | 0x80
	return id.String()
}

func usable(id string) bool {
	if len(id) > maxRequestID || strings.TrimSpace(id) == "" {
		return false
	}
	for i := range len(id) {
		if id[i] < ' ' || id[i] > '~' {
			return false
		}
	}
	return true
}
