package config

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"gopkg.in/yaml.v3"
)

// Print writes every setting with its value and where that came from. format is text, json, or yaml; the YAML is a file
// that --config reads. Secrets are hidden in all three.
func Print(w io.Writer, settings []*Setting, format string) error {
	switch format {
	case "text":
		return printText(w, settings)
	case "json":
		return printJSON(w, settings)
	case "yaml":
		return printYAML(w, settings)
	}
	return fmt.Errorf("unknown output format %q; use text, json or yaml", format)
}

func printText(w io.Writer, settings []*Setting) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "SETTING\tVALUE\tFROM")
	for _, s := range settings {
		text := s.Text()
		if text == "" {
			text = `""`
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", s.Name, text, s.Origin)
	}
	return table.Flush()
}

func printJSON(w io.Writer, settings []*Setting) error {
	type row struct {
		Name  string `json:"name"`
		Value any    `json:"value"`
		Origin
		Env  string `json:"variable"`
		Help string `json:"help"`
	}
	rows := make([]row, 0, len(settings))
	for _, s := range settings {
		rows = append(rows, row{s.Name, s.plain(), s.Origin, s.Env(), s.Help})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(rows)
}

func printYAML(w io.Writer, settings []*Setting) error {
	doc := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range settings {
		key, value := new(yaml.Node), new(yaml.Node)
		key.SetString(s.Name)
		if err := value.Encode(s.plain()); err != nil {
			return err
		}
		value.LineComment = s.Origin.String()
		if s.IsSecret() && s.Text() != "" {
			// A hidden value must not be read back as the value.
			doc.FootComment = joinLines(doc.FootComment, fmt.Sprintf("%s: %s # %s", s.Name, s.Text(), s.Origin))
			continue
		}
		doc.Content = append(doc.Content, key, value)
	}
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(doc); err != nil {
		return err
	}
	return encoder.Close()
}

// plain is the value as JSON and YAML know it.
func (s *Setting) plain() any {
	switch v := s.field.Interface().(type) {
	case bool, int:
		return v
	}
	return s.Text()
}

func joinLines(a, b string) string {
	if a == "" {
		return b
	}
	return a + "\n" + b
}
