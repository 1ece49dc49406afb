package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/operand"
	"github.com/concord-registry/concord/cmd/concord/stored"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/compat/message"
	"github.com/concord-registry/concord/formats"
)

// byteFormats are how bytes are written for people and programs.
var byteFormats = []string{"hex", "base64", "binary"}

// formatBytes writes bytes in one of byteFormats; texts end with a line break.
func formatBytes(w io.Writer, format string, data []byte) error {
	var err error
	switch format {
	case "hex":
		_, err = fmt.Fprintln(w, hex.EncodeToString(data))
	case "base64":
		_, err = fmt.Fprintln(w, base64.StdEncoding.EncodeToString(data))
	default:
		_, err = w.Write(data)
	}
	return err
}

// autoFormat stands for finding out how bytes are written.
const autoFormat = "auto"

// parseBytes reads bytes that are written in a format. With autoFormat, what begins with a magic byte is binary, then come
// hexadecimal digits and base64, and what is none of them is binary again.
func parseBytes(format string, data []byte) ([]byte, error) {
	switch format {
	case "binary":
		return data, nil
	case "hex":
		return message.ParseHex(string(data))
	case "base64":
		return message.ParseBase64(string(data))
	}
	if len(data) > 0 && data[0] < 2 {
		return data, nil
	}
	if out, err := message.ParseText(string(data)); err == nil {
		return out, nil
	}
	return data, nil
}

// messageFlags are what the commands about messages have in common.
type messageFlags struct {
	remote  remoteFlags
	subject string
	message string
	noIndex bool
}

func (f *messageFlags) add(cmd *cobra.Command) {
	f.remote.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.subject, "subject", "", "look ids up as this `subject` does: in its context")
	flags.StringVar(&f.message, "message", "", "the Protobuf message, by its `name`; else the message index says, else it is the first of the file")
	flags.BoolVar(&f.noIndex, "no-index", false, "there is no Protobuf message index between id and record")
}

func (f *messageFlags) options() message.Options {
	return message.Options{Message: f.message, NoIndex: f.noIndex}
}

// frameFlags say what stands before a payload that is written.
type frameFlags struct {
	frame string
	id    int
}

func (f *frameFlags) add(cmd *cobra.Command) {
	f.frame = "id"
	choiceFlag(cmd, &f.frame, "frame", "", "`what` stands before the payload: id, guid or none", "id", "guid", "none")
	cmd.Flags().Var(idValue{&f.id}, "id", "the `id` in the frame, where the schema itself has none")
}

// codecs opens schemas for the commands about messages.
type codecs struct {
	main     *Main
	flags    *messageFlags
	engine   *engine.Engine
	resolver *operand.Resolver
	client   *client.Client
}

func (m *Main) codecs(f *messageFlags) *codecs {
	c := &codecs{main: m, flags: f, engine: engine.Default(formats.Limits{})}
	c.resolver = &operand.Resolver{Engine: c.engine, Connect: c.connect, Read: m.readInput}
	return c
}

func (c *codecs) connect() (*client.Client, error) {
	var err error
	if c.client == nil {
		c.client, err = c.flags.remote.connect(c.main)
	}
	return c.client, err
}

// open is a schema that was named.
type open struct {
	name  string
	id    int // 0 when it has none
	guid  string
	codec *message.Codec
}

// named opens a schema by the name an operand has.
func (c *codecs) named(ctx context.Context, name string) (*open, error) {
	if rest, ok := strings.CutPrefix(name, "id:"); ok {
		if id, err := parseID(rest); err == nil {
			return c.identified(ctx, message.Frame{ID: id})
		}
	}
	list, err := c.resolver.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	o := list[0]
	codec, err := message.NewCodec(o.Schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Name, err)
	}
	return &open{name: o.Name, id: o.ID, guid: o.GUID, codec: codec}, nil
}

// identified opens the schema that a frame names.
func (c *codecs) identified(ctx context.Context, frame message.Frame) (*open, error) {
	registry, err := c.connect()
	if err != nil {
		return nil, err
	}
	out := &open{name: fmt.Sprintf("id:%d", frame.ID), id: frame.ID}
	var version *client.Version
	if frame.ID == 0 && frame.GUID != uuid.Nil {
		out.name = "guid " + frame.GUID.String()
		version, err = registry.ByGUID(ctx, frame.GUID.String())
	} else {
		version, err = registry.ByID(ctx, frame.ID, c.flags.subject)
	}
	if err != nil {
		return nil, fmt.Errorf("%s, the schema of the message: %w", out.name, err)
	}
	if version.Subject == "" {
		version.Subject = c.flags.subject // references without a context are those of this one
	}
	out.guid = version.GUID
	// Where it is registered is only told to people; a registry that does not say it is no obstacle.
	if owners, err := registry.VersionsOfID(ctx, out.id, c.flags.subject, true); out.id > 0 && err == nil && len(owners) > 0 {
		out.name = fmt.Sprintf("%s@%d (id %d)", owners[0].Subject, owners[0].Version, out.id)
	}
	schema, err := stored.NewReader(c.engine, registry).Parse(ctx, version)
	if err == nil {
		out.codec, err = message.NewCodec(schema)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", out.name, err)
	}
	return out, nil
}

// writeMessage writes JSON as the bytes of a message of a schema, with their frame.
func (m *Main) writeMessage(o *open, text string, options message.Options, frame *frameFlags, format string) error {
	payload, err := o.codec.Encode(text, options)
	if err != nil {
		return err
	}
	data, err := frame.around(o, payload)
	if err != nil {
		return err
	}
	return formatBytes(m.Stdout, format, data)
}

// around puts a payload into the frame that was asked for.
func (f *frameFlags) around(o *open, payload []byte) ([]byte, error) {
	switch f.frame {
	case "none":
		return payload, nil
	case "guid":
		guid, err := uuid.Parse(o.guid)
		if err != nil {
			return nil, fmt.Errorf("%s has no guid: it is not registered, or its registry knows none", o.name)
		}
		return message.Frame{GUID: guid, Payload: payload}.Bytes(), nil
	}
	id := f.id
	if id == 0 {
		id = o.id
	}
	if id == 0 {
		return nil, misused(errors.New(o.name + " is not registered, so it has no id: name a registered version, or pass --id N or --frame none"))
	}
	return message.Frame{ID: id, Payload: payload}.Bytes(), nil
}
