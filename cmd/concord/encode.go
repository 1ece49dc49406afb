package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

const encodeLong = `Turn JSON into the bytes of a message, framed as serializers do: the byte 00 and the id of the schema, then the payload.

The JSON is what decode shows: the JSON encoding of Avro (a branch of a union need not be named where only one takes the value, and
fields with a default may be left out), the JSON mapping of Protobuf, any valid document for JSON Schema. It comes from a file or
from standard input. A schema is named as diff does: orders-value, orders-value@3, id:42, or a file.`

const encodeExample = `  # the bytes of an order, as hexadecimal digits
  echo '{"id": 1, "customer": "acme"}' | concord encode orders-value

  # produce it
  concord encode orders-value order.json -o binary | kcat -P -t orders -b localhost:9092 -D ''

  # a payload alone, by a schema that is not registered
  concord encode schemas/orders.avsc order.json --frame none -o base64`

type encodeFlags struct {
	messageFlags
	frameFlags
	output string
}

func (m *Main) encodeCommand() *cobra.Command {
	f := &encodeFlags{}
	cmd := &cobra.Command{
		Use:        "encode SCHEMA [FILE|-]",
		SuggestFor: []string{"serialize", "marshal", "write", "produce"},
		Short:      "Turn JSON into the bytes of a message",
		Long:       encodeLong,
		Example:    encodeExample,
		Args:       argsBetween(1, 2, "a schema and at most one file"),
	}
	cmd.ValidArgsFunction = f.remote.completeSubject(m, 1)
	f.messageFlags.add(cmd)
	f.frameFlags.add(cmd)
	outputFlag(cmd, &f.output, byteFormats...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return m.encode(cmd.Context(), f, args) }
	return cmd
}

func (m *Main) encode(ctx context.Context, f *encodeFlags, args []string) error {
	schema, err := m.codecs(&f.messageFlags).named(ctx, args[0])
	if err != nil {
		return err
	}
	name := "-"
	if len(args) == 2 {
		name = args[1]
	} else if isTerminal(m.Stdin) {
		return misused(errors.New("which JSON? pass a file, or pipe it in"))
	}
	text, err := m.readInput(name)
	if err != nil {
		return err
	}
	return m.writeMessage(schema, string(text), f.options(), &f.frameFlags, f.output)
}
