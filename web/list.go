package web

import (
	"github.com/concord-registry/concord/registry"
)

// listView is the list of subjects.
type listView struct {
	Names []string
}

func (u *UI) list(r *request) (*Page, error) {
	names, err := u.reg.Subjects(r.Context(), ":*:", registry.LiveOnly, registry.Page{Limit: 100})
	if err != nil {
		return nil, err
	}
	return &Page{Template: "list", Title: "Subjects", Nav: "subjects", Query: r.query("q"), Context: r.query("context"), Model: listView{names}}, nil
}

// contexts lists the contexts to choose from.
func (u *UI) contexts(r *request) ([]string, error) {
	return u.reg.Contexts(r.Context(), "", registry.Page{})
}
