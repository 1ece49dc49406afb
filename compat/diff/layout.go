package diff

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Layout returns the same schema with a text for people to read; see LayoutText.
func Layout(ctx context.Context, e *engine.Engine, s formats.Schema) (formats.Schema, error) {
	src := s.Source()
	text := LayoutText(s.Type(), src.Text)
	if text == src.Text {
		return s, nil
	}
	src.Text = text
	laid, err := e.Parse(ctx, s.Type(), src, formats.Options{})
	var limit *formats.LimitError
	if errors.As(err, &limit) {
		return s, nil // the blanks made it larger than a schema may be
	}
	return laid, err
}

// LayoutText gives JSON that stands on one line, as it does in a registry, a line for each member. Other texts stay as they are.
func LayoutText(t formats.Type, text string) string {
	if t == formats.Protobuf || strings.Contains(strings.TrimSpace(text), "\n") {
		return text
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(text), "", "  "); err != nil || !strings.Contains(strings.TrimSpace(out.String()), "\n") {
		return text // Avro with comments, or a bare word: it reads as it is
	}
	return strings.TrimSpace(out.String()) + "\n"
}
