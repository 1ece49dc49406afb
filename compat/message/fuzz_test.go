package message_test

import (
	"context"
	"testing"
	"time"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
)

// maxFuzzTime is generous: fuzzing makes everything slower.
const maxFuzzTime = 10 * time.Second

var fuzzEngine = engine.Default(formats.Limits{})

// Whatever the bytes are, reading them ends, and what fits can be written and read again.
func FuzzRead(f *testing.F) {
	codecs := []*message.Codec{
		codec(f, formats.Avro, orderV1),
		codec(f, formats.Protobuf, orderProto),
		codec(f, formats.JSON, orderJSON),
		codec(f, formats.Avro, `{"type":"record","name":"N","fields":[{"name":"m","type":{"type":"map","values":{"type":"array","items":"null"}}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},{"name":"n","type":["null","N"]},{"name":"f","type":{"type":"fixed","name":"F","size":2}},{"name":"d","type":"double"}]}`),
		codec(f, formats.Protobuf, `message N { required int32 a = 1; optional N n = 2; repeated group G = 3 { optional E e = 1; } map<int32, N> m = 4; enum E { A = 1; } repeated fixed32 p = 5 [packed = true]; }`),
	}
	for _, seed := range [][]byte{
		{}, {0}, {0, 0, 0, 0, 1}, []byte(`{"id":10,"tags":["a"]}`), []byte(`[[[[[[1e99]]]]]]`),
		bytesOf(f, "02 0661636d 02 0661746d 02 0473 6b 04 04d2 00 80c2fdbbf862"),
		bytesOf(f, "00 0801 120361636d 1a05 0a036162 63 2205 0a0161 1003"),
		bytesOf(f, "02 02 0a0373 6b75"), bytesOf(f, "0801 120361636d"), bytesOf(f, "01 01 0a0373 6b75"),
		bytesOf(f, "00 0801 12021207 1b 0802 1c 2204 0802 1200"), bytesOf(f, "0800000000"),
		bytesOf(f, "02 02 61 ffffffffffffffffff01 01 00 00 00 00 0102 0000000000000000"),
	} {
		for which := range codecs {
			f.Add(uint8(which), uint8(which+1), seed)
		}
	}
	f.Fuzz(func(t *testing.T, which, other uint8, data []byte) {
		defer cputest.Limit(t, maxFuzzTime)()
		c := codecs[int(which)%len(codecs)]
		if frame, err := message.ParseFrame(data); err == nil && string(frame.Bytes()) != string(data) {
			t.Errorf("the frame %x becomes %x", data, frame.Bytes())
		}
		r := c.Read(data, message.Options{})
		codecs[int(other)%len(codecs)].ReadFrom(c, data, message.Options{})
		if r.Fits() {
			o := message.Options{}
			if c.Schema().Type() == formats.Protobuf {
				o.Message = r.Type
			}
			again, err := c.Encode(r.JSON, o)
			if err != nil {
				t.Fatalf("%x reads as %s, which cannot be encoded: %v", data, r.JSON, err)
			}
			if back := c.Read(again, o); back.JSON != r.JSON {
				t.Errorf("%x reads as %s, and encoded again as %s", data, r.JSON, back.JSON)
			}
		}
	})
}

// Whatever a schema and a text are, encoding and making samples end, and a sample is a message of its schema.
func FuzzEncode(f *testing.F) {
	kinds := formats.Types()
	for _, schema := range []string{orderV1, orderProto, orderJSON, `"int"`, `["null","string"]`, `message A { required A a = 1; }`, `{"pattern":"^a+$"}`, `{"multipleOf":0.3,"minimum":7}`} {
		for i := range kinds {
			f.Add(uint8(i), schema, `{"id":1,"customer":"a"}`)
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, schema, text string) {
		if len(schema) > 4000 {
			return
		}
		defer cputest.Limit(t, maxFuzzTime)()
		s, err := fuzzEngine.Parse(context.Background(), kinds[int(kind)%len(kinds)], formats.Source{Text: schema}, formats.Options{Validate: true})
		if err != nil {
			return
		}
		c, err := message.NewCodec(s)
		if err != nil {
			return
		}
		for _, text := range []string{text, sampleOf(c)} {
			if payload, err := c.Encode(text, message.Options{}); err == nil {
				if r := c.Read(payload, message.Options{}); !r.Fits() {
					t.Errorf("%s is encoded as %x, which does not fit: %s", text, payload, lines(r.Faults))
				}
			}
		}
	})
}

func sampleOf(c *message.Codec) string {
	text, _ := c.Sample(context.Background(), message.Options{})
	return text
}
