package httpapi

// referenceVersion is the release of the reference whose API this server speaks. Tools parse it to decide what they may
// ask for; Concord's own version stands beside it.
const referenceVersion = "8.2.0"

func (c *call) getRoot() error { return c.literal("{}") }

func (c *call) postRoot() error {
	if c.request.ContentLength != 0 {
		if err := c.readJSON(&struct{}{}); err != nil {
			return err
		}
	}
	return c.literal("{}")
}

func (c *call) listContexts() error {
	page, err := c.query.page()
	if err != nil {
		return err
	}
	names, err := c.server.registry.Contexts(c.request.Context(), c.query.text("contextPrefix"), page)
	if err != nil {
		return err
	}
	return c.names(names)
}

func (c *call) deleteContext() error {
	prefix, err := contextPrefix(c.echo.Param("context"))
	if err != nil {
		return err
	}
	context := "."
	if prefix != "" {
		context = prefix[1 : len(prefix)-1]
	}
	if err := c.server.registry.DeleteContext(c.request.Context(), context); err != nil {
		return err
	}
	return c.nothing()
}

func (c *call) getClusterID() error {
	clusters := newObject(nil)
	clusters.text("kafka-cluster", c.server.opt.ClusterID)
	clusters.text("schema-registry-cluster", "schema-registry")
	body, err := clusters.end()
	if err != nil {
		return err
	}
	return c.literal(`{"scope":{"path":[],"clusters":` + string(body) + `},"id":""}`)
}

func (c *call) getServerVersion() error {
	o := newObject(c.body[:0])
	o.text("version", c.server.opt.ReportedVersion)
	o.text("commitId", "concord "+c.server.opt.Version+" "+c.server.opt.Commit)
	return c.object(o)
}

func (c *call) getDeployment() error { return c.literal(`{"attributes":[]}`) }

// listAssociations knows no associations yet: clients that look for one take an empty list as "none".
func (c *call) listAssociations() error { return c.literal("[]") }
