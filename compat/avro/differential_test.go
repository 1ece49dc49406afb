package avro

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"sort"
	"strings"
	"testing"
	"time"

	hamba "github.com/hamba/avro/v2"
	twmb "github.com/twmb/avro"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/avro"
)

// The long run is `go test ./compat/avro -run TestDifferential -v -pairs 1000000 -timeout 2h`.
var (
	pairsFlag = flag.Int("pairs", 2_000, "how many random pairs of schemas TestDifferential compares")
	seedFlag  = flag.Uint64("seed", 1, "the seed of the first pair; the others follow")
)

// trial is one random pair and what became of it.
type trial struct {
	t              *testing.T
	g              *generator
	counts         map[string]int
	reader, writer *avro.Schema
	result         *compat.Comparison
	failed         bool
}

func (x *trial) count(what string) { x.counts[what]++ }

func (x *trial) fault(format string, args ...any) {
	x.failed = true
	x.count("UNEXPLAINED")
	x.t.Errorf("%s\nreader %s\nwriter %s", fmt.Sprintf(format, args...), x.reader.Canonical(), x.writer.Canonical())
}

// TestDifferential compares random pairs of schemas, feeds random data of compatible writers through a real decoder, asks
// for a verified message for every incompatibility, and sets the verdicts against those of two libraries. Every class of
// disagreement is counted under its explanation; anything else fails.
func TestDifferential(t *testing.T) {
	counts := map[string]int{}
	start := time.Now()
	for i := range *pairsFlag {
		seed := *seedFlag + uint64(i)
		x := &trial{t: t, g: newGenerator(seed), counts: counts}
		if x.make() {
			x.run()
		}
		if x.failed {
			t.Logf("that was -seed %d -pairs 1", seed)
		}
		if counts["UNEXPLAINED"] >= 20 {
			t.Fatal("too many failures")
		}
	}
	var lines []string
	for what, n := range counts {
		lines = append(lines, fmt.Sprintf("%9d  %s", n, what))
	}
	sort.Slice(lines, func(a, b int) bool { return lines[a][11:] < lines[b][11:] })
	t.Logf("%d pairs from seed %d in %v\n%s", *pairsFlag, *seedFlag, time.Since(start).Round(time.Second), strings.Join(lines, "\n"))
}

// make generates the pair: the reader is a mutation of the writer, or now and then a schema of its own.
func (x *trial) make() bool {
	w := x.g.schema()
	r := x.g.mutate(w)
	if x.g.chance(5) {
		r = x.g.schema()
	}
	parsed := make([]*avro.Schema, 2)
	for i, n := range []*node{r, w} {
		s, err := avro.Format{}.Parse(context.Background(), formats.Source{Text: n.text()}, formats.Options{})
		if err != nil {
			x.count("pairs: not made, a mutation is not a schema")
			return false
		}
		parsed[i] = s.(*avro.Schema)
		again, err := avro.Format{}.Parse(context.Background(), formats.Source{Text: s.Canonical()}, formats.Options{})
		if err != nil || again.Canonical() != s.Canonical() || again.Identity() != s.Identity() {
			x.t.Errorf("the canonical text is not a fixed point (%v): %s", err, s.Canonical())
		}
	}
	x.reader, x.writer = parsed[0], parsed[1]
	return true
}

func (x *trial) run() {
	var err error
	x.result, err = Comparer{}.Compare(context.Background(), compat.Request{Reader: x.reader, Writer: x.writer, Direction: compat.NewReadsOld, Full: true})
	if err != nil {
		x.fault("compare: %v", err)
		return
	}
	reference, semantic := x.result.Verdicts[compat.Reference], x.result.Verdicts[compat.Semantic]
	x.count(fmt.Sprintf("pairs: reference %s, semantic %s", reference, semantic))
	if (semantic == compat.Compatible) != (len(x.breaches(compat.Semantic)) == 0) || (reference == compat.Compatible) != (len(x.breaches(compat.Reference)) == 0) {
		x.fault("the verdicts do not follow from the findings: %v", x.result.Verdicts)
	}
	x.witnesses()
	x.hamba(reference == compat.Compatible)
	x.twmb()
}

func (x *trial) breaches(r compat.Relation) []compat.Finding {
	var out []compat.Finding
	for _, f := range x.result.Findings {
		if f.BreaksAny([]compat.Relation{r}) {
			out = append(out, f)
		}
	}
	return out
}

// witnesses asks for a verified message for each finding, or a reason that is known.
func (x *trial) witnesses() {
	for _, f := range x.result.Findings {
		kind := "finding beyond the reference"
		if f.BreaksAny([]compat.Relation{compat.Reference}) {
			kind = "finding of the reference"
		}
		switch {
		case f.Witness != nil:
			x.count(kind + ": verified message")
			if _, err := avro.DecodeDatum(x.writer.Root(), f.Witness.Data); err != nil {
				x.fault("%s: the message is not the writer's: %v", f.Code, err)
			}
		case f.NoWitness == errUninhabited.Error(), f.NoWitness == errNoSuchData.Error():
			x.count(kind + ": no data can exist")
		case f.NoWitness == errUnproved.Error() && f.Code == AmbiguousAlias && !f.BreaksAny([]compat.Relation{compat.Semantic}):
			x.count(kind + ": only the reference refuses, over a branch that decoders do not take")
		case f.NoWitness == errJavaOnly.Error():
			x.count(kind + ": only Java's decoder fails")
		case strings.Contains(f.NoWitness, errReaderSchema.Error()):
			x.count(kind + ": the library does not read the reader's schema: " + rejection(f.NoWitness))
		case strings.Contains(f.NoWitness, "does not read the writer's schema"):
			x.count(kind + ": the library does not read the writer's schema: " + rejection(f.NoWitness))
		case aliasIsName(x.reader.Root()):
			x.count(kind + ": " + ambiguousNames)
		default:
			x.fault("%s at %s has no message: %s", f.Code, f.ReaderPath, f.NoWitness)
		}
	}
}

// rejection names the class of a library's complaint about a schema.
func rejection(message string) string {
	for _, class := range []string{"collides", "invalid default", "default", "alias", "union", "duplicate"} {
		if strings.Contains(message, class) {
			return class
		}
	}
	return message
}

// hamba sets the reference's verdict against hamba/avro's check, which follows the same rules.
func (x *trial) hamba(compatible bool) {
	r, rerr := hambaParse(x.reader.Canonical())
	w, werr := hambaParse(x.writer.Canonical())
	if errors.Is(rerr, errPanic) || errors.Is(werr, errPanic) {
		x.count("hamba: panics on a schema")
		return
	}
	if rerr != nil || werr != nil {
		x.count("hamba: rejects a schema that the reference accepts")
		return
	}
	theirs := hamba.NewSchemaCompatibility().Compatible(r, w) == nil
	switch {
	case theirs == compatible:
		x.count("hamba: agrees")
	case theirs && x.has(AmbiguousAlias):
		x.count("hamba: takes the first of several fields that aliases match, where the reference gives up")
	case aliasIsName(x.reader.Root()):
		x.count("hamba: takes an alias for another type that has that name")
	case !theirs && hidesDefaults(x.reader.Root()):
		x.count("hamba: drops the default of an enum, or confuses types that differ in defaults only")
	default:
		x.fault("hamba: compatible %v, we: %v", theirs, compatible)
	}
}

// ambiguousNames is a disagreement about what a name means that is the name of one type and the alias of another: twmb
// takes whichever comes first in a union, except that schemas with one canonical form are not resolved at all.
const ambiguousNames = "not comparable: the alias of one type is the name of another"

var errPanic = errors.New("panic")

// hambaParse parses with a cache of its own: the library's default one is shared by the whole process.
func hambaParse(text string) (s hamba.Schema, err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return hamba.ParseWithCache(text, "", &hamba.SchemaCache{})
}

func (x *trial) has(code string) bool {
	for _, f := range x.result.Findings {
		if f.Code == code {
			return true
		}
	}
	return false
}

// aliasIsName reports whether a type has an alias that is the name of another type of the schema.
func aliasIsName(root *avro.Type) bool {
	names, found := writerNames(root), false
	walk(root, func(t *avro.Type) {
		for _, a := range t.Aliases {
			found = found || names[a.Full]
		}
	})
	return found
}

func hidesDefaults(root *avro.Type) bool {
	found := false
	walk(root, func(t *avro.Type) { found = found || t.Default != nil })
	return found
}

// everyType is sizes under which every type has data, as the checks of libraries assume.
func everyType(root *avro.Type) sizes {
	s := sizes{}
	walk(root, func(t *avro.Type) { s[t] = 1 })
	return s
}

// twmb sets what decoders do by our rules against twmb/avro's check, and feeds data through its decoder.
func (x *trial) twmb() {
	w, err := twmb.Parse(x.writer.Canonical())
	if err != nil {
		x.count("twmb: rejects the writer's schema: " + rejection(err.Error()))
		return
	}
	reader, err := newPortable(writerNames(x.writer.Root()), true).copy(x.reader.Root())
	if err != nil {
		x.fault("portable: %v", err)
		return
	}
	text, _ := reader.Text(math.MaxInt32)
	r, err := twmb.Parse(text)
	if err != nil {
		x.count("twmb: rejects the reader's schema: " + rejection(err.Error()))
		return
	}
	theirs := twmb.CheckCompatibility(w, r)
	ours := x.staticFailure()
	if (theirs == nil) != (ours == "") && aliasIsName(x.reader.Root()) {
		x.count("twmb: " + ambiguousNames)
		return
	}
	if (theirs == nil) != (ours == "") {
		x.fault("twmb: %v, we: %q", theirs, ours)
		return
	}
	x.count("twmb: agrees on what decoders do, given a schema without its liberties")
	x.raw(w, theirs == nil)
	if theirs == nil {
		x.data(w, r)
	}
}

// raw sets twmb's answer about the reader's own text against the one about the text without its liberties.
func (x *trial) raw(w *twmb.Schema, compatible bool) {
	r, err := twmb.Parse(x.reader.Canonical())
	if err != nil {
		x.count("twmb on the reader as it is: rejects the schema: " + rejection(err.Error()))
		return
	}
	theirs := twmb.CheckCompatibility(w, r) == nil
	switch {
	case theirs == compatible:
		x.count("twmb on the reader as it is: agrees")
	case theirs:
		x.count("twmb on the reader as it is: laxer (aliases match any namespace; a union that starts with null needs no default)")
	default:
		x.count("twmb on the reader as it is: stricter (a loose alias takes a branch of a union from the one that fits)")
	}
}

// staticFailure returns the code of a fault for which a static check of decoders refuses the pair, or "".
func (x *trial) staticFailure() string {
	s := newSearch(context.Background(), everyType(x.writer.Root()), nil)
	if err := s.run(x.reader.Root(), x.writer.Root()); err != nil {
		x.fault("%v", err)
	}
	for _, f := range s.failures {
		switch f.code {
		case NamespaceMismatch, HiddenSymbols, LogicalTypeChanged, LossyPromotion, BytesAsText, InvalidDefault, SharedAlias:
		default:
			return f.code
		}
	}
	return ""
}

// data feeds random data of the writer through our decoder and the library's, and compares what they read.
func (x *trial) data(w, r *twmb.Schema) {
	sizes := newSizes(x.writer.Root())
	if !sizes.inhabited(x.writer.Root()) {
		x.count("data: none can exist")
		return
	}
	resolved, err := twmb.Resolve(w, r)
	if err != nil {
		x.fault("twmb resolve: %v", err)
		return
	}
	for range 3 {
		d := x.g.datum(x.writer.Root(), sizes, 0)
		data := d.Encode(nil)
		back, err := avro.DecodeDatum(x.writer.Root(), data)
		if err != nil || back.JSON() != d.JSON() {
			x.fault("our decoder does not read our encoding of %s: %v", d.JSON(), err)
			return
		}
		var written any
		if rest, err := w.Decode(bytes.Clone(data), &written); err != nil || len(rest) > 0 {
			x.fault("twmb does not read our encoding of %s: %v", d.JSON(), err)
			return
		}
		x.compareReadings(resolved, d, data)
	}
}

func (x *trial) compareReadings(resolved *twmb.Schema, d avro.Datum, data []byte) {
	judge := newResolution()
	ours, err := judge.read(x.reader.Root(), d)
	var theirs any
	_, theirErr := resolved.Decode(bytes.Clone(data), &theirs)
	var refused *refusal
	if aliasIsName(x.reader.Root()) && (err != nil || theirErr != nil || differing(theirs, &ours) != "") {
		x.count("data: " + ambiguousNames)
		return
	}
	switch {
	case err == nil && theirErr == nil:
		if diff := differing(theirs, &ours); diff != "" {
			x.fault("%s is read as %s by us, and differently by twmb: %s", d.JSON(), ours.JSON(), diff)
			return
		}
		x.count("data: read alike")
	case err != nil && theirErr != nil:
		x.count("data: refused by both")
	case errors.As(err, &refused) && refused.code == InvalidDefault:
		x.count("data: a bad default that twmb reads")
	default:
		x.fault("%s: we: %v, twmb: %v", d.JSON(), err, theirErr)
	}
	if x.result.Verdicts[compat.Semantic] == compat.Compatible && (err != nil || theirErr != nil || len(judge.misread) > 0) {
		x.fault("the pair is compatible, but %s is not read: %v, %v, %v", d.JSON(), err, theirErr, judge.misread)
	}
}

// differing tells how a generic value that the library read differs from ours, or is "".
func differing(v any, d *avro.Datum) string {
	if d.Type.Kind == avro.Union {
		return differing(v, &d.Parts[0])
	}
	same := false
	switch got := v.(type) {
	case nil:
		same = d.Type.Kind == avro.Null
	case bool:
		same = d.Type.Kind == avro.Boolean && got == (d.Int != 0)
	case int32:
		same = d.Type.Kind == avro.Int && int64(got) == d.Int
	case int64:
		same = d.Type.Kind == avro.Long && got == d.Int
	case float32:
		same = d.Type.Kind == avro.Float && got == float32(d.Float)
	case float64:
		same = d.Type.Kind == avro.Double && got == d.Float
	case []byte:
		same = (d.Type.Kind == avro.Bytes || d.Type.Kind == avro.Fixed) && string(got) == d.Text
	case string:
		same = d.Type.Kind == avro.String && got == d.Text || d.Type.Kind == avro.Enum && d.Type.Symbols[d.Int] == got
	case []any:
		return differingList(got, d)
	case map[string]any:
		return differingMap(got, d)
	default:
		// Logical types are read into types of their own; that they can be read is enough here.
		_, same = d.Type.Logical()
	}
	if !same {
		return fmt.Sprintf("%T %v is not %s", v, v, d.JSON())
	}
	return ""
}

func differingList(got []any, d *avro.Datum) string {
	if d.Type.Kind != avro.Array || len(got) != len(d.Parts) {
		return fmt.Sprintf("%v is not %s", got, d.JSON())
	}
	for i := range got {
		if diff := differing(got[i], &d.Parts[i]); diff != "" {
			return diff
		}
	}
	return ""
}

func differingMap(got map[string]any, d *avro.Datum) string {
	if len(got) != len(d.Parts) {
		return fmt.Sprintf("%v is not %s", got, d.JSON())
	}
	for i := range d.Parts {
		key := ""
		if d.Type.Kind == avro.Record {
			key = d.Type.Fields[i].Name
		} else {
			key = d.Keys[i]
		}
		v, ok := got[key]
		if !ok {
			return "no " + key
		}
		if diff := differing(v, &d.Parts[i]); diff != "" {
			return diff
		}
	}
	return ""
}
