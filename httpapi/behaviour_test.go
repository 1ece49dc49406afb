package httpapi_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/httpapi/accesslog"
	"github.com/concord-registry/concord/storage"
)

func TestMistake08IdsDoNotGoBackAcrossARestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "concord.db")
	s := start(t, setup{path: path})
	s.must(t, "POST", "/subjects/a/versions", `{"schema":"\"int\""}`)
	s.must(t, "POST", "/subjects/b/versions", `{"schema":"\"long\""}`)
	s.must(t, "DELETE", "/subjects/b", "")
	s.must(t, "DELETE", "/subjects/b?permanent=true", "")
	s.stop()
	s = start(t, setup{path: path})
	if got := s.must(t, "POST", "/subjects/c/versions", `{"schema":"\"string\""}`); !strings.HasPrefix(got, `{"id":3,`) {
		t.Errorf("after the restart: %s", got)
	}
}

func TestMistake50ConcurrentIdenticalRegistrationsMakeOneVersionAndOneId(t *testing.T) {
	s := start(t, setup{})
	const clients, rounds = 16, 20
	for round := range rounds {
		body := fmt.Sprintf(`{"schema":"{\"type\":\"record\",\"name\":\"R%d\",\"fields\":[]}"}`, round)
		answers := make([]string, clients)
		var wg sync.WaitGroup
		for i := range clients {
			wg.Go(func() {
				subject := fmt.Sprintf("s%d-%d", round, i%2)
				_, answers[i] = s.do(t, "POST", "/subjects/"+subject+"/versions", body)
			})
		}
		wg.Wait()
		for i, answer := range answers {
			if !strings.HasPrefix(answer, fmt.Sprintf(`{"id":%d,"version":1,`, round+1)) {
				t.Fatalf("round %d, client %d: %s", round, i, answer)
			}
		}
		if got := s.must(t, "GET", fmt.Sprintf("/subjects/s%d-0/versions", round), ""); got != "[1]" {
			t.Fatalf("round %d: versions %s", round, got)
		}
	}
}

func TestRow38TheListOfSchemasEndsAtAThousand(t *testing.T) {
	s := start(t, setup{})
	const n = 1003
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := worker; i < n; i += 8 {
				s.must(t, "POST", fmt.Sprintf("/subjects/s%04d/versions", i), `{"schema":"\"int\""}`)
			}
		})
	}
	wg.Wait()
	for query, want := range map[string]int{"": 1000, "?limit=2000": 1000, "?limit=-1": 1000, "?limit=7": 7, "?offset=1000": 3, "?offset=2000": 0} {
		var list []any
		if err := json.Unmarshal([]byte(s.must(t, "GET", "/schemas"+query, "")), &list); err != nil || len(list) != want {
			t.Errorf("/schemas%s: %d schemas, %v; want %d", query, len(list), err, want)
		}
	}
	var names []string
	if err := json.Unmarshal([]byte(s.must(t, "GET", "/subjects", "")), &names); err != nil || len(names) != n {
		t.Errorf("%d subjects, %v", len(names), err)
	}
}

func TestHeadAnswersWhereverGetDoes(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	for _, path := range []string{"/", "/subjects", "/subjects/s/versions/1", "/schemas/ids/1", "/schemas/ids/9", "/config", "/health/ready", "/openapi.yaml", "/docs"} {
		get := s.send(t, "GET", path, "")
		body, _ := io.ReadAll(get.Body)
		get.Body.Close()
		head := s.send(t, "HEAD", path, "")
		none, _ := io.ReadAll(head.Body)
		head.Body.Close()
		if head.StatusCode != get.StatusCode || head.ContentLength != int64(len(body)) || len(none) != 0 ||
			head.Header.Get("Content-Type") != get.Header.Get("Content-Type") || head.Header.Get("Etag") != get.Header.Get("Etag") {
			t.Errorf("HEAD %s: %d, %d bytes; GET: %d, %d bytes", path, head.StatusCode, head.ContentLength, get.StatusCode, len(body))
		}
	}
}

func TestRequestIds(t *testing.T) {
	s := start(t, setup{})
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for name, test := range map[string]struct {
		sent []string
		want string
	}{
		"none":              {nil, ""},
		"one":               {[]string{"abc-1 2"}, "abc-1 2"},
		"two":               {[]string{"a", "b"}, ""},
		"blank":             {[]string{"   "}, ""},
		"128 characters":    {[]string{strings.Repeat("x", 128)}, strings.Repeat("x", 128)},
		"129 characters":    {[]string{strings.Repeat("x", 129)}, ""},
		"what is not ASCII": {[]string{"é"}, ""},
	} {
		var header []string
		for _, id := range test.sent {
			header = append(header, "X-Request-Id: "+id)
		}
		for _, path := range []string{"/", "/nowhere", "/metrics"} {
			resp := s.send(t, "GET", path, "", header...)
			resp.Body.Close()
			got := resp.Header.Get("X-Request-Id")
			if test.want != "" && got != test.want || test.want == "" && !uuid.MatchString(got) {
				t.Errorf("%s, %s: %q", name, path, got)
			}
		}
	}
}

func TestSchemasByIdAndByGuidAreKeptForEver(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"string\""}`)
	get := func(path string, header ...string) *http.Response {
		resp := s.send(t, "GET", path, "", header...)
		resp.Body.Close()
		return resp
	}
	const guid = "/schemas/guids/095d71cf-1255-6b9d-5e33-0ad575b3df5d"
	const forEver = "public, max-age=31536000, immutable"
	for path, want := range map[string]string{
		"/schemas/ids/1": forEver, "/schemas/ids/1/schema": forEver, guid: forEver,
		"/schemas/ids/1?fetchMaxId=true": "no-cache", guid + "?format=resolved": "no-cache", "/subjects": "no-store", "/schemas/ids/2": "no-store", "/subjects/s/versions/1": "no-store",
	} {
		if got := get(path).Header.Get("Cache-Control"); got != want {
			t.Errorf("%s: Cache-Control %q, want %q", path, got, want)
		}
	}
	tag := get("/schemas/ids/1").Header.Get("Etag")
	if tag == "" || get("/schemas/ids/1").Header.Get("Etag") != tag {
		t.Errorf("tags %q and %q", tag, get("/schemas/ids/1").Header.Get("Etag"))
	}
	for _, condition := range []string{tag, strings.TrimPrefix(tag, "W/"), "*", `"x", ` + tag} {
		if resp := get("/schemas/ids/1", "If-None-Match: "+condition); resp.StatusCode != http.StatusNotModified || resp.Header.Get("Etag") != tag {
			t.Errorf("If-None-Match %s: %d", condition, resp.StatusCode)
		}
	}
	// The answer says that the version is deleted, so the old one no longer holds.
	s.must(t, "DELETE", "/subjects/s", "")
	if resp := get("/schemas/ids/1", "If-None-Match: "+tag); resp.StatusCode != http.StatusOK {
		t.Errorf("after the deletion: %d", resp.StatusCode)
	}
	// Another shape is another representation.
	if java := get("/schemas/ids/1", "User-Agent: Java/1.8"); java.Header.Get("Etag") == get("/schemas/ids/1").Header.Get("Etag") ||
		!strings.Contains(java.Header.Get("Vary"), "User-Agent") {
		t.Errorf("tag %s, Vary %q", java.Header.Get("Etag"), java.Header.Get("Vary"))
	}
}

func TestLargeAnswersAreCompressedForThoseWhoTakeIt(t *testing.T) {
	s := start(t, setup{})
	s.must(t, "POST", "/subjects/small/versions", `{"schema":"\"int\""}`)
	text := `{"type":"enum","name":"E","symbols":["` + strings.Repeat("A", 3000) + `"]}`
	s.must(t, "POST", "/subjects/large/versions", `{"schema":`+quote(text)+`}`)
	plain := s.must(t, "GET", "/subjects/large/versions/1", "")
	for accepted, compressed := range map[string]bool{"gzip": true, "deflate, gzip;q=0.5": true, "gzip;q=0": false, "identity": false} {
		resp := s.send(t, "GET", "/subjects/large/versions/1", "", "Accept-Encoding: "+accepted)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || (resp.Header.Get("Content-Encoding") == "gzip") != compressed || !strings.Contains(resp.Header.Get("Vary"), "Accept-Encoding") {
			t.Fatalf("%s: %v, Content-Encoding %q, Vary %q", accepted, err, resp.Header.Get("Content-Encoding"), resp.Header.Get("Vary"))
		}
		if compressed {
			r, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(r); err != nil {
				t.Fatal(err)
			}
		}
		if string(body) != plain {
			t.Errorf("%s: %d bytes", accepted, len(body))
		}
	}
	resp := s.send(t, "GET", "/subjects/small/versions/1", "", "Accept-Encoding: gzip")
	resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "" {
		t.Error("a small answer is compressed")
	}
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// faultyStore fails its writes, or claims to be read-only, as a test says.
type faultyStore struct {
	storage.Store
	mu       sync.Mutex
	fail     error // of Update
	failView error
	panics   bool
	readOnly string
}

func (f *faultyStore) set(change func(*faultyStore)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *faultyStore) Update(ctx context.Context, decide storage.Decide) (any, error) {
	f.mu.Lock()
	err := f.fail
	f.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("write /var/lib/secret/concord.db: %w", err)
	}
	return f.Store.Update(ctx, decide)
}

func (f *faultyStore) View(view func(storage.View) error) error {
	f.mu.Lock()
	err, panics := f.failView, f.panics
	f.mu.Unlock()
	if panics {
		panic("a fault of the program")
	}
	if err != nil {
		return fmt.Errorf("read /var/lib/secret/concord.db: %w", err)
	}
	return f.Store.View(view)
}

func (f *faultyStore) Status() storage.Status {
	status := f.Store.Status()
	f.mu.Lock()
	defer f.mu.Unlock()
	status.ReadOnly = f.readOnly
	return status
}

func startFaulty(t *testing.T, opt httpapi.Options) (*server, *faultyStore) {
	faults := &faultyStore{}
	s := start(t, setup{http: opt, wrap: func(store storage.Store) storage.Store {
		faults.Store = store
		return faults
	}})
	return s, faults
}

func TestFaultsOfTheStoreAreToldWithoutLeakingPaths(t *testing.T) {
	var log bytes.Buffer
	s, faults := startFaulty(t, httpapi.Options{AccessLog: accesslog.NewText(&log, slog.LevelInfo)})
	s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	for _, test := range []struct {
		err    error
		status int
		want   string
	}{
		{storage.ErrFull, 500, `{"error_code":50001,"message":"The registry's disk is full`},
		{storage.ErrReadOnly, 500, `{"error_code":50001,"message":"The registry's store is read-only`},
		{storage.ErrTooLarge, 422, `{"error_code":42209,"message":"Register operation failed because schema is too large"}`},
		{storage.ErrClosed, 503, `{"error_code":503,`},
		{context.DeadlineExceeded, 500, `{"error_code":50002,`},
		{errors.New("surprise"), 500, `{"error_code":500,"message":"Internal Server Error"}`},
	} {
		faults.set(func(f *faultyStore) { f.fail = test.err })
		status, body := s.do(t, "POST", "/subjects/t/versions", `{"schema":"\"long\""}`)
		if status != test.status || !strings.HasPrefix(body, test.want) || strings.Contains(body, "/var/lib") {
			t.Errorf("%v: %d %s", test.err, status, body)
		}
		// Reads go on.
		s.must(t, "GET", "/schemas/ids/1", "")
		s.must(t, "POST", "/subjects/s/versions", `{"schema":"\"int\""}`)
	}
	faults.set(func(f *faultyStore) { f.failView = storage.ErrCorrupt })
	status, body := s.do(t, "GET", "/schemas/ids/1", "")
	if status != 500 || !strings.HasPrefix(body, `{"error_code":50001,"message":"Stored data is damaged`) {
		t.Errorf("damaged: %d %s", status, body)
	}
	faults.set(func(f *faultyStore) { f.panics = true })
	status, body = s.do(t, "GET", "/schemas/ids/1", "")
	if status != 500 || body != `{"error_code":500,"message":"Internal Server Error"}` {
		t.Errorf("panic: %d %s", status, body)
	}
	for _, want := range []string{"/var/lib/secret", "panic: a fault of the program", "behaviour_test.go", "level=ERROR"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log does not hold %q", want)
		}
	}
}

func TestReadiness(t *testing.T) {
	s, faults := startFaulty(t, httpapi.Options{})
	s.must(t, "GET", "/health/ready", "")
	faults.set(func(f *faultyStore) { f.readOnly = "the disk failed" })
	if status, body := s.do(t, "GET", "/health/ready", ""); status != 503 || !strings.Contains(body, "read-only (the disk failed)") {
		t.Errorf("read-only: %d %s", status, body)
	}
	s.must(t, "GET", "/health/live", "")
	faults.set(func(f *faultyStore) { f.readOnly = "" })
	s.must(t, "GET", "/health/ready", "")
	if s.send(t, "GET", "/subjects", "").Close {
		t.Error("the connection is closed without need")
	}
	s.api.SetNotReady("it is going to stop")
	for range 2 { // made, then kept
		if !s.send(t, "GET", "/subjects", "").Close {
			t.Error("clients are not sent elsewhere before the server stops")
		}
	}
	if status, body := s.do(t, "GET", "/health/ready", ""); status != 503 || !strings.Contains(body, "it is going to stop") {
		t.Errorf("stopping: %d %s", status, body)
	}
	s.must(t, "GET", "/health/live", "")
}

func TestTheLogHasALineForEachRequestAndNoBodies(t *testing.T) {
	var log bytes.Buffer
	s := start(t, setup{http: httpapi.Options{AccessLog: accesslog.NewJSON(&log, slog.LevelInfo)}})
	s.must(t, "POST", "/subjects/a%2Fb/versions", `{"schema":"{\"type\":\"enum\",\"name\":\"Secret\",\"symbols\":[]}"}`, "X-Request-Id: req-1", "Authorization: Basic c2VjcmV0")
	s.do(t, "GET", "/nowhere/x", "")
	s.stop()
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 2 || strings.Contains(log.String(), "Secret") || strings.Contains(log.String(), "c2VjcmV0") {
		t.Fatalf("the log:\n%s", log.String())
	}
	var line map[string]any
	if err := json.Unmarshal([]byte(lines[0]), &line); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]any{"method": "POST", "route": "/subjects/{subject}/versions", "status": 200.0, "subject": "a/b", "id": 1.0, "request_id": "req-1"} {
		if line[name] != want {
			t.Errorf("%s is %v, want %v", name, line[name], want)
		}
	}
	if !strings.Contains(lines[1], `"route":"none"`) || !strings.Contains(lines[1], `"status":404`) {
		t.Errorf("second line: %s", lines[1])
	}
}

func TestMetricsSpeakOfRoutesAndNotOfSubjects(t *testing.T) {
	s := start(t, setup{})
	for range 3 {
		s.must(t, "POST", "/subjects/orders-value/versions", `{"schema":"\"int\""}`)
	}
	s.do(t, "POST", "/subjects/orders-value/versions", `{"schema":"\"string\""}`)
	s.do(t, "POST", "/subjects/orders-value/versions", `{"schema":"nonsense"}`)
	s.do(t, "POST", "/subjects/orders-value/versions", `{"schema":"{}","schemaType":"orders-value"}`)
	s.must(t, "POST", "/compatibility/subjects/orders-value/versions/latest", `{"schema":"\"int\""}`)
	s.must(t, "GET", "/schemas/ids/1", "")
	s.do(t, "BREW", "/orders-value", "")
	text := s.must(t, "GET", "/metrics", "")
	if strings.Contains(text, "orders") || strings.Contains(text, "BREW") {
		t.Error("a label holds what a client chose")
	}
	for _, want := range []string{
		`registry_http_requests_total{code="200",method="POST",route="/subjects/{subject}/versions"} 3`,
		`registry_http_requests_total{code="409",method="POST",route="/subjects/{subject}/versions"} 1`,
		`registry_http_requests_total{code="200",method="GET",route="/schemas/ids/{id}"} 1`,
		`registry_http_requests_total{code="404",method="",route="none"} 1`,
		`registry_http_request_duration_seconds_count{method="GET",route="/schemas/ids/{id}"} 1`,
		`registry_registrations_total{result="new",type="avro"} 1`,
		`registry_registrations_total{result="existing",type="avro"} 2`,
		`registry_registrations_total{result="incompatible",type="avro"} 1`,
		`registry_registrations_total{result="invalid",type="avro"} 1`,
		`registry_registrations_total{result="invalid",type="other"} 1`,
		`registry_compatibility_checks_total{level="backward",result="compatible",type="avro"} 1`,
		`registry_cache_requests_total{cache="answers",result="hit"} 1`,
		`registry_subjects{state="live"} 1`, `registry_schemas{type="avro"} 1`, "registry_versions 1", "registry_schema_ids 1",
		`registry_store_transactions_total{op="write",result="ok"} 1`, `registry_store_transactions_total{op="write",result="failed"} 0`,
		`registry_store_transaction_duration_seconds_count{op="write"} 1`,
		"registry_store_writable 1", "registry_store_size_bytes ", "registry_build_info{",
		"kafka_schema_registry_registered_count 1", `kafka_schema_registry_schemas_created{schema_type="avro"} 1`,
		`kafka_schema_registry_schemas{schema_type="json"} 0`, `kafka_schema_registry_schemas_deleted{schema_type="protobuf"} 0`,
		"kafka_schema_registry_master_slave_role 1", "kafka_schema_registry_node_count 1", "kafka_schema_registry_deleted_count 0",
		"kafka_schema_registry_jetty_metrics_connections_active ", "kafka_schema_registry_jersey_metrics_request_rate 0.",
		"kafka_schema_registry_jersey_metrics_request_latency_99 ", "kafka_schema_registry_jersey_metrics_request_latency_95 ",
		"kafka_schema_registry_api_success_count 5", "kafka_schema_registry_api_failure_count 4",
		"process_cpu_seconds_total ", "process_resident_memory_bytes ", "go_goroutines ",
	} {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestShutdownWaitsForRequestsUnderWay(t *testing.T) {
	s := start(t, setup{})
	body, writer := io.Pipe()
	answered := make(chan int, 1)
	go func() {
		resp, err := s.client.Post(s.URL+"/subjects/s/versions", "application/json", body)
		if err != nil {
			answered <- 0
			return
		}
		resp.Body.Close()
		answered <- resp.StatusCode
	}()
	if _, err := io.WriteString(writer, `{"schema":`); err != nil {
		t.Fatal(err)
	}
	// The request is under way when it is counted beside the one that asks.
	eventually(t, func() bool {
		return strings.Contains(s.must(t, "GET", "/metrics", ""), "\nregistry_http_in_flight_requests 2\n")
	})
	down := make(chan error, 1)
	go func() { down <- s.api.Shutdown(context.Background()) }()
	eventually(t, func() bool {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	if _, err := io.WriteString(writer, `"\"int\""}`); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	if status := <-answered; status != 200 {
		t.Errorf("the request under way got %d", status)
	}
	if err := <-down; err != nil {
		t.Error(err)
	}
	if err := <-s.served; err != nil {
		t.Error(err)
	}
}

// eventually waits until something is so.
func eventually(t *testing.T, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !so(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not become so within 10 s")
		}
	}
}

func TestASchemaWithoutFieldsIsIdentifiedWithAnEmptyListOfThem(t *testing.T) {
	s := start(t, setup{})
	for _, schema := range []string{`{"schema":"\"int\""}`, `{"schemaType":"PROTOBUF","schema":"enum E { A = 0; }"}`, `{"schemaType":"JSON","schema":"true"}`} {
		if answer := s.must(t, "POST", "/api/identify", schema); !strings.Contains(answer, `"fields":[],"matches":[]`) {
			t.Errorf("%s: %s", schema, answer)
		}
	}
}
