package web_test

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-registry/concord/registry"
)

func TestAPastedMessageIsDecoded(t *testing.T) {
	s := newSite(t, "")
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
	s.register("orders-value", registry.SchemaRequest{Schema: orderV2})
	s.register("orders-value", registry.SchemaRequest{Schema: orderBad})
	s.page("/ui/decode", 200).holds("Decode a message")

	framed := []byte{0, 0, 0, 0, 2, 84, 4, 'h', 'i'} // id 42, note "hi", written with version 2
	for _, text := range []string{
		hex.EncodeToString(framed), "0x00 0x00 0x00 0x00 0x02 0x54 0x04 0x68 0x69", "00:00:00:00:02:54:04:68:69\n", `\x00\x00\x00\x00\x02\x54\x04\x68\x69`,
		base64.StdEncoding.EncodeToString(framed), base64.RawURLEncoding.EncodeToString(framed),
	} {
		d := s.send("/ui/decode", 200, url.Values{"data": {text}})
		d.holds(`"id": 42`, `"note": "hi"`, "magic byte 00, id 2", "orders-value v2", "com.example.Order", "Version 1 reads it as", "Version 3 fails")
	}
	s.send("/ui/decode", 200, url.Values{"data": {"54 04 68 69"}, "id": {"2"}}).holds(`"note": "hi"`, "no frame; the id was given")
	v, err := s.reg.Version(t.Context(), "orders-value", "2", registry.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.send("/ui/decode", 200, url.Values{"data": {"01" + strings.ReplaceAll(v.GUID, "-", "") + "54046869"}}).holds(`"note": "hi"`, "magic byte 01")
	s.send("/ui/decode", 200, url.Values{"data": {"00 00 00 00 02 54"}}).holds("The bytes are no message of this schema.")
}

func TestAProtobufMessageTellsItsType(t *testing.T) {
	s := newSite(t, "")
	s.register("p", registry.SchemaRequest{Schema: "syntax = \"proto3\";\npackage shop;\nmessage A {}\nmessage B { int32 n = 1; }\n", Type: "PROTOBUF"})
	s.send("/ui/decode", 200, url.Values{"data": {"00 00000001 02 02 08 2a"}}).holds("shop.B", `"n": 42`, "Message index")
}

func TestWhatIsNoMessageIsExplained(t *testing.T) {
	s := newSite(t, "")
	s.register("s", registry.SchemaRequest{Schema: `"string"`})
	for data, want := range map[string]string{
		"hello world!": "neither hex nor base64",
		"05 06 07":     "This is no framed message",
		"00 01":        "there are only 1",
	} {
		s.send("/ui/decode", 422, url.Values{"data": {data}}).holds(want)
	}
	s.send("/ui/decode", 422, url.Values{"data": {"00"}, "id": {"x"}}).holds("is no id of a schema")
	s.send("/ui/decode", 404, url.Values{"data": {"00 00 00 00 09 00"}}).holds("No schema has the id 9")
	s.send("/ui/decode", 422, url.Values{"data": {"01" + strings.Repeat("00", 15) + "01ff"}}).holds("No schema here has the guid")
	s.send("/ui/decode", 200, url.Values{"data": {"  "}})
}

func TestAPastedSchemaIsIdentified(t *testing.T) {
	s := newSite(t, "")
	s.register("orders-value", registry.SchemaRequest{Schema: orderV1})
	s.register(":.other:copies", registry.SchemaRequest{Schema: orderV2})
	s.register("strangers", registry.SchemaRequest{Schema: address})
	s.register("other-type", registry.SchemaRequest{Schema: `{"type":"object","properties":{"id":{}}}`, Type: "JSON"})
	s.page("/ui/identify", 200).holds("Identify a schema")
	form := url.Values{"type": {"AVRO"}, "schema": {strings.ReplaceAll(orderV1, ",", ",\r\n")}}
	s.send("/ui/identify", 200, form).holds("2 versions alike", "orders-value v1 The same schema", ":.other:copies v1 Nearly the same: each reads the other", "1 of its 2 fields", "4 subjects looked at")
	form.Set("schema", orderBad)
	s.send("/ui/identify", 200, form).holds("Breaks in one direction", "New readers, old data: breaks", "Check as its next version")
	form.Set("schema", `{"type":"record","name":"Nothing","fields":[{"name":"unheard_of","type":"int"}]}`)
	s.send("/ui/identify", 200, form).holds("Nothing like it")
	form.Set("schema", "{")
	s.send("/ui/identify", 422, form).holds("Not a valid schema")
	form.Set("schema", `"string"`)
	s.send("/ui/identify", 200, form).holds("Nothing like it")
}
