package httpapi

import (
	"github.com/concord-registry/concord/registry"
)

func (c *call) listSubjects() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	// Without a prefix the list spans all contexts, with an empty one it is that of the default context.
	prefix := ":*:"
	if c.query.has("subjectPrefix") {
		prefix = c.query.text("subjectPrefix")
	}
	names, err := c.server.registry.Subjects(c.request.Context(), prefix, c.query.deletion()&^registry.DeletedAsNegative, page)
	if err != nil {
		return err
	}
	return c.names(names)
}

func (c *call) lookup() error {
	var req registry.SchemaRequest
	if err := c.readJSON(&req); err != nil {
		return err
	}
	v, err := c.server.registry.Lookup(c.request.Context(), c.subject, req, registry.LookupOptions{
		Normalize:   c.query.flag("normalize"),
		WithDeleted: c.query.flag("deleted"),
		Format:      c.query.text("format"),
	})
	if err != nil {
		return err
	}
	return c.schema(v)
}

func (c *call) getWithMetadata() error {
	keys, values := c.query.all("key"), c.query.all("value")
	properties := map[string]string{}
	for i := range min(len(keys), len(values)) {
		properties[keys[i]] = values[i]
	}
	v, err := c.server.registry.WithMetadata(c.request.Context(), c.subject, properties, c.readOptions())
	if err != nil {
		return err
	}
	return c.schema(v)
}

func (c *call) deleteSubject() error {
	versions, err := c.server.registry.DeleteSubject(c.request.Context(), c.subject, c.query.flag("permanent"))
	if err != nil {
		return err
	}
	return c.numbers(versions)
}

func (c *call) listVersions() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	versions, err := c.server.registry.Versions(c.request.Context(), c.subject, c.query.deletion(), page)
	if err != nil {
		return err
	}
	return c.numbers(versions)
}

func (c *call) register() error {
	var req registry.SchemaRequest
	if err := c.readJSON(&req); err != nil {
		return err
	}
	v, err := c.server.registry.Register(c.request.Context(), c.subject, req, registry.RegisterOptions{
		Normalize: c.query.flag("normalize"),
		Force:     c.query.flag("force"),
		Format:    c.query.text("format"),
		By:        c.client(),
	})
	counter := c.server.metrics.registered(req.Type, v, err)
	counter.Inc()
	if err != nil {
		return err
	}
	c.changed, c.count = !v.Existing, counter.Inc
	return c.registered(v)
}

func (c *call) getVersion() error {
	v, err := c.version()
	if err != nil {
		return err
	}
	return c.schema(v)
}

func (c *call) getText() error {
	v, err := c.version()
	if err != nil {
		return err
	}
	c.schemaID = v.ID
	return c.text(v.Schema)
}

func (c *call) version() (*registry.SchemaVersion, error) {
	version, err := c.param("version")
	if err != nil {
		return nil, err
	}
	return c.server.registry.Version(c.request.Context(), c.subject, version, c.readOptions())
}

func (c *call) deleteVersion() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	removed, err := c.server.registry.DeleteVersion(c.request.Context(), c.subject, version, c.query.flag("permanent"))
	if err != nil {
		return err
	}
	return c.json(removed)
}

func (c *call) listReferrers() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	page, err := c.query.page()
	if err != nil {
		return err
	}
	ids, err := c.server.registry.ReferencedBy(c.request.Context(), c.subject, version, c.query.flag("deleted"), page)
	if err != nil {
		return err
	}
	return c.numbers(ids)
}

func (c *call) tag() error {
	version, err := c.param("version")
	if err != nil {
		return err
	}
	var req registry.TagRequest
	if err := c.readJSON(&req); err != nil {
		return err
	}
	v, err := c.server.registry.Tag(c.request.Context(), c.subject, version, req, c.client())
	if err != nil {
		return err
	}
	return c.registered(v)
}
