//go:build e2e && linux

package hostile

import (
	"fmt"
	"strings"
	"testing"
)

// lines are the values of line at 0 and following, on lines of their own.
func lines(n int, line func(i int) string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(line(i))
		b.WriteByte('\n')
	}
	return b.String()
}

const (
	proto2 = "syntax = \"proto2\";\n"
	proto3 = "syntax = \"proto3\";\n"
)

// TestTangledProtobufSchemasAreComparedInTime registers a schema, and has another one registered, checked and explained
// in its place.
func TestTangledProtobufSchemasAreComparedInTime(t *testing.T) {
	s := serve(t, "")
	for i, attack := range []struct {
		name   string
		schema func(second bool) string
	}{
		{"30,000 messages whose fields change their type", func(second bool) string {
			return proto3 + lines(30_000, func(i int) string {
				return fmt.Sprintf("message M%d { %s a = 1; }", i, either(second, "int32", "string"))
			})
		}},
		{"30,000 messages that all have other names", func(second bool) string {
			return proto3 + lines(30_000, func(i int) string { return fmt.Sprintf("message %s%d { int32 a = 1; }", either(second, "M", "N"), i) })
		}},
		{"a oneof of 30,000 members that is dissolved", func(second bool) string {
			members := lines(30_000, func(i int) string { return fmt.Sprintf("int32 f%d = %d;", i, i+1) })
			return proto3 + "message M {" + either(second, "oneof o {"+members+"}", members) + "}"
		}},
		{"a oneof of 30,000 members that is removed", func(second bool) string {
			return proto3 + "message M {" + either(second, "oneof o {"+lines(30_000, func(i int) string { return fmt.Sprintf("int32 f%d = %d;", i, i+1) })+"}", "") + "}"
		}},
		{"30,000 fields that move into one oneof, one after the others", func(second bool) string {
			fields := lines(29_999, func(i int) string { return fmt.Sprintf("int32 f%d = %d;", i, i+2) })
			return proto3 + "message M {" + either(second, "oneof a {"+fields+"} int32 z = 1;", "oneof b {"+fields+"int32 z = 1;}") + "}"
		}},
		{"15,000 oneofs whose members are exchanged", func(second bool) string {
			return proto3 + "message M {" + lines(15_000, func(i int) string {
				return fmt.Sprintf("oneof o%d { int32 a%d = %d; int32 b%d = %d; }", i, i, 2*i+1, i, (2*i+either(second, 1, 3))%30_000+1)
			}) + "}"
		}},
		{"an enum of 30,000 values in 5,000 fields that is closed and loses them", func(second bool) string {
			return proto2 + "message M {" + lines(5_000, func(i int) string { return fmt.Sprintf("optional E f%d = %d;", i, i+1) }) + "}\nenum E {" +
				lines(30_000, func(i int) string {
					return fmt.Sprintf("%s%d = %d;", either(second, "A", "B"), i, i*either(second, 1, 2))
				}) + "}"
		}},
		{"30,000 reserved ranges and 10,000 fields in them", func(second bool) string {
			return proto3 + "message M {" + either(second,
				lines(30_000, func(i int) string { return fmt.Sprintf("reserved %d to %d; reserved \"n%d\";", 5*i+1, 5*i+3, i) }),
				lines(10_000, func(i int) string { return fmt.Sprintf("int32 n%d = %d;", i, 5*i+2) })) + "}"
		}},
		{"30,000 extension ranges and an extension in each", func(second bool) string {
			return proto2 + "message M {" + lines(30_000, func(i int) string { return fmt.Sprintf("extensions %d to %d;", 20_000+5*i, 20_000+5*i+3) }) +
				"}\nextend M {" + lines(10_000, func(i int) string {
				return fmt.Sprintf("optional %s x%d = %d;", either(second, "int64", "int32"), i, 20_000+5*i)
			}) + "}"
		}},
		{"maps of 10,000 message types into each other", func(second bool) string {
			return proto3 + lines(10_000, func(i int) string {
				return fmt.Sprintf("message M%d { map<string, M%d> a = 1; map<%s, M%d> b = 2; }", i, (i+1)%10_000, either(second, "int64", "int32"), (i*7)%10_000)
			})
		}},
		{"300 messages that all have all of them in fields", func(second bool) string {
			return proto3 + lines(300, func(i int) string {
				return fmt.Sprintf("message M%d {", i) + lines(150, func(j int) string { return fmt.Sprintf("M%d f%d = %d;", (i+j)%300, j, j+1) }) + either(second, "int32", "string") + " z = 200; }"
			})
		}},
		{"required messages that multiply", func(second bool) string {
			return proto2 + lines(50, func(i int) string {
				return fmt.Sprintf("message M%d { required M%d a = 1; required M%d b = 2; optional %s c = 3; }", i, i+1, i+1, either(second, "int32", "string"))
			}) + "message M50 { required string s = 1; }"
		}},
		{"messages nested 90 deep that use each other by short names", func(second bool) string {
			return proto3 + strings.Repeat("message A { A a = 1; "+either(second, "int32", "string")+" b = 2; ", 90) + strings.Repeat("}", 90)
		}},
		{"names of 100,000 letters", func(second bool) string {
			name := strings.Repeat("N", 100_000)
			return proto3 + "message " + name + " { " + lines(1_000, func(i int) string { return fmt.Sprintf("%s f%d = %d;", either(second, "int32", "string"), i, i+1) }) +
				either(second, "int32 ", "string ") + name + " = 2000; }"
		}},
		{"a name of 500,000 letters around 8,000 messages", func(second bool) string {
			return proto3 + "message " + strings.Repeat("N", 500_000) + " {" + lines(8_000, func(i int) string {
				return fmt.Sprintf("message A%d { message B { %s a = 1; A%d b = 2; } B b = 1; }", i, either(second, "int32", "string"), i)
			}) + "}"
		}},
		{"a name of 500,000 letters around 15,000 extensions", func(second bool) string {
			return proto2 + "message M { extensions 1 to max; } message " + strings.Repeat("N", 500_000) + " { extend M {" + lines(15_000, func(i int) string {
				return fmt.Sprintf("optional %s x%d = %d;", either(second, "int64", "int32"), i, i+1)
			}) + "} }"
		}},
		{"15,000 renamed fields with JSON names", func(second bool) string {
			return proto3 + "message M {" + lines(15_000, func(i int) string {
				return fmt.Sprintf("int32 f%d = %d [json_name = \"%s%d\"];", i, i+1, either(second, "a", "b"), i)
			}) + "}"
		}},
	} {
		t.Run(attack.name, func(t *testing.T) {
			subject := fmt.Sprintf("tangled-%d", i)
			first, second := attack.schema(false), attack.schema(true)
			s.attack(t, "/subjects/"+subject+"/versions", registration(t, "PROTOBUF", first), answered)
			s.attack(t, "/api/compatibility/subjects/"+subject+"/versions", registration(t, "PROTOBUF", second), answered)
			s.attack(t, "/compatibility/subjects/"+subject+"/versions/latest?verbose=true", registration(t, "PROTOBUF", second), answered)
			s.attack(t, "/subjects/"+subject+"/versions?normalize=true", registration(t, "PROTOBUF", second), answered)
		})
	}
}

func either[T any](second bool, a, b T) T {
	if second {
		return b
	}
	return a
}

// TestProtobufOptionsAreReadInTime sends 220 KB of options and more, which cost compilers gigabytes.
func TestProtobufOptionsAreReadInTime(t *testing.T) {
	s := serve(t, "")
	literal := func(depth, times int) string {
		return lines(times, func(int) string { return "option (x) = " + nested("{a:", "1", "}", depth) + ";" })
	}
	for _, attack := range []struct {
		name, schema string
		want         verdict
	}{
		{"a literal of 220 KB nested 44,000 deep", proto3 + literal(44_000, 1), refused},
		{"values in lists in values, 220 KB", proto3 + "option (x) = " + nested("{values:{list_value:", "{}", "}}", 10_000) + ";", refused},
		{"lists in lists, 220 KB", proto3 + "option (x) = {a: " + nested("[", "1", "]", 110_000) + "};", refused},
		{"angle brackets, 220 KB", proto3 + "option (x) = {a " + nested("<a ", "<>", ">", 50_000) + "};", refused},
		{"2,000 literals nested 90 deep", proto3 + literal(90, 2_000), answered},
		{"a literal with 50,000 members", proto3 + "option (x) = {" + lines(50_000, func(i int) string { return fmt.Sprintf("a%d: {b: %d}", i, i) }) + "};", answered},
		{"a list of 200,000 numbers", proto3 + "option (x) = {a: [" + list(200_000, func(i int) string { return fmt.Sprint(i) }) + "]};", answered},
		{"50,000 options that set parts of one", proto3 + lines(50_000, func(i int) string { return fmt.Sprintf("option (x).a.b%d.c = %d;", i, i) }), answered},
		{"20,000 options with a path of 40 steps", proto3 + lines(10_000, func(int) string { return "option (x)" + strings.Repeat(".a", 40) + " = 1;" }), answered},
		{"a string of a million escapes", proto3 + "option java_package = \"" + strings.Repeat("\\000", 500_000) + "\";", answered},
		{"a string in a million pieces", proto3 + "option java_package = " + strings.Repeat("'' ", 600_000) + ";", answered},
		{"a default that is too large a number", proto2 + "message M { optional double d = 1 [default = 1e" + strings.Repeat("9", 200_000) + "]; }", answered},
		{"a comment without end", proto3 + "/*" + strings.Repeat("/*", 500_000), refused},
	} {
		t.Run(attack.name, func(t *testing.T) {
			for _, path := range []string{"/subjects/options/versions", "/subjects/options/versions?normalize=true"} {
				s.attack(t, path, registration(t, "PROTOBUF", attack.schema), attack.want)
			}
		})
	}
}

// TestLayersOfProtobufImportsAreComparedInTime registers layers of files that use each the next one three times. Nothing
// remembers what it has compared in the reference, so that a change at the bottom is found three to the power of the
// layers times.
func TestLayersOfProtobufImportsAreComparedInTime(t *testing.T) {
	const layers = 28
	s := serve(t, "")
	for version, leaf := range []string{"int32", "string"} {
		for i := layers; i >= 0; i-- {
			schema := fmt.Sprintf("%simport \"l%d.proto\";\nmessage L%d { L%d a = 1; L%d b = 2; L%d c = 3; }", proto3, i+1, i, i+1, i+1, i+1)
			references := []map[string]any{{"name": fmt.Sprintf("l%d.proto", i+1), "subject": fmt.Sprintf("layer-%d-%d", version, i+1), "version": 1}}
			if i == layers {
				schema, references = fmt.Sprintf("%smessage L%d { %s x = 1; }", proto3, i, leaf), nil
			}
			subject := fmt.Sprintf("layer-%d-%d", version, i)
			if i == 0 {
				subject = "top"
				s.attack(t, "/api/compatibility/subjects/top/versions", registration(t, "PROTOBUF", schema, references...), answered)
				s.attack(t, "/compatibility/subjects/top/versions?verbose=true", registration(t, "PROTOBUF", schema, references...), answered)
			}
			s.attack(t, "/subjects/"+subject+"/versions", registration(t, "PROTOBUF", schema, references...), answered)
		}
	}
}
