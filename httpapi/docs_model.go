package httpapi

import (
	"fmt"
	"html/template"
	"strings"

	"gopkg.in/yaml.v3"
)

// apiPage is openapi.yaml as the page shows it: operations by tag, references resolved, everything in its order.
type apiPage struct {
	Title, Summary, Description string
	Groups                      []*apiGroup
	Schemas                     []apiSchema
}

type apiGroup struct {
	Name, Description string
	Operations        []apiOperation
}

type apiOperation struct {
	Method, Path, ID, Summary, Description string
	Deprecated                             bool
	Parameters                             []apiParameter
	Body                                   template.HTML // what kind of value; empty for none
	Responses                              []apiResponse
}

type apiParameter struct {
	Name, In, Description string
	Kind                  template.HTML
}

type apiResponse struct {
	Status, Description string
	Kind                template.HTML
}

type apiSchema struct {
	Name, Description string
	Kind              template.HTML
	Members           []apiParameter
}

// readAPI builds the page from the text of openapi.yaml.
func readAPI(text []byte) (*apiPage, error) {
	var file yaml.Node
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("openapi.yaml: %w", err)
	}
	root := member{file.Content[0], file.Content[0]}
	info := root.get("info")
	page := &apiPage{Title: info.get("title").text(), Summary: info.get("summary").text(), Description: info.get("description").text()}
	groups := map[string]*apiGroup{}
	for _, tag := range root.get("tags").items() {
		group := &apiGroup{Name: tag.get("name").text(), Description: tag.get("description").text()}
		groups[group.Name] = group
		page.Groups = append(page.Groups, group)
	}
	err := root.get("paths").each(func(path string, methods member) error {
		return methods.each(func(method string, op member) error {
			for _, tag := range op.get("tags").items() {
				if groups[tag.text()] == nil {
					return fmt.Errorf("openapi.yaml: %s %s: unknown tag %q", method, path, tag.text())
				}
				groups[tag.text()].Operations = append(groups[tag.text()].Operations, readOperation(method, path, op))
			}
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	err = root.get("components").get("schemas").each(func(name string, schema member) error {
		page.Schemas = append(page.Schemas, readSchema(name, schema))
		return nil
	})
	return page, err
}

func readOperation(method, path string, op member) apiOperation {
	out := apiOperation{
		Method: strings.ToUpper(method), Path: path, ID: op.get("operationId").text(), Summary: op.get("summary").text(),
		Description: op.get("description").text(), Deprecated: op.get("deprecated").text() == "true", Body: op.get("requestBody").contentKind(),
	}
	for _, p := range op.get("parameters").items() {
		out.Parameters = append(out.Parameters, apiParameter{p.get("name").text(), p.get("in").text(), p.get("description").text(), p.get("schema").kind()})
	}
	_ = op.get("responses").each(func(status string, r member) error {
		out.Responses = append(out.Responses, apiResponse{status, r.get("description").text(), r.contentKind()})
		return nil
	})
	return out
}

func readSchema(name string, schema member) apiSchema {
	out := apiSchema{Name: name, Description: schema.get("description").text(), Kind: schema.kind()}
	_ = schema.get("properties").each(func(name string, property member) error {
		out.Members = append(out.Members, apiParameter{Name: name, Description: property.get("description").text(), Kind: property.kind()})
		return nil
	})
	return out
}

// member is a place in the file: a node, and the root that its references point into. A nil node is an absent member.
type member struct{ node, root *yaml.Node }

// get returns a member of an object, following a $ref where the object itself does not have it.
func (m member) get(name string) member {
	if found := m.own(name); found.node != nil {
		return found
	}
	if target := m.target(); target.node != nil {
		return target.get(name)
	}
	return member{nil, m.root}
}

func (m member) own(name string) member {
	if m.node != nil && m.node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(m.node.Content); i += 2 {
			if m.node.Content[i].Value == name {
				return member{m.node.Content[i+1], m.root}
			}
		}
	}
	return member{nil, m.root}
}

// target is what the object's $ref points to.
func (m member) target() member {
	ref := m.own("$ref")
	if ref.node == nil {
		return ref
	}
	at := member{m.root, m.root}
	for name := range strings.SplitSeq(strings.TrimPrefix(ref.text(), "#/"), "/") {
		at = at.own(name)
	}
	return at
}

func (m member) text() string {
	if m.node == nil {
		return ""
	}
	return m.node.Value
}

func (m member) items() []member {
	if m.node == nil || m.node.Kind != yaml.SequenceNode {
		return nil
	}
	items := make([]member, len(m.node.Content))
	for i, node := range m.node.Content {
		items[i] = member{node, m.root}
	}
	return items
}

func (m member) each(f func(name string, value member) error) error {
	if m.node == nil || m.node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(m.node.Content); i += 2 {
		if err := f(m.node.Content[i].Value, member{m.node.Content[i+1], m.root}); err != nil {
			return err
		}
	}
	return nil
}

// contentKind says what kind of value a body or a response holds.
func (m member) contentKind() template.HTML {
	var kind template.HTML
	_ = m.get("content").each(func(_ string, content member) error {
		kind = content.get("schema").kind()
		return nil
	})
	return kind
}

// kind describes a schema in a few words, with a link where it has a name.
func (m member) kind() template.HTML {
	if ref := m.own("$ref"); ref.node != nil {
		name := template.HTMLEscapeString(ref.text()[strings.LastIndexByte(ref.text(), '/')+1:])
		return template.HTML(`<a href="#schema-` + name + `">` + name + `</a>`)
	}
	if choices := m.own("anyOf").items(); len(choices) > 0 {
		return choices[0].kind()
	}
	if values := m.own("enum").items(); len(values) > 0 {
		var words []string
		for _, value := range values {
			words = append(words, "<code>"+template.HTMLEscapeString(value.text())+"</code>")
		}
		return template.HTML(strings.Join(words, " "))
	}
	kind := m.own("type").text()
	for _, alternative := range m.own("type").items() {
		if kind == "" {
			kind = alternative.text()
		}
	}
	switch kind {
	case "array":
		return "list of " + m.own("items").kind()
	case "object":
		if values := m.own("additionalProperties"); values.node != nil {
			return "map to " + values.kind()
		}
	}
	return template.HTML(template.HTMLEscapeString(kind))
}

// prose turns a description into paragraphs.
func prose(text string) template.HTML {
	var out strings.Builder
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if paragraph != "" {
			out.WriteString("<p>" + string(inline(paragraph)) + "</p>")
		}
	}
	return template.HTML(out.String())
}

// inline escapes text, and sets what stands in backquotes as code.
func inline(text string) template.HTML {
	parts := strings.Split(template.HTMLEscapeString(text), "`")
	for i := 1; i+1 < len(parts); i += 2 {
		parts[i] = "<code>" + parts[i] + "</code>"
	}
	return template.HTML(strings.Join(parts, ""))
}
