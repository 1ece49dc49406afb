package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

// choice is a flag that takes one of a few words. Case does not count.
type choice struct {
	value  *string
	values []string
}

func (c choice) String() string { return *c.value }
func (c choice) Type() string   { return strings.Join(c.values, "|") }
func (c choice) Set(text string) error {
	for _, value := range c.values {
		if strings.EqualFold(value, text) {
			*c.value = value
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s%s", text, strings.Join(c.values, ", "), suggest.Question(text, c.values))
}

// choiceFlag adds a flag that takes one of some words, and its completion. short may be empty, and so may what into holds,
// which is the default.
func choiceFlag(cmd *cobra.Command, into *string, name, short, usage string, values ...string) {
	cmd.Flags().VarP(choice{into, values}, name, short, usage)
	// The error is about a flag that does not exist, and it was just made.
	_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// idValue is a flag that takes the id of a schema; 0 stands for none.
type idValue struct{ id *int }

func (v idValue) String() string { return strconv.Itoa(*v.id) }
func (v idValue) Type() string   { return "id" }
func (v idValue) Set(text string) error {
	id, err := parseID(text)
	if err == nil {
		*v.id = id
	}
	return err
}

// parseID reads the id of a schema, as a frame can hold it.
func parseID(text string) (int, error) {
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("%q is not an id; ids are numbers from 1", text)
	}
	return int(id), nil
}

// outputFlag adds -o with the given formats; the first is the default.
func outputFlag(cmd *cobra.Command, into *string, formats ...string) {
	*into = formats[0]
	choiceFlag(cmd, into, "output", "o", "`format` of the output: "+strings.Join(formats, "|"), formats...)
}

// dataFormats are what commands that answer with data write.
var dataFormats = []string{"table", "json", "yaml"}

// printData writes v as JSON or YAML, which have the same members in the same order, or lets table write it for a person.
func printData(w io.Writer, format string, v any, table func(w io.Writer) error) error {
	switch format {
	case "json":
		return writeJSON(w, v)
	case "yaml":
		return writeYAML(w, v)
	}
	return table(w)
}

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// writeYAML writes what writeJSON would, so that both have the names and the order of the JSON form.
func writeYAML(w io.Writer, v any) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return err
	}
	decoder := json.NewDecoder(&text)
	decoder.UseNumber()
	node, err := yamlNode(decoder)
	if err != nil {
		return err
	}
	out := yaml.NewEncoder(w)
	out.SetIndent(2)
	if err := out.Encode(node); err != nil {
		return err
	}
	return out.Close()
}

// yamlNode reads the next JSON value as a YAML one.
func yamlNode(decoder *json.Decoder) (*yaml.Node, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case json.Delim:
		node := &yaml.Node{Kind: yaml.MappingNode}
		if token == '[' {
			node.Kind = yaml.SequenceNode
		}
		for decoder.More() {
			child, err := yamlNode(decoder) // a member's name is a token like its value
			if err != nil {
				return nil, err
			}
			node.Content = append(node.Content, child)
		}
		if len(node.Content) == 0 {
			node.Style = yaml.FlowStyle
		}
		_, err := decoder.Token()
		return node, err
	case string:
		node := &yaml.Node{}
		node.SetString(token)
		return node, nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: token.String()}, nil
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(token)}, nil
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: "null"}, nil
}
