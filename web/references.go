package web

import (
	"strconv"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// referencesView is the part of a form that takes what a schema uses from other subjects.
type referencesView struct {
	Type     string // of the schema
	Lines    []formReference
	Subjects []string // to choose from before anything is typed, and without a script
	Search   string   // where a script asks for more
}

// formReference is one line of the references of a form.
type formReference struct{ Name, Subject, Version string }

// maxOffered bounds the subjects that a form comes with.
const maxOffered = 300

// referencesOf reads the references of a form.
func referencesOf(r *request) []formReference {
	var lines []formReference
	names, subjects, versions := r.PostForm["ref-name"], r.PostForm["ref-subject"], r.PostForm["ref-version"]
	for i := range min(len(names), len(subjects), len(versions)) {
		lines = append(lines, formReference{strings.TrimSpace(names[i]), strings.TrimSpace(subjects[i]), strings.TrimSpace(versions[i])})
	}
	return lines
}

// referencesView offers lines to fill in, with the subjects of every context to choose from.
func (u *UI) referencesView(r *request, schemaType string, lines []formReference) (referencesView, error) {
	view := referencesView{Type: schemaType, Lines: lines, Search: r.links.API("/api/subjects")}
	var err error
	view.Subjects, err = u.reg.Subjects(r.Context(), ":*:", registry.LiveOnly, registry.Page{Limit: maxOffered})
	return view, err
}

// references is what the lines declare; those that are left empty do not count.
func references(lines []formReference) ([]formats.Reference, error) {
	var refs []formats.Reference
	for _, line := range lines {
		if line == (formReference{}) {
			continue
		}
		version := -1
		if line.Version != "" && !strings.EqualFold(line.Version, "latest") {
			var err error
			if version, err = strconv.Atoi(line.Version); err != nil {
				return nil, &registry.Error{Code: registry.InvalidSchema, Message: "The version of the reference " + strconv.Quote(line.Name) + " is no number: " + strconv.Quote(line.Version) + ". Leave it empty for the latest."}
			}
		}
		refs = append(refs, formats.Reference{Name: line.Name, Subject: line.Subject, Version: version})
	}
	return refs, nil
}
