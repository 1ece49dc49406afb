package avro

import (
	"context"
	"fmt"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/corpustest"
)

func compare(t testing.TB, reader, writer string) *compat.Comparison {
	t.Helper()
	c, err := Comparer{}.Compare(context.Background(), compat.Request{
		Reader: parse(t, reader), Writer: parse(t, writer), Direction: compat.NewReadsOld,
		Relations: []compat.Relation{compat.Reference}, Full: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWitnessesCorpus(t *testing.T) {
	pairs, proved, empty, findings, shown := 0, 0, 0, 0, 0
	reasons := map[string]int{}
	corpustest.Rows(t, "avro/compat.jsonl", func(row struct {
		ID, Reader, Writer string
		Compatible         bool
		Sound              *bool
	}) {
		c := compare(t, row.Reader, row.Writer)
		if row.Sound != nil && !*row.Sound {
			if c.Verdicts[compat.Reference] != compat.Compatible || c.Verdicts[compat.Semantic] != compat.Incompatible || len(c.Findings) == 0 || c.Findings[0].Witness == nil {
				t.Errorf("%s: %v %+v", row.ID, c.Verdicts, c.Findings)
			}
		}
		if row.Compatible {
			return
		}
		pairs++
		all := true
		for _, f := range c.Findings {
			if !f.BreaksAny([]compat.Relation{compat.Reference}) {
				continue
			}
			findings++
			if f.Witness != nil {
				shown++
				continue
			}
			reasons[f.NoWitness]++
			if f.NoWitness == errUninhabited.Error() || f.NoWitness == errNoSuchData.Error() {
				empty++
				continue
			}
			all = false
			t.Logf("%s: %s %s: %s\n%s\n%s", row.ID, f.Code, f.ReaderPath, f.NoWitness, row.Reader, row.Writer)
		}
		if all {
			proved++
		}
	})
	t.Logf("incompatible pairs: %d, with a verified witness for every finding: %d (%.2f %%); findings: %d, witnesses: %d, without any data: %d; %v",
		pairs, proved, 100*float64(proved)/float64(pairs), findings, shown, empty, reasons)
	if proved*100 < pairs*99 {
		t.Errorf("witnesses for %d of %d incompatible pairs", proved, pairs)
	}
}

// TestWitnessesAreNoLargerThanTheLabelledOnes sets our messages against those that were found by other means.
func TestWitnessesAreNoLargerThanTheLabelledOnes(t *testing.T) {
	labelled := map[string]string{}
	corpustest.Rows(t, "avro/witness.jsonl", func(row struct {
		ID  string
		Hex *string
	}) {
		if row.Hex != nil {
			labelled[row.ID] = *row.Hex
		}
	})
	compared, smaller := 0, 0
	corpustest.Rows(t, "avro/compat.jsonl", func(row struct{ ID, Reader, Writer string }) {
		reader, writer := parse(t, row.Reader), parse(t, row.Writer)
		differences, _ := check(context.Background(), reader.Root(), writer.Root(), true)
		sizes := newSizes(writer.Root())
		p := newReport(context.Background(), compat.Request{Direction: compat.NewReadsOld}, reader, writer, sizes)
		for i, d := range differences {
			want, ok := labelled[fmt.Sprintf("%s#%d", row.ID, i)]
			if !ok {
				continue
			}
			c := &cause{code: d.code, way: d.way, path: d.way.steps(), reader: d.reader, writer: d.writer, field: d.field}
			if err := p.look(c); err != nil {
				t.Fatal(err)
			}
			got, err := prove(p.roots, c)
			if err != nil {
				t.Errorf("%s#%d: %v, labelled %s", row.ID, i, err, want)
				continue
			}
			compared++
			l, _ := d.writer.Logical()
			switch {
			case 2*len(got.data) > len(want) && l.Name == avro.Decimal: // no bytes at all are no number to decoders that know decimals
			case 2*len(got.data) > len(want):
				t.Errorf("%s#%d: %x is larger than %s", row.ID, i, got.data, want)
			case 2*len(got.data) < len(want):
				smaller++
			}
		}
	})
	t.Logf("compared %d messages; ours is smaller in %d cases", compared, smaller)
}
