package protobuf

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// The outline has a name for every scope that a type may be found in, which together must not be many times the text.
func TestOutlineOfLongNames(t *testing.T) {
	long := strings.Repeat("k", 100_000)
	var fields, messages strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&fields, "X a%d = %d;", i, i+1)
		fmt.Fprintf(&messages, "message A%d {}", i)
	}
	for what, text := range map[string]string{
		"types of fields": "message X {} message " + long + " {" + fields.String() + "}",
		"nested messages": "message " + long + " {" + messages.String() + "}",
		"package":         "package " + long + ";" + messages.String(),
	} {
		var limit *formats.LimitError
		if _, err := (Format{}).Outline("syntax = \"proto3\";"+text, formats.Limits{}); !errors.As(err, &limit) {
			t.Errorf("%s: error %.100v, want a *formats.LimitError", what, err)
		}
	}
}
