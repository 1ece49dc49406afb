package httpapi

import (
	"slices"

	"github.com/concord-registry/concord/registry"
)

func (c *call) compareVersions() error {
	step, err := c.server.registry.Compare(c.request.Context(), c.subject, c.query.text("from"), c.query.text("to"))
	if err != nil {
		return err
	}
	return c.json(step)
}

func (c *call) getHistory() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	steps, err := c.server.registry.History(c.request.Context(), c.subject, page)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(steps, func(s *registry.Step) bool { return s.Late }) {
		c.generation = nil // another time there may be more time
	}
	return c.json(steps)
}

func (c *call) getLevels() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	matrix, err := c.server.registry.Matrix(c.request.Context(), c.subject, page)
	if err != nil {
		return err
	}
	if !matrix.Decided() {
		c.generation = nil // another time there may be more time
	}
	return c.json(matrix)
}
