package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
)

// listView is the list of subjects: what /api/subjects answers, and where each choice leads.
type listView struct {
	*catalog.Subjects
	Facets  []facet
	Chips   []choice // the filters in force, each with the address without it
	Columns []column
	Pager   pager
	Clear   string // the address without filters
	Deleted []choice
	// None says that the registry holds nothing at all.
	None bool
}

// facet is a property to filter by.
type facet struct {
	Title   string
	Choices []choice
}

// choice is a value of a facet and the address that choosing it, or giving it up, leads to.
type choice struct {
	Label  string
	Count  int
	Chosen bool
	Href   string
}

// column is a heading of the table that sorts.
type column struct {
	Title string
	Href  string
	Sort  string // "ascending" or "descending" when the table is sorted by it
	Class string
}

// pager leads to the pages before and after.
type pager struct {
	First, Last, Total int
	Prev, Next         string
}

// beyond says that there are pages, but not so many.
func (p pager) beyond() bool { return p.First == 0 && p.Total > 0 && p.Prev != "" }

const subjectsPerPage = 100

// filters are the parameters of a list that choose, in the order of the facets.
var filters = []string{"type", "level", "mode", "owner"}

func (u *UI) list(r *request) (*Page, error) {
	values := r.URL.Query()
	for name := range values {
		if !slices.Contains([]string{"q", "context", "deleted", "sort", "page"}, name) && !slices.Contains(filters, name) || values.Get(name) == "" {
			values.Del(name)
		}
	}
	for _, name := range filters {
		if values.Has(name) {
			values[name] = chosen(values[name])
		}
	}
	number := pageNumber(values)
	query := catalog.Query{
		Text: r.query("q"), Context: r.query("context"), Types: values["type"], Levels: values["level"], Modes: values["mode"], Owners: values["owner"],
		Deleted: catalog.Deleted(r.query("deleted")), Sort: r.query("sort"), Offset: (number - 1) * subjectsPerPage, Limit: subjectsPerPage,
	}
	found, err := u.opt.Catalog.Subjects(r.Context(), query)
	if err != nil {
		return nil, err
	}
	view := listView{Subjects: found, Clear: r.links.Home()}
	if query.Context != "" {
		view.Clear = r.links.Context(query.Context)
	}
	l := listLinks{r.links, values}
	view.Pager = l.pager(number, subjectsPerPage, len(found.Subjects), found.Total, l.links.List)
	if view.Pager.beyond() {
		return r.redirect(view.Pager.Prev)
	}
	view.Facets, view.Chips = l.facets(found)
	view.Columns = l.columns(query.Sort)
	view.Deleted = l.deletedChoices(found.Deleted)
	if found.Total == 0 && len(view.Chips) == 0 && query.Text == "" {
		counts, err := u.reg.Counts(r.Context())
		if err != nil {
			return nil, err
		}
		view.None = counts.Subjects+counts.DeletedSubjects == 0
	}
	page := &Page{Template: "list", Title: "Subjects", Nav: "subjects", Query: query.Text, Context: query.Context, Filter: true, Model: view}
	for _, name := range slices.Concat(filters, []string{"deleted", "sort"}) {
		for _, value := range values[name] {
			page.Keep = append(page.Keep, Pair{name, value})
		}
	}
	page.Switch = page.Keep
	if query.Text != "" {
		page.Switch = append([]Pair{{"q", query.Text}}, page.Keep...)
	}
	return page, nil
}

// maxChosen bounds the values of a filter: the page has an address without each of them, which holds all others.
const maxChosen = 20

// chosen is what a filter lets through: the first of its values, each once.
func chosen(values []string) []string {
	var list []string
	for _, value := range values {
		if len(list) == maxChosen {
			break
		}
		if !slices.Contains(list, value) {
			list = append(list, value)
		}
	}
	return list
}

// pageNumber reads the number of a page, from 1.
func pageNumber(values url.Values) int {
	n, err := strconv.Atoi(values.Get("page"))
	if err != nil || n < 1 || n > 1_000_000 {
		return 1
	}
	return n
}

// listLinks makes the addresses of a list that differ from the current one in one respect.
type listLinks struct {
	links  Links
	values url.Values
}

// with returns the parameters with one of them set; empty removes it. A change of anything but the page leads to the first.
func (l listLinks) with(name, value string) url.Values {
	changed := url.Values{}
	for n, v := range l.values {
		if n != "page" && n != name {
			changed[n] = v
		}
	}
	if value != "" {
		changed.Set(name, value)
	}
	return changed
}

// toggled returns the parameters with a value of a filter added or, if it is there, taken away.
func (l listLinks) toggled(name, value string) url.Values {
	changed := l.with(name, "")
	now := l.values[name]
	if slices.Contains(now, value) {
		now = slices.DeleteFunc(slices.Clone(now), func(v string) bool { return v == value })
	} else {
		now = append(slices.Clone(now), value)
	}
	if len(now) > 0 {
		changed[name] = now
	}
	return changed
}

func (l listLinks) pager(number, size, shown, total int, to func(url.Values) string) pager {
	p := pager{Total: total}
	if shown > 0 {
		p.First, p.Last = (number-1)*size+1, (number-1)*size+shown
	}
	page := func(n int) string {
		values := l.with("page", "")
		if n > 1 {
			values.Set("page", strconv.Itoa(n))
		}
		return to(values)
	}
	if number > 1 {
		p.Prev = page(min(number-1, max(1, (total+size-1)/size)))
	}
	if number*size < total {
		p.Next = page(number + 1)
	}
	return p
}

// facets lists the choices of each facet that leaves one, and the choices that were made.
func (l listLinks) facets(found *catalog.Subjects) (facets []facet, chips []choice) {
	titles := []string{"Type", "Compatibility", "Mode", "Owner"}
	for i, counts := range [][]catalog.Count{found.Types, found.Levels, found.Modes, found.Owners} {
		name := filters[i]
		f := facet{Title: titles[i]}
		for _, c := range counts {
			f.Choices = append(f.Choices, choice{c.Value, c.Count, slices.Contains(l.values[name], c.Value), l.links.List(l.toggled(name, c.Value))})
		}
		for _, value := range l.values[name] {
			chips = append(chips, choice{Label: value, Href: l.links.List(l.toggled(name, value))})
			if !slices.ContainsFunc(counts, func(c catalog.Count) bool { return c.Value == value }) {
				f.Choices = append(f.Choices, choice{value, 0, true, l.links.List(l.toggled(name, value))})
			}
		}
		if len(f.Choices) > 1 || len(f.Choices) == 1 && f.Choices[0].Chosen || name == "owner" && len(f.Choices) > 0 {
			facets = append(facets, f)
		}
	}
	return facets, chips
}

func (l listLinks) deletedChoices(count int) []choice {
	if now := l.values.Get("deleted"); count == 0 && now == "" {
		return nil
	}
	var choices []choice
	for _, c := range []struct{ value, label string }{{"", "Hidden"}, {"true", "Shown"}, {"only", "Only"}} {
		choices = append(choices, choice{Label: c.label, Chosen: l.values.Get("deleted") == c.value, Href: l.links.List(l.with("deleted", c.value))})
	}
	return choices
}

// columns are the headings. A column that counts or dates starts with the highest.
func (l listLinks) columns(sort string) []column {
	var columns []column
	for _, c := range []struct{ name, title, class string }{
		{"name", "Subject", ""}, {"", "Type", ""}, {"latest", "Version", "num"}, {"id", "Id", "num third"}, {"", "Compatibility", "second"},
		{"owner", "Owner", "second"}, {"in", "Used by", "num third"}, {"out", "Uses", "num third"}, {"registered", "Registered", "num"},
	} {
		heading := column{Title: c.title, Class: c.class}
		if c.name != "" {
			now, reverse := strings.CutPrefix(sort, "-")
			next := c.name
			if strings.HasPrefix(c.class, "num") {
				next = "-" + c.name
			}
			if now == c.name {
				heading.Sort = map[bool]string{false: "ascending", true: "descending"}[reverse]
				next = map[bool]string{false: "-", true: ""}[reverse] + c.name
			}
			heading.Href = l.links.List(l.with("sort", next))
		}
		columns = append(columns, heading)
	}
	return columns
}

// contexts lists the contexts to choose from.
func (u *UI) contexts(r *request) ([]string, error) {
	return u.reg.Contexts(r.Context(), "", registry.Page{})
}
