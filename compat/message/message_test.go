package message_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/corpustest"
	"github.com/concord-registry/concord/formats/cputest"
)

const (
	orderV1 = `{"type": "record", "name": "Order", "namespace": "shop", "fields": [
		{"name": "id", "type": "long"},
		{"name": "customer", "type": "string"},
		{"name": "note", "type": ["null", "string"], "default": null},
		{"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
			{"name": "sku", "type": "string"},
			{"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}
		]}}},
		{"name": "placed", "type": {"type": "long", "logicalType": "timestamp-millis"}}
	]}`
	orderProto = `syntax = "proto3";
package shop;
message Order {
  int64 id = 1;
  string customer = 2;
  repeated Line lines = 3;
  map<string, int32> stock = 4;
  State state = 5;
  repeated int32 packed = 6;
}
message Line {
  string sku = 1;
  message Price { double amount = 1; }
  Price price = 2;
}
enum State { NEW = 0; SENT = 1; }
`
	orderJSON = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
		"properties": {"id": {"type": "integer", "minimum": 10}, "mail": {"type": "string", "format": "email"}, "tags": {"type": "array", "items": {"type": "string", "maxLength": 3}}},
		"required": ["id"], "additionalProperties": false}`
)

func codec(t testing.TB, kind formats.Type, text string) *message.Codec {
	t.Helper()
	s, err := engine.Default(formats.Limits{}).Parse(context.Background(), kind, formats.Source{Text: text}, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := message.NewCodec(s)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFrame(t *testing.T) {
	guid := "b040db4b-fdae-23ea-4a07-95f3973b98c8"
	for _, c := range []struct {
		name, data, payload, fault string
		id                         int
		guid                       string
	}{
		{name: "an id", data: "00 00000102 0a0b", id: 258, payload: "0a0b"},
		{name: "an id and nothing else", data: "00 00000001", id: 1},
		{name: "a guid", data: "01 b040db4bfdae23ea4a0795f3973b98c8 0a", guid: guid, payload: "0a"},
		{name: "nothing", data: "", fault: "the message is empty"},
		{name: "half an id", data: "00 0000", fault: "there are only 2"},
		{name: "half a guid", data: "01 0000", fault: "there are only 2"},
		{name: "an id that none can be", data: "00 ffffffff", fault: "no id of a schema"},
		{name: "a guid that none can be", data: "01 00000000000000000000000000000000 0a", fault: "no guid of a schema"},
		{name: "JSON without a frame", data: hex.EncodeToString([]byte(`{"id":1}`)), fault: "the first byte is 7b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := bytesOf(t, c.data)
			f, err := message.ParseFrame(data)
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Fatalf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.guid != "" && f.GUID != uuid.MustParse(c.guid) || f.ID != c.id || hex.EncodeToString(f.Payload) != c.payload {
				t.Errorf("got %+v", f)
			}
			if got := f.Bytes(); string(got) != string(data) {
				t.Errorf("put together again it is %x", got)
			}
		})
	}
}

func TestRead(t *testing.T) {
	avro, proto, plain := codec(t, formats.Avro, orderV1), codec(t, formats.Protobuf, orderProto), codec(t, formats.JSON, orderJSON)
	for _, c := range []struct {
		name    string
		codec   *message.Codec
		payload string // hexadecimal, or JSON
		options message.Options
		json    string
		index   []int
		faults  string // of all faults, or part of it
		notes   string
	}{
		{name: "an Avro record", codec: avro, payload: "02 0661636d 02 0661746d 02 0473 6b 04 04d2 00 80c2fdbbf862",
			json: `{"id":1,"customer":"acm","note":{"string":"atm"},"lines":[{"sku":"sk","price":"\u0004\u00d2"}],"placed":1699796201600}`},
		{name: "an Avro record that ends too early", codec: avro, payload: "02 0661", faults: "customer, byte 2: the data ends too early: the length of the string is 3 and 1 byte is left"},
		{name: "an Avro record with a branch that there is not", codec: avro, payload: "02 0661636d 06", faults: "note, byte 5: the union has 2 branches, and the data asks for number 3, counted from 0"},
		{name: "bytes after an Avro record", codec: avro, payload: "02 00 00 00 00 01", faults: "byte 5: 1 byte is left over after the end of the data"},
		{name: "an Avro array that claims to be longer than anything", codec: avro, payload: "02 00 00 feffffffffffffffff01", faults: "is longer than the data can be"},
		{name: "a fault in an element of an array", codec: avro, payload: "02 00 00 04 0261 00 0461", faults: "lines[1].sku, byte 8: the data ends too early"},

		{name: "the first message, with the short index", codec: proto, payload: "00 0801 120361636d", json: `{"id":"1","customer":"acm"}`, index: []int{0}},
		{name: "the second message", codec: proto, payload: "02 02 0a0373 6b75", json: `{"sku":"sku"}`, index: []int{1}},
		{name: "a nested message", codec: proto, payload: "04 02 00 09 000000000000f83f", json: `{"amount":1.5}`, index: []int{1, 0}},
		{name: "the long form of the first index", codec: proto, payload: "02 00 0801", json: `{"id":"1"}`, index: []int{0}},
		{name: "no index, as KafkaJS and platformatic write", codec: proto, payload: "0801 120361636d", json: `{"id":"1","customer":"acm"}`, notes: "no message index"},
		{name: "nothing at all, an empty message of KafkaJS", codec: proto, payload: "", json: `{}`, notes: "the payload is empty"},
		{name: "an index without zigzag, as old Python clients write", codec: proto, payload: "01 01 0a0373 6b75", json: `{"sku":"sku"}`, index: []int{1}, notes: "deprecated"},
		{name: "no index, and the caller knows", codec: proto, payload: "0a0373 6b75", options: message.Options{NoIndex: true, Message: "Line"}, json: `{"sku":"sku"}`},
		{name: "the index in a header", codec: proto, payload: "0a0373 6b75", options: message.Options{Index: []int{1}}, json: `{"sku":"sku"}`, index: []int{1}},
		{name: "an index that leads nowhere", codec: proto, payload: "02 08 0801", faults: "the message index is [4], and the schema has no message there; it has shop.Order [0], shop.Line [1], shop.Line.Price [1 0]"},
		{name: "a name that there is not", codec: proto, payload: "00", options: message.Options{Message: "Lime"}, faults: "the schema has no message Lime"},
		{name: "a record that ends too early", codec: proto, payload: "00 0801 1205 61", faults: "customer, byte 3: the length-delimited value goes beyond the end"},
		{name: "another wire type", codec: proto, payload: "00 0801 1001", json: `{"id":"1"}`, faults: "customer, byte 4: a varint is written, and the schema reads string from a length-delimited value"},
		{name: "a string that is not UTF-8, in a list", codec: proto, payload: "00 1a00 1a03 0a01ff", faults: "lines[1].sku, byte 7: the string is not valid UTF-8"},
		{name: "a field that the schema does not have", codec: proto, payload: "00 0801 4a0161", json: `{"id":"1"}`, notes: "9, byte 4: the schema has no field 9"},
		{name: "an enum value without a name", codec: proto, payload: "00 2807", json: `{"state":7}`, index: []int{0}, notes: "the enum State has no value 7"},
		{name: "a map, and numbers packed and not", codec: proto, payload: "00 2205 0a0161 1003 32020102 3003", json: `{"stock":{"a":3},"packed":[1,2,3]}`, index: []int{0}},
		{name: "bytes that nothing begins with", codec: proto, payload: "00 0001", faults: "00 stands for field 0, which does not exist"},

		{name: "a JSON object", codec: plain, payload: `{ "id": 12 }`, json: `{"id":12}`},
		{name: "a JSON object that breaks the schema", codec: plain, payload: `{"id": 1, "tags": ["a", "long"], "x": 0}`, json: `{"id":1,"tags":["a","long"],"x":0}`,
			faults: "additionalProperties 'x' not allowed\n/id: must be >= 10 but found 1\n/tags/1: length must be <= 3, but got 4"},
		{name: "half a JSON object", codec: plain, payload: `{"id": 1`, faults: "Invalid JSON"},
		{name: "a JSON number that takes long to compute with", codec: plain, payload: `{"id": 1e999999999}`, faults: "more than"},
	} {
		t.Run(c.name, func(t *testing.T) {
			payload := []byte(c.payload)
			if c.codec != plain {
				payload = bytesOf(t, c.payload)
			}
			r := c.codec.Read(payload, c.options)
			if r.JSON != c.json {
				t.Errorf("read as\n%s, want\n%s", r.JSON, c.json)
			}
			if got := lines(r.Faults); c.faults == "" && got != "" || !strings.Contains(got, c.faults) {
				t.Errorf("faults:\n%s\nwant:\n%s", got, c.faults)
			}
			if got := lines(r.Notes); c.notes == "" && got != "" || !strings.Contains(got, c.notes) {
				t.Errorf("notes:\n%s\nwant:\n%s", got, c.notes)
			}
			if c.index != nil && len(r.Index) != len(c.index) {
				t.Errorf("the index is %v", r.Index)
			}
			if r.Fits() && c.notes == "" {
				again, err := c.codec.Encode(r.JSON, message.Options{Message: r.Type, Index: c.options.Index, NoIndex: c.options.NoIndex})
				if c.codec != proto { // types have names in Protobuf alone
					again, err = c.codec.Encode(r.JSON, message.Options{})
				}
				if err != nil {
					t.Fatal(err)
				}
				if back := c.codec.Read(again, c.options); back.JSON != r.JSON {
					t.Errorf("encoded and read again it is %s", back.JSON)
				}
			}
		})
	}
}

func lines(faults []message.Fault) string {
	var out []string
	for _, f := range faults {
		out = append(out, f.String())
	}
	return strings.Join(out, "\n")
}

func TestReadFrom(t *testing.T) {
	record := func(fields string) string { return `{"type":"record","name":"Order","fields":[` + fields + `]}` }
	for _, c := range []struct {
		name           string
		kind           formats.Type
		writer, reader string
		text           string
		json, faults   string
		notes          string
	}{
		{name: "a field with a default was added", kind: formats.Avro, writer: record(`{"name":"id","type":"int"}`), reader: record(`{"name":"id","type":"long"},{"name":"n","type":"string","default":"x"}`),
			text: `{"id":5}`, json: `{"id":5,"n":"x"}`},
		{name: "a field without a default was added", kind: formats.Avro, writer: record(`{"name":"id","type":"int"}`), reader: record(`{"name":"id","type":"int"},{"name":"n","type":"string"}`),
			text: `{"id":5}`, faults: "the field n is missing and has no default"},
		{name: "a type changed inside a list", kind: formats.Avro, writer: record(`{"name":"l","type":{"type":"array","items":"string"}}`), reader: record(`{"name":"l","type":{"type":"array","items":"int"}}`),
			text: `{"l":["a"]}`, faults: "l[0]: a string cannot be read as int"},
		{name: "a type changed, and this message has no such element", kind: formats.Avro, writer: record(`{"name":"l","type":{"type":"array","items":"string"}}`), reader: record(`{"name":"l","type":{"type":"array","items":"int"}}`),
			text: `{"l":[]}`, json: `{"l":[]}`},
		{name: "a number loses digits", kind: formats.Avro, writer: record(`{"name":"n","type":"long"}`), reader: record(`{"name":"n","type":"float"}`),
			text: `{"n":16777217}`, json: `{"n":1.6777216E7}`, notes: "loses its last digits"},
		{name: "the message of that name at another place", kind: formats.Protobuf, writer: "message A { optional int32 a = 1; }", reader: "message New {} message A { optional int64 b = 1; }",
			text: `{"a":3}`, json: `{"b":"3"}`},
		{name: "a field of another type", kind: formats.Protobuf, writer: "message A { optional int32 a = 1; }", reader: "message A { optional string a = 1; }",
			text: `{"a":3}`, json: `{}`, faults: "a, byte 2: a varint is written"},
		{name: "a required field that was not written", kind: formats.Protobuf, writer: "message A { optional int32 a = 1; }", reader: "message A { optional int32 a = 1; required int32 b = 2; }",
			text: `{"a":3}`, json: `{"a":3}`, faults: "required field A.b not set"},
		{name: "a property became required", kind: formats.JSON, writer: `{"type":"object"}`, reader: `{"type":"object","required":["id"]}`,
			text: `{"a":3}`, json: `{"a":3}`, faults: "missing properties: 'id'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, r := codec(t, c.kind, c.writer), codec(t, c.kind, c.reader)
			payload, err := w.Encode(c.text, message.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got := r.ReadFrom(w, payload, message.Options{})
			if got.JSON != c.json {
				t.Errorf("read as %s, want %s", got.JSON, c.json)
			}
			if faults := lines(got.Faults); c.faults == "" && faults != "" || !strings.Contains(faults, c.faults) {
				t.Errorf("faults:\n%s\nwant:\n%s", faults, c.faults)
			}
			if notes := lines(got.Notes); c.notes == "" && notes != "" || !strings.Contains(notes, c.notes) {
				t.Errorf("notes:\n%s\nwant:\n%s", notes, c.notes)
			}
		})
	}
	t.Run("another format", func(t *testing.T) {
		got := codec(t, formats.JSON, "true").ReadFrom(codec(t, formats.Avro, `"int"`), nil, message.Options{})
		if got.Fits() || !strings.Contains(lines(got.Faults), "written with a schema of type AVRO") {
			t.Errorf("got %+v", got)
		}
	})
}

func TestEncode(t *testing.T) {
	avro, proto, plain := codec(t, formats.Avro, orderV1), codec(t, formats.Protobuf, orderProto), codec(t, formats.JSON, orderJSON)
	for _, c := range []struct {
		name    string
		codec   *message.Codec
		text    string
		options message.Options
		hex     string
		fault   string
	}{
		{name: "a branch that is not named, and a default that is left out", codec: avro, text: `{"id":1,"customer":"a","lines":[],"placed":0}`, hex: "02" + "0261" + "00" + "00" + "00"},
		{name: "a branch that is not named", codec: avro, text: `{"id":1,"customer":"a","note":"b","lines":[],"placed":0}`, hex: "02" + "0261" + "020262" + "00" + "00"},
		{name: "a field that is missing", codec: avro, text: `{"id":1}`, fault: "the field customer of shop.Order is missing, and has no default"},
		{name: "a field that does not exist", codec: avro, text: `{"id":1,"custommer":"a"}`, fault: `shop.Order has no field "custommer"; it has id, customer, note, lines, placed`},
		{name: "a value of another type", codec: avro, text: `{"id":1,"customer":"a","note":7,"lines":[],"placed":0}`, fault: "at note: 7 fits no branch of the union [null, string]"},
		{name: "a fault inside", codec: avro, text: `{"id":1,"customer":"a","lines":[{"sku":"a","price":"ab€"}],"placed":0}`, fault: `at lines[0].price: "ab€" is not a value of type bytes`},
		{name: "text that is no JSON", codec: avro, text: "{\n\"id\": }", fault: "this is no JSON: unexpected '}'; expected a JSON value (line 2, column 7)"},
		{name: "text that is nested too deep", codec: avro, text: strings.Repeat("[", 1000), fault: "the message has more than 500 levels of nesting"},
		{name: "the second message by its name", codec: proto, text: `{"sku":"a"}`, options: message.Options{Message: "shop.Line"}, hex: "0202" + "0a0161"},
		{name: "a record without index", codec: proto, text: `{"id":"1"}`, options: message.Options{NoIndex: true}, hex: "0801"},
		{name: "a field that the message does not have", codec: proto, text: `{"idd":"1"}`, fault: `unknown field "idd"`},
		{name: "JSON that breaks its schema", codec: plain, text: `{"id":1}`, fault: "/id: must be >= 10 but found 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.codec.Encode(c.text, c.options)
			switch {
			case c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
				t.Errorf("got %v", err)
			case c.fault == "" && (err != nil || hex.EncodeToString(got) != c.hex):
				t.Errorf("got %x, %v", got, err)
			}
		})
	}
}

// A sample of whatever schema is a message of it.
func TestSample(t *testing.T) {
	for name, c := range map[string]struct {
		kind formats.Type
		text string
		want string
	}{
		"Avro":                          {formats.Avro, orderV1, `{"id":1,"customer":"customer","note":{"string":"note"},"lines":[{"sku":"sku","price":"\u0001\u00f4"}],"placed":1709209800000}`},
		"Protobuf":                      {formats.Protobuf, orderProto, `{"id":"1","customer":"customer","lines":[{"sku":"sku","price":{"amount":1.5}}],"stock":{"key":1},"state":"SENT","packed":[1]}`},
		"JSON":                          {formats.JSON, orderJSON, ``},
		"Avro that contains itself":     {formats.Avro, `{"type":"record","name":"N","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","N"]}]}`, `{"v":1,"next":null}`},
		"Protobuf that contains itself": {formats.Protobuf, `syntax = "proto3"; message N { int32 v = 1; N next = 2; }`, `{"v":1}`},
		"well-known types": {formats.Protobuf, `syntax = "proto3"; import "google/protobuf/timestamp.proto"; import "google/protobuf/struct.proto"; import "google/protobuf/any.proto";
			message M { google.protobuf.Timestamp t = 1; google.protobuf.Struct s = 2; google.protobuf.Any a = 3; }`, `{"t":"2024-02-29T12:30:00Z","s":{"key":null}}`},
		"JSON that contains itself":    {formats.JSON, `{"$ref":"#/definitions/n","definitions":{"n":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"type":"null"},{"$ref":"#/definitions/n"}]}}}}}`, ``},
		"a pattern that no guess fits": {formats.JSON, `{"type":"object","properties":{"a":{"type":"string","pattern":"^[0-9]{3}$"}},"required":["a"]}`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			cd := codec(t, c.kind, c.text)
			text, err := cd.Sample(context.Background(), message.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if c.want != "" && text != c.want {
				t.Errorf("got %s", text)
			}
			fits(t, cd, text)
		})
	}
	var many strings.Builder // the first message requires ten of the second, and so on
	for i := range 5 {
		fmt.Fprintf(&many, "message M%d {", i)
		for k := range 10 {
			fmt.Fprintf(&many, " required M%d f%d = %d;", i+1, k, k+1)
		}
		many.WriteString(" }\n")
	}
	many.WriteString("message M5 { required string s = 1; }")
	for name, c := range map[string]struct {
		kind        formats.Type
		text, fault string
	}{
		"Protobuf that requires very much": {formats.Protobuf, many.String(), "the smallest message has more than 5000 values"},

		"Avro":     {formats.Avro, `{"type":"record","name":"N","fields":[{"name":"next","type":"N"}]}`, "no data can exist"},
		"Protobuf": {formats.Protobuf, `message N { required N next = 1; }`, "no message exists"},
		"JSON":     {formats.JSON, `{"type":"string","enum":[1]}`, "no message exists"},
	} {
		t.Run(name+" that nothing fits", func(t *testing.T) {
			if text, err := codec(t, c.kind, c.text).Sample(context.Background(), message.Options{}); err == nil || !strings.Contains(err.Error(), c.fault) {
				t.Errorf("got %s, %v", text, err)
			}
		})
	}
}

// fits encodes a text and reads it again.
func fits(t *testing.T, c *message.Codec, text string) {
	t.Helper()
	payload, err := c.Encode(text, message.Options{})
	if err != nil {
		t.Fatalf("%s cannot be encoded: %v", text, err)
	}
	if r := c.Read(payload, message.Options{}); !r.Fits() || r.JSON != text {
		t.Errorf("%s is read as %s; %s", text, r.JSON, lines(r.Faults))
	}
}

func TestADecimalThatNobodyReadsIsNotSpelledOut(t *testing.T) {
	c := codec(t, formats.Avro, `{"type":"bytes","logicalType":"decimal","precision":4000000,"scale":2}`)
	for size, want := range map[int]int{400: 1, 401: 0, 1 << 20: 0} {
		payload := append(binary.AppendVarint(nil, int64(size)), strings.Repeat("\x7f", size)...)
		if r := c.Read(payload, message.Options{}); !r.Fits() || len(r.Meanings) != want {
			t.Errorf("%d bytes: %d meanings; %s", size, len(r.Meanings), lines(r.Faults))
		}
	}
}

// The validator writes a path for each value, which holds the names of all that the value is in.
func TestLongNamesInAMessageAreBounded(t *testing.T) {
	c := codec(t, formats.JSON, `{"additionalProperties":{"additionalProperties":{"type":"string"}}}`)
	below := func(name string, members int) []byte {
		inner := map[string]int{}
		for i := range members {
			inner[fmt.Sprint(i)] = i
		}
		data, _ := json.Marshal(map[string]any{name: inner})
		return data
	}
	if r := c.Read(below(strings.Repeat("k", 100_000), 3000), message.Options{}); len(r.Faults) != 1 || !strings.Contains(r.Faults[0].Message, "too long") {
		t.Errorf("%d faults, want that it takes too long", len(r.Faults))
	}
	if r := c.Read(below(strings.Repeat("k", 100_000), 1), message.Options{}); len(r.Faults) != 1 || len(r.Faults[0].Path) > 1100 {
		t.Errorf("%d faults, want one with a path that is cut", len(r.Faults))
	}
}

func TestSamplesOfManySchemasThatExtendEachOtherEndSoon(t *testing.T) {
	var tower, flat strings.Builder
	for i := range 12 {
		fmt.Fprintf(&tower, `"d%d":{"allOf":[{"$ref":"#/definitions/d%[2]d"}%[3]s]},`, i, i+1, strings.Repeat(fmt.Sprintf(`,{"$ref":"#/definitions/d%d"}`, i+1), 9))
	}
	for i := range 29 {
		flat.WriteString(`,{"required":["r"`)
		for j := range 1999 {
			fmt.Fprintf(&flat, `,"r%d-%d"`, i, j)
		}
		flat.WriteString(`]}`)
	}
	for name, text := range map[string]string{
		"ten times each, twelve deep": `{"$ref":"#/definitions/d0","definitions":{` + tower.String() + `"d12":{"properties":{"a":{"type":"string"}}}}}`,
		"58,000 required names":       `{"allOf":[{}` + flat.String() + `]}`,
	} {
		c := codec(t, formats.JSON, text)
		took := cputest.Within(t, 20*time.Second, func() {
			_, err := c.Sample(context.Background(), message.Options{})
			t.Log(name, err)
		})
		t.Logf("%s: %v", name, took)
	}
}

// Every labelled schema with a sample: the sample is a message of it.
func TestSampleCorpus(t *testing.T) {
	e := engine.Default(formats.Limits{})
	made, none := 0, map[string]int{}
	try := func(kind formats.Type, text string) {
		s, err := e.Parse(context.Background(), kind, formats.Source{Text: text}, formats.Options{Validate: true})
		if err != nil {
			return // needs references, or is labelled as faulty
		}
		c, err := message.NewCodec(s)
		if err != nil {
			return
		}
		sample, err := c.Sample(context.Background(), message.Options{})
		if err != nil {
			none[err.Error()]++
			return
		}
		made++
		fits(t, c, sample)
	}
	corpustest.Sample(t, "avro/compat.jsonl", 5, func(row struct{ Reader string }) { try(formats.Avro, row.Reader) })
	corpustest.Sample(t, "jsonschema/realworld.jsonl", 10, func(row struct{ Writer json.RawMessage }) { try(formats.JSON, string(row.Writer)) })
	corpustest.Sample(t, "protobuf/matrix.jsonl", 5, func(row struct{ Reader string }) { try(formats.Protobuf, row.Reader) })
	t.Logf("%d samples; none for: %v", made, none)
	if made == 0 {
		t.Error("no schema had a sample")
	}
}
