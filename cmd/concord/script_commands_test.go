package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// The commands that scripts have beside those of testscript:
//
//	serve NAME ARGS…        start `concord serve ARGS…`, wait for its first line, and put the URL in it into $NAME
//	exitcode N COMMAND…     run a command that must end with this code; stdout and stderr are its own
//	large FILE BYTES        make a file of this size, full of zeros
//	signal NAME TERM|INT    send it a signal
//	exited NAME CODE        wait for its end and check the exit code; its streams are then in NAME.out and NAME.err
//	http METHOD URL [FILE]  send a request; stdout is the status and the body
//	notready URL            wait until /health/ready answers 503
//	until URL TEXT          wait until the answer to a GET holds a text
//	closed URL              wait until connections are refused
//	address URL             put the host and port of a URL into $ADDRESS
//	sigkill NAME             end it with SIGKILL
//	begin NAME URL FILE     send a POST but for its last byte
//	finish NAME             send the last byte; stdout is the status and the body
//	step N FILE NAME        run a step of a pipeline, which must end with this code; see scriptOf
type (
	serversKey struct{}
	servers    map[string]*process
)

// patience is how long a script waits for what should take milliseconds.
const patience = 60 * time.Second

type process struct {
	cmd            *exec.Cmd
	stdout, stderr *safeBuffer
	done           chan struct{}
}

func (s servers) kill() {
	for _, p := range s {
		_ = p.cmd.Process.Kill()
		<-p.done
	}
}

func serverNamed(ts *testscript.TestScript, name string) *process {
	p, ok := ts.Value(serversKey{}).(servers)[name]
	if !ok {
		ts.Fatalf("no server was started as %s", name)
	}
	return p
}

var urlInLine = regexp.MustCompile(`http://[^ "]+|unix:[^ "]+`)

func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME ARGS…")
	}
	path, err := exec.LookPath("concord")
	ts.Check(err)
	p := &process{cmd: exec.Command(path, append([]string{"serve"}, args[1:]...)...), stdout: newSafeBuffer(), stderr: newSafeBuffer(),
		done: make(chan struct{})}
	p.cmd.Dir = ts.Getenv("WORK")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "CONCORD_LOG_FORMAT", "NOTIFY_SOCKET", "GOCOVERDIR"} {
		if value := ts.Getenv(name); value != "" {
			p.cmd.Env = append(p.cmd.Env, name+"="+value)
		}
	}
	p.cmd.Stdout, p.cmd.Stderr = p.stdout, p.stderr
	ts.Check(p.cmd.Start())
	ts.Value(serversKey{}).(servers)[args[0]] = p
	go func() { _ = p.cmd.Wait(); close(p.done) }()

	line, ok := p.stdout.line(p.done)
	if !ok {
		ts.Fatalf("the server said nothing on stdout; on stderr:\n%s", p.stderr)
	}
	url := urlInLine.FindString(line)
	if url == "" {
		ts.Fatalf("no URL in %q", line)
	}
	ts.Setenv(args[0], url)
}

// cmdFlip flips a bit of every place where a file has a text: flip FILE TEXT.
func cmdFlip(ts *testscript.TestScript, _ bool, args []string) {
	data := []byte(ts.ReadFile(args[0]))
	found := 0
	for at := bytes.Index(data, []byte(args[1])); at >= 0; at = bytes.Index(data, []byte(args[1])) {
		data[at] ^= 1
		found++
	}
	if found == 0 {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o600))
}

func cmdExitCode(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

func cmdSignal(ts *testscript.TestScript, _ bool, args []string) {
	signals := map[string]os.Signal{"TERM": syscall.SIGTERM, "INT": os.Interrupt}
	ts.Check(serverNamed(ts, args[0]).cmd.Process.Signal(signals[args[1]]))
}

func cmdExited(ts *testscript.TestScript, _ bool, args []string) {
	p := serverNamed(ts, args[0])
	select {
	case <-p.done:
	case <-time.After(patience):
		ts.Fatalf("still running after %v; stderr:\n%s", patience, p.stderr)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".out"), []byte(p.stdout.String()), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]+".err"), []byte(p.stderr.String()), 0o600))
	if got := strconv.Itoa(p.cmd.ProcessState.ExitCode()); got != args[1] {
		ts.Fatalf("exit code %s, want %s; stderr:\n%s", got, args[1], p.stderr)
	}
}

func cmdHTTP(ts *testscript.TestScript, neg bool, args []string) {
	var body io.Reader
	if len(args) > 2 {
		body = strings.NewReader(ts.ReadFile(args[2]))
	}
	req, err := http.NewRequest(args[0], args[1], body)
	ts.Check(err)
	req.Header.Set("Content-Type", "application/vnd.schemaregistry.v1+json")
	// Each request has its own connection: a script means "a new client" by a new line.
	resp, err := (&http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}).Do(req)
	if neg {
		if err == nil {
			ts.Fatalf("answered with %s", resp.Status)
		}
		return
	}
	ts.Check(err)
	printResponse(ts, resp)
}

func cmdNotReady(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, "readiness is not 503", func() bool {
		resp, err := http.Get(args[0] + "/health/ready")
		ts.Check(err)
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusServiceUnavailable
	})
}

func cmdUntil(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, fmt.Sprintf("%s does not tell %q", args[0], args[1]), func() bool {
		resp, err := http.Get(args[0])
		ts.Check(err)
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		ts.Check(err)
		return strings.Contains(string(answer), args[1])
	})
}

func cmdClosed(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, "connections are still accepted", func() bool {
		conn, err := net.Dial("tcp", strings.TrimPrefix(args[0], "http://"))
		if err != nil {
			return true
		}
		conn.Close()
		return false
	})
}

func eventually(ts *testscript.TestScript, complaint string, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("%s after %v", complaint, patience)
		}
	}
}

func cmdAddress(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv("ADDRESS", strings.TrimPrefix(args[0], "http://"))
}

func cmdKill(ts *testscript.TestScript, _ bool, args []string) {
	p := serverNamed(ts, args[0])
	ts.Check(p.cmd.Process.Kill())
	<-p.done
}

func printResponse(ts *testscript.TestScript, resp *http.Response) {
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d\n%s\n", resp.StatusCode, answer)
}

type (
	slowKey      struct{}
	slowRequests map[string]*slowRequest
	slowRequest  struct {
		conn net.Conn
		last string
	}
)

func cmdBegin(ts *testscript.TestScript, _ bool, args []string) {
	host, path, _ := strings.Cut(strings.TrimPrefix(args[1], "http://"), "/")
	body := ts.ReadFile(args[2])
	conn, err := net.Dial("tcp", host)
	ts.Check(err)
	ts.Defer(func() { conn.Close() })
	ts.Check(conn.SetDeadline(time.Now().Add(patience)))
	_, err = fmt.Fprintf(conn, "POST /%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		path, host, len(body), body[:len(body)-1])
	ts.Check(err)
	// Connections are accepted in their order: when a later one is answered, the server has taken this one.
	later, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Get("http://" + host + "/")
	ts.Check(err)
	ts.Check(later.Body.Close())
	ts.Value(slowKey{}).(slowRequests)[args[0]] = &slowRequest{conn, body[len(body)-1:]}
}

func cmdFinish(ts *testscript.TestScript, _ bool, args []string) {
	slow, ok := ts.Value(slowKey{}).(slowRequests)[args[0]]
	if !ok {
		ts.Fatalf("no request was begun as %s", args[0])
	}
	_, err := io.WriteString(slow.conn, slow.last)
	ts.Check(err)
	resp, err := http.ReadResponse(bufio.NewReader(slow.conn), nil)
	ts.Check(err)
	printResponse(ts, resp)
}

// scriptOf returns the script of a step of a GitHub action, of a GitLab job, or of a pre-commit hook.
func scriptOf(text []byte, name string) (string, error) {
	var file struct {
		Runs  struct{ Steps []struct{ Name, Run string } }
		Repos []struct {
			Hooks []struct{ ID, Entry string }
		}
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return "", err
	}
	for _, step := range file.Runs.Steps {
		if step.Name == name {
			return step.Run, nil
		}
	}
	for _, repo := range file.Repos {
		for _, hook := range repo.Hooks {
			if hook.ID == name {
				return hook.Entry, nil
			}
		}
	}
	var jobs map[string]struct{ Script []string }
	if err := yaml.Unmarshal(text, &jobs); err != nil || len(jobs[name].Script) == 0 {
		return "", fmt.Errorf("there is no step %s: %w", name, err)
	}
	return strings.Join(jobs[name].Script, "\n"), nil
}

func cmdStep(ts *testscript.TestScript, _ bool, args []string) {
	script, err := scriptOf([]byte(ts.ReadFile(args[1])), args[2])
	ts.Check(err)
	// GitHub and GitLab run bash like this.
	cmdExitCode(ts, false, []string{args[0], "bash", "-e", "-o", "pipefail", "-c", script})
}

// safeBuffer is a buffer that a process writes while a test reads.
type safeBuffer struct {
	mu      sync.Mutex
	buffer  bytes.Buffer
	written chan struct{}
}

func newSafeBuffer() *safeBuffer { return &safeBuffer{written: make(chan struct{}, 1)} }

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case b.written <- struct{}{}:
	default:
	}
	return b.buffer.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// line returns the first line once it is there, or false when done closes or patience ends before.
func (b *safeBuffer) line(done <-chan struct{}) (string, bool) {
	timeout := time.After(patience)
	for ended := false; ; {
		if line, _, ok := strings.Cut(b.String(), "\n"); ok {
			return line, true
		}
		if ended {
			return "", false
		}
		select {
		case <-b.written:
		case <-done:
			ended = true
		case <-timeout:
			ended = true
		}
	}
}

func cmdLarge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: large FILE BYTES")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), nil, 0o600))
	ts.Check(os.Truncate(ts.MkAbs(args[0]), size))
}
