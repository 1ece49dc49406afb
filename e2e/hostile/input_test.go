//go:build e2e && linux

package hostile

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// unsized hides the length of a body, so that it is sent in chunks.
type unsized struct{ io.Reader }

func nested(open, inner, end string, depth int) string {
	return strings.Repeat(open, depth) + inner + strings.Repeat(end, depth)
}

// list is n items made by item, separated by commas.
func list(n int, item func(i int) string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(item(i))
	}
	return b.String()
}

func TestHugeAndDeepInputIsRefusedAtOnce(t *testing.T) {
	s := serve(t, "")
	const million = 1_000_000
	huge := `{"schema": "` + strings.Repeat("a", 100<<20) + `"}`
	for _, attack := range []struct {
		name string
		body io.Reader
	}{
		{"a body of 100 MB", strings.NewReader(huge)},
		{"a body of 100 MB in chunks", unsized{strings.NewReader(huge)}},
		{"a body of 100 MB of blanks in chunks", unsized{strings.NewReader(strings.Repeat(" ", 100<<20))}},
		{"a body nested a million deep", strings.NewReader(nested("[", "", "]", million))},
		{"a body nested a million deep that never closes", strings.NewReader(strings.Repeat("[", million))},
		{"a member nested a million deep", strings.NewReader(`{"schema": ` + nested("[", "", "]", million) + `}`)},
		{"an unknown member nested a million deep", strings.NewReader(`{"schema": "\"string\"", "x": ` + nested("[", "", "]", million) + `}`)},
		{"an Avro schema nested a million deep", registration(t, "AVRO", nested("[", "", "]", million))},
		{"Avro arrays of arrays, 100,000 deep", registration(t, "AVRO", nested(`{"type":"array","items":`, `"int"`, `}`, 100_000))},
		{"Avro arrays of arrays, as deep as the limit on bytes allows", registration(t, "AVRO", nested(`{"type":"array","items":`, `"int"`, `}`, 160_000))},
		{"an Avro default nested 100,000 deep", registration(t, "AVRO",
			`{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":`+nested("[", "", "]", 100_000)+`}]}`)},
		{"an Avro schema of two million numbers", registration(t, "AVRO", "["+strings.Repeat("1,", 2*million-1)+"1]")},
		{"a JSON schema nested a million deep", registration(t, "JSON", nested("[", "", "]", million))},
		{"a JSON schema of 100,000 nots", registration(t, "JSON", nested(`{"not":`, `{}`, "}", 100_000))},
		{"Protobuf messages nested 10,000 deep", registration(t, "PROTOBUF", `syntax = "proto3";`+nested("message M {", "", "}", 10_000))},
		{"Protobuf groups nested 10,000 deep", registration(t, "PROTOBUF",
			`syntax = "proto2"; message M {`+nested("optional group G = 1 {", "", "}", 10_000)+`}`)},
		{"a Protobuf option nested 10,000 deep", registration(t, "PROTOBUF", `syntax = "proto3"; option (x) = `+nested("{a:", "1", "}", 10_000)+`;`)},
		{"Protobuf brackets nested 100,000 deep", registration(t, "PROTOBUF",
			`syntax = "proto3"; message M { int32 a = 1 `+nested("[", "", "]", 100_000)+`; }`)},
		{"a Protobuf descriptor nested 10,000 deep", registration(t, "PROTOBUF", deepDescriptor(10_000))},
	} {
		t.Run(attack.name, func(t *testing.T) { s.attack(t, "/subjects/hostile/versions", attack.body, refused) })
	}
}

func TestAnAvroUnionOfAHundredThousandIsRefused(t *testing.T) {
	s := serve(t, "")
	for name, item := range map[string]func(i int) string{
		"strings":        func(int) string { return `"string"` },
		"fixed types":    func(i int) string { return fmt.Sprintf(`{"type":"fixed","name":"A%d","size":1}`, i) },
		"unknown names":  func(i int) string { return fmt.Sprintf(`"a%d"`, i) },
		"nested unions":  func(int) string { return `["null"]` },
		"empty elements": func(int) string { return `{}` },
	} {
		t.Run("of "+name, func(t *testing.T) {
			s.attack(t, "/subjects/union/versions", registration(t, "AVRO", "["+list(100_000, item)+"]"), refused)
		})
	}
}

func TestWideInputIsAnsweredInTime(t *testing.T) {
	megabyte := strings.Repeat("k", 1<<20)
	kinds := map[string]string{"a": "string", "b": "boolean", "c": "null"}
	for _, attack := range []struct {
		name, schemaType string
		schema           func(variant string) string
	}{
		{"an Avro union of 9,000 types", "AVRO", func(variant string) string {
			return "[" + list(9_000, func(i int) string { return fmt.Sprintf(`{"type":"fixed","name":"%s%d","size":1}`, variant, i) }) + "]"
		}},
		{"an Avro record of 30,000 fields with aliases", "AVRO", func(variant string) string {
			return `{"type":"record","name":"R","fields":[` + list(30_000, func(i int) string {
				return fmt.Sprintf(`{"name":"%s%d","type":"int","aliases":["x%d"]}`, variant, i, i)
			}) + "]}"
		}},
		{"an Avro enum of 200,000 symbols", "AVRO", func(variant string) string {
			return `{"type":"enum","name":"E","symbols":[` + list(200_000, func(i int) string { return fmt.Sprintf(`"%s%d"`, variant, i) }) + `]}`
		}},
		{"an Avro enum of 3,000 long symbols in 9,000 fields", "AVRO", func(variant string) string {
			return `{"type":"record","name":"R","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":[` + list(3_000, func(i int) string {
				return fmt.Sprintf(`"%s%d%s"`, variant, i, strings.Repeat("s", 1_000))
			}) + `]}},` + list(9_000, func(i int) string { return fmt.Sprintf(`{"name":"f%d","type":"E"}`, i) }) + `]}`
		}},
		{"a JSON schema with a oneOf of 20,000", "JSON", func(variant string) string {
			return `{"oneOf":[` + list(20_000, func(i int) string { return fmt.Sprintf(`{"type":"object","required":["%s%d"]}`, variant, i) }) + `]}`
		}},
		{"a JSON schema with an enum of 200,000", "JSON", func(variant string) string {
			return `{"enum":[` + list(200_000, func(i int) string { return fmt.Sprintf(`"%s%d"`, variant, i) }) + `]}`
		}},
		{"a JSON schema with 30,000 properties", "JSON", func(variant string) string {
			return `{"properties":{` + list(30_000, func(i int) string { return fmt.Sprintf(`"%s%d":{"type":"string"}`, variant, i) }) + `}}`
		}},
		{"a JSON schema with a pattern of 1,000,000 characters", "JSON", func(variant string) string {
			return `{"pattern":"` + strings.Repeat("("+variant+"*)*", 150_000) + `"}`
		}},
		{"a JSON schema with a pattern of repeated repetitions", "JSON", func(variant string) string {
			return `{"pattern":"` + nested("(", variant, "{1,1000}){1,1000}", 5) + `"}`
		}},
		{"a JSON schema with a multiple of a tiny number", "JSON", func(variant string) string {
			return `{"multipleOf":1e-400000000,"maximum":1e400000000,"minimum":` + strings.Repeat("9", 100_000) + `,"title":"` + variant + `"}`
		}},
		{"a Protobuf file of 30,000 messages", "PROTOBUF", func(variant string) string {
			var b strings.Builder
			b.WriteString("syntax = \"proto3\";\n")
			for i := range 30_000 {
				fmt.Fprintf(&b, "message M%d { int32 %s = 1; }\n", i, variant)
			}
			return b.String()
		}},
		{"a Protobuf message of 30,000 fields", "PROTOBUF", func(variant string) string {
			var b strings.Builder
			b.WriteString("syntax = \"proto3\";\nmessage M {\n")
			for i := range 15_000 {
				fmt.Fprintf(&b, "int32 %s%d = %d;\n", variant, i, i+1)
			}
			return b.String() + "}"
		}},
		{"an Avro record with a name of a megabyte and 20,000 fields", "AVRO", func(variant string) string {
			return `{"type":"record","name":"` + megabyte + `","fields":[` + list(20_000, func(i int) string {
				return fmt.Sprintf(`{"name":"f%d","type":"%s","confluent:tags":["T"]}`, i, kinds[variant])
			}) + "]}"
		}},
		{"a JSON schema with a name of a megabyte above 20,000 properties", "JSON", func(variant string) string {
			return `{"properties":{"` + megabyte + `":{"properties":{` + list(20_000, func(i int) string {
				return fmt.Sprintf(`"p%d":{"type":["%s"],"properties":{}}`, i, kinds[variant])
			}) + `}}}}`
		}},
		{"a JSON schema with an $id of a megabyte above 20,000 names", "JSON", func(variant string) string {
			return `{"$id":"http://example.com/` + megabyte + `/","properties":{` + list(20_000, func(i int) string {
				return fmt.Sprintf(`"p%d":{"$id":"%s%d","$ref":"x%d"}`, i, variant, i, i)
			}) + `}}`
		}},
		{"a Protobuf message with a name of a megabyte and 20,000 fields", "PROTOBUF", func(variant string) string {
			return "syntax = \"proto3\"; message X {} message " + megabyte + " {" + lines(15_000, func(i int) string {
				return fmt.Sprintf("X %s%d = %d;", variant, i, i+1)
			}) + "}"
		}},
	} {
		t.Run(attack.name+", and another", func(t *testing.T) {
			s := serve(t, "")
			s.attack(t, "/subjects/wide/versions", registration(t, attack.schemaType, attack.schema("a")), answered)
			s.attack(t, "/subjects/wide/versions", registration(t, attack.schemaType, attack.schema("b")), answered)
			s.attack(t, "/subjects/wide/versions?normalize=true", registration(t, attack.schemaType, attack.schema("c")), answered)
			s.attack(t, "/compatibility/subjects/wide/versions/latest?verbose=true", registration(t, attack.schemaType, attack.schema("b")), answered)
			s.attack(t, "/api/compatibility/subjects/wide/versions", registration(t, attack.schemaType, attack.schema("b")), answered)
		})
	}
}
