package avro

import (
	"context"
	"testing"

	"github.com/concord-registry/concord/compat"
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
