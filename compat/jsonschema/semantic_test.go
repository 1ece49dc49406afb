package jsonschema

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
)

var both = []compat.Relation{compat.Reference, compat.Semantic}

func TestFindingsSayWhichRelationTheyBreak(t *testing.T) {
	type finding struct {
		code    string
		breaks  []compat.Relation
		witness string // what it must contain; empty when there must be none
	}
	for name, c := range map[string]struct {
		writer, reader string
		lenient        bool
		semantic       compat.Verdict
		findings       []finding
	}{
		"an optional property of an open object loses data that was never declared": {
			writer:   `{"type":"object","properties":{"a":{"type":"string"}}}`,
			reader:   `{"type":"object","properties":{"a":{"type":"string"},"email":{"type":"string"}}}`,
			semantic: compat.Incompatible,
			findings: []finding{{"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", both, `"email":`}},
		},
		"the lenient setting accepts it, and the report still shows the data": {
			writer:   `{"type":"object","properties":{"a":{"type":"string"}}}`,
			reader:   `{"type":"object","properties":{"a":{"type":"string"},"email":{"type":"string"}}}`,
			lenient:  true,
			semantic: compat.Incompatible,
			findings: []finding{{"OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL", []compat.Relation{compat.Semantic}, `"email":`}},
		},
		"a forgiven difference without data is not mentioned": {
			writer:   `{"type":"object","properties":{"a":false},"additionalProperties":false}`,
			reader:   `{"type":"object","additionalProperties":false}`,
			lenient:  true,
			semantic: compat.Compatible,
		},
		"anyOf written as a list of types breaks the rules alone": {
			writer:   `{"anyOf":[{"type":"string"},{"type":"null"}]}`,
			reader:   `{"not":{"not":{"type":["string","null"]}}}`,
			semantic: compat.Compatible,
			findings: []finding{{"TYPE_CHANGED", []compat.Relation{compat.Reference}, ""}},
		},
		"a required name that nobody declares is beyond the reference": {
			writer:   `{"type":"object"}`,
			reader:   `{"type":"object","required":["x"]}`,
			semantic: compat.Incompatible,
			findings: []finding{{NotIncluded, []compat.Relation{compat.Semantic}, "{}"}},
		},
		"independent reasons have a finding each": {
			writer:   `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string"},"b":{"type":"number"},"c":{}}}`,
			reader:   `{"type":"object","additionalProperties":false,"properties":{"a":{"type":"string","maxLength":3},"b":{"type":"integer"}},"required":["a"]}`,
			semantic: compat.Incompatible,
			findings: []finding{
				{"REQUIRED_ATTRIBUTE_ADDED", both, "{}"},
				{"MAX_LENGTH_ADDED", both, `"a":"`},
				{"TYPE_NARROWED", both, `"b":`},
				{"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", both, `"c":`},
			},
		},
		"several properties that were removed have a witness each": {
			writer:   `{"additionalProperties":false,"properties":{"a":{},"b":{},"c":{}}}`,
			reader:   `{"additionalProperties":false,"properties":{"c":{}}}`,
			semantic: compat.Incompatible,
			findings: []finding{
				{"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", both, `"a":`},
				{"PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL", both, `"b":`},
			},
		},
		"uses of one definition have a witness each": {
			writer:   `{"properties":{"a":{"$ref":"#/definitions/s"},"b":{"$ref":"#/definitions/s"}},"definitions":{"s":{"type":"string"}}}`,
			reader:   `{"properties":{"a":{"$ref":"#/definitions/s"},"b":{"$ref":"#/definitions/s"}},"definitions":{"s":{"type":"string","maxLength":1}}}`,
			semantic: compat.Incompatible,
			findings: []finding{{"MAX_LENGTH_ADDED", both, `"a":"`}, {"MAX_LENGTH_ADDED", both, `"b":"`}},
		},
		"a harmless difference beside a harmful one": {
			writer:   `{"properties":{"a":{"enum":["x"]},"b":{"type":"number"}}}`,
			reader:   `{"properties":{"a":{"const":"x"},"b":{"type":"string"}}}`,
			semantic: compat.Incompatible,
			findings: []finding{{"TYPE_CHANGED", []compat.Relation{compat.Reference}, ""}, {"TYPE_CHANGED", both, `"b":`}},
		},
		"the items of a tuple": {
			writer:   `{"type":"array","items":[{"type":"string"}],"additionalItems":{"type":"number"}}`,
			reader:   `{"type":"array","items":[{"type":"string"},{"type":"boolean"}],"additionalItems":{"type":"number"}}`,
			semantic: compat.Incompatible,
			findings: []finding{{"TYPE_CHANGED", both, `[`}, {"ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL", both, `[`}},
		},
		"a pattern beyond regular languages stays open": {
			writer:   `{"type":"string"}`,
			reader:   `{"type":"string","pattern":"^(?!a)b"}`,
			semantic: compat.Undecided,
			findings: []finding{{"PATTERN_ADDED", []compat.Relation{compat.Reference}, ""}},
		},
		"the same text is compatible with itself, whatever its patterns mean": {
			writer:   `{"type":"string","pattern":"^(?!a)b"}`,
			reader:   `{ "type": "string", "pattern": "^(?!a)b" }`,
			semantic: compat.Compatible,
		},
		"the same text is compatible with itself, whether or not the validator takes it": {
			writer:   `{"properties":{"a":{"enum":[]}}}`,
			reader:   `{"properties":{"a":{"enum":[]}}}`,
			semantic: compat.Compatible,
		},
		"numbers keep their precision": {
			writer:   `{"enum":[9007199254740993]}`,
			reader:   `{"enum":[9007199254740992]}`,
			semantic: compat.Incompatible,
			findings: []finding{{"ENUM_ARRAY_CHANGED", both, "9007199254740993"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			out := compareTexts(t, c.writer, c.reader, compat.Request{Full: true, Lenient: c.lenient})
			checkWitnesses(t, schema(t, c.writer), schema(t, c.reader), out)
			if out.Verdicts[compat.Semantic] != c.semantic {
				t.Errorf("semantic verdict %s, want %s", out.Verdicts[compat.Semantic], c.semantic)
			}
			for i := range max(len(out.Findings), len(c.findings)) {
				switch {
				case i >= len(c.findings):
					t.Errorf("unexpected: %s %v", out.Findings[i].Code, out.Findings[i].Message)
				case i >= len(out.Findings):
					t.Errorf("missing: %v", c.findings[i])
				default:
					got, want := out.Findings[i], c.findings[i]
					if got.Code != want.code || !slices.Equal(got.Breaks, want.breaks) {
						t.Errorf("got %s %v, want %s %v", got.Code, got.Breaks, want.code, want.breaks)
					}
					if (got.Witness != nil) != (want.witness != "") || got.Witness != nil && !strings.Contains(got.Witness.JSON, want.witness) {
						t.Errorf("%s: witness %+v, want %q", got.Code, got.Witness, want.witness)
					}
					if got.Witness == nil && got.NoWitness == "" {
						t.Errorf("%s says nothing about a missing witness", got.Code)
					}
				}
			}
		})
	}
}

func TestAFindingBeyondTheReferenceHasItsPlaces(t *testing.T) {
	out := compareTexts(t, `{"properties":{"list":{"items":{"$ref":"#/definitions/s"}}},"definitions":{"s":{"type":"string"}}}`,
		`{"properties":{"list":{"items":{"type":"string","format":"email"}}}}`, compat.Request{Full: true})
	if len(out.Findings) != 1 {
		t.Fatalf("%+v", out.Findings)
	}
	f := out.Findings[0]
	if f.ReaderPath != "#/properties/list/items/format" || f.WriterPath != "#/definitions/s" || f.ReaderSpan == nil || f.WriterSpan == nil {
		t.Errorf("reader %s %v, writer %s %v", f.ReaderPath, f.ReaderSpan, f.WriterPath, f.WriterSpan)
	}
	if !strings.Contains(f.Hint, `"format"`) || !strings.Contains(f.Message, "email") {
		t.Errorf("%s / %s", f.Message, f.Hint)
	}
}

func TestTheShortAnswerEqualsTheFullOne(t *testing.T) {
	checker := compat.NewChecker(Comparer{})
	for _, c := range changes(t) {
		next, history := schema(t, c.reader), []compat.Version{{Number: 3, Schema: schema(t, c.writer)}}
		for _, policy := range []compat.Policy{compat.PolicyReference, compat.PolicySemantic, compat.PolicyStrict} {
			for _, level := range []compat.Level{compat.Backward, compat.Full} {
				t.Run(fmt.Sprintf("%s/%s/%s", c.name, policy, level), func(t *testing.T) {
					rules := compat.Rules{Level: level, Policy: policy}
					short, err := checker.Check(context.Background(), next, history, rules)
					if err != nil {
						t.Fatal(err)
					}
					full, err := checker.CheckFull(context.Background(), next, history, rules)
					if err != nil {
						t.Fatal(err)
					}
					if short.Compatible != full.Compatible || !slices.Equal(short.Messages, full.Messages) {
						t.Errorf("short: %v %q\nfull: %v %q", short.Compatible, short.Messages, full.Compatible, full.Messages)
					}
					if !short.Compatible && len(short.Messages) == 0 {
						t.Error("it is rejected without a message")
					}
				})
			}
		}
	}
}

func TestOnlyTheReferenceIsDoneWhenOnlyItIsAskedFor(t *testing.T) {
	out := compareTexts(t, `{"type":"object"}`, `{"type":"object","required":["x"]}`, compat.Request{Relations: []compat.Relation{compat.Reference}})
	if _, decided := out.Verdicts[compat.Semantic]; decided || len(out.Findings) > 0 {
		t.Errorf("%+v", out)
	}
}

func TestQuotedDataIsCutBetweenCharacters(t *testing.T) {
	if short := shorten(strings.Repeat("x", 2*maxQuoted-1) + "éé"); short != strings.Repeat("x", 2*maxQuoted-1)+"…" {
		t.Errorf("cut to %q", short)
	}
}
