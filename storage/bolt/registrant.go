package bolt

import (
	"encoding/json"
	"sync"

	"github.com/concord-registry/concord/storage"
)

// registrantMember is the member of a SCHEMA value that says who registered it.
const registrantMember = "registeredBy"

// extra is the shape of rowValue.extra, as far as it is known here.
type extra struct {
	By storage.Registrant `json:"registeredBy,omitzero"`
}

// registrants keeps what the members of rows say of who registered them, decoded: nearly all versions of a file have one of a
// few. It is safe for concurrent use.
type registrants struct {
	mu    sync.RWMutex
	known map[string]storage.Registrant // by the members
}

// Bounds of what is kept: texts, and the bytes of one.
const (
	maxRegistrants     = 4096
	maxRegistrantBytes = 2048
)

// of reads who has registered a version out of what its row keeps beside its content.
func (r *registrants) of(members []byte) storage.Registrant {
	if len(members) == 0 {
		return storage.Registrant{}
	}
	r.mu.RLock()
	by, ok := r.known[string(members)]
	r.mu.RUnlock()
	if ok {
		return by
	}
	var read extra
	if json.Unmarshal(members, &read) != nil {
		read = extra{} // another program's member of that name
	}
	if len(members) > maxRegistrantBytes {
		return read.By
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) == maxRegistrants {
		r.known = map[string]storage.Registrant{}
	}
	r.known[string(members)] = read.By
	return read.By
}
