package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority signs certificates for a test.
type authority struct {
	t           *testing.T
	dir         string
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.certificate, a.key = a.make("ca", nil)
	return a
}

// make writes NAME.pem and NAME.key, signed by the authority, or by itself when there is none yet.
func (a *authority) make(name string, addresses []net.IP) (*x509.Certificate, *ecdsa.PrivateKey) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, IPAddresses: addresses,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, BasicConstraintsValid: true, IsCA: a.certificate == nil,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	parent, signer := a.certificate, a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	a.check(err)
	certificate, err := x509.ParseCertificate(der)
	a.check(err)
	private, err := x509.MarshalECPrivateKey(key)
	a.check(err)
	a.check(os.WriteFile(a.path(name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	a.check(os.WriteFile(a.path(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: private}), 0o600))
	return certificate, key
}

func (a *authority) path(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) check(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// guarded starts a registry behind a proxy that speaks TLS, asks for a client certificate, and lets allowed requests pass.
func guarded(t *testing.T, a *authority, allowed func(r *http.Request) bool) string {
	t.Helper()
	target, err := url.Parse(startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--shutdown-delay", "0s"))
	a.check(err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error_code": 401, "message": "who are you?"}`))
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	a.make("server", []net.IP{net.IPv4(127, 0, 0, 1)})
	pair, err := tls.LoadX509KeyPair(a.path("server.pem"), a.path("server.key"))
	a.check(err)
	clients := x509.NewCertPool()
	clients.AddCert(a.certificate)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// run runs a command with an environment and returns its streams and exit code.
func run(environ []string, args ...string) (stdout, stderr string, code int) {
	var out, err bytes.Buffer
	m := &Main{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &err, Environ: environ}
	code = m.Run(context.Background(), args)
	return out.String(), err.String(), code
}

func TestCommandsSayWhoAsks(t *testing.T) {
	a := newAuthority(t)
	a.make("client", nil)
	schema := a.path("r.avsc")
	a.check(os.WriteFile(schema, []byte(`{"type": "record", "name": "R", "fields": []}`), 0o600))
	registry := guarded(t, a, func(r *http.Request) bool {
		name, password, basic := r.BasicAuth()
		return basic && name == "ann" && password == "se:cret" || r.Header.Get("Authorization") == "Bearer t0ken"
	})
	certificates := []string{"--cacert", a.path("ca.pem"), "--cert", a.path("client.pem"), "--key", a.path("client.key")}
	variables := []string{"SCHEMA_REGISTRY_CACERT=" + a.path("ca.pem"), "SCHEMA_REGISTRY_CERT=" + a.path("client.pem"), "SCHEMA_REGISTRY_KEY=" + a.path("client.key")}
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		code    int
		stderr  string
	}{
		{"by a password, with flags", nil, append([]string{"--registry", registry, "--user", "ann:se:cret"}, certificates...), exitOK, ""},
		{"by a token, with flags", nil, append([]string{"--registry", registry, "--token", "t0ken"}, certificates...), exitOK, ""},
		{"by a password, with variables", append([]string{"SCHEMA_REGISTRY_URL=" + registry, "SCHEMA_REGISTRY_BASIC_AUTH=ann:se:cret"}, variables...), nil, exitOK, ""},
		{"by a token, with variables", append([]string{"SCHEMA_REGISTRY_URL=" + registry, "SCHEMA_REGISTRY_TOKEN=t0ken"}, variables...), nil, exitOK, ""},
		{"by a password in the URL", variables, []string{"--registry", strings.Replace(registry, "https://", "https://ann:se%3Acret@", 1)}, exitOK, ""},
		{"wrongly", variables, []string{"--registry", registry, "--user", "ann:wrong"}, exitFailed, "who are you? (401)"},
		{"without an authority to trust", nil, []string{"--registry", registry, "--token", "t0ken"}, exitFailed, "certificate"},
		{"without a client certificate", variables[:1], []string{"--registry", registry, "--token", "t0ken"}, exitFailed, "cannot be reached"},
		{"with a certificate and no key", nil, []string{"--registry", registry, "--cert", a.path("client.pem")}, exitMisused, "both the certificate and its key"},
		{"with a user and no password", nil, []string{"--registry", registry, "--user", "ann"}, exitMisused, "name:password"},
		{"with a file that holds no certificate", nil, []string{"--registry", registry, "--cacert", a.path("ca.key")}, exitMisused, "holds no certificate"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, command := range [][]string{{"register", "r", schema}, {"get", "subjects"}, {"diff", "r", schema}, {"plan", a.dir}} {
				_, stderr, code := run(test.environ, append(command, test.args...)...)
				if code != test.code || !strings.Contains(stderr, test.stderr) {
					t.Errorf("%v: code %d, want %d; stderr: %s", command, code, test.code, stderr)
				}
				if strings.Contains(stderr, "cret") || strings.Contains(stderr, "t0ken") {
					t.Errorf("%v shows a secret: %s", command, stderr)
				}
			}
		})
	}
}

// A shell asks for the values of arguments and flags by a hidden command.
func TestShellsAreOfferedNames(t *testing.T) {
	registry := startServer(t, "--data", filepath.Join(t.TempDir(), "a.db"), "--shutdown-delay", "0s")
	environ := []string{"SCHEMA_REGISTRY_URL=" + registry}
	schema := filepath.Join(t.TempDir(), "r.avsc")
	if err := os.WriteFile(schema, []byte(`{"type": "record", "name": "R", "fields": []}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"orders-key", "orders-value", "money"} {
		if _, stderr, code := run(environ, "register", subject, schema); code != exitOK {
			t.Fatal(stderr)
		}
	}
	for _, test := range []struct {
		name   string
		args   []string
		offers []string
	}{
		{"subjects to show", []string{"get", "subject", "ord"}, []string{"orders-key", "orders-value"}},
		{"subjects to compare", []string{"diff", "mon"}, []string{"money"}},
		{"the second one too", []string{"diff", "money", "orders-v"}, []string{"orders-value"}},
		{"subjects to delete", []string{"delete", "mon"}, []string{"money"}},
		{"subjects to register", []string{"register", "mon"}, []string{"money"}},
		{"levels", []string{"set", "level", "FULL"}, []string{"FULL", "FULL_TRANSITIVE"}},
		{"then subjects", []string{"set", "level", "FULL", "mon"}, []string{"money"}},
		{"formats", []string{"diff", "-o", "side"}, []string{"side-by-side"}},
		{"commands", []string{"ap"}, []string{"apply"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			offered := func() (offers []string, code int, stderr string) {
				stdout, stderr, code := run(environ, append([]string{"__complete"}, test.args...)...)
				for line := range strings.Lines(stdout) {
					if offer, _, _ := strings.Cut(strings.TrimSpace(line), "\t"); !strings.HasPrefix(offer, ":") {
						if strings.HasPrefix(offer, test.args[len(test.args)-1]) {
							offers = append(offers, offer)
						}
					}
				}
				return offers, code, stderr
			}
			offers, code, stderr := offered()
			// On a busy machine the registry may not answer in the time that a shell waits.
			for end := time.Now().Add(patience); len(offers) == 0 && time.Now().Before(end); {
				offers, code, stderr = offered()
			}
			if code != exitOK || strings.Join(offers, " ") != strings.Join(test.offers, " ") {
				t.Errorf("offers %q, want %q; stderr: %s", offers, test.offers, stderr)
			}
		})
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if stdout, stderr, code := run(nil, "completion", shell); code != exitOK || !strings.Contains(stdout, "__complete") {
			t.Errorf("%s: code %d, %d bytes; %s", shell, code, len(stdout), stderr)
		}
	}
	// A registry that does not answer must not hold up the shell, nor write into it.
	start := time.Now()
	stdout, _, code := run([]string{"SCHEMA_REGISTRY_URL=http://127.0.0.1:1"}, "__complete", "get", "subject", "o")
	if took := time.Since(start); code != exitOK || took > 10*time.Second || strings.Contains(stdout, "127.0.0.1") {
		t.Errorf("code %d after %v: %s", code, took, stdout)
	}
}
