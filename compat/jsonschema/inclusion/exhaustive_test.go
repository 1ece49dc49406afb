package inclusion

import (
	"context"
	"encoding/json"
	"fmt"
	mathbits "math/bits"
	"strings"
	"testing"
)

// family is a set of schemas that are compared each with each, and every instance of a small world that they speak about.
type family struct {
	name    string
	drafts  []int
	schemas []string
	world   func() []any
	open    int // how many of the pairs may stay undecided, all drafts together
}

// acceptance is the part of a world that a schema accepts, one bit for each instance.
type acceptance []uint64

func accepted(s Schema, world []any) acceptance {
	out := make(acceptance, (len(world)+63)/64)
	for i, instance := range world {
		if s.Compiled.Validate(instance) == nil {
			out[i/64] |= 1 << (i % 64)
		}
	}
	return out
}

// beyond returns an instance that w accepts and r does not.
func (w acceptance) beyond(r acceptance, world []any) (any, bool) {
	for i := range w {
		if only := w[i] &^ r[i]; only != 0 {
			return world[64*i+mathbits.TrailingZeros64(only)], true
		}
	}
	return nil, false
}

// relative is one schema of a family in one draft.
type relative struct {
	text    string
	schema  Schema
	accepts acceptance
}

// TestFamiliesOfSchemasAgainstEveryInstanceOfASmallWorld compares each schema with each other and holds the verdicts against all
// instances of a small world. "Included" must have no exception there; "not included" comes with an instance that the
// validator confirms; undecided are only pairs that hang on an expression which is not regular.
func TestFamiliesOfSchemasAgainstEveryInstanceOfASmallWorld(t *testing.T) {
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				f.drafts = f.drafts[len(f.drafts)-1:]
			}
			world := f.world()
			count, refused := map[Verdict]int{}, 0
			for _, draft := range f.drafts {
				var members []relative
				for _, text := range f.schemas {
					full := inDialect(draft, text)
					s, err := schemaOf(full)
					if err != nil {
						refused++ // a keyword that the draft's metaschema does not know in this form
						continue
					}
					members = append(members, relative{full, s, accepted(s, world)})
				}
				for _, w := range members {
					for _, r := range members {
						count[f.judge(t, w, r, world)]++
					}
				}
			}
			t.Logf("%d instances; %d pairs included, %d not included, %d undecided; %d schemas are of no use in their draft",
				len(world), count[Included], count[NotIncluded], count[Undecided], refused)
			if count[Undecided] > f.open {
				t.Errorf("%d pairs are undecided, expected are at most %d", count[Undecided], f.open)
			}
		})
	}
}

func (f family) judge(t *testing.T, w, r relative, world []any) Verdict {
	result := Decide(context.Background(), w.schema, r.schema, Limits{})
	exception, found := w.accepts.beyond(r.accepts, world)
	switch {
	case result.Verdict == NotIncluded:
		confirmWitness(t, w.text+" with "+r.text, w.schema, r.schema, result.Witness)
	case result.Verdict == Included && found:
		text, _ := json.Marshal(exception)
		t.Errorf("included, but not %s\nwriter %s\nreader %s", text, w.text, r.text)
	case result.Verdict == Undecided && f.open == 0:
		t.Errorf("undecided: %s\nwriter %s\nreader %s", result.Why, w.text, r.text)
	}
	return result.Verdict
}

func inDialect(draft int, text string) string {
	if text == "true" || text == "false" {
		return fmt.Sprintf(`{"$schema":%q,"allOf":[%s]}`, dialects[draft], text)
	}
	separator := ","
	if text == "{}" {
		separator = ""
	}
	return fmt.Sprintf(`{"$schema":%q%s%s`, dialects[draft], separator, strings.TrimSpace(text)[1:])
}

// TestDraftsAreComparedWithEachOther takes the same texts as schemas of different drafts, whose keywords mean different things.
func TestDraftsAreComparedWithEachOther(t *testing.T) {
	texts := []string{
		`{"exclusiveMinimum":2,"minimum":1}`, `{"exclusiveMinimum":true,"minimum":2}`, `{"const":1}`, `{"enum":[1]}`, `{"contains":{"type":"null"}}`,
		`{"items":[{"type":"string"}],"additionalItems":false}`, `{"prefixItems":[{"type":"string"}],"items":false}`, `{"prefixItems":[{"type":"string"}]}`,
		`{"dependencies":{"a":["b"]}}`, `{"dependentRequired":{"a":["b"]}}`, `{"if":{"type":"string"},"then":{"maxLength":1},"else":false}`,
		`{"propertyNames":{"maxLength":1}}`, `{"contains":{"type":"null"},"minContains":2}`, `{"contains":{"type":"null"},"minContains":0}`,
		`{"unevaluatedProperties":false}`, `{"unevaluatedItems":false}`, `{"type":"integer"}`, `{"format":"ipv4"}`,
		`{"definitions":{"s":{"type":"string"}},"$ref":"#/definitions/s","maxLength":1}`, `{"dependentSchemas":{"a":{"required":["b"]}}}`,
	}
	world := append(smallObjects([]string{"a", "b", "ab"}, []any{nil, number("1")}),
		append(smallArrays(3, []any{nil, "a", number("1")}), number("1"), number("1.0"), number("2"), number("2.5"), number("3"), "", "a", "abc", "1.2.3.4", nil, true)...)
	var members []relative
	for _, draft := range []int{4, 6, 7, 2019, 2020} {
		for _, text := range texts {
			full := inDialect(draft, text)
			if s, err := schemaOf(full); err == nil {
				members = append(members, relative{full, s, accepted(s, world)})
			}
		}
	}
	count := map[Verdict]int{}
	for _, w := range members {
		for _, r := range members {
			count[(family{}).judge(t, w, r, world)]++
		}
	}
	t.Logf("%d schemas, %d instances; %d pairs included, %d not included", len(members), len(world), count[Included], count[NotIncluded])
}

// The worlds.

func number(text string) json.Number { return json.Number(text) }

func smallNumbers() []any {
	out := []any{nil, true, "1", []any{}, map[string]any{}}
	for i := -60; i <= 60; i++ {
		out = append(out, number(fmt.Sprintf("%d", i)), number(fmt.Sprintf("%de-1", i)), number(fmt.Sprintf("%de-2", i)))
	}
	for _, text := range []string{"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994", "-9007199254740993", "1e308", "1e309", "1e-400",
		"0.1", "0.30000000000000004", "0.3", "3.0", "100", "100.5", "1e2", "12345678901234567890", "-0", "0.0"} {
		out = append(out, number(text))
	}
	return out
}

// words are all strings over an alphabet up to a length, and more.
func words(alphabet []string, longest int, more ...string) []any {
	level := []string{""}
	out := []any{"", nil, number("0"), number("12"), true, []any{"a"}}
	for range longest {
		var next []string
		for _, prefix := range level {
			for _, letter := range alphabet {
				next = append(next, prefix+letter)
				out = append(out, prefix+letter)
			}
		}
		level = next
	}
	for _, word := range more {
		out = append(out, word)
	}
	return out
}

// smallArrays are all arrays of the values up to a length.
func smallArrays(longest int, values []any) []any {
	level := [][]any{{}}
	out := []any{[]any{}}
	for range longest {
		var next [][]any
		for _, prefix := range level {
			for _, v := range values {
				array := append(append([]any{}, prefix...), v)
				next = append(next, array)
				out = append(out, array)
			}
		}
		level = next
	}
	return out
}

// smallObjects are all objects in which each of the names is absent or has one of the values.
func smallObjects(names []string, values []any) []any {
	level := []map[string]any{{}}
	for _, name := range names {
		var next []map[string]any
		for _, object := range level {
			next = append(next, object)
			for _, v := range values {
				larger := map[string]any{name: v}
				for k, old := range object {
					larger[k] = old
				}
				next = append(next, larger)
			}
		}
		level = next
	}
	out := make([]any, len(level))
	for i := range level {
		out[i] = level[i]
	}
	return out
}

// smallTrees are objects with the members v and next, or l and r, nested up to a depth.
func smallTrees(depth int) []any {
	leaves := []any{nil, number("1"), "s", true, []any{}}
	if depth == 0 {
		return leaves
	}
	below := smallTrees(depth - 1)
	out := append([]any{map[string]any{}}, leaves...)
	for i, inner := range below {
		out = append(out, map[string]any{"next": inner}, map[string]any{"next": inner, "v": leaves[i%len(leaves)]}, []any{inner},
			map[string]any{"l": inner, "r": below[(i*7+3)%len(below)]}, map[string]any{"next": inner, "x": number("1")}, []any{inner, below[(i*5+1)%len(below)]})
	}
	return out
}
