package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/httpapi/accesslog"
	"github.com/concord-registry/concord/storage"
)

// registerLarge registers schemas of a megabyte and a half under s0, s1 and so on.
func (s *server) registerLarge(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		text := fmt.Sprintf(`{"title":"%d","description":"%s"}`, i, strings.Repeat("a 'b' ", 250_000))
		s.must(t, "POST", fmt.Sprintf("/subjects/s%d/versions", i), `{"schemaType":"JSON","schema":`+quote(text)+`}`)
	}
}

func TestALargeListIsSentWhileItIsMade(t *testing.T) {
	const n = 6
	s := start(t, setup{})
	s.registerLarge(t, n)
	var schemas []string
	for i := range n {
		page := s.must(t, "GET", fmt.Sprintf("/schemas?limit=1&offset=%d", i), "")
		schemas = append(schemas, strings.TrimSuffix(strings.TrimPrefix(page, "["), "]"))
	}
	want := "[" + strings.Join(schemas, ",") + "]"
	for _, accepted := range []string{"identity", "gzip"} {
		resp := s.send(t, "GET", "/schemas", "", "Accept-Encoding: "+accepted, "X-Request-Id: mine", "Accept: application/json")
		var body io.Reader = resp.Body
		if resp.Header.Get("Content-Encoding") == "gzip" {
			zip, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = zip
		} else if accepted == "gzip" {
			t.Error("the answer is not compressed")
		}
		got, err := io.ReadAll(body)
		resp.Body.Close()
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v; want the %d bytes of its pages", accepted, len(got), err, len(want))
		}
		if resp.ContentLength != -1 || resp.Header.Get("X-Request-Id") != "mine" || resp.Header.Get("Content-Type") != "application/json" ||
			resp.Header.Get("Cache-Control") != "no-store" || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("%s: length %d, headers %v", accepted, resp.ContentLength, resp.Header)
		}
	}
	if status, body := s.do(t, "HEAD", "/schemas", ""); status != 200 || body != "" {
		t.Errorf("HEAD: %d %q", status, body)
	}
	if got := s.must(t, "GET", "/schemas?limit=1", ""); got != "["+schemas[0]+"]" {
		t.Errorf("the next request is answered with %d bytes", len(got))
	}
}

// purging deletes something permanently after one of the next Views.
type purging struct {
	storage.Store
	after atomic.Int64 // how many Views; 0 means never
	purge func()
}

func (p *purging) View(view func(storage.View) error) error {
	err := p.Store.View(view)
	if p.after.Add(-1) == 0 {
		p.purge()
	}
	return err
}

func TestAListLeavesOutWhatIsPurgedMeanwhile(t *testing.T) {
	store := &purging{}
	s := start(t, setup{wrap: func(inner storage.Store) storage.Store {
		store.Store = inner
		return store
	}})
	for _, subject := range []string{"a", "b", "c"} {
		s.must(t, "POST", "/subjects/"+subject+"/versions", `{"schema":"{\"type\":\"enum\",\"name\":\"`+subject+`\",\"symbols\":[]}"}`)
	}
	store.purge = func() {
		s.must(t, "DELETE", "/subjects/b", "")
		s.must(t, "DELETE", "/subjects/b?permanent=true", "")
	}
	store.after.Store(1) // which decides what is listed
	list := s.must(t, "GET", "/schemas", "")
	if strings.Contains(list, `"subject":"b"`) || !strings.Contains(list, `"subject":"a"`) || !strings.Contains(list, `"subject":"c"`) {
		t.Errorf("the list is %s", list)
	}
}

func TestAMessageIsReadWithoutTheVersionsThatArePurgedMeanwhile(t *testing.T) {
	store := &purging{}
	s := start(t, setup{wrap: func(inner storage.Store) storage.Store {
		store.Store = inner
		return store
	}})
	for n := int64(1); ; n++ {
		context := fmt.Sprintf("/contexts/.c%d", n)
		subject := context + "/subjects/s"
		s.must(t, "PUT", context+"/config", `{"compatibility":"NONE"}`)
		for _, schema := range []string{"int", "string", "double"} {
			s.must(t, "POST", subject+"/versions", `{"schema":"\"`+schema+`\""}`)
		}
		purged := false
		store.purge = func() {
			s.must(t, "DELETE", subject+"/versions/2", "")
			s.must(t, "DELETE", subject+"/versions/2?permanent=true", "")
			purged = true
		}
		store.after.Store(n)
		answer := s.must(t, "POST", context+"/api/decode", `{"message":"06","id":1}`)
		if store.after.Swap(0); !purged {
			if n < 4 {
				t.Errorf("a message is read with %d views", n-1)
			}
			return
		}
		if !strings.Contains(answer, `"message":3`) || !strings.Contains(answer, `{"version":3,"reads":true`) {
			t.Errorf("purged after %d views: %s", n, answer)
		}
	}
}

// failing fails its Views once there are none left.
type failing struct {
	storage.Store
	left atomic.Int64
}

func (f *failing) View(view func(storage.View) error) error {
	if f.left.Add(-1) < 0 {
		return storage.ErrCorrupt
	}
	return f.Store.View(view)
}

func TestAListThatCannotBeFinishedIsNotTakenForAWholeOne(t *testing.T) {
	var log bytes.Buffer
	store := &failing{}
	store.left.Store(1000)
	s := start(t, setup{http: httpapi.Options{AccessLog: accesslog.NewText(&log, slog.LevelInfo)}, wrap: func(inner storage.Store) storage.Store {
		store.Store = inner
		return store
	}})
	s.registerLarge(t, 6)
	for views, sent := range map[int64]bool{1 + 2: false, 1 + 5: true} {
		store.left.Store(views)
		resp := s.send(t, "GET", "/schemas", "")
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if sent && (resp.StatusCode != 200 || err == nil) || !sent && (resp.StatusCode != 500 || err != nil) {
			t.Errorf("damaged after %d views: status %d, %d bytes, %v", views, resp.StatusCode, len(body), err)
		}
	}
	s.stop()
	if n := strings.Count(log.String(), "route=/schemas status=200"); n != 1 || !strings.Contains(log.String(), "error=") {
		t.Errorf("%d lists logged as sent:\n%s", n, log.String())
	}
}

func TestAnAnswerThatIsNotTakenIsLoggedAsSuch(t *testing.T) {
	path := filepath.Join(t.TempDir(), "concord.db")
	s := start(t, setup{path: path})
	// More than the buffers of both ends take.
	text := `{"description":"` + strings.Repeat(`\"`, 1_900_000) + `"}`
	s.must(t, "POST", "/subjects/large/versions", `{"schemaType":"JSON","schema":`+quote(text)+`}`)
	s.stop()
	log := make(lines, 10)
	s = start(t, setup{path: path, http: httpapi.Options{AccessLog: accesslog.NewText(log, slog.LevelInfo), WriteTimeout: 300 * time.Millisecond}})
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /subjects/large/versions/1 HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case line := <-log:
		if !strings.Contains(line, "route=/subjects/{subject}/versions/{version} status=200 ") || !strings.Contains(line, "error=") || !strings.Contains(line, "i/o timeout") {
			t.Errorf("logged as %s", line)
		}
	case <-time.After(time.Minute):
		t.Error("nothing was logged in a minute")
	}
}

// lines takes what a log writes, a line at a time.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}
