package httpapi

import (
	"github.com/concord-registry/concord/registry"
)

// The level has two names: "compatibilityLevel" when a config is read or deleted, "compatibility" when it is written, in
// the request and in the answer (rest-contract §3.7).
const (
	levelRead    = "compatibilityLevel"
	levelWritten = "compatibility"
)

func (c *call) getConfig() error {
	config, err := c.server.registry.Config(c.request.Context(), c.subject, c.query.flag("defaultToGlobal"))
	if err != nil {
		return err
	}
	return c.config(config, levelRead)
}

func (c *call) setConfig() error {
	var update registry.ConfigUpdate
	if err := c.readJSON(&update); err != nil {
		return err
	}
	config, err := c.server.registry.SetConfig(c.request.Context(), c.subject, update)
	if err != nil {
		return err
	}
	return c.config(config, levelWritten)
}

func (c *call) deleteConfig() error {
	config, err := c.server.registry.DeleteConfig(c.request.Context(), c.subject)
	if err != nil {
		return err
	}
	return c.config(config, levelRead)
}

func (c *call) config(config *registry.Config, level string) error {
	o := newObject(c.body[:0])
	o.text("alias", config.Alias)
	o.text("aliasForDeks", config.AliasForDeks)
	o.optionalFlag("normalize", config.Normalize)
	o.optionalFlag("validateFields", config.ValidateFields)
	o.optionalFlag("validateNewSchemas", config.ValidateNewSchemas)
	o.optionalFlag("validateRules", config.ValidateRules)
	o.text(level, config.CompatibilityLevel)
	o.text("compatibilityPolicy", config.CompatibilityPolicy)
	o.text("compatibilityGroup", config.CompatibilityGroup)
	o.text("verdictPolicy", config.VerdictPolicy)
	if config.DefaultMetadata != nil {
		o.value("defaultMetadata", config.DefaultMetadata)
	}
	if config.OverrideMetadata != nil {
		o.value("overrideMetadata", config.OverrideMetadata)
	}
	if config.DefaultRuleSet != nil {
		o.value("defaultRuleSet", config.DefaultRuleSet)
	}
	if config.OverrideRuleSet != nil {
		o.value("overrideRuleSet", config.OverrideRuleSet)
	}
	return c.object(o)
}
