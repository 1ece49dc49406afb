package project

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/storage"
)

// placeholders of subject templates.
var placeholders = []string{"file", "path", "dir", "name", "topic", "fullname", "namespace"}

// brace stands for a brace in a template.
const brace = "{{"

// Literal is the template of one subject and no other.
func Literal(subject string) string { return strings.ReplaceAll(subject, "{", brace) }

// checkTemplate refuses placeholders that do not exist.
func checkTemplate(template string) error {
	for rest := strings.ReplaceAll(template, brace, ""); ; {
		_, after, ok := strings.Cut(rest, "{")
		if !ok {
			return nil
		}
		name, after, ok := strings.Cut(after, "}")
		if !ok || !slices.Contains(placeholders, name) {
			return fmt.Errorf("subject %q: {%s} is none of {%s}", template, name, strings.Join(placeholders, "}, {"))
		}
		rest = after
	}
}

// subject fills in a template for a file.
func subject(template, context, file string, t formats.Type, outline *formats.Outline) (string, error) {
	if template == "" {
		template = "{name}"
		if t == formats.Protobuf {
			template = "{file}"
		}
	}
	base := withoutExtension(path.Base(file))
	values := []string{
		brace, "{",
		"{file}", file, "{path}", path.Join(path.Dir(file), base), "{dir}", path.Dir(file), "{name}", base, "{topic}", base,
	}
	if strings.Contains(template, "{fullname}") || strings.Contains(template, "{namespace}") {
		full := ""
		if outline != nil {
			full = outline.Root
		}
		if full == "" {
			return "", fmt.Errorf("the subject template %q needs the schema's own name, and it has none", template)
		}
		namespace := ""
		if dot := strings.LastIndexByte(full, '.'); dot >= 0 {
			namespace = full[:dot]
		}
		values = append(values, "{fullname}", full, "{namespace}", namespace)
	}
	return storage.ReferredSubject(contextOr(context), strings.NewReplacer(values...).Replace(template)), nil
}

func contextOr(context string) string {
	if context == "" {
		return storage.DefaultContext
	}
	return context
}

// withoutExtension cuts the extensions of schema files, also double ones.
func withoutExtension(name string) string {
	for _, extension := range []string{".schema.json", ".avro.json"} {
		if short, ok := strings.CutSuffix(name, extension); ok {
			return short
		}
	}
	return strings.TrimSuffix(name, path.Ext(name))
}
