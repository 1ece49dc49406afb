package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/concord-registry/concord/compat/message"
)

const decodeLong = `Turn the bytes of a message into JSON.

A message is what a serializer wrote: the byte 00 and an id, or 01 and a guid, then the payload. The schema is looked up in the
registry. Protobuf payloads begin with a message index; those of clients that write none (KafkaJS, platformatic) are recognized.
The bytes come as an argument, from a file, or from standard input, as hexadecimal digits, base64 or binary.

With --as, say whether other schemas read the message, and if not, which field at which byte stops them. That is the question to
ask about a message on a dead-letter topic. A schema is named as diff does: orders-value, orders-value@3, orders-value@latest~1,
id:42, or a file.

The exit code is 100 when a schema of --as does not read the message.`

const decodeExample = `  # a message as another tool shows it
  concord decode 00000000020a0a6f72646572

  # the next message on a topic
  kcat -C -t orders -c 1 -e -b localhost:9092 | concord decode

  # why does version 7 not read it? and would the schema of this branch?
  concord decode --file dead-letter.bin --as orders-value@7 --as schemas/orders.avsc

  # a payload without a frame
  concord decode --schema orders-value@3 --file payload.bin`

type decodeFlags struct {
	messageFlags
	file    string
	format  string
	schema  string
	id      int
	header  string
	as      []string
	details bool
	output  string
}

func (m *Main) decodeCommand() *cobra.Command {
	f := &decodeFlags{format: autoFormat}
	cmd := &cobra.Command{
		Use:        "decode [MESSAGE|-]",
		SuggestFor: []string{"deserialize", "unmarshal", "read", "cat", "consume"},
		Short:      "Turn the bytes of a message into JSON, or say why they do not fit",
		Long:       decodeLong,
		Example:    decodeExample,
		Args:       argsBetween(0, 1, "at most one message"),
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.file, "file", "f", "", "read the message from this `file`")
	choiceFlag(cmd, &f.format, "format", "", "`how` the bytes are written: auto, hex, base64 or binary", append([]string{autoFormat}, byteFormats...)...)
	flags.StringVar(&f.schema, "schema", "", "the bytes are a payload of this `schema`, without a frame")
	flags.Var(idValue{&f.id}, "id", "the bytes are a payload of the schema with this `id`, without a frame")
	flags.StringVar(&f.header, "header", "", "the `value` of the header __value_schema_id or __key_schema_id, where the frame is there")
	flags.StringArrayVar(&f.as, "as", nil, "also say whether this `schema` reads the message; may be repeated")
	flags.BoolVar(&f.details, "details", false, "show the schema, the index and what is worth knowing beside the message")
	outputFlag(cmd, &f.output, "json", "yaml")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return m.decode(cmd.Context(), f, args) }
	return cmd
}

// input reads the bytes that were given in one of three ways.
func (f *decodeFlags) input(m *Main, args []string) ([]byte, error) {
	name := f.file
	switch {
	case len(args) == 1 && f.file != "":
		return nil, misused(errors.New("give the message as an argument or with --file, not both"))
	case len(args) == 1 && args[0] != "-":
		if f.format == "binary" {
			return nil, misused(errors.New("an argument cannot be binary; use --file or standard input"))
		}
		data, err := parseBytes(f.format, []byte(args[0]))
		return data, misused(err)
	case name == "":
		if len(args) == 0 && isTerminal(m.Stdin) {
			return nil, misused(errors.New("which message? pass its bytes, --file, or pipe them in"))
		}
		name = "-"
	}
	data, err := m.readInput(name)
	if err != nil {
		return nil, err
	}
	return parseBytes(f.format, data)
}

// decoded is what decode shows with --details.
type decoded struct {
	Schema  string            `json:"schema"`
	ID      int               `json:"id,omitempty"`
	GUID    string            `json:"guid,omitempty"`
	Type    string            `json:"type,omitempty"`
	Index   []int             `json:"index,omitempty"`
	Message json.RawMessage   `json:"message,omitempty"`
	Meaning map[string]string `json:"meanings,omitempty"` // of logical types, by path
	Notes   []message.Fault   `json:"notes,omitempty"`
	Faults  []message.Fault   `json:"faults,omitempty"`
	Readers []readBy          `json:"readers,omitempty"`
}

// readBy is what another schema makes of the message.
type readBy struct {
	Schema  string          `json:"schema"`
	Reads   bool            `json:"reads"`
	Message json.RawMessage `json:"message,omitempty"`
	Faults  []message.Fault `json:"faults,omitempty"`
	Notes   []message.Fault `json:"notes,omitempty"`
}

func (m *Main) decode(ctx context.Context, f *decodeFlags, args []string) error {
	data, err := f.input(m, args)
	if err != nil {
		return err
	}
	c, options := m.codecs(&f.messageFlags), f.options()
	writer, payload, err := f.writer(ctx, c, data, &options)
	if err != nil {
		return err
	}
	reading := writer.codec.Read(payload, options)
	out := decoded{
		Schema: writer.name, ID: writer.id, GUID: writer.guid, Type: reading.Type, Index: reading.Index,
		Message: json.RawMessage(reading.JSON), Notes: reading.Notes, Faults: reading.Faults,
	}
	for _, meaning := range reading.Meanings {
		if out.Meaning == nil {
			out.Meaning = map[string]string{}
		}
		out.Meaning[meaning.Path] = meaning.Message
	}
	for _, name := range f.as {
		reader, err := c.named(ctx, name)
		if err != nil {
			return err
		}
		r := reader.codec.ReadFrom(writer.codec, payload, options)
		out.Readers = append(out.Readers, readBy{Schema: reader.name, Reads: r.Fits(), Message: json.RawMessage(r.JSON), Faults: r.Faults, Notes: r.Notes})
	}
	if err := f.print(m, &out); err != nil {
		return err
	}
	switch {
	case slices.ContainsFunc(out.Readers, func(r readBy) bool { return !r.Reads }):
		return errFindings
	case len(out.Faults) > 0:
		return fmt.Errorf("these bytes are no message of %s", writer.name)
	}
	return nil
}

// writer finds the schema that wrote the message, and its payload.
func (f *decodeFlags) writer(ctx context.Context, c *codecs, data []byte, options *message.Options) (*open, []byte, error) {
	given := 0
	for _, set := range []bool{f.schema != "", f.id != 0, f.header != ""} {
		if set {
			given++
		}
	}
	switch {
	case given > 1:
		return nil, nil, misused(errors.New("--schema, --id and --header each say which schema it is: give one of them"))
	case f.schema != "":
		writer, err := c.named(ctx, f.schema)
		return writer, data, err
	case f.id != 0:
		writer, err := c.identified(ctx, message.Frame{ID: f.id})
		return writer, data, err
	}
	framed := data
	if f.header != "" {
		var err error
		if framed, err = parseBytes(autoFormat, []byte(f.header)); err != nil {
			return nil, nil, misused(err)
		}
	}
	frame, err := message.ParseFrame(framed)
	if err != nil {
		return nil, nil, fmt.Errorf("%w; if it is a payload alone, say of which schema with --schema or --id", err)
	}
	writer, err := c.identified(ctx, frame)
	if err != nil || f.header == "" {
		return writer, frame.Payload, err
	}
	if options.Index, err = message.HeaderIndex(frame); err != nil {
		return nil, nil, misused(err)
	}
	options.NoIndex = true
	return writer, data, nil
}

// print writes the message alone, or everything. What is not the message goes to standard error, but for the verdicts that were asked
// for.
func (f *decodeFlags) print(m *Main, out *decoded) error {
	if f.details {
		return printData(m.Stdout, f.output, out, nil)
	}
	if len(out.Message) > 0 {
		if err := printData(m.Stdout, f.output, out.Message, nil); err != nil {
			return err
		}
	}
	s := m.styleOf(m.Stderr)
	for _, note := range out.Notes {
		fmt.Fprintln(m.Stderr, s.yellow("note:"), oneLine(note.String()))
	}
	for _, fault := range out.Faults {
		fmt.Fprintln(m.Stderr, s.red("fault:"), oneLine(fault.String()))
	}
	for _, reader := range out.Readers {
		if err := reader.print(m.Stdout, m.styleOf(m.Stdout)); err != nil {
			return err
		}
	}
	return nil
}

func (r *readBy) print(w io.Writer, s style) error {
	verdict := s.green(r.Schema + " reads it")
	if !r.Reads {
		verdict = s.red(r.Schema + " does not read it")
	}
	if _, err := fmt.Fprintln(w, verdict); err != nil {
		return err
	}
	for _, fault := range append(slices.Clip(r.Faults), r.Notes...) {
		if _, err := fmt.Fprintln(w, "    "+oneLine(fault.String())); err != nil {
			return err
		}
	}
	return nil
}
