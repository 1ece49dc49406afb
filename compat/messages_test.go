package compat_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-registry/concord/compat"
)

func TestMessagesCountWhatTheyHaveNoRoomFor(t *testing.T) {
	for name, c := range map[string]struct {
		message      string
		given, least int
	}{
		"none":             {"", 0, 0},
		"a few":            {"x", 3, 3},
		"as many as can":   {"x", compat.MaxMessages, compat.MaxMessages},
		"one too many":     {"x", compat.MaxMessages + 1, compat.MaxMessages},
		"of two megabytes": {strings.Repeat("x", 2<<20), 9, 1},
	} {
		t.Run(name, func(t *testing.T) {
			var m compat.Messages
			made := 0
			for range c.given {
				m.Add(func() string { made++; return c.message })
			}
			all := m.All()
			if made+m.Left() != c.given || made < c.least {
				t.Fatalf("of %d messages %d were made, %d left", c.given, made, m.Left())
			}
			if m.Left() == 0 {
				if len(all) != c.given {
					t.Errorf("%d messages", len(all))
				}
				return
			}
			if last := all[len(all)-1]; len(all) != made+1 || !strings.Contains(last, fmt.Sprintf("%d more places", m.Left())) {
				t.Errorf("%d messages, the last is %s", len(all), last)
			}
		})
	}
}
