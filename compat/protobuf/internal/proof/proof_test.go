package proof

import (
	"math/rand/v2"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
)

// TestTheDecoderAgreesWithTheRuntime decodes made-up records with the runtime too: what it encodes from its own reading
// must be read here as the same record. Closed enums are left out, which the runtime keeps.
func TestTheDecoderAgreesWithTheRuntime(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	records := 0
	for range 300 {
		text := NewSchema(rng).Text()
		fd, err := Compile(text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		files := &protoregistry.Files{}
		if err := files.RegisterFile(fd); err != nil {
			t.Fatal(err)
		}
		types := dynamicpb.NewTypes(files)
		for _, pair := range Roots(fd, fd) {
			for range 20 {
				record, ok := Random(pair[0], rng)
				if !ok {
					continue
				}
				records++
				data := Encode(pair[0], record)
				mine, err := Decode(pair[0], data)
				if err != nil {
					t.Fatalf("%v reading %x\n%s", err, data, text)
				}
				if d := Disagreement(pair[0], record, pair[0], mine); d != "" {
					t.Fatalf("%s reading %x\n%s", d, data, text)
				}
				theirs := dynamicpb.NewMessage(pair[0])
				if err := (proto.UnmarshalOptions{Resolver: types}).Unmarshal(data, theirs); err != nil {
					t.Fatalf("the runtime: %v reading %x\n%s", err, data, text)
				}
				again, err := proto.MarshalOptions{Deterministic: true}.Marshal(theirs)
				if err != nil {
					t.Fatal(err)
				}
				read, err := Decode(pair[0], again)
				if err != nil {
					t.Fatalf("%v reading what the runtime wrote, %x\n%s", err, again, text)
				}
				if d := Disagreement(pair[0], record, pair[0], read); d != "" {
					t.Fatalf("the runtime: %s reading %x\n%s", d, data, text)
				}
			}
		}
	}
	t.Logf("%d records", records)
}

func TestMadeUpSchemasCompile(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		s := NewSchema(rng)
		for range 4 {
			if _, err := Compile(s.Text()); err != nil {
				t.Fatalf("%v\n%s", err, s.Text())
			}
			s = s.Mutate(rng)
		}
	}
}
