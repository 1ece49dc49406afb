package web

import (
	"strconv"

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
	example, err := u.reg.Example(r.Context(), v.Subject, strconv.Itoa(v.Version))
	if err != nil {
		return &exampleView{Fault: err.Error()}
	}
	view := &exampleView{JSON: indented(string(example.Message)), Hex: example.Bytes}
	if len(view.Hex) > 2*maxExampleBytes {
		view.Hex = ""
	}
	return view
}
