package jsonschema

import (
	"errors"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

func TestReadRefusesWhatIsNotJSON(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		line, column int
	}{
		"an empty text":                     {"", 1, 1},
		"a bare word":                       {"nul", 1, 1},
		"text after the value":              {"{} x", 1, 4},
		"a missing comma":                   {"{\"a\":1\n \"b\":2}", 2, 2},
		"a trailing comma in an object":     {`{"a":1,}`, 1, 8},
		"a trailing comma in an array":      {`[1,]`, 1, 4},
		"a name without quotes":             {`{a:1}`, 1, 2},
		"a string without end":              {`"abc`, 1, 1},
		"a control character in a string":   {"\"a\x01\"", 1, 3},
		"an unknown escape":                 {`"\x"`, 1, 2},
		"a short unicode escape":            {`"\u12"`, 1, 2},
		"a leading zero":                    {`01`, 1, 1},
		"a lone minus":                      {`-`, 1, 2},
		"a point without digits":            {`1.`, 1, 3},
		"an exponent without digits":        {`1e+`, 1, 4},
		"bytes that are not UTF-8":          {"\"\xff\"", 1, 1},
		"an object that is never closed":    {`{"a":1`, 1, 7},
		"an array that is never closed":     {`[1`, 1, 3},
		"a member without a value":          {`{"a"}`, 1, 5},
		"a column counts code points":       {`"é" x`, 1, 5},
		"NaN, which is not JSON":            {`NaN`, 1, 1},
		"a comment, which JSON has not":     {"// x\n1", 1, 1},
		"single quotes, which JSON has not": {`'a'`, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.text, formats.Limits{})
			var fault *formats.ParseError
			if !errors.As(err, &fault) || fault.Span == nil {
				t.Fatalf("got %v, want a ParseError with a place", err)
			}
			if got := fault.Span.Start; got.Line != c.line || got.Column != c.column {
				t.Errorf("%v at %d:%d, want %d:%d", err, got.Line, got.Column, c.line, c.column)
			}
		})
	}
}

func TestReadStopsAtItsLimits(t *testing.T) {
	for name, c := range map[string]struct {
		text   string
		limits formats.Limits
		limit  string
	}{
		"bytes":          {`"12345678"`, formats.Limits{Bytes: 9}, "bytes"},
		"nesting":        {strings.Repeat("[", 1_000_000), formats.Limits{}, "levels of nesting"},
		"nested objects": {strings.Repeat(`{"a":`, 501), formats.Limits{}, "levels of nesting"},
		"values":         {"[" + strings.Repeat("0,", 500_000) + "0]", formats.Limits{}, "JSON values"},
		"digits":         {strings.Repeat("1", maxDigits+1), formats.Limits{}, "digits in a number"},
		"exponents":      {"1e10001", formats.Limits{}, "for the exponent of a number"},
		"more exponents": {"1e-999999999999999999999999", formats.Limits{}, "for the exponent of a number"},
		"exponents that canonical text makes larger":       {"10e10000", formats.Limits{}, "for the exponent of a number"},
		"small exponents that canonical text makes larger": {"0.01e-10000", formats.Limits{}, "for the exponent of a number"},
		"digits that canonical text puts zeros before":     {strings.Repeat("1", 10_000) + "e-10000", formats.Limits{}, "digits in a number"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read(c.text, c.limits)
			var limit *formats.LimitError
			if !errors.As(err, &limit) || limit.Limit != c.limit {
				t.Fatalf("got %v, want the limit %q", err, c.limit)
			}
		})
	}
}

func TestValuesKnowTheirPlace(t *testing.T) {
	text := "{\"a\": [1,\n  {\"b\": \"é\"}], \"c\": 2}"
	v, err := Read(text, formats.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for pointer, want := range map[string]string{"": text, "/a/0": "1", "/a/1": `{"b": "é"}`, "/a/1/b": `"é"`, "/c": "2"} {
		if got := v.At(pointer); got == nil || text[got.Start:got.End] != want {
			t.Errorf("%s: %v, want %s", pointer, got, want)
		}
	}
	for _, pointer := range []string{"/x", "/a/2", "/a/01", "/a/-1", "a", "/c/0"} {
		if v.At(pointer) != nil {
			t.Errorf("%s leads somewhere", pointer)
		}
	}
}

func TestEqualComparesValuesNotTexts(t *testing.T) {
	for name, c := range map[string]struct {
		a, b string
		want bool
	}{
		"numbers by value":            {`1.0`, `1e0`, true},
		"numbers beyond float64":      {`9007199254740993`, `9007199254740992`, false},
		"objects without order":       {`{"a":1,"b":2}`, `{"b":2,"a":1}`, true},
		"objects by their members":    {`{"a":1}`, `{"b":1}`, false},
		"arrays with order":           {`[1,2]`, `[2,1]`, false},
		"kinds":                       {`"1"`, `1`, false},
		"null and false":              {`null`, `false`, false},
		"true and true":               {`true`, `true`, true},
		"a member more on one side":   {`{"a":1}`, `{"a":1,"b":2}`, false},
		"nested arrays of one length": {`[[1],[2]]`, `[[1],[2.0]]`, true},
	} {
		t.Run(name, func(t *testing.T) {
			a, _ := Read(c.a, formats.Limits{})
			b, _ := Read(c.b, formats.Limits{})
			if a.Equal(b) != c.want || b.Equal(a) != c.want {
				t.Errorf("%s = %s: want %v", c.a, c.b, c.want)
			}
		})
	}
}
