package web

import (
	"slices"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry/catalog"
)

// fieldsView is the search over fields: what /api/fields answers, and where each choice leads.
type fieldsView struct {
	*catalog.Fields
	Text  string
	Exact bool
	Loose string // the address of the same search over everything, when it is for one name
	Types []choice
	Pager pager
}

const fieldsPerPage = 100

func (u *UI) fields(r *request) (*Page, error) {
	values := r.URL.Query()
	for name := range values {
		if !slices.Contains([]string{"q", "context", "exact", "type", "page"}, name) || values.Get(name) == "" {
			values.Del(name)
		}
	}
	number := pageNumber(values)
	query := catalog.FieldQuery{
		Text: r.query("q"), Exact: r.query("exact") == "true", Context: r.query("context"), Types: values["type"],
		Offset: (number - 1) * fieldsPerPage, Limit: fieldsPerPage,
	}
	found, err := u.opt.Catalog.Fields(r.Context(), query)
	if err != nil {
		return nil, err
	}
	view := fieldsView{Fields: found, Text: query.Text, Exact: query.Exact && query.Text != ""}
	l := listLinks{r.links, values}
	view.Pager = l.pager(number, fieldsPerPage, len(found.Fields), found.Total, r.links.FieldList)
	if view.Pager.beyond() {
		return r.redirect(view.Pager.Prev)
	}
	view.Loose = r.links.FieldList(l.with("exact", ""))
	for _, t := range []formats.Type{formats.Avro, formats.JSON, formats.Protobuf} {
		view.Types = append(view.Types, choice{Label: string(t), Chosen: slices.Contains(values["type"], string(t)), Href: r.links.FieldList(l.toggled("type", string(t)))})
	}
	page := &Page{Template: "fields", Title: "Fields", Nav: "fields", Context: query.Context, Model: view}
	for _, name := range []string{"q", "exact", "type"} {
		for _, value := range values[name] {
			page.Switch = append(page.Switch, Pair{name, value})
		}
	}
	return page, nil
}
