package httpapi

import _ "embed"

//go:embed openapi.yaml
var openAPI []byte

func (c *call) getOpenAPI() error {
	c.media = []string{"application/yaml"}
	c.body = append(c.body[:0], openAPI...)
	return nil
}

func (c *call) getDocs() error      { return c.literal("{}") }
func (c *call) getDocsStyle() error { return c.literal("{}") }
