// Package operand reads the schemas that a command line names: files, files of a commit, registered versions, ids.
package operand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/cmd/concord/stored"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// Operand is a schema that was named.
type Operand struct {
	Name    string // what messages call it
	Path    string // the file that it is; empty for what is registered, or lies in a commit
	Subject string // empty for a file without a subject
	Version int    // 0 for what is not a registered version
	// Registered says that its text is that of a registry, which is canonical.
	Registered bool
	ID         int    // 0 for what is not registered
	GUID       string // likewise empty
	Schema     formats.Schema

	given string // how it was named
}

// Resolver reads operands. It belongs to one command.
type Resolver struct {
	Engine *engine.Engine
	// Connect returns the registry. It is called when something registered is named, or referred to.
	Connect func() (*client.Client, error)
	// Read returns the content of a file, or of standard input for "-".
	Read func(name string) ([]byte, error)
	// Type is that of files which do not say it; empty to guess.
	Type formats.Type
	// References are what files refer to; nil to find it among the files of their projects.
	References []formats.Reference

	client   *client.Client
	reader   *stored.Reader
	numbered map[*project.File]int
}

// Open reads every operand:
//
//	orders.avsc                     a file, with what it refers to from its project; "-" is standard input
//	.git#branch=main:orders.avsc    the same file in a commit
//	orders-value, orders-value@3    a registered version: the latest, a number, @latest~1 for the one before
//	id:42                           what an id stands for
func (r *Resolver) Open(ctx context.Context, names ...string) ([]*Operand, error) {
	if slices.ContainsFunc(names, func(name string) bool { return kindOf(name) == registered }) {
		// References of files are numbered as the registry does, so that both sides mean the same by a number.
		if err := r.connect(); err != nil {
			return nil, err
		}
	}
	operands := make([]*Operand, len(names))
	for i, name := range names {
		var err error
		switch kindOf(name) {
		case registered:
			operands[i], err = r.registered(ctx, name)
		case committed:
			operands[i], err = r.committed(ctx, name)
		default:
			operands[i], err = r.file(ctx, name)
		}
		if err != nil {
			return nil, named(name, err)
		}
		operands[i].given = name
	}
	return operands, nil
}

// named puts the name of an operand before what is wrong with it, unless the error has it.
func named(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && path.Path == name {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

type kind int

// idPrefix begins the name of what an id stands for.
const idPrefix = "id:"

const (
	file kind = iota
	committed
	registered
)

func kindOf(name string) kind {
	if project.IsGit(name) {
		return committed
	}
	if name == "-" || isFile(name) || project.TypeOf(name) != "" {
		return file
	}
	return registered
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir()
}

func (r *Resolver) connect() error {
	if r.client != nil {
		return nil
	}
	c, err := r.Connect()
	if err != nil {
		return err
	}
	r.client, r.reader = c, stored.NewReader(r.Engine, c)
	return nil
}

// registered parses a version of a subject, or what an id stands for.
func (r *Resolver) registered(ctx context.Context, name string) (*Operand, error) {
	version, err := Registered(ctx, r.client, name)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(name, idPrefix) {
		name = fmt.Sprintf("%s@%d", version.Subject, version.Version)
	}
	schema, err := r.reader.Parse(ctx, version)
	return &Operand{Name: name, Subject: version.Subject, Version: version.Version, ID: version.ID, GUID: version.GUID, Registered: true, Schema: schema}, err
}

// File reads a file, as it would be registered: what it refers to is numbered as the registry does.
func (r *Resolver) File(ctx context.Context, name string) (*Operand, error) {
	if err := r.connect(); err != nil {
		return nil, err
	}
	o, err := r.file(ctx, name)
	if err != nil {
		return nil, named(name, err)
	}
	return o, nil
}

// file reads a file on disk.
func (r *Resolver) file(ctx context.Context, name string) (*Operand, error) {
	if name == "-" || r.References != nil {
		data, err := r.Read(name)
		if err != nil {
			return nil, err
		}
		schema, err := r.alone(ctx, name, data)
		if name == "-" {
			return &Operand{Name: "standard input", Path: "<stdin>", Schema: schema}, err
		}
		return &Operand{Name: name, Path: name, Schema: schema}, err
	}
	p, relative, err := locate(name)
	if err != nil {
		return nil, err
	}
	tree, err := p.Disk(r.Engine)
	if err != nil {
		return nil, err
	}
	if f := tree.File(relative); f != nil {
		schema, err := r.inTree(ctx, tree, f)
		return &Operand{Name: name, Path: name, Subject: f.Subject, Schema: schema}, err
	}
	data, err := r.Read(name)
	if err != nil {
		return nil, err
	}
	schema, err := r.alone(ctx, name, data)
	return &Operand{Name: name, Path: name, Schema: schema}, err
}

// locate finds the project of a file, and the file's path in it.
func locate(name string) (p *project.Project, relative string, err error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return nil, "", err
	}
	// A file that is only in a commit may lie in a folder that is gone.
	dir := filepath.Dir(absolute)
	for !isFolder(dir) && dir != filepath.Dir(dir) {
		dir = filepath.Dir(dir)
	}
	if p, err = project.Load(dir); err != nil {
		return nil, "", err
	}
	if relative, err = filepath.Rel(p.Root, absolute); err != nil {
		return nil, "", err
	}
	return p, filepath.ToSlash(relative), nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// committed reads a file of a commit: .git#branch=main:path, where the path is written as from the working directory.
func (r *Resolver) committed(ctx context.Context, name string) (*Operand, error) {
	location, fragment, _ := strings.Cut(name, "#")
	fragment, path, ok := strings.Cut(fragment, ":")
	if !ok || path == "" {
		return nil, errors.New("which file of the commit? write .git#branch=main:schemas/orders.avsc")
	}
	p, relative, err := locate(path)
	if err != nil {
		return nil, err
	}
	tree, err := p.Against(ctx, r.Engine, location+"#"+fragment)
	if err != nil {
		return nil, err
	}
	f := tree.File(relative)
	if f == nil {
		return nil, fmt.Errorf("the commit has no schema file %s", relative)
	}
	schema, err := r.inTree(ctx, tree, f)
	return &Operand{Name: name, Subject: f.Subject, Schema: schema}, err
}

// alone parses a text that belongs to no project: it can refer to nothing but what is registered.
func (r *Resolver) alone(ctx context.Context, name string, data []byte) (formats.Schema, error) {
	t := project.TypeOf(name)
	if t == "" {
		t = r.Type
	}
	if t == "" {
		t = guessType(string(data))
	}
	src := formats.Source{Text: string(data), References: r.References}
	if len(r.References) > 0 {
		var err error
		if src.Resolved, err = r.reader.Resolve(ctx, "", r.References); err != nil {
			return nil, err
		}
	}
	return r.Engine.Parse(ctx, t, src, formats.Options{Validate: true})
}

// guessType tells what a text is. Avro and JSON schemas are both JSON; an object is a JSON Schema when it has a member that
// only those have, or a type that Avro does not know.
func guessType(text string) formats.Type {
	if !json.Valid([]byte(text)) {
		return formats.Protobuf
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil { // a name, a union, or a JSON Schema that is true or false
		if text := strings.TrimSpace(text); text == "true" || text == "false" {
			return formats.JSON
		}
		return formats.Avro
	}
	for _, name := range []string{"$schema", "$id", "$ref", "$defs", "definitions", "properties"} {
		if _, ok := members[name]; ok {
			return formats.JSON
		}
	}
	switch string(members["type"]) {
	case "", `"object"`, `"number"`, `"integer"`:
		return formats.JSON
	}
	return formats.Avro
}

// inTree parses a file with the others it refers to.
func (r *Resolver) inTree(ctx context.Context, tree *project.Tree, f *project.File) (formats.Schema, error) {
	if fault := tree.Fault(f); fault != nil {
		return nil, fault
	}
	src, err := tree.Resolve(f, func(target *project.File) int { return r.versionOf(ctx, tree, target) }, func(ref formats.Reference) ([]formats.Resolved, error) {
		if err := r.connect(); err != nil {
			return nil, err
		}
		return r.reader.Resolve(ctx, "", []formats.Reference{ref})
	})
	if err != nil {
		return nil, err
	}
	return r.Engine.Parse(ctx, f.Type, src, formats.Options{Validate: true})
}

// versionOf is the version that a file is registered as; 0 when it is not, or when no registry takes part.
func (r *Resolver) versionOf(ctx context.Context, tree *project.Tree, f *project.File) int {
	if r.client == nil {
		return 0
	}
	if number, known := r.numbered[f]; known {
		return number
	}
	registration := client.Registration{Schema: f.Text, Type: f.Type, References: tree.References(f, func(target *project.File) int { return r.versionOf(ctx, tree, target) })}
	number := 0
	if version, err := r.client.Lookup(ctx, f.Subject, registration, false, false); err == nil {
		number = version.Version
	}
	if r.numbered == nil {
		r.numbered = map[*project.File]int{}
	}
	r.numbered[f] = number
	return number
}

// WithOther puts the schema that an operand follows in front of it: the latest version of a file's subject, the version before
// a registered one.
func (r *Resolver) WithOther(ctx context.Context, o *Operand) ([]*Operand, error) {
	if o.Subject == "" {
		return nil, fmt.Errorf("%s has no subject: name the schema to compare it with", o.Name)
	}
	if err := r.connect(); err != nil {
		return nil, err
	}
	versions, err := r.client.Versions(ctx, o.Subject, false)
	if err != nil {
		return nil, r.client.Guess(ctx, o.Subject, err)
	}
	at := len(versions) - 1
	if o.Version > 0 {
		at = slices.Index(versions, o.Version) - 1
	}
	if at < 0 {
		return nil, fmt.Errorf("%s has no version before this one", o.Subject)
	}
	// The file is read again: what it refers to is numbered now that a registry takes part.
	return r.Open(ctx, fmt.Sprintf("%s@%d", o.Subject, versions[at]), o.given)
}

// Level is the compatibility level of a subject: its own where a registry took part and knows it, else BACKWARD.
func (r *Resolver) Level(ctx context.Context, subject string) (compat.Level, error) {
	if r.client == nil || subject == "" {
		return compat.Backward, nil
	}
	config, err := r.client.Config(ctx, subject, true)
	if err != nil {
		return "", err
	}
	level, ok := compat.ParseLevel(config.Level)
	if !ok {
		return "", fmt.Errorf("the registry has the compatibility level %q, which this program does not know", config.Level)
	}
	return level, nil
}
