// Package engine is the one list of schema languages: the parsers and the comparers of all three. The server and the
// command line use the same engine, so they cannot disagree.
package engine

import (
	"context"
	"fmt"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// Engine parses and compares schemas of every type. It is stateless and safe for concurrent use.
type Engine struct {
	*compat.Checker
	formats map[formats.Type]formats.Format
	limits  formats.Limits
}

// Parse parses src as a schema of type t within the engine's limits.
func (e *Engine) Parse(ctx context.Context, t formats.Type, src formats.Source, opt formats.Options) (formats.Schema, error) {
	format, ok := e.formats[t]
	if !ok {
		return nil, &formats.ParseError{Message: fmt.Sprintf("Invalid schema type %s", t)}
	}
	if opt.Limits == (formats.Limits{}) {
		opt.Limits = e.limits
	}
	return format.Parse(ctx, src, opt)
}

// New returns an engine over the given formats and comparers. Zero limits mean the defaults.
func New(limits formats.Limits, parsers []formats.Format, comparers []compat.Comparer) *Engine {
	e := &Engine{Checker: compat.NewChecker(comparers...), formats: map[formats.Type]formats.Format{}, limits: limits.OrDefault()}
	for _, parser := range parsers {
		e.formats[parser.Type()] = parser
	}
	return e
}

// Outline tells what a text of type t defines and needs.
func (e *Engine) Outline(t formats.Type, text string) (*formats.Outline, error) {
	outliner, ok := e.formats[t].(formats.Outliner)
	if !ok {
		return nil, &formats.ParseError{Message: fmt.Sprintf("Invalid schema type %s", t)}
	}
	return outliner.Outline(text, e.limits)
}
