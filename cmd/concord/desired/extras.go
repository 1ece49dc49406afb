package desired

import (
	"context"
	"fmt"
	"slices"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/storage"
)

// extras finds the subjects of the project's contexts that no file has, and adds their deletion if that was asked for: what
// refers to others goes first.
func (m *planner) extras(ctx context.Context) error {
	names, err := m.extraNames(ctx)
	if err != nil {
		return err
	}
	if !m.opt.Deletes {
		m.plan.Extra = append(m.plan.Extra, names...)
		return nil
	}
	referrers := map[string][]client.SubjectVersion{}
	states := map[string]State{}
	for _, name := range names {
		if states[name], err = stateOf(ctx, m.client, name); err != nil {
			return err
		}
		for _, version := range states[name].Versions {
			by, err := m.client.Referrers(ctx, name, version, false)
			if err != nil {
				return err
			}
			referrers[name] = append(referrers[name], by...)
		}
	}
	done := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		if done[name] {
			return
		}
		done[name] = true
		action := &Action{Kind: Delete, Subject: name, Before: states[name]}
		for _, by := range referrers[name] {
			if !slices.Contains(names, by.Subject) {
				action.refuse("", CodeReferenced, fmt.Sprintf("%s is referred to by version %d of %s, which stays.", name, by.Version, by.Subject), "Keep the file of "+name+", or delete what refers to it.")
				continue
			}
			visit(by.Subject)
		}
		m.plan.Actions = append(m.plan.Actions, action)
	}
	for _, name := range names {
		visit(name)
	}
	return nil
}

// extraNames lists the subjects that no file has, in the contexts that the project writes to.
func (m *planner) extraNames(ctx context.Context) (extra []string, err error) {
	contexts := []string{m.project.Config.Context}
	if contexts[0] == "" {
		contexts[0] = storage.DefaultContext
	}
	for _, f := range m.tree.Files {
		if context, _ := storage.SplitSubject(f.Subject); !slices.Contains(contexts, context) {
			contexts = append(contexts, context)
		}
	}
	for _, context := range contexts {
		prefix := ""
		if context != storage.DefaultContext {
			prefix = ":" + context + ":"
		}
		names, err := m.client.Subjects(ctx, prefix, false)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if in, _ := storage.SplitSubject(name); in == context && m.tree.Subject(name) == nil {
				extra = append(extra, name)
			}
		}
	}
	return extra, nil
}
