package avro

import (
	"context"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// FuzzParse holds the parser to its promises on any text: it does not panic; what it accepts has a canonical text that is
// a fixed point and means the same, and a normalized text that is a fixed point too.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`"int"`,
		`{"type":"record","name":"n.R","aliases":[".S"],"doc":"d","fields":[{"name":"f","type":["null","R"],"default":null,"order":"ignore","aliases":["g"]}]}`,
		`{"type":"enum","name":"E","symbols":["A","B"],"default":"A","p":[1,1e3,-0.0,"\ud800",{"a":null}]}`,
		`{"type":"map","values":{"type":"array","items":{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":3,"scale":1}}}`,
		`// c
		{"type":"record","name":"R","fields":[{"name":"a","type":"S","default":{"x":1}},{"name":"b","type":{"type":"record","name":"S","fields":[{"name":"x","type":"double"}]}}]}`,
	} {
		f.Add(text)
	}
	limits := formats.Limits{Bytes: 1 << 16, Depth: 60, Nodes: 5_000}
	f.Fuzz(func(t *testing.T, text string) {
		for _, validate := range []bool{true, false} {
			opt := formats.Options{Validate: validate, Limits: limits}
			parsed, err := Format{}.Parse(context.Background(), formats.Source{Text: text}, opt)
			if err != nil {
				continue
			}
			s := parsed.(*Schema)
			again := reparse(t, s.Canonical(), opt)
			if again.Canonical() != s.Canonical() {
				t.Fatalf("the canonical text is not a fixed point:\n%s\n%s", s.Canonical(), again.Canonical())
			}
			if s.Identity() != again.Identity() {
				t.Fatalf("the canonical text is not equivalent: %s", s.Canonical())
			}
			normal, err := s.Normalized()
			if err != nil {
				continue // longer than the limit on bytes
			}
			if twice := normalized(t, normal); twice != normal.Canonical() {
				t.Fatalf("the normalized text is not a fixed point:\n%s\n%s", normal.Canonical(), twice)
			}
			if _, err := s.Retag(nil, s.Tags()); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func reparse(t *testing.T, text string, opt formats.Options) *Schema {
	t.Helper()
	s, err := Format{}.Parse(context.Background(), formats.Source{Text: text}, opt)
	if err != nil {
		t.Fatalf("the canonical text is refused: %v\n%s", err, text)
	}
	return s.(*Schema)
}
