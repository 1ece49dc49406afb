package inclusion

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats/cputest"
)

// Schemas that would cost too much if work were not counted. Where the verdict is not undecided it is right; all must end
// by the count of their steps, within 256 MB.
var hostile = []struct {
	name           string
	writer, reader string
	want           []Verdict
}{
	{"nested 240 deep, widened", nested(240, `{"type": "integer"}`), nested(240, `{"type": "number"}`), []Verdict{Included}},
	{"nested 240 deep, narrowed", nested(240, `{"type": "number"}`), nested(240, `{"type": "integer"}`), []Verdict{NotIncluded}},
	{"arrays nested 200 deep", strings.Repeat(`{"items":`, 200) + `{"type":"string"}` + strings.Repeat("}", 200),
		strings.Repeat(`{"items":`, 200) + `{"type":"string","minLength":1}` + strings.Repeat("}", 200), []Verdict{NotIncluded}},
	{"a bomb of allOf", bomb("allOf", 40, `{"type":"integer"}`), `{"type":"number"}`, []Verdict{Included}},
	{"a bomb of allOf that needs an instance", bomb("allOf", 40, `{"type":"number"}`), `{"type":"integer"}`, []Verdict{NotIncluded, Undecided}},
	{"a bomb of anyOf", bomb("anyOf", 40, `{"type":"integer"}`), `{"type":"number"}`, []Verdict{Included}},
	{"a bomb of properties", propertyBomb(30), `{"not":{"required":["l"]}}`, []Verdict{NotIncluded, Undecided}},
	{"a choice of two, twenty times", choices(20), `{"minProperties":20}`, []Verdict{Included, Undecided}},
	{"an exploding pattern", `{"type":"string","pattern":"^(a|b)*a(a|b){60}$"}`, `{"pattern":"^[ab]+$"}`, []Verdict{Included, Undecided}},
	{"two exploding patterns", `{"type":"string","pattern":"^(a|b)*a(a|b){30}$"}`, `{"pattern":"^(a|b)*b(a|b){29}$"}`, []Verdict{NotIncluded, Undecided}},
	{"many pattern properties", patternProperties(40, "integer"), patternProperties(40, "number"), []Verdict{Included, Undecided}},
	{"4,000 properties, widened", many(4000, "integer"), many(4000, "number"), []Verdict{Included}},
	{"4,000 properties, narrowed", many(4000, "number"), many(4000, "integer"), []Verdict{NotIncluded}},
	{"a billion items", `{"type":"array","minItems":1000000000}`, `{"minItems":999999999}`, []Verdict{Included}},
	{"a billion items, one too few", `{"type":"array","minItems":999999999}`, `{"minItems":1000000000}`, []Verdict{Undecided}},
	{"a thousand distinct items", `{"type":"array","minItems":1000,"uniqueItems":true,"items":{"type":"integer"}}`, `{"maxItems":999}`, []Verdict{NotIncluded, Undecided}},
	{"distinct items from too few", `{"type":"array","minItems":9,"uniqueItems":true,"items":{"enum":[1,2,3,4,5,6,7,8]}}`, `false`, []Verdict{Included}},
	{"lengths beyond all bounds", `{"type":"string","minLength":1000000000}`, `{"maxLength":5}`, []Verdict{NotIncluded, Undecided}},
	{"a pattern and a great length", `{"type":"string","minLength":100000,"pattern":"^(ab|c)*$"}`, `{"pattern":"^c"}`, []Verdict{NotIncluded, Undecided}},
	{"great and small numbers", `{"type":"number","exclusiveMinimum":0,"maximum":1e-5000}`, `{"minimum":1e-5000}`, []Verdict{NotIncluded}},
	{"a multiple of nearly nothing", `{"multipleOf":1e-5000,"minimum":1,"type":"number"}`, `{"multipleOf":1e-4999}`, []Verdict{NotIncluded}},
	{"multiples of 200 long numbers at once", longMultiples(1), longMultiples(2), []Verdict{NotIncluded, Undecided}},
	{"a million of something", `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"array","contains":{"type":"integer"},"minContains":1000000}`,
		`{"$schema":"https://json-schema.org/draft/2020-12/schema","minItems":1000001}`, []Verdict{NotIncluded, Undecided}},
	{"coprime multiples", `{"type":"integer","multipleOf":7919,"minimum":1,"maximum":1000000000000}`, `{"not":{"multipleOf":999999999989}}`, []Verdict{Included}},
	{"tagged unions, widened", tagged(150, "integer"), tagged(150, "number"), []Verdict{Included}},
	{"tagged unions, narrowed", tagged(150, "number"), tagged(150, "integer"), []Verdict{NotIncluded}},
	{"untagged unions", untagged(16), untagged(17), []Verdict{Included, Undecided}},
	{"untagged unions, one fewer", untagged(17), untagged(16), []Verdict{NotIncluded, Undecided}},
	{"mutually recursive unions", recursive(20, 5, "integer"), recursive(20, 5, "number"), []Verdict{Included}},
	{"a long chain of references", chain(2000, `{"type":"integer"}`), chain(2000, `{"type":"number"}`), []Verdict{Included}},
	{"a long chain of conjunctions", chain(2000, `{"type":"integer"}`), `{"type":"string"}`, []Verdict{NotIncluded, Undecided}},
	{"a schema of nothing but itself", `{"properties":{"a":{"$ref":"#"}},"required":["a"]}`, `{"type":"string"}`, []Verdict{NotIncluded}},
	{"an endless object", `{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}`, `false`, []Verdict{Included}},
	{"unevaluated properties under many conditions", unevaluated(14), `{"$schema":"https://json-schema.org/draft/2020-12/schema","maxProperties":20}`, []Verdict{Included, NotIncluded, Undecided}},
}

func nested(n int, leaf string) string {
	return strings.Repeat(`{"type":"object","required":["a"],"additionalProperties":false,"properties":{"a":`, n) + leaf + strings.Repeat("}}", n)
}

// bomb has levels that each refer twice to the next one.
func bomb(keyword string, levels int, leaf string) string {
	var defs []string
	for i := range levels {
		defs = append(defs, fmt.Sprintf(`"d%d":{"%s":[{"$ref":"#/definitions/d%d"},{"title":"x","%[2]s":[{"$ref":"#/definitions/d%[3]d"}]}]}`, i, keyword, i+1))
	}
	return fmt.Sprintf(`{"allOf":[{"$ref":"#/definitions/d0"}],"definitions":{%s,"d%d":%s}}`, strings.Join(defs, ","), levels, leaf)
}

// chain has links that each add something and refer to the next.
func chain(links int, end string) string {
	var defs []string
	for i := range links {
		defs = append(defs, fmt.Sprintf(`"d%d":{"allOf":[{"maximum":%d},{"$ref":"#/definitions/d%d"}]}`, i, 10000-i, i+1))
	}
	return fmt.Sprintf(`{"allOf":[{"$ref":"#/definitions/d0"}],"definitions":{%s,"d%d":%s}}`, strings.Join(defs, ","), links, end)
}

// propertyBomb requires two parts, each of which requires two parts, and so on.
func propertyBomb(levels int) string {
	var defs []string
	for i := range levels {
		defs = append(defs, fmt.Sprintf(`"d%d":{"type":"object","required":["l","r"],"properties":{"l":{"$ref":"#/definitions/d%d"},"r":{"$ref":"#/definitions/d%[2]d"}}}`, i, i+1))
	}
	return fmt.Sprintf(`{"allOf":[{"$ref":"#/definitions/d0"}],"definitions":{%s,"d%d":{"type":"integer"}}}`, strings.Join(defs, ","), levels)
}

func choices(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf(`{"anyOf":[{"required":["a%d"]},{"required":["b%[1]d"]}]}`, i))
	}
	return `{"type":"object","allOf":[` + strings.Join(parts, ",") + `]}`
}

func longMultiples(first int) string {
	var parts []string
	for i := range 200 {
		parts = append(parts, fmt.Sprintf(`{"multipleOf":%s%d}`, strings.Repeat("3", 400), 2*i+first))
	}
	return `{"type":"number","allOf":[` + strings.Join(parts, ",") + `]}`
}

func patternProperties(n int, kind string) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`"^.{%d}x":{"type":%q,"minimum":%d}`, i, kind, i))
	}
	return `{"type":"object","patternProperties":{` + strings.Join(members, ",") + `}}`
}

func many(n int, kind string) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`"p%d":{"type":"string","maxLength":%d}`, i, i%7))
	}
	return fmt.Sprintf(`{"type":"object","properties":{%s,"last":{"type":%q}}}`, strings.Join(members, ","), kind)
}

func tagged(n int, kind string) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`{"type":"object","required":["kind"],"properties":{"kind":{"const":"k%d"},"v":{"type":%q}},"additionalProperties":false}`, i, kind))
	}
	return `{"oneOf":[` + strings.Join(members, ",") + `]}`
}

func untagged(n int) string {
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf(`{"type":"object","required":["p%d"],"properties":{"p%[1]d":{"type":"integer","minimum":%[1]d}}}`, i))
	}
	return `{"anyOf":[` + strings.Join(members, ",") + `]}`
}

// recursive is a union of types each of which has properties of the union's type.
func recursive(types, properties int, kind string) string {
	var defs, members []string
	for i := range types {
		var own []string
		for k := range properties {
			own = append(own, fmt.Sprintf(`"ref%d":{"$ref":"#/definitions/any"}`, k))
		}
		defs = append(defs, fmt.Sprintf(`"t%d":{"type":"object","properties":{%s,"tag":{"const":"t%[1]d"},"extra":{"type":%[3]q}},"required":["tag"]}`, i, strings.Join(own, ","), kind))
		members = append(members, fmt.Sprintf(`{"$ref":"#/definitions/t%d"}`, i))
	}
	return fmt.Sprintf(`{"allOf":[{"$ref":"#/definitions/any"}],"definitions":{"any":{"oneOf":[%s]},%s}}`, strings.Join(members, ","), strings.Join(defs, ","))
}

func unevaluated(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, fmt.Sprintf(`{"if":{"required":["c%d"]},"then":{"properties":{"c%[1]d":true,"t%[1]d":true}},"else":{"properties":{"e%[1]d":true}}}`, i))
	}
	return `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","allOf":[` + strings.Join(parts, ",") + `],"unevaluatedProperties":false}`
}

func TestHostileSchemasEndWithinTheBudget(t *testing.T) {
	for _, test := range hostile {
		t.Run(test.name, func(t *testing.T) {
			writer, reader := mustSchema(t, test.writer), mustSchema(t, test.reader)
			peak := peakMemory()
			var result Result
			// The budget ends it within two seconds; this leaves room for a slower machine.
			took := cputest.Within(t, 15*time.Second, func() { result = Decide(context.Background(), writer, reader, Limits{}) })
			memory := peak()
			t.Logf("%s after %d steps, %v, %d MB (%s)", result.Verdict, result.Steps, took, memory>>20, result.Why)
			ok := false
			for _, want := range test.want {
				ok = ok || result.Verdict == want
			}
			if !ok {
				t.Errorf("verdict %s, want one of %v", result.Verdict, test.want)
			}
			if result.Verdict == NotIncluded {
				confirmWitness(t, test.name, writer, reader, result.Witness)
			}
			if memory > 256<<20 {
				t.Errorf("needed %d MB", memory>>20)
			}
		})
	}
}

// peakMemory samples the heap until the function it returns is called, which returns by how much it grew at most.
func peakMemory() func() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	before, highest := stats.HeapAlloc, stats.HeapAlloc
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			runtime.ReadMemStats(&stats)
			highest = max(highest, stats.HeapAlloc)
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return highest - before
	}
}
