//go:build e2e && linux

package torture

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// sample lets the server write a data file with some of everything, and compacts it so that few of its bits mean nothing.
func sample(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "sample.db")
	s := mustStart(t, path)
	register := func(subject string, body map[string]any) {
		t.Helper()
		requireOK(t, s, http.MethodPost, "/subjects/"+subject+"/versions", body)
	}
	for i := range 8 {
		subject := fmt.Sprintf("subject-%d", i)
		requireOK(t, s, http.MethodPut, "/config/"+subject, map[string]any{
			"compatibility": "BACKWARD", "defaultMetadata": map[string]any{"properties": map[string]string{"owner": strings.Repeat(subject+" ", 20)}},
		})
		for v := range 2 {
			register(subject, map[string]any{"schema": fmt.Sprintf(
				`{"type":"record","name":"R%d","doc":"%s","fields":[{"name":"f%d","type":"string","default":""}]}`, i, strings.Repeat("words ", 30), v)})
		}
		if i%3 == 0 {
			requireOK(t, s, http.MethodPut, "/mode/"+subject, map[string]string{"mode": "READONLY"})
		}
		if i%3 == 1 {
			requireOK(t, s, http.MethodDelete, "/subjects/"+subject+"/versions/1", nil)
		}
	}
	register("referring", map[string]any{
		"schema":     `{"type":"record","name":"Referring","fields":[{"name":"a","type":"R0"}]}`,
		"references": []map[string]any{{"name": "R0", "subject": "subject-0", "version": 1}},
	})
	register(":.other:proto", map[string]any{"schemaType": "PROTOBUF", "schema": `syntax = "proto3"; message M { int32 a = 1; }`})
	register("json", map[string]any{"schemaType": "JSON", "schema": `{"type":"object","properties":{"a":{"type":"string"}}}`})
	requireOK(t, s, http.MethodPut, "/config", map[string]string{"compatibility": "FULL"})
	register("large", map[string]any{"schema": largeSchema()})
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(binary, "compact", "--data", path).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	requireEveryKind(t, path)
	return path
}

// largeSchema is one that does not fit on a page, however well it is compressed.
func largeSchema() string {
	random := rand.New(rand.NewPCG(5, 1))
	symbols := make([]string, 700)
	for i := range symbols {
		symbols[i] = fmt.Sprintf(`"S%016x"`, random.Uint64())
	}
	return `{"type":"enum","name":"Large","symbols":[` + strings.Join(symbols, ",") + `]}`
}

// requireEveryKind demands that a data file has every kind of page and an entry in every bucket: what is not in the file
// cannot be flipped.
func requireEveryKind(t *testing.T, path string) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pages := map[string]int{}
	err = db.View(func(tx *bbolt.Tx) error {
		for id := 0; ; {
			page, err := tx.Page(id)
			if err != nil || page == nil {
				break
			}
			pages[page.Type]++
			pages["overflow"] += page.OverflowCount
			id += 1 + page.OverflowCount
		}
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			if b.Stats().KeyN == 0 {
				t.Errorf("the sample has nothing in bucket %s", name)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("pages of the sample: %v", pages)
	for _, kind := range []string{"meta", "freelist", "free", "branch", "leaf", "overflow"} {
		if pages[kind] == 0 {
			t.Errorf("the sample has no %s page", kind)
		}
	}
}

// sampled returns the bytes of the sample and what a server answers from it.
func sampled(t *testing.T) (whole []byte, want string) {
	t.Helper()
	path := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, path)
	if want, err = everything(s); err != nil {
		t.Fatal(err)
	}
	s.Kill()
	return whole, want
}

// everything is all that a server answers about its state.
func everything(s *server) (string, error) {
	var all strings.Builder
	get := func(path string) error {
		status, answer, err := s.Do(http.MethodGet, path, nil)
		fmt.Fprintf(&all, "%s: %d %s\n", path, status, answer)
		return err
	}
	for _, path := range []string{"/subjects?subjectPrefix=:*:&deleted=true", "/schemas?subjectPrefix=:*:&deleted=true", "/schemas", "/contexts", "/config", "/mode"} {
		if err := get(path); err != nil {
			return "", err
		}
	}
	for i := range 8 {
		for _, path := range []string{"/config/subject-%d", "/mode/subject-%d", "/subjects/subject-%d/versions"} {
			if err := get(fmt.Sprintf(path, i)); err != nil {
				return "", err
			}
		}
	}
	return all.String(), nil
}

func requireOK(t *testing.T, s *server, method, path string, body any) {
	t.Helper()
	if status, answer, err := s.Do(method, path, body); err != nil || status != http.StatusOK {
		t.Fatalf("%s %s: %d %s, %v", method, path, status, answer, err)
	}
}
