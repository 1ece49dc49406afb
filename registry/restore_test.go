package registry_test

import (
	"slices"
	"testing"

	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
)

// delete deletes a version softly, or the whole subject for version "".
func (f *fixture) delete(subject, version string) {
	f.t.Helper()
	var err error
	if version == "" {
		_, err = f.DeleteSubject(f.t.Context(), subject, false)
	} else {
		_, err = f.DeleteVersion(f.t.Context(), subject, version, false)
	}
	if err != nil {
		f.t.Fatalf("delete %s %s: %v", subject, version, err)
	}
}

func TestARestoredVersionHasTheNumberIDAndTimeItHad(t *testing.T) {
	f := open(t)
	f.register("s", "a")
	f.register("s", "a b")
	before, err := f.Version(t.Context(), "s", "1", registry.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	f.delete("s", "1")
	if number, err := f.Restore(t.Context(), "s", "1"); err != nil || number != 1 {
		t.Fatalf("restore: %d, %v", number, err)
	}
	after, err := f.Version(t.Context(), "s", "1", registry.ReadOptions{})
	if err != nil || after.ID != before.ID || after.GUID != before.GUID || after.Time != before.Time || after.Deleted {
		t.Errorf("got %+v, %v; want %+v", after, err, before)
	}
	if next := f.register("s", "a b c"); next.Version != 3 {
		t.Errorf("the next version is %d", next.Version)
	}
}

func TestARestoredSubjectHasAllItsVersionsAgain(t *testing.T) {
	f := open(t)
	f.register("s", "a")
	f.register("s", "a b")
	f.register("s", "a b c")
	f.delete("s", "2")
	f.delete("s", "")
	versions, err := f.RestoreSubject(t.Context(), "s")
	if err != nil || !slices.Equal(versions, []int{1, 2, 3}) {
		t.Errorf("restored %v, %v", versions, err)
	}
}

func TestWhatCannotBeRestored(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	f.register("live", "a")
	_, err := f.Restore(ctx, "live", "1")
	f.wantCode(err, registry.VersionNotSoftDeleted)
	_, err = f.RestoreSubject(ctx, "live")
	f.wantCode(err, registry.SubjectNotSoftDeleted)
	_, err = f.Restore(ctx, "nobody", "1")
	f.wantCode(err, registry.SubjectNotFound)
	_, err = f.RestoreSubject(ctx, "nobody")
	f.wantCode(err, registry.SubjectNotFound)
	_, err = f.Restore(ctx, "live", "2")
	f.wantCode(err, registry.VersionNotFound)
	_, err = f.Restore(ctx, "live", "two")
	f.wantCode(err, registry.InvalidVersion)

	f.delete("live", "1")
	mode := registry.ReadOnly
	if err := f.SetMode(ctx, "live", &mode, false); err != nil {
		t.Fatal(err)
	}
	_, err = f.Restore(ctx, "live", "1")
	f.wantCode(err, registry.OperationNotPermitted)
	_, err = f.RestoreSubject(ctx, "live")
	f.wantCode(err, registry.OperationNotPermitted)
}

func TestAReferrerIsRestoredAfterWhatItRefersTo(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	f.register("base", "x")
	req := registry.SchemaRequest{Schema: "y", References: []formats.Reference{{Name: "x", Subject: "base", Version: 1}}}
	if _, err := f.Register(ctx, "user", req, registry.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	f.delete("user", "")
	f.delete("base", "")
	_, err := f.RestoreSubject(ctx, "user")
	f.wantCode(err, registry.OperationNotPermitted)
	for _, subject := range []string{"base", "user"} {
		if _, err := f.RestoreSubject(ctx, subject); err != nil {
			t.Errorf("restore %s: %v", subject, err)
		}
	}
}

func TestAVersionIsNotRestoredBesideOneWithTheSameSchema(t *testing.T) {
	f := open(t)
	ctx := t.Context()
	f.register("s", "x")
	f.register("s", "x y")
	req := registry.SchemaRequest{Schema: "z", References: []formats.Reference{{Name: "x", Subject: "s", Version: 1}}}
	if _, err := f.Register(ctx, "user", req, registry.RegisterOptions{}); err != nil {
		t.Fatal(err)
	}
	f.delete("user", "")
	f.delete("s", "1")
	// The deleted referrer keeps version 1 where it is, beside the new version of the same schema.
	again, err := f.Register(ctx, "s", registry.SchemaRequest{Schema: "x"}, registry.RegisterOptions{Force: true})
	if err != nil || again.Version != 3 {
		t.Fatalf("%+v, %v", again, err)
	}
	_, err = f.Restore(ctx, "s", "1")
	f.wantCode(err, registry.OperationNotPermitted)
}
