package project

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Project is a folder with its config.
type Project struct {
	Root   string // absolute
	Config *Config
}

// Load finds the project that a folder belongs to and reads its config.
func Load(dir string) (*Project, error) {
	root, found, err := Find(dir)
	if err != nil {
		return nil, err
	}
	p := &Project{Root: root, Config: DefaultConfig()}
	if found {
		name := filepath.Join(root, ConfigName)
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if p.Config, err = ParseConfig(name, data); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Project) wanted(file string) bool { return p.Config.rule(file) != nil }

// Disk reads the project's schemas as they are now.
func (p *Project) Disk(e *engine.Engine) (*Tree, error) {
	source, err := Disk(p.Root, p.wanted)
	if err != nil {
		return nil, err
	}
	return p.Tree(e, source), nil
}

// Against reads the schemas of the other side of a comparison, a commit or a folder, with the same config.
func (p *Project) Against(ctx context.Context, e *engine.Engine, input string) (*Tree, error) {
	var source *Source
	var err error
	if IsGit(input) {
		source, err = Git(ctx, input, p.Root, p.wanted)
	} else {
		source, err = Disk(input, p.wanted)
	}
	if err != nil {
		return nil, err
	}
	source.Name = input
	return p.Tree(e, source), nil
}

// File is one schema file.
type File struct {
	Path    string // below the root, with slashes
	Text    string
	Type    formats.Type
	Subject string // qualified
	Owner   string
	Level   compat.Level  // empty when the config says nothing
	Policy  compat.Policy // likewise
	Outline *formats.Outline
	Links   []Link
	Broken  bool // it cannot be read; the tree has a problem that says why
}

// Link is one reference of a file: to another file, or to what the config declares.
type Link struct {
	Name   string
	Span   *formats.Span
	Target *File              // nil when it is not in the project
	Stored *formats.Reference // what the config declares for it; nil when nothing
}

// Problem is a fault of the files themselves.
type Problem struct {
	File    *File
	Code    string
	Span    *formats.Span
	Message string
	Hint    string
}

// Codes of problems.
const (
	CodeUnreadable = "SCHEMA_INVALID"
	CodeSubject    = "SUBJECT_AMBIGUOUS"
	CodeReference  = "REFERENCE_NOT_FOUND"
	CodeCycle      = "REFERENCE_CYCLE"
)

// Tree is every schema of a project at one point.
type Tree struct {
	Name     string // what messages call it
	Files    []*File
	Problems []Problem

	bySubject map[string]*File
	byName    map[string][]*File // what they define
	byPath    map[string]*File
}

// Subject returns the file of a subject; nil when there is none.
func (t *Tree) Subject(name string) *File { return t.bySubject[name] }

// File returns the file at a path; nil when there is none.
func (t *Tree) File(path string) *File { return t.byPath[path] }

// Fault is the first problem of a file, as an error; nil when it has none.
func (t *Tree) Fault(f *File) error {
	for _, p := range t.Problems {
		if p.File == f {
			return &formats.ParseError{Message: p.Message, Span: p.Span}
		}
	}
	return nil
}

// Tree reads the files of a source and finds what they refer to.
func (p *Project) Tree(e *engine.Engine, source *Source) *Tree {
	t := &Tree{Name: source.Name, bySubject: map[string]*File{}, byName: map[string][]*File{}, byPath: map[string]*File{}}
	for _, name := range source.Files() {
		t.add(e, p.Config, name, string(source.File(name)))
	}
	for _, f := range t.Files {
		t.link(f, p.Config.rule(f.Path))
	}
	t.sort()
	return t
}

// add reads one file.
func (t *Tree) add(e *engine.Engine, config *Config, name, text string) {
	rule := config.rule(name)
	f := &File{Path: name, Text: text, Type: TypeOf(name), Owner: rule.Owner}
	if declared, ok := typeOf(rule.Type); ok {
		f.Type = declared
	}
	f.Level, f.Policy = compat.Level(cmp.Or(rule.Level, config.Level)), compat.Policy(cmp.Or(rule.Policy, config.Policy))
	outline, err := e.Outline(f.Type, text)
	if err != nil {
		t.problem(f, CodeUnreadable, spanOf(err), messageOf(err), "")
		outline, f.Broken = &formats.Outline{}, true
	}
	f.Outline = outline
	f.Subject, err = subject(rule.Subject, config.Context, name, f.Type, outline)
	if err != nil {
		t.problem(f, CodeSubject, nil, err.Error(), "Use another placeholder in concord.yaml, or give the schema a name.")
		return
	}
	if other := t.bySubject[f.Subject]; other != nil {
		t.problem(f, CodeSubject, nil, fmt.Sprintf("Subject %s is also that of %s.", f.Subject, other.Path),
			"Choose a subject template in concord.yaml that tells them apart, for example {path}.")
		return
	}
	t.Files = append(t.Files, f)
	t.bySubject[f.Subject], t.byPath[name] = f, f
	for _, defined := range outline.Defines {
		t.byName[defined] = append(t.byName[defined], f)
	}
}

func (t *Tree) problem(f *File, code string, span *formats.Span, message, hint string) {
	t.Problems = append(t.Problems, Problem{File: f, Code: code, Span: span, Message: message, Hint: hint})
}

// spanOf returns the place of a parse error; nil when it has none or lies in a reference.
func spanOf(err error) *formats.Span {
	var fault *formats.ParseError
	if errors.As(err, &fault) && fault.Name == "" {
		return fault.Span
	}
	return nil
}

// messageOf returns what a parse error says, without the place that spanOf tells.
func messageOf(err error) string {
	var fault *formats.ParseError
	if errors.As(err, &fault) && fault.Name == "" {
		return fault.Message
	}
	return err.Error()
}

// link finds what a file refers to.
func (t *Tree) link(f *File, rule *Rule) {
	if rule.Pinned {
		for i := range rule.References {
			f.Links = append(f.Links, Link{Name: rule.References[i].Name, Stored: &rule.References[i]})
		}
		return
	}
	for _, need := range f.Outline.Needs {
		link := Link{Name: need.Name, Span: need.Span}
		if link.Target = t.find(f, need); link.Target == nil {
			link.Stored = declared(rule, need)
		}
		if link.Target == nil && link.Stored == nil {
			t.problem(f, CodeReference, need.Span, fmt.Sprintf("Nothing in the project defines %q.", need.Name),
				"Add the file that does, or declare the reference in concord.yaml (references: [{name, subject, version}]).")
			continue
		}
		f.Links = append(f.Links, link)
	}
}

func declared(rule *Rule, need formats.Need) *formats.Reference {
	for i := range rule.References {
		ref := &rule.References[i]
		if ref.Name == need.Name || slices.Contains(need.Others, ref.Name) {
			return ref
		}
	}
	return nil
}

// find returns the file that provides what another needs; nil when there is none.
func (t *Tree) find(f *File, need formats.Need) *File {
	if f.Type == formats.Protobuf {
		return t.findPath(f, need.Name)
	}
	for _, name := range append([]string{need.Name}, need.Others...) {
		if found := definer(t.byName[name], f, name); found != nil {
			return found
		}
	}
	if f.Type == formats.JSON {
		return t.findPath(f, need.Name)
	}
	return nil
}

// definer chooses among the files that define a name: the one that is that name as a whole, else the first.
func definer(files []*File, from *File, name string) *File {
	var found *File
	for _, f := range files {
		if f == from || f.Type != from.Type {
			continue
		}
		if f.Outline.Root == name {
			return f
		}
		if found == nil {
			found = f
		}
	}
	return found
}

// findPath finds a file by a path as another file writes it: from the folder of that file, from the root, or from any
// folder between, the one nearest to the file first.
func (t *Tree) findPath(f *File, name string) *File {
	name = strings.TrimPrefix(name, "./")
	for dir := filepath.ToSlash(filepath.Dir(f.Path)); ; dir = filepath.ToSlash(filepath.Dir(dir)) {
		if found := t.byPath[filepath.ToSlash(filepath.Join(dir, name))]; found != nil && found != f && found.Type == f.Type {
			return found
		}
		if dir == "." || dir == "/" {
			break
		}
	}
	for _, other := range t.Files {
		if other != f && other.Type == f.Type && strings.HasSuffix(other.Path, "/"+name) {
			return other
		}
	}
	return nil
}

// sort puts the files into the order of their references: what is referred to comes first. A cycle is a problem of each
// file that closes one.
func (t *Tree) sort() {
	const visiting, visited = 1, 2
	state := map[*File]int{}
	var sorted, path []*File
	var visit func(f *File)
	visit = func(f *File) {
		state[f] = visiting
		path = append(path, f)
		for i := 0; i < len(f.Links); i++ {
			target := f.Links[i].Target
			if target == nil || state[target] == visited {
				continue
			}
			if state[target] == visiting {
				t.problem(f, CodeCycle, f.Links[i].Span, "The references go in a circle: "+circle(path, target)+".", "Move what both need into a schema of its own.")
				f.Links = slices.Delete(f.Links, i, i+1)
				i--
				continue
			}
			visit(target)
		}
		path = path[:len(path)-1]
		state[f] = visited
		sorted = append(sorted, f)
	}
	for _, f := range t.Files {
		if state[f] == 0 {
			visit(f)
		}
	}
	t.Files = sorted
}

func circle(path []*File, target *File) string {
	var names []string
	for _, f := range path[slices.Index(path, target):] {
		names = append(names, f.Path)
	}
	return strings.Join(append(names, target.Path), " → ")
}
