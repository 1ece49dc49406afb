package httpapi

import (
	"net/http"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// Shape is how much a schema answer tells. Java clients before 6.2, which old builds of Flink, NiFi, Debezium and Connect
// still embed, fail on any member that they do not know (rest-contract §1.7).
type Shape string

const (
	// ShapeAuto answers in the legacy shape to a Java client that does not declare that it accepts unknown properties,
	// and in the full one to everybody else.
	ShapeAuto Shape = "auto"
	// ShapeFull is the shape of the reference since 8.0.
	ShapeFull Shape = "full"
	// ShapeLegacy is the shape of the reference up to 7.9, which every client can read.
	ShapeLegacy Shape = "legacy"
)

// legacy decides the shape of this answer.
func (c *call) legacy() bool { return c.server.legacy(c.request.Header) }

func (s *Server) legacy(header http.Header) bool {
	switch s.opt.Shape {
	case ShapeFull:
		return false
	case ShapeLegacy:
		return true
	}
	_, declared := header["Confluent-Accept-Unknown-Properties"]
	return !declared && fromJava(header)
}

// fromJava reports whether a request comes from Java's own HTTP client, by the name that it gives itself.
func fromJava(header http.Header) bool {
	agent := header["User-Agent"]
	return len(agent) > 0 && strings.HasPrefix(agent[0], "Java/")
}

// registered answers a registration (rest-contract §3.2).
func (c *call) registered(v *registry.SchemaVersion) error {
	c.schemaID = v.ID
	o := newObject(c.body[:0])
	o.number("id", int64(v.ID))
	if !c.legacy() {
		o.number("version", int64(v.Version))
		o.text("guid", v.GUID)
		o.text("schemaType", string(v.Type))
		c.attachments(&o, v)
		o.text("schema", v.Schema)
	}
	return c.object(o)
}

// schema answers with a version (rest-contract §3.3).
func (c *call) schema(v *registry.SchemaVersion) error {
	c.schemaID = v.ID
	o := newObject(c.body[:0])
	c.schemaMembers(&o, v)
	return c.object(o)
}

// listed adds a version to a list of them.
func (c *call) listed(v *registry.SchemaVersion) error {
	o := newObject(c.body)
	c.schemaMembers(&o, v)
	if len(v.Aliases) > 0 {
		o.value("aliases", v.Aliases)
	}
	return c.object(o)
}

func (c *call) schemaMembers(o *object, v *registry.SchemaVersion) {
	legacy := c.legacy()
	o.text("subject", v.Subject)
	o.number("version", int64(v.Version))
	o.number("id", int64(v.ID))
	if !legacy {
		o.text("guid", v.GUID)
	}
	if !legacy || v.Type != formats.Avro {
		o.text("schemaType", string(v.Type))
	}
	c.attachments(o, v)
	o.text("schema", v.Schema)
	if len(v.Tags) > 0 {
		o.value("schemaTags", v.Tags)
	}
	if !legacy {
		stamps(o, v)
	}
}

// schemaString answers with what an id or a guid stands for (rest-contract §3.4).
func (c *call) schemaString(v *registry.SchemaVersion, withMaxID bool) error {
	c.schemaID = v.ID
	legacy := c.legacy()
	o := newObject(c.body[:0])
	if !legacy {
		o.text("subject", v.Subject)
		if v.Version > 0 {
			o.number("version", int64(v.Version))
		}
		o.text("guid", v.GUID)
	}
	if !legacy || v.Type != formats.Avro {
		o.text("schemaType", string(v.Type))
	}
	o.text("schema", v.Schema)
	c.attachments(&o, v)
	if len(v.Tags) > 0 {
		o.value("schemaTags", v.Tags)
	}
	if withMaxID {
		o.number("maxId", int64(v.MaxID))
	}
	if !legacy && v.Version > 0 {
		stamps(&o, v)
	}
	return c.object(o)
}

// attachments adds what a schema has besides its text.
func (c *call) attachments(o *object, v *registry.SchemaVersion) {
	if len(v.References) > 0 {
		o.value("references", v.References)
	}
	if v.Metadata != nil {
		o.value("metadata", v.Metadata)
	}
	if v.RuleSet != nil {
		o.value("ruleSet", v.RuleSet)
	}
}

func stamps(o *object, v *registry.SchemaVersion) {
	if v.Time > 0 {
		o.number("ts", v.Time)
	}
	o.flag("deleted", v.Deleted)
}
