package httpapi

import (
	"bytes"
	"embed"
	"html/template"
	"sync"
)

// openAPI is the description of the API, written by hand; openapi_test.go holds it against the routes.
//
//go:embed openapi.yaml
var openAPI []byte

//go:embed docs/page.html docs/style.css
var docsFiles embed.FS

var yamlType, htmlType, cssType = []string{"application/yaml"}, []string{"text/html; charset=utf-8"}, []string{"text/css; charset=utf-8"}

// docsPolicy lets the page load its style sheet and nothing else, from nowhere else.
const docsPolicy = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// docsPage is the page that shows openAPI, rendered once.
var docsPage = sync.OnceValues(func() ([]byte, error) {
	api, err := readAPI(openAPI)
	if err != nil {
		return nil, err
	}
	page, err := template.New("page.html").Funcs(template.FuncMap{"prose": prose, "line": inline}).ParseFS(docsFiles, "docs/page.html")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = page.Execute(&out, api)
	return out.Bytes(), err
})

func (c *call) getOpenAPI() error {
	c.media, c.cache = yamlType, revalidate
	c.body = append(c.body[:0], openAPI...)
	return nil
}

func (c *call) getDocs() error {
	page, err := docsPage()
	if err != nil {
		return err
	}
	header := c.echo.Response().Header()
	header.Set("Content-Security-Policy", docsPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
	c.media, c.cache = htmlType, revalidate
	c.body = append(c.body[:0], page...)
	return nil
}

func (c *call) getDocsStyle() error {
	style, err := docsFiles.ReadFile("docs/style.css")
	if err != nil {
		return err
	}
	c.echo.Response().Header().Set("X-Content-Type-Options", "nosniff")
	c.media, c.cache = cssType, revalidate
	c.body = append(c.body[:0], style...)
	return nil
}
