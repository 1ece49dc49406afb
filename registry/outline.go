package registry

import (
	"context"
	"encoding/hex"
	"encoding/json"

	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
)

// Outline is what the text of a version declares.
type Outline struct {
	Subject string         `json:"subject"`
	Version int            `json:"version"`
	ID      int            `json:"id"`
	Type    formats.Type   `json:"schemaType"`
	Name    string         `json:"name,omitempty"` // of the schema as a whole
	Nodes   []formats.Node `json:"nodes"`
}

// Outline tells what a version declares, soft-deleted or not: types, fields, symbols, with their docs. InvalidVersion,
// SubjectNotFound, VersionNotFound, InvalidSchema.
func (r *Registry) Outline(ctx context.Context, subject, version string) (*Outline, error) {
	v, err := r.Version(ctx, subject, version, ReadOptions{WithDeleted: true})
	if err != nil {
		return nil, err
	}
	outline, err := r.engine.Outline(v.Type, v.Schema)
	if err != nil {
		return nil, invalidSchema(v.Type, err)
	}
	found := &Outline{Subject: v.Subject, Version: v.Version, ID: v.ID, Type: v.Type, Name: outline.Root, Nodes: outline.Nodes}
	if found.Nodes == nil {
		found.Nodes = []formats.Node{}
	}
	return found, nil
}

// Example is a message that fits a version.
type Example struct {
	Subject string          `json:"subject"`
	Version int             `json:"version"`
	ID      int             `json:"id"`
	Message json.RawMessage `json:"message"`
	Bytes   string          `json:"bytes,omitempty"` // as it would stand in a topic, in hex: the frame and the payload
}

// Example makes a message of a version, soft-deleted or not; its values mean nothing. InvalidVersion, SubjectNotFound,
// VersionNotFound, InvalidSchema, and Unprocessable for a schema that describes no message.
func (r *Registry) Example(ctx context.Context, subject, version string) (*Example, error) {
	v, err := r.Version(ctx, subject, version, ReadOptions{WithDeleted: true})
	if err != nil {
		return nil, err
	}
	codec, err := r.codec(ctx, v)
	if err != nil {
		return nil, err
	}
	text, err := codec.Sample(ctx, message.Options{})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, errorf(Unprocessable, "%s", err)
	}
	example := &Example{Subject: v.Subject, Version: v.Version, ID: v.ID, Message: json.RawMessage(text)}
	if payload, err := codec.Encode(text, message.Options{}); err == nil {
		example.Bytes = hex.EncodeToString(message.Frame{ID: v.ID, Payload: payload}.Bytes())
	}
	return example, nil
}
