package diff

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Layout returns the same schema with a text for people to read: JSON that stands on one line, as it does in a registry, is
// given a line for each member. Other texts stay as they are.
func Layout(ctx context.Context, e *engine.Engine, s formats.Schema) (formats.Schema, error) {
	src := s.Source()
	if s.Type() == formats.Protobuf || strings.Contains(strings.TrimSpace(src.Text), "\n") {
		return s, nil
	}
	return parseIndented(ctx, e, s)
}

func parseIndented(ctx context.Context, e *engine.Engine, s formats.Schema) (formats.Schema, error) {
	src := s.Source()
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(src.Text), "", "  "); err != nil {
		return s, nil // an Avro text with comments, or of a bare word; it reads as it is
	}
	src.Text = strings.TrimSpace(out.String()) + "\n"
	laid, err := e.Parse(ctx, s.Type(), src, formats.Options{})
	if err != nil {
		return s, nil // the indentation made it larger than a schema may be
	}
	return laid, nil
}
