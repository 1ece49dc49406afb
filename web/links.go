package web

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/storage"
)

// Links makes the addresses of pages, below the prefix that the browser knows the server by.
type Links struct{ base string }

// Home is the list of subjects.
func (l Links) Home() string { return l.base + "/ui" }

// Context is the list of the subjects of a context.
func (l Links) Context(context string) string {
	return l.Home() + "?" + url.Values{"context": {context}}.Encode()
}

// List is the list of subjects with filters, an order and a page.
func (l Links) List(filters url.Values) string { return withQuery(l.Home(), filters) }

func withQuery(address string, values url.Values) string {
	if len(values) == 0 {
		return address
	}
	return address + "?" + values.Encode()
}

// Fields is the search over fields.
func (l Links) Fields() string { return l.base + "/ui/fields" }

// FieldList is the search over fields with filters and a page.
func (l Links) FieldList(filters url.Values) string { return withQuery(l.Fields(), filters) }

// FieldSearch is the list of the fields that match a text.
func (l Links) FieldSearch(text string) string { return withQuery(l.Fields(), url.Values{"q": {text}}) }

// FieldNamed is the list of the fields of that name.
func (l Links) FieldNamed(name string) string {
	return l.Fields() + "?" + url.Values{"q": {name}, "exact": {"true"}}.Encode()
}

// Events is the stream of changes.
func (l Links) Events() string { return l.base + "/api/events" }

// Search is the list of what matches a text.
func (l Links) Search(text string) string {
	return l.Home() + "?" + url.Values{"q": {text}}.Encode()
}

// SearchAll is the list of what matches a text, deleted or not.
func (l Links) SearchAll(text string) string {
	return l.Home() + "?" + url.Values{"q": {text}, "deleted": {"true"}}.Encode()
}

// Owner is the list of the subjects of an owner.
func (l Links) Owner(owner string) string {
	return l.Home() + "?" + url.Values{"owner": {owner}}.Encode()
}

// Keys explains the keyboard.
func (l Links) Keys() string { return l.base + "/ui/keys" }

// Theme takes the choice of colours.
func (l Links) Theme() string { return l.base + "/ui/theme" }

// Subject is the page of a subject's latest version.
func (l Links) Subject(subject string) string { return l.base + "/ui/subjects/" + segment(subject) }

// Version is the page of one version.
func (l Links) Version(subject string, version int) string {
	return l.Subject(subject) + "/versions/" + strconv.Itoa(version)
}

// New is the form for a new subject.
func (l Links) New() string { return l.base + "/ui/new" }

// Edit is the form for a new version of a subject.
func (l Links) Edit(subject string) string { return l.Subject(subject) + "/edit" }

// Settings is the form that changes what holds for a subject.
func (l Links) Settings(subject string) string { return l.Subject(subject) + "/settings" }

// View is another view of a version's page; version 0 is that of the latest.
func (l Links) View(subject string, version int, view string) string {
	address := l.Subject(subject)
	if version > 0 {
		address = l.Version(subject, version)
	}
	if view == "" {
		return address
	}
	return address + "?view=" + view
}

// Field is the tree of a subject's fields, with the last name of a path looked for in it.
func (l Links) Field(subject, path string) string {
	return l.View(subject, 0, "fields") + "&" + url.Values{"find": {path[strings.LastIndexByte(path, '.')+1:]}}.Encode()
}

// Text is the address of a version's text.
func (l Links) Text(subject string, version int) string {
	return l.APISubject(subject) + "/versions/" + strconv.Itoa(version) + "/schema"
}

// Delete asks before a version is deleted; version 0 means the subject.
func (l Links) Delete(subject string, version int) string {
	return l.Subject(subject) + "/delete" + versionQuery(version)
}

// Restore asks before a version is restored; version 0 means the subject.
func (l Links) Restore(subject string, version int) string {
	return l.Subject(subject) + "/restore" + versionQuery(version)
}

func versionQuery(version int) string {
	if version == 0 {
		return ""
	}
	return "?version=" + strconv.Itoa(version)
}

// Decode reads pasted messages.
func (l Links) Decode() string { return l.base + "/ui/decode" }

// Identify finds what a pasted schema is like.
func (l Links) Identify() string { return l.base + "/ui/identify" }

// Compare shows what distinguishes a subject's latest version from the one before.
func (l Links) Compare(subject string) string { return l.Subject(subject) + "/compare" }

// Versions shows what distinguishes two versions of a subject.
func (l Links) Versions(subject string, from, to int) string {
	return l.Compare(subject) + "?" + url.Values{"from": {strconv.Itoa(from)}, "to": {strconv.Itoa(to)}}.Encode()
}

// History is the change log of a subject.
func (l Links) History(subject string) string { return l.Subject(subject) + "/history" }

// Levels shows which levels each version of a subject keeps to.
func (l Links) Levels(subject string) string { return l.Subject(subject) + "/levels" }

// Docs is the description of the API.
func (l Links) Docs() string { return l.base + "/docs" }

// API is an address of the JSON API; path starts with a slash.
func (l Links) API(path string) string { return l.base + path }

// APISubject is the address of a subject in the JSON API, below which what follows is found.
func (l Links) APISubject(subject string) string { return l.base + "/subjects/" + segment(subject) }

// back accepts an address that a form says it came from, if it is one of these pages.
func (l Links) back(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(u.Path, l.base+"/ui") || strings.ContainsAny(address, "\\\n\r") {
		return l.Home()
	}
	return address
}

// segment writes a subject as one segment of a path. Browsers take "." and "..", however they are escaped, for steps
// through the path; with the name of their context they are none.
func segment(subject string) string {
	if subject == "." || subject == ".." || subject == "" {
		subject = ":" + storage.DefaultContext + ":" + subject
	}
	return url.PathEscape(subject)
}
