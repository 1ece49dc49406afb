package inclusion

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"testing"
	"time"
)

var (
	randomPairs = flag.Int("pairs", 400, "how many random pairs of schemas TestRandomInstancesNeverContradictAVerdict compares")
	randomSeed  = flag.Uint64("seed", 1, "seed of the random pairs")
)

// instancesPerPair is how many random instances are held against each verdict.
const instancesPerPair = 100

// The figures of a long run are in testdata/differential-200000.txt, with the commands.
func TestRandomInstancesNeverContradictAVerdict(t *testing.T) {
	count := map[Verdict]int{}
	skipped, accepted, refutable := 0, 0, 0
	var longest time.Duration
	for i := range *randomPairs {
		r := &random{Rand: rand.New(rand.NewPCG(*randomSeed, uint64(i)))}
		w, rd := r.pair()
		writer, err1 := schemaOf(w)
		reader, err2 := schemaOf(rd)
		if err1 != nil || err2 != nil {
			skipped++
			continue
		}
		start := time.Now()
		result := Decide(context.Background(), writer, reader, Limits{})
		longest = max(longest, time.Since(start))
		count[result.Verdict]++
		if result.Verdict == NotIncluded {
			confirmWitness(t, w, writer, reader, result.Witness)
			continue
		}
		tested, contradiction := r.contradict(writer, reader, w, rd)
		accepted += tested
		switch {
		case contradiction == nil:
		case result.Verdict == Included:
			t.Errorf("pair %d: included, but %s shows otherwise\nwriter %s\nreader %s", i, contradiction, w, rd)
		default:
			refutable++
		}
		if result.Verdict == Undecided {
			t.Logf("pair %d: undecided after %d steps: %s\nwriter %s\nreader %s", i, result.Steps, result.Why, w, rd)
		}
	}
	decided := *randomPairs - skipped
	t.Logf("%d pairs (%d more did not compile): %d included, %d not included, %d undecided (%d of them refuted by a random instance); %d instances that the writer accepts held against a verdict; longest decision %v",
		decided, skipped, count[Included], count[NotIncluded], count[Undecided], refutable, accepted, longest)
	if decided < *randomPairs/2 {
		t.Errorf("only %d of %d random pairs compile", decided, *randomPairs)
	}
}

// contradict tries random instances and returns one that the writer accepts and the reader rejects.
func (r *random) contradict(writer, reader Schema, w, rd string) (accepted int, contradiction []byte) {
	p := poolOf(w, rd)
	roots := []map[string]any{decoded(w).(map[string]any), decoded(rd).(map[string]any)}
	corners := instancesOf(writer, 10)
	for i := range instancesPerPair {
		instance := r.instance(p, roots[i%2], roots[i%2], 4)
		if i < len(corners) {
			instance = corners[i]
		}
		if writer.Compiled.Validate(instance) != nil {
			continue
		}
		accepted++
		if reader.Compiled.Validate(instance) != nil {
			text, err := json.Marshal(instance)
			if err != nil {
				text = []byte(err.Error())
			}
			return accepted, text
		}
	}
	return accepted, nil
}

// instancesOf lists some of the simplest instances of a schema.
func instancesOf(s Schema, n int) []any {
	root := (&builder{source: s}).build(s.Compiled)
	schemas := newInterner()
	root = schemas.all([]*schema{root})[0]
	values, _ := newSolver(newBudget(context.Background(), Limits{Steps: 20_000}), schemas).several(goal{is(root)}, n)
	return values
}
