//go:build e2e

// Package transfer copies a registry of 10,000 versions from one process to another, ends the copy half-way, and has it go on.
package transfer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-registry/concord/e2e/internal/process"
	"github.com/concord-registry/concord/storage/bolt"
)

const (
	subjects = 2_500
	versions = 4 // of each subject
	clients  = 64
)

var binary string

func TestMain(m *testing.M) {
	bolt.CheckChild()
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "concord-transfer-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		binary = filepath.Join(dir, "concord")
		if out, err := exec.Command("go", "build", "-o", binary, "github.com/concord-registry/concord/cmd/concord").CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build concord: %v\n%s", err, out)
			return 1
		}
		return m.Run()
	}())
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 2 * time.Minute}

// serve starts a registry of its own and returns its URL.
func serve(t *testing.T) string {
	t.Helper()
	s, err := process.Start(binary, filepath.Join(t.TempDir(), "concord.db"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s.URL
}

func send(t *testing.T, method, url string, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(request)
	if err != nil {
		t.Error(err)
		return
	}
	defer answer.Body.Close()
	if reply, _ := io.ReadAll(answer.Body); answer.StatusCode != http.StatusOK {
		t.Errorf("%s %s: %d %s", method, url, answer.StatusCode, reply)
	}
}

// subject names the subjects: every fifth lies in a context.
func subject(i int) string {
	if i%5 == 0 {
		return fmt.Sprintf(":.team%d:topic-%d", i%3, i)
	}
	return fmt.Sprintf("topic-%d", i)
}

// schema is the text of a version, and what it refers to: all but the first ten of a context refer to one of those.
func schema(i, version int) map[string]any {
	fields := ""
	for n := range version {
		fields += fmt.Sprintf(`,{"name":"f%d","type":["null","string"],"default":null}`, n)
	}
	body := map[string]any{}
	if i >= 30 {
		fields += fmt.Sprintf(`,{"name":"base","type":["null","Base%d"],"default":null}`, i%30)
		body["references"] = []map[string]any{{"name": fmt.Sprintf("Base%d", i%30), "subject": subject(i % 30), "version": 1}}
		body["schema"] = fmt.Sprintf(`{"type":"record","name":"Event%d","fields":[{"name":"id","type":"long"}%s]}`, i, fields)
		return body
	}
	body["schema"] = fmt.Sprintf(`{"type":"record","name":"Base%d","fields":[{"name":"id","type":"long"}%s]}`, i, fields)
	return body
}

// fill registers everything, deletes some of it softly, and sets some levels and modes.
func fill(t *testing.T, url string) {
	t.Helper()
	run := func(from, to int) {
		work := make(chan int)
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() {
				for i := range work {
					for v := range versions {
						send(t, http.MethodPost, url+"/subjects/"+subject(i)+"/versions", schema(i, v))
					}
					switch {
					case i >= 30 && i%10 == 1:
						send(t, http.MethodDelete, url+"/subjects/"+subject(i), nil)
					case i >= 30 && i%10 == 2:
						send(t, http.MethodDelete, fmt.Sprintf("%s/subjects/%s/versions/2", url, subject(i)), nil)
					case i%10 == 3:
						send(t, http.MethodPut, url+"/config/"+subject(i), map[string]string{"compatibility": "FULL_TRANSITIVE"})
					case i%50 == 4:
						send(t, http.MethodPut, url+"/mode/"+subject(i), map[string]string{"mode": "READONLY"})
					}
				}
			})
		}
		for i := from; i < to; i++ {
			work <- i
		}
		close(work)
		wg.Wait()
	}
	run(0, 30)
	run(30, subjects)
	send(t, http.MethodPut, url+"/config", map[string]string{"compatibility": "BACKWARD_TRANSITIVE"})
	send(t, http.MethodPut, url+"/config/:.team1:", map[string]string{"compatibility": "FORWARD"})
}

// registered counts the live versions of a registry; an import deletes last.
func registered(t *testing.T, url string) int {
	t.Helper()
	answer, err := client.Get(url + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		var n float64
		if value, ok := strings.CutPrefix(line, "kafka_schema_registry_registered_count "); ok {
			if _, err := fmt.Sscan(value, &n); err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
	}
	t.Fatal("the registry does not count its versions")
	return 0
}

func TestAnImportThatIsKilledOnItsWayGoesOnAndVerifies(t *testing.T) {
	from, to := serve(t), serve(t)
	start := time.Now()
	fill(t, from)
	if t.Failed() {
		t.FailNow()
	}
	t.Logf("%d versions registered in %v", subjects*versions, time.Since(start).Round(time.Millisecond))

	start = time.Now()
	first := exec.Command(binary, "import", "--from", from, "--registry", to)
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	// A busy machine may not look again before much more is there.
	for registered(t, to) < subjects*versions/8 {
		if time.Since(start) > 5*time.Minute {
			t.Fatal("an eighth of it was not there after five minutes")
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := first.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err == nil {
		t.Fatal("the import ended before it was killed")
	}
	time.Sleep(200 * time.Millisecond) // what was under way
	there := registered(t, to)
	t.Logf("killed after %v with %d versions", time.Since(start).Round(time.Millisecond), there)
	if there >= subjects*versions {
		t.Fatal("nothing was left to do")
	}

	start = time.Now()
	out, err := exec.Command(binary, "import", "--from", from, "--registry", to, "--verify").CombinedOutput()
	t.Logf("%s(%v)", out, time.Since(start).Round(time.Millisecond))
	if err != nil || !strings.Contains(string(out), fmt.Sprintf("verified: %d versions of %d subjects", subjects*versions, subjects)) {
		t.Errorf("%v", err)
	}
	if !strings.Contains(string(out), fmt.Sprintf("imported %d versions (%d were there)", subjects*versions-there, there)) {
		t.Errorf("it did not go on where it ended: %d versions were there", there)
	}
}
