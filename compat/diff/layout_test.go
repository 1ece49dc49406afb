package diff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/formats"
)

// jsonValue draws a JSON value as a text with white space of its own.
func jsonValue(depth int) *rapid.Generator[string] {
	leaf := rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "false", "0", "-1.5e+10", `""`, `"a \" b \\"`, `"ü\n日"`, "{}", "[]", "[ ]"}),
		rapid.Map(rapid.StringN(0, 20, -1), func(s string) string { text, _ := json.Marshal(s); return string(text) }),
	)
	if depth == 0 {
		return leaf
	}
	return rapid.Custom(func(t *rapid.T) string {
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			return "[" + strings.Join(rapid.SliceOfN(jsonValue(depth-1), 0, 5).Draw(t, "elements"), " ,") + "]"
		case 1:
			var members []string
			for i, v := range rapid.SliceOfN(jsonValue(depth-1), 0, 5).Draw(t, "members") {
				members = append(members, fmt.Sprintf(`"%s%d" :%s`, rapid.SampledFrom([]string{"fields", "a b", "ü"}).Draw(t, "key"), i, v))
			}
			return "{" + strings.Join(members, ",") + " }"
		}
		return leaf.Draw(t, "leaf")
	})
}

func TestAReadableTextIsTheSameJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := jsonValue(4).Draw(t, "text")
		var want, got bytes.Buffer
		if err := json.Compact(&want, []byte(text)); err != nil {
			t.Fatal(err)
		}
		laid := diff.LayoutText(formats.JSON, text)
		if err := json.Compact(&got, []byte(laid)); err != nil {
			t.Fatalf("%v: %s", err, laid)
		}
		if got.String() != want.String() {
			t.Fatalf("%s became %s", want.String(), laid)
		}
	})
}

func TestATextThatIsNoJSONStaysAsItIs(t *testing.T) {
	for _, text := range []string{"", "{", `{"a":}`, "long", "[1,]", "\x00", `"\ud800`} {
		if got := diff.LayoutText(formats.Avro, text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
