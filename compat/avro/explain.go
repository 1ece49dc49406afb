package avro

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats/avro"
)

// sides names the two schemas of a comparison in sentences.
type sides struct {
	reader, writer string // "new", "old"
	readerIsNew    bool
}

func newSides(d compat.Direction) sides {
	r, w := d.ReaderWriter()
	return sides{reader: r, writer: w, readerIsNew: d == compat.NewReadsOld}
}

// explain says what is wrong, for a person who does not know the specification, and how to mend it.
func (p *report) explain(c *cause) (message, hint string) {
	s := newSides(p.direction)
	c.path = c.way.steps()
	at := readable(p.roots.reader, c.path, c.readerField(), false)
	from := readable(p.roots.writer, c.path, nil, true)
	switch c.code {
	case MissingDefault, SharedAlias, AmbiguousAlias, InvalidDefault:
		return s.field(c, at)
	case TypeMismatch:
		return s.types(c, at, from)
	case NameMismatch:
		return fmt.Sprintf("The %s%s is named %s in the %s schema and %s in the %s schema; a reader takes types of different names for different things.",
				c.writer.Kind, place(c, from), c.writer.Name.Full, s.writer, c.reader.Name.Full, s.reader),
			s.rename(c)
	case FixedSizeMismatch:
		return fmt.Sprintf("%s has %d bytes in the %s schema and %d in the %s schema; a value of one does not fit the other.", at, c.writer.Size, s.writer, c.reader.Size, s.reader),
			fmt.Sprintf("Keep the size %d, or add a field with a new type beside this one.", s.oldOf(c.reader, c.writer).Size)
	case MissingEnumSymbols, HiddenSymbols:
		return s.symbols(c, at)
	case MissingUnionBranch, UnionBranch, NamespaceMismatch:
		return s.union(p, c, at, from)
	}
	return s.meaning(c, at)
}

// oldOf returns the type of the old schema.
func (s sides) oldOf(reader, writer *avro.Type) *avro.Type {
	if s.readerIsNew {
		return writer
	}
	return reader
}

func (s sides) field(c *cause, at string) (message, hint string) {
	f := c.readerField()
	switch c.code {
	case SharedAlias:
		return fmt.Sprintf("Two fields of the %s schema claim the same field of the %s schema by name or alias. The other one gets its data, and %s is left without.", s.reader, s.writer, at),
			"Let each old field name appear in one field's name or aliases only."
	case AmbiguousAlias:
		return fmt.Sprintf("%s is known by several names, and more than one of them is a field of the %s schema, so it is unclear whose data it gets.", at, s.writer),
			"Remove the alias, or the field that it names."
	case InvalidDefault:
		return fmt.Sprintf("Data written with the %s schema has no field %s, and the default that would stand in for it, %s, is not a value of its type %s.", s.writer, f.Name, preview(f.Default), f.Type),
			"Change the default to a value of the field's type."
	}
	message = fmt.Sprintf("The %s schema needs the field %s, which data written with the %s schema does not have, and there is no default to stand in for it.", s.reader, at, s.writer)
	if s.readerIsNew {
		return message, fmt.Sprintf("Give `%s` a default%s.", f.Name, nullable(f.Type))
	}
	return message, fmt.Sprintf("Keep `%s` in the new schema, since readers of the old one cannot do without it; or give it a default first, and remove it once all readers know of that.", f.Name)
}

// nullable suggests a nullable type where there is none.
func nullable(t *avro.Type) string {
	switch {
	case t.Kind == avro.Union && len(t.Branches) > 0 && t.Branches[0].Kind == avro.Null, t.Kind == avro.Null:
		return ": null"
	case t.Kind == avro.Union:
		return ""
	}
	name := t.Kind.String()
	if t.Kind.Named() {
		name = t.Name.Full
	}
	if t.Kind == avro.Array || t.Kind == avro.Map {
		return ", for example an empty " + t.Kind.String()
	}
	return fmt.Sprintf(", or make it [\"null\", \"%s\"] with default null", name)
}

func (s sides) types(c *cause, at, from string) (message, hint string) {
	if f, ok := missingEnum(c); ok {
		return fmt.Sprintf("The %s schema needs the field %s, which data written with the %s schema does not have. Its enum has a default, but that is for unknown symbols; the field itself has none.", s.reader, at, s.writer),
			fmt.Sprintf("Give the field `%s` itself a default.", f)
	}
	holds := "holds"
	if c.isBranch() {
		holds = "may hold"
	}
	message = fmt.Sprintf("Data written with the %s schema %s %s%s, where the %s schema expects %s; the one cannot be read as the other.",
		s.writer, holds, article(c.writer), place(c, from), s.reader, article(c.reader))
	switch wider := widerThan(c.writer.Kind); {
	case s.readerIsNew && c.isBranch():
		hint = fmt.Sprintf("Keep a union that has %s in it", c.writer.BranchName())
	case s.readerIsNew && wider != "":
		hint = fmt.Sprintf("Keep the type %s, or change it to one that reads it without loss: %s", c.writer, wider)
	default:
		hint = fmt.Sprintf("Keep the type %s", s.oldOf(c.reader, c.writer))
	}
	if c.inField() {
		return message, hint + "; or add a field of the new type under another name."
	}
	return message, hint + "; or register the new type under another subject."
}

// place says where in the data a cause is; nothing for the data itself, which needs no name.
func place(c *cause, from string) string {
	if len(c.path) == 0 {
		return ""
	}
	return " at " + from
}

// widerThan lists the kinds that hold every value of a writer's kind.
func widerThan(writer avro.Kind) string {
	switch writer {
	case avro.Int:
		return "long, double"
	case avro.Float:
		return "double"
	case avro.String:
		return "bytes"
	}
	return ""
}

// isBranch reports whether a cause is about a branch of the writer's union.
func (c *cause) isBranch() bool { return c.way != nil && c.way.step.kind == writerBranchStep }

// inField reports whether a cause is inside a field of a record.
func (c *cause) inField() bool {
	return slices.ContainsFunc(c.path, func(s step) bool { return s.kind == fieldStep })
}

// missingEnum recognizes a mismatch that the reference reports where a field of an enum type is missing.
func missingEnum(c *cause) (field string, ok bool) {
	if c.way == nil {
		return "", false
	}
	last := c.way.step
	return last.readerName, last.kind == fieldStep && last.writer < 0
}

func (s sides) rename(c *cause) string {
	if s.readerIsNew {
		return fmt.Sprintf("Keep the name %s, or list it under \"aliases\" of %s.", c.writer.Name.Full, c.reader.Name.Full)
	}
	return fmt.Sprintf("Keep the name %s; an alias in the new schema does not help readers of the old one.", c.reader.Name.Full)
}

func (s sides) symbols(c *cause, at string) (message, hint string) {
	missing := missingSymbols(c.reader, c.writer)
	names := quoted(missing)
	if c.code == HiddenSymbols {
		return fmt.Sprintf("%s: the %s schema does not know %s and reads %s instead, so what was written is lost without an error.", at, s.reader, names, *c.reader.Default),
			fmt.Sprintf("Add %s to the enum of every reader before writing it.", names)
	}
	message = fmt.Sprintf("%s: data written with the %s schema may hold %s, which the enum of the %s schema does not have.", at, s.writer, names, s.reader)
	if s.readerIsNew {
		return message, fmt.Sprintf("Keep %s in the enum, or give the enum a \"default\" that stands in for symbols it does not know.", names)
	}
	return message, fmt.Sprintf("Readers of the old schema do not know %s: give the enum a \"default\" in a version of its own first, and add symbols when all readers use it.", names)
}

func quoted(names []string) string {
	const most = 6
	out := make([]string, 0, most+1)
	for i, n := range names {
		if i == most {
			out = append(out, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		out = append(out, "`"+n+"`")
	}
	return strings.Join(out, ", ")
}

func (s sides) union(p *report, c *cause, at, from string) (message, hint string) {
	switch c.code {
	case NamespaceMismatch:
		return fmt.Sprintf("%s: the branch that fits %s is found by its short name only, as the namespaces differ. Java's decoder asks for the full name and fails.", at, c.writer.Name.Full),
			fmt.Sprintf("Add %s to the aliases of the type in the union.", c.writer.Name.Full)
	case UnionBranch:
		message = fmt.Sprintf("%s: for %s, decoders take a branch of the %s schema's union by its name or kind and do not try another one.", at, article(c.writer), s.reader)
		if c.inner != nil {
			inner, innerHint := p.explain(c.inner)
			return message + " The one they take does not fit: " + inner, innerHint
		}
		return message, "Make the branch that is taken fit, or rename it."
	}
	message = fmt.Sprintf("Data written with the %s schema may hold %s%s; none of the types that the %s schema allows there, %s, reads it.", s.writer, article(c.writer), place(c, from), s.reader, c.reader)
	if c.inner != nil && c.inner.code != MissingUnionBranch {
		inner, innerHint := p.explain(c.inner)
		return message + " What is wrong with the branch that comes nearest: " + inner, innerHint
	}
	switch {
	case s.readerIsNew && c.isBranch():
		return message, fmt.Sprintf("Keep %s in the union.", c.writer.BranchName())
	case s.readerIsNew:
		return message, fmt.Sprintf("Add %s to the union.", c.writer.BranchName())
	}
	return message, fmt.Sprintf("Readers of the old schema do not know %s here: let all readers learn it first, then write it.", c.writer.BranchName())
}

func (s sides) meaning(c *cause, at string) (message, hint string) {
	rl, _ := c.reader.Logical()
	wl, _ := c.writer.Logical()
	hint = "Keep the type as it is, and add a field of the new type under another name."
	switch c.code {
	case DecimalScale:
		return fmt.Sprintf("%s: the decimal has %d digits after the point in the %s schema and %d in the %s schema. The bytes stay the same, so every number is read %s.",
			at, wl.Scale, s.writer, rl.Scale, s.reader, factor(wl.Scale-rl.Scale)), hint
	case DecimalPrecision:
		return fmt.Sprintf("%s: the decimal's precision is %d in the %s schema and %d in the %s schema. Decoders that follow the specification take them for different types.",
			at, wl.Precision, s.writer, rl.Precision, s.reader), hint
	case LogicalTypeChanged:
		return fmt.Sprintf("%s is %s in the %s schema and %s in the %s schema. The bytes stay the same, so the same value is read as something else.",
			at, logicalName(c.writer), s.writer, logicalName(c.reader), s.reader), hint
	case LossyPromotion:
		return fmt.Sprintf("%s: %s is read as %s, which cannot hold all of its values; large numbers are rounded without an error.", at, article(c.writer), article(c.reader)),
			"Read it as a type that holds every value: long for int, double for int or float."
	default:
		return fmt.Sprintf("%s: bytes are read as a string. Bytes that are not UTF-8 text fail, or are replaced without an error.", at), hint
	}
}

func factor(by int) string {
	zeros := strings.Repeat("0", max(by, -by))
	if by > 0 {
		return "as 1" + zeros + " times as large"
	}
	return "as a 1" + zeros + "th of what it was"
}

func logicalName(t *avro.Type) string {
	if l, ok := t.Logical(); ok {
		return l.Name
	}
	return "plain " + t.Kind.String()
}

// article names a type in a sentence.
func article(t *avro.Type) string {
	switch t.Kind {
	case avro.Null:
		return "null"
	case avro.Record, avro.Enum, avro.Fixed:
		return fmt.Sprintf("the %s %s", t.Kind, t.Name.Full)
	case avro.Int, avro.Array:
		return "an " + t.String()
	case avro.Bytes:
		return "bytes"
	case avro.Union:
		return "one of " + t.String()
	}
	return "a " + t.String()
}

// preview shows a default in a sentence.
func preview(v *avro.Value) string {
	const most = 60
	text := v.JSON()
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// note qualifies the witness of a cause.
func note(c *cause) string {
	switch {
	case c.code == NameMismatch && c.writer.Kind == avro.Record:
		return "Java's decoder does not compare the names of records outside unions, and reads this message."
	case c.code == DecimalScale:
		return "Java's decoder applies the reader's scale without an error."
	case c.code == BytesAsText:
		return "Java's decoder puts U+FFFD in place of what is not text."
	}
	return ""
}
