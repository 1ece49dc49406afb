package inclusion

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"sort"
	"strings"
	"testing"
	"time"

	validator "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	"github.com/concord-registry/concord/formats/jsonschema"
)

var verbose = flag.Bool("explain", false, "name the undecided corpus rows and the slowest ones")

// corpusRow is what this test needs of a labelled pair.
type corpusRow struct {
	ID             string
	Draft          string
	Writer, Reader json.RawMessage
	Semantic       struct{ Compatible *bool }
}

// side prepares a text in the dialect its row assumes.
func side(text json.RawMessage, draft string) (Schema, error) {
	dialect := map[string]*validator.Draft{
		"draft-04": validator.Draft4, "draft-06": validator.Draft6, "2019-09": validator.Draft2019, "2020-12": validator.Draft2020,
	}[draft]
	var root struct {
		Schema *string `json:"$schema"`
	}
	_ = json.Unmarshal(text, &root)
	object := strings.HasPrefix(strings.TrimSpace(string(text)), "{")
	if dialect == nil || root.Schema != nil || !object {
		return schemaOf(string(text))
	}
	if !strings.Contains(string(text), `"format"`) {
		rest := strings.TrimSpace(string(text))[1:]
		comma := ","
		if strings.TrimSpace(rest) == "}" {
			comma = ""
		}
		return schemaOf(`{"$schema":"` + dialect.URL() + `"` + comma + rest)
	}
	// The rows are labelled by what the validator does when it is told the draft: it asserts formats in every one.
	compiler := validator.NewCompiler()
	compiler.Draft = dialect
	compiler.LoadURL = func(uri string) (io.ReadCloser, error) { return nil, errors.New("no network") }
	if err := compiler.AddResource("mem:///schema", bytes.NewReader(text)); err != nil {
		return Schema{}, err
	}
	compiled, err := compiler.Compile("mem:///schema")
	return Schema{Compiled: compiled, AssertFormat: true}, err
}

// schemaOf parses and compiles a text.
func schemaOf(text string) (Schema, error) {
	parsed, err := jsonschema.Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
	if err != nil {
		return Schema{}, err
	}
	return Of(parsed)
}

var groups = []struct {
	name      string
	undecided float64 // allowed share
}{{"convention", .01}, {"adversarial", .03}, {"realworld", .01}, {"suite", .03}, {"containment", .03}, {"semantic", .01}, {"fuzz", .03}}

func TestCorpusVerdicts(t *testing.T) {
	every := 4
	if testing.Short() {
		every = 20
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			total, wrong, undecided, uncompiled := 0, 0, 0, 0
			var times []time.Duration
			slowest := map[string]time.Duration{}
			corpustest.Sample(t, "jsonschema/"+g.name+".jsonl", every, func(row corpusRow) {
				total++
				writer, err1 := side(row.Writer, row.Draft)
				reader, err2 := side(row.Reader, row.Draft)
				if err := cmp.Or(err1, err2); err != nil {
					uncompiled++
					if *verbose {
						t.Logf("%s: the validator does not compile it: %v", row.ID, err)
					}
					return
				}
				start := time.Now()
				r := Decide(context.Background(), writer, reader, Limits{})
				took := time.Since(start)
				times = append(times, took)
				slowest[row.ID] = took
				switch want := row.Semantic.Compatible; {
				case r.Verdict == Undecided:
					undecided++
					if *verbose {
						t.Logf("%s: undecided after %d steps: %s", row.ID, r.Steps, r.Why)
					}
				case want == nil:
				case *want != (r.Verdict == Included):
					wrong++
					t.Errorf("%s: %s, want compatible=%v", row.ID, r.Verdict, *want)
				}
				if r.Verdict == NotIncluded {
					confirmWitness(t, row.ID, writer, reader, r.Witness)
				}
			})
			sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
			at := func(q float64) time.Duration { return times[min(len(times)-1, int(q*float64(len(times))))] }
			t.Logf("%s: %d pairs, %d wrong, %d undecided (%.2f%%), %d not compiled by the validator; median %v, p99 %v, max %v",
				g.name, total, wrong, undecided, 100*float64(undecided)/float64(total), uncompiled, at(.5), at(.99), at(1))
			if share := float64(undecided) / float64(total); (undecided > 1 || corpustest.Whole()) && share > g.undecided { // one alone is no share of a sample
				t.Errorf("%s: %.2f%% undecided, allowed are %.0f%%", g.name, 100*share, 100*g.undecided)
			}
			if *verbose {
				var ids []string
				for id := range slowest {
					ids = append(ids, id)
				}
				sort.Slice(ids, func(i, j int) bool { return slowest[ids[i]] > slowest[ids[j]] })
				for _, id := range ids[:min(8, len(ids))] {
					t.Logf("%s: %v", id, slowest[id])
				}
			}
		})
	}
}

// confirmWitness asks the validator once more, from the JSON text.
func confirmWitness(t *testing.T, id string, writer, reader Schema, w *Witness) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(string(w.JSON)))
	decoder.UseNumber()
	var instance any
	if err := decoder.Decode(&instance); err != nil {
		t.Errorf("%s: witness %s: %v", id, w.JSON, err)
		return
	}
	if err := writer.Compiled.Validate(instance); err != nil {
		t.Errorf("%s: the writer rejects the witness %s: %v", id, w.JSON, err)
	}
	if err := reader.Compiled.Validate(instance); err == nil {
		t.Errorf("%s: the reader accepts the witness %s", id, w.JSON)
	}
}
