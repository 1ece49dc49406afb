package config_test

import (
	"bytes"
	"testing"

	"github.com/spf13/pflag"

	"github.com/concord-registry/concord/cmd/concord/config"
)

// FuzzFile holds two promises against any file: it is refused or read without a panic, and what was read is printed as a
// file that means the same.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"", "listen: :9000\ndata: x.db\n", "max-body-size: 1.5GiB\nidle-timeout: 1h\ngzip: no\n", "compatibility-level: full\n",
		"data: &a [*a]\n", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\ndata: *c\n", "<<: {data: x}\n", "? [data]\n: x\n",
		"data: !!binary aGVsbG8=\n", "data: |\n  two\n  lines\n", "\xff\xfe", "data: \"\\u0000\\x85#\"\n", "listen: \"unix:/tmp/a b\"\n",
		"%YAML 1.1\n---\nlog-level: DEBUG\n...\n", "- 1\n", "{listen: ':1', data: ''}", "max-schema-depth: 0o17\n", "pprof-listen: '[::1]:1'\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) > 1<<16 {
			t.Skip("a settings file is a page, not a book")
		}
		loader := config.NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError))
		first, err := loader.LoadText("fuzz.yaml", file)
		if err != nil {
			return
		}
		var printed bytes.Buffer
		if err := config.Print(&printed, loader.Settings(), "yaml"); err != nil {
			t.Fatal(err)
		}
		second, err := config.NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError)).LoadText("printed.yaml", printed.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, printed.String())
		}
		if *first != *second {
			t.Fatalf("got %+v, want %+v, from\n%s", *second, *first, printed.String())
		}
	})
}

// FuzzEnviron holds the same against a variable.
func FuzzEnviron(f *testing.F) {
	for _, seed := range []string{"CONCORD_LISTEN=:1", "CONCORD_=", "CONCORD_X", "=", "CONCORD_CORPUS=x", "CONCORD_PORT=tcp://1", "CONCORD_GZIP=T",
		"CONCORD_MAX_BODY_SIZE=9e9", "CONCORD_IDLE_TIMEOUT=-1h"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		if len(entry) > 1<<12 || len(entry) >= 14 && entry[:14] == "CONCORD_CONFIG" {
			t.Skip("would read files")
		}
		loader := config.NewLoader(pflag.NewFlagSet("", pflag.ContinueOnError))
		if _, err := loader.Load([]string{entry}); err != nil {
			return
		}
		if err := config.Print(new(bytes.Buffer), loader.Settings(), "json"); err != nil {
			t.Fatal(err)
		}
	})
}
