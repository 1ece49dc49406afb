package protobuf

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/protobuf/internal/proof"
)

// The long run of the test below is
//
//	go test ./compat/protobuf -run TestVerdictsSurviveRandomRecords -timeout 0 -mutations 200000 -records 500
var (
	mutations = flag.Int("mutations", 3000, "how many mutated schemas TestVerdictsSurviveRandomRecords tries")
	records   = flag.Int("records", 40, "how many random records of each root message it decodes")
	seed      = flag.Uint64("seed", 1, "where its random numbers begin")
)

// trial is a pair of made-up schemas, compiled by both sides.
type trial struct {
	texts          [2]string
	writer, reader protoreflect.FileDescriptor
	a              *analysis
	witnesses      *witnesses
}

func newTrial(t *testing.T, texts [2]string) *trial {
	t.Helper()
	tr := &trial{texts: texts}
	writer, reader := parseWith(t, texts[0], nil), parseWith(t, texts[1], nil)
	var err error
	if tr.a, err = analyze(context.Background(), writer, reader, allRelations); err != nil {
		t.Fatal(err)
	}
	tr.witnesses = newWitnesses(writer, reader, tr.a.causes)
	if tr.writer, err = proof.Compile(texts[0]); err != nil {
		t.Fatalf("%v\n%s", err, texts[0])
	}
	if tr.reader, err = proof.Compile(texts[1]); err != nil {
		t.Fatalf("%v\n%s", err, texts[1])
	}
	return tr
}

// TestVerdictsSurviveRandomRecords makes up schemas, changes them, and holds the verdict about each change against
// records that are decoded by code of its own: a change that is called safe must let every record through, and what is
// said to go wrong must go wrong with the record that is shown for it.
func TestVerdictsSurviveRandomRecords(t *testing.T) {
	rng := rand.New(rand.NewPCG(*seed, 7))
	safe, unsafe, read, proved, unproved, inJSON := 0, 0, 0, 0, 0, 0
	schema := proof.NewSchema(rng)
	for i := range *mutations {
		if i%5 == 0 {
			schema = proof.NewSchema(rng)
		}
		next := schema.Mutate(rng)
		tr := newTrial(t, [2]string{schema.Text(), next.Text()})
		schema = next
		if tr.a.verdict(compat.WireExact) == compat.Compatible {
			safe++
			read += tr.survives(t, rng)
		} else {
			unsafe++
			p, u := tr.proves(t)
			proved, unproved = proved+p, unproved+u
		}
		if tr.a.verdict(compat.JSONMapping) == compat.Compatible {
			inJSON += tr.survivesJSON(t, rng)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d changes safe on the wire: %d records read as written; %d unsafe: %d findings proved, %d not; %d records through JSON", safe, read, unsafe, proved, unproved, inJSON)
}

// survives decodes random records of every root.
func (tr *trial) survives(t *testing.T, rng *rand.Rand) (n int) {
	for _, pair := range proof.Roots(tr.writer, tr.reader) {
		for range *records {
			record, ok := proof.Random(pair[0], rng)
			if !ok {
				continue
			}
			n++
			data := proof.Encode(pair[0], record)
			if wrong := misreads(pair, record, data); wrong != "" {
				t.Errorf("called safe, but %s\nrecord %x of %s\n%s\n--->\n%s", wrong, data, pair[0].Name(), tr.texts[0], tr.texts[1])
				return n
			}
		}
	}
	return n
}

// misreads says what the reader does wrong with a record.
func misreads(pair [2]protoreflect.MessageDescriptor, record proof.Record, data []byte) string {
	seen, err := proof.Decode(pair[1], data)
	if err != nil {
		return err.Error()
	}
	return proof.Disagreement(pair[0], record, pair[1], seen)
}

// proves checks the witness of each cause of an unsafe verdict with the other decoder.
func (tr *trial) proves(t *testing.T) (proved, unproved int) {
	roots := map[string][2]protoreflect.MessageDescriptor{}
	for _, pair := range proof.Roots(tr.writer, tr.reader) {
		roots[string(pair[0].Name())] = pair
	}
	for _, c := range tr.a.causes {
		if !c.exact && !c.json {
			continue
		}
		w, reason := tr.witnesses.of(c)
		if w == nil {
			unproved++
			t.Errorf("%s at %s is not proved: %s\n%s\n--->\n%s", c.code, c.at.w.Name(), reason, tr.texts[0], tr.texts[1])
			continue
		}
		proved++
		pair, known := roots[c.at.root().w.Name()]
		if !known || !c.exact {
			continue
		}
		record, err := proof.Decode(pair[0], w.Data)
		if err != nil {
			t.Errorf("%s: the witness %x is not a record of the writer: %v\n%s\n--->\n%s", c.code, w.Data, err, tr.texts[0], tr.texts[1])
		} else if misreads(pair, record, w.Data) == "" {
			t.Errorf("%s: the witness %x is read as it was written\n%s\n--->\n%s", c.code, w.Data, tr.texts[0], tr.texts[1])
		}
	}
	return proved, unproved
}

// survivesJSON sends some random records through the runtime's JSON mapping.
func (tr *trial) survivesJSON(t *testing.T, rng *rand.Rand) (n int) {
	inWriter, inReader := typesOf(tr.writer), typesOf(tr.reader)
	for _, pair := range proof.Roots(tr.writer, tr.reader) {
		for range *records/10 + 1 {
			record, ok := proof.Random(pair[0], rng)
			if !ok {
				continue
			}
			written, seen := dynamicpb.NewMessage(pair[0]), dynamicpb.NewMessage(pair[1])
			if err := (proto.UnmarshalOptions{Resolver: inWriter}).Unmarshal(proof.Encode(pair[0], record), written); err != nil {
				t.Fatal(err)
			}
			text, err := protojson.MarshalOptions{Resolver: inWriter}.Marshal(written)
			if err != nil {
				continue // text that is not UTF-8 has no JSON form
			}
			n++
			wrong := ""
			if err := (protojson.UnmarshalOptions{Resolver: inReader, DiscardUnknown: true, AllowPartial: true}).Unmarshal(text, seen); err != nil {
				wrong = err.Error()
			} else {
				wrong = proof.DisagreementInJSON(pair[0], record, pair[1], recordOf(seen))
			}
			if wrong != "" {
				t.Errorf("called safe in JSON, but %s\nrecord %s of %s\n%s\n--->\n%s", wrong, text, pair[0].Name(), tr.texts[0], tr.texts[1])
				return n
			}
		}
	}
	return n
}

// typesOf finds the extensions of a file.
func typesOf(fd protoreflect.FileDescriptor) *dynamicpb.Types {
	files := &protoregistry.Files{}
	if err := files.RegisterFile(fd); err != nil {
		panic(err) // it is the only one
	}
	return dynamicpb.NewTypes(files)
}

// recordOf takes a message of the runtime apart as it is, without the rule for closed enums, which JSON does not have.
func recordOf(m protoreflect.Message) proof.Record {
	record := proof.Record{}
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		held := &proof.Held{}
		switch {
		case fd.IsMap():
			v.Map().Range(func(k protoreflect.MapKey, inside protoreflect.Value) bool {
				key := valueOf(k.Value())
				one := valueOf(inside)
				one.Key = &key
				held.Values = append(held.Values, one)
				return true
			})
		case fd.IsList():
			for i := range v.List().Len() {
				held.Values = append(held.Values, valueOf(v.List().Get(i)))
			}
		default:
			held.Values = append(held.Values, valueOf(v))
		}
		record[fd.Number()] = held
		return true
	})
	return record
}

func valueOf(v protoreflect.Value) proof.Value {
	switch x := v.Interface().(type) {
	case bool:
		if x {
			return proof.Integer(1)
		}
		return proof.Integer(0)
	case int32:
		return proof.Integer(int64(x))
	case int64:
		return proof.Integer(x)
	case uint32:
		return proof.Integer(int64(x))
	case uint64:
		return proof.Value{Number: x}
	case protoreflect.EnumNumber:
		return proof.Integer(int64(x))
	case float32:
		return proof.Float(float64(x))
	case float64:
		return proof.Float(x)
	case string:
		return proof.Value{Bytes: []byte(x)}
	case []byte:
		return proof.Value{Bytes: append([]byte{}, x...)}
	case protoreflect.Message:
		return proof.Value{Message: recordOf(x)}
	}
	panic(fmt.Sprintf("no value of type %T in a message", v.Interface()))
}
