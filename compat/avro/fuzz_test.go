package avro

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/cputest"
)

// FuzzCompare compares any two schemas in full: it does not panic, it ends soon, and its verdicts follow from its
// findings, each of which has a verified message or says why not.
func FuzzCompare(f *testing.F) {
	for _, pair := range [][2]string{
		{`"int"`, `"string"`},
		{`["null","bytes",{"type":"map","values":"double"}]`, `["string",{"type":"map","values":["long","null"]}]`},
		{`{"type":"enum","name":"E","symbols":["A"],"default":"A"}`, `{"type":"enum","name":"n.E","symbols":["B"]}`},
		{`{"type":"record","name":"R","fields":[{"name":"a","type":["null","R"],"aliases":["b"]},{"name":"c","type":"int","default":"x"}]}`,
			`{"type":"record","name":"R","fields":[{"name":"b","type":["R",{"type":"fixed","name":"F","size":3}]}]}`},
		{`{"type":"bytes","logicalType":"decimal","precision":4,"scale":1}`, `{"type":"bytes","logicalType":"decimal","precision":4,"scale":2}`},
	} {
		f.Add(pair[0], pair[1])
	}
	limits := formats.Limits{Bytes: 1 << 14, Depth: 60, Nodes: 2_000}
	f.Fuzz(func(t *testing.T, reader, writer string) {
		var parsed [2]*avro.Schema
		for i, text := range []string{reader, writer} {
			s, err := avro.Format{}.Parse(context.Background(), formats.Source{Text: text}, formats.Options{Limits: limits})
			if err != nil {
				return
			}
			parsed[i] = s.(*avro.Schema)
		}
		defer cputest.Limit(t, 10*time.Second)()
		for _, direction := range []compat.Direction{compat.NewReadsOld, compat.OldReadsNew} {
			c, err := Comparer{}.Compare(context.Background(), compat.Request{Reader: parsed[0], Writer: parsed[1], Direction: direction, Full: true})
			var tooMuch *compat.WorkError
			if errors.As(err, &tooMuch) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			follows(t, c, compat.Reference)
			follows(t, c, compat.Semantic)
			for _, finding := range c.Findings {
				if (finding.Witness == nil) == (finding.NoWitness == "") || finding.Message == "" || finding.Hint == "" {
					t.Errorf("%+v", finding)
				}
			}
		}
	})
}

// follows checks that a relation is broken exactly when a finding breaks it.
func follows(t *testing.T, c *compat.Comparison, relation compat.Relation) {
	t.Helper()
	broken := false
	for _, f := range c.Findings {
		broken = broken || f.BreaksAny([]compat.Relation{relation})
	}
	if broken != (c.Verdicts[relation] == compat.Incompatible) && c.Verdicts[relation] != compat.Undecided {
		t.Errorf("%s: %s, findings %+v", relation, c.Verdicts[relation], c.Findings)
	}
}
