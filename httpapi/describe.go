package httpapi

import (
	"cmp"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/usage"
)

// description is a version and its subject as the page about them shows it.
type description struct {
	*registry.Description
	Usage *usage.Report `json:"usage,omitempty"`
}

func (c *call) describeSubject() error {
	d, err := c.server.registry.Describe(c.request.Context(), c.subject, c.versionOrLatest())
	if err != nil {
		return err
	}
	answer := description{Description: d}
	if c.server.opt.Usage != nil {
		answer.Usage = c.server.opt.Usage.Report(d)
		c.generation = nil // it changes without a commit
	}
	return c.json(answer)
}

func (c *call) versionOrLatest() string { return cmp.Or(c.query.text("version"), "latest") }

func (c *call) outlineVersion() error {
	outline, err := c.server.registry.Outline(c.request.Context(), c.subject, c.versionOrLatest())
	if err != nil {
		return err
	}
	return c.json(outline)
}

func (c *call) exampleOfVersion() error {
	example, err := c.server.registry.Example(c.request.Context(), c.subject, c.versionOrLatest())
	if err != nil {
		return err
	}
	return c.json(example)
}

func (c *call) decodeMessage() error {
	var req registry.DecodeRequest
	if err := c.readJSON(&req); err != nil {
		return err
	}
	context, err := contextPrefix(c.query.text("context"))
	if err != nil {
		return err
	}
	decoding, err := c.server.registry.Decode(c.request.Context(), context, req)
	if err != nil {
		return err
	}
	if decoding.More > 0 {
		c.generation = nil // another time there may be more time
	}
	return c.json(decoding)
}

func (c *call) identifySchema() error {
	var req registry.SchemaRequest
	if err := c.readJSON(&req); err != nil {
		return err
	}
	context, err := contextPrefix(c.query.text("context"))
	if err != nil {
		return err
	}
	found, err := c.server.registry.Identify(c.request.Context(), context, req)
	if err != nil {
		return err
	}
	if found.Cut {
		c.generation = nil // another time there may be more time
	}
	return c.json(found)
}
