//go:build e2e

package crash

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
)

// acknowledgement is a registration that the server has answered.
type acknowledgement struct {
	subject, schema string
	id              int
}

// history is what all clients have been told so far.
type history struct {
	mu   sync.Mutex
	acks []acknowledgement
}

func (h *history) add(a acknowledgement) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.acks = append(h.acks, a)
}

// load runs one client after another until the server dies under them, and returns when all have noticed. next says what
// a client registers as its n-th schema.
func (h *history) load(t *testing.T, s *server, next func(client, n int) (subject, schema string)) {
	var dying atomic.Bool
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for n := 0; ; n++ {
				subject, schema := next(client, n)
				id, _, err := s.post("/subjects/"+subject+"/versions", schema)
				switch {
				case err == nil:
					h.add(acknowledgement{subject, schema, id})
				case errors.Is(err, errRefused):
					t.Error(err)
					return
				case dying.Load():
					return
				default:
					t.Errorf("the server does not answer before it is killed: %v", err)
					return
				}
			}
		})
	}
	time.Sleep(time.Duration(50+rand.IntN(300)) * time.Millisecond)
	dying.Store(true)
	s.Kill()
	wg.Wait()
}

// lost looks for acknowledged registrations on a server and returns how many are missing or are another schema.
func lost(t *testing.T, s *server, acks []acknowledgement) int {
	var missing atomic.Int64
	each(len(acks), func(i int) {
		a := acks[i]
		text, err := s.schemaOf(a.id)
		if err != nil || text != a.schema {
			missing.Add(1)
			t.Errorf("id %d of %s is %q, %v; acknowledged was %q", a.id, a.subject, text, err, a.schema)
			return
		}
		id, _, err := s.post("/subjects/"+a.subject, a.schema)
		if err != nil || id != a.id {
			missing.Add(1)
			t.Errorf("%s finds its schema as id %d, %v; acknowledged was %d", a.subject, id, err, a.id)
		}
	})
	return int(missing.Load())
}

// contradictions counts ids that were acknowledged for two schemas, and schemas that were acknowledged with two ids.
func contradictions(acks []acknowledgement) (ids, schemas int) {
	schemaOf, idOf := map[int]string{}, map[string]int{}
	for _, a := range acks {
		if text, ok := schemaOf[a.id]; ok && text != a.schema {
			ids++
		}
		if id, ok := idOf[a.schema]; ok && id != a.id {
			schemas++
		}
		schemaOf[a.id], idOf[a.schema] = a.schema, a.id
	}
	return ids, schemas
}

// crashRounds kills the server in each round under load and looks for every acknowledgement of the round after a restart;
// at the end it looks for all of them.
func crashRounds(t *testing.T, data string, next func(round int) func(client, n int) (subject, schema string)) *history {
	h := &history{}
	missing, done, total := 0, 0, rounds(t)
	// A slow machine needs more rounds for as many acknowledgements.
	for ; done < total || len(h.acks) < 10*total && done < 10*total; done++ {
		first := len(h.acks)
		s := start(t, data)
		h.load(t, s, next(done))
		checkFile(t, data)
		s = start(t, data)
		missing += lost(t, s, h.acks[first:])
		s.Kill()
		if t.Failed() {
			t.Fatalf("round %d", done+1)
		}
	}
	s := start(t, data)
	missing += lost(t, s, h.acks)
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	checkFile(t, data)
	ids, schemas := contradictions(h.acks)
	t.Logf("%d rounds of kill -9 under %d clients: %d registrations acknowledged, %d lost, %d ids with two schemas, %d schemas with two ids, file check clean %d times",
		done, clients, len(h.acks), missing, ids, schemas, done+1)
	if ids+schemas > 0 {
		t.Error("acknowledgements contradict each other")
	}
	if len(h.acks) < 10*total {
		t.Errorf("%d acknowledgements are too few to prove anything", len(h.acks))
	}
	return h
}

// TestNothingAcknowledgedIsLost lets every client register schemas of its own: half of them under new subjects, half as
// further versions of a few subjects that all share.
func TestNothingAcknowledgedIsLost(t *testing.T) {
	data := filepath.Join(t.TempDir(), "concord.db")
	crashRounds(t, data, func(round int) func(client, n int) (string, string) {
		return func(client, n int) (string, string) {
			name := fmt.Sprintf("%d-%d-%d", round, client, n)
			if n%2 == 0 {
				return "own-" + name, schema(name)
			}
			return fmt.Sprintf("shared-%d", client%8), schema(name)
		}
	})
	requireDense(t, data)
}

// TestTheSameSchemaGetsOneIDAndOneVersion lets all clients register the same schema under the same subject at the same
// time, then the next one.
func TestTheSameSchemaGetsOneIDAndOneVersion(t *testing.T) {
	data := filepath.Join(t.TempDir(), "concord.db")
	h := crashRounds(t, data, func(round int) func(client, n int) (string, string) {
		return func(_, n int) (string, string) {
			return fmt.Sprintf("same-%d", round), schema(fmt.Sprintf("%d-%d", round, n))
		}
	})
	distinct := map[string]bool{}
	for _, a := range h.acks {
		distinct[a.schema] = true
	}
	t.Logf("%d schemas, each registered by up to %d clients at once", len(distinct), clients)
	requireDense(t, data)
}

// requireDense opens the file itself: every subject has the versions 1 to n, no two of them with the same schema, and no
// two ids have the same content.
func requireDense(t *testing.T, data string) {
	t.Helper()
	store, err := bolt.Open(data, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	subjects, versions := 0, 0
	err = store.View(func(v storage.View) error {
		var names []string
		err := v.Subjects(storage.DefaultContext, "", "", func(s storage.Subject) bool {
			names = append(names, s.Name)
			return true
		})
		if err != nil {
			return err
		}
		idOf := map[storage.ContentKey]int{}
		for _, name := range names {
			rows, err := v.Rows(name)
			if err != nil {
				return err
			}
			subjects++
			seen := map[int]bool{}
			for i, row := range rows {
				versions++
				if row.Version != i+1 || seen[row.ID] {
					t.Errorf("subject %s: %+v stands at place %d", name, row, i+1)
				}
				seen[row.ID] = true
				content, err := v.Content(storage.DefaultContext, row.ID)
				if err != nil {
					return err
				}
				key := storage.KeyOf(content)
				if id, ok := idOf[key]; ok && id != row.ID {
					t.Errorf("ids %d and %d have the same content", id, row.ID)
				}
				idOf[key] = row.ID
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d subjects with %d versions are dense", subjects, versions)
}
