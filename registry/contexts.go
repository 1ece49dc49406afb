package registry

import (
	"context"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// Contexts lists contexts, "." first; only those that start with prefix unless it is empty.
func (r *Registry) Contexts(ctx context.Context, prefix string, page Page) ([]string, error) {
	names := []string{}
	err := r.store.View(func(v storage.View) error {
		all, err := v.Contexts()
		for _, name := range all {
			if strings.HasPrefix(name, prefix) {
				names = append(names, name)
			}
		}
		return err
	})
	return paged(names, page, 0), err
}

// DeleteContext forgets an empty context, with its config and mode. ContextNotEmpty.
func (r *Registry) DeleteContext(ctx context.Context, name string) error {
	subject := contextSubject(contextName(name))
	_, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		context := contextOf(subject)
		empty := true
		err := v.Subjects(context, "", "", func(storage.Subject) bool {
			empty = false
			return false
		})
		if err != nil {
			return nil, nil, err
		}
		if !empty {
			return nil, nil, errorf(ContextNotEmpty, "The specified context '%s' is not empty.", context)
		}
		if context == storage.DefaultContext {
			return nil, nil, nil
		}
		known, err := knowsContext(v, context)
		if err != nil || !known {
			return nil, nil, err
		}
		return []storage.Record{
			storage.DropContext(context, now()),
			storage.DropConfig(subject, now()),
			storage.DropMode(subject, now()),
		}, nil, nil
	})
	return err
}

// contextName reads a context as clients write it: "ctx", ".ctx" and ":.ctx:" are the same.
func contextName(name string) string {
	name = strings.Trim(name, ":")
	if !strings.HasPrefix(name, ".") {
		name = "." + name
	}
	return name
}

func knowsContext(v storage.View, context string) (bool, error) {
	all, err := v.Contexts()
	for _, name := range all {
		if name == context {
			return true, err
		}
	}
	return false, err
}
