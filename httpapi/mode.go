package httpapi

import (
	"github.com/concord-registry/concord/registry"
)

func (c *call) getMode() error {
	mode, err := c.server.registry.Mode(c.request.Context(), c.subject, c.query.flag("defaultToGlobal"))
	if err != nil {
		return err
	}
	return c.mode(mode)
}

func (c *call) setMode() error {
	var update struct {
		Mode registry.Optional[string] `json:"mode"`
	}
	if err := c.readJSON(&update); err != nil {
		return err
	}
	if !update.Mode.Present {
		return &registry.Error{Code: registry.InvalidMode, Message: "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD."}
	}
	if err := c.server.registry.SetMode(c.request.Context(), c.subject, update.Mode.Value, c.query.flag("force")); err != nil {
		return err
	}
	if update.Mode.Value == nil {
		return c.mode("")
	}
	return c.mode(*update.Mode.Value)
}

func (c *call) deleteMode() error {
	mode, err := c.server.registry.DeleteMode(c.request.Context(), c.subject, c.query.flag("recursive"))
	if err != nil {
		return err
	}
	return c.mode(mode)
}

func (c *call) mode(mode string) error {
	o := newObject(c.body[:0])
	o.text("mode", mode)
	return c.object(o)
}
