// Package client talks to a schema registry over its REST API: this one, or any other that speaks it.
package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// Options say which registry, and as whom. Each may come from a flag or a variable; see Variables.
type Options struct {
	URL     string // or unix:/path/to/socket
	User    string // "name:password"
	Token   string // bearer
	CACert  string // PEM file with the authorities to trust
	Cert    string // PEM file of the client's certificate
	Key     string // PEM file of its key
	Timeout time.Duration
}

// Variables names the environment variable of each option.
var Variables = map[string]string{
	"registry": "SCHEMA_REGISTRY_URL",
	"user":     "SCHEMA_REGISTRY_BASIC_AUTH",
	"token":    "SCHEMA_REGISTRY_TOKEN",
	"cacert":   "SCHEMA_REGISTRY_CACERT",
	"cert":     "SCHEMA_REGISTRY_CERT",
	"key":      "SCHEMA_REGISTRY_KEY",
}

// Client is a connection to a registry. It is safe for concurrent use.
type Client struct {
	*sr.Client
	name string

	// For what is not JSON.
	base      string
	transport http.RoundTripper
	sign      func(*http.Request)
}

// maxConnections are kept open: commands ask for many small things at a time.
const maxConnections = 64

// New returns a client. It does not connect yet.
func New(o Options) (*Client, error) {
	socket, isSocket := strings.CutPrefix(o.URL, "unix:")
	name := o.URL
	if isSocket {
		o.URL = "http://localhost"
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the URL of a registry; write one like http://localhost:8081", o.URL)
	}
	transport := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		MaxIdleConnsPerHost: maxConnections, MaxIdleConns: maxConnections,
		ForceAttemptHTTP2: true,
	}
	if isSocket {
		transport.Proxy = nil
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	} else {
		name = u.Redacted()
	}
	if transport.TLSClientConfig, err = o.tls(); err != nil {
		return nil, err
	}
	if o.Timeout < 0 {
		return nil, fmt.Errorf("the timeout %s is less than nothing", o.Timeout)
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = 30 * time.Second
	}
	opts := []sr.ClientOpt{sr.HTTPClient(&http.Client{Transport: transport, Timeout: timeout}), sr.UserAgent("concord")}
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, sr.BasicAuth(u.User.Username(), password))
	}
	if o.User != "" {
		name, password, ok := strings.Cut(o.User, ":")
		if !ok {
			return nil, errors.New("the user must be written as name:password")
		}
		opts = append(opts, sr.BasicAuth(name, password))
	}
	if o.Token != "" {
		opts = append(opts, sr.BearerToken(o.Token))
	}
	bare := *u
	bare.User = nil
	base := strings.TrimSuffix(bare.String(), "/")
	cl, err := sr.NewClient(append(opts, sr.URLs(base))...)
	if err != nil {
		return nil, err
	}
	return &Client{cl, name, base, transport, o.signer(u.User)}, nil
}

// tls reads the certificates; nil when the defaults will do.
func (o Options) tls() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.CACert != "" {
		pem, err := os.ReadFile(o.CACert)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate in PEM form", o.CACert)
		}
	}
	if (o.Cert == "") != (o.Key == "") {
		return nil, errors.New("a client certificate needs both the certificate and its key")
	}
	if o.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// Name is the registry's URL as messages show it, without a password.
func (c *Client) Name() string { return c.name }

// Get decodes the answer to a GET of an escaped path, with its query, into v.
func (c *Client) Get(ctx context.Context, path string, v any) error {
	return c.Send(ctx, http.MethodGet, path, nil, v)
}

// Send decodes the answer to a request with a body into v.
func (c *Client) Send(ctx context.Context, method, path string, body, v any) error {
	path, query, _ := strings.Cut(path, "?")
	if query != "" {
		values, err := url.ParseQuery(query)
		if err != nil {
			return err
		}
		ctx = sr.WithParams(ctx, sr.RawParams(values))
	}
	return Explain(c.name, c.Do(ctx, method, path, body, v))
}

// IsMissing reports whether a registry answered that a subject, a version, a schema or a setting does not exist. Its codes for
// that are refinements of 404; a plain one comes from a wrong URL, and says nothing about subjects.
func IsMissing(err error) bool {
	var answer *sr.ResponseError
	return errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound && answer.ErrorCode/100 == http.StatusNotFound
}

// IsUnknown reports whether a registry answered that something does not exist, or that it does not know such a thing at all.
func IsUnknown(err error) bool {
	var answer *sr.ResponseError
	return errors.As(err, &answer) && answer.StatusCode == http.StatusNotFound
}

// IsRefusal reports whether a registry answered that it cannot do what was asked.
func IsRefusal(err error) bool {
	var answer *sr.ResponseError
	return errors.As(err, &answer) && answer.StatusCode < http.StatusInternalServerError
}

// Explain words an error of a request for a person: what the registry says, or why it cannot be reached.
func Explain(name string, err error) error {
	var answer *sr.ResponseError
	var network *url.Error
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &answer) && answer.Message != "" && answer.ErrorCode != 0 && answer.ErrorCode != http.StatusNotFound:
		return &Refusal{Message: fmt.Sprintf("%s (%d)", answer.Message, answer.ErrorCode), Status: answer.StatusCode, cause: err}
	case errors.As(err, &answer):
		return &Refusal{Message: fmt.Sprintf("%s answered %d; is it a schema registry?", name, answer.StatusCode), Status: answer.StatusCode, cause: err}
	case errors.As(err, &network):
		return fmt.Errorf("%s cannot be reached: %w", name, network.Err)
	case errors.As(err, &syntax) || errors.As(err, &kind):
		return fmt.Errorf("%s does not answer as a schema registry does: %w", name, err)
	}
	return err
}

// Refusal is an error that a registry answered.
type Refusal struct {
	Message string
	Status  int // of the answer
	cause   error
}

func (r *Refusal) Error() string { return r.Message }

func (r *Refusal) Unwrap() error { return r.cause }
