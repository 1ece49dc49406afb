package httpapi

func (c *call) restoreSubject() error {
	versions, err := c.server.registry.RestoreSubject(c.request.Context(), c.subject)
	if err != nil {
		return err
	}
	return c.numbers(versions)
}

func (c *call) restoreVersion() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	number, err := c.server.registry.Restore(c.request.Context(), c.subject, version)
	if err != nil {
		return err
	}
	return c.json(number)
}
