package main

import (
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// get asks on a connection of its own.
func get(t *testing.T, url string, timeout time.Duration, header http.Header) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	client := &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}
	resp, err := client.Do(req)
	if err == nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return resp, err
}

func TestConnectionsBeyondTheLimitWaitForTheirTurn(t *testing.T) {
	url := startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--max-connections", "1", "--header-timeout", "10m")
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Connections are accepted in the order in which they were made.
	if _, err := get(t, url, 200*time.Millisecond, nil); err == nil {
		t.Error("a second connection is served beside the first")
	}
	conn.Close()
	if _, err := get(t, url, patience, nil); err != nil {
		t.Errorf("nobody is served when the first has gone: %v", err)
	}
}

func TestCompressionCanBeTurnedOff(t *testing.T) {
	accept := http.Header{"Accept-Encoding": {"gzip"}}
	for _, test := range []struct{ flag, want string }{{"--gzip=true", "gzip"}, {"--gzip=false", ""}} {
		url := startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), test.flag)
		resp, err := get(t, url+"/openapi.yaml", patience, accept)
		if err != nil {
			t.Fatal(err)
		}
		if got := resp.Header.Get("Content-Encoding"); got != test.want {
			t.Errorf("%s: Content-Encoding is %q, want %q", test.flag, got, test.want)
		}
	}
}

func TestSystemdIsToldWhenTheServerIsReadyAndWhenItStops(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Skip(err) // not a system with such sockets
	}
	defer conn.Close()
	next := func() string {
		buffer := make([]byte, 100)
		if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		n, err := conn.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		return string(buffer[:n])
	}
	t.Run("serve", func(t *testing.T) {
		startServerIn(t, []string{"NOTIFY_SOCKET=" + socket}, "--data", filepath.Join(t.TempDir(), "a.db"))
		if got := next(); got != "READY=1" {
			t.Errorf("told %q", got)
		}
	})
	if got := next(); got != "STOPPING=1" {
		t.Errorf("told %q", got)
	}
}
