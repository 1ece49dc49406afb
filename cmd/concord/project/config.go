// Package project finds the schemas of a folder: which files they are, under which subjects they are registered, what they
// refer to. The folder may be on disk or in a commit of a git repository.
package project

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"gopkg.in/yaml.v3"

	"github.com/concord-registry/concord/cmd/concord/suggest"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// ConfigName is the file that describes a project. It is looked for in the working directory and upwards.
const ConfigName = "concord.yaml"

// Config is the content of concord.yaml. Every field may be left out.
type Config struct {
	Version  int    `yaml:"version"`
	Registry string `yaml:"registry"` // --registry and $SCHEMA_REGISTRY_URL win
	Context  string `yaml:"context"`  // the context of all subjects, ".payments"
	Level    string `yaml:"level"`    // where no registry is asked; and what apply wants
	Policy   string `yaml:"policy"`   // what rejects: reference, semantic, strict, wire-exact, json
	// Removed says what a schema that is gone is: an error, a warning (the default), or nothing ("ignore").
	Removed string   `yaml:"removed"`
	Schemas []Rule   `yaml:"schemas"`
	Ignore  []Ignore `yaml:"ignore"`
}

// Rule maps files to subjects. The first rule that matches a file applies.
type Rule struct {
	Path       string              `yaml:"path"`    // a file, a folder, or a pattern with *, ** and {a,b}
	Subject    string              `yaml:"subject"` // a template: {file} {path} {dir} {name} {topic} {fullname} {namespace}; {{ is a brace
	Type       string              `yaml:"type"`    // avro, protobuf or json; by default told from the file's name
	Level      string              `yaml:"level"`
	Policy     string              `yaml:"policy"`
	Owner      string              `yaml:"owner"`
	References []formats.Reference `yaml:"references"` // those that are not found in the files
	// Pinned says that References is the whole list: nothing is looked for in the files.
	Pinned bool `yaml:"pinned"`
}

// Ignore silences findings.
type Ignore struct {
	Path  string   `yaml:"path"`  // as in Rule; empty means every file
	Codes []string `yaml:"codes"` // empty means every code
}

// Values of Config.Removed.
const (
	RemovedError   = "error"
	RemovedWarning = "warning"
	RemovedIgnored = "ignore"
)

// defaultRules apply when concord.yaml has none: every schema file is a subject of its own.
var defaultRules = []Rule{
	{Path: "**/*.avsc", Subject: "{name}"},
	{Path: "**/*.proto", Subject: "{file}"},
	{Path: "**/*.{schema.json,jsonschema}", Subject: "{name}"},
}

// Find returns the folder of the nearest concord.yaml at or above dir, or dir itself when there is none.
func Find(dir string) (root string, found bool, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return "", false, err
	}
	for at := dir; ; at = filepath.Dir(at) {
		_, err := os.Stat(filepath.Join(at, ConfigName))
		if err == nil {
			return at, true, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", false, err
		}
		if at == filepath.Dir(at) {
			return dir, false, nil
		}
	}
}

// ParseConfig reads the text of a concord.yaml; name is for messages. A member it does not know is an error that suggests
// the right one.
func ParseConfig(name string, data []byte) (*Config, error) {
	c := &Config{}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	if err := decoder.Decode(c); err != nil && len(bytes.TrimSpace(data)) > 0 {
		return nil, fmt.Errorf("%s: %s", name, explain(err))
	}
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return c, nil
}

// DefaultConfig is the config of a folder without concord.yaml.
func DefaultConfig() *Config {
	c := &Config{}
	// It is empty, and an empty config is valid.
	_ = c.check()
	return c
}

// members are the names that may stand in concord.yaml.
var members = []string{"version", "registry", "context", "level", "policy", "removed", "schemas", "ignore", "path", "subject", "type", "owner", "references", "pinned", "name", "codes"}

// explain words the errors of the YAML decoder.
func explain(err error) string {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	text = strings.TrimPrefix(text, "unmarshal errors:\n  ")
	if before, rest, ok := strings.Cut(text, "field "); ok {
		if member, _, ok := strings.Cut(rest, " not found"); ok {
			return fmt.Sprintf("%sunknown member %q%s", before, member, suggest.Question(member, members))
		}
	}
	text = misfit.ReplaceAllStringFunc(text, func(found string) string {
		kind, value, _ := strings.Cut(misfit.FindStringSubmatch(found)[1], " ")
		switch {
		case value != "":
			return value + " cannot stand here"
		case kind == "seq":
			return "a list cannot stand here"
		}
		return "a mapping cannot stand here"
	})
	return strings.ReplaceAll(text, "\n  ", "; ") + "; concord check --help shows an example"
}

// misfit is how the decoder words a value of the wrong kind; the group is its kind and, of a plain one, its text.
var misfit = regexp.MustCompile("cannot unmarshal !!(\\w+(?: `[^`]*`)?) into \\S+")

// check validates a config and fills in its defaults.
func (c *Config) check() error {
	if c.Version != 0 && c.Version != 1 {
		return fmt.Errorf("version is %d; this program knows version 1", c.Version)
	}
	if c.Context != "" && !strings.HasPrefix(c.Context, ".") {
		return fmt.Errorf("context %q must start with a dot", c.Context)
	}
	if c.Removed == "" {
		c.Removed = RemovedWarning
	}
	if !slices.Contains([]string{RemovedError, RemovedWarning, RemovedIgnored}, c.Removed) {
		return fmt.Errorf("removed is %q; it can be error, warning or ignore", c.Removed)
	}
	if err := checkRule(&c.Level, &c.Policy); err != nil {
		return err
	}
	if len(c.Schemas) == 0 {
		c.Schemas = slices.Clone(defaultRules)
	}
	for i := range c.Schemas {
		r := &c.Schemas[i]
		if r.Path == "" {
			return fmt.Errorf("schemas[%d] has no path", i)
		}
		r.Path = clean(r.Path)
		if !doublestar.ValidatePattern(r.Path) {
			return fmt.Errorf("schemas[%d]: %q is not a pattern", i, r.Path)
		}
		if _, ok := typeOf(r.Type); r.Type != "" && !ok {
			return fmt.Errorf("schemas[%d]: type %q is none of avro, protobuf, json", i, r.Type)
		}
		if err := checkRule(&r.Level, &r.Policy); err != nil {
			return fmt.Errorf("schemas[%d]: %w", i, err)
		}
		if err := checkTemplate(r.Subject); err != nil {
			return fmt.Errorf("schemas[%d]: %w", i, err)
		}
	}
	for i := range c.Ignore {
		c.Ignore[i].Path = clean(c.Ignore[i].Path)
		if !doublestar.ValidatePattern(c.Ignore[i].Path) {
			return fmt.Errorf("ignore[%d]: %q is not a pattern", i, c.Ignore[i].Path)
		}
	}
	return nil
}

func joined[S ~string](names []S) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = string(name)
	}
	return strings.Join(texts, ", ")
}

// checkRule gives a level and a policy their own spelling.
func checkRule(level, policy *string) error {
	if *level != "" {
		l, ok := compat.ParseLevel(*level)
		if !ok {
			return fmt.Errorf("level %q is none of %s", *level, joined(compat.Levels()))
		}
		*level = string(l)
	}
	if *policy != "" {
		p, ok := compat.ParsePolicy(*policy)
		if !ok {
			return fmt.Errorf("policy %q is none of %s", *policy, joined(compat.Policies()))
		}
		*policy = string(p)
	}
	return nil
}

// clean brings a path of the config into the form of the paths it is matched with.
func clean(path string) string {
	return strings.TrimSuffix(strings.TrimPrefix(filepath.ToSlash(path), "./"), "/")
}

// matches reports whether a path of the config selects a file: as a pattern, or as a folder above it.
func matches(pattern, file string) bool {
	if pattern == "" || pattern == "." || pattern == file || strings.HasPrefix(file, pattern+"/") {
		return true
	}
	ok, err := doublestar.Match(pattern, file)
	return ok && err == nil
}

// Ignores reports whether findings of a code in a file are silenced.
func (c *Config) Ignores(file, code string) bool {
	return slices.ContainsFunc(c.Ignore, func(i Ignore) bool {
		return matches(i.Path, file) && (len(i.Codes) == 0 || slices.Contains(i.Codes, code))
	})
}

// rule returns the first rule that matches a file; nil when the file is no schema of the project.
func (c *Config) rule(file string) *Rule {
	for i := range c.Schemas {
		r := &c.Schemas[i]
		if !matches(r.Path, file) {
			continue
		}
		// A folder or a pattern without a type selects the schema files in it, not what lies beside them.
		if _, ok := typeOf(r.Type); ok || r.Path == file || TypeOf(file) != "" {
			return r
		}
	}
	return nil
}

// typeOf reads a schema type as people write it.
func typeOf(name string) (formats.Type, bool) {
	switch strings.ToLower(name) {
	case "avro":
		return formats.Avro, true
	case "protobuf", "proto":
		return formats.Protobuf, true
	case "json", "jsonschema", "json-schema":
		return formats.JSON, true
	}
	return "", false
}

// TypeOf tells the type of a schema file from its name; empty when it does not say.
func TypeOf(file string) formats.Type {
	switch name := strings.ToLower(file); {
	case strings.HasSuffix(name, ".avsc"):
		return formats.Avro
	case strings.HasSuffix(name, ".proto"):
		return formats.Protobuf
	case strings.HasSuffix(name, ".schema.json"), strings.HasSuffix(name, ".jsonschema"):
		return formats.JSON
	}
	return ""
}
