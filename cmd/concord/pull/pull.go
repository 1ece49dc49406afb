// Package pull makes a project of what a registry has: the files and the concord.yaml that concord plan finds unchanged.
package pull

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// Header is the first line of a concord.yaml that was pulled.
const Header = "# Written by concord pull; pulling again replaces it.\n"

// Folder is a project in memory.
type Folder struct {
	Files  map[string][]byte // by path, concord.yaml among them
	Pulled []Pulled          // by subject
}

// Pulled is a subject that was written.
type Pulled struct {
	Subject string `json:"subject"`
	Version int    `json:"version"`
	Path    string `json:"path"`
	// Pinned says that its references are in concord.yaml: they are not to the latest versions, or not found in the files.
	Pinned bool `json:"pinned,omitempty"`
}

// config is what of concord.yaml is written.
type config struct {
	Version int    `yaml:"version"`
	Context string `yaml:"context,omitempty"`
	Schemas []rule `yaml:"schemas"`
}

type rule struct {
	Path       string              `yaml:"path"`
	Subject    string              `yaml:"subject"`
	Level      string              `yaml:"level,omitempty"`
	Pinned     bool                `yaml:"pinned,omitempty"`
	References []formats.Reference `yaml:"references,omitempty"`
}

// Make reads the latest version of every subject that one of the patterns matches; without patterns, of every subject. A
// pattern is a qualified name in which * stands for any part of it, up to a slash, and ** for any part at all.
func Make(ctx context.Context, e *engine.Engine, c *client.Client, patterns []string) (*Folder, error) {
	all, err := c.Schemas(ctx, client.EveryContext, true, false)
	if err != nil {
		return nil, err
	}
	selected, imported := selector(patterns), importNames(all)
	latest := slices.DeleteFunc(all, func(v *client.Version) bool { return !selected(v.Subject) })
	if len(latest) == 0 {
		return &Folder{}, nil
	}
	cfg := config{Version: 1, Context: commonContext(latest)}
	folder := &Folder{Files: map[string][]byte{}}
	paths := newPaths(cfg.Context)
	for _, v := range latest {
		path := paths.of(v, imported[v.Subject])
		folder.Files[path] = []byte(strings.TrimRight(diff.LayoutText(v.Type, v.Schema), "\n") + "\n")
		own, err := c.Config(ctx, v.Subject, false)
		if err != nil {
			return nil, err
		}
		r := rule{Path: path, Subject: project.Literal(within(cfg.Context, v.Subject))}
		if own != nil {
			r.Level = own.Level
		}
		cfg.Schemas = append(cfg.Schemas, r)
		folder.Pulled = append(folder.Pulled, Pulled{Subject: v.Subject, Version: v.Version, Path: path})
	}
	return folder, folder.pin(e, cfg, latest)
}

// selector tells whether one of the patterns matches a subject, or there are none.
func selector(patterns []string) func(subject string) bool {
	expressions := make([]*regexp.Regexp, len(patterns))
	for i, pattern := range patterns {
		expressions[i] = expression(pattern)
	}
	return func(subject string) bool {
		return len(patterns) == 0 || slices.ContainsFunc(expressions, func(e *regexp.Regexp) bool { return e.MatchString(subject) })
	}
}

// expression is a pattern as a regular expression. Patterns of files know ** only as a whole part of a path, and subjects have
// their context in front.
func expression(pattern string) *regexp.Regexp {
	text := regexp.QuoteMeta(pattern)
	text = strings.ReplaceAll(text, `\*\*`, `.*`)
	text = strings.ReplaceAll(text, `\*`, `[^/]*`)
	return regexp.MustCompile(`(?s)\A` + text + `\z`) // what is quoted is valid
}

// commonContext is the context of all subjects, if it is one and not the default.
func commonContext(latest []*client.Version) string {
	common, _ := storage.SplitSubject(latest[0].Subject)
	for _, v := range latest {
		if context, _ := storage.SplitSubject(v.Subject); context != common {
			return ""
		}
	}
	if common == storage.DefaultContext {
		return ""
	}
	return common
}

// within is a subject as concord.yaml names it in a context. A name that looks like one with a context needs its own.
func within(context, subject string) string {
	own, name := storage.SplitSubject(subject)
	if own == context && storage.ReferredSubject(context, name) == subject {
		return name
	}
	return subject
}

// importNames are what other schemas import the Protobuf subjects as, if they all agree: their files are called so.
func importNames(all []*client.Version) map[string]string {
	names := map[string]string{} // empty where they do not agree
	for _, v := range all {
		context, _ := storage.SplitSubject(v.Subject)
		for _, ref := range v.References {
			subject := storage.ReferredSubject(context, ref.Subject)
			if name, known := names[subject]; known && name != ref.Name {
				names[subject] = ""
			} else {
				names[subject] = ref.Name
			}
		}
	}
	for _, v := range all {
		if v.Type != formats.Protobuf {
			delete(names, v.Subject)
		}
	}
	return names
}

// pin writes concord.yaml, and puts into it the references that are not the ones which are found among the files.
func (f *Folder) pin(e *engine.Engine, cfg config, latest []*client.Version) error {
	for range 2 {
		tree, err := f.tree(e, cfg)
		if err != nil {
			return err
		}
		versions := map[string]int{}
		for _, v := range latest {
			versions[v.Subject] = v.Version
		}
		wrong := false
		for i, v := range latest {
			file := tree.File(cfg.Schemas[i].Path)
			if file != nil && slices.Equal(v.References, tree.References(file, func(target *project.File) int { return versions[target.Subject] })) {
				continue
			}
			wrong = true
			cfg.Schemas[i].Pinned, cfg.Schemas[i].References = true, v.References
			f.Pulled[i].Pinned = true
		}
		if !wrong {
			return nil
		}
	}
	_, err := f.tree(e, cfg)
	return err
}

// tree reads the folder as a project, as concord plan will.
func (f *Folder) tree(e *engine.Engine, cfg config) (*project.Tree, error) {
	var text bytes.Buffer
	text.WriteString(Header)
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if err := encoder.Encode(cfg); err != nil {
		return nil, err
	}
	f.Files[project.ConfigName] = text.Bytes()
	parsed, err := project.ParseConfig(project.ConfigName, text.Bytes())
	if err != nil {
		return nil, err
	}
	schemas := map[string][]byte{}
	for name, data := range f.Files {
		if name != project.ConfigName {
			schemas[name] = data
		}
	}
	tree := (&project.Project{Config: parsed}).Tree(e, project.NewSource("what was pulled", schemas))
	for i, r := range cfg.Schemas {
		if file := tree.File(r.Path); file != nil && file.Subject != f.Pulled[i].Subject {
			return nil, fmt.Errorf("%s cannot be told from %s in a folder", f.Pulled[i].Subject, file.Subject)
		}
	}
	return tree, nil
}
