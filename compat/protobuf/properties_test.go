package protobuf

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/protobuf/internal/proof"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
	format "github.com/concord-registry/concord/formats/protobuf"
)

// pairs returns the cases of testdata/changes.txt and some made-up ones.
func pairs(t *testing.T) []changedPair {
	list := readChanges(t)
	rng := rand.New(rand.NewPCG(11, 12))
	for i := range 150 {
		s := proof.NewSchema(rng)
		list = append(list, changedPair{fmt.Sprintf("made up %d", i), s.Text(), s.Mutate(rng).Text()})
	}
	return list
}

func TestASchemaIsCompatibleWithItself(t *testing.T) {
	for _, p := range pairs(t) {
		s := parseWith(t, p.writer, nil)
		for _, f := range compareFully(t, s, parseWith(t, p.writer, nil), compat.NewReadsOld).Findings {
			t.Errorf("%s: %s: %s", p.name, f.Code, f.Message)
		}
	}
}

func TestFindingsAreTheSameEveryTime(t *testing.T) {
	for _, p := range pairs(t) {
		first := compareFully(t, parseWith(t, p.writer, nil), parseWith(t, p.reader, nil), compat.NewReadsOld)
		again := compareFully(t, parseWith(t, p.writer, nil), parseWith(t, p.reader, nil), compat.NewReadsOld)
		if !reflect.DeepEqual(first, again) {
			t.Errorf("%s: %+v, then %+v", p.name, first, again)
		}
	}
}

func TestVerdictsDoNotDependOnHowMuchIsAskedFor(t *testing.T) {
	for _, p := range pairs(t) {
		w, r := parseWith(t, p.writer, nil), parseWith(t, p.reader, nil)
		full := compareFully(t, w, r, compat.OldReadsNew)
		for _, relation := range append([]compat.Relation{compat.Reference}, allRelations...) {
			c, err := Comparer{}.Compare(context.Background(), compat.Request{Writer: w, Reader: r, Direction: compat.OldReadsNew, Relations: []compat.Relation{relation}})
			if err != nil || c.Verdicts[relation] != full.Verdicts[relation] || !slices.Equal(c.Messages, full.Messages) {
				t.Errorf("%s: %s is %s alone and %s in full, error %v", p.name, relation, c.Verdicts[relation], full.Verdicts[relation], err)
			}
		}
	}
}

// wireCodes lists what goes wrong on the wire, in any order.
func wireCodes(t *testing.T, writer, reader *format.Schema) string {
	t.Helper()
	a, err := analyze(context.Background(), writer, reader, allRelations)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, c := range a.causes {
		if c.exact {
			codes = append(codes, fmt.Sprintf("%s %v", c.code, c.spec))
		}
	}
	slices.Sort(codes)
	return strings.Join(codes, "\n")
}

func TestTextAndDescriptorHaveTheSameFindings(t *testing.T) {
	for _, p := range pairs(t) {
		w, r := parseWith(t, p.writer, nil), parseWith(t, p.reader, nil)
		if _, err := w.Linked(); err != nil {
			continue
		}
		if _, err := r.Linked(); err != nil {
			continue
		}
		var fromDescriptor [2]*format.Schema
		for i, s := range []*format.Schema{w, r} {
			text, err := s.Print("serialized")
			if err != nil {
				t.Fatal(err)
			}
			fromDescriptor[i] = parseWith(t, text, nil)
		}
		if want, got := wireCodes(t, w, r), wireCodes(t, fromDescriptor[0], fromDescriptor[1]); want != got {
			t.Errorf("%s: text\n%s\ndescriptor\n%s", p.name, want, got)
		}
	}
}

func TestThePackageDoesNotMatterToTheWire(t *testing.T) {
	for _, p := range pairs(t) {
		if strings.Contains(p.writer, "package ") {
			continue
		}
		moved := strings.Replace(p.writer, ";\n", ";\npackage some.where;\n", 1)
		if want, got := wireCodes(t, parseWith(t, p.writer, nil), parseWith(t, p.reader, nil)), wireCodes(t, parseWith(t, moved, nil), parseWith(t, p.reader, nil)); want != got {
			t.Errorf("%s: %s\nin another package %s", p.name, want, got)
		}
	}
}

func TestWhatGoesWrongInAMessageGoesWrongInsideAnother(t *testing.T) {
	for _, p := range pairs(t) {
		const label = "message Wrapper { oneof o { M inner = 1; } }"
		if !strings.Contains(p.writer, "message M ") || !strings.Contains(p.reader, "message M ") || strings.Contains(p.name, "removed") {
			continue
		}
		want, got := wireCodes(t, parseWith(t, p.writer, nil), parseWith(t, p.reader, nil)), wireCodes(t, parseWith(t, p.writer+label, nil), parseWith(t, p.reader+label, nil))
		if want != got {
			t.Errorf("%s: %s\nwrapped %s", p.name, want, got)
		}
	}
}

func TestReferencesAreComparedThroughTheVersionsTheyName(t *testing.T) {
	const text = "syntax = \"proto3\"; package p; import \"line.proto\"; message Order { lines.Line line = 1; map<string, lines.Line> more = 2; }"
	reference := func(version int, field string) map[string]labelledReference {
		return map[string]labelledReference{"line.proto": {Subject: "lines", Version: version, Text: "syntax = \"proto3\"; package lines; message Line { " + field + " qty = 1; }"}}
	}
	c := compareFully(t, parseWith(t, text, reference(1, "int64")), parseWith(t, text, reference(2, "string")), compat.NewReadsOld)
	var codes []string
	for _, f := range c.Findings {
		codes = append(codes, f.Code+" "+f.WriterPath)
		if f.Code == fieldScalarKindChanged && (f.Witness == nil || f.Witness.ReaderJSON != `{"line":{}}`) {
			t.Errorf("witness %+v", f.Witness)
		}
		if f.Code != fieldScalarKindChanged && f.WriterSpan == nil {
			t.Errorf("%s has no place in the text", f.Code)
		}
	}
	want := []string{"FIELD_SCALAR_KIND_CHANGED #/Line/1", "FIELD_NAMED_TYPE_CHANGED #/Order/1", "FIELD_SCALAR_KIND_CHANGED #/Line/1", "FIELD_NAMED_TYPE_CHANGED #/Order/2"}
	if !slices.Equal(codes, want) {
		t.Errorf("%q, want %q", codes, want)
	}
	if c := compareFully(t, parseWith(t, text, reference(1, "int64")), parseWith(t, text, reference(2, "int64")), compat.NewReadsOld); len(c.Findings) > 0 {
		t.Errorf("the same content under another version: %+v", c.Findings)
	}
}

// TestHostileSchemasAreComparedInBounds compares schemas that are large or tangled on purpose.
func TestHostileSchemasAreComparedInBounds(t *testing.T) {
	var fields, enumW, enumR, uses strings.Builder
	for n := 1; n <= 18000; n++ {
		fmt.Fprintf(&fields, " int64 f%d = %d;", n, n)
	}
	for n := range 20000 {
		fmt.Fprintf(&enumW, " V%d = %d;", n, n)
		fmt.Fprintf(&enumR, " W%d = %d;", n, n)
	}
	for n := 1; n <= 3000; n++ {
		fmt.Fprintf(&uses, " E e%d = %d;", n, n)
	}
	const proto3 = "syntax = \"proto3\"; "
	deep := func(leaf string) string {
		return proto3 + strings.Repeat("message A { A a = 1; ", 90) + leaf + " x = 2;" + strings.Repeat("}", 90)
	}
	var mesh strings.Builder
	for i := range 150 {
		fmt.Fprintf(&mesh, "message M%d {", i)
		for j := range 150 {
			fmt.Fprintf(&mesh, " M%d f%d = %d;", j, j, j+1)
		}
		mesh.WriteString(" %[1]s leaf = 200; }\n")
	}
	cases := map[string][2]string{
		"many fields":            {proto3 + "message M {" + fields.String() + "}", proto3 + "message M {" + strings.ReplaceAll(fields.String(), "int64", "int32") + "}"},
		"an enum of many values": {proto3 + "message M {" + uses.String() + "} enum E {" + enumW.String() + "}", proto3 + "message M {" + uses.String() + "} enum E {" + enumR.String() + "}"},
		"a long name":            {proto3 + "message " + strings.Repeat("N", 1<<20) + " {" + fields.String() + "}", proto3 + "message " + strings.Repeat("N", 1<<20) + " {" + strings.ReplaceAll(fields.String(), "int64", "int32") + "}"},
		"a long name around others": {
			proto3 + "message " + strings.Repeat("N", 1<<19) + " {" + nestedMessages("int32") + "}", proto3 + "message " + strings.Repeat("N", 1<<19) + " {" + nestedMessages("string") + "}",
		},
		"a long name around extensions": {longExtensions("int64"), longExtensions("int32")},
		"a long package": {
			proto3 + "package " + strings.Repeat("p", 1<<19) + "; " + nestedMessages("int32"), proto3 + "package " + strings.Repeat("p", 1<<19) + "; " + nestedMessages("string"),
		},
		"deep nesting": {deep("int64"), deep("string")},
		"all use all":  {proto3 + fmt.Sprintf(mesh.String(), "int64"), proto3 + fmt.Sprintf(mesh.String(), "string")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w, r := parseWith(t, c[0], nil), parseWith(t, c[1], nil)
			var got *compat.Comparison
			var err error
			took := cputest.Within(t, 10*time.Second, func() {
				got, err = Comparer{}.Compare(context.Background(), compat.Request{Writer: w, Reader: r, Direction: compat.NewReadsOld, Full: true})
			})
			var work *compat.WorkError
			if err != nil && !errors.As(err, &work) {
				t.Fatal(err)
			}
			if got != nil {
				t.Logf("%v, %d findings, verdicts %v", took, len(got.Findings), got.Verdicts)
			}
		})
	}
}

func nestedMessages(leaf string) string {
	var b strings.Builder
	for i := range 8000 {
		fmt.Fprintf(&b, "message A%d { message B { %s a = 1; A%d b = 2; } B b = 1; enum E { E%d = 0; } }\n", i, leaf, i, i)
	}
	return b.String()
}

func longExtensions(leaf string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "syntax = \"proto2\"; message M { extensions 1 to max; } message %s { extend M {", strings.Repeat("N", 1<<19))
	for i := range 15000 {
		fmt.Fprintf(&b, "optional %s x%d = %d; ", leaf, i, i+1)
	}
	b.WriteString("} }")
	return b.String()
}

func TestLayersOfImportsEndInBounds(t *testing.T) {
	layers := func(leaf string, version int) formats.Source {
		src := formats.Source{Text: "syntax = \"proto3\"; message Top { L0 a = 1; L0 b = 2; }"}
		for i := 29; i >= 0; i-- {
			text := fmt.Sprintf("syntax = \"proto3\"; message L%d { L%d a = 1; L%d b = 2; L%d c = 3; }", i, i+1, i+1, i+1)
			if i == 29 {
				text = "syntax = \"proto3\"; message L29 { " + leaf + " x = 1; }"
			}
			ref := formats.Reference{Name: fmt.Sprintf("l%d.proto", i), Subject: fmt.Sprintf("l%d", i), Version: version}
			src.References = append(src.References, ref)
			src.Resolved = append(src.Resolved, formats.Resolved{Reference: ref, Type: formats.Protobuf, Text: text})
		}
		return src
	}
	compare := func(leafW, leafR string) (*compat.Comparison, error) {
		var schemas [2]*format.Schema
		for i, leaf := range []string{leafW, leafR} {
			s, err := format.Parse(context.Background(), layers(leaf, i+1), formats.Options{})
			if err != nil {
				t.Fatal(err)
			}
			schemas[i] = s
		}
		return Comparer{}.Compare(context.Background(), compat.Request{Writer: schemas[0], Reader: schemas[1], Direction: compat.NewReadsOld, Relations: []compat.Relation{compat.Reference}})
	}
	if c, err := compare("int32", "int32"); err != nil || c.Verdicts[compat.Reference] != compat.Compatible {
		t.Errorf("equal layers: %v, error %v", c, err)
	}
	var work *compat.WorkError
	if _, err := compare("int32", "string"); !errors.As(err, &work) {
		t.Errorf("layers that differ at the bottom: error %v, want a WorkError", err)
	}
}
