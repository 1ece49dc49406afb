package httpapi

import (
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

func (c *call) readOptions() registry.ReadOptions {
	if len(c.query) == 0 {
		return registry.ReadOptions{}
	}
	return registry.ReadOptions{
		WithDeleted:     c.query.flag("deleted"),
		Format:          c.query.text("format"),
		ReferenceFormat: c.query.text("referenceFormat"),
		FindTags:        c.query.all("findTags"),
		MaxID:           c.query.flag("fetchMaxId"),
	}
}

func (c *call) listSchemas() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	c.body = append(c.body[:0], '[')
	listed := 0
	err = c.server.registry.Schemas(c.request.Context(), registry.SchemasQuery{
		Prefix:     c.query.text("subjectPrefix"),
		Deleted:    c.query.flag("deleted"),
		LatestOnly: c.query.flag("latestOnly"),
		RuleType:   c.query.text("ruleType"),
		Aliases:    c.query.flag("aliases"),
		Page:       page,
	}, func(v *registry.SchemaVersion) error {
		if listed++; listed > 1 {
			c.body = append(c.body, ',')
		}
		if err := c.listed(v); err != nil {
			return err
		}
		return c.spill()
	})
	if err != nil {
		return err
	}
	c.body = append(c.body, ']')
	return c.endStream()
}

func (c *call) listTypes() error {
	types := make([]string, 0, 3)
	for _, t := range formats.Types() {
		types = append(types, string(t))
	}
	return c.names(types)
}

func (c *call) byID() (*registry.SchemaVersion, error) {
	id, err := c.intParam("id")
	if err != nil {
		return nil, err
	}
	subject, err := c.querySubject()
	if err != nil {
		return nil, err
	}
	c.schemaID = id
	v, err := c.server.registry.ByID(c.request.Context(), id, subject, c.readOptions())
	if err == nil {
		c.subject = v.Subject
	}
	return v, err
}

func (c *call) getByID() error {
	v, err := c.byID()
	if err != nil {
		return err
	}
	c.cache = c.immutableUnlessPrinted()
	return c.schemaString(v, c.query.flag("fetchMaxId"))
}

func (c *call) getTextByID() error {
	v, err := c.byID()
	if err != nil {
		return err
	}
	c.cache = c.immutableUnlessPrinted()
	return c.text(v.Schema)
}

// immutableUnlessPrinted is the policy for what an id or a guid stands for. With a query the answer may change: the highest
// id grows, how a text is printed in another format may differ with the server.
func (c *call) immutableUnlessPrinted() cachePolicy {
	if len(c.query) > 0 {
		return revalidate
	}
	return immutable
}

// idQuery reads what the two lists by id share.
func (c *call) idQuery() (id int, subject string, deleted bool, page registry.Page, err error) {
	if id, err = c.intParam("id"); err != nil {
		return
	}
	if subject, err = c.querySubject(); err != nil {
		return
	}
	c.schemaID = id
	page, err = c.query.page()
	return id, subject, c.query.flag("deleted"), page, err
}

func (c *call) listSubjectsOfID() error {
	id, subject, deleted, page, err := c.idQuery()
	if err != nil {
		return err
	}
	subjects, err := c.server.registry.SubjectsOfID(c.request.Context(), id, subject, deleted, page)
	if err != nil {
		return err
	}
	return c.names(subjects)
}

func (c *call) listVersionsOfID() error {
	id, subject, deleted, page, err := c.idQuery()
	if err != nil {
		return err
	}
	versions, err := c.server.registry.VersionsOfID(c.request.Context(), id, subject, deleted, page)
	if err != nil {
		return err
	}
	return c.json(versions)
}

func (c *call) getByGUID() error {
	guid, err := c.param("guid")
	if err != nil {
		return err
	}
	v, err := c.server.registry.ByGUID(c.request.Context(), guid, c.readOptions())
	if err != nil {
		return err
	}
	c.cache = c.immutableUnlessPrinted()
	return c.schemaString(v, false)
}

// contextID is rest-contract's ContextId.
type contextID struct {
	Context string `json:"context"`
	ID      int    `json:"id"`
}

func (c *call) listIDsOfGUID() error {
	guid, err := c.param("guid")
	if err != nil {
		return err
	}
	ids, err := c.server.registry.IDsOfGUID(c.request.Context(), guid)
	if err != nil {
		return err
	}
	list := make([]contextID, 0, len(ids))
	for _, id := range ids {
		list = append(list, contextID(id))
	}
	return c.json(list)
}
