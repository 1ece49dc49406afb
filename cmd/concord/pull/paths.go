package pull

import (
	"fmt"
	"path"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/project"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// paths gives every subject a file of its own.
type paths struct {
	context string // whose subjects need no folder of their own
	files   map[string]bool
	folders map[string]bool
}

func newPaths(context string) *paths {
	return &paths{context: context, files: map[string]bool{}, folders: map[string]bool{}}
}

var extensions = map[formats.Type]string{formats.Avro: ".avsc", formats.Protobuf: ".proto", formats.JSON: ".schema.json"}

// of chooses the path of a subject: its name, in the folder of its context. imported, if it is known, is what others import it
// as.
func (p *paths) of(v *client.Version, imported string) string {
	context, name := storage.SplitSubject(v.Subject)
	if imported != "" {
		name = imported
	}
	if context != storage.DefaultContext && context != p.context {
		name = strings.TrimPrefix(context, ".") + "/" + name
	}
	extension := extensions[v.Type]
	name = strings.TrimSuffix(name, extension)
	var segments []string
	for segment := range strings.SplitSeq(name, "/") {
		segments = append(segments, safe(segment))
	}
	file := strings.Join(segments, "/") + extension
	if p.taken(file) {
		file = safe(name) + extension
	}
	base := strings.TrimSuffix(file, extension)
	for i := 2; p.taken(file); i++ {
		file = fmt.Sprintf("%s~%d%s", base, i, extension)
	}
	p.take(file)
	return file
}

// taken reports whether a file cannot be made beside those there are. Some file systems take upper and lower case for one.
func (p *paths) taken(file string) bool {
	file = strings.ToLower(file)
	if p.files[file] || p.folders[file] {
		return true
	}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if p.files[dir] {
			return true
		}
	}
	return false
}

func (p *paths) take(file string) {
	file = strings.ToLower(file)
	p.files[file] = true
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		p.folders[dir] = true
	}
}

// safe makes a part of a subject the name of a file or folder that every system takes, and that a project does not skip.
func safe(segment string) string {
	var b strings.Builder
	for i := 0; i < len(segment); i++ {
		c := segment[i]
		plain := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' && i > 0
		if plain {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	if b.Len() == 0 || project.Skipped(b.String()) {
		return "%" + b.String()
	}
	return b.String()
}
