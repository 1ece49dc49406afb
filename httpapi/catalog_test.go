package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/httpapi"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/storage/bolt"
)

// catalogServer is a server with a catalog, on a real port, that waits no longer than this for requests and answers.
func catalogServer(t *testing.T, limit time.Duration) string {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	rules := engine.Default(formats.Limits{})
	reg := registry.New(store, rules, registry.Options{})
	subjects := catalog.New(catalog.Options{Store: store, Registry: reg, Engine: rules})
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); subjects.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	api := httpapi.New(httpapi.Options{Registry: reg, Catalog: subjects, ReadTimeout: limit, WriteTimeout: limit})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- api.Serve(listener) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := api.Shutdown(ctx); err != nil {
			t.Errorf("an open stream holds up the end of the server: %v", err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return "http://" + listener.Addr().String()
}

func post(t *testing.T, url, body string) {
	t.Helper()
	answer, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("POST %s: %s", url, answer.Status)
	}
}

func getJSON(t *testing.T, url string, into any) {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s", url, answer.Status)
	}
	if err := json.NewDecoder(answer.Body).Decode(into); err != nil {
		t.Fatal(err)
	}
}

func TestTheCatalogIsAnsweredWithoutDelay(t *testing.T) {
	url := catalogServer(t, time.Minute)
	post(t, url+"/subjects/orders-value/versions", `{"schema":"{\"type\":\"record\",\"name\":\"Order\",\"fields\":[{\"name\":\"customerId\",\"type\":\"long\"}]}","metadata":{"properties":{"owner":"shop"}}}`)
	var list catalog.Subjects
	for !list.Coverage.Complete { // a busy machine may not have read everything when the first question is answered
		list = catalog.Subjects{}
		getJSON(t, url+"/api/subjects?q=SHOP&type=AVRO&type=JSON&sort=-registered", &list)
	}
	if list.Total != 1 || list.Subjects[0].Subject != "orders-value" || list.Subjects[0].Level != "BACKWARD" || len(list.Owners) != 1 {
		t.Errorf("%+v", list)
	}
	var fields catalog.Fields
	getJSON(t, url+"/api/fields?q=customer", &fields)
	if fields.Total != 1 || fields.Fields[0].Path != "customerId" {
		t.Errorf("%+v", fields)
	}
	var both struct {
		TotalSubjects, TotalFields int
		Subjects                   []catalog.Summary
		Fields                     []catalog.FieldMatch
	}
	getJSON(t, url+"/api/search?q=o", &both)
	if both.TotalSubjects != 1 || both.TotalFields != 1 || both.Fields[0].Type != "long" {
		t.Errorf("%+v", both)
	}
}

func TestEventsTellOfCommitsAsTheyComeHoweverLongItTakes(t *testing.T) {
	const limit = 2 * time.Second
	url := catalogServer(t, limit)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/api/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if got := answer.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Fatalf("the stream is %q", got)
	}
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
		switch line := lines.Text(); {
		case line == ": listening":
			time.Sleep(2 * limit) // longer than the server waits for other requests and answers
			post(t, url+"/subjects/orders-value/versions", `{"schema":"\"string\""}`)
		case strings.HasPrefix(line, "data: "):
			if line != `data: {"subjects":["orders-value"]}` {
				t.Errorf("the event is %s", line)
			}
			return
		}
	}
	t.Fatalf("the stream ended: %v", lines.Err())
}
