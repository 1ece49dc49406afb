package httpapi_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/concord-registry/concord/httpapi"
)

var update = flag.Bool("update", false, "write what the server answers into the golden files")

// TestGolden runs each file of testdata/golden against a server of its own. A file is a list of steps:
//
//	# why this is so
//	> POST /subjects/s/versions          the request line; header lines may follow
//	schema: {"type":"string"}            the body: as it is, or "name: value" lines that make a JSON object of strings and values
//	----------
//	200                                  the status; then the headers that "? Name" lines of the request asked for
//	{"id":1}                             the body
//
// The first lines may set the server up: "server: shape legacy".
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/golden/*.http")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".http"), func(t *testing.T) {
			t.Parallel()
			runGolden(t, file)
		})
	}
}

func runGolden(t *testing.T, file string) {
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, steps := splitSteps(string(data))
	s := start(t, goldenSetup(t, head))
	var out strings.Builder
	out.WriteString(head)
	for _, step := range steps {
		request, want, _ := strings.Cut(step, "----------\n")
		request = strings.TrimRight(request, "\n") + "\n"
		got := s.runStep(t, request)
		want = strings.TrimRight(want, "\n") + "\n"
		// Lines of comment before the next step belong to the answer's side of the file.
		want, comment := splitComment(want)
		if got != want && !*update {
			t.Errorf("%s%s\ngot:\n%s\nwant:\n%s", comment, request, got, want)
		}
		out.WriteString(request + "----------\n" + got + "\n" + comment)
	}
	if *update {
		if err := os.WriteFile(file, []byte(strings.TrimRight(out.String(), "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// splitSteps cuts a file before each "> " line.
func splitSteps(text string) (head string, steps []string) {
	parts := strings.Split("\n"+text, "\n> ")
	for _, part := range parts[1:] {
		steps = append(steps, "> "+part+"\n")
	}
	return strings.TrimPrefix(parts[0], "\n") + "\n", steps
}

func splitComment(want string) (answer, comment string) {
	lines := strings.SplitAfter(want, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "# ") {
			return strings.TrimRight(strings.Join(lines[:i], ""), "\n") + "\n", strings.Join(lines[i:], "")
		}
	}
	return want, ""
}

func goldenSetup(t *testing.T, head string) (s setup) {
	for line := range strings.Lines(head) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "server:" {
			continue
		}
		switch fields[1] {
		case "shape":
			s.http.Shape = httpapi.Shape(fields[2])
		case "incompatible-code":
			s.http.IncompatibleCode, _ = strconv.Atoi(fields[2])
		case "body-limit":
			s.http.BodyLimit, _ = strconv.ParseInt(fields[2], 10, 64)
		case "mode":
			s.registry.ModeImmutable = fields[2] == "immutable"
		default:
			t.Fatalf("unknown server option %q", line)
		}
	}
	return s
}

var stamp = regexp.MustCompile(`"ts":\d{13}`)

// runStep sends one request and renders the answer as the file has it.
func (s *server) runStep(t *testing.T, text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	method, path, _ := strings.Cut(strings.TrimPrefix(lines[0], "> "), " ")
	var header, shown []string
	i := 1
	for ; i < len(lines); i++ {
		if name, ok := strings.CutPrefix(lines[i], "? "); ok {
			shown = append(shown, name)
		} else if isHeader.MatchString(lines[i]) {
			header = append(header, lines[i])
		} else {
			break
		}
	}
	resp := s.send(t, method, path, goldenBody(t, lines[i:]), header...)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	fmt.Fprintln(&out, resp.StatusCode)
	for _, name := range shown {
		fmt.Fprintf(&out, "%s: %s\n", name, strings.Join(resp.Header[http.CanonicalHeaderKey(name)], ", "))
	}
	if len(body) > 0 {
		fmt.Fprintln(&out, strings.TrimRight(stamp.ReplaceAllString(string(body), `"ts":0`), "\n"))
	}
	return out.String()
}

var isHeader = regexp.MustCompile(`^[A-Z][A-Za-z-]*:`)

var isMember = regexp.MustCompile(`^([a-z]\w*): ?(.*)$`)

// goldenBody makes the body: lines "schema: text" are members of an object, the schema always as a string.
func goldenBody(t *testing.T, lines []string) string {
	if len(lines) == 0 || !isMember.MatchString(lines[0]) {
		return strings.Join(lines, "\n")
	}
	var members []string
	for i := 0; i < len(lines); i++ {
		m := isMember.FindStringSubmatch(lines[i])
		if m == nil {
			t.Fatalf("not a member: %q", lines[i])
		}
		name, value := m[1], m[2]
		// Indented lines continue a text.
		for i+1 < len(lines) && strings.HasPrefix(lines[i+1], "  ") {
			i++
			value = strings.TrimPrefix(value+"\n", "\n") + strings.TrimPrefix(lines[i], "  ")
		}
		if name == "schema" || !json.Valid([]byte(value)) {
			encoded, err := json.Marshal(value)
			if err != nil {
				t.Fatal(err)
			}
			value = string(encoded)
		}
		members = append(members, strconv.Quote(name)+":"+value)
	}
	return "{" + strings.Join(members, ",") + "}"
}
