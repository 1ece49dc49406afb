package main

import (
	"slices"

	"github.com/concord-registry/concord/e2e/clients/go/check"
	sr "github.com/confluentinc/confluent-kafka-go/v2/schemaregistry"
)

var formats = []struct{ name, kind, country, evolved, incompatible string }{
	{"Avro", "", "avro/country.avsc", "avro/country_v2.avsc", "avro/country_bad.avsc"},
	{"JSON Schema", "JSON", "json/country.json", "json/country_v2.json", "json/country_bad.json"},
	{"Protobuf", "PROTOBUF", "proto/shop/country.proto", "proto/country_v2.proto", "proto/country_bad.proto"},
}

// requests covers the client's own calls, without a serializer.
func requests(c *check.Checks, url string) {
	for _, f := range formats {
		info := func(t check.T, file string) sr.SchemaInfo {
			return sr.SchemaInfo{Schema: check.Schema(t, file), SchemaType: f.kind}
		}
		subject := check.Fresh("rest/go λ:") // a name that has to be escaped
		c.Run(f.name+": register answers id, version and GUID", func(t check.T) {
			full, err := connect(t, url).RegisterFullResponse(subject, info(t, f.country), false)
			t.OK(err)
			t.Equal("version", full.Version, 1)
			t.True("there is a GUID", full.GUID != "")
			cl := connect(t, url)
			again, err := cl.Register(subject, info(t, f.country), false)
			t.OK(err)
			t.Equal("id of the second time", again, full.ID)
			byID, err := cl.GetBySubjectAndID(subject, full.ID)
			t.OK(err)
			byGUID, err := cl.GetByGUID(full.GUID)
			t.OK(err)
			t.Equal("by GUID", byGUID.Schema, byID.Schema)
			uses, err := cl.GetSubjectsAndVersionsByID(full.ID)
			t.OK(err)
			t.True("the subject is among its users", slices.Contains(uses, sr.SubjectAndVersion{Subject: subject, Version: 1}))
		})
		c.Run(f.name+": lookup gives id and version", func(t check.T) {
			cl := connect(t, url)
			found, err := cl.GetIDFullResponse(subject, info(t, f.country), false)
			t.OK(err)
			t.Equal("subject", found.Subject, subject)
			version, err := cl.GetVersion(subject, info(t, f.country), false)
			t.OK(err)
			t.Equal("version", version, 1)
			_, err = cl.GetID(subject, info(t, f.evolved), false)
			t.Code(err, 40403, codeOf)
			_, err = cl.GetID(check.Fresh("nobody"), info(t, f.country), false)
			t.Code(err, 40401, codeOf)
		})
		c.Run(f.name+": the check, the evolution and the refusal", func(t check.T) {
			cl := connect(t, url)
			good, err := cl.TestSubjectCompatibility(subject, info(t, f.evolved))
			t.OK(err)
			t.Equal("compatible", good, true)
			bad, err := cl.TestCompatibility(subject, 1, info(t, f.incompatible))
			t.OK(err)
			t.Equal("compatible", bad, false)
			_, err = cl.Register(subject, info(t, f.evolved), false)
			t.OK(err)
			_, err = cl.Register(subject, info(t, f.incompatible), false)
			code, ok := codeOf(err)
			t.True("it is refused with 409 or 40901", ok && (code == 409 || code == 40901))
			latest, err := cl.GetLatestSchemaMetadata(subject)
			t.OK(err)
			t.Equal("latest", latest.Version, 2)
			versions, err := cl.GetAllVersions(subject)
			t.OK(err)
			t.Equal("versions", versions, []int{1, 2})
		})
		c.Run(f.name+": the latest with given metadata", func(t check.T) {
			cl := connect(t, url)
			tagged := info(t, f.evolved)
			tagged.Metadata = &sr.Metadata{Properties: map[string]string{"major": "2"}}
			id, err := cl.Register(subject, tagged, false)
			t.OK(err)
			found, err := cl.GetLatestWithMetadata(subject, map[string]string{"major": "2"}, false)
			t.OK(err)
			t.Equal("id", found.ID, id)
			t.Equal("metadata", found.Metadata, tagged.Metadata)
			_, err = cl.GetLatestWithMetadata(subject, map[string]string{"major": "3"}, false)
			t.Code(err, 40403, codeOf)
		})
		c.Run(f.name+": delete in two steps, and read what was deleted", func(t check.T) {
			cl := connect(t, url)
			n, err := cl.DeleteSubjectVersion(subject, 1, false)
			t.OK(err)
			t.Equal("deleted", n, 1)
			_, err = connect(t, url).GetSchemaMetadata(subject, 1)
			t.Code(err, 40402, codeOf)
			old, err := connect(t, url).GetSchemaMetadataIncludeDeleted(subject, 1, true)
			t.OK(err)
			t.Equal("version", old.Version, 1)
			v, err := connect(t, url).GetVersionIncludeDeleted(subject, info(t, f.country), false, true)
			t.OK(err)
			t.Equal("version of the deleted", v, 1)
			gone, err := cl.DeleteSubject(subject, false)
			t.OK(err)
			t.Equal("soft", gone, []int{2, 3})
			gone, err = cl.DeleteSubject(subject, true)
			t.OK(err)
			t.Equal("permanent", gone, []int{1, 2, 3})
			subjects, err := cl.GetAllSubjects()
			t.OK(err)
			t.True("it is gone", !slices.Contains(subjects, subject))
		})
	}
	settings(c, url)
}

// settings covers config and contexts.
func settings(c *check.Checks, url string) {
	subject := check.Fresh("settings/go")
	c.Run("levels, global and of a subject", func(t check.T) {
		cl := connect(t, url)
		level, err := cl.GetDefaultCompatibility()
		t.OK(err)
		t.Equal("global", level.String(), "BACKWARD")
		_, err = cl.GetCompatibility(subject)
		t.Code(err, 40408, codeOf)
		set, err := cl.UpdateCompatibility(subject, sr.FullTransitive)
		t.OK(err)
		t.Equal("set", set.String(), "FULL_TRANSITIVE")
		level, err = cl.GetCompatibility(subject)
		t.OK(err)
		t.Equal("level", level.String(), "FULL_TRANSITIVE")
	})
	c.Run("a whole config, with rules and metadata", func(t check.T) {
		cl := connect(t, url)
		rules := &sr.RuleSet{DomainRules: []sr.Rule{{Name: "r", Kind: "CONDITION", Mode: "WRITE", Type: "CEL", Expr: "true"}}}
		update := sr.ServerConfig{CompatibilityUpdate: sr.None, CompatibilityGroup: "major", Normalize: true,
			OverrideMetadata: &sr.Metadata{Properties: map[string]string{"owner": "go"}}, DefaultRuleSet: rules}
		_, err := cl.UpdateConfig(subject, update)
		t.OK(err)
		got, err := cl.GetConfig(subject, true)
		t.OK(err)
		t.Equal("level", got.CompatibilityLevel.String(), "NONE")
		t.Equal("group", got.CompatibilityGroup, "major")
		t.Equal("override", got.OverrideMetadata, update.OverrideMetadata)
		t.Equal("rules", got.DefaultRuleSet, rules)
	})
	c.Run("the global config is set and put back", func(t check.T) {
		cl := connect(t, url)
		_, err := cl.UpdateDefaultConfig(sr.ServerConfig{CompatibilityUpdate: sr.Forward})
		t.OK(err)
		got, err := cl.GetDefaultConfig()
		t.OK(err)
		t.Equal("level", got.CompatibilityLevel.String(), "FORWARD")
		_, err = cl.UpdateDefaultCompatibility(sr.Backward)
		t.OK(err)
	})
	c.Run("contexts are listed", func(t check.T) {
		cl := connect(t, url)
		_, err := cl.Register(":.go-contexts:"+subject, sr.SchemaInfo{Schema: `"string"`}, false)
		t.OK(err)
		all, err := cl.GetAllContexts()
		t.OK(err)
		t.True("the new one is there", slices.Contains(all, ".go-contexts"))
	})
}
