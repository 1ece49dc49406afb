package gate

import (
	"context"
	"errors"

	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
)

// newVersion and oldVersion number the files of two trees, so that a reference to a file that changed counts as a reference
// to another version of it.
const (
	oldVersion = 1
	newVersion = 2
)

// parse parses a file of the project as it would be registered. What is wrong with it comes back as a finding without a
// schema.
func (c *checker) parse(ctx context.Context, f *project.File, base Base) (formats.Schema, Finding, error) {
	stored := func(ref formats.Reference) ([]formats.Resolved, error) {
		if base == nil {
			return nil, &formats.ParseError{Message: "the reference to " + ref.Subject + " needs a registry: pass --registry"}
		}
		return base.Stored(ctx, ref)
	}
	src, err := c.tree.Resolve(f, c.version, stored)
	var schema formats.Schema
	if err == nil {
		schema, err = c.engine.Parse(ctx, f.Type, src, formats.Options{Validate: true})
	}
	if err == nil {
		return schema, Finding{}, nil
	}
	var fault *formats.ParseError
	var limit *formats.LimitError
	if !errors.As(err, &fault) && !errors.As(err, &limit) {
		return nil, Finding{}, err
	}
	finding := Finding{Finding: compat.Finding{Code: project.CodeUnreadable, Severity: compat.Error, Message: err.Error()}, Subject: f.Subject, Path: f.Path}
	if fault != nil && fault.Name == "" {
		finding.Span, finding.Message = fault.Span, fault.Message
	}
	return nil, finding, nil
}

// version numbers a file for the references to it: it is the old one if its text is what a base of files has.
func (c *checker) version(f *project.File) int {
	for _, base := range c.bases {
		if tree, ok := base.(*TreeBase); ok {
			if old := tree.tree.Subject(f.Subject); old != nil && old.Text == f.Text {
				return oldVersion
			}
		}
	}
	return newVersion
}
