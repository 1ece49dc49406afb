package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/concord-registry/concord/cmd/concord/suggest"
)

// loadFile takes the settings of a YAML file: one mapping from names to single values.
func (l *Loader) loadFile(path string, data []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	switch err := decoder.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil // an empty file, or one of comments only
	case err != nil:
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: one YAML document is expected; remove the lines from the second '---' on", path)
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: settings are written as `name: value`, one a line", path, root.Line)
	}
	byName := map[string]*Setting{}
	for _, s := range l.settings {
		byName[s.Name] = s
	}
	var errs []error
	seen := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		errs = append(errs, l.loadEntry(path, root.Content[i], root.Content[i+1], byName, seen))
	}
	return errors.Join(errs...)
}

func (l *Loader) loadEntry(path string, key, value *yaml.Node, byName map[string]*Setting, seen map[string]int) error {
	where := fmt.Sprintf("%s:%d", path, key.Line)
	s, ok := byName[key.Value]
	if !ok && value.Kind == yaml.MappingNode && len(value.Content) > 0 {
		return l.nested(path, key, value)
	}
	if !ok || key.Kind != yaml.ScalarNode {
		return fmt.Errorf("%s: unknown setting %q%s", where, key.Value, suggest.Question(key.Value, l.names()))
	}
	if line, ok := seen[s.Name]; ok {
		return fmt.Errorf("%s: %s is already set in line %d", where, s.Name, line)
	}
	seen[s.Name] = key.Line
	if value.Kind != yaml.ScalarNode || value.Tag == "!!null" {
		return fmt.Errorf("%s: %s needs a single value; quote it if it holds blanks or colons", where, s.Name)
	}
	return s.take(value.Value, Origin{FromFile, where})
}

// nested is what is said of settings that are written below a common word: each of them has one name.
func (l *Loader) nested(path string, key, value *yaml.Node) error {
	var errs []error
	for i := 0; i+1 < len(value.Content); i += 2 {
		name := key.Value + "." + value.Content[i].Value
		errs = append(errs, fmt.Errorf("%s:%d: settings are not nested, and there is none called %q%s", path, value.Content[i].Line, name, suggest.Question(name, l.names())))
	}
	return errors.Join(errs...)
}
