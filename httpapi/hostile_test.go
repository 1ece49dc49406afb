package httpapi_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats/cputest"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/httpapi/accesslog"
)

// blanks is a body of blanks. The client may still be reading it when the answer is there.
type blanks struct{ left atomic.Int64 }

func (b *blanks) Read(p []byte) (int, error) {
	n := min(int64(len(p)), b.left.Load())
	if n <= 0 {
		return 0, io.EOF
	}
	for i := range p[:n] {
		p[i] = ' '
	}
	b.left.Add(-n)
	return int(n), nil
}

// halting is a body that stops where it is empty, and goes on when it is told.
type halting struct {
	blanks
	on chan struct{}
}

func (h *halting) Read(p []byte) (int, error) {
	n, err := h.blanks.Read(p)
	if err != nil {
		<-h.on
	}
	return n, err
}

// TestBodiesOverTheLimitAreRefusedUnread sends no more than the beginning of a body, or what the limit allows of one whose
// length is not known, before the answer is there.
func TestBodiesOverTheLimitAreRefusedUnread(t *testing.T) {
	s := start(t, setup{})
	for name, c := range map[string]struct{ length, sent int64 }{"announced": {100 << 20, 64 << 10}, "in chunks": {-1, 11 << 20}} {
		body := &halting{on: make(chan struct{})}
		body.left.Store(c.sent)
		req, err := http.NewRequest("POST", s.URL+"/subjects/s/versions", body)
		if err != nil {
			t.Fatal(err)
		}
		req.ContentLength = c.length
		giveUp := time.AfterFunc(time.Minute, func() { close(body.on) })
		resp, err := s.client.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if giveUp.Stop() {
			close(body.on)
		} else {
			t.Errorf("%s: no answer before the end of the body", name)
		}
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 413 || string(answer) != `{"error_code":413,"message":"The request body exceeds the limit of 10485760 bytes."}` || !resp.Close {
			t.Errorf("%s: %d %s, closed %v", name, resp.StatusCode, answer, resp.Close)
		}
	}
}

// TestAClientThatSendsEverythingFirstReadsWhyItWasRefused is most clients: they read no answer before the body is sent. What is
// left of it when it is refused, all of an announced one, is more than the buffers of both ends take. The server takes that for
// three seconds; on a busy machine not much more would go through.
func TestAClientThatSendsEverythingFirstReadsWhyItWasRefused(t *testing.T) {
	s := start(t, setup{})
	for name, c := range map[string]struct {
		head string
		size int64
	}{
		"announced": {"Content-Length: %d\r\n\r\n", 12 << 20},
		"in chunks": {"Transfer-Encoding: chunked\r\n\r\n%x\r\n", 20 << 20},
	} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		body := &blanks{}
		body.left.Store(c.size)
		if _, err := fmt.Fprintf(conn, "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\n"+c.head, c.size); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(conn, body); err != nil {
			t.Fatalf("%s: the rest of the body: %v", name, err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%s: the answer: %v", name, err)
		}
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s: %s", name, resp.Status)
		}
		conn.Close()
	}
}

func TestDeepAndWideBodiesAreRefusedSoonAndCheaply(t *testing.T) {
	s := start(t, setup{})
	nested := strings.Repeat(`[`, 1_000_000) + strings.Repeat(`]`, 1_000_000)
	types := strings.Repeat(`{"type":"array","items":`, 100_000) + `"int"` + strings.Repeat(`}`, 100_000)
	for name, body := range map[string]string{
		"a nested value":           nested,
		"a nested unknown member":  `{"x":` + nested + `}`,
		"nested references":        `{"references":` + nested + `}`,
		"a nested object":          strings.Repeat(`{"a":`, 1_000_000) + "1" + strings.Repeat(`}`, 1_000_000),
		"a nested schema":          `{"schema":` + quote(nested) + `}`,
		"a nested JSON schema":     `{"schemaType":"JSON","schema":` + quote(strings.Repeat(`{"not":`, 100_000)+`{}`+strings.Repeat(`}`, 100_000)) + `}`,
		"a nested Avro schema":     `{"schema":` + quote(types) + `}`,
		"a wide union":             `{"schema":` + quote(`["int"`+strings.Repeat(`,"int"`, 100_000)+`]`) + `}`,
		"what is no UTF-8":         "{\"schema\":\"\xff\xfe\"}",
		"a nested Protobuf schema": `{"schemaType":"PROTOBUF","schema":` + quote(strings.Repeat("message M {", 10_000)+strings.Repeat("}", 10_000)) + `}`,
	} {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		used := stats.TotalAlloc
		took := cputest.Within(t, 20*time.Second, func() {
			for _, path := range []string{"/subjects/s/versions", "/subjects/s", "/compatibility/subjects/s/versions/latest"} {
				status, answer := s.do(t, "POST", path, body)
				if status < 400 || status > 499 || !strings.HasPrefix(answer, `{"error_code":4`) {
					t.Errorf("%s to %s: %d %.200s", name, path, status, answer)
				}
			}
		})
		t.Logf("%s: three requests take %v", name, took)
		runtime.ReadMemStats(&stats)
		if mb := (stats.TotalAlloc - used) >> 20; mb > 3*256 {
			t.Errorf("%s: three requests allocated %d MB", name, mb)
		}
	}
}

func TestOddSubjectsComeBackAsTheyWentOrAreRefused(t *testing.T) {
	s := start(t, setup{})
	long := strings.Repeat("é/", 4000)
	for _, subject := range []string{
		"../../x", "%2e%2e%2f", "..", ".", "a/b", "a%2Fb", "a%252Fb", "a+b", "a b", " ", "a?b", "a#b", "a&b=c", "a;b", `a\b`, `"quoted"`,
		"<script>", "{json}", "emoji 😀", "\u202Ereversed", "\u2028", "é", "e\u0301", ":", ":x", "::", "x:.y:z", "*", "%", "%zz", "~!@$^()'", "versions",
		"\x00", "a\x00b", "\x7f", "a\nb", "\xff", "a\xc0\xafb", long, strings.Repeat("x", 64<<10),
		":.ctx:a/b", ":.ctx:%2F", ":.c t x:s", ":.a/b:s",
	} {
		path := "/subjects/" + url.PathEscape(subject) + "/versions"
		if subject == "." || subject == ".." {
			path = "/subjects/" + strings.ReplaceAll(subject, ".", "%2E") + "/versions"
		}
		resp := s.send(t, "POST", path, `{"schema":"\"int\""}`)
		answer, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode == 422 && strings.HasPrefix(string(answer), `{"error_code":42208,`) {
			continue
		}
		if resp.StatusCode != 200 {
			t.Errorf("%.50q: %d %.200s", subject, resp.StatusCode, answer)
			continue
		}
		if got := s.must(t, "GET", path+"/latest", ""); !strings.HasPrefix(got, `{"subject":`+jsonString(subject)+`,`) {
			t.Errorf("%.50q comes back as %.100s", subject, got)
		}
		if got := s.must(t, "GET", "/subjects?subjectPrefix="+url.QueryEscape(subject), ""); !strings.Contains(got, jsonString(subject)) {
			t.Errorf("%.50q is not listed: %.200s", subject, got)
		}
	}
}

// jsonString quotes s as the server does: nothing that need not be is escaped.
func jsonString(s string) string {
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\u2028`, "\u2028", `\u007f`, "\x7f").Replace(quote(s))
}

func TestRawRequestsThatAreNoHTTPGetA4xx(t *testing.T) {
	s := start(t, setup{})
	for _, raw := range []string{
		"GET /subjects/%zz/versions HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /subjects/a b HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET /subjects HTTP/1.1\r\n\r\n",
		"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
		"POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + strings.Repeat("x", 1<<20) + "\r\n\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(conn, raw) }()
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%.60q: %v", raw, err)
		}
		body, err := io.ReadAll(resp.Body)
		conn.Close()
		var refusal struct {
			Code    int    `json:"error_code"`
			Message string `json:"message"`
		}
		if resp.StatusCode/100 != 4 || err != nil || resp.Header.Get("Content-Type") != "application/vnd.schemaregistry.v1+json" ||
			json.Unmarshal(body, &refusal) != nil || refusal.Code != resp.StatusCode || !strings.HasPrefix(refusal.Message, "HTTP "+resp.Status) {
			t.Errorf("%.60q: %s, %v, %q, %v", raw, resp.Status, resp.Header, body, err)
		}
	}
	s.must(t, "GET", "/", "")
}

// TestSlowClientsDoNotDelayOthers keeps clients that read nothing of a large answer, and clients that never finish their
// request, while others must be served, writes included. The slow ones are not dropped before the test is over, so that whoever
// has to wait for them waits for ever, however slow the machine is. End-to-end tests measure the percentiles.
func TestSlowClientsDoNotDelayOthers(t *testing.T) {
	s := start(t, setup{http: httpapi.Options{ReadHeaderTimeout: time.Hour, ReadTimeout: time.Hour, WriteTimeout: time.Hour}})
	text := `{"type":"enum","name":"E","symbols":["` + strings.Repeat("A", 2<<20) + `"]}`
	s.must(t, "POST", "/subjects/large/versions", `{"schema":`+quote(text)+`}`)
	for i := range 100 {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetReadBuffer(4096)
		}
		request := "GET /subjects/large/versions/1 HTTP/1.1\r\nHost: x\r\n\r\n"
		if i%2 == 1 {
			request = "POST /subjects/slow/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(100 * time.Millisecond)
	s.client.Timeout = time.Minute
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 25 {
				if status, answer := s.do(t, "GET", "/schemas/ids/1/versions", ""); status != http.StatusOK {
					t.Errorf("%d %s", status, answer)
				}
				if status, answer := s.do(t, "POST", fmt.Sprintf("/subjects/s%d-%d/versions", worker, i), `{"schema":"\"int\""}`); status != http.StatusOK {
					t.Errorf("%d %s", status, answer)
				}
			}
		})
	}
	wg.Wait()
}

func TestClientsThatDawdleAreDropped(t *testing.T) {
	const limit = 2 * time.Second // long enough for whoever does not dawdle on a machine that does
	s := start(t, setup{http: httpapi.Options{ReadHeaderTimeout: limit, ReadTimeout: limit, IdleTimeout: limit}})
	s.must(t, "GET", "/subjects", "")
	var clients sync.WaitGroup
	for name, request := range map[string]string{
		"nothing":                          "",
		"half a header":                    "GET / HTTP/1.1\r\nHost:",
		"half a body":                      "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"half a body of a repeated GET":    "GET /subjects HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{",
		"half a chunk with a repeated GET": "GET /subjects HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
		"an idle keeping":                  "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
		clients.Go(func() {
			answer, err := io.ReadAll(conn)
			conn.Close()
			if err != nil {
				t.Errorf("%s: the connection stays open: %v", name, err)
			}
			if name == "half a body" && !strings.Contains(string(answer), `{"error_code":408,`) {
				t.Errorf("%s: %q", name, answer)
			}
		})
	}
	clients.Wait()
}

func TestABodyThatIsNoHTTPIsTheClientsMistake(t *testing.T) {
	s := start(t, setup{})
	for name, chunks := range map[string]string{
		"a length that is no number": "zz\r\n{}\r\n0\r\n\r\n",
		"a length that is too large": "ffffffffffffffffff\r\n{}",
		"no end of a chunk":          "2\r\n{}XX0\r\n\r\n",
		"a trailer without a colon":  "2\r\n{}\r\n0\r\nfoo bar\r\n\r\n",
		"lines without a return":     "2\n{}\n0\n\n",
	} {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(time.Minute))
		if _, err := io.WriteString(conn, "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+chunks); err != nil {
			t.Fatal(err)
		}
		answer, _ := io.ReadAll(conn)
		conn.Close()
		if !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") || !strings.Contains(string(answer), `{"error_code":400,"message":"The request body cannot be read: `) {
			t.Errorf("%s: %q", name, answer)
		}
	}
}

func TestAClientThatVanishesInTheMiddleOfABodyIsNoFaultOfTheServer(t *testing.T) {
	var log bytes.Buffer
	s := start(t, setup{http: httpapi.Options{AccessLog: accesslog.NewText(&log, slog.LevelInfo)}})
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "POST /subjects/s/versions HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	// The server reads the body once it asks for it.
	if _, err := conn.Read(make([]byte, 64)); err != nil {
		t.Fatal(err)
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // the connection is reset
	conn.Close()
	s.stop()
	if !strings.Contains(log.String(), "status=400") {
		t.Errorf("logged as %s", log.String())
	}
}

// FuzzRequests sends arbitrary paths and bodies through the front door: never a 5xx, always JSON.
func FuzzRequests(f *testing.F) {
	s := start(f, setup{})
	s.must(f, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	for _, seed := range [][3]string{
		{"POST", "/subjects/s/versions", `{"schema":"\"int\"","references":[{"name":"a","subject":"s","version":1}]}`},
		{"POST", "/subjects/s", `{"schema":"{}","schemaType":"JSON","metadata":{"tags":{"a":["b"]},"properties":{},"sensitive":["c"]}}`},
		{"POST", "/compatibility/subjects/s/versions/latest", `{"schema":"\"long\"","ruleSet":{"domainRules":[{"name":"a","type":"b"}]}}`},
		{"PUT", "/config/s", `{"compatibility":null,"defaultMetadata":{"properties":{"a":"b"}}}`},
		{"PUT", "/mode/:.ctx:", `{"mode":"IMPORT"}`},
		{"POST", "/subjects/s/versions/1/tags", `{"tagsToAdd":[{"schemaEntity":{"entityPath":"a","entityType":"SR_FIELD"},"tags":["t"]}]}`},
		{"DELETE", "/contexts/%2e", ``},
		{"GET", "/contexts/a/schemas/ids/1?subject=:.b:&format=resolved&findTags=*", ``},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, path, body string) {
		req, err := http.NewRequest(method, "http://x"+path, strings.NewReader(body))
		if err != nil || !strings.HasPrefix(path, "/") {
			return
		}
		w := &recorder{header: http.Header{}}
		s.api.ServeHTTP(w, req)
		if w.status >= 500 && !strings.HasPrefix(path, "/health/ready") {
			t.Errorf("%s %q %q: %d %s", method, path, body, w.status, w.body.String())
		}
		if w.status >= 400 && !strings.HasPrefix(w.body.String(), `{"error_code":`) {
			t.Errorf("%s %q: %d %s", method, path, w.status, w.body.String())
		}
	})
}

// recorder is a http.ResponseWriter in memory.
type recorder struct {
	header http.Header
	status int
	body   strings.Builder
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(status int)      { w.status = status }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }

func TestNumbersThatAreNoIDsAreRefusedAsThat(t *testing.T) {
	s := start(t, setup{})
	for _, number := range []string{"1e400", "99999999999999999999", "1.5"} {
		status, answer := s.do(t, "POST", "/subjects/s/versions", `{"schema":"\"int\"","id":`+number+`}`)
		if want := `{"error_code":400,"message":"The request body cannot be read: the member \"id\" must be a whole number below 2^63."}`; status != 400 || answer != want {
			t.Errorf("%s: %d %s", number, status, answer)
		}
	}
}
