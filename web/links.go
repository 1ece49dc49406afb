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

// Search is the list of what matches a text.
func (l Links) Search(text string) string {
	return l.Home() + "?" + url.Values{"q": {text}}.Encode()
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
