package web

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// laidOut is the text of a schema for people: JSON of one line, as it is stored, gets a line for each member.
func (u *UI) laidOut(_ context.Context, _ string, req registry.SchemaRequest) string {
	if req.Type == string(formats.Protobuf) || strings.Contains(strings.TrimSpace(req.Schema), "\n") {
		return req.Schema
	}
	var out bytes.Buffer
	if err := json.Indent(&out, []byte(req.Schema), "", "  "); err != nil {
		return req.Schema
	}
	return out.String() + "\n"
}
