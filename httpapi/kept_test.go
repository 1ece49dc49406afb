package httpapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestKeptAnswersAreNeverOutOfDate reads while others write: no read may be older than what was acknowledged before it
// began, nor older than what another read saw that ended before it began.
func TestKeptAnswersAreNeverOutOfDate(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "PUT", "/config/s", `{"compatibility":"NONE"}`)
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	var seen atomic.Int64
	seen.Store(1)
	stop := make(chan struct{})
	var readers, reads = sync.WaitGroup{}, atomic.Int64{}
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				floor := seen.Load()
				var got struct{ Version int64 }
				if err := json.Unmarshal([]byte(s.must(t, "GET", "/subjects/s/versions/latest", "")), &got); err != nil || got.Version < floor {
					t.Errorf("version %d (%v) was read after version %d", got.Version, err, floor)
					return
				}
				reads.Add(1)
				raise(&seen, got.Version)
			}
		})
	}
	for version := int64(2); version <= 60; version++ {
		s.must(t, "POST", "/subjects/s/versions", fmt.Sprintf(`{"schema":"{\"type\":\"fixed\",\"name\":\"F\",\"size\":%d}"}`, version))
		raise(&seen, version)
		time.Sleep(time.Millisecond)
	}
	close(stop)
	readers.Wait()
	if reads.Load() == 0 {
		t.Error("nothing was read")
	}
}

func raise(to *atomic.Int64, value int64) {
	for {
		old := to.Load()
		if old >= value || to.CompareAndSwap(old, value) {
			return
		}
	}
}

func TestWhatIsAskedTwiceIsAnsweredTheSame(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	for _, request := range [][3]string{
		{"POST", "/subjects/s/versions", `{"schema":"\"int\""}`},
		{"POST", "/subjects/s", `{"schema":"\"int\""}`},
		{"POST", "/compatibility/subjects/s/versions/latest?verbose=true", `{"schema":"\"string\""}`},
		{"GET", "/subjects/s/versions", ""},
		{"GET", "/schemas/ids/1", ""},
		{"GET", "/schemas/ids/1?subject=s", ""},
	} {
		first := s.send(t, request[0], request[1], request[2])
		want, _ := io.ReadAll(first.Body)
		first.Body.Close()
		second := s.send(t, request[0], request[1], request[2])
		got, _ := io.ReadAll(second.Body)
		second.Body.Close()
		if string(got) != string(want) || second.Header.Get("Etag") != first.Header.Get("Etag") || second.Header.Get("Cache-Control") != first.Header.Get("Cache-Control") {
			t.Errorf("%s %s: %s, then %s", request[0], request[1], want, got)
		}
	}
	// The method, the shape and the body are part of the question.
	if got := s.must(t, "GET", "/schemas/ids/1", "", "User-Agent: Java/8"); got != `{"schema":"\"int\""}` {
		t.Errorf("legacy shape: %s", got)
	}
	if status, got := s.do(t, "POST", "/subjects/s", `{"schema":"\"long\""}`); status != 404 {
		t.Errorf("another body: %d %s", status, got)
	}
}
