package protobuf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// writer makes up a .proto text that uses most of the language. What it writes compiles.
type writer struct {
	t       *rapid.T
	out     strings.Builder
	syntax  string
	types   []string // full names of messages, to refer to
	enums   []string
	counter int
}

func (w *writer) n(most int) int         { return rapid.IntRange(0, most).Draw(w.t, "n") }
func (w *writer) chance(one int) bool    { return w.n(one-1) == 0 }
func (w *writer) pick(l []string) string { return rapid.SampledFrom(l).Draw(w.t, "pick") }

// option writes one of the options, unless one with its name was written before.
func (w *writer) option(indent int, written map[string]bool, options []string) {
	option := w.pick(options)
	name := strings.FieldsFunc(option, func(r rune) bool { return strings.ContainsRune("=. ", r) })[0]
	if !written[name] {
		written[name] = true
		w.write(indent, "option %s;", option)
	}
}

func (w *writer) name(prefix string) string {
	w.counter++
	return fmt.Sprintf("%s%d", prefix, w.counter)
}

func (w *writer) write(indent int, format string, args ...any) {
	w.out.WriteString(strings.Repeat(" ", indent) + fmt.Sprintf(format, args...) + "\n")
}

// customOptions are declared at the end of every text and used above.
const customOptions = `
extend google.protobuf.FieldOptions { %[1]sOpt field_opt = 50001; repeated string words = 50002; }
extend google.protobuf.MessageOptions { %[1]sOpt message_opt = 50003; %[1]sint32 plain = 50004; }
extend google.protobuf.EnumOptions { %[1]sOpt enum_opt = 50005; }
message Opt {
  %[1]sint32 n = 1; %[1]sstring text = 2; repeated double list = 3; %[1]sOpt inner = 4; repeated Opt more = 5; %[1]sbytes raw = 6; %[1]sOptKind kind = 7; map<string, int32> m = 8;
}
enum OptKind { OPT_ZERO = 0; OPT_ONE = 1; }
`

func (w *writer) file() string {
	w.syntax = w.pick([]string{"proto2", "proto3", "2023"})
	if w.syntax == "2023" {
		w.write(0, "edition = \"2023\";")
	} else {
		w.write(0, "syntax = %q;", w.syntax)
	}
	w.write(0, "import \"google/protobuf/descriptor.proto\";")
	pkg := ""
	if w.chance(2) {
		pkg = "some.pkg"
		w.write(0, "package %s;", pkg)
		pkg += "."
	}
	if w.chance(2) {
		w.write(0, "import %q;", "google/protobuf/timestamp.proto")
		w.types = append(w.types, "google.protobuf.Timestamp")
	}
	written := map[string]bool{}
	for range w.n(2) {
		w.option(0, written, []string{`java_package = "a.b"`, `optimize_for = SPEED`, `go_package = 'x/y;z'`, `java_multiple_files = true`, `objc_class_prefix = "a\"b\\c\n"`})
	}
	for range 1 + w.n(2) {
		w.enum(0, pkg)
	}
	for range 1 + w.n(2) {
		w.message(0, pkg, 0)
	}
	label := "optional "
	if w.syntax == "2023" {
		label = ""
	}
	w.out.WriteString(fmt.Sprintf(customOptions, label))
	if w.chance(2) {
		w.service()
	}
	return w.out.String()
}

func (w *writer) enum(indent int, scope string) {
	name := w.name("E")
	w.write(indent, "enum %s {", name)
	if w.chance(4) {
		w.write(indent+2, "option (enum_opt).inner.n = 0x10;")
	}
	if w.chance(3) {
		w.write(indent+2, "reserved 100 to %s, 50;", w.pick([]string{"110", "max", "2147483647", "536870911"}))
	}
	for i := range 1 + w.n(3) {
		w.write(indent+2, "%s_V%d = %d%s;", strings.ToUpper(name), i, i*(1-2*(i%2)), w.pick([]string{"", "", " [deprecated = true]"}))
	}
	w.write(indent, "}")
	w.enums = append(w.enums, scope+name)
}

func (w *writer) message(indent int, scope string, depth int) {
	name := w.name("M")
	w.types = append(w.types, scope+name)
	w.write(indent, "message %s {", name)
	number, written := 0, map[string]bool{}
	for range w.n(7) {
		switch k := w.n(9); {
		case k == 0 && depth < 2:
			w.message(indent+2, scope+name+".", depth+1)
		case k == 1 && depth < 2:
			w.enum(indent+2, scope+name+".")
		case k == 2:
			w.write(indent+2, "oneof %s {", w.name("o"))
			for range 1 + w.n(1) {
				number++
				w.write(indent+4, "%s %s = %d%s;", w.typ(), w.name("f"), number, w.fieldOptions("", false))
			}
			w.write(indent+2, "}")
		case k == 3:
			number++
			w.write(indent+2, "map<%s, %s> %s = %d;", w.pick([]string{"int32", "string", "bool", "sfixed64"}), w.mapValue(), w.name("m_x"), number)
		case k == 4 && w.syntax == "proto2":
			number++
			w.write(indent+2, "%s group %s = %d {", w.pick([]string{"optional", "repeated"}), w.name("G"), number)
			w.write(indent+4, "optional int32 %s = 1;", w.name("f"))
			w.write(indent+2, "}")
		case k == 5:
			w.option(indent+2, written, []string{"deprecated = true", "(message_opt) = { n: 1 more { text: 'a' \"b\" } more: { list: [1.5, -2, inf] } inner < n: 3 > }", "(plain) = -7", "(message_opt).m = { key: \"k\", value: 010 }"})
		default:
			number++
			w.field(indent+2, number)
		}
	}
	if w.chance(3) {
		w.write(indent+2, "reserved %d to %d, %d;", 100, 105, 110)
		reserved := `"gone", 'lost'`
		if w.syntax == "2023" {
			reserved = "gone, lost"
		}
		w.write(indent+2, "reserved %s;", reserved)
	}
	if w.syntax != "proto3" && w.chance(3) {
		w.write(indent+2, "extensions 200 to 210, %s;", w.pick([]string{"300", "1000 to max"}))
		label := map[bool]string{true: "optional "}[w.syntax == "proto2"]
		w.write(indent+2, "extend %s { %sint32 %s = 205; repeated %s %s = 204; }", name, label, w.name("x"), w.typ(), w.name("x"))
	}
	w.write(indent, "}")
}

func (w *writer) field(indent, number int) {
	label := ""
	switch w.syntax {
	case "proto2":
		label = w.pick([]string{"optional ", "required ", "repeated "})
	case "proto3":
		label = w.pick([]string{"", "", "optional ", "repeated "})
	default:
		label = w.pick([]string{"", "repeated "})
	}
	typ := w.typ()
	w.write(indent, "%s%s %s = %d%s;", label, typ, w.name("field_"), number, w.fieldOptions(typ, label == "repeated "))
}

func (w *writer) typ() string {
	names := []string{"int32", "string", "bytes", "double", "bool", "uint64", "sint32", "fixed64", "float"}
	names = append(names, w.types...)
	for _, e := range w.enums {
		names = append(names, "."+e)
	}
	return w.pick(names)
}

func (w *writer) mapValue() string { return w.typ() }

// fieldOptions writes brackets. Without a type there is no default.
func (w *writer) fieldOptions(typ string, list bool) string {
	defaults := map[string]string{"int32": "-0x7f", "string": `"a\tb\xe4\xbd\xa0'"`, "bytes": `"\377\000a"`, "double": "-1.5e+10", "bool": "true", "uint64": "0777", "float": "inf"}
	var options []string
	add := func(one string) {
		if w.chance(6) {
			options = append(options, one)
		}
	}
	if value := defaults[typ]; value != "" && !list && w.syntax != "proto3" {
		add("default = " + value)
	}
	add("deprecated = true")
	add(`json_name = "` + w.name("json") + `"`)
	add(`(field_opt) = { text: "x", kind: OPT_ONE, raw: "\x00\xff" }`)
	add(`(words) = "a", (words) = 'b'`)
	if !slices.ContainsFunc(options, func(o string) bool { return strings.HasPrefix(o, "(field_opt)") }) {
		add("(field_opt).inner.inner.n = 5, (field_opt).inner.text = \"t\", (field_opt).list = 1e3, (field_opt).list = 2")
	}
	if list && slices.Contains([]string{"int32", "double", "bool"}, typ) && w.syntax != "2023" {
		add("packed = false")
	}
	if w.syntax == "2023" && typ == "string" {
		add("features.utf8_validation = NONE")
	}
	if len(options) == 0 {
		return ""
	}
	return " [" + strings.Join(options, ", ") + "]"
}

func (w *writer) service() {
	w.write(0, "service %s {", w.name("S"))
	for range 1 + w.n(2) {
		request := w.pick(w.types)
		w.write(2, "rpc %s (%s%s) returns (stream %s)%s", w.name("Call"), w.pick([]string{"", "stream "}), request, w.pick(w.types), w.pick([]string{";", " { option deprecated = true; option idempotency_level = NO_SIDE_EFFECTS; }"}))
	}
	w.write(0, "}")
}

// TestPrintingKeepsRandomSchemas prints made-up schemas and compiles them again.
func TestPrintingKeepsRandomSchemas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := (&writer{t: rt}).file()
		t.Run("", func(t *testing.T) {
			if roundTrip(t, text, nil) {
				return
			}
			_, err := compile(text, nil)
			t.Errorf("the made-up text does not compile: %v\n%s", err, text)
		})
		if t.Failed() {
			rt.FailNow()
		}
	})
}
