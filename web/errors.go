package web

import (
	"errors"
	"net/http"

	"github.com/concord-registry/concord/registry"
)

// errorView says what went wrong, why, and what to do next.
type errorView struct {
	Heading string
	Message string // in the words of the API
	Code    int
	Advice  string
	Search  string // the name of a subject to look for
}

// errNoPage is the error of an address that no page has.
var errNoPage = errors.New("there is no page at this address")

func (u *UI) notFound(*request) (*Page, error) { return nil, errNoPage }

var errCrossOrigin = errors.New("the form was sent from a page of another site")

func (u *UI) crossOrigin(*request) (*Page, error) { return nil, errCrossOrigin }

func (u *UI) errorPage(r *request, err error) *Page {
	view := errorView{Heading: "Something went wrong on the server"}
	status := http.StatusInternalServerError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNoPage):
		status = http.StatusNotFound
		view.Heading, view.Message, view.Advice = "No such page", "There is no page at "+r.URL.Path+".", "Look for a subject with the search box, or start from the list."
	case errors.Is(err, errCrossOrigin):
		status = http.StatusForbidden
		view.Heading, view.Message = "Refused: the form came from another site", "Forms are accepted only from the pages of this server, so that no other site can act in your name."
		view.Advice = "Open the page here and send the form again. Behind a proxy, make sure that it passes on the Host header."
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
		view.Heading, view.Message, view.Advice = "The form is too large", "A form may have 8 MiB.", "Use the API for larger schemas."
	default:
		status, view.Code, view.Message = u.opt.Describe(err)
		view.Heading, view.Advice = headingOf(status), adviceOn(registry.CodeOf(err))
		if registry.CodeOf(err) == registry.SubjectNotFound {
			view.Search = r.param("subject")
		}
	}
	return &Page{Template: "error", Title: view.Heading, Status: status, Model: view}
}

func headingOf(status int) string {
	switch {
	case status == http.StatusNotFound:
		return "Not found"
	case status == http.StatusForbidden:
		return "Not permitted"
	case status == http.StatusConflict:
		return "Incompatible"
	case status == http.StatusServiceUnavailable:
		return "Not available at the moment"
	case status < http.StatusInternalServerError:
		return "That cannot be done"
	}
	return "Something went wrong on the server"
}

func adviceOn(code registry.Code) string {
	switch code {
	case registry.SubjectNotFound:
		return "It may be spelt differently, live in another context, or have been deleted: look for a part of its name, among deleted subjects too."
	case registry.VersionNotFound, registry.InvalidVersion:
		return "Open the subject without a version to see which there are."
	case registry.SchemaNotFound:
		return "Ids belong to a context: choose the context in the header and search for the id there."
	case registry.OperationNotPermitted:
		return "The mode of the subject, its context or the whole registry forbids it. Whoever runs the registry can change the mode."
	case registry.ReferenceExists:
		return "Delete or change what refers to it first."
	}
	return "The list of subjects may still work. If this goes on, look into the server's log, or ask whoever runs it."
}
