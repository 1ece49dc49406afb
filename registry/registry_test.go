package registry_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage/bolt"
)

// wordFormat is a schema language for tests of decisions: a schema is a list of words, the first of which names it;
// blanks do not matter, and a reader is incompatible with a writer that has a word it lacks. What a "huge" reader reads cannot
// be told.
type wordFormat struct{}

func (wordFormat) Type() formats.Type { return formats.Avro }

func (wordFormat) Parse(_ context.Context, src formats.Source, opt formats.Options) (formats.Schema, error) {
	words := strings.Fields(src.Text)
	if slices.Contains(words, "!") || opt.Validate && slices.Contains(words, "?") {
		return nil, &formats.ParseError{Message: "unexpected punctuation"}
	}
	return &wordSchema{src: src, words: words}, nil
}

type wordSchema struct {
	src   formats.Source
	words []string
}

func (s *wordSchema) Type() formats.Type           { return formats.Avro }
func (s *wordSchema) Source() formats.Source       { return s.src }
func (s *wordSchema) Canonical() string            { return strings.Join(s.words, " ") }
func (s *wordSchema) Print(string) (string, error) { return s.Canonical(), nil }
func (s *wordSchema) Fields() []string             { return s.words }
func (s *wordSchema) Weight() int                  { return len(s.src.Text) }
func (s *wordSchema) Identity() formats.Identity {
	return formats.IdentityOf([]byte(strings.Join(slices.Sorted(slices.Values(s.words)), " ")))
}
func (s *wordSchema) Normalized() (formats.Schema, error) {
	return &wordSchema{s.src, slices.Sorted(slices.Values(s.words))}, nil
}

type wordComparer struct{}

func (wordComparer) Type() formats.Type { return formats.Avro }

func (wordComparer) Compare(_ context.Context, req compat.Request) (*compat.Comparison, error) {
	if slices.Contains(req.Reader.(*wordSchema).words, "huge") {
		return nil, &compat.WorkError{What: "pairs of words", Max: 1}
	}
	out := &compat.Comparison{Verdicts: map[compat.Relation]compat.Verdict{compat.Reference: compat.Compatible}}
	for _, word := range req.Writer.(*wordSchema).words {
		if !slices.Contains(req.Reader.(*wordSchema).words, word) {
			out.Verdicts[compat.Reference] = compat.Incompatible
			out.Messages = append(out.Messages, "lacks "+word)
			out.Findings = append(out.Findings, compat.Finding{Code: "WORD_LACKING", Breaks: []compat.Relation{compat.Reference}, Message: "lacks " + word})
		}
	}
	return out, nil
}

type fixture struct {
	*registry.Registry
	t *testing.T
}

func open(t *testing.T) *fixture {
	t.Helper()
	return openWith(t, engine.New(formats.Limits{}, []formats.Format{wordFormat{}}, []compat.Comparer{wordComparer{}}))
}

// openWith opens a registry over other schema languages than words.
func openWith(t *testing.T, e *engine.Engine) *fixture {
	t.Helper()
	store, err := bolt.Open(filepath.Join(t.TempDir(), "concord.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return &fixture{registry.New(store, e, registry.Options{}), t}
}

func (f *fixture) register(subject, text string) *registry.SchemaVersion {
	f.t.Helper()
	v, err := f.Register(context.Background(), subject, registry.SchemaRequest{Schema: text}, registry.RegisterOptions{})
	if err != nil {
		f.t.Fatalf("register %q under %s: %v", text, subject, err)
	}
	return v
}

func (f *fixture) wantCode(err error, code registry.Code) {
	f.t.Helper()
	if registry.CodeOf(err) != code {
		f.t.Fatalf("got error %v (code %d), want code %d", err, registry.CodeOf(err), code)
	}
}

func TestRegisteringKnownContentAgainReturnsItsVersion(t *testing.T) {
	f := open(t)
	first := f.register("s", "a b")
	f.register("s", "a b c")
	again := f.register("s", "  a   b ")
	if again.ID != first.ID || again.Version != 1 || !again.Existing {
		t.Errorf("got id %d version %d existing %t, want id %d version 1 existing", again.ID, again.Version, again.Existing, first.ID)
	}
}

func TestEqualContentSharesAnIDWithinAContextOnly(t *testing.T) {
	f := open(t)
	a := f.register("a", "x")
	f.register(":.other:q", "y")
	b, c := f.register("b", "x"), f.register(":.other:a", "x")
	if a.ID != 1 || b.ID != 1 || c.ID != 2 || a.GUID != c.GUID {
		t.Errorf("ids %d, %d and %d, guids %s and %s", a.ID, b.ID, c.ID, a.GUID, c.GUID)
	}
}

func TestEquivalentContentOfTheSameSubjectIsTheSameVersion(t *testing.T) {
	f := open(t)
	first := f.register("s", "a b")
	if v := f.register("s", "b a"); v.Version != 1 || v.ID != first.ID {
		t.Errorf("got version %d id %d", v.Version, v.ID)
	}
	if v := f.register("other", "b a"); v.ID == first.ID {
		t.Error("another subject got the id of a different text")
	}
}

func TestAFailedRegistrationBurnsNoID(t *testing.T) {
	f := open(t)
	f.register("s", "a b")
	_, err := f.Register(context.Background(), "s", registry.SchemaRequest{Schema: "c"}, registry.RegisterOptions{})
	f.wantCode(err, registry.IncompatibleSchema)
	if want := `Schema being registered is incompatible with an earlier schema for subject "s", details: [lacks a, lacks b, {oldSchemaVersion: 1}, {oldSchema: 'a b'}, {validateFields: 'false', compatibility: 'BACKWARD'}]`; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if v := f.register("t", "c"); v.ID != 2 {
		t.Errorf("got id %d, want 2", v.ID)
	}
}

func TestIDsNeverRewindAndVersionsCountSoftDeletedOnes(t *testing.T) {
	f, ctx := open(t), context.Background()
	for i, text := range []string{"a", "a b", "a b c"} {
		if v := f.register("s", text); v.ID != i+1 || v.Version != i+1 {
			t.Fatalf("id %d version %d", v.ID, v.Version)
		}
	}
	must := func(_ int, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.DeleteVersion(ctx, "s", "3", false))
	if v := f.register("s", "a b d"); v.Version != 4 || v.ID != 4 {
		t.Fatalf("after a soft delete: id %d version %d", v.ID, v.Version)
	}
	must(f.DeleteVersion(ctx, "s", "4", false))
	must(f.DeleteVersion(ctx, "s", "4", true))
	if v := f.register("s", "a b e"); v.Version != 4 || v.ID != 5 {
		t.Fatalf("after a permanent delete of the newest: id %d version %d", v.ID, v.Version)
	}
	must(f.DeleteVersion(ctx, "s", "4", false))
	if v := f.register("s", "a b c"); v.ID != 3 || v.Version != 5 {
		t.Fatalf("registering soft-deleted content again: id %d version %d", v.ID, v.Version)
	}
	versions, err := f.Versions(ctx, "s", registry.WithDeleted, registry.Page{})
	if err != nil || !slices.Equal(versions, []int{1, 2, 4, 5}) {
		t.Errorf("versions %v, %v: the soft-deleted row of the same id should be replaced", versions, err)
	}
}

func TestReferencesProtectWhatTheyReferTo(t *testing.T) {
	f, ctx := open(t), context.Background()
	f.register("base", "x")
	req := registry.SchemaRequest{Schema: "y", References: []formats.Reference{{Name: "n", Subject: "base", Version: -1}}}
	v, err := f.Register(ctx, "user", req, registry.RegisterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v.References[0].Version != 1 {
		t.Errorf("the latest version should be stored as its number, got %v", v.References)
	}
	_, err = f.DeleteSubject(ctx, "base", false)
	f.wantCode(err, registry.ReferenceExists)
	if _, err := f.DeleteSubject(ctx, "user", false); err != nil {
		t.Fatal(err)
	}
	if _, err := f.DeleteSubject(ctx, "base", false); err != nil {
		t.Errorf("soft-deleted referrers should not protect from a soft delete: %v", err)
	}
	_, err = f.DeleteSubject(ctx, "base", true)
	f.wantCode(err, registry.ReferenceExists)
	if _, err := f.Register(ctx, "late", req, registry.RegisterOptions{}); registry.CodeOf(err) != registry.InvalidSchema {
		t.Errorf("a reference to a soft-deleted version: %v", err)
	}
	if got, err := f.Version(ctx, "user", "1", registry.ReadOptions{WithDeleted: true, Format: "resolved"}); err != nil || got.Schema != "y" {
		t.Errorf("a stored schema must stay readable: %v, %v", got, err)
	}
	if _, err := f.DeleteSubject(ctx, "user", true); err != nil {
		t.Fatal(err)
	}
	if _, err := f.DeleteSubject(ctx, "base", true); err != nil {
		t.Errorf("no referrer is left: %v", err)
	}
}

func TestALevelComesFromTheNearestRecordThatSetsOne(t *testing.T) {
	f, ctx := open(t), context.Background()
	set := func(subject, level string, normalize bool) {
		t.Helper()
		u := registry.ConfigUpdate{Normalize: registry.Optional[bool]{Present: true, Value: &normalize}}
		if level != "" {
			u.Compatibility = registry.Optional[string]{Present: true, Value: &level}
		}
		if _, err := f.SetConfig(ctx, subject, u); err != nil {
			t.Fatal(err)
		}
	}
	level := func(subject string) string {
		t.Helper()
		c, err := f.Config(ctx, subject, true)
		if err != nil {
			t.Fatal(err)
		}
		return c.CompatibilityLevel
	}
	if got := level("s"); got != "BACKWARD" {
		t.Errorf("default: %s", got)
	}
	set("", "full", false)
	set("s", "", true)
	set(":.c:", "forward", false)
	for subject, want := range map[string]string{"s": "FULL", "t": "FULL", ":.c:s": "FORWARD", ":.d:s": "BACKWARD"} {
		if got := level(subject); got != want {
			t.Errorf("%s: got %s, want %s", subject, got, want)
		}
	}
	_, err := f.Config(ctx, "t", false)
	f.wantCode(err, registry.SubjectLevelNotConfigured)
	_, err = f.DeleteConfig(ctx, "t")
	f.wantCode(err, registry.SubjectNotFound)
}

func TestReadOnlyRefusesNewContentButAnswersKnownOne(t *testing.T) {
	f, ctx := open(t), context.Background()
	f.register("s", "a")
	mode := "readonly"
	if err := f.SetMode(ctx, "", &mode, false); err != nil {
		t.Fatal(err)
	}
	if v := f.register("s", "a"); v.Version != 1 {
		t.Errorf("version %d", v.Version)
	}
	_, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: "a b"}, registry.RegisterOptions{})
	f.wantCode(err, registry.OperationNotPermitted)
	if want := "Subject s in context  is in read-only mode"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	_, err = f.DeleteSubject(ctx, "s", false)
	f.wantCode(err, registry.OperationNotPermitted)
}

func TestImportTakesIDsAndVersionsInAnyOrder(t *testing.T) {
	f, ctx := open(t), context.Background()
	mode := "IMPORT"
	if err := f.SetMode(ctx, "s", &mode, false); err != nil {
		t.Fatal(err)
	}
	put := func(text string, id, version int) error {
		_, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: text, ID: &id, Version: version}, registry.RegisterOptions{})
		return err
	}
	for _, step := range []struct {
		name        string
		text        string
		id, version int
		code        registry.Code
	}{
		{"a high version first", "c", 30, 3, 0},
		{"then a low one", "a", 10, 1, 0},
		{"the same again", "a", 10, 1, 0},
		{"another text under a known id", "z", 10, 2, registry.OperationNotPermitted},
		{"another text under a known version", "z", 11, 1, registry.OperationNotPermitted},
		{"a text that new schemas could not have", "odd ?", 12, 2, 0},
	} {
		if err := put(step.text, step.id, step.version); registry.CodeOf(err) != step.code {
			t.Errorf("%s: %v", step.name, err)
		}
	}
	latest, err := f.Version(ctx, "s", "latest", registry.ReadOptions{})
	if err != nil || latest.Version != 3 || latest.ID != 30 {
		t.Errorf("latest is by number: %+v, %v", latest, err)
	}
	if v := f.register("elsewhere", "new"); v.ID != 31 {
		t.Errorf("imported ids must raise the counter, got %d", v.ID)
	}
}

func TestConcurrentIdenticalRegistrationsYieldOneVersion(t *testing.T) {
	f := open(t)
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			v, err := f.Register(context.Background(), "s", registry.SchemaRequest{Schema: "a b"}, registry.RegisterOptions{})
			if err != nil || v.ID != 1 || v.Version != 1 {
				t.Errorf("%+v, %v", v, err)
			}
		})
	}
	wg.Wait()
}

func TestConcurrentRegistrationsOfOneSubjectAreCheckedAgainstEachOther(t *testing.T) {
	f, ctx := open(t), context.Background()
	f.register("s", "a")
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			// Each adds a word; under BACKWARD only those that keep all earlier words may follow.
			_, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: fmt.Sprintf("a w%d", i)}, registry.RegisterOptions{})
			if err != nil && registry.CodeOf(err) != registry.IncompatibleSchema {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	versions, err := f.Versions(ctx, "s", registry.LiveOnly, registry.Page{})
	if err != nil || len(versions) != 2 {
		t.Errorf("exactly one of the rivals can follow, got versions %v, %v", versions, err)
	}
}

func TestMetadataIsPartOfWhatASchemaIs(t *testing.T) {
	f, ctx := open(t), context.Background()
	f.register("s", "a")
	withOwner := registry.SchemaRequest{Schema: "a", Metadata: &registry.Metadata{Properties: map[string]string{"owner": "me"}}}
	v, err := f.Register(ctx, "s", withOwner, registry.RegisterOptions{})
	if err != nil || v.Version != 2 || v.ID != 2 {
		t.Fatalf("%+v, %v", v, err)
	}
	// A request without metadata inherits that of the latest version when it has to be stored, and is found by it.
	blank, err := f.Register(ctx, "s", registry.SchemaRequest{Version: -1}, registry.RegisterOptions{})
	if err != nil || blank.Metadata.Properties["owner"] != "me" || blank.Metadata.Properties["confluent:version"] != "3" {
		t.Fatalf("%+v, %v", blank, err)
	}
	found, err := f.Lookup(ctx, "s", withOwner, registry.LookupOptions{})
	if err != nil || found.Version != 2 && found.Version != 3 {
		t.Errorf("%+v, %v", found, err)
	}
	byOwner, err := f.WithMetadata(ctx, "s", map[string]string{"owner": "me"}, registry.ReadOptions{})
	if err != nil || byOwner.Version != 3 {
		t.Errorf("%+v, %v", byOwner, err)
	}
	_, err = f.WithMetadata(ctx, "s", map[string]string{"owner": "you"}, registry.ReadOptions{})
	f.wantCode(err, registry.SchemaNotFound)
}

func TestSubjectsAreListedInTheOrderOfTheirQualifiedNames(t *testing.T) {
	f, ctx := open(t), context.Background()
	for _, s := range []string{"b", ":x", "0", ":.c:m", ":.c-1:m", ":.d:a", "a/b"} {
		f.register(s, "t")
	}
	got, err := f.Subjects(ctx, ":*:", registry.LiveOnly, registry.Page{})
	if err != nil || !slices.IsSorted(got) || len(got) != 7 {
		t.Errorf("%q, %v", got, err)
	}
	page, err := f.Subjects(ctx, ":*:", registry.LiveOnly, registry.Page{Offset: 2, Limit: 3})
	if err != nil || !slices.Equal(page, got[2:5]) {
		t.Errorf("page %q of %q, %v", page, got, err)
	}
}

func TestVersionsOfAPathAreReadStrictly(t *testing.T) {
	f, ctx := open(t), context.Background()
	f.register("s", "a")
	for _, version := range []string{"0", "-2", "abc", "2147483648", "", "1.0"} {
		_, err := f.Version(ctx, "s", version, registry.ReadOptions{})
		f.wantCode(err, registry.InvalidVersion)
	}
	for _, version := range []string{"1", "-1", "latest", "LATEST", " 1 "} {
		if _, err := f.Version(ctx, "s", version, registry.ReadOptions{}); err != nil {
			t.Errorf("%q: %v", version, err)
		}
	}
}

func TestNoVersionFollowsTheHighestNumberThereIs(t *testing.T) {
	f, ctx := open(t), context.Background()
	imports, writes, id := "IMPORT", "READWRITE", 1
	if err := f.SetMode(ctx, "s", &imports, false); err != nil {
		t.Fatal(err)
	}
	last := registry.SchemaRequest{Schema: "a", ID: &id, Version: math.MaxInt32}
	if _, err := f.Register(ctx, "s", last, registry.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := f.SetMode(ctx, "s", &writes, false); err != nil {
		t.Fatal(err)
	}
	_, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: "a b"}, registry.RegisterOptions{})
	f.wantCode(err, registry.OperationNotPermitted)
}

func TestWhatIsTooLargeToCompareIsUndecidedAndDoesNotHideTheOtherVersions(t *testing.T) {
	f, ctx := open(t), context.Background()
	for _, text := range []string{"a", "a huge", "a huge b"} {
		if _, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: text}, registry.RegisterOptions{Force: true}); err != nil {
			t.Fatal(err)
		}
	}
	matrix, err := f.Matrix(ctx, "s", registry.Page{})
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[int]map[compat.Level]compat.Verdict{}
	for _, row := range matrix.Rows {
		verdicts[row.Version] = map[compat.Level]compat.Verdict{}
		for _, cell := range row.Cells {
			verdicts[row.Version][cell.Level] = cell.Verdict
		}
	}
	if got := verdicts[2]; got[compat.Backward] != compat.Undecided || got[compat.Forward] != compat.Incompatible || got[compat.Full] != compat.Incompatible {
		t.Errorf("version 2: %v", got)
	}
	// Version 3 is not read by version 1; what version 2 does with it is not known.
	if got := verdicts[3]; got[compat.Forward] != compat.Undecided || got[compat.ForwardTransitive] != compat.Incompatible {
		t.Errorf("version 3: %v", got)
	}
}

func TestALongInvalidSubjectIsQuotedInWholeCharacters(t *testing.T) {
	_, err := open(t).Register(context.Background(), "x"+strings.Repeat("é", 5000), registry.SchemaRequest{Schema: "a"}, registry.RegisterOptions{})
	if err == nil || !utf8.ValidString(err.Error()) || !strings.Contains(err.Error(), "é…") {
		t.Errorf("%q", err)
	}
}
