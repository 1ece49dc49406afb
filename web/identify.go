package web

import (
	"context"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// identifyView is the form that takes a schema, and what it is like.
type identifyView struct {
	Types      []string
	Type       string
	Schema     string
	Context    string
	References referencesView

	Check   *checkView // why it cannot be read
	Found   *registry.Identification
	Matches []matchView
}

// matchView is a subject that a schema equals or is like.
type matchView struct {
	registry.Likeness
	Class   string
	Words   string
	Effects []effectView
}

// identify tells which subjects hold a schema that was pasted, or one like it.
func (u *UI) identify(r *request) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view := &identifyView{
		Types: []string{string(formats.Avro), string(formats.JSON), string(formats.Protobuf)}, Type: orText(r.FormValue("type"), string(formats.Avro)),
		Schema: textOf(r.FormValue("schema")), Context: contextOr(r.FormValue("context")),
	}
	lines := referencesOf(r)
	asked := strings.TrimSpace(view.Schema) != "" && r.PostFormValue("action") != "reference"
	if !asked || len(lines) == 0 {
		lines = append(lines, formReference{})
	}
	var err error
	if view.References, err = u.referencesView(r, view.Type, lines); err != nil {
		return nil, err
	}
	page := &Page{Template: "identify", Title: "Identify a schema", Nav: "identify", Scripts: []string{"references.js"}, Model: view}
	if !asked {
		return page, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	req := registry.SchemaRequest{Schema: view.Schema, Type: view.Type}
	var found *registry.Identification
	if req.References, err = references(lines); err == nil {
		found, err = u.reg.Identify(ctx, storage.QualifySubject(view.Context, ""), req)
	}
	if err != nil {
		if view.Check = u.failedCheck(err, view.Schema); view.Check == nil {
			return nil, err
		}
		page.Status, _, _ = u.opt.Describe(err)
		return page, nil
	}
	view.Found = found
	for _, match := range found.Matches {
		view.Matches = append(view.Matches, matchOf(match))
	}
	return page, nil
}

// matchOf says how alike two schemas are.
func matchOf(m registry.Likeness) matchView {
	view := matchView{Likeness: m, Class: "warn", Words: "Breaks in one direction"}
	good := 0
	for _, side := range []struct {
		direction compat.Direction
		verdict   compat.Verdict
	}{{compat.NewReadsOld, m.Backward}, {compat.OldReadsNew, m.Forward}} {
		effect := effectView{Who: directionWords(side.direction), Words: "breaks", Class: "bad", Matters: true}
		switch side.verdict {
		case compat.Compatible:
			effect.Words, effect.Class = "fine", "good"
			good++
		case compat.Undecided:
			effect.Words, effect.Class = "not decided", "warn"
		}
		view.Effects = append(view.Effects, effect)
	}
	switch {
	case m.Equal:
		view.Class, view.Words = "good", "The same schema"
	case good == 2:
		view.Class, view.Words = "note", "Nearly the same: each reads the other"
	case good == 0:
		view.Class, view.Words = "bad", "Alike, and breaks both ways"
	}
	return view
}
