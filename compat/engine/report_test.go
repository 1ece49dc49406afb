package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Each version of a history may have megabytes of findings: sixty made a report of 1.5 gigabytes.
func TestAReportAboutManyVersionsIsBounded(t *testing.T) {
	e := engine.Default(formats.Limits{})
	schema := func(kind string) formats.Schema {
		var fields strings.Builder
		for i := range 1_000 {
			fmt.Fprintf(&fields, `,{"name":"f%d","type":"%s"}`, i, kind)
		}
		text := `{"type":"record","name":"` + strings.Repeat("R", 7_000) + `","fields":[` + fields.String()[1:] + `]}`
		s, err := e.Parse(context.Background(), formats.Avro, formats.Source{Text: text}, formats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var history []compat.Version
	for old, i := schema("int"), 0; i < 60; i++ {
		history = append(history, compat.Version{Number: 60 - i, Schema: old})
	}
	rules := compat.Rules{Level: compat.FullTransitive, Policy: compat.PolicyReference}
	_, err := e.CheckFull(context.Background(), schema("string"), history, rules)
	var tooMuch *compat.WorkError
	if !errors.As(err, &tooMuch) {
		t.Errorf("error %v, want one that names the limit", err)
	}
	if report, err := e.CheckFull(context.Background(), schema("string"), history[:1], rules); err != nil || len(report.Findings) == 0 {
		t.Errorf("one version: %v", err)
	}
}
