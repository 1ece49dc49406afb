//go:build e2e && linux

package hostile

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestManyLargeSchemasAtOnceCostAsMuchAsAFew has 24 clients register schemas of two megabytes with as many values as can be, all
// at the same time, while one asks for something small.
func TestManyLargeSchemasAtOnceCostAsMuchAsAFew(t *testing.T) {
	const clients, most = 24, 768 << 20
	s := serve(t, "")
	schema := func(i int) string {
		var b strings.Builder
		fmt.Fprintf(&b, `{"title":"%d","properties":{"p":{}`, i)
		for n := 0; b.Len() < 2_000_000; n++ {
			fmt.Fprintf(&b, `,"p%d":{"type":"string","maxLength":%d}`, n, n)
		}
		return b.String() + "}}"
	}
	s.resetPeak(t)
	before, _ := s.memory(t)
	var all sync.WaitGroup
	for i := range clients {
		all.Go(func() {
			status, answer, _ := s.do(t, "POST", fmt.Sprintf("/subjects/s%d/versions", i), registration(t, "JSON", schema(i)))
			if status != http.StatusOK {
				t.Errorf("%d %.200s", status, answer)
			}
		})
	}
	done := make(chan struct{})
	go func() { all.Wait(); close(done) }()
	for waiting := true; waiting; {
		select {
		case <-done:
			waiting = false
		default:
			if status, answer, _ := s.do(t, "POST", "/subjects/small/versions", registration(t, "AVRO", `"int"`)); status != http.StatusOK {
				t.Fatalf("%d %.200s", status, answer)
			}
		}
	}
	_, peak := s.memory(t)
	t.Logf("%d MiB more memory", (peak-before)>>20)
	if peak-before > most {
		t.Errorf("%d schemas of 2 MB at once cost %d MiB of memory", clients, (peak-before)>>20)
	}
}

// TestWhoReadsALargePageSlowlyHoldsUpNobody sends large forms and reads nothing of the pages that answer them.
func TestWhoReadsALargePageSlowlyHoldsUpNobody(t *testing.T) {
	s := serve(t, "")
	form := "schemaType=JSON&message=00&schema=" + strings.Repeat("x", 7<<20)
	began := time.Now()
	for range 3 {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_ = conn.(*net.TCPConn).SetReadBuffer(4096)
		if _, err := fmt.Fprintf(conn, "POST /ui/new HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil { // the page has begun
			t.Fatal(err)
		}
	}
	schema := `{"title":"` + strings.Repeat("x", 3_000_000) + `"}`
	if status, answer, _ := s.do(t, "POST", "/subjects/s/versions", registration(t, "JSON", schema)); status != http.StatusOK {
		t.Errorf("%d %.200s", status, answer)
	}
	if took := time.Since(began); took > 40*time.Second { // whoever waited for them waited a minute
		t.Errorf("three forms and a large schema took %v", took)
	}
}

// TestHundredsOfSchemasThatEndAtOnceCostAsMuchAsAFew sends bodies that are not large, but for their last byte, and then that to all.
func TestHundredsOfSchemasThatEndAtOnceCostAsMuchAsAFew(t *testing.T) {
	const clients, most = 400, 1536 << 20 // it took 4 GiB when nobody waited; the bodies themselves take some 200 MiB
	s := serve(t, "")
	s.resetPeak(t)
	before, _ := s.memory(t)
	conns := make([]net.Conn, clients)
	for i := range conns {
		body, err := io.ReadAll(registration(t, "JSON", fmt.Sprintf(`{"title":"%d","properties":{%s}}`, i, list(4500, func(n int) string {
			return fmt.Sprintf(`"p%d":{"type":"string","maxLength":%d}`, n, n)
		}))))
		if err != nil {
			t.Fatal(err)
		}
		if conns[i], err = net.Dial("tcp", strings.TrimPrefix(s.URL, "http://")); err != nil {
			t.Fatal(err)
		}
		defer conns[i].Close()
		fmt.Fprintf(conns[i], "POST /subjects/s%d/versions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", i, len(body), body[:len(body)-1])
	}
	for _, conn := range conns {
		if _, err := conn.Write([]byte("}")); err != nil {
			t.Fatal(err)
		}
	}
	answered := 0
	for i, conn := range conns {
		_ = conn.SetReadDeadline(time.Now().Add(2 * time.Minute))
		status := make([]byte, len("HTTP/1.1 200"))
		if _, err := io.ReadFull(conn, status); err != nil {
			t.Errorf("client %d has no answer: %v", i, err)
			continue
		}
		switch string(status[9:]) {
		case "200":
			answered++
		case "503":
		default:
			t.Errorf("client %d: %s", i, status)
		}
	}
	_, peak := s.memory(t)
	t.Logf("%d of %d registered; %d MiB more memory", answered, clients, (peak-before)>>20)
	if peak-before > most {
		t.Errorf("%d schemas at once cost %d MiB of memory", clients, (peak-before)>>20)
	}
}
