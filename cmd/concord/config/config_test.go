package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/concord-registry/concord/cmd/concord/config"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

var update = flag.Bool("update", false, "rewrite docs/configuration.md")

// load reads settings the way the command does. file is the text of the YAML file; empty means there is none.
func load(t testing.TB, file string, environ []string, args ...string) (*config.Config, *config.Loader, error) {
	t.Helper()
	if file != "" {
		path := filepath.Join(t.TempDir(), "server.yaml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	loader := config.NewLoader(flags)
	if err := flags.Parse(args); err != nil {
		return nil, loader, err
	}
	cfg, err := loader.Load(environ)
	return cfg, loader, err
}

func TestAFlagWinsOverAVariableOverTheFileOverTheDefault(t *testing.T) {
	file := "listen: :1\ndata: file.db\nlog-format: json\n"
	env := []string{"CONCORD_LISTEN=:2", "CONCORD_DATA=env.db"}
	cfg, loader, err := load(t, file, env, "--listen", ":3")
	if err != nil {
		t.Fatal(err)
	}
	got := []string{string(cfg.Server.Listen), cfg.Server.Data, cfg.Log.Format, cfg.Log.Level}
	if want := ":3 env.db json info"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	var origins []string
	for _, s := range loader.Settings()[:4] {
		origins = append(origins, string(s.Origin.Kind))
	}
	if got, want := strings.Join(origins, " "), "flag environment file default"; got != want {
		t.Errorf("origins: got %s, want %s", got, want)
	}
}

func TestEveryKindOfValueIsReadFromEveryPlace(t *testing.T) {
	file := "max-body-size: 1.5MiB\nmax-schema-depth: 77\nidle-timeout: 1h30m\ngzip: false\ncompatibility-level: full\n"
	env := []string{"CONCORD_MAX_HEADER_SIZE=8KiB", "CONCORD_INCOMPATIBLE_CODE=40901", "CONCORD_MODE_MUTABILITY=false"}
	cfg, _, err := load(t, file, env, "--compatibility-policy", "Wire-Exact", "--shutdown-delay=0s", "--log-level", "DEBUG")
	if err != nil {
		t.Fatal(err)
	}
	want := config.Default()
	want.Limits.BodySize = 3 << 19
	want.Limits.SchemaDepth = 77
	want.Limits.HeaderSize = 8 << 10
	want.Timeouts.Idle = 90 * time.Minute
	want.Timeouts.ShutdownDelay = 0
	want.Answers.Gzip = false
	want.Answers.IncompatibleCode = 40901
	want.Answers.ModeMutability = false
	want.Compatibility.Level = compat.Full
	want.Compatibility.Policy = compat.PolicyWireExact
	want.Log.Level = "debug"
	if *cfg != *want {
		t.Errorf("got  %+v\nwant %+v", *cfg, *want)
	}
}

func TestABoolFlagNeedsNoValue(t *testing.T) {
	cfg, _, err := load(t, "gzip: false", nil, "--gzip")
	if err != nil || !cfg.Answers.Gzip {
		t.Errorf("gzip %v, error %v", cfg.Answers.Gzip, err)
	}
}

func TestTheVariableConcordConfigNamesTheFileAndTheFlagWins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.yaml")
	if err := os.WriteFile(path, []byte("data: a.db"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := load(t, "", []string{"CONCORD_CONFIG=" + path})
	if err != nil || cfg.Server.Data != "a.db" {
		t.Errorf("data %v, error %v", cfg, err)
	}
	cfg, _, err = load(t, "data: b.db", []string{"CONCORD_CONFIG=" + path})
	if err != nil || cfg.Server.Data != "b.db" {
		t.Errorf("data %v, error %v", cfg, err)
	}
}

func TestMistakesAreNamedWithTheirPlaceAndTheRightName(t *testing.T) {
	for _, test := range []struct {
		name, file string
		env, args  []string
		want       string // {file} stands for the path
	}{
		{name: "a key that does not exist", file: "# settings\nmax-body-sise: 1MiB",
			want: `{file}:2: unknown setting "max-body-sise"; did you mean max-body-size?`},
		{name: "a key with underscores", file: "log_format: json",
			want: `{file}:1: unknown setting "log_format"; did you mean log-format?`},
		{name: "a key that resembles nothing", file: "kafkastore.bootstrap.servers: x",
			want: `{file}:1: unknown setting "kafkastore.bootstrap.servers"`},
		{name: "a key given twice", file: "data: a\nlisten: :1\ndata: b",
			want: `{file}:3: data is already set in line 1`},
		{name: "a key with a list", file: "listen: [':1', ':2']",
			want: `{file}:1: listen needs a single value; quote it if it holds blanks or colons`},
		{name: "a key without a value", file: "data:",
			want: `{file}:1: data needs a single value; quote it if it holds blanks or colons`},
		{name: "a list instead of keys", file: "- data: a",
			want: "{file}:1: settings are written as `name: value`, one a line"},
		{name: "two documents", file: "data: a\n---\ndata: b",
			want: "{file}: one YAML document is expected; remove the lines from the second '---' on"},
		{name: "settings below a common word", file: "backup:\n  schedule: 6h\n  keep: 3\n",
			want: "{file}:2: settings are not nested, and there is none called \"backup.schedule\"; did you mean backup-schedule?\n" +
				`{file}:3: settings are not nested, and there is none called "backup.keep"; did you mean backup-keep?`},
		{name: "the file itself as a setting", file: "config: other.yaml", want: `{file}:1: unknown setting "config"`},
		{name: "a value that is wrong in the file", file: "\nmax-body-size: ten",
			want: `{file}:2: max-body-size: "ten" is not a size; write one like 512KiB or 10MiB`},
		{name: "a variable that does not exist", env: []string{"CONCORD_LISEN=:1"},
			want: `unknown variable CONCORD_LISEN; did you mean CONCORD_LISTEN?`},
		{name: "a variable with a wrong value", env: []string{"CONCORD_LOG_FORMAT=jason"},
			want: `CONCORD_LOG_FORMAT: "jason" is not one of text, json; did you mean json?`},
		{name: "a port without a colon", env: []string{"CONCORD_LISTEN=8081"},
			want: `CONCORD_LISTEN: "8081" is not an address; write :8081 to listen on that port`},
		{name: "a variable that a script left empty", env: []string{"CONCORD_LISTEN="},
			want: "CONCORD_LISTEN: the value is empty; give one, or leave the setting out"},
		{name: "an empty name of the file", args: []string{"--config", ""}, want: "--config: the value is empty; give one, or leave the setting out"},
		{name: "a variable that names no file", env: []string{"CONCORD_CONFIG="}, want: "CONCORD_CONFIG: the value is empty; give one, or leave the setting out"},
		{name: "an empty data file", args: []string{"--data", ""},
			want: `invalid argument "" for "--data" flag: the value is empty; give one, or leave the setting out`},
		{name: "several at once", file: "dta: x", env: []string{"CONCORD_GZIP=maybe", "CONCORD_DATE=x"},
			want: "{file}:1: unknown setting \"dta\"; did you mean data?\n" +
				"unknown variable CONCORD_DATE; did you mean CONCORD_DATA?\n" +
				`CONCORD_GZIP: "maybe" is neither true nor false`},
		{name: "a flag with a wrong value", args: []string{"--max-schema-depth", "1e3"},
			want: `invalid argument "1e3" for "--max-schema-depth" flag: "1e3" is not a whole number`},
		{name: "a flag below its bound", args: []string{"--max-schema-depth=1"},
			want: `invalid argument "1" for "--max-schema-depth" flag: 1 is out of range; it must be at least 10`},
		{name: "a flag above its bound", args: []string{"--max-header-size=1GiB"},
			want: `invalid argument "1GiB" for "--max-header-size" flag: 1GiB is out of range; it must be at most 16MiB`},
		{name: "profiles for the whole network", args: []string{"--pprof-listen=:6060"},
			want: `invalid argument ":6060" for "--pprof-listen" flag: ":6060" can be reached from other machines; use a loopback address such as localhost:6060`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, loader, err := load(t, test.file, test.env, test.args...)
			if err == nil {
				t.Fatal("no error")
			}
			_ = loader
			got := err.Error()
			if i := strings.Index(got, "server.yaml"); i >= 0 {
				got = strings.ReplaceAll(got, got[:i]+"server.yaml", "{file}")
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestAFileThatIsNamedMustBeThere(t *testing.T) {
	_, _, err := load(t, "", []string{"CONCORD_CONFIG=/nowhere/server.yaml"})
	if err == nil || !strings.Contains(err.Error(), "CONCORD_CONFIG") || !strings.Contains(err.Error(), "/nowhere/server.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAnEmptyFileAndOneOfCommentsSetNothing(t *testing.T) {
	for _, file := range []string{"\n", "# nothing\n", "---\n", "{}", "null"} {
		cfg, _, err := load(t, file, nil)
		if err != nil {
			t.Errorf("%q: %v", file, err)
		} else if *cfg != *config.Default() {
			t.Errorf("%q changes %+v", file, *cfg)
		}
	}
}

func TestVariablesThatKubernetesMakesAreNoSettings(t *testing.T) {
	env := []string{
		"CONCORD_SERVICE_HOST=10.0.0.7", "CONCORD_SERVICE_PORT=8081", "CONCORD_SERVICE_PORT_HTTP=8081",
		"CONCORD_PORT=tcp://10.0.0.7:8081", "CONCORD_PORT_8081_TCP=tcp://10.0.0.7:8081", "CONCORD_PORT_8081_TCP_PROTO=tcp",
		"CONCORD_PORT_8081_TCP_PORT=8081", "CONCORD_PORT_8081_TCP_ADDR=10.0.0.7", "CONCORD_HEADLESS_SERVICE_HOST=10.0.0.8",
		"CONCORD_HEADLESS_PORT=tcp://10.0.0.8:80", "CONCORDE=1", "XCONCORD_LISTEN=:1",
	}
	cfg, _, err := load(t, "", env)
	if err != nil {
		t.Fatal(err)
	}
	if *cfg != *config.Default() {
		t.Errorf("they change the settings: %+v", *cfg)
	}
}

func TestDefaultsAgreeWithThePackagesTheyConfigure(t *testing.T) {
	cfg := config.Default()
	limits := formats.Limits{Bytes: int(cfg.Limits.SchemaSize), Depth: cfg.Limits.SchemaDepth, Nodes: cfg.Limits.SchemaNodes}
	if limits != formats.DefaultLimits() {
		t.Errorf("limits are %+v, package formats has %+v", limits, formats.DefaultLimits())
	}
	_, loader, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	oneOf := map[string]string{}
	for _, s := range loader.Settings() {
		oneOf[s.Name] = strings.Join(s.OneOf, " ")
	}
	var levels, policies []string
	for _, l := range compat.Levels() {
		levels = append(levels, string(l))
	}
	for _, p := range compat.Policies() {
		policies = append(policies, string(p))
	}
	if got, want := oneOf["compatibility-level"], strings.Join(levels, " "); got != want {
		t.Errorf("levels: got %s, want %s", got, want)
	}
	if got, want := oneOf["compatibility-policy"], strings.Join(policies, " "); got != want {
		t.Errorf("policies: got %s, want %s", got, want)
	}
}

func TestPrintedYAMLIsAFileThatMeansTheSame(t *testing.T) {
	first, loader, err := load(t, "data: \"a # b: c.db\"\nidle-timeout: 90s\n", []string{"CONCORD_LISTEN=127.0.0.1:0"}, "--gzip=false", "--max-body-size=1000000")
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := config.Print(&printed, loader.Settings(), "yaml"); err != nil {
		t.Fatal(err)
	}
	second, _, err := load(t, printed.String(), nil)
	if err != nil {
		t.Fatalf("%v in\n%s", err, printed.String())
	}
	if *first != *second {
		t.Errorf("got  %+v\nwant %+v\nfrom\n%s", *second, *first, printed.String())
	}
}

func TestPrintedJSONHasValuesOfTheirType(t *testing.T) {
	_, loader, err := load(t, "", []string{"CONCORD_GZIP=false"}, "--max-schema-depth", "100")
	if err != nil {
		t.Fatal(err)
	}
	var printed bytes.Buffer
	if err := config.Print(&printed, loader.Settings(), "json"); err != nil {
		t.Fatal(err)
	}
	var rows []struct {
		Name, From, Where, Variable, Help string
		Value                             any
	}
	if err := json.Unmarshal(printed.Bytes(), &rows); err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for _, row := range rows {
		got[row.Name] = row.Value
		if row.Name == "gzip" && (row.From != "environment" || row.Where != "CONCORD_GZIP" || row.Variable != "CONCORD_GZIP") {
			t.Errorf("gzip: %+v", row)
		}
	}
	for name, want := range map[string]any{"gzip": false, "max-schema-depth": 100.0, "max-body-size": "10MiB", "write-timeout": "1m"} {
		if got[name] != want {
			t.Errorf("%s is %#v, want %#v", name, got[name], want)
		}
	}
}

func TestASecretIsNeverPrintedNorRepeatedInAnError(t *testing.T) {
	var secrets struct {
		Group struct {
			Password config.Secret `name:"password" help:"what nobody may see"`
			Plain    string        `name:"plain" help:"what anybody may see"`
		} `group:"Access"`
	}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	loader := config.NewLoaderOf(&secrets, flags)
	if _, err := loader.Load([]string{"CONCORD_PASSWORD=hunter2", "CONCORD_PLAIN=seen"}); err != nil {
		t.Fatal(err)
	}
	if secrets.Group.Password != "hunter2" {
		t.Errorf("the program gets %q", string(secrets.Group.Password))
	}
	for _, format := range []string{"text", "json", "yaml"} {
		var printed bytes.Buffer
		if err := config.Print(&printed, loader.Settings(), format); err != nil {
			t.Fatal(err)
		}
		text := printed.String()
		if strings.Contains(text, "hunter2") || !strings.Contains(text, "redacted") || !strings.Contains(text, "seen") {
			t.Errorf("%s:\n%s", format, text)
		}
	}
}

func TestTheDocumentationIsCurrent(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "configuration.md")
	var want bytes.Buffer
	if err := config.Markdown(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("docs/configuration.md is not what the settings say; run go test ./cmd/concord/config -run Documentation -update")
	}
}
