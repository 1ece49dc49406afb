package gate

import (
	"context"
	"errors"

	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
)

// TreeBase compares with the files of another commit or folder: each subject has one version there.
type TreeBase struct {
	engine *engine.Engine
	tree   *project.Tree
}

// NewTreeBase returns a base over a tree.
func NewTreeBase(e *engine.Engine, tree *project.Tree) *TreeBase { return &TreeBase{e, tree} }

// Name implements Base.
func (b *TreeBase) Name() string { return b.tree.Name }

// History implements Base. An old text that cannot be read is no history: nothing that reads it can be broken.
func (b *TreeBase) History(ctx context.Context, f *project.File) (History, error) {
	old := b.tree.Subject(f.Subject)
	if old == nil || old.Broken {
		return History{}, nil
	}
	src, err := b.tree.Resolve(old, func(*project.File) int { return oldVersion }, func(ref formats.Reference) ([]formats.Resolved, error) { return b.Stored(ctx, ref) })
	var schema formats.Schema
	if err == nil {
		schema, err = b.engine.Parse(ctx, old.Type, src, formats.Options{})
	}
	var fault *formats.ParseError
	if errors.As(err, &fault) {
		return History{}, nil
	}
	if err != nil {
		return History{}, err
	}
	return History{Versions: []compat.Version{{Schema: schema}}}, nil
}

// Stored implements Base: files alone know nothing that is only registered.
func (b *TreeBase) Stored(_ context.Context, ref formats.Reference) ([]formats.Resolved, error) {
	return nil, &formats.ParseError{Message: "the reference to " + ref.Subject + " is not among the files; pass --registry to look it up"}
}

// Missing implements Base.
func (b *TreeBase) Missing(tree *project.Tree) []*project.File {
	var missing []*project.File
	for _, f := range b.tree.Files {
		if tree.Subject(f.Subject) == nil {
			missing = append(missing, f)
		}
	}
	return missing
}
