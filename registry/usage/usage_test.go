package usage

import (
	"fmt"
	"reflect"
	"testing"
	"time"
)

func TestClientsAreListedBySchemaTheLastOneFirst(t *testing.T) {
	tracker := New()
	id, other := ID{".", 7}, ID{".eu", 7}
	at := time.UnixMilli(1000)
	tracker.Note(id, "reader/1", "anna", false, at)
	tracker.Note(id, "reader/1", "anna", false, at.Add(time.Second))
	tracker.Note(id, "\x1b[2Jproducer\u202e/2\u009b", "", true, at.Add(2*time.Second))
	tracker.Note(other, "elsewhere", "", false, at)
	want := map[ID][]Client{id: {{Agent: "[2Jproducer/2", LastWrite: 3000, Writes: 1}, {Agent: "reader/1", Principal: "anna", LastRead: 2000, Reads: 2}}}
	if got := tracker.Clients(id, ID{".", 8}); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWhatIsRememberedIsBounded(t *testing.T) {
	tracker := New()
	for i := range 3 * maxClientsOfID {
		tracker.Note(ID{".", 1}, fmt.Sprint("client ", i), "", false, time.UnixMilli(int64(i)))
	}
	if n := len(tracker.Clients(ID{".", 1})[ID{".", 1}]); n != maxClientsOfID+1 {
		t.Errorf("%d clients of one schema", n)
	}
	for i := range maxClients + maxClients/2 {
		tracker.Note(ID{".", i + 2}, "client", "", false, time.UnixMilli(int64(10_000+i)))
	}
	last := ID{".", maxClients + maxClients/2 + 1}
	if n := len(tracker.records); n > maxClients || len(tracker.perID) > n || tracker.Clients(last)[last] == nil || tracker.Clients(ID{".", 2})[ID{".", 2}] != nil {
		t.Errorf("%d clients, %d schemas; the last one must be known and the first forgotten", n, len(tracker.perID))
	}
}

func BenchmarkNote(b *testing.B) {
	tracker := New()
	now := time.Now()
	b.ReportAllocs()
	for b.Loop() {
		tracker.Note(ID{".", 7}, "confluent-kafka-python/2.16.0", "", false, now)
	}
}
