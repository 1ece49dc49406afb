// Package web makes the pages for people: they find a schema, read it, see what would break and why. Pages are rendered on
// the server from plain view models with html/template, work without JavaScript, and load nothing from elsewhere.
//
// # How a page is made
//
// A request walks: web.go's table of routes finds the page function, the page function loads what it needs from packages
// registry and registry/catalog and returns a *Page, and render.go executes its template inside templates/layout.html and
// writes it under the one strict policy of policy.go. A page function never writes to the client itself; an error it
// returns becomes the error page, with the status that the API would answer.
//
// To add a page:
//
//  1. Write templates/pages/NAME.html. It defines "main" (one <h1>, inside <main>), and may define "head". The page's own
//     view model is .Model; everything else of Page (.Links, .Contexts, …) is there too: keep `{{$p := .}}` when inside
//     a {{with}} or {{range}}.
//  2. Write NAME.go with the view model (a struct of plain strings, numbers and slices; no methods that load) and the page
//     function `func (u *UI) NAME(r *request) (*Page, error)`.
//  3. Add a line to routes() in web.go, and the URL to links.go: templates and Go code take every address from Links, so that
//     the pages work below a path prefix. A test follows the links of every page.
//  4. Add the page's states (empty, one, many, deleted, error …) to states_test.go. The test executes the template in each
//     of them and parses the HTML: unique ids, labels, one h1, links that lead somewhere.
//
// A page that changes something is a form with method POST. A POST route is guarded against other origins
// (http.CrossOriginProtection) for all routes at once; its function ends with r.redirect(url), or returns the page again
// with what went wrong. A question that would delete asks for a name in the form: no dialogs, no JavaScript needed.
//
// # Style and scripts
//
// static/app.css is on every page; work.css adds to its layer "pages" what the forms and comparisons need. The layers are reset, tokens, base, layout, parts, pages, print. Take colours,
// spaces and sizes from the custom properties in its layer "tokens" only; colour carries meaning and never alone. Parts to
// use again: .card, .table, .badge, .chip, .button, .field, .notice, .empty, .code, .tabs; see templates/partials.
//
// static/*.js are native modules. app.js is on every page and imports the others; an island finds its elements by a data
// attribute (data-copy, data-filter, data-live …) and does nothing when there are none. A script that only one page needs
// is named in Page.Scripts. The one script by others is codemirror.js, for the page that edits a schema; editor/ says how it
// is made, with Node, and "go generate ./web" makes it again. No inline scripts, no style attributes: the policy refuses both.
//
// Files of static/ are served under a name that holds a hash of their content, for ever (assets.go); templates write
// {{asset "app.css"}}. With Options.Dev both directories are read from disk for every request.
package web

//go:generate sh -c "cd editor && npm ci --no-audit --no-fund && npm run build"
