package web

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// registration is the body of the request that registers a schema, with the members it needs alone.
type registration struct {
	Type       string              `json:"schemaType,omitempty"`
	References []formats.Reference `json:"references,omitempty"`
	Schema     string              `json:"schema"`
}

// registerCommand is the command that does what the form is about to do.
func registerCommand(origin, subject string, req registry.SchemaRequest, normalize bool) string {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	// Strings and numbers always encode.
	_ = encoder.Encode(registration{req.Type, req.References, req.Schema})
	address := origin + "/subjects/" + segment(subject) + "/versions"
	if normalize {
		address += "?normalize=true"
	}
	// The body is one line that starts with a brace, so no line of it ends the document.
	return "curl -X POST " + quoted(address) + " \\\n  -H 'Content-Type: application/vnd.schemaregistry.v1+json' \\\n  --data-binary @- <<'BODY'\n" + body.String() + "BODY"
}

// quoted writes a word for a POSIX shell.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:%@=+,") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
