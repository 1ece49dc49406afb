package main

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/spf13/cobra"
)

const sampleLong = `Make an example message of a schema: as JSON that encode takes, or as bytes with their frame.

Every field is filled, once, as far as the schema does not lead back to itself. JSON Schema examples come from "examples", "const",
"enum" and "default" where the schema has them, and are valid. A schema is named as diff does: orders-value, orders-value@3, id:42, or a
file.`

const sampleExample = `  concord sample orders-value
  concord sample schemas/orders.proto --message Order -o yaml

  # change one thing and see what a consumer makes of it
  concord sample orders-value | jq '.note = null' | concord encode orders-value -o binary | kcat -P -t orders -b localhost:9092 -D ''`

type sampleFlags struct {
	messageFlags
	frameFlags
	output string
}

func (m *Main) sampleCommand() *cobra.Command {
	f := &sampleFlags{}
	cmd := &cobra.Command{
		Use:        "sample SCHEMA",
		SuggestFor: []string{"example", "generate", "mock", "fake"},
		Short:      "Make an example message of a schema",
		Long:       sampleLong,
		Example:    sampleExample,
		Args:       argsBetween(1, 1, "a schema"),
	}
	cmd.ValidArgsFunction = f.remote.completeSubject(m, 1)
	f.messageFlags.add(cmd)
	f.frameFlags.add(cmd)
	outputFlag(cmd, &f.output, append([]string{"json", "yaml"}, byteFormats...)...)
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return m.sample(cmd.Context(), f, args[0]) }
	return cmd
}

func (m *Main) sample(ctx context.Context, f *sampleFlags, name string) error {
	schema, err := m.codecs(&f.messageFlags).named(ctx, name)
	if err != nil {
		return err
	}
	text, err := schema.codec.Sample(ctx, f.options())
	if err != nil {
		return err
	}
	if !slices.Contains(byteFormats, f.output) {
		return printData(m.Stdout, f.output, json.RawMessage(text), nil)
	}
	return m.writeMessage(schema, text, f.options(), &f.frameFlags, f.output)
}
