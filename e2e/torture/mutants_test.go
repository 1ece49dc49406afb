//go:build e2e && linux

package torture

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concord-registry/concord/e2e/internal/process"
)

// mutant is a bug that is put into the server by a change of its source. All are in one program, and the variable MUTANT
// says which one is awake, if any.
type mutant struct {
	name, file string
	old, bad   string // bad may say mutant.On("name")
}

// ablations take away what whole tests rest on.
var ablations = []mutant{
	{"no-sync", "storage/bolt/open.go",
		`FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize()}`,
		`FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize(), NoSync: mutant.On("no-sync"), NoGrowSync: mutant.On("no-sync")}`},
	{"no-checksum", "storage/bolt/value.go",
		`if binary.BigEndian.Uint32(value[end:]) != checksum(b, key, value[:end])`,
		`if !mutant.On("no-checksum") && binary.BigEndian.Uint32(value[end:]) != checksum(b, key, value[:end])`},
	{"no-revision-check", "registry/register.go",
		`if err := g.unmoved(v); err != nil {`,
		`if err := g.unmoved(v); err != nil && !mutant.On("no-revision-check") {`},
}

// bugs are what the histories must find, by the scene that has to.
var bugs = map[*scene][]mutant{subjectsOnly: {
	ablations[2], // no-revision-check
	{"version-after-live", "registry/lookup.go",
		`func (s *subjectState) next() int {`,
		`func (s *subjectState) next() int {
	if last := s.latest(); mutant.On("version-after-live") && last != nil {
		return last.Version + 1
	}`},
	{"register-when-read-only", "registry/register.go",
		`if err := g.permitted(); err != nil {`,
		`if err := g.permitted(); err != nil && !mutant.On("register-when-read-only") {`},
	{"delete-when-read-only", "registry/mode.go",
		`if err == nil && readOnly(mode) {`,
		`if err == nil && readOnly(mode) && !mutant.On("delete-when-read-only") {`},
	{"hard-delete-of-live", "registry/delete.go",
		`case permanent && len(live) > 0:`,
		`case permanent && len(live) > 0 && !mutant.On("hard-delete-of-live"):`},
	{"soft-delete-twice", "registry/delete.go",
		`case !permanent && row.Deleted:`,
		`case !permanent && row.Deleted && !mutant.On("soft-delete-twice"):`},
	{"restore-of-live", "registry/restore.go",
		`if len(gone) == 0 {`,
		`if len(gone) == 0 && !mutant.On("restore-of-live") {`},
	{"config-outlives-subject", "registry/delete.go",
		`if len(rows) < total || isContext(subject) {`,
		`if len(rows) < total || isContext(subject) || mutant.On("config-outlives-subject") {`},
	{"no-compatibility-check", "registry/register.go",
		`if !imports(g.mode) && !g.opt.Force {`,
		`if !imports(g.mode) && !g.opt.Force && !mutant.On("no-compatibility-check") {`},
	{"transitive-looks-at-latest", "registry/check.go",
		`if !s.level.Transitive() {`,
		`if !s.level.Transitive() || mutant.On("transitive-looks-at-latest") {`},
	{"deleted-versions-count", "registry/check.go",
		`if row.Deleted {`,
		`if row.Deleted && !mutant.On("deleted-versions-count") {`},
	{"deleted-version-is-known", "registry/known.go",
		`return !row.Deleted && answers(req, row), nil`,
		`return (!row.Deleted || mutant.On("deleted-version-is-known")) && answers(req, row), nil`},
	{"revived-version-stays-deleted", "registry/register.go",
		`if !old.Deleted || old.Version == row.Version {`,
		`if !old.Deleted || old.Version == row.Version || mutant.On("revived-version-stays-deleted") {`},
	{"known-content-gets-new-id", "registry/register.go",
		`if known != 0 {`,
		`if known != 0 && !mutant.On("known-content-gets-new-id") {`},
	{"id-is-used-again", "storage/bolt/applyschema.go",
		`	totals.schemas--`,
		`	if mutant.On("id-is-used-again") {
		if err := t.putContext(context, contextValue{highest: id - 1, known: true}); err != nil {
			return err
		}
	}
	totals.schemas--`},
	{"config-is-not-stored", "registry/config.go",
		`return []storage.Record{storage.PutConfig(merged, now())}, &shown, nil`,
		`if mutant.On("config-is-not-stored") && stored != nil {
			return nil, &shown, nil
		}
		return []storage.Record{storage.PutConfig(merged, now())}, &shown, nil`},
	{"config-stays", "registry/config.go",
		`return []storage.Record{storage.DropConfig(subject, now())}, withLevel(stored, inForce.CompatibilityLevel), nil`,
		`if mutant.On("config-stays") {
			return nil, withLevel(stored, inForce.CompatibilityLevel), nil
		}
		return []storage.Record{storage.DropConfig(subject, now())}, withLevel(stored, inForce.CompatibilityLevel), nil`},
	{"mode-is-not-stored", "registry/mode.go",
		`return append(records, storage.PutMode(subject, value, now())), nil, nil`,
		`if mutant.On("mode-is-not-stored") {
			return records, nil, nil
		}
		return append(records, storage.PutMode(subject, value, now())), nil, nil`},
	{"mode-stays", "registry/mode.go",
		`		case mode != "":
			records = append(records, storage.DropMode(subject, now()))`,
		`		case mode != "" && mutant.On("mode-stays"):
		case mode != "":
			records = append(records, storage.DropMode(subject, now()))`},
	{"stale-answer", "httpapi/kept.go",
		`if g != nil && g.revision == revision && g.size`,
		`if g != nil && (g.revision == revision || mutant.On("stale-answer") && g.size.Load() < 4096) && g.size`},
	{"commit-that-nobody-notices", "storage/bolt/commit.go",
		`	s.revision.Add(1)
	defer s.revision.Add(1)`,
		`	if !mutant.On("commit-that-nobody-notices") {
		s.revision.Add(1)
		defer s.revision.Add(1)
	}`},
	{"acknowledged-and-rolled-back", "storage/bolt/commit.go",
		`	if t.changes == 0 {
		if err`,
		`	if t.changes == 0 || mutant.On("acknowledged-and-rolled-back") && s.committed.Add(1)%5 == 0 {
		if err`},
	{"half-of-a-subject-is-deleted", "storage/bolt/apply.go",
		`if row.Deleted || row.Version > version {`,
		`if row.Deleted || row.Version > version || mutant.On("half-of-a-subject-is-deleted") && row.Version%2 == 0 {`},
	{"latest-is-highest", "storage/bolt/view.go",
		`row, err := s.Row(subject, summary.Latest)`,
		`if mutant.On("latest-is-highest") {
		summary.Latest = summary.Highest
	}
	row, err := s.Row(subject, summary.Latest)`},
	{"gap-in-versions", "registry/register.go",
		`	version := g.state.next()
	if g.req.Version > 0 {`,
		`	version := g.state.next()
	if mutant.On("gap-in-versions") && id%5 == 0 {
		version++
	}
	if g.req.Version > 0 {`},
}, allContexts: {
	{"level-of-all-is-not-inherited", "registry/config.go",
		`	return slices.Compact([]string{subject, contextSubject(contextOf(subject)), globalSubject})`,
		`	if mutant.On("level-of-all-is-not-inherited") {
		return slices.Compact([]string{subject, contextSubject(contextOf(subject))})
	}
	return slices.Compact([]string{subject, contextSubject(contextOf(subject)), globalSubject})`},
	{"override-does-not-win", "registry/mode.go",
		`		if record == ReadOnlyOverride {
			return record, nil`,
		`		if record == ReadOnlyOverride && !mutant.On("override-does-not-win") {
			return record, nil`},
	{"recursive-deletes-one", "registry/mode.go",
		`if recursive && isContext(subject) {`,
		`if recursive && isContext(subject) && !mutant.On("recursive-deletes-one") {`},
	{"settings-may-move", "registry/register.go",
		`if mode != g.mode || !reflect.DeepEqual(inForce, g.settings) {`,
		`if !mutant.On("settings-may-move") && (mode != g.mode || !reflect.DeepEqual(inForce, g.settings)) {`},
}, ownContext: {
	{"context-with-subjects-is-deleted", "registry/contexts.go",
		`		if !empty {`,
		`		if !empty && !mutant.On("context-with-subjects-is-deleted") {`},
	{"settings-outlive-context", "registry/contexts.go",
		`		if contextOf(owner) == context {
			records = append(records, storage.DropConfig(owner, now()))`,
		`		if contextOf(owner) == context && (owner == contextSubject(context) || !mutant.On("settings-outlive-context")) {
			records = append(records, storage.DropConfig(owner, now()))`},
	{"ids-start-again-with-the-context", "storage/bolt/apply.go",
		`	value.known = known
`,
		`	value.known = known
	if mutant.On("ids-start-again-with-the-context") && !known {
		value.highest = 0
	}
`},
}, tagging: {
	{"deleted-version-is-tagged", "registry/tags.go",
		`findRow(v, subject, t.number, false)`,
		`findRow(v, subject, t.number, mutant.On("deleted-version-is-tagged"))`},
}, importing: {
	{"import-replaces-another-schema", "registry/register.go",
		`if err == nil && old != nil && old.ID != row.ID {`,
		`if err == nil && old != nil && old.ID != row.ID && !mutant.On("import-replaces-another-schema") {`},
	{"import-mode-over-live-subjects", "registry/mode.go",
		`		if s.Live > 0 {`,
		`		if s.Live > 0 && !mutant.On("import-mode-over-live-subjects") {`},
	{"id-outside-of-import-mode", "registry/register.go",
		`case g.req.ID != nil && !imports(g.mode):`,
		`case g.req.ID != nil && !imports(g.mode) && !mutant.On("id-outside-of-import-mode"):`},
}}

const module = "github.com/concord-registry/concord"

const mutantPackage = `package mutant

import "os"

var awake = os.Getenv("MUTANT")

// On reports whether a seeded bug is awake.
func On(name string) bool { return name == awake }
`

// mutants builds the program with the seeded bugs, once for all tests.
func mutants(t *testing.T) string {
	t.Helper()
	program, err := buildMutants()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var buildMutants = sync.OnceValues(func() (string, error) {
	top, err := filepath.Abs("../..")
	if err != nil {
		return "", err
	}
	replace := map[string]string{}
	sources := map[string]string{filepath.Join(top, "mutant", "mutant.go"): mutantPackage}
	all := slices.Clone(ablations)
	for in := range bugs {
		all = append(all, bugs[in]...)
	}
	made := map[string]bool{}
	for _, m := range all {
		if made[m.name] {
			continue
		}
		made[m.name] = true
		file := filepath.Join(top, m.file)
		if sources[file] == "" {
			text, err := os.ReadFile(file)
			if err != nil {
				return "", err
			}
			name, rest, _ := strings.Cut(string(text), "\n\nimport (")
			sources[file] = name + "\n\nimport \"" + module + "/mutant\"\n\nimport (" + rest
		}
		if n := strings.Count(sources[file], m.old); n != 1 {
			return "", fmt.Errorf("mutant %s: %s has %q %d times; the table of mutants has to follow the source", m.name, m.file, m.old, n)
		}
		sources[file] = strings.Replace(sources[file], m.old, m.bad, 1)
	}
	for file, text := range sources {
		replace[file] = filepath.Join(scratch, fmt.Sprintf("mutant-%d.go", len(replace)))
		if err := os.WriteFile(replace[file], []byte(text), 0o600); err != nil {
			return "", err
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	list := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(list, overlay, 0o600); err != nil {
		return "", err
	}
	program := filepath.Join(scratch, "concord-mutants")
	return program, process.Build(program, "-overlay", list)
})
