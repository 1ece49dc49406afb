package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/config"
)

const waitLong = `Wait until a registry is ready to answer. With --once ask a single time and say what is wrong, which is what a container's
health check needs.

The registry is the one of --registry, else of SCHEMA_REGISTRY_URL, else the one that CONCORD_LISTEN would serve here.`

const waitExample = `  # in a pipeline: at most a minute
  concord wait --registry http://localhost:8081 --timeout 1m

  # in a Dockerfile
  HEALTHCHECK CMD ["/concord", "wait", "--once"]`

func (m *Main) waitCommand() *cobra.Command {
	var registry string
	var once bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:        "wait",
		SuggestFor: []string{"health", "healthcheck", "ready", "ping"},
		Short:      "Wait until a registry is ready",
		Long:       waitLong,
		Example:    waitExample,
		Args:       noArgs,
	}
	cmd.Flags().StringVar(&registry, "registry", "", "`URL` of the registry, or unix:/path/to/socket")
	cmd.Flags().BoolVar(&once, "once", false, "ask once instead of waiting")
	cmd.Flags().DurationVar(&timeout, "timeout", 30*time.Second, "give up after this long")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		url, err := m.registryURL(registry)
		if err != nil {
			return misused(err)
		}
		probe, err := newProbe(url)
		if err != nil {
			return misused(err)
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
		defer cancel()
		if once {
			err = probe.ask(ctx)
		} else {
			err = probe.wait(ctx)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(m.Stdout, "%s is ready\n", probe.name)
		return err
	}
	return cmd
}

// registryURL is the registry that a command talks to.
func (m *Main) registryURL(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	if u := m.Getenv("SCHEMA_REGISTRY_URL"); u != "" {
		return u, nil
	}
	address := config.Default().Server.Listen
	if text := m.Getenv("CONCORD_LISTEN"); text != "" {
		if err := address.UnmarshalText([]byte(text)); err != nil {
			return "", fmt.Errorf("CONCORD_LISTEN: %w", err)
		}
	}
	network, where := address.Network()
	if network == "unix" {
		return string(address), nil
	}
	host, port, _ := net.SplitHostPort(where)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

// probe asks one registry whether it is ready.
type probe struct {
	name   string
	url    string
	client *http.Client
}

func newProbe(registry string) (*probe, error) {
	p := &probe{name: registry, url: registry, client: &http.Client{Timeout: 5 * time.Second}}
	if path, ok := strings.CutPrefix(registry, "unix:"); ok {
		p.url = "http://localhost"
		p.client.Transport = &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}}
		return p, nil
	}
	u, err := url.Parse(registry)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the URL of a registry; write one like http://localhost:8081", registry)
	}
	p.name = u.Redacted()
	return p, nil
}

// wait asks until the registry is ready or ctx ends, and then says why it was not.
func (p *probe) wait(ctx context.Context) error {
	pause := 20 * time.Millisecond
	var last error
	for {
		err := p.ask(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up waiting: %w", last)
		case <-time.After(pause):
			pause = min(2*pause, time.Second)
		}
	}
}

// ask returns nil when the registry is ready, else what it or the network says. Registries that have no readiness check
// are asked for their root, which all of them answer.
func (p *probe) ask(ctx context.Context) error {
	status, body, err := p.get(ctx, "/health/ready")
	if err == nil && status == http.StatusNotFound {
		status, body, err = p.get(ctx, "/")
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s does not answer: %w", p.name, err)
	case status != http.StatusOK:
		return fmt.Errorf("%s is not ready: %d %s", p.name, status, reasonIn(body))
	case !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")):
		return fmt.Errorf("%s does not answer as a schema registry does; is the URL right?", p.name)
	}
	return nil
}

func (p *probe) get(ctx context.Context, path string) (status int, body []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(p.url, "/")+path, nil)
	if err != nil {
		return 0, nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		// The outer layers repeat the URL, which the caller names already.
		var op *url.Error
		if errors.As(err, &op) {
			err = op.Err
		}
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	return resp.StatusCode, body, err
}

// reasonIn returns the message of an answer of this API, or its text.
func reasonIn(body []byte) string {
	var answer struct{ Message, Status, Reason string }
	if json.Unmarshal(body, &answer) == nil {
		for _, s := range []string{answer.Message, answer.Reason, answer.Status} {
			if s != "" {
				return s
			}
		}
	}
	return strings.TrimSpace(string(body))
}
