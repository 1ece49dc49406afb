package protobuf

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/formats/cputest"
)

// A schema that was stored without validation may name types that do not exist. The runtime would look for each in every
// part of the package, under a name that is as long as that.
func TestTypesThatDoNotExistAreMissedAtOnceInALongPackage(t *testing.T) {
	for name, declaration := range map[string]string{
		"in a field":      "message M { optional X f = 1; }",
		"in a map":        "message M { map<string, X.Y> f = 1; }",
		"in an extension": "extend X { optional int32 f = 100; }",
		"in a method":     "service S { rpc M(X) returns (X); }",
	} {
		t.Run(name, func(t *testing.T) {
			text := `syntax = "proto2"; package ` + strings.Repeat("a.", 15_000) + "a; " + declaration
			s, err := Format{}.Parse(context.Background(), formats.Source{Text: text}, formats.Options{})
			if err != nil {
				t.Fatal(err)
			}
			cputest.Within(t, 15*time.Second, func() { _, err = s.(*Schema).Linked() })
			if err == nil || !strings.Contains(err.Error(), `"X`) {
				t.Errorf("a type that does not exist is found: %v", err)
			}
		})
	}
}

// Once the full names of a long package had used up the steps, each further name was looked for in all its parts: for half a minute.
func TestLookupsEndWhenTheStepsAreUsedUp(t *testing.T) {
	var text strings.Builder
	text.WriteString("syntax = \"proto3\"; package a" + strings.Repeat(".a", 40_000) + ";")
	for i := range 20_000 {
		fmt.Fprintf(&text, "message M%d { M%d m = 1; }", i, (i+1)%20_000)
	}
	s, err := Format{}.Parse(context.Background(), formats.Source{Text: text.String()}, formats.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cputest.Within(t, 5*time.Second, func() { _, err = s.Normalized() })
	var limit *formats.LimitError
	if !errors.As(err, &limit) {
		t.Errorf("%v, want one about a limit", err)
	}
}
