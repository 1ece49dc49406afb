package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/storage"
)

// BenchmarkListOf100000Subjects measures what a person waits for in a registry of 100,000 subjects, without the network:
//
//	go test ./web -run '^$' -bench 100000 -benchtime 20x
func BenchmarkListOf100000Subjects(b *testing.B) {
	const subjects, schemas, batch = 100_000, 2000, 1000
	s := newUnreadSite(b, "")
	began := time.Now()
	for first := 0; first < subjects; first += batch {
		_, err := s.store.Update(b.Context(), func(storage.View) ([]storage.Record, any, error) {
			var records []storage.Record
			for i := first; i < first+batch; i++ {
				n := i % schemas
				text := fmt.Sprintf(`{"type":"record","name":"R%d","fields":[{"name":"id","type":"long","doc":"Never reused."},{"name":"customerId","type":"string"},{"name":"f%d","type":["null","int"]},{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}`, n, n%500)
				records = append(records, storage.PutSchema(storage.SchemaValue{
					Subject: fmt.Sprintf("team%d.topic-%d-value", i%97, i), Version: 1, ID: n + 1, Schema: text,
					Metadata: &storage.Metadata{Properties: map[string]string{"owner": fmt.Sprintf("team %d", n%97)}},
				}, time.Now().UnixMilli()))
			}
			return records, nil, nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("stored in %v", time.Since(began).Round(time.Millisecond))
	began = time.Now()
	for {
		var list catalog.Subjects
		w := s.do("GET", "/api/subjects?limit=1", http.Header{"Accept": {"application/json"}}, nil)
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil {
			b.Fatal(err)
		}
		if list.Coverage.Complete && list.Total == subjects {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Logf("read into the catalog in %v", time.Since(began).Round(time.Millisecond))
	for name, address := range map[string]string{
		"first page": "/ui", "search": "/ui?q=topic-4711", "search by owner": "/ui?q=team+42", "facet and order": "/ui?type=AVRO&sort=-registered",
		"page 500": "/ui?page=500", "fields": "/ui/fields", "field search": "/ui/fields?q=f42", "api search": "/api/search?q=topic-99",
		"subject": "/ui/subjects/team0.topic-0-value",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if w := s.do("GET", address, http.Header{"Accept-Encoding": {"gzip"}}, nil); w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
		})
	}
	b.Run("identify", func(b *testing.B) {
		form := url.Values{"type": {"AVRO"}, "schema": {`{"type":"record","name":"Unheard","fields":[{"name":"unheard","type":"long"},{"name":"unheard_of","type":"string"}]}`}}
		for b.Loop() {
			if w := s.do("POST", "/ui/identify", nil, form); w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/1000, "ms/page")
	})
}
