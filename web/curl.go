package web

import (
	"bytes"
	"encoding/json"
	"strconv"
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

// maxCommand is how large a schema may be to be part of a command, in bytes.
const maxCommand = 64 << 10

// registerCommand is the command that does what the form is about to do.
func registerCommand(origin, subject string, req registry.SchemaRequest, normalize bool) string {
	if len(req.Schema) > maxCommand {
		return registerFile(origin, subject, req, normalize)
	}
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

// registerFile is the command for a schema that is too large to be a part of it.
func registerFile(origin, subject string, req registry.SchemaRequest, normalize bool) string {
	command := "# the schema is too large for a command; it is expected in a file\nconcord register --registry " + quoted(origin)
	for _, r := range req.References {
		command += " --ref " + quoted(r.Name+"="+r.Subject+"@"+strconv.Itoa(r.Version))
	}
	if normalize {
		command += " --normalize"
	}
	return command + " " + quoted(subject) + " schema" + fileEndings[formats.Type(req.Type)]
}

// quoted writes a word for a POSIX shell.
func quoted(word string) string {
	if strings.Trim(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:%@=+,") == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
