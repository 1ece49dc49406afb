package avro

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

// wide is a record as it is found in practice: many fields of all kinds, most of them optional. Each version has one more
// field than the one before.
func wide(fields, version int) string {
	var b strings.Builder
	b.WriteString(`{"type":"record","name":"Order","namespace":"com.example","fields":[{"name":"id","type":"string"}`)
	kinds := []string{
		`"long"`, `["null","string"],"default":null`, `{"type":"long","logicalType":"timestamp-millis"}`, `"double"`,
		`{"type":"array","items":"string"},"default":[]`, `{"type":"map","values":["null","long"]},"default":{}`,
		`{"type":"enum","name":"E#","symbols":["A","B","C"]}`, `["null",{"type":"record","name":"R#","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","string"],"default":null}]}],"default":null`,
	}
	for i := 1; i < fields; i++ {
		fmt.Fprintf(&b, `,{"name":"field%d","type":%s}`, i, strings.ReplaceAll(kinds[i%len(kinds)], "#", fmt.Sprint(i)))
	}
	for i := range version {
		fmt.Fprintf(&b, `,{"name":"added%d","type":["null","string"],"default":null}`, i)
	}
	return b.String() + `]}`
}

func BenchmarkVerdictOfTwo60FieldRecords(b *testing.B) {
	reader, writer := parse(b, wide(60, 1)), parse(b, wide(60, 0))
	req := compat.Request{Reader: reader, Writer: writer, Direction: compat.NewReadsOld, Relations: []compat.Relation{compat.Reference}}
	b.ReportAllocs()
	for b.Loop() {
		c, err := Comparer{}.Compare(context.Background(), req)
		if err != nil || c.Verdicts[compat.Reference] != compat.Compatible {
			b.Fatal(err, c)
		}
	}
}

func BenchmarkSemanticVerdictOfTwo60FieldRecords(b *testing.B) {
	reader, writer := parse(b, wide(60, 1)), parse(b, wide(60, 0))
	req := compat.Request{Reader: reader, Writer: writer, Direction: compat.NewReadsOld, Relations: []compat.Relation{compat.Semantic}}
	for b.Loop() {
		c, err := Comparer{}.Compare(context.Background(), req)
		if err != nil || c.Verdicts[compat.Semantic] != compat.Compatible {
			b.Fatal(err, c)
		}
	}
}

func BenchmarkTransitiveCheckOf50Versions(b *testing.B) {
	var history []compat.Version
	for v := 50; v > 0; v-- {
		history = append(history, compat.Version{Number: v, Schema: parse(b, wide(60, v-1))})
	}
	next := parse(b, wide(60, 50))
	checker := compat.NewChecker(Comparer{})
	rules := compat.Rules{Level: compat.FullTransitive, Policy: compat.PolicyReference}
	for b.Loop() {
		report, err := checker.Check(context.Background(), next, history, rules)
		if err != nil || !report.Compatible {
			b.Fatal(err, report)
		}
	}
}

func BenchmarkFullReportOfTwo60FieldRecords(b *testing.B) {
	reader, writer := parse(b, strings.TrimSuffix(wide(60, 1), `,"default":null}]}`)+`}]}`), parse(b, wide(60, 0))
	req := compat.Request{Reader: reader, Writer: writer, Direction: compat.NewReadsOld, Full: true}
	for b.Loop() {
		c, err := Comparer{}.Compare(context.Background(), req)
		if err != nil || len(c.Findings) == 0 {
			b.Fatal(err, c)
		}
	}
}

func BenchmarkParse60FieldRecord(b *testing.B) {
	src := formats.Source{Text: wide(60, 0)}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (avro.Format{}).Parse(context.Background(), src, formats.Options{Validate: true}); err != nil {
			b.Fatal(err)
		}
	}
}
