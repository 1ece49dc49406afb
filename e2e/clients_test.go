//go:build e2e

// Package e2e runs real, unmodified clients against the real server: the
// binary is built, started on a loopback port of its own, and ended again.
//
// What the clients need is installed by run.sh, which is also how these tests
// are started; the programs stand under clients.
package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// binaries are built once for all tests.
var binaries struct {
	concord, franz, confluent string
}

// cache is the folder run.sh installs into.
var cache = os.Getenv("E2E_CACHE")

func TestMain(m *testing.M) {
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "concord-e2e-")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(dir)
		if err := build(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return m.Run()
	}())
}

func build(dir string) error {
	if cache == "" {
		return fmt.Errorf("E2E_CACHE is not set: start these tests with e2e/run.sh, which installs the clients")
	}
	binaries.concord = filepath.Join(dir, "concord")
	binaries.franz = filepath.Join(dir, "franz")
	binaries.confluent = filepath.Join(dir, "confluent")
	for _, b := range []struct{ dir, output, pkg, cgo string }{
		{"..", binaries.concord, "./cmd/concord", "0"},
		{"clients/go", binaries.franz, "./franz", "1"},
		{"clients/go", binaries.confluent, "./confluent", "1"}, // its module wraps a C library
	} {
		out, err := run(b.dir, []string{"CGO_ENABLED=" + b.cgo}, "go", "build", "-o", b.output, b.pkg)
		if err != nil {
			return fmt.Errorf("go build %s in %s: %v\n%s", b.pkg, b.dir, err, out)
		}
	}
	return nil
}

// client is a program that takes a registry's URL and checks it.
type client struct {
	name    string
	command func() []string
	// exchanges says that it can write and read messages for and of the others.
	exchanges bool
	// bare says that its Protobuf messages have no index, which only some others read.
	bare bool
}

var clients = []client{
	{"Go franz-go pkg∕sr", func() []string { return []string{binaries.franz} }, false, false},
	{"Go confluent-kafka-go", func() []string { return []string{binaries.confluent} }, true, false},
	{"JavaScript @confluentinc∕schemaregistry", javaScript("confluent.js"), true, false},
	{"JavaScript @kafkajs∕confluent-schema-registry", javaScript("kafkajs.js"), true, true},
	{"JavaScript @platformatic∕kafka", javaScript("platformatic.js"), true, true},
	{"Python confluent-kafka", python("confluent.py"), true, false},
}

func javaScript(program string) func() []string {
	return func() []string { return []string{"node", filepath.Join("clients", "js", program)} }
}

func python(program string) func() []string {
	return func() []string {
		return []string{filepath.Join(cache, "python", "bin", "python"), "-B", filepath.Join("clients", "python", program)}
	}
}

func TestRealClientsFindTheRegistryTheyKnow(t *testing.T) {
	for _, c := range clients {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, filepath.Join(t.TempDir(), "concord.db"))
			c.check(t, s.url)
			s.noServerErrors(t)
			s.stop(t)
		})
	}
}

// What one client wrote, every other reads: after the server was killed, with
// clients that start with empty caches.
func TestMessagesOfEveryClientAreReadByTheOthersAfterAKill(t *testing.T) {
	data, dir, bare := filepath.Join(t.TempDir(), "concord.db"), t.TempDir(), t.TempDir()
	s := serve(t, data)
	for _, c := range clients {
		if c.exchanges {
			c.check(t, s.url, "produce", dir)
		}
		if c.bare {
			c.check(t, s.url, "bare", bare)
		}
	}
	s.noServerErrors(t)
	s.kill(t)

	s = serve(t, data)
	for _, c := range clients {
		if c.exchanges {
			t.Run(c.name, func(t *testing.T) { c.check(t, s.url, "consume", dir) })
		}
	}
	t.Run("concord decode", func(t *testing.T) { decodeAll(t, s.url, dir, bare) })
	s.noServerErrors(t)
	s.stop(t)
}

// decodeAll has `concord decode` read every message that the clients have left.
func decodeAll(t *testing.T, url string, dirs ...string) {
	marks := map[string]string{"country": `"NL"`, "order": `"o-1"`, "shipment": `"s-1"`}
	read := 0
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.*.*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			out, err := run("", nil, binaries.concord, "decode", "--registry", url, "--file", file)
			if mark := marks[strings.TrimPrefix(filepath.Ext(file), ".")]; err != nil || !strings.Contains(out, mark) {
				t.Errorf("%s: %v\n%s", filepath.Base(file), err, out)
			}
			read++
		}
	}
	if read < 2*len(clients) {
		t.Errorf("only %d messages", read)
	}
	t.Logf("%d messages", read)
}

var summary = regexp.MustCompile(`(?m)^(\d+) passed, (\d+) failed$`)

// check runs the client and demands that it checked something and found no fault.
func (c client) check(t *testing.T, url string, args ...string) {
	t.Helper()
	command := append(c.command(), url)
	command = append(command, args...)
	schemas, err := filepath.Abs(filepath.Join("clients", "schemas"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := run("", []string{"SCHEMAS=" + schemas}, command[0], command[1:]...)
	counts := summary.FindStringSubmatch(out)
	if err != nil || counts == nil {
		t.Errorf("%s: %v\n%s", c.name, err, out)
		return
	}
	passed, _ := strconv.Atoi(counts[1])
	failed, _ := strconv.Atoi(counts[2])
	if passed == 0 || failed != 0 {
		t.Errorf("%s: %s\n%s", c.name, counts[0], out)
		return
	}
	t.Logf("%s: %s", c.name, counts[0])
}
