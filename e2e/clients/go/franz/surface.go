package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

var str = sr.Schema{Schema: `"string"`}

func record(name, fields string) sr.Schema {
	return sr.Schema{Schema: `{"type":"record","name":"` + name + `","fields":[` + fields + `]}`}
}

// text covers the forms a schema is read in.
func text(ctx context.Context, c *check.Checks, cl *sr.Client) {
	c.Run("the types are the three", func(t check.T) {
		types, err := cl.SupportedTypes(ctx)
		t.OK(err)
		t.Equal("types", types, []sr.SchemaType{sr.TypeAvro, sr.TypeProtobuf, sr.TypeJSON})
	})
	c.Run("format=serialized is a file descriptor, and registers as the same schema", func(t check.T) {
		subject := check.Fresh("serialized")
		ss, err := cl.CreateSchema(ctx, subject, formats[2].schema(t, "proto/shop/country.proto"))
		t.OK(err)
		s, err := cl.SchemaByID(sr.WithParams(ctx, sr.Format("serialized")), ss.ID)
		t.OK(err)
		raw, err := base64.StdEncoding.DecodeString(s.Schema)
		t.OK(err)
		var fd descriptorpb.FileDescriptorProto
		t.OK(proto.Unmarshal(raw, &fd))
		t.Equal("package", fd.GetPackage(), "shop")
		t.Equal("message", fd.GetMessageType()[0].GetName(), "Country")
		id, err := cl.RegisterSchema(ctx, subject, s, -1, -1)
		t.OK(err)
		t.Equal("id", id, ss.ID)
	})
	c.Run("format=resolved inlines the references of an Avro schema", func(t check.T) {
		country, address := check.Fresh("country"), check.Fresh("address")
		_, err := cl.CreateSchema(ctx, country, formats[0].schema(t, "avro/country.avsc"))
		t.OK(err)
		ss, err := cl.CreateSchema(ctx, address, formats[0].schema(t, "avro/address.avsc",
			sr.SchemaReference{Name: "shop.Country", Subject: country, Version: 1}))
		t.OK(err)
		s, err := cl.SchemaByID(sr.WithParams(ctx, sr.Format("resolved")), ss.ID)
		t.OK(err)
		id, err := cl.RegisterSchema(ctx, check.Fresh("whole"), sr.Schema{Schema: s.Schema}, -1, -1)
		t.OK(err)
		t.True("the whole text stands on its own", id != ss.ID)
		found, err := cl.LookupSchema(ctx, address, sr.Schema{Schema: s.Schema})
		t.OK(err)
		t.Equal("the id a producer with the whole text finds", found.ID, ss.ID)
	})
	c.Run("a schema that is worth compressing comes back whole", func(t check.T) {
		var fields []string
		for i := range 500 {
			fields = append(fields, fmt.Sprintf(`{"name":"field_%d","type":["null","string"],"doc":"Größe %d","default":null}`, i, i))
		}
		large := record("L"+check.Fresh("")[1:], strings.Join(fields, ","))
		id, err := cl.RegisterSchema(ctx, check.Fresh("large"), large, -1, -1)
		t.OK(err)
		s, err := cl.SchemaByID(ctx, id) // net/http asks for gzip by itself
		t.OK(err)
		t.Equal("text", s.Schema, large.Schema)
	})
	c.Run("32 producers that start together get one id and one version", func(t check.T) {
		subject, s := check.Fresh("together"), record("T"+check.Fresh("")[1:], "")
		ids, errs := make([]int, 32), make([]error, 32)
		var wg sync.WaitGroup
		for i := range ids {
			wg.Go(func() { ids[i], errs[i] = cl.RegisterSchema(ctx, subject, s, -1, -1) })
		}
		wg.Wait()
		for i := range ids {
			t.OK(errs[i])
			t.Equal("id", ids[i], ids[0])
		}
		versions, err := cl.SubjectVersions(ctx, subject)
		t.OK(err)
		t.Equal("versions", versions, []int{1})
	})
	c.Run("normalize=true makes spellings of one schema one", func(t check.T) {
		subject := check.Fresh("normal")
		nctx := sr.WithParams(ctx, sr.Normalize)
		a, err := cl.RegisterSchema(nctx, subject, sr.Schema{Type: sr.TypeJSON, Schema: `{"type":"object","title":"A"}`}, -1, -1)
		t.OK(err)
		b, err := cl.RegisterSchema(nctx, subject, sr.Schema{Type: sr.TypeJSON, Schema: `{"title":"A", "type":"object"}`}, -1, -1)
		t.OK(err)
		t.Equal("id", b, a)
	})
}

// names covers subjects no path likes.
func names(ctx context.Context, c *check.Checks, cl *sr.Client) {
	for _, name := range []string{
		"a/b", "a:b", "a b", "a+b", "a%2Fb", "a%b", "a?b=c&d", "a#b", "a;b", "a,b", "a\\b", `a"b`, "héllo-λ-🦄", "versions", "latest", "..x", "-1", "a.b_c-d~e",
	} {
		c.Run("a subject like "+name, func(t check.T) {
			subject := name // no suffix: some are words of the API; the check deletes what it made
			ss, err := cl.CreateSchema(ctx, subject, str)
			t.OK(err)
			t.Equal("subject", ss.Subject, subject)
			subjects, err := cl.Subjects(ctx)
			t.OK(err)
			t.True("it is listed as sent", slices.Contains(subjects, subject))
			for _, r := range cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatNone}, subject) {
				t.OK(r.Err)
			}
			t.Equal("level", cl.Compatibility(ctx, subject)[0].Level, sr.CompatNone)
			t.Equal("mode", cl.Mode(sr.WithParams(ctx, sr.DefaultToGlobal), subject)[0].Mode, sr.ModeReadWrite)
			is, err := cl.CheckCompatibility(ctx, subject, -1, sr.Schema{Schema: `"int"`})
			t.OK(err)
			t.True("NONE lets everything through", is.Is)
			_, err = cl.SchemaByID(sr.WithParams(ctx, sr.Subject(subject)), ss.ID)
			t.OK(err)
			t.OK(cl.DeleteSchema(ctx, subject, 1, sr.SoftDelete))
			t.OK(cl.DeleteSchema(ctx, subject, 1, sr.HardDelete))
			subjects, err = cl.Subjects(sr.WithParams(ctx, sr.ShowDeleted))
			t.OK(err)
			t.True("it is gone", !slices.Contains(subjects, subject))
		})
	}
	c.Run("names that differ only in their escaping are two subjects", func(t check.T) {
		base := check.Fresh("esc")
		_, err := cl.CreateSchema(ctx, base+"/x", str)
		t.OK(err)
		_, err = cl.SchemaByVersion(ctx, base+"%2Fx", 1)
		t.Code(err, 40401, codeOf)
	})
}

// deletion walks the two-step protocol, each code once.
func deletion(ctx context.Context, c *check.Checks, cl *sr.Client) {
	subject := check.Fresh("delete")
	var id int
	c.Run("deleting an unknown subject is 40401", func(t check.T) {
		_, err := cl.DeleteSubject(ctx, subject, sr.SoftDelete)
		t.Code(err, 40401, codeOf)
	})
	c.Run("permanent before soft is 40405 and 40407", func(t check.T) {
		ss, err := cl.CreateSchema(ctx, subject, record("R", ""))
		t.OK(err)
		id = ss.ID
		_, err = cl.CreateSchema(ctx, subject, record("R", `{"name":"a","type":"int","default":1}`))
		t.OK(err)
		_, err = cl.DeleteSubject(ctx, subject, sr.HardDelete)
		t.Code(err, 40405, codeOf)
		t.Code(cl.DeleteSchema(ctx, subject, 1, sr.HardDelete), 40407, codeOf)
	})
	c.Run("a deleted version is hidden, and 40406 the second time", func(t check.T) {
		t.OK(cl.DeleteSchema(ctx, subject, 1, sr.SoftDelete))
		t.Code(cl.DeleteSchema(ctx, subject, 1, sr.SoftDelete), 40406, codeOf)
		_, err := cl.SchemaByVersion(ctx, subject, 1)
		t.Code(err, 40402, codeOf)
		versions, err := cl.SubjectVersions(ctx, subject)
		t.OK(err)
		t.Equal("versions", versions, []int{2})
		versions, err = cl.SubjectVersions(sr.WithParams(ctx, sr.ShowDeleted), subject)
		t.OK(err)
		t.Equal("with the deleted", versions, []int{1, 2})
		versions, err = cl.SubjectVersions(sr.WithParams(ctx, sr.DeletedOnly), subject)
		t.OK(err)
		t.Equal("only the deleted", versions, []int{1})
	})
	c.Run("a deleted schema can still be read by id", func(t check.T) {
		_, err := cl.SchemaByID(ctx, id)
		t.OK(err)
		usages, err := cl.SchemaVersionsByID(ctx, id)
		t.OK(err)
		t.Equal("live uses", len(usages), 0)
		usages, err = cl.SchemaVersionsByID(sr.WithParams(ctx, sr.ShowDeleted), id)
		t.OK(err)
		t.Equal("all uses", usages, []sr.SubjectVersion{{Subject: subject, Version: 1}})
	})
	c.Run("registering it again keeps the id and takes a new version", func(t check.T) {
		ss, err := cl.CreateSchema(ctx, subject, record("R", ""))
		t.OK(err)
		t.Equal("id", ss.ID, id)
		t.Equal("version", ss.Version, 3)
	})
	c.Run("a deleted subject is hidden, and 40404 the second time", func(t check.T) {
		gone, err := cl.DeleteSubject(ctx, subject, sr.SoftDelete)
		t.OK(err)
		t.Equal("versions", gone, []int{2, 3})
		_, err = cl.DeleteSubject(ctx, subject, sr.SoftDelete)
		t.Code(err, 40404, codeOf)
		_, err = cl.SubjectVersions(ctx, subject)
		t.Code(err, 40401, codeOf)
		deleted, err := cl.Subjects(sr.WithParams(ctx, sr.DeletedOnly))
		t.OK(err)
		t.True("it is among the deleted", slices.Contains(deleted, subject))
	})
	c.Run("permanent deletion leaves nothing, and the id is not used again", func(t check.T) {
		_, err := cl.DeleteSubject(ctx, subject, sr.HardDelete)
		t.OK(err)
		_, err = cl.SubjectVersions(sr.WithParams(ctx, sr.ShowDeleted), subject)
		t.Code(err, 40401, codeOf)
		ss, err := cl.CreateSchema(ctx, subject, record(check.Fresh("N")[:1]+"x", ""))
		t.OK(err)
		t.Equal("version", ss.Version, 1)
		t.True("the id is higher than any before", ss.ID > id)
	})
}

// configuration covers levels of the registry and of subjects.
func configuration(ctx context.Context, c *check.Checks, cl *sr.Client) {
	subject := check.Fresh("config")
	c.Run("a fresh registry is BACKWARD, an unset subject 40408", func(t check.T) {
		r := cl.Compatibility(ctx)[0]
		t.OK(r.Err)
		t.Equal("level", r.Level, sr.CompatBackward)
		t.Code(cl.Compatibility(ctx, subject)[0].Err, 40408, codeOf)
		r = cl.Compatibility(sr.WithParams(ctx, sr.DefaultToGlobal), subject)[0]
		t.OK(r.Err)
		t.Equal("level with defaultToGlobal", r.Level, sr.CompatBackward)
	})
	c.Run("resetting an unset subject is 40401", func(t check.T) {
		t.Code(cl.ResetCompatibility(ctx, subject)[0].Err, 40401, codeOf)
	})
	for _, level := range []sr.CompatibilityLevel{
		sr.CompatNone, sr.CompatBackward, sr.CompatBackwardTransitive, sr.CompatForward,
		sr.CompatForwardTransitive, sr.CompatFull, sr.CompatFullTransitive,
	} {
		c.Run("the level "+level.String()+" is kept", func(t check.T) {
			r := cl.SetCompatibility(ctx, sr.SetCompatibility{Level: level}, subject)[0]
			t.OK(r.Err)
			t.Equal("answer", r.Level, level)
			t.Equal("level", cl.Compatibility(ctx, subject)[0].Level, level)
		})
	}
	c.Run("FORWARD refuses a field the old reader needs gone", func(t check.T) {
		forward := check.Fresh("forward")
		t.OK(cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatForward}, forward)[0].Err)
		_, err := cl.CreateSchema(ctx, forward, record("F", `{"name":"a","type":"int"}`))
		t.OK(err)
		_, err = cl.CreateSchema(ctx, forward, record("F", ""))
		refused(t, err)
		_, err = cl.CreateSchema(ctx, forward, record("F", `{"name":"a","type":"int"},{"name":"b","type":"int"}`))
		t.OK(err)
	})
	c.Run("alias, normalize, group and defaults are kept", func(t check.T) {
		set := sr.SetCompatibility{
			Level: sr.CompatFull, Normalize: true, Group: "major", Alias: check.Fresh("alias-target"),
			DefaultMetadata: &sr.SchemaMetadata{Properties: map[string]string{"owner": "team"}},
		}
		t.OK(cl.SetCompatibility(ctx, set, subject)[0].Err)
		r := cl.Compatibility(ctx, subject)[0]
		t.OK(r.Err)
		t.Equal("all of it", r, sr.CompatibilityResult{Subject: subject, Level: set.Level, Normalize: true,
			Group: "major", Alias: set.Alias, DefaultMetadata: set.DefaultMetadata})
	})
	c.Run("a subject is reset to what the registry says", func(t check.T) {
		t.OK(cl.ResetCompatibility(ctx, subject)[0].Err)
		t.Code(cl.Compatibility(ctx, subject)[0].Err, 40408, codeOf)
	})
	c.Run("the registry's level is set and reset", func(t check.T) {
		t.OK(cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatFull})[0].Err)
		r := cl.Compatibility(ctx)[0]
		t.Equal("level", r.Level, sr.CompatFull)
		t.OK(cl.ResetCompatibility(ctx)[0].Err)
		t.Equal("level after reset", cl.Compatibility(ctx)[0].Level, sr.CompatBackward)
	})
	c.Run("an alias leads to its target", func(t check.T) {
		target, alias := check.Fresh("target"), check.Fresh("alias")
		ss, err := cl.CreateSchema(ctx, target, str)
		t.OK(err)
		t.OK(cl.SetCompatibility(ctx, sr.SetCompatibility{Level: sr.CompatBackward, Alias: target}, alias)[0].Err)
		found, err := cl.SchemaByVersion(ctx, alias, -1)
		t.OK(err)
		t.Equal("what the alias shows", found, ss)
	})
}

// modes covers READONLY and IMPORT.
func modes(ctx context.Context, c *check.Checks, cl *sr.Client) {
	subject := check.Fresh("mode")
	c.Run("the mode is READWRITE, an unset subject 40409", func(t check.T) {
		r := cl.Mode(ctx)[0]
		t.OK(r.Err)
		t.Equal("mode", r.Mode, sr.ModeReadWrite)
		t.Code(cl.Mode(ctx, subject)[0].Err, 40409, codeOf)
	})
	c.Run("READONLY refuses what is new with 42205 and answers what is known", func(t check.T) {
		ss, err := cl.CreateSchema(ctx, subject, str)
		t.OK(err)
		t.OK(cl.SetMode(ctx, sr.ModeReadOnly, subject)[0].Err)
		_, err = cl.CreateSchema(ctx, subject, sr.Schema{Schema: `["string","null"]`})
		t.Code(err, 42205, codeOf)
		_, err = cl.DeleteSubject(ctx, subject, sr.SoftDelete)
		t.Code(err, 42205, codeOf)
		id, err := cl.RegisterSchema(ctx, subject, str, -1, -1)
		t.OK(err)
		t.Equal("id", id, ss.ID)
		t.OK(cl.ResetMode(ctx, subject)[0].Err)
		_, err = cl.CreateSchema(ctx, subject, sr.Schema{Schema: `["string","null"]`})
		t.OK(err)
	})
	c.Run("an explicit id outside IMPORT is 42205", func(t check.T) {
		_, err := cl.CreateSchemaWithIDAndVersion(ctx, subject, sr.Schema{Schema: `["string","int"]`}, 900001, 9)
		t.Code(err, 42205, codeOf)
	})
	c.Run("IMPORT over live schemas needs force", func(t check.T) {
		t.Code(cl.SetMode(ctx, sr.ModeImport, subject)[0].Err, 42205, codeOf)
		t.OK(cl.SetMode(sr.WithParams(ctx, sr.Force), sr.ModeImport, subject)[0].Err)
		t.OK(cl.ResetMode(ctx, subject)[0].Err)
	})
	c.Run("IMPORT takes id and version as given, in any order", func(t check.T) {
		imported, top := check.Fresh("import"), highest(ctx, t, cl)
		t.OK(cl.SetMode(ctx, sr.ModeImport, imported)[0].Err)
		name := "I" + check.Fresh("")[1:]
		second, err := cl.CreateSchemaWithIDAndVersion(ctx, imported, record(name, `{"name":"a","type":"int"}`), top+20, 7)
		t.OK(err)
		t.Equal("id", second.ID, top+20)
		t.Equal("version", second.Version, 7)
		first, err := cl.CreateSchemaWithIDAndVersion(ctx, imported, record(name, ""), top+10, 3)
		t.OK(err)
		t.Equal("version", first.Version, 3)
		_, err = cl.CreateSchemaWithIDAndVersion(ctx, imported, record(name, `{"name":"b","type":"int"}`), top+20, 8)
		t.Code(err, 42205, codeOf)
		t.OK(cl.ResetMode(ctx, imported)[0].Err)
		latest, err := cl.SchemaByVersion(ctx, imported, -1)
		t.OK(err)
		t.Equal("latest", latest.Version, 7)
		next, err := cl.RegisterSchema(ctx, check.Fresh("after"), record(name+"x", ""), -1, -1)
		t.OK(err)
		t.True("ids go on above the imported", next > top+20)
	})
}

// highest is the highest id in use, learned by registering something new.
func highest(ctx context.Context, t check.T, cl *sr.Client) int {
	id, err := cl.RegisterSchema(ctx, check.Fresh("highest"), record("H"+check.Fresh("")[1:], ""), -1, -1)
	t.OK(err)
	return id
}

// contexts covers both ways of naming one.
func contexts(ctx context.Context, c *check.Checks, cl *sr.Client) {
	name := "." + check.Fresh("ctx")
	inside := sr.InContext(ctx, name)
	subject := check.Fresh("orders")
	qualified := ":" + name + ":" + subject
	c.Run("a context has its own ids and subjects", func(t check.T) {
		ss, err := cl.CreateSchema(inside, subject, record("InContext", ""))
		t.OK(err)
		t.Equal("id", ss.ID, 1)
		t.Equal("subject", ss.Subject, qualified)
		all, err := cl.Contexts(ctx)
		t.OK(err)
		t.True("it is listed", slices.Contains(all, name) && all[0] == ".")
	})
	c.Run("the qualified name is the same subject", func(t check.T) {
		byName, err := cl.SchemaByVersion(ctx, qualified, -1)
		t.OK(err)
		byPath, err := cl.SchemaByVersion(inside, subject, -1)
		t.OK(err)
		t.Equal("by name", byName, byPath)
		s, err := cl.SchemaByID(inside, 1)
		t.OK(err)
		t.Equal("by id", s, byPath.Schema)
		found, err := cl.LookupSchema(inside, subject, record("InContext", ""))
		t.OK(err)
		t.Equal("lookup", found, byPath)
	})
	c.Run("subjects and schemas are listed per context", func(t check.T) {
		subjects, err := cl.Subjects(inside)
		t.OK(err)
		t.Equal("subjects", subjects, []string{qualified})
		schemas, err := cl.AllSchemas(inside)
		t.OK(err)
		t.Equal("schemas", len(schemas), 1)
		everywhere, err := cl.Subjects(ctx)
		t.OK(err)
		t.True("the whole list qualifies it", slices.Contains(everywhere, qualified))
		outside, err := cl.Subjects(sr.WithParams(ctx, sr.RawParams(url.Values{"subjectPrefix": {""}})))
		t.OK(err)
		t.True("the default context does not have it", !slices.Contains(outside, qualified))
	})
	c.Run("config and mode are per context", func(t check.T) {
		t.OK(cl.SetCompatibility(inside, sr.SetCompatibility{Level: sr.CompatNone})[0].Err)
		t.Equal("inside", cl.Compatibility(inside)[0].Level, sr.CompatNone)
		t.Equal("outside", cl.Compatibility(ctx)[0].Level, sr.CompatBackward)
		_, err := cl.CreateSchema(inside, subject, sr.Schema{Schema: `"int"`})
		t.OK(err)
		t.OK(cl.SetMode(inside, sr.ModeReadOnly)[0].Err)
		_, err = cl.CreateSchema(inside, subject, sr.Schema{Schema: `"long"`})
		t.Code(err, 42205, codeOf)
		t.OK(cl.ResetMode(inside)[0].Err)
	})
	c.Run("a GUID finds the same content in every context", func(t check.T) {
		name := "G" + check.Fresh("")[1:]
		here, err := cl.CreateSchema(ctx, check.Fresh("guid"), record(name, ""))
		t.OK(err)
		there, err := cl.CreateSchema(inside, check.Fresh("guid"), record(name, ""))
		t.OK(err)
		t.Equal("GUID", there.GUID, here.GUID)
		ids, err := cl.SchemaIDsByGUID(ctx, here.GUID)
		t.OK(err)
		t.Equal("the number of contexts", len(ids), 2)
	})
	c.Run("only an empty context can be deleted", func(t check.T) {
		t.Code(cl.DeleteContext(ctx, name), 42211, codeOf)
		subjects, err := cl.Subjects(inside)
		t.OK(err)
		for _, s := range subjects {
			_, err := cl.DeleteSubject(ctx, s, sr.SoftDelete)
			t.OK(err)
			_, err = cl.DeleteSubject(ctx, s, sr.HardDelete)
			t.OK(err)
		}
		t.OK(cl.DeleteContext(ctx, name))
	})
}

// contracts covers metadata and rule sets, which are stored with the schema.
func contracts(ctx context.Context, c *check.Checks, cl *sr.Client) {
	subject := check.Fresh("contract")
	s := record("C", `{"name":"ssn","type":"string"}`)
	s.SchemaMetadata = &sr.SchemaMetadata{
		Tags:       map[string][]string{"**.ssn": {"PII"}},
		Properties: map[string]string{"owner": "risk & fraud", "major": "1"},
		Sensitive:  []string{"owner"},
	}
	s.SchemaRuleSet = &sr.SchemaRuleSet{DomainRules: []sr.SchemaRule{{
		Name: "check", Kind: sr.SchemaRuleKindCondition, Mode: sr.SchemaRuleModeWrite, Type: "CEL",
		Tags: []string{"PII"}, Params: map[string]string{"k": "v"}, Expr: "size(message.ssn) == 9", OnFailure: "DLQ",
	}}}
	c.Run("metadata and rules come back as sent", func(t check.T) {
		ss, err := cl.CreateSchema(ctx, subject, s)
		t.OK(err)
		t.Equal("metadata", ss.SchemaMetadata, s.SchemaMetadata)
		t.Equal("rules", ss.SchemaRuleSet, s.SchemaRuleSet)
		found, err := cl.SchemaByID(ctx, ss.ID)
		t.OK(err)
		t.Equal("rules by id", found.SchemaRuleSet, s.SchemaRuleSet)
	})
	c.Run("other metadata is another version", func(t check.T) {
		changed := s
		changed.SchemaMetadata = &sr.SchemaMetadata{Properties: map[string]string{"major": "2"}}
		ss, err := cl.CreateSchema(ctx, subject, changed)
		t.OK(err)
		t.Equal("version", ss.Version, 2)
	})
	c.Run("a rule set that breaks the rules is 42210", func(t check.T) {
		broken := s
		rule := s.SchemaRuleSet.DomainRules[0]
		broken.SchemaRuleSet = &sr.SchemaRuleSet{DomainRules: []sr.SchemaRule{rule, rule}}
		_, err := cl.CreateSchema(ctx, subject, broken)
		t.Code(err, 42210, codeOf)
	})
}

// mistakes covers what a user gets wrong.
func mistakes(ctx context.Context, c *check.Checks, cl *sr.Client) {
	for _, m := range []struct {
		name   string
		schema sr.Schema
	}{
		{"Avro that does not parse", sr.Schema{Schema: `{"type":"record"}`}},
		{"Avro that is not JSON", sr.Schema{Schema: `record`}},
		{"JSON Schema that does not parse", sr.Schema{Type: sr.TypeJSON, Schema: `{"type":`}},
		{"Protobuf that does not parse", sr.Schema{Type: sr.TypeProtobuf, Schema: `message {`}},
		{"a type that is not known", sr.Schema{Type: sr.TypeProtobuf, Schema: `syntax = "proto3"; message M { Nothing n = 1; }`}},
		{"an empty schema", sr.Schema{}},
	} {
		c.Run(m.name+" is 42201", func(t check.T) {
			_, err := cl.CreateSchema(ctx, check.Fresh("mistake"), m.schema)
			t.Code(err, 42201, codeOf)
		})
	}
	c.Run("an unknown id, GUID and version are 40403 and 40402", func(t check.T) {
		_, err := cl.SchemaByID(ctx, 1<<30)
		t.Code(err, 40403, codeOf)
		_, err = cl.SchemaTextByID(ctx, 1<<30)
		t.Code(err, 40403, codeOf)
		_, err = cl.SubjectsByID(ctx, 1<<30)
		t.Code(err, 40403, codeOf)
		_, err = cl.SchemaByGUID(ctx, "00000000-0000-0000-0000-000000000000")
		t.Code(err, 40403, codeOf)
		subject := check.Fresh("version")
		_, err = cl.CreateSchema(ctx, subject, str)
		t.OK(err)
		_, err = cl.SchemaByVersion(ctx, subject, 5)
		t.Code(err, 40402, codeOf)
		_, err = cl.SchemaByVersion(ctx, subject, 0)
		t.Code(err, 42202, codeOf)
	})
	c.Run("a check against a version that is not there is 40402", func(t check.T) {
		_, err := cl.CheckCompatibility(ctx, check.Fresh("nobody"), 1, str)
		t.Code(err, 40402, codeOf)
		is, err := cl.CheckCompatibility(ctx, check.Fresh("nobody"), -1, str)
		t.OK(err)
		t.Equal("compatible with nothing", is.Is, true)
	})
}
