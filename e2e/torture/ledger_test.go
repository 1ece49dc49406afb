//go:build e2e && linux

package torture

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// ledger is what one client knows about one subject, which it alone writes to: what was acknowledged, and perhaps one write
// of which it does not know whether it happened.
type ledger struct {
	subject string
	state   state
	pending *write
	made    int // schemas so far
}

// state is a subject as anybody can see it.
type state struct {
	versions  []version
	normalize string // of its config: "", "true" or "false"
}

type version struct {
	number, id int // an id of 0 is one that is not known
	schema     string
	deleted    bool
}

// write is a request that changes a subject, and the state that it leads to.
type write struct {
	method, path string
	body         any
	after        state
	schema       string // that it registers
}

func (s state) next() int {
	if len(s.versions) == 0 {
		return 1
	}
	return s.versions[len(s.versions)-1].number + 1
}

func (s state) live() (live []version) {
	for _, v := range s.versions {
		if !v.deleted {
			live = append(live, v)
		}
	}
	return live
}

// equals compares states; an id that is not known equals any.
func (s state) equals(o state) bool {
	return s.normalize == o.normalize && slices.EqualFunc(s.versions, o.versions, func(a, b version) bool {
		if a.id == 0 || b.id == 0 {
			a.id, b.id = 0, 0
		}
		return a == b
	})
}

// choose picks the next write.
func (l *ledger) choose(random *rand.Rand) *write {
	path := "/subjects/" + l.subject
	live := l.state.live()
	after := state{slices.Clone(l.state.versions), l.state.normalize}
	switch n := random.IntN(100); {
	case n < 15:
		after.normalize = []string{"true", "false"}[random.IntN(2)]
		return &write{method: http.MethodPut, path: "/config/" + l.subject, body: map[string]any{"normalize": after.normalize == "true"}, after: after}
	case n < 20 && l.state.normalize != "":
		after.normalize = ""
		return &write{method: http.MethodDelete, path: "/config/" + l.subject, after: after}
	case n < 30 && len(live) > 0:
		number := live[random.IntN(len(live))].number
		for i, v := range after.versions {
			after.versions[i].deleted = v.deleted || v.number == number
		}
		return &write{method: http.MethodDelete, path: fmt.Sprintf("%s/versions/%d", path, number), after: after}
	case n < 35 && len(live) > 0:
		for i := range after.versions {
			after.versions[i].deleted = true
		}
		return &write{method: http.MethodDelete, path: path, after: after}
	case n < 60 && len(live) == 0 && len(after.versions) > 0:
		after = state{} // the config goes with the subject
		return &write{method: http.MethodDelete, path: path + "?permanent=true", after: after}
	}
	l.made++
	schema := fmt.Sprintf(`{"type":"record","name":"R%s_%d","fields":[{"name":"id","type":"long"}]}`, strings.ReplaceAll(l.subject, "-", "_"), l.made)
	after.versions = append(after.versions, version{number: after.next(), schema: schema})
	return &write{method: http.MethodPost, path: path + "/versions", body: map[string]string{"schema": schema}, after: after, schema: schema}
}

// send sends a write. It is pending until it was acknowledged; an error says that nobody knows what became of it, or that
// the answer is wrong.
func (l *ledger) send(s *server, w *write) (status int, text string, err error) {
	l.pending = w
	status, answer, err := s.Do(w.method, w.path, w.body)
	if err != nil || status != http.StatusOK {
		return status, string(answer), err
	}
	if w.schema != "" {
		var made struct{ ID, Version int }
		if err := json.Unmarshal(answer, &made); err != nil {
			return status, string(answer), err
		}
		last := &w.after.versions[len(w.after.versions)-1]
		last.id = made.ID
		if made.Version != last.number {
			err = fmt.Errorf("%s: a new version is number %d, and not %d", l.subject, made.Version, last.number)
		}
	}
	l.state, l.pending = w.after, nil
	return status, string(answer), err
}

// read returns a subject as a server shows it.
func (l *ledger) read(s *server) (found state, err error) {
	get := func(path string, result any) (bool, error) {
		status, err := s.Call(http.MethodGet, path, nil, result)
		if err == nil && status != http.StatusOK && status != http.StatusNotFound {
			err = fmt.Errorf("GET %s: %d", path, status)
		}
		return status == http.StatusOK, err
	}
	path := "/subjects/" + l.subject + "/versions"
	var all, live []int
	if _, err = get(path+"?deleted=true", &all); err != nil {
		return found, err
	}
	if _, err = get(path, &live); err != nil {
		return found, err
	}
	for _, number := range all {
		var v struct {
			ID     int
			Schema string
		}
		if there, err := get(fmt.Sprintf("%s/%d?deleted=true", path, number), &v); err != nil || !there {
			return found, fmt.Errorf("%s: version %d is listed and cannot be read: %w", l.subject, number, err)
		}
		found.versions = append(found.versions, version{number: number, id: v.ID, schema: v.Schema, deleted: !slices.Contains(live, number)})
	}
	var config struct{ Normalize *bool }
	if _, err = get("/config/"+l.subject, &config); config.Normalize != nil {
		found.normalize = fmt.Sprint(*config.Normalize)
	}
	return found, err
}

// verify compares a subject with what is known about it, and takes over what is found. seen are schemas that somebody has
// read: then they are there, acknowledged or not.
func (l *ledger) verify(s *server, seen map[string]bool) error {
	found, err := l.read(s)
	if err != nil {
		return err
	}
	known, pending := l.state, l.pending
	l.state, l.pending = found, nil
	switch {
	case pending != nil && found.equals(pending.after):
	case !found.equals(known):
		return fmt.Errorf("%s is %+v; acknowledged was %+v, and in flight %+v", l.subject, found, known, pending)
	case pending != nil && seen[pending.schema]:
		return fmt.Errorf("%s has lost %s, which was read before", l.subject, pending.schema)
	}
	return nil
}

// watcher reads whatever is registered, as soon as it can be seen.
type watcher struct {
	mu   sync.Mutex
	seen map[string]bool
	next int // id
}

// watch reads until the server is gone. Ids that were dropped before it came are passed over.
func (w *watcher) watch(s *server) {
	for ahead := 0; ; ahead = (ahead + 1) % 8 {
		var content struct{ Schema string }
		status, err := s.Call(http.MethodGet, fmt.Sprintf("/schemas/ids/%d", w.next+ahead), nil, &content)
		if err != nil {
			return
		}
		if status == http.StatusOK {
			w.mu.Lock()
			w.seen[content.Schema] = true
			w.mu.Unlock()
			w.next, ahead = w.next+ahead+1, -1
		}
	}
}
