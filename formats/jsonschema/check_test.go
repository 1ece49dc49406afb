package jsonschema

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
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
