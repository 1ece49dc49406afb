package jsonschema

import (
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

func TestCanonicalText(t *testing.T) {
	for name, c := range map[string]struct{ text, compact, sorted string }{
		"white space goes, order stays":              {` { "b" : [ 1 , 2 ] , "a" : true } `, `{"b":[1,2],"a":true}`, `{"a":true,"b":[1,2]}`},
		"the last of two members counts":             {`{"a":1,"b":2,"a":3}`, `{"a":3,"b":2}`, `{"a":3,"b":2}`},
		"large integers keep every digit":            {`[9007199254740993,-0]`, `[9007199254740993,0]`, `[9007199254740993,0]`},
		"decimals keep trailing zeros":               {`[1.0,0.10,-0.0]`, `[1.0,0.10,0.0]`, `[1.0,0.10,0.0]`},
		"exponents are spelled in one way":           {`[1e3,1.5E-7,12e-2,0.0000001]`, `[1E+3,1.5E-7,0.12,1E-7]`, `[1E+3,1.5E-7,0.12,1E-7]`},
		"escapes are the shortest":                   {`"\u0041\/\u00e9\u001f\n\"\\\ud83d\ude00"`, `"A/é\u001F\n\"\\😀"`, `"A/é\u001F\n\"\\😀"`},
		"a lone surrogate survives":                  {`"[^\ud800-\udfff]"`, `"[^\uD800-\uDFFF]"`, `"[^\uD800-\uDFFF]"`},
		"an object of many members":                  {`{"z":0,"y":0,"x":0,"w":0,"v":0,"u":0,"t":0,"s":0,"r":0,"q":0,"p":0,"o":0,"n":0,"z":1}`, `{"z":1,"y":0,"x":0,"w":0,"v":0,"u":0,"t":0,"s":0,"r":0,"q":0,"p":0,"o":0,"n":0}`, `{"n":0,"o":0,"p":0,"q":0,"r":0,"s":0,"t":0,"u":0,"v":0,"w":0,"x":0,"y":0,"z":1}`},
		"names sort by UTF-16 unit, not code point":  {`{"\uffee":1,"😀":2,"a":3}`, `{"` + "\uffee" + `":1,"😀":2,"a":3}`, `{"a":3,"😀":2,"` + "\uffee" + `":1}`},
		"empty containers, nested":                   {`[ ]`, `[]`, `[]`},
		"objects inside arrays are sorted as well":   {`[{"b":{},"a":null}]`, `[{"b":{},"a":null}]`, `[{"a":null,"b":{}}]`},
		"a boolean is a whole schema":                {` false`, `false`, `false`},
		"delete and no-break space need no escaping": {`"\u007f\u00a0"`, "\"\u007f\u00a0\"", "\"\u007f\u00a0\""},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Read(c.text, formats.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(AppendCompact(nil, v)); got != c.compact {
				t.Errorf("compact: %s, want %s", got, c.compact)
			}
			if got := string(AppendSorted(nil, v)); got != c.sorted {
				t.Errorf("sorted: %s, want %s", got, c.sorted)
			}
			again, err := Read(c.compact, formats.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := string(AppendCompact(nil, again)); got != c.compact {
				t.Errorf("the canonical text is no fixed point: %s, then %s", c.compact, got)
			}
		})
	}
}

func TestBeginningIsAllOfAShortTextAndMoreThanTheLimitOfALongOne(t *testing.T) {
	for _, text := range []string{
		`{"a":[1,2,{"b":"c"}],"d":null}`, `"\u00e9\u6f22\ud83d\ude00\u00e9\u6f22"`, `"[^\ud800-\udfff]\udfff"`, `{"\u6f22\u6f22\u6f22":true}`, `[[[[]]],1.50]`, `12345678901234567890`,
	} {
		v, err := Read(text, formats.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		whole := string(AppendCompact(nil, v))
		for limit := range len(whole) + 2 {
			got := Beginning(v, limit)
			if len(whole) <= limit && got != whole {
				t.Errorf("the first %d bytes of %s are %s", limit, whole, got)
			}
			if len(whole) > limit && (len(got) <= limit || !strings.HasPrefix(whole, got[:limit])) {
				t.Errorf("the first %d bytes of %s are %s", limit, whole, got)
			}
		}
	}
}
