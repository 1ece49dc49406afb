package compat_test

import (
	"context"
	"errors"
	"testing"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

func TestVersionsAreReadOneByOneAsLongAsTheyAreWanted(t *testing.T) {
	e := engine.Default(formats.Limits{})
	schema := func(text string) formats.Schema {
		s, err := e.Parse(context.Background(), formats.Avro, formats.Source{Text: text}, formats.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	unreadable := errors.New("unreadable")
	for name, c := range map[string]struct {
		level  compat.Level
		texts  []string // newest first; an empty one cannot be read
		full   bool
		read   int
		fails  bool
		accept bool
	}{
		"all, while none rejects":              {level: compat.FullTransitive, texts: []string{`"int"`, `"int"`, `"int"`}, read: 3, accept: true},
		"until one rejects":                    {level: compat.FullTransitive, texts: []string{`"int"`, `"string"`, ``}, read: 2},
		"all for a full report":                {level: compat.FullTransitive, texts: []string{`"string"`, `"int"`, `"int"`}, full: true, read: 3},
		"the newest where the level asks that": {level: compat.Full, texts: []string{`"int"`, ``}, read: 1, accept: true},
		"until one cannot be read":             {level: compat.FullTransitive, texts: []string{`"int"`, ``, `"int"`}, read: 2, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			read := 0
			history := func(yield func(compat.Version, error) bool) {
				for i, text := range c.texts {
					read++
					if text == "" {
						yield(compat.Version{}, unreadable)
						return
					}
					if !yield(compat.Version{Number: len(c.texts) - i, Schema: schema(text)}, nil) {
						return
					}
				}
			}
			report, err := e.CheckEach(context.Background(), schema(`"int"`), history, compat.Rules{Level: c.level, Policy: compat.PolicyReference}, c.full)
			if read != c.read || errors.Is(err, unreadable) != c.fails {
				t.Fatalf("%d versions were read, error %v", read, err)
			}
			if err == nil && (report.Compatible != c.accept || len(report.Compared) != c.read) {
				t.Errorf("%+v", report)
			}
		})
	}
}
