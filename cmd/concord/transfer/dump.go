// Package transfer copies registries: a Dump is everything that one holds, as it is read over the REST API, written to a file of JSON
// lines, or put into another registry.
//
// Kept are subjects with their contexts, versions, ids, guids (they follow from the content), references, metadata and rules, what is
// deleted softly, and the configs and modes of subjects, contexts and the registry. When versions were registered and by whom is not: the
// REST API can only tell it.
package transfer

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/parallel"
	"github.com/concord-registry/concord/cmd/concord/words"
	"github.com/concord-registry/concord/storage"
)

// Dump is what a registry holds.
type Dump struct {
	Source   string
	Versions []*client.Version         // what others refer to first
	Configs  map[string]*client.Config // by owner: a subject, a context (":.name:"), or "" for the registry
	Modes    map[string]string         // likewise
}

// Summary counts what is in the dump.
func (d *Dump) Summary() string {
	deleted, subjects := 0, map[string]bool{}
	for _, v := range d.Versions {
		subjects[v.Subject] = true
		if v.Deleted {
			deleted++
		}
	}
	return fmt.Sprintf("%s of %s (%d deleted), %s, %s", words.Counted(len(d.Versions), "version"), words.Counted(len(subjects), "subject"), deleted,
		words.Counted(len(d.Configs), "config"), words.Counted(len(d.Modes), "mode"))
}

// key names a version.
func key(v *client.Version) client.SubjectVersion {
	return client.SubjectVersion{Subject: v.Subject, Version: v.Version}
}

// everyContext owns what applies to all contexts.
const everyContext = ":.__GLOBAL:"

// jobs is how many requests are under way at a time.
const jobs = 32

// Read reads a registry.
func Read(ctx context.Context, c *client.Client) (*Dump, error) {
	d := &Dump{Source: c.Name(), Configs: map[string]*client.Config{}, Modes: map[string]string{}}
	var err error
	if d.Versions, err = readVersions(ctx, c); err != nil {
		return nil, err
	}
	if d.Versions, err = inOrder(d.Versions); err != nil {
		return nil, err
	}
	contexts, err := c.Contexts(ctx)
	if err != nil && !client.IsUnknown(err) { // some registries have none
		return nil, err
	}
	owners := []string{"", everyContext}
	for _, name := range contexts {
		if name != storage.DefaultContext {
			owners = append(owners, storage.QualifySubject(name, ""))
		}
	}
	for _, v := range d.Versions {
		owners = append(owners, v.Subject)
	}
	slices.Sort(owners)
	var mu sync.Mutex
	err = parallel.Each(ctx, jobs, slices.Compact(owners), func(ctx context.Context, owner string) error {
		config, err := c.Config(ctx, owner, false)
		if unknown(owner, err) {
			return nil
		}
		if err != nil {
			return err
		}
		mode, err := c.Mode(ctx, owner, false)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		if config != nil {
			d.Configs[owner] = config
		}
		if mode != "" {
			d.Modes[owner] = mode
		}
		return nil
	})
	return d, err
}

// unknown reports whether a registry has refused the name of what applies to all contexts, as those do that have no such thing.
func unknown(owner string, err error) bool {
	var refusal *client.Refusal
	return owner == everyContext && errors.As(err, &refusal) && refusal.Status < 500
}

// readVersions lists all versions; those that are not among the live ones are deleted.
func readVersions(ctx context.Context, c *client.Client) ([]*client.Version, error) {
	all, err := c.Schemas(ctx, client.EveryContext, false, true)
	if err != nil {
		return nil, err
	}
	list, err := c.Schemas(ctx, client.EveryContext, false, false)
	if err != nil {
		return nil, err
	}
	live := make(map[client.SubjectVersion]bool, len(list))
	for _, v := range list {
		live[key(v)] = true
	}
	for _, v := range all {
		v.Deleted = !live[key(v)]
		v.Time = 0
	}
	return all, nil
}

// inOrder sorts versions so that what others refer to comes first, and otherwise by id.
func inOrder(versions []*client.Version) ([]*client.Version, error) {
	slices.SortFunc(versions, func(a, b *client.Version) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Version, b.Version))
	})
	byKey := make(map[client.SubjectVersion]*client.Version, len(versions))
	for _, v := range versions {
		byKey[key(v)] = v
	}
	const visiting, visited = 1, 2
	state := make(map[*client.Version]int, len(versions))
	out := make([]*client.Version, 0, len(versions))
	var visit func(v *client.Version) error
	visit = func(v *client.Version) error {
		state[v] = visiting
		for _, to := range referred(v) {
			target := byKey[to]
			switch {
			case target == nil || state[target] == visited:
			case state[target] == visiting:
				return fmt.Errorf("the references of %s version %d lead back to itself", v.Subject, v.Version)
			default:
				if err := visit(target); err != nil {
					return err
				}
			}
		}
		state[v] = visited
		out = append(out, v)
		return nil
	}
	for _, v := range versions {
		if state[v] == 0 {
			if err := visit(v); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// referred are the versions that a version refers to. Subjects without a context are those of its own.
func referred(v *client.Version) []client.SubjectVersion {
	own, _ := storage.SplitSubject(v.Subject)
	out := make([]client.SubjectVersion, len(v.References))
	for i, ref := range v.References {
		out[i] = client.SubjectVersion{Subject: storage.ReferredSubject(own, ref.Subject), Version: ref.Version}
	}
	return out
}

// formatName and formatVersion are in the first line of a file.
const (
	formatName    = "concord-export"
	formatVersion = 1
)

// line is one line of a file: the first says what the file is, the last how much was in it.
type line struct {
	Format  string          `json:"format,omitempty"`
	Version int             `json:"formatVersion,omitempty"`
	Source  string          `json:"source,omitempty"`
	Schema  *client.Version `json:"version,omitempty"`
	Owner   *string         `json:"owner,omitempty"` // of Config and Mode
	Config  *client.Config  `json:"config,omitempty"`
	Mode    string          `json:"mode,omitempty"`
	End     *int            `json:"end,omitempty"` // how many lines stand before it
}

// Write writes the dump as JSON lines: versions in an order in which they can be registered, then configs, then modes.
func (d *Dump) Write(w io.Writer) error {
	out := bufio.NewWriter(w)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	lines := 0
	put := func(l line) error {
		lines++
		return encoder.Encode(l)
	}
	if err := put(line{Format: formatName, Version: formatVersion, Source: d.Source}); err != nil {
		return err
	}
	for _, v := range d.Versions {
		if err := put(line{Schema: v}); err != nil {
			return err
		}
	}
	for _, owner := range sortedKeys(d.Configs) {
		if err := put(line{Owner: &owner, Config: d.Configs[owner]}); err != nil {
			return err
		}
	}
	for _, owner := range sortedKeys(d.Modes) {
		if err := put(line{Owner: &owner, Mode: d.Modes[owner]}); err != nil {
			return err
		}
	}
	if err := encoder.Encode(line{End: &lines}); err != nil {
		return err
	}
	return out.Flush()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Parse reads what Write wrote. A file that was cut off is an error.
func Parse(r io.Reader) (*Dump, error) {
	d := &Dump{Configs: map[string]*client.Config{}, Modes: map[string]string{}}
	decoder := json.NewDecoder(bufio.NewReaderSize(r, 1<<20))
	for n := 0; ; n++ {
		var l line
		err := decoder.Decode(&l)
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("the export ends after %d lines, without its last one: it was cut off", n)
		case err != nil:
			return nil, fmt.Errorf("line %d is not one of an export: %w", n+1, err)
		case n == 0 && l.Format != formatName:
			return nil, errors.New("this is not an export: write one with concord export")
		case n == 0 && l.Version != formatVersion:
			return nil, fmt.Errorf("the export has format version %d, and this program reads %d", l.Version, formatVersion)
		case n == 0:
			d.Source = l.Source
		case l.Schema != nil:
			d.Versions = append(d.Versions, l.Schema)
		case l.Owner != nil && l.Config != nil:
			d.Configs[*l.Owner] = l.Config
		case l.Owner != nil:
			d.Modes[*l.Owner] = l.Mode
		case l.End != nil:
			if *l.End != n {
				return nil, fmt.Errorf("the export says that it has %d lines before the last, and there are %d", *l.End, n)
			}
			d.Versions, err = inOrder(d.Versions)
			return d, err
		}
	}
}
