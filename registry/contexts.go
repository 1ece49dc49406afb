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

// DeleteContext forgets an empty context, with the configs and modes that were set for it and for its subjects.
// ContextNotEmpty.
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
		records, err := dropSettings(v, context)
		if err != nil {
			return nil, nil, err
		}
		known, err := knowsContext(v, context)
		if known {
			records = append(records, storage.DropContext(context, now()))
		}
		return records, nil, err
	})
	return err
}

// dropSettings returns the records that drop every config and mode set in a context. A context that never had a schema may
// have them, too.
func dropSettings(v storage.View, context string) (records []storage.Record, err error) {
	err = v.Configs(func(owner string, _ *Config) bool {
		if contextOf(owner) == context {
			records = append(records, storage.DropConfig(owner, now()))
		}
		return true
	})
	if err != nil {
		return nil, err
	}
	err = v.Modes(func(owner, _ string) bool {
		if contextOf(owner) == context {
			records = append(records, storage.DropMode(owner, now()))
		}
		return true
	})
	return records, err
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
