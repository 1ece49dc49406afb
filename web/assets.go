package web

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

//go:embed templates static
var embedded embed.FS

// files are the templates and the assets, loaded once, or for every request in development.
type files struct {
	templates templates
	assets    assets
}

// asset is a file of static/ as it is served.
type asset struct {
	name       string // with the hash
	body       []byte
	compressed []byte
	media      string
}

// assets are found by the name that templates write and by the name that they are served under.
type assets struct {
	byName   map[string]*asset
	byServed map[string]*asset
}

func (u *UI) newFiles() (files, error) {
	var fsys fs.FS = embedded
	if u.opt.Dev != "" {
		fsys = os.DirFS(u.opt.Dev)
	}
	loaded, err := loadAssets(fsys)
	if err != nil {
		return files{}, err
	}
	pages, err := loadTemplates(fsys, func(name string) (string, error) {
		a := loaded.byName[name]
		if a == nil {
			return "", fmt.Errorf("there is no asset %q", name)
		}
		return "/ui/assets/" + a.name, nil
	})
	return files{pages, loaded}, err
}

// current returns the files to answer with. In development a file that cannot be read leaves the last ones in force.
func (u *UI) current() *files {
	if u.opt.Dev == "" {
		return &u.files
	}
	if loaded, err := u.newFiles(); err == nil {
		return &loaded
	}
	return &u.files
}

// importPattern finds the modules that a module imports.
var importPattern = regexp.MustCompile(`(from|import)(\s*\(?\s*)"\./([^"]+)"`)

// loadAssets reads static/. A module names those it imports by their served names, so that they too are kept for ever: its
// own hash then depends on theirs.
func loadAssets(fsys fs.FS) (assets, error) {
	all := assets{map[string]*asset{}, map[string]*asset{}}
	var load func(name string, above []string) (*asset, error)
	load = func(name string, above []string) (*asset, error) {
		if a := all.byName[name]; a != nil {
			return a, nil
		}
		for _, importer := range above {
			if importer == name {
				return nil, fmt.Errorf("static/%s imports itself", name)
			}
		}
		body, err := fs.ReadFile(fsys, "static/"+name)
		if err != nil {
			return nil, err
		}
		if path.Ext(name) == ".js" {
			body = importPattern.ReplaceAllFunc(body, func(match []byte) []byte {
				parts := importPattern.FindSubmatch(match)
				imported, loadErr := load(string(parts[3]), append(above, name))
				if loadErr != nil {
					err = loadErr
					return match
				}
				return fmt.Appendf(nil, `%s%s"./%s"`, parts[1], parts[2], imported.name)
			})
			if err != nil {
				return nil, fmt.Errorf("static/%s: %w", name, err)
			}
		}
		a := newAsset(name, body)
		all.byName[name], all.byServed[a.name] = a, a
		return a, nil
	}
	entries, err := fs.ReadDir(fsys, "static")
	if err != nil {
		return all, err
	}
	for _, entry := range entries {
		if _, err := load(entry.Name(), nil); err != nil {
			return all, err
		}
	}
	return all, nil
}

func newAsset(name string, body []byte) *asset {
	sum := sha256.Sum256(body)
	hash := base64.RawURLEncoding.EncodeToString(sum[:9])
	ext := path.Ext(name)
	media := mime.TypeByExtension(ext)
	switch ext { // the table of the system may say something else
	case ".js":
		media = "text/javascript; charset=utf-8"
	case ".css":
		media = "text/css; charset=utf-8"
	case ".svg":
		media = "image/svg+xml"
	}
	return &asset{name: strings.TrimSuffix(name, ext) + "." + hash + ext, body: body, compressed: compress(body, gzip.BestCompression), media: media}
}

// asset serves a file for ever: what it holds is part of its name.
func (u *UI) asset(w http.ResponseWriter, r *http.Request) {
	a := u.current().assets.byServed[r.PathValue("name")]
	header := w.Header()
	header.Set("X-Content-Type-Options", "nosniff")
	if a == nil {
		header.Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file. Reload the page: the server may have been updated.", http.StatusNotFound)
		return
	}
	header.Set("Content-Type", a.media)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	header.Set("Vary", "Accept-Encoding")
	body := a.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && len(a.compressed) < len(a.body) {
		header.Set("Content-Encoding", "gzip")
		body = a.compressed
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}
