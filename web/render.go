package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// templates are the pages by name, each with the layout and the partials.
type templates map[string]*template.Template

// loadTemplates parses every page of fsys. asset tells the address of a file of static/, without the prefix.
func loadTemplates(fsys fs.FS, asset func(string) (string, error)) (templates, error) {
	funcs := template.FuncMap{
		"asset": asset, "icon": icon, "args": args, "coded": coded, "breakable": breakable, "webAddress": webAddress, "rem": rem,
		"ago": ago, "when": when, "machineTime": machineTime, "plural": plural, "number": number, "lower": strings.ToLower, "join": strings.Join,
	}
	base, err := template.New("layout.html").Funcs(funcs).Option("missingkey=error").ParseFS(fsys, "templates/layout.html", "templates/partials/*.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	files, err := fs.Glob(fsys, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	all := templates{}
	for _, file := range files {
		page, err := template.Must(base.Clone()).ParseFS(fsys, file)
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		all[strings.TrimSuffix(path.Base(file), ".html")] = page
	}
	return all, nil
}

// render executes a page's template.
func (f *files) render(p *Page) ([]byte, error) {
	page := f.templates[p.Template]
	if page == nil {
		return nil, fmt.Errorf("there is no template %q", p.Template)
	}
	var out bytes.Buffer
	if err := page.ExecuteTemplate(&out, "layout.html", p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// write sends a page. It is made in memory first: a fault while it is made becomes the error page, and a slow client holds
// nothing but its own bytes.
func (u *UI) write(w http.ResponseWriter, r *request, p *Page) {
	loaded := u.current()
	body, err := loaded.render(p)
	if err != nil {
		p = u.errorPage(r, err)
		u.completeWithout(r, p)
		if body, err = loaded.render(p); err != nil {
			body = []byte("<!doctype html><title>Concord</title><h1>The page cannot be shown</h1>")
		}
	}
	header := w.Header()
	r.setPolicy()
	header.Set("Cache-Control", "private, no-cache")
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Vary", "Accept-Encoding, Cookie")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(body) > 1400 {
		header.Set("Content-Encoding", "gzip")
		body = compress(body, gzip.DefaultCompression)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	// An error means that the client is gone; there is nobody to tell.
	_, _ = w.Write(body)
}

func compress(body []byte, level int) []byte {
	var out bytes.Buffer
	// Neither fails: the levels are constants and the writer is memory.
	w, _ := gzip.NewWriterLevel(&out, level)
	_, _ = w.Write(body)
	_ = w.Close()
	return out.Bytes()
}

// args makes a map of names and values, to hand several to a partial.
func args(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("args: a name without a value")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("args: %v is no name", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}
