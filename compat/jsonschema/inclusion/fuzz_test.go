package inclusion

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats/cputest"
)

// FuzzDecide feeds any two texts that the validator compiles. Whatever they are, Decide ends, does not panic, and shows
// only instances that the validator confirms.
func FuzzDecide(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"type":"integer"}`, `{"type":"number","minimum":0}`},
		{`{"type":"object","properties":{"a":{"type":"string"}},"required":["a"]}`, `{"properties":{"a":{"pattern":"^x"}},"additionalProperties":false}`},
		{`{"$ref":"#/definitions/n","definitions":{"n":{"properties":{"next":{"$ref":"#/definitions/n"}}}}}`, `{"type":["object","null"]}`},
		{`{"oneOf":[{"type":"integer"},{"minimum":2}]}`, `{"not":{"enum":[1,2,3]}}`},
		{`{"items":[{"type":"string"}],"additionalItems":false,"uniqueItems":true}`, `{"contains":{"const":1},"maxItems":3}`},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","prefixItems":[true],"unevaluatedItems":false}`, `{"maxItems":1}`},
		{`{"$schema":"https://json-schema.org/draft/2020-12/schema","$dynamicAnchor":"n","properties":{"c":{"$dynamicRef":"#n"}},"unevaluatedProperties":false}`, `true`},
		{`{"format":"date","maxLength":9}`, `false`},
		{`{"multipleOf":0.01,"exclusiveMinimum":1e-3}`, `{"multipleOf":0.1}`},
		{`{"patternProperties":{"^a|b$":{"type":"null"}},"propertyNames":{"maxLength":2},"minProperties":3}`, `{"dependencies":{"a":["b"]}}`},
		{`{"if":{"required":["a"]},"then":{"maxProperties":1},"else":{"minProperties":1}}`, `{"minProperties":1}`},
		{`{"pattern":"(?!a)b"}`, `{"pattern":"b"}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, w, r string) {
		if len(w)+len(r) > 2000 {
			return
		}
		writer, err1 := schemaOf(w)
		reader, err2 := schemaOf(r)
		if err1 != nil || err2 != nil {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
		defer cancel()
		end := cputest.Limit(t, 5*time.Second)
		result, reasons := Explain(ctx, writer, reader, Limits{Steps: 50_000}, 3)
		end()
		if result.Verdict == NotIncluded && len(reasons) == 0 {
			t.Error("not included, without a reason")
		}
		for _, reason := range reasons {
			confirmWitness(t, w, writer, reader, reason)
		}
	})
}

// FuzzRandomPair lets the fuzzer choose the seed of a random pair, whose verdict random instances must not contradict.
func FuzzRandomPair(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := &random{Rand: rand.New(rand.NewPCG(99, seed))}
		w, rd := r.pair()
		writer, err1 := schemaOf(w)
		reader, err2 := schemaOf(rd)
		if err1 != nil || err2 != nil {
			return
		}
		result := Decide(context.Background(), writer, reader, Limits{})
		if result.Verdict != Included {
			return
		}
		if _, contradiction := r.contradict(writer, reader, w, rd); contradiction != nil {
			t.Errorf("included, but %s shows otherwise\nwriter %s\nreader %s", contradiction, w, rd)
		}
	})
}
