package message_test

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
)

// delimited is a length-delimited Protobuf field.
func delimited(number int, value []byte) []byte {
	return append(binary.AppendUvarint([]byte{byte(number<<3 | 2)}, uint64(len(value))), value...)
}

func nested(depth, number int) (record []byte) {
	for range depth {
		record = delimited(number, record)
	}
	return record
}

// Few bytes can stand for many values, many names and deep nesting. What is too much is a fault that says so, and costs no
// memory to speak of.
func TestBytesThatUnfoldToMuchAreRefusedCheaply(t *testing.T) {
	elements := func(n int, each string) []byte {
		data := binary.AppendVarint(nil, int64(n))
		return append(append(data, strings.Repeat(each, n)...), 0)
	}
	long := strings.Repeat("n", 100_000)
	anyOf := `syntax = "proto3"; import "google/protobuf/any.proto"; message M { google.protobuf.Any a = 1; }`
	var opened []byte
	for range 3_000 {
		opened = delimited(1, append(delimited(1, []byte("/M")), delimited(2, opened)...))
	}
	for _, tt := range []struct {
		name    string
		kind    formats.Type
		schema  string
		payload []byte
		fault   string
	}{
		{"the long symbol of an enum, in 500,000 elements", formats.Avro, `{"type":"array","items":{"type":"enum","name":"E","symbols":["` + long + `"]}}`, elements(400_000, "\x00"), "12 MiB as JSON"},
		{"the long name of a field, in records without bytes", formats.Avro, `{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"` + long + `","type":"null"}]}}`, elements(200_000, ""), "12 MiB as JSON"},
		{"the long name of a branch", formats.Avro, `{"type":"array","items":["null",{"type":"record","name":"` + long + `","fields":[]}]}`, elements(200_000, "\x02"), "12 MiB as JSON"},
		{"a list that is linked 9,000 times", formats.Avro, `{"type":"record","name":"N","fields":[{"name":"next","type":["null","N"]}]}`, append([]byte(strings.Repeat("\x02", 9_000)), 0), "5000 levels"},
		{"two million empty messages", formats.Protobuf, `syntax = "proto3"; message M { repeated M m = 1; }`, []byte("\x00" + strings.Repeat("\x0a\x00", 2_000_000)), "500000 values"},
		{"two million empty groups", formats.Protobuf, `syntax = "proto2"; message M { repeated group G = 1 {} }`, []byte("\x00" + strings.Repeat("\x0b\x0c", 2_000_000)), "500000 values"},
		{"four million packed numbers", formats.Protobuf, `syntax = "proto3"; message M { repeated int32 n = 1; }`, append([]byte{0}, delimited(1, []byte(strings.Repeat("\x01", 4_000_000)))...), "500000 values"},
		{"two million elements of an extension", formats.Protobuf, `syntax = "proto2"; message M { extensions 1 to 9; } extend M { repeated M m = 1; }`, []byte("\x00" + strings.Repeat("\x0a\x00", 2_000_000)), "500000 values"},
		{"the long name of a value, in many elements", formats.Protobuf, `syntax = "proto3"; message M { enum E { ` + long + ` = 0; } repeated E e = 1; }`, append([]byte{0}, delimited(1, make([]byte, 400_000))...), "12 MiB as JSON"},
		{"the long name of a field, in many messages", formats.Protobuf, `syntax = "proto3"; message M { repeated M ` + long + ` = 1; }`, []byte("\x00" + strings.Repeat("\x0a\x02\x0a\x00", 100_000)), "12 MiB as JSON"},
		{"9,000 messages in each other", formats.Protobuf, `syntax = "proto3"; message M { M m = 1; }`, append([]byte{0}, nested(9_000, 1)...), "5000 levels"},
		{"3,000 messages that are any in each other", formats.Protobuf, anyOf, append([]byte{0}, opened...), "16 MiB together"},
		{"a long const, once for each item", formats.JSON, `{"items":{"const":"` + long + `"}}`, []byte("[" + strings.Repeat("1,", 20_000) + "1]"), "too long"},
		{"a long enum, once for each item", formats.JSON, `{"items":{"enum":["x","` + long + `"]}}`, []byte("[" + strings.Repeat("1,", 20_000) + "1]"), "too long"},
		{"a thousand required names, looked for in each item", formats.JSON, `{"items":{"required":[` + strings.TrimSuffix(names(1000), ",") + `]}}`, []byte("[" + strings.Repeat("{},", 20_000) + "{}]"), "too long"},
		{"numbers that are ten thousand digits short of one", formats.JSON, `{"items":{"minimum":3}}`, []byte("[" + strings.Repeat("1e-9999,", 20_000) + "1]"), "too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := codec(t, tt.kind, tt.schema)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			r := c.Read(tt.payload, message.Options{})
			runtime.ReadMemStats(&after)
			if r.Fits() || !strings.Contains(lines(r.Faults), tt.fault) {
				t.Errorf("%d bytes of JSON; %.300s; want %q", len(r.JSON), lines(r.Faults), tt.fault)
			}
			if made := (after.TotalAlloc - before.TotalAlloc) >> 20; made > 600 {
				t.Errorf("%d MiB were allocated on the way", made)
			}
		})
	}
}

func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"r%d",`, i)
	}
	return b.String()
}

func TestALargeMessageIsReadByTheVersionsThatCanReadIt(t *testing.T) {
	writer := codec(t, formats.Avro, `{"type":"array","items":"int"}`)
	reader := codec(t, formats.Avro, `{"type":"array","items":["null","long"]}`)
	payload := append(append(binary.AppendVarint(nil, 300_000), make([]byte, 300_000)...), 0)
	if r := reader.ReadFrom(writer, payload, message.Options{}); !r.Fits() || !strings.HasPrefix(r.JSON, `[{"long":0},`) {
		t.Errorf("%.100s; %s", r.JSON, lines(r.Faults))
	}
}

// A reader's default stands in the data that it makes as often as the field is missing.
func TestALongDefaultIsMadeOnce(t *testing.T) {
	record := `{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"a","type":"int"}%s]}}`
	writer := codec(t, formats.Avro, fmt.Sprintf(record, ""))
	payload := append(append(binary.AppendVarint(nil, 200_000), make([]byte, 200_000)...), 0)
	for name, field := range map[string]string{
		"a million bytes":   `{"name":"b","type":"bytes","default":"` + strings.Repeat("x", 1_000_000) + `"}`,
		"100,000 elements":  `{"name":"b","type":{"type":"array","items":"int"},"default":[1` + strings.Repeat(",1", 100_000) + `]}`,
		"a small one after": `{"name":"b","type":"bytes","default":"x"}`,
	} {
		reader := codec(t, formats.Avro, fmt.Sprintf(record, ","+field))
		r := reader.ReadFrom(writer, payload, message.Options{})
		if want := name == "a small one after"; r.Fits() != want {
			t.Errorf("%s: %d bytes of JSON; %s", name, len(r.JSON), lines(r.Faults))
		}
	}
}

func TestThePathOfAFaultInAMessageNamesListsAndIsCut(t *testing.T) {
	c := codec(t, formats.Protobuf, `syntax = "proto3"; message M { repeated M m = 1; string s = 2; M `+strings.Repeat("n", 5000)+` = 3; }`)
	r := c.Read(append([]byte{0}, append(delimited(1, nil), delimited(1, append(delimited(1, nil), delimited(1, delimited(2, []byte("\xff")))...))...)...), message.Options{})
	if len(r.Faults) != 1 || r.Faults[0].Path != "m[1].m[1].s" {
		t.Errorf("%s; want a fault at m[1].m[1].s", lines(r.Faults))
	}
	r = c.Read(append([]byte{0}, delimited(3, delimited(3, delimited(2, []byte("\xff"))))...), message.Options{})
	if len(r.Faults) != 1 || len(r.Faults[0].Path) > 1100 {
		t.Errorf("%d faults, %.100s", len(r.Faults), lines(r.Faults))
	}
}
