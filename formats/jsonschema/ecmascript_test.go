package jsonschema

import (
	"strings"
	"testing"
)

func TestPatternsOfECMAScriptAreRun(t *testing.T) {
	for _, c := range []struct {
		pattern       string
		match, differ []string
	}{
		{`^[\u0020-\u007E]+$`, []string{"a b~", " "}, []string{"", "é", "\n"}},
		{`^\u00e9$`, []string{"é"}, []string{"e", `\u00e9`}},
		{`^[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*$`, []string{"", "a\n", "𝒳", "\U0010FFFF"}, []string{"\x00", "\x07"}},
		{`^\ud83d\ude00$`, []string{"😀"}, []string{"", "a"}},
		{`^\u{1F600}$`, []string{"😀"}, []string{"u{1F600}"}},
		{`^\cJ\0$`, []string{"\n\x00"}, []string{"cJ0"}},
		{`^[^]$`, []string{"a", "\n", "]"}, []string{""}},
		{`^a|[]$`, []string{"ab"}, []string{"", "]"}},
		{`^[\b[\u0041]\u005D$`, []string{"\b]", "A]", "[]"}, []string{"b]"}},
		{`^(?<year>\d{4})\/\u0031$`, []string{"2024/1"}, []string{"2024"}},
	} {
		re, err := CompilePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		for _, s := range c.match {
			if !re.MatchString(s) {
				t.Errorf("%s does not match %q", c.pattern, s)
			}
		}
		for _, s := range c.differ {
			if re.MatchString(s) {
				t.Errorf("%s matches %q", c.pattern, s)
			}
		}
	}
	for _, pattern := range []string{`^(?!\u0041)b`, `(?=a)`, `(a)\1`, `(?<x>a)\k<x>`, `\u00`, `\u{110000}`, `\u{}`, `\u{41`, `\c1`, `\q`, `a\`, `\u0041(`} {
		if re, err := CompilePattern(pattern); err == nil {
			t.Errorf("%s became %s", pattern, re)
		}
	}
}

func TestInstancesAreHeldToPatternsOfECMAScript(t *testing.T) {
	v, err := parse(t, `{"type":"object","patternProperties":{"^\\u0061":{"type":"integer"},"^b$":{}},"additionalProperties":{"type":"string","pattern":"^[\\u0030-\\u0039]*$"}}`).Validator()
	if err != nil || !v.Exact {
		t.Fatal(v, err)
	}
	for instance, valid := range map[string]bool{`{"a1":1,"b":null,"c":"12"}`: true, `{"a1":"1"}`: false, `{"c":"x"}`: false} {
		if err := v.Validate([]byte(instance)); (err == nil) != valid {
			t.Errorf("%s: %v", instance, err)
		}
	}
}

func TestARewrittenPropertyPatternIsFoundInTheText(t *testing.T) {
	s := parse(t, `{"patternProperties":{"^\\u0061/~|b":{"type":"integer"}}}`)
	v, err := s.Validator()
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range v.Compiled().PatternProperties {
		d, value := s.Locate(sub.Location)
		if value == nil || d.Pointer(value) != `#/patternProperties/^\u0061~1~0|b` {
			t.Errorf("%s is found at %v", sub.Location, value)
		}
	}
}

func TestRewritingAPatternTakesNoLongerThanItIsLong(t *testing.T) {
	for _, part := range []string{`\u{`, `[]`, `[^]\ud800`, `[`, `\u0041`} {
		fromECMAScript(strings.Repeat(part, 1_000_000/len(part)))
	}
}
