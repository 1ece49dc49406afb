package jsonschema

import (
	"context"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
	model "github.com/concord-registry/concord/formats/jsonschema"
)

// FuzzCompare: comparing never panics and ends in time; a schema is compatible with itself; every witness holds.
func FuzzCompare(f *testing.F) {
	pairs := changes(f)
	for i := 0; i < len(pairs); i += 7 {
		f.Add(pairs[i].writer, pairs[i].reader)
	}
	f.Add(`{"$ref":"#/definitions/a","definitions":{"a":{"not":{"$ref":"#"}}}}`, `{"anyOf":[{"$ref":"#"},{"type":"string"}]}`)
	limits := formats.Limits{Bytes: 2000, Depth: 30, Nodes: 300}
	f.Fuzz(func(t *testing.T, writer, reader string) {
		w, err := model.Parse(context.Background(), formats.Source{Text: writer}, formats.Options{Limits: limits})
		if err != nil {
			return
		}
		r, err := model.Parse(context.Background(), formats.Source{Text: reader}, formats.Options{Limits: limits})
		if err != nil {
			return
		}
		end := cputest.Limit(t, 30*time.Second)
		out, err := (Comparer{}).Compare(context.Background(), compat.Request{Writer: w, Reader: r, Direction: compat.NewReadsOld, Full: true})
		end()
		if err != nil {
			return
		}
		checkWitnesses(t, w, r, out)
		itself, err := diff(context.Background(), w, w, false)
		if err == nil && !accepted(itself, false) {
			t.Fatalf("%s is not compatible with itself: %v", writer, incompatibleTypes(itself))
		}
	})
}

// checkWitnesses fails unless every witness is accepted by the writer and rejected by the reader, according to the validator.
func checkWitnesses(t testing.TB, w, r *model.Schema, out *compat.Comparison) int {
	t.Helper()
	n := 0
	for _, finding := range out.Findings {
		if finding.Witness == nil {
			continue
		}
		n++
		writer, err := w.Validator()
		if err != nil {
			t.Fatal(err)
		}
		reader, err := r.Validator()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Validate(finding.Witness.Data); err != nil {
			t.Errorf("%s: the writer rejects the witness %s: %v", finding.Code, finding.Witness.JSON, err)
		}
		if err := reader.Validate(finding.Witness.Data); !model.Invalid(err) {
			t.Errorf("%s: the reader accepts the witness %s: %v", finding.Code, finding.Witness.JSON, err)
		}
	}
	return n
}
