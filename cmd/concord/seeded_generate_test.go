package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The repository that the seeded runs check: folders of ten files each, as a team has for one topic, with references between the files
// of all three formats. NN stands for the number of the folder.
var templates = map[string]string{
	"money.avsc": `{
  "type": "record",
  "name": "Money",
  "namespace": "com.acme.tNN",
  "doc": "An amount in a currency.",
  "fields": [
    {"name": "amount", "type": "int"},
    {"name": "currency", "type": "string", "default": "EUR"}
  ]
}
`,
	"status.avsc": `{
  "type": "enum",
  "name": "Status",
  "namespace": "com.acme.tNN",
  "symbols": [
    "PLACED",
    "PAID",
    "SENT"
  ]
}
`,
	"address.avsc": `{
  "type": "record",
  "name": "Address",
  "namespace": "com.acme.tNN",
  "fields": [
    {"name": "street", "type": "string"},
    {"name": "code", "type": ["null", "string"], "default": null},
    {"name": "tags", "type": {"type": "map", "values": "string"}}
  ]
}
`,
	"order.avsc": `{
  "type": "record",
  "name": "Order",
  "namespace": "com.acme.tNN",
  "fields": [
    {"name": "id", "type": "long"},
    {"name": "total", "type": "Money"},
    {"name": "status", "type": "com.acme.tNN.Status"},
    {"name": "deliverTo", "type": ["null", "Address"], "default": null},
    {"name": "lines", "type": {"type": "array", "items": {
      "type": "record",
      "name": "Line",
      "fields": [
        {"name": "sku", "type": "string"},
        {"name": "count", "type": "int"}
      ]
    }}}
  ]
}
`,
	"common.proto": `syntax = "proto3";

package acme.tNN;

// A point on the map.
message Place {
  double lat = 1;
  double lon = 2;
  string label = 3;
}

enum Channel {
  CHANNEL_UNSPECIFIED = 0;
  CHANNEL_WEB = 1;
}
`,
	"customer.proto": `syntax = "proto3";

package acme.tNN;

import "topicNN/common.proto";

message Customer {
  string id = 1;
  string name = 2;
  Place home = 3;
  repeated string phones = 4;
  map<string, int32> visits = 5;
}
`,
	"shipment.proto": `syntax = "proto3";

package acme.tNN;

import "topicNN/common.proto";
import "topicNN/customer.proto";

message Shipment {
  int64 id = 1;
  Customer customer = 2;
  Channel channel = 3;
  message Parcel {
    int32 grams = 1;
    Place at = 2;
  }
  repeated Parcel parcels = 4;
}
`,
	"party.schema.json": `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "https://acme.example/tNN/party.json",
  "type": "object",
  "properties": {
    "name": {"type": "string", "maxLength": 80},
    "kind": {"enum": ["person", "company"]}
  },
  "required": ["name"],
  "additionalProperties": false
}
`,
	"invoice.schema.json": `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "https://acme.example/tNN/invoice.json",
  "type": "object",
  "properties": {
    "number": {"type": "integer", "minimum": 1},
    "payer": {"$ref": "party.json"},
    "lines": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "text": {"type": "string"},
          "cents": {"type": "integer"}
        },
        "additionalProperties": false
      }
    }
  },
  "additionalProperties": false
}
`,
	"receipt.schema.json": `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "properties": {
    "invoice": {"$ref": "invoice.schema.json"},
    "paid": {"type": "boolean"}
  }
}
`,
}

// edit replaces one place of a file. In the new text the finding is expected in the line that holds at.
type edit struct{ file, old, new, at string }

// breaking are edits that BACKWARD refuses.
var breaking = []edit{
	{"money.avsc", `"type": "int"}`, `"type": "string"}`, `"amount"`},
	{"money.avsc", `"default": "EUR"}`, `"default": "EUR"},
    {"name": "scale", "type": "int"}`, `"scale"`},
	{"status.avsc", `    "PAID",
`, ``, `"symbols"`},
	{"address.avsc", `["null", "string"], "default": null`, `"string", "default": ""`, `"code"`},
	{"address.avsc", `"values": "string"`, `"values": "long"`, `"tags"`},
	{"order.avsc", `"type": "long"`, `"type": "boolean"`, `"id"`},
	{"order.avsc", `"count", "type": "int"`, `"quantity", "type": "int"`, `"quantity"`},
	{"order.avsc", `"com.acme.tNN.Status"`, `"string"`, `"status"`},
	{"order.avsc", `"name": "sku", "type": "string"`, `"name": "sku", "type": "double"`, `"sku"`},
	{"common.proto", `string label = 3`, `bool label = 3`, `label`},
	{"common.proto", `double lat = 1`, `sint64 lat = 1`, `lat`},
	{"customer.proto", `Place home = 3`, `string home = 3`, `home`},
	{"customer.proto", `map<string, int32> visits`, `map<string, string> visits`, `visits`},
	{"shipment.proto", `int32 grams = 1`, `string grams = 1`, `grams`},
	{"shipment.proto", `Channel channel = 3`, `Place channel = 3`, `channel`},
	{"party.schema.json", `"maxLength": 80`, `"maxLength": 40`, `"maxLength"`},
	{"party.schema.json", `["person", "company"]`, `["person"]`, `"kind"`},
	{"party.schema.json", `"required": ["name"]`, `"required": ["name", "kind"]`, `"required"`},
	{"invoice.schema.json", `"minimum": 1`, `"minimum": 100`, `"minimum"`},
	{"invoice.schema.json", `"cents": {"type": "integer"}`, `"cents": {"type": "string"}`, `"cents"`},
	{"invoice.schema.json", `          "text": {"type": "string"},
`, ``, `"properties": {
          "cents"`},
}

// harmless are edits that BACKWARD accepts.
var harmless = []edit{
	{file: "money.avsc", old: `An amount in a currency.`, new: `An amount, in the smallest unit of a currency.`},
	{file: "money.avsc", old: `"type": "int"}`, new: `"type": "long"}`},
	{file: "money.avsc", old: `"default": "EUR"}`, new: `"default": "EUR"},
    {"name": "scale", "type": "int", "default": 2}`},
	{file: "status.avsc", old: `"SENT"`, new: `"SENT",
    "LOST"`},
	{file: "address.avsc", old: `    {"name": "street", "type": "string"},
`, new: ``},
	{file: "address.avsc", old: `"street", "type": "string"`, new: `"street", "type": ["string", "null"]`},
	{file: "order.avsc", old: `"count", "type": "int"`, new: `"quantity", "aliases": ["count"], "type": "int"`},
	{file: "order.avsc", old: `"name": "sku", "type": "string"`, new: `"name": "sku", "type": "bytes"`},
	{file: "common.proto", old: `// A point on the map.`, new: `// A point on the map, in degrees.`},
	{file: "common.proto", old: `string label = 3;`, new: `string label = 3;
  string country = 4;`},
	{file: "common.proto", old: `CHANNEL_WEB = 1;`, new: `CHANNEL_WEB = 1;
  CHANNEL_SHOP = 2;`},
	{file: "customer.proto", old: `  repeated string phones = 4;
`, new: `  reserved 4;
`},
	{file: "customer.proto", old: `string id = 1;
  string name = 2;`, new: `string name = 2;
  string id = 1;`},
	{file: "shipment.proto", old: `int32 grams = 1`, new: `int64 grams = 1`},
	{file: "party.schema.json", old: `"maxLength": 80`, new: `"maxLength": 800`},
	{file: "party.schema.json", old: `["person", "company"]`, new: `["person", "company", "state"]`},
	{file: "invoice.schema.json", old: `"cents": {"type": "integer"}`, new: `"cents": {"type": "number"}`},
	{file: "invoice.schema.json", old: `"text": {"type": "string"},`, new: `"text": {"type": "string"}, "note": {"type": "string"},`},
	{file: "receipt.schema.json", old: `"paid": {"type": "boolean"}`, new: `"paid": {"type": "boolean", "description": "All of it."}`},
}

// folder is the name of one folder of the repository.
func folder(n int) string { return fmt.Sprintf("topic%03d", n) }

func fill(template string, n int) string {
	return strings.NewReplacer("tNN", fmt.Sprintf("t%03d", n), "topicNN", folder(n)).Replace(template)
}

// writeRepository writes the files of n folders below dir, ten each.
func writeRepository(t testing.TB, dir string, n int) {
	t.Helper()
	writeFile(t, filepath.Join(dir, "concord.yaml"), "schemas:\n  - path: '**/*.avsc'\n    subject: '{fullname}-value'\n  - path: '**'\n    subject: '{path}'\n")
	for i := range n {
		for name, template := range templates {
			writeFile(t, filepath.Join(dir, folder(i), name), fill(template, i))
		}
	}
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// apply makes an edit in a folder of the repository and returns the line in which the finding is expected.
func (e *edit) apply(t testing.TB, dir string, n int) (line int) {
	t.Helper()
	before := fill(templates[e.file], n)
	old := fill(e.old, n)
	if strings.Count(before, old) != 1 {
		t.Fatalf("%s holds %q not exactly once", e.file, old)
	}
	after := strings.Replace(before, old, fill(e.new, n), 1)
	writeFile(t, filepath.Join(dir, folder(n), e.file), after)
	if e.at == "" {
		return 0
	}
	if strings.Count(after, e.at) != 1 {
		t.Fatalf("%s holds %q not exactly once after %+v", e.file, e.at, *e)
	}
	return 1 + strings.Count(after[:strings.Index(after, e.at)], "\n")
}

// shuffled numbers the folders in an order that a seed gives.
func shuffled(seed uint64, n int) []int { return rand.New(rand.NewPCG(seed, 0)).Perm(n) }
