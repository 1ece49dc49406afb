package project

import (
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// reference is a link of a file as it is declared to a registry.
func (f *File) reference(l *Link, version func(*File) int) formats.Reference {
	if l.Target != nil {
		return formats.Reference{Name: l.Name, Subject: f.spell(l.Target.Subject), Version: version(l.Target)}
	}
	return formats.Reference{Name: l.Name, Subject: l.Stored.Subject, Version: l.Stored.Version}
}

// stored is what the config declares for a link, with the full name of the subject.
func (f *File) stored(l *Link) formats.Reference {
	context, _ := storage.SplitSubject(f.Subject)
	ref := *l.Stored
	ref.Subject = storage.ReferredSubject(context, ref.Subject)
	return ref
}

// spell writes a subject as clients do in a reference: without a context, a name means the file's own.
func (f *File) spell(subject string) string {
	own, _ := storage.SplitSubject(f.Subject)
	context, name := storage.SplitSubject(subject)
	switch {
	case context == own && storage.ReferredSubject(own, name) == subject:
		return name
	case context == storage.DefaultContext:
		return ":" + context + ":" + name
	}
	return subject
}

// References lists what a file declares to refer to. version tells the number to use for another file of the project.
func (t *Tree) References(f *File, version func(*File) int) (references []formats.Reference) {
	for i := range f.Links {
		references = append(references, f.reference(&f.Links[i], version))
	}
	return references
}

// Resolve collects everything a file is parsed from. version tells the number to use for another file of the project, and
// stored fetches what the config declares.
func (t *Tree) Resolve(f *File, version func(*File) int, stored func(formats.Reference) ([]formats.Resolved, error)) (formats.Source, error) {
	src := formats.Source{Text: f.Text, References: t.References(f, version)}
	seen := map[string]bool{}
	var add func(f *File) error
	add = func(f *File) error {
		for i := range f.Links {
			link := &f.Links[i]
			ref := f.reference(link, version)
			if seen[ref.Name] {
				continue
			}
			seen[ref.Name] = true
			if link.Target == nil {
				texts, err := stored(f.stored(link))
				if err != nil {
					return err
				}
				for _, text := range texts { // of a name the first counts, as in a registry
					if text.Name == ref.Name || !seen[text.Name] {
						seen[text.Name] = true
						src.Resolved = append(src.Resolved, text)
					}
				}
				continue
			}
			if err := add(link.Target); err != nil {
				return err
			}
			src.Resolved = append(src.Resolved, formats.Resolved{Reference: ref, Type: link.Target.Type, Text: link.Target.Text})
		}
		return nil
	}
	return src, add(f)
}
