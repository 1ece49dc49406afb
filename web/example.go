package web

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/registry"
)

// exampleView is a message that fits a version: as JSON, and as it would stand in a topic.
type exampleView struct {
	JSON  string
	Hex   string // with its frame; empty when it is long
	Fault string // why there is none
}

// maxExampleBytes bounds what is shown in hex.
const maxExampleBytes = 2048

// example makes an example message of a version.
func (u *UI) example(r *request, v *registry.SchemaVersion) *exampleView {
	schema, err := u.reg.Parse(r.Context(), v.Subject, registry.SchemaRequest{Schema: v.Schema, Type: string(v.Type), References: v.References})
	if err != nil {
		return &exampleView{Fault: err.Error()}
	}
	codec, err := message.NewCodec(schema)
	if err != nil {
		return &exampleView{Fault: err.Error()}
	}
	text, err := codec.Sample(r.Context(), message.Options{})
	if err != nil {
		return &exampleView{Fault: err.Error()}
	}
	view := &exampleView{JSON: text}
	var indented bytes.Buffer
	if json.Indent(&indented, []byte(text), "", "  ") == nil {
		view.JSON = indented.String()
	}
	payload, err := codec.Encode(text, message.Options{})
	if err == nil && len(payload) <= maxExampleBytes {
		view.Hex = hex.EncodeToString(message.Frame{ID: v.ID, Payload: payload}.Bytes())
	}
	return view
}
