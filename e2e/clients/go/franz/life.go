package main

import (
	"context"
	"slices"
	"strings"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	"github.com/twmb/franz-go/pkg/sr"
)

// life walks one subject from its first schema through an evolution and a refusal.
func life(ctx context.Context, c *check.Checks, cl *sr.Client, f format) {
	subject := check.Fresh("life")
	var first, second sr.SubjectSchema

	c.Run(f.name+": the first schema is version 1", func(t check.T) {
		var err error
		first, err = cl.CreateSchema(ctx, subject, f.schema(t, f.country))
		t.OK(err)
		t.Equal("version", first.Version, 1)
		t.Equal("type", first.Type, f.kind)
		t.Equal("subject", first.Subject, subject)
		t.True("there is a GUID", first.GUID != "")
	})
	c.Run(f.name+": registering it again answers the same id", func(t check.T) {
		id, err := cl.RegisterSchema(ctx, subject, f.schema(t, f.country), -1, -1)
		t.OK(err)
		t.Equal("id", id, first.ID)
	})
	c.Run(f.name+": another subject shares the id", func(t check.T) {
		other := check.Fresh("life-other")
		ss, err := cl.CreateSchema(ctx, other, f.schema(t, f.country))
		t.OK(err)
		t.Equal("id", ss.ID, first.ID)
		t.Equal("version", ss.Version, 1)
		subjects, err := cl.SubjectsByID(ctx, first.ID)
		t.OK(err)
		t.True("both subjects are listed", slices.Contains(subjects, subject) && slices.Contains(subjects, other))
	})
	c.Run(f.name+": lookup finds it", func(t check.T) {
		ss, err := cl.LookupSchema(ctx, subject, f.schema(t, f.country))
		t.OK(err)
		t.Equal("the schema found", ss, first)
	})
	c.Run(f.name+": lookup of something else is 40403", func(t check.T) {
		_, err := cl.LookupSchema(ctx, subject, f.schema(t, f.evolved))
		t.Code(err, 40403, codeOf)
	})
	c.Run(f.name+": lookup in an unknown subject is 40401", func(t check.T) {
		_, err := cl.LookupSchema(ctx, check.Fresh("nobody"), f.schema(t, f.country))
		t.Code(err, 40401, codeOf)
	})
	c.Run(f.name+": the check says what registration will say", func(t check.T) {
		good, err := cl.CheckCompatibility(sr.WithParams(ctx, sr.Verbose), subject, -1, f.schema(t, f.evolved))
		t.OK(err)
		t.Equal("compatible", good.Is, true)
		bad, err := cl.CheckCompatibility(sr.WithParams(ctx, sr.Verbose), subject, -2, f.schema(t, f.incompatible))
		t.OK(err)
		t.Equal("compatible", bad.Is, false)
		t.True("it says why", len(bad.Messages) > 0)
	})
	c.Run(f.name+": a compatible schema is version 2", func(t check.T) {
		var err error
		second, err = cl.CreateSchema(ctx, subject, f.schema(t, f.evolved))
		t.OK(err)
		t.Equal("version", second.Version, 2)
		t.True("the id is another", second.ID != first.ID)
	})
	c.Run(f.name+": an incompatible schema is refused with 409", func(t check.T) {
		_, err := cl.CreateSchema(ctx, subject, f.schema(t, f.incompatible))
		refused(t, err)
		versions, err := cl.SubjectVersions(ctx, subject)
		t.OK(err)
		t.Equal("versions", versions, []int{1, 2})
	})
	c.Run(f.name+": a schema of another type is refused with 409", func(t check.T) {
		other := sr.Schema{Type: sr.TypeAvro, Schema: `"string"`}
		if f.kind == sr.TypeAvro {
			other = sr.Schema{Type: sr.TypeJSON, Schema: `{"type":"string"}`}
		}
		_, err := cl.CreateSchema(ctx, subject, other)
		refused(t, err)
	})
	byID(ctx, c, cl, f, subject, &second)
}

func byID(ctx context.Context, c *check.Checks, cl *sr.Client, f format, subject string, second *sr.SubjectSchema) {
	c.Run(f.name+": by id, by GUID, by version and latest agree", func(t check.T) {
		s, err := cl.SchemaByID(ctx, second.ID)
		t.OK(err)
		t.Equal("by id", s, second.Schema)
		g, err := cl.SchemaByGUID(ctx, second.GUID)
		t.OK(err)
		t.Equal("by GUID", g.Schema, second.Schema)
		ids, err := cl.SchemaIDsByGUID(ctx, second.GUID)
		t.OK(err)
		t.Equal("ids of the GUID", ids, []sr.ContextID{{Context: ".", ID: second.ID}})
		v, err := cl.SchemaByVersion(ctx, subject, 2)
		t.OK(err)
		t.Equal("by version", v, *second)
		l, err := cl.SchemaByVersion(ctx, subject, -1)
		t.OK(err)
		t.Equal("latest", l, *second)
	})
	c.Run(f.name+": the raw text is the text", func(t check.T) {
		byID, err := cl.SchemaTextByID(ctx, second.ID)
		t.OK(err)
		byVersion, err := cl.SchemaTextByVersion(ctx, subject, 2)
		t.OK(err)
		t.Equal("by id", byID, second.Schema.Schema)
		t.Equal("by version", byVersion, second.Schema.Schema)
	})
	c.Run(f.name+": all schemas of a subject, in order", func(t check.T) {
		all, err := cl.Schemas(ctx, subject)
		t.OK(err)
		t.Equal("count", len(all), 2)
		t.Equal("the second", all[1], *second)
	})
	c.Run(f.name+": the list by prefix, latest only", func(t check.T) {
		all, err := cl.AllSchemas(sr.WithParams(ctx, sr.SubjectPrefix(subject)))
		t.OK(err)
		t.Equal("count", len(all), 2)
		latest, err := cl.AllSchemas(sr.WithParams(ctx, sr.SubjectPrefix(subject), sr.LatestOnly))
		t.OK(err)
		t.Equal("latest", latest, []sr.SubjectSchema{*second})
	})
	c.Run(f.name+": what was stored can be registered again", func(t check.T) {
		id, err := cl.RegisterSchema(ctx, subject, second.Schema, -1, -1)
		t.OK(err)
		t.Equal("id", id, second.ID)
	})
}

// references registers country <- middle <- outer and looks at them from both ends.
func references(ctx context.Context, c *check.Checks, cl *sr.Client, f format) {
	country, middle, outer := check.Fresh("ref-country"), check.Fresh("ref-middle"), check.Fresh("ref-outer")
	toCountry := sr.SchemaReference{Name: f.countryName, Subject: country, Version: 1}
	toMiddle := sr.SchemaReference{Name: f.middleName, Subject: middle, Version: 1}
	var registered sr.SubjectSchema

	c.Run(f.name+": a reference to nothing is 42201", func(t check.T) {
		_, err := cl.CreateSchema(ctx, middle, f.schema(t, f.middle, toCountry))
		t.Code(err, 42201, codeOf)
	})
	c.Run(f.name+": nested references register and come back", func(t check.T) {
		_, err := cl.CreateSchema(ctx, country, f.schema(t, f.country))
		t.OK(err)
		_, err = cl.CreateSchema(ctx, middle, f.schema(t, f.middle, toCountry))
		t.OK(err)
		registered, err = cl.CreateSchema(ctx, outer, f.schema(t, f.outer, toMiddle))
		t.OK(err)
		t.Equal("references", registered.References, []sr.SchemaReference{toMiddle})
		s, err := cl.SchemaByID(ctx, registered.ID)
		t.OK(err)
		t.Equal("references by id", s.References, []sr.SchemaReference{toMiddle})
		t.True("the referenced schema is not inlined", !strings.Contains(s.Schema, "street") && !strings.Contains(s.Schema, "sku"))
	})
	c.Run(f.name+": lookup compares the references", func(t check.T) {
		ss, err := cl.LookupSchema(ctx, outer, f.schema(t, f.outer, toMiddle))
		t.OK(err)
		t.Equal("id", ss.ID, registered.ID)
	})
	c.Run(f.name+": version -1 means the latest", func(t check.T) {
		latest := toMiddle
		latest.Version = -1
		id, err := cl.RegisterSchema(ctx, outer, f.schema(t, f.outer, latest), -1, -1)
		t.OK(err)
		t.Equal("id", id, registered.ID)
	})
	c.Run(f.name+": referencedby names the referrer", func(t check.T) {
		by, err := cl.SchemaReferences(ctx, middle, 1)
		t.OK(err)
		t.Equal("referrers", by, []sr.SubjectSchema{registered})
	})
	c.Run(f.name+": what is referenced cannot be deleted, 42206", func(t check.T) {
		t.Code(cl.DeleteSchema(ctx, country, 1, sr.SoftDelete), 42206, codeOf)
		_, err := cl.DeleteSubject(ctx, middle, sr.SoftDelete)
		t.Code(err, 42206, codeOf)
	})
	c.Run(f.name+": referrers first, then what they refer to", func(t check.T) {
		for _, s := range []string{outer, middle, country} {
			gone, err := cl.DeleteSubject(ctx, s, sr.SoftDelete)
			t.OK(err)
			t.Equal("versions deleted", gone, []int{1})
		}
		_, err := cl.DeleteSubject(ctx, country, sr.HardDelete)
		t.Code(err, 42206, codeOf) // the soft-deleted middle still refers to it
		for _, s := range []string{outer, middle, country} {
			_, err := cl.DeleteSubject(ctx, s, sr.HardDelete)
			t.OK(err)
		}
	})
}

// refused demands an incompatible schema's status. Its code has been 409 in
// older registries and 40901 in newer ones.
func refused(t check.T, err error) {
	code, ok := codeOf(err)
	t.True("it is refused", err != nil && ok)
	t.True("the code is 409 or 40901", code == 409 || code == 40901)
}
