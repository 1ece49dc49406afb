package httpapi_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
	"github.com/concord-registry/concord/storage/bolt"
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

// slow is a store whose reads take a while when it is told so.
type slow struct {
	*bolt.Store
	each time.Duration
}

func (s *slow) View(view func(storage.View) error) error {
	time.Sleep(s.each)
	return s.Store.View(view)
}

// The clock is that of synctest: it goes on when everybody sleeps.
func TestAnAnswerThatATimeLimitCutShortIsMadeAgain(t *testing.T) {
	for name, test := range map[string]struct{ method, path, body, cut string }{
		"the levels that versions keep to": {"GET", "/api/subjects/s/levels", "", `"undecided"`},
		"a history":                        {"GET", "/api/subjects/s/history", "", `"problem":`},
		"a message":                        {"POST", "/api/decode", `{"message":"000000000106"}`, `"more":`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inner, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer inner.Close()
				store := &slow{Store: inner}
				api := httpapi.New(httpapi.Options{Registry: registry.New(store, engine.Default(formats.Limits{}), registry.Options{})})
				ask := func(method, path, body string) string {
					answer := httptest.NewRecorder()
					api.ServeHTTP(answer, httptest.NewRequest(method, path, strings.NewReader(body)))
					if answer.Code != http.StatusOK {
						t.Fatalf("%s %s: %d %s", method, path, answer.Code, answer.Body)
					}
					return answer.Body.String()
				}
				for _, text := range []string{`\"int\"`, `\"long\"`, `\"double\"`} {
					ask("POST", "/subjects/s/versions", `{"schema":"`+text+`"}`)
				}
				store.each = 6 * time.Second
				if answer := ask(test.method, test.path, test.body); !strings.Contains(answer, test.cut) {
					t.Fatalf("it is not cut short: %s", answer)
				}
				store.each = 0
				if answer := ask(test.method, test.path, test.body); strings.Contains(answer, test.cut) {
					t.Errorf("asked again, it is as it was: %s", answer)
				}
			})
		})
	}
}

func TestACheckThatIsLeftUndecidedIsMadeAgain(t *testing.T) {
	for name, test := range map[string]struct {
		pattern string
		kept    bool
	}{
		"decided":   {"a+", true},
		"undecided": {"(?=a)b", false},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, setup{})
			s.must(t, "PUT", "/config/s", `{"compatibility":"BACKWARD","verdictPolicy":"semantic"}`)
			s.must(t, "POST", "/subjects/s/versions", `{"schemaType":"JSON","schema":"{\"type\":\"string\"}"}`)
			check := func() string {
				return s.must(t, "POST", "/compatibility/subjects/s/versions/latest?report=true",
					`{"schemaType":"JSON","schema":"{\"type\":\"string\",\"pattern\":\"`+test.pattern+`\"}"}`)
			}
			first := check()
			if strings.Contains(first, `"undecided":[`) == test.kept {
				t.Error(first)
			}
			if again := check(); again != first {
				t.Errorf("%s, then %s", first, again)
			}
			if kept := strings.Contains(s.must(t, "GET", "/metrics", ""), `registry_cache_requests_total{cache="answers",result="hit"} 1`); kept != test.kept {
				t.Errorf("whether the answer is kept: %v; %s", kept, first)
			}
		})
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
	fields := ""
	for i := range 60 {
		fields += fmt.Sprintf(`{\"name\":\"field%d\",\"type\":\"string\"},`, i)
	}
	s.must(t, "POST", "/subjects/long/versions", `{"schema":"{\"type\":\"record\",\"name\":\"R\",\"fields\":[`+strings.TrimSuffix(fields, ",")+`]}"}`)
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	tag := s.send(t, "GET", "/schemas/ids/1", "").Header.Get("Etag")
	s.must(t, "PUT", "/config/other", `{"compatibility":"NONE"}`) // forgets what was kept
	for _, request := range [][]string{
		{"POST", "/subjects/s/versions", `{"schema":"\"int\""}`},
		{"POST", "/subjects/s", `{"schema":"\"int\""}`},
		{"POST", "/subjects/s", `{"schema":"\"int\""}`, "Expect: 100-continue"},
		{"POST", "/compatibility/subjects/s/versions/latest?verbose=true", `{"schema":"\"string\""}`},
		{"GET", "/subjects/s/versions", ""},
		{"GET", "/schemas/ids/1", ""},
		{"GET", "/schemas/ids/1", "", "Accept-Encoding: gzip"},
		{"GET", "/schemas/ids/1", "", "If-None-Match: " + tag},
		{"GET", "/schemas/ids/1", "", "If-None-Match: W/\"other\""},
		{"GET", "/schemas/ids/1", "", "Accept: application/json"},
		{"GET", "/schemas/ids/1", "", "Connection: close"},
		{"GET", "/schemas/ids/1", "", "X-Request-Id: mine"},
		{"GET", "/schemas/ids/1?subject=s", ""},
		{"GET", "/contexts/.x/schemas/ids/1", ""},
		{"HEAD", "/schemas/ids/1", ""},
		{"GET", "/", ""},
	} {
		ask := func() (*http.Response, string) {
			answer := s.send(t, request[0], request[1], request[2], request[3:]...)
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			answer.Header.Del("Date")
			if slices.Contains(request, "X-Request-Id: mine") != (answer.Header.Get("X-Request-Id") == "mine") {
				t.Errorf("%s: the request id is %s", request, answer.Header.Get("X-Request-Id"))
			}
			answer.Header.Del("X-Request-Id")
			return answer, string(body)
		}
		first, want := ask()
		for range 2 {
			if second, got := ask(); got != want || second.StatusCode != first.StatusCode || !reflect.DeepEqual(second.Header, first.Header) || second.Close != first.Close {
				t.Errorf("%s:\n%d %v %s\n%d %v %s", request, first.StatusCode, first.Header, want, second.StatusCode, second.Header, got)
			}
		}
	}
	// The method, the shape and the body are part of the question.
	if got := s.must(t, "GET", "/schemas/ids/2", "", "User-Agent: Java/8"); got != `{"schema":"\"int\""}` {
		t.Errorf("legacy shape: %s", got)
	}
	if status, got := s.do(t, "POST", "/subjects/s", `{"schema":"\"long\""}`); status != 404 {
		t.Errorf("another body: %d %s", status, got)
	}
}

// TestAnswersFollowTheOrderOfTheRequests sends requests behind each other without waiting, those that are answered from
// memory among others.
func TestAnswersFollowTheOrderOfTheRequests(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	paths := []string{"/schemas/ids/1", "/nowhere", "/subjects", "/schemas/ids/1", "/schemas/ids/1/schema", "/schemas/ids/9", "/subjects/s/versions/latest", "/schemas/ids/1"}
	want := map[string]string{}
	for _, path := range paths {
		_, want[path] = s.do(t, "GET", path, "")
	}
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var requests strings.Builder
	const rounds = 20
	for range rounds {
		for _, path := range paths {
			fmt.Fprintf(&requests, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path)
		}
	}
	go func() { _, _ = io.WriteString(conn, requests.String()) }()
	answers := bufio.NewReader(conn)
	for range rounds {
		for _, path := range paths {
			answer, err := http.ReadResponse(answers, nil)
			if err != nil {
				t.Fatal(err)
			}
			if body, err := io.ReadAll(answer.Body); err != nil || string(body) != want[path] {
				t.Fatalf("%s: %s, %v; want %s", path, body, err, want[path])
			}
		}
	}
	// What a GET brings along is no request.
	for range 3 {
		if _, err := io.WriteString(conn, "GET /schemas/ids/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		if _, err := io.WriteString(conn, "hello"); err != nil {
			t.Fatal(err)
		}
		answer, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(answer.Body); err != nil || string(body) != want["/schemas/ids/1"] {
			t.Fatalf("with a body: %s, %v", body, err)
		}
	}
	if _, err := io.WriteString(conn, "GET /schemas/ids/1 HTTP/1.0\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(answers, nil)
	if err != nil || !answer.Close {
		t.Fatalf("an old client: %v, %+v", err, answer)
	}
	if body, err := io.ReadAll(answer.Body); err != nil || string(body) != want["/schemas/ids/1"] {
		t.Errorf("an old client: %s, %v", body, err)
	}
	if _, err := answers.ReadByte(); err != io.EOF {
		t.Errorf("an old client's connection stays open: %v", err)
	}
}

func TestAGetIsCountedAsOneWhenAHeadWasAskedBefore(t *testing.T) {
	s := start(t, setup{})
	for _, method := range []string{"HEAD", "GET", "GET", "HEAD"} {
		s.must(t, method, "/subjects", "")
	}
	metrics := s.must(t, "GET", "/metrics", "")
	for _, method := range []string{"HEAD", "GET"} {
		if want := `registry_http_requests_total{code="200",method="` + method + `",route="/subjects"} 2`; !strings.Contains(metrics, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}
