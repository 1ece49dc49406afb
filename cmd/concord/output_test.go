package main

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

func TestYAMLHasTheMembersOfTheJSONInTheirOrder(t *testing.T) {
	type inner struct {
		Z string `json:"z"`
		A any    `json:"a"`
	}
	value := []any{inner{"1", nil}, inner{"true", []string{}}, inner{"two\nlines\n", map[string]any{"k: v": 1.5, "é": false}}, inner{"<&\u2028\x01", int64(1) << 60}}
	var out strings.Builder
	if err := writeYAML(&out, value); err != nil {
		t.Fatal(err)
	}
	want := "- z: \"1\"\n  a: null\n- z: \"true\"\n  a: []\n- z: |\n    two\n    lines\n  a:\n    'k: v': 1.5\n    é: false\n"
	if !strings.HasPrefix(out.String(), want) {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	var back []map[string]any
	if err := yaml.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if back[3]["z"] != "<&\u2028\x01" || back[3]["a"] != 1<<60 {
		t.Errorf("read back %#v", back[3])
	}
}

func TestATableIsAlignedAndKeepsControlsOutOfTheTerminal(t *testing.T) {
	rows := newTable("NAME", "VERSION", "TYPE")
	rows.add("é", 1, "AVRO")
	rows.add("a\x1b[2Jb\nc", 22, "")
	var out strings.Builder
	if err := rows.write(&out); err != nil {
		t.Fatal(err)
	}
	want := "NAME      VERSION  TYPE\né         1        AVRO\na [2Jb c  22       -\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestColoursAreOnlyWrittenWhereTheyAreWanted(t *testing.T) {
	for _, test := range []struct {
		flag string
		env  []string
		want bool
	}{{"auto", nil, false}, {"always", []string{"NO_COLOR=1"}, true}, {"never", nil, false}} {
		m := &Main{Stdout: &strings.Builder{}, Environ: test.env, color: test.flag}
		if got := m.styleOf(m.Stdout).on; got != test.want {
			t.Errorf("--color %s with %v: got %v, want %v", test.flag, test.env, got, test.want)
		}
	}
}
