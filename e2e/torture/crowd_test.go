//go:build e2e && linux

package torture

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// crowdMemory bounds what a server with a crowd of connections may hold, in bytes.
const crowdMemory = 1 << 30

// TestACrowdOfConnectionsIsServedInLittleMemory keeps many connections idle and many others busy.
func TestACrowdOfConnectionsIsServedInLittleMemory(t *testing.T) {
	idle, active := size(t, "IDLE", 2000, 10_000), size(t, "ACTIVE", 100, 500)
	s := mustStart(t, filepath.Join(t.TempDir(), "concord.db"))
	requireOK(t, s, http.MethodPost, "/subjects/crowd/versions", map[string]string{"schema": `"string"`})
	address := strings.TrimPrefix(s.URL, "http://")
	connect := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		return conn, bufio.NewReaderSize(conn, 1024)
	}
	ask := func(conn net.Conn, r *bufio.Reader) error {
		if _, err := io.WriteString(conn, "GET /subjects/crowd/versions/latest HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
			return err
		}
		response, err := http.ReadResponse(r, nil)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK {
			return fmt.Errorf("%s, %w", response.Status, err)
		}
		return nil
	}
	for range idle {
		conn, r := connect()
		defer conn.Close()
		if err := ask(conn, r); err != nil {
			t.Fatal(err)
		}
	}
	var mu sync.Mutex
	var times []time.Duration
	var clients sync.WaitGroup
	seconds := time.Duration(size(t, "CROWD_SECONDS", 2, 20)) * time.Second
	for range active {
		conn, r := connect()
		end := time.Now().Add(seconds)
		clients.Go(func() {
			defer conn.Close()
			var mine []time.Duration
			for len(mine) == 0 || time.Now().Before(end) {
				began := time.Now()
				if err := ask(conn, r); err != nil {
					t.Error(err)
					return
				}
				mine = append(mine, time.Since(began))
				time.Sleep(time.Duration(50+rand.IntN(100)) * time.Millisecond)
			}
			mu.Lock()
			defer mu.Unlock()
			times = append(times, mine...)
		})
	}
	clients.Wait()
	memory, err := s.Memory()
	if err != nil {
		t.Fatal(err)
	}
	peak := memory.Peak
	slices.Sort(times)
	report(t, "a crowd: %d idle and %d active connections; %d reads, median %v, 99th percentile %v; at most %d MiB resident",
		idle, active, len(times), percentile(times, 50), percentile(times, 99), peak>>20)
	if peak > crowdMemory {
		t.Errorf("%d MiB resident", peak>>20)
	}
	if len(times) < active {
		t.Errorf("%d reads are too few", len(times))
	}
}

// held is what a server could leak.
type held struct{ goroutines, descriptors int }

func (s *server) holds(t *testing.T) (h held) {
	t.Helper()
	_, metrics, err := s.Do(http.MethodGet, "/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	match := regexp.MustCompile(`(?m)^go_goroutines (\d+)$`).FindSubmatch(metrics)
	if match == nil {
		t.Fatal("the metrics tell no goroutines")
	}
	if h.goroutines, err = strconv.Atoi(string(match[1])); err != nil {
		t.Fatal(err)
	}
	if h.descriptors, err = s.Descriptors(); err != nil {
		t.Fatal(err)
	}
	return h
}

// anonymous is the memory that no file backs, in bytes.
func (s *server) anonymous(t *testing.T) int64 {
	t.Helper()
	memory, err := s.Memory()
	if err != nil {
		t.Fatal(err)
	}
	return memory.Anonymous
}

// leakedMemory bounds what a server may hold in memory after any number of requests more than before them: its caches are
// bounded, and nothing else may stay.
const leakedMemory = 256 << 20

// TestNothingIsLeftOfManyRequests sends requests of every kind, also such as are given up, and connections that are cut.
func TestNothingIsLeftOfManyRequests(t *testing.T) {
	total := size(t, "REQUESTS", 10_000, 1_000_000)
	s := mustStart(t, filepath.Join(t.TempDir(), "concord.db"))
	requireOK(t, s, http.MethodPost, "/subjects/s-0/versions", map[string]string{"schema": modelSchema("s-0", 0)})
	before, memory := s.holds(t), s.anonymous(t)
	var sent, answered, abandoned atomic.Int64
	var clients sync.WaitGroup
	for c := range 32 {
		random := rand.New(rand.NewPCG(9, uint64(c)))
		clients.Go(func() {
			for sent.Add(1) <= int64(total) {
				wait := patience
				switch random.IntN(100) {
				case 0, 1, 2:
					wait = time.Duration(random.IntN(1000)) * time.Microsecond
				case 3:
					s.cut(random)
					abandoned.Add(1)
					continue
				}
				q := subjectsOnly.choose(random, fmt.Sprintf("s-%d", random.IntN(200)))
				if random.IntN(4) > 0 { // most requests are reads
					q = &request{kind: "get", subject: q.subject}
				}
				o, err := q.send(s, wait)
				switch {
				case err != nil:
					t.Error(err)
					return
				case o.unknown:
					abandoned.Add(1)
				default:
					answered.Add(1)
				}
			}
		})
	}
	clients.Wait()
	s.HTTP.CloseIdleConnections()
	const spare = 8 // that the runtime and the metrics may use
	returned := func(h held) bool {
		return h.goroutines <= before.goroutines+spare && h.descriptors <= before.descriptors+spare
	}
	after := s.holds(t)
	for deadline := time.Now().Add(patience); !returned(after) && time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		after = s.holds(t)
	}
	grown := s.anonymous(t) - memory
	report(t, "leaks: %d requests answered, %d given up; goroutines %d before and %d after, descriptors %d and %d, %d MiB more memory",
		answered.Load(), abandoned.Load(), before.goroutines, after.goroutines, before.descriptors, after.descriptors, grown>>20)
	if !returned(after) {
		t.Errorf("%+v are left, %+v before", after, before)
	}
	if grown > leakedMemory {
		t.Errorf("%d MiB of memory are left", grown>>20)
	}
}

// cut sends a part of a request and goes away.
func (s *server) cut(random *rand.Rand) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		return
	}
	defer conn.Close()
	text := "POST /subjects/cut/versions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"schema\": \"\\\"int\\\"\""
	_, _ = io.WriteString(conn, text[:random.IntN(len(text))])
}
