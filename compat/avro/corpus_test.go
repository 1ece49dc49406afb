package avro

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
	"github.com/concord-registry/concord/formats/corpustest"
)

func parse(t testing.TB, text string) *avro.Schema {
	t.Helper()
	s, err := avro.Format{}.Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
	if err != nil {
		t.Fatalf("%v\n%.500s", err, text)
	}
	return s.(*avro.Schema)
}

// exceptional are the labelled cases in which the reference fails with an exception of its own making.
var exceptional = map[string]string{
	"level-126": "a % in a name makes the reference's message formatting fail",
}

func TestDifferencesCorpus(t *testing.T) {
	corpustest.Rows(t, "avro/compat.jsonl", func(row struct {
		ID, Reader, Writer        string
		Compatible                bool
		Types, Locations, Details []string
	}) {
		found, err := check(context.Background(), parse(t, row.Reader).Root(), parse(t, row.Writer).Root(), true)
		if len(row.Types) == 1 && row.Types[0] == "EXCEPTION" {
			var a *ambiguity
			if !errors.As(err, &a) || "AvroRuntimeException: "+err.Error() != row.Details[0] {
				t.Errorf("%s: %v, want %s", row.ID, err, row.Details[0])
			}
			return
		}
		if err != nil {
			t.Errorf("%s: %v", row.ID, err)
		}
		var types, locations, details []string
		for _, d := range found {
			types, locations, details = append(types, d.code), append(locations, d.location), append(details, d.detail)
		}
		if (len(found) == 0) != row.Compatible || !slices.Equal(types, row.Types) || !slices.Equal(locations, row.Locations) || !slices.Equal(details, row.Details) {
			t.Errorf("%s:\nreader %s\nwriter %s\n got %q %q %q\nwant %q %q %q", row.ID, row.Reader, row.Writer, types, locations, details, row.Types, row.Locations, row.Details)
		}
	})
}

func TestLevelsCorpus(t *testing.T) {
	checker := compat.NewChecker(Comparer{})
	corpustest.Rows(t, "avro/levels.jsonl", func(row struct {
		ID, New    string
		Level      compat.Level
		Old        []string
		Compatible bool
		Messages   []string
		Error      string
	}) {
		if row.Error != "" && exceptional[row.ID] != "" {
			return
		}
		var history []compat.Version
		for i, old := range row.Old {
			if strings.HasPrefix(old, "<") { // a text that is described rather than given: see the test of long texts
				return
			}
			history = slices.Insert(history, 0, compat.Version{Number: i + 1, Schema: parse(t, old)})
		}
		rules := compat.Rules{Level: row.Level, Policy: compat.PolicyReference}
		for _, check := range []func(context.Context, formats.Schema, []compat.Version, compat.Rules) (*compat.Report, error){checker.Check, checker.CheckFull} {
			report, err := check(context.Background(), parse(t, row.New), history, rules)
			if err != nil {
				t.Fatal(err)
			}
			if report.Compatible != row.Compatible || !slices.Equal(report.Messages, row.Messages) {
				t.Errorf("%s: %v %q\nwant %v %q", row.ID, report.Compatible, report.Messages, row.Compatible, row.Messages)
			}
		}
	})
}

func TestLongOldSchemasAreCutOffInMessages(t *testing.T) {
	old := parse(t, `{"type":"record","name":"A","doc":"`+strings.Repeat("x", 11_000)+`","fields":[]}`)
	report, err := compat.NewChecker(Comparer{}).Check(context.Background(), parse(t, `{"type":"record","name":"B","fields":[]}`),
		[]compat.Version{{Number: 1, Schema: old}}, compat.Rules{Level: compat.Backward, Policy: compat.PolicyReference})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"{errorType:'NAME_MISMATCH', description:'The name of the schema has changed (path '/name')', additionalInfo:'expected: A'}",
		"{oldSchemaVersion: 1}",
		"{oldSchema: <truncated> '" + old.Canonical()[:10_240] + "...'}",
	}
	if !slices.Equal(report.Messages, want) {
		t.Errorf("%.300q", report.Messages)
	}
}
