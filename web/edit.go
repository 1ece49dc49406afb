package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// editView is the form for a new version, and what a registration would answer to what stands in it.
type editView struct {
	Subject string // that the version is for, or that a new subject would have; empty when that is not known yet
	New     bool   // the form makes a subject
	Latest  int    // the latest version when the form was opened

	Naming     naming
	Strategies []strategy
	Missing    string // why the new subject has no name yet
	Unnamed    bool   // it was to be registered without one
	Untouched  bool   // nobody has got to the name yet

	Types      []typeChoice
	Type       string
	Schema     string
	References referencesView
	Normalize  bool

	Level     string
	LevelFrom string // "subject" or "inherited"
	Words     string // what the level means
	ReadOnly  string // why nothing can be registered; empty when it can

	Check   *checkView
	Refusal string // why a registration would be refused as things stand; empty when it would not be, or nobody knows
	Failure string // why the registration failed, when that is not about the schema
	Newer   int    // the version that somebody else has registered meanwhile; 0 when nobody has
	Told    bool   // a registration was held back because of it, and may be sent again
	Command string
}

// typeChoice is a type of schema, with the text that a new one starts from; empty when the form has a text of its own.
type typeChoice struct{ Type, Start string }

// checkTime bounds how long a check that nobody but the person typing waits for may take.
const checkTime = 10 * time.Second

// newSubject is the form for a subject that is not there yet.
func (u *UI) newSubject(r *request) (*Page, error) {
	view := &editView{
		New: true, Type: orText(r.query("type"), string(formats.Avro)), References: referencesView{Lines: make([]formReference, 1)},
		Naming: naming{Strategy: "topic", Part: "value", Own: r.query("subject"), Context: contextOr(r.query("context"))},
	}
	if view.Naming.Own != "" {
		view.Naming.Strategy = "own"
	}
	view.Schema = startingText(view.Type)
	if err := u.name(r, view); err != nil {
		return nil, err
	}
	return u.editPage(r, view)
}

// edit is the form for a new version of a subject, with its latest version in it.
func (u *UI) edit(r *request) (*Page, error) {
	subject := r.param("subject")
	from := orText(r.query("from"), "latest")
	version, err := u.reg.Version(r.Context(), subject, from, registry.ReadOptions{WithDeleted: r.query("from") != ""})
	if err != nil {
		return nil, err
	}
	req := requestOf(version)
	view := &editView{Subject: subject, Latest: version.Version, Type: string(version.Type), Schema: u.laidOut(r.Context(), subject, req)}
	if from != "latest" {
		if latest, err := u.reg.Version(r.Context(), subject, "latest", registry.ReadOptions{}); err == nil {
			view.Latest = latest.Version
		}
	}
	for _, ref := range version.References {
		view.References.Lines = append(view.References.Lines, formReference{ref.Name, ref.Subject, strconv.Itoa(ref.Version)})
	}
	view.References.Lines = append(view.References.Lines, formReference{})
	return u.editPage(r, view)
}

// laidOut is the text of a schema with lines for people; one that cannot be read stays as it is.
func (u *UI) laidOut(ctx context.Context, subject string, req registry.SchemaRequest) string {
	schema, err := u.reg.Layout(ctx, subject, req)
	if err != nil {
		return req.Schema
	}
	return schema.Source().Text
}

// requestOf is the request that would register a version again.
func requestOf(v *registry.SchemaVersion) registry.SchemaRequest {
	return registry.SchemaRequest{Schema: v.Schema, Type: string(v.Type), References: v.References}
}

// editNew and editVersion take the form. They check what stands in it, and register it when that was asked for.
func (u *UI) editNew(r *request) (*Page, error) { return u.edited(r, "") }

func (u *UI) editVersion(r *request) (*Page, error) { return u.edited(r, r.param("subject")) }

func (u *UI) edited(r *request, subject string) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view := formOf(r, subject)
	if view.Latest == 0 && subject != "" { // the text comes from a form elsewhere
		if latest, err := u.reg.Version(r.Context(), subject, "latest", registry.ReadOptions{}); err == nil {
			view.Latest = latest.Version
		}
	}
	switch r.PostFormValue("action") {
	case "reference":
		view.References.Lines = append(view.References.Lines, formReference{})
		if err := u.name(r, view); err != nil {
			return nil, err
		}
		return u.editPage(r, view)
	case "register":
		return u.register(r, view)
	}
	if err := u.check(r, view); err != nil {
		return nil, err
	}
	return u.editPage(r, view)
}

// formError is what a form that cannot be read is answered with.
func formError(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return err
	}
	return &registry.Error{Code: registry.BadRequest, Message: "The form cannot be read: " + err.Error()}
}

// formOf reads the form.
func formOf(r *request, subject string) *editView {
	view := &editView{
		Subject: subject, New: subject == "",
		Type: r.PostFormValue("type"), Schema: textOf(r.PostFormValue("schema")), Normalize: r.PostFormValue("normalize") != "",
		Naming: naming{
			Strategy: r.PostFormValue("naming"), Topic: strings.TrimSpace(r.PostFormValue("topic")), Part: r.PostFormValue("part"),
			Own: strings.TrimSpace(r.PostFormValue("own")), Context: contextOr(r.PostFormValue("context")),
		},
	}
	if view.Naming.Part != "key" {
		view.Naming.Part = "value"
	}
	if !slices.ContainsFunc(strategies, func(s strategy) bool { return s.Value == view.Naming.Strategy }) {
		view.Naming.Strategy = "topic"
	}
	view.Latest, _ = strconv.Atoi(r.PostFormValue("latest"))
	view.Untouched = r.PostFormValue("untouched") != ""
	view.References.Lines = referencesOf(r)
	return view
}

// textOf gives a text from a form, where lines end as HTTP wants it, the line ends of its author.
func textOf(value string) string { return strings.ReplaceAll(value, "\r\n", "\n") }

func contextOr(context string) string {
	if context == "" {
		return "."
	}
	return context
}

// request is what the form would register.
func (v *editView) request() (registry.SchemaRequest, error) {
	refs, err := references(v.References.Lines)
	return registry.SchemaRequest{Schema: v.Schema, Type: v.Type, References: refs}, err
}

// named finds the subject of the form: that of the page, or the one that the naming strategy leads to.
func (u *UI) named(ctx context.Context, view *editView, req registry.SchemaRequest) {
	if !view.New {
		return
	}
	schema, err := u.reg.Parse(ctx, view.Naming.Context, req)
	if err != nil {
		schema = nil
	}
	view.Subject, view.Missing = view.Naming.subject(schema)
}

// name is named for a form that is not checked.
func (u *UI) name(r *request, view *editView) error {
	req, err := view.request()
	if registry.CodeOf(err) != 0 {
		return nil
	}
	u.named(r.Context(), view, req)
	return err
}

// check asks the registry what it thinks of the form.
func (u *UI) check(r *request, view *editView) error {
	ctx, cancel := context.WithTimeout(r.Context(), checkTime)
	defer cancel()
	req, err := view.request()
	if err == nil {
		u.named(ctx, view, req)
		view.Check, err = u.checked(ctx, view.Naming.Context, view.Subject, req, view.Normalize)
	}
	if err == nil {
		view.Newer, err = u.newer(ctx, view, req)
	}
	if err == nil {
		return nil
	}
	if view.Check = u.failedCheck(err, view.Schema); view.Check == nil {
		return err
	}
	return nil
}

// newer is the version that was registered since the form was opened, which a registration would go past without a look at
// it; 0 when there is none, or when what stands in the form is registered already.
func (u *UI) newer(ctx context.Context, view *editView, req registry.SchemaRequest) (int, error) {
	if view.New {
		return 0, nil
	}
	latest, err := u.reg.Version(ctx, view.Subject, "latest", registry.ReadOptions{})
	if registry.CodeOf(err) != 0 || err == nil && latest.Version <= view.Latest {
		return 0, nil // without versions there is nothing to go past
	}
	if err != nil {
		return 0, err
	}
	same, err := u.reg.Lookup(ctx, view.Subject, req, registry.LookupOptions{Normalize: view.Normalize})
	if registry.CodeOf(err) == 0 && (err != nil || same.Subject == view.Subject) {
		return 0, err
	}
	return latest.Version, nil
}

// register registers what stands in the form, and leads to the new version.
func (u *UI) register(r *request, view *editView) (*Page, error) {
	req, err := view.request()
	if err == nil {
		u.named(r.Context(), view, req)
		if view.Subject == "" {
			view.Unnamed = true
			return u.refused(r, view, http.StatusUnprocessableEntity)
		}
		if view.Newer, err = u.newer(r.Context(), view, req); view.Newer > 0 {
			view.Told = true
			return u.refused(r, view, http.StatusConflict)
		}
	}
	if err == nil {
		var version *registry.SchemaVersion
		if version, err = u.reg.Register(r.Context(), view.Subject, req, registry.RegisterOptions{Normalize: view.Normalize, By: r.registrant()}); err == nil {
			said := fmt.Sprintf("Version %d is registered with the id %d.", version.Version, version.ID)
			if !view.New && version.Version <= view.Latest {
				said = fmt.Sprintf("Nothing was registered: version %d, with the id %d, is the same schema.", version.Version, version.ID)
			}
			return r.done(r.links.Version(version.Subject, version.Version), said)
		}
	}
	status, _, message := u.opt.Describe(err)
	if status >= http.StatusInternalServerError {
		return nil, err
	}
	switch registry.CodeOf(err) {
	case registry.IncompatibleSchema, registry.InvalidSchema: // the check says it better
	default:
		view.Failure = message
	}
	return u.refused(r, view, status)
}

// refused shows the form again, with why it was not taken.
func (u *UI) refused(r *request, view *editView, status int) (*Page, error) {
	if err := u.check(r, view); err != nil {
		return nil, err
	}
	page, err := u.editPage(r, view)
	if err == nil {
		page.Status = status
	}
	return page, err
}

// editPage completes the form with what there is to choose from.
func (u *UI) editPage(r *request, view *editView) (*Page, error) {
	ctx := r.Context()
	view.Strategies = strategies
	for _, t := range []string{string(formats.Avro), string(formats.JSON), string(formats.Protobuf)} {
		choice := typeChoice{Type: t}
		if view.New {
			choice.Start = startingText(t)
		}
		view.Types = append(view.Types, choice)
	}
	about := orText(view.Subject, storage.QualifySubject(view.Naming.Context, ""))
	config, err := u.reg.Config(ctx, about, true)
	if err != nil {
		return nil, err
	}
	view.Level, view.LevelFrom, view.Words = config.CompatibilityLevel, "inherited", levelWords(compat.Level(config.CompatibilityLevel))
	if own, err := u.reg.Config(ctx, about, false); err == nil && own.CompatibilityLevel != "" && !view.New {
		view.LevelFrom = "set for this subject"
	}
	mode, err := u.reg.Mode(ctx, about, true)
	if err != nil {
		return nil, err
	}
	if mode != registry.ReadWrite {
		view.ReadOnly = "The mode in force here is " + mode + ", so nothing can be registered. A check works all the same."
	}
	if view.References, err = u.referencesView(r, view.Type, view.References.Lines); err != nil {
		return nil, err
	}
	view.Refusal = view.refusal()
	if req, err := view.request(); err == nil && strings.TrimSpace(view.Schema) != "" {
		view.Command = registerCommand(r.origin(), orText(view.Subject, "SUBJECT"), req, view.Normalize)
	}
	title := "New subject"
	if !view.New {
		title = "New version of " + view.Subject
	}
	return &Page{Template: "edit", Title: title, Nav: "subjects", Context: contextShown(view), Scripts: []string{"edit.js", "references.js"}, Model: view}, nil
}

// refusal says why a registration would be refused: it is held to what was just checked, and nothing forces it.
func (v *editView) refusal() string {
	switch {
	case v.Check == nil || v.ReadOnly != "":
		return "" // not checked yet, or said already
	case v.Check.Verdict == "bad" && v.Check.Incompatible:
		return "As it stands, a registration is refused: the level " + v.Level + " does not let it follow. Mend what is named above, or have the level changed."
	case v.Check.Verdict == "bad":
		return "As it stands, a registration is refused: this is no valid schema."
	case v.New && v.Subject == "":
		if v.Untouched {
			return "" // who has not got there yet has not forgotten it
		}
		return "The subject has no name yet. " + v.Missing
	}
	return ""
}

// contextShown is the context that the header shows for the form.
func contextShown(view *editView) string {
	if view.New {
		return contextFilter(view.Naming.Context)
	}
	return contextOf(view.Subject)
}

// startingText is what the form of a new subject starts with: the smallest schema that shows where things go.
func startingText(t string) string {
	switch formats.Type(t) {
	case formats.JSON:
		return `{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Order",
  "type": "object",
  "properties": {
    "id": { "type": "integer" }
  },
  "required": ["id"]
}
`
	case formats.Protobuf:
		return `syntax = "proto3";

package com.example;

message Order {
  int64 id = 1;
}
`
	}
	return `{
  "type": "record",
  "name": "Order",
  "namespace": "com.example",
  "fields": [
    { "name": "id", "type": "long" }
  ]
}
`
}
