package jsonschema

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/concord-registry/concord/formats"
)

// taken is the memory that was allocated, given back or not.
func taken(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestWorkOfCheckingBelowALongName(t *testing.T) {
	var inner strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&inner, `"p%d":{"title":"t"},`, i)
	}
	s := parse(t, `{"properties":{"`+strings.Repeat("k", 200_000)+`":{"properties":{`+inner.String()+`"last":true}}}}`)
	if bytes := taken(func() {
		if err := s.validate(false); err != nil {
			t.Error(err)
		}
	}); bytes > 20<<20 {
		t.Errorf("checking took %d MB", bytes>>20)
	}
}

func TestWorkOfURIsBelowALongName(t *testing.T) {
	for what, keyword := range map[string]string{"names": "$id", "references": "$ref"} {
		var inner strings.Builder
		for i := range 1000 {
			fmt.Fprintf(&inner, `"p%d":{%q:"other%d"},`, i, keyword, i)
		}
		text := `{"$id":"http://x/` + strings.Repeat("k", 200_000) + `/","properties":{` + inner.String() + `"last":true}}`
		var limit *formats.LimitError
		if _, err := Parse(context.Background(), source(text), formats.Options{}); !errors.As(err, &limit) {
			t.Errorf("%s: error %v, want a *formats.LimitError", what, err)
		}
		if _, err := (Format{}).Outline(text, formats.Limits{}); !errors.As(err, &limit) {
			t.Errorf("%s: outline: error %v, want a *formats.LimitError", what, err)
		}
	}
}
