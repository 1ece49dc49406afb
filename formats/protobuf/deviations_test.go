package protobuf

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestDeviationsHaveReasons(t *testing.T) {
	data, err := os.ReadFile("testdata/deviations.json")
	if err != nil {
		t.Fatal(err)
	}
	var rules []struct{ Rule, Reason string }
	if err := json.Unmarshal(data, &rules); err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Rule == "" || r.Reason == "" {
			t.Errorf("a deviation without rule or reason: %+v", r)
		}
	}
}

func TestTextsWhereWeDeviateFromTheReference(t *testing.T) {
	for name, c := range map[string]struct{ text, canonical, normalized string }{
		"digits of numbers": {
			"message A { option (o).x = 1.23456; option (o).y = 0x10; option (o).z = 1e3; }",
			"option (o).x = 1.23456;\n  option (o).y = 0x10;\n  option (o).z = 1e3;",
			"option (o).x = 1.23456;\n  option (o).y = 16;\n  option (o).z = 1000;",
		},
		"the first value of a closed enum": {"enum E { C = 3; A = 1; B = 2; }", "C = 3;\n  A = 1;\n  B = 2;", "C = 3;\n  A = 1;\n  B = 2;"},
		"negative values of an open enum":  {"syntax = \"proto3\"; enum E { Z = 0; N = -1; B = 2; A = 1; }", "Z = 0;\n  N = -1;\n  B = 2;\n  A = 1;", "Z = 0;\n  N = -1;\n  A = 1;\n  B = 2;"},
		"the default of bytes":             {"message A { optional bytes b = 1 [default = \"a\\377\"]; }", "[default = \"a\\377\"]", "[default = \"a\\377\"]"},
		"unicode escapes":                  {"option x = \"\\u00e9\\U0001f600\\001\";", "option x = \"é😀\\001\";", "option x = \"é😀\\001\";"},
		"octal numbers":                    {"message A { optional int32 a = 010; }", "a = 8;", "a = 8;"},
		"options of extension ranges":      {"message A { extensions 5 to 9 [verification = UNVERIFIED]; }", "extensions 5 to 9 [verification = UNVERIFIED];", "extensions 5 to 9 [verification = UNVERIFIED];"},
		"a path through extensions":        {"message A { option (a).b.(c.d).e = 1; }", "option (a).b.(c.d).e = 1;", "option (a).b.(c.d).e = 1;"},
		"reserved names of an edition":     {"edition = \"2023\"; message A { reserved foo, bar; }", "reserved foo, bar;", "reserved bar;\n  reserved foo;"},
		"groups":                           {"message A { repeated group G = 1 { optional int32 x = 1; message N {} } }", "repeated group G = 1 {\n    optional int32 x = 1;\n  \n    message N {}\n  }", "repeated group G = 1 {\n    optional int32 x = 1;\n  \n    message N {}\n  }"},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustParse(t, c.text, nil)
			if got := s.Canonical(); !strings.Contains(got, c.canonical) {
				t.Errorf("canonical text\n%s\nwithout\n%s", got, c.canonical)
			}
			if got := normalized(t, s); !strings.Contains(got, c.normalized) {
				t.Errorf("normalized text\n%s\nwithout\n%s", got, c.normalized)
			}
		})
	}
}

func TestEditionsAndGroupsSurviveADescriptor(t *testing.T) {
	for _, text := range []string{
		"edition = \"2023\"; message A { string s = 1 [features.utf8_validation = NONE]; }",
		"message A { optional group G = 1 { optional int32 x = 1; } oneof o { group H = 2 { optional int32 x = 1; } } }",
	} {
		s := mustParse(t, text, nil)
		if got, want := normalized(t, throughDescriptor(t, s, nil)), normalized(t, s); got != want {
			t.Error(diff(want, got))
		}
	}
}
