package avro

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/cputest"
)

// repeat joins n texts made from their numbers.
func repeat(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
	}
	return strings.Join(parts, ",")
}

// adversaries are pairs that make a careless comparison slow, deep or large.
func adversaries() map[string][2]string {
	nest := func(n int, inner string) string {
		return strings.Repeat(`{"type":"array","items":`, n) + inner + strings.Repeat("}", n)
	}
	diamond := func(n int, leaf string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `{"type":"record","name":"D%d","fields":[{"name":"a","type":`, i)
		}
		b.WriteString(leaf)
		for i := n - 1; i >= 0; i-- {
			next := leaf
			if i < n-1 {
				next = fmt.Sprintf("\"D%d\"", i+1)
			}
			fmt.Fprintf(&b, `},{"name":"b","type":%s}]}`, next)
		}
		return b.String()
	}
	cycle := func(n int, leaf string) string {
		var b strings.Builder
		b.WriteString(`["null"`)
		for i := range n {
			fmt.Fprintf(&b, `,{"type":"record","name":"C%d","aliases":["Q%d"],"fields":[{"name":"next","type":["null","C%d"]},{"name":"v","type":%s}]}`, i, i, (i+1)%n, leaf)
		}
		return b.String() + "]"
	}
	records := `[` + repeat(700, `{"type":"record","name":"r#","fields":[{"name":"f","type":"int"}]}`) + `]`
	others := `[` + repeat(700, `{"type":"record","name":"s#","fields":[{"name":"f","type":"string"}]}`) + `]`
	enums := func(tag string) string {
		return `{"type":"enum","name":"E` + tag + `","symbols":[` + repeat(8000, `"S`+tag+`#"`) + `]}`
	}
	fields := func(t string) string {
		return `{"type":"record","name":"R","fields":[` + repeat(4000, `{"name":"f#","type":`+t+`}`) + `]}`
	}
	return map[string][2]string{
		"unions of 700 records that do not match": {records, others},
		"unions of 700 records that match":        {records, records},
		"arrays nested 450 deep":                  {nest(450, `"int"`), nest(450, `"string"`)},
		"a diamond of 150 levels":                 {diamond(150, `"int"`), diamond(150, `"string"`)},
		"a diamond of 150 levels of null":         {diamond(150, `"null"`), diamond(150, `"string"`)},
		"cycles of coprime lengths":               {cycle(97, `"int"`), cycle(89, `"string"`)},
		"cycles of coprime lengths that match":    {cycle(97, `"int"`), cycle(89, `"int"`)},
		"enums of 8000 symbols":                   {enums("a"), enums("b")},
		"records of 4000 fields":                  {fields(`"int"`), fields(`"string"`)},
		"a record that needs itself":              {`{"type":"record","name":"A","fields":[{"name":"a","type":"A"}]}`, `{"type":"record","name":"A","fields":[{"name":"a","type":"A"},{"name":"b","type":"int"}]}`},
		"a fixed of two gigabytes":                {`{"type":"fixed","name":"F","size":1}`, `{"type":"fixed","name":"F","size":2147483639}`},
	}
}

func TestComparingHostileSchemasEndsSoon(t *testing.T) {
	for name, texts := range adversaries() {
		t.Run(name, func(t *testing.T) {
			for _, pair := range [][2]string{texts, {texts[1], texts[0]}} {
				var err error
				// Each takes under two seconds; the test leaves room for a slower machine.
				took := cputest.Within(t, 10*time.Second, func() {
					_, err = Comparer{}.Compare(context.Background(), compat.Request{Reader: parse(t, pair[0]), Writer: parse(t, pair[1]), Direction: compat.NewReadsOld, Full: true})
				})
				var tooMuch *compat.WorkError
				if err != nil && !errors.As(err, &tooMuch) {
					t.Error(err)
				}
				t.Logf("%v, %v", took.Round(time.Millisecond), err)
			}
		})
	}
}

func TestReportsOfLongNamesAreBounded(t *testing.T) {
	schema := func(kind string) *avro.Schema {
		return parse(t, `{"type":"record","name":"`+strings.Repeat("k", 200_000)+`","fields":[`+repeat(1000, `{"name":"f#","type":"`+kind+`"}`)+`]}`)
	}
	out, err := Comparer{}.Compare(context.Background(), compat.Request{Reader: schema("string"), Writer: schema("int"), Full: true})
	if err != nil {
		t.Fatal(err)
	}
	bytes := 0
	for _, f := range out.Findings {
		bytes += len(f.ReaderPath) + len(f.WriterPath) + len(f.Message) + len(f.Hint)
	}
	if len(out.Findings) == 0 || bytes > 2*maxBytes {
		t.Errorf("%d findings of %d MB", len(out.Findings), bytes>>20)
	}
}

// Of each field of an enum the reference says which symbols are missing: three megabytes of them, nine thousand times, took all
// memory that there was.
func TestMessagesOfManyLongSymbolsAreBounded(t *testing.T) {
	schema := func(prefix string) *avro.Schema {
		return parse(t, `{"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":[`+
			repeat(1000, `"`+prefix+strings.Repeat("k", 1000)+`#"`)+`]}},`+repeat(1000, `{"name":"f#","type":"E"}`)+`]}`)
	}
	for _, full := range []bool{false, true} {
		out, err := Comparer{}.Compare(context.Background(), compat.Request{Reader: schema("a"), Writer: schema("b"), Full: full})
		if err != nil || out.Verdicts[compat.Reference] != compat.Incompatible {
			t.Fatalf("%+v, %v", out, err)
		}
		bytes := 0
		for _, message := range out.Messages {
			bytes += len(message)
		}
		if last := out.Messages[len(out.Messages)-1]; bytes > 8<<20 || !strings.Contains(last, "which are not listed") {
			t.Errorf("%d messages of %d MB, the last is %.100s", len(out.Messages), bytes>>20, last)
		}
	}
}

func TestComparingStopsWhenTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	texts := adversaries()["unions of 700 records that do not match"]
	_, err := Comparer{}.Compare(ctx, compat.Request{Reader: parse(t, texts[0]), Writer: parse(t, texts[1]), Full: true})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestMutuallyNestedTypesBeyondTheBoundAreRefused(t *testing.T) {
	cycle := func(prefix string, n int) string {
		var b strings.Builder
		b.WriteString(`{"type":"record","name":"Root","fields":[`)
		for i := range n {
			fmt.Fprintf(&b, `{"name":"f%d","type":["null",{"type":"record","name":"%s.C%d","fields":[{"name":"next","type":{"type":"array","items":"%s.C%d"}}]}]},`, i, prefix, i, prefix, (i+1)%n)
		}
		return strings.TrimSuffix(b.String(), ",") + `]}`
	}
	_, err := avro.Format{}.Parse(context.Background(), formats.Source{Text: cycle("a", 400)}, formats.Options{})
	var limit *formats.LimitError
	if err == nil || !errors.As(err, &limit) {
		t.Skipf("a cycle of 400 types prints within the limits: %v", err)
	}
}
