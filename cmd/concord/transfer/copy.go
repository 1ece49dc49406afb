package transfer

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
	"github.com/concord-registry/concord/cmd/concord/parallel"
	"github.com/concord-registry/concord/compat/engine"
	"github.com/concord-registry/concord/storage"
)

// importMode is the mode in which a registry takes versions with their ids.
const importMode = "IMPORT"

// Plan is what is to be done to a registry so that it holds all that a dump does. What it holds beyond that stays.
type Plan struct {
	from      *Dump
	register  []*client.Version
	remove    []*client.Version // to be deleted softly
	Present   int               // versions that are there already
	conflicts []string
}

// Counts are the versions to register, those to delete softly, and the configs and modes to set.
func (p *Plan) Counts() (register, remove, settings int) {
	return len(p.register), len(p.remove), len(p.from.Configs) + len(p.from.Modes)
}

// Conflict is an error that lists versions which are something else in the target; nil when there are none.
func (p *Plan) Conflict() error {
	if len(p.conflicts) == 0 {
		return nil
	}
	const most = 10
	list := p.conflicts
	if len(list) > most {
		list = append(slices.Clone(list[:most]), fmt.Sprintf("and %d more", len(p.conflicts)-most))
	}
	return fmt.Errorf("the registry holds something else under these numbers, so nothing was imported:\n  %s", strings.Join(list, "\n  "))
}

// NewPlan compares a dump with what a registry holds now; e reads schemas that the two spell in different ways.
func NewPlan(ctx context.Context, e *engine.Engine, from *Dump, c *client.Client) (*Plan, error) {
	versions, err := readVersions(ctx, c)
	if err != nil {
		return nil, err
	}
	here := &comparison{ctx: ctx, engine: e, original: index(from)}
	there := &comparison{ctx: ctx, engine: e, original: index(&Dump{Versions: versions})}
	byID := make(map[contextID]*client.Version, len(versions))
	for _, w := range versions {
		byID[idOf(w)] = w
	}
	p := &Plan{from: from}
	for _, v := range from.Versions {
		present := there.original[key(v)]
		if present != nil && present.ID != v.ID {
			p.conflict(v, "id %d there and %d here", present.ID, v.ID)
			continue
		}
		if w := cmp.Or(present, byID[idOf(v)]); w != nil && !sameSchema(here, v, there, w) {
			p.conflict(v, "id %d, which is another schema there, that of %s version %d", v.ID, w.Subject, w.Version)
			continue
		}
		if present == nil {
			p.register = append(p.register, v)
		} else {
			p.Present++
		}
		if v.Deleted && (present == nil || !present.Deleted) {
			p.remove = append(p.remove, v)
		}
	}
	return p, nil
}

func (p *Plan) conflict(v *client.Version, format string, args ...any) {
	p.conflicts = append(p.conflicts, fmt.Sprintf("%s version %d has ", v.Subject, v.Version)+fmt.Sprintf(format, args...))
}

// contextID names what an id stands for: contexts give their ids independently.
type contextID struct {
	context string
	id      int
}

func idOf(v *client.Version) contextID {
	context, _ := storage.SplitSubject(v.Subject)
	return contextID{context, v.ID}
}

// sameSchema reports whether two registries hold the same schema, however they spell it.
func sameSchema(here *comparison, v *client.Version, there *comparison, w *client.Version) bool {
	return v.Type == w.Type && (v.Schema == w.Schema || here.canonical(v) == there.canonical(w))
}

// Apply carries the plan out; step is called for each version that was registered or deleted. The contexts that versions are registered
// in are in mode IMPORT meanwhile, and stay in it when Apply fails: run it again, it goes on where it ended.
func (p *Plan) Apply(ctx context.Context, c *client.Client, step func()) error {
	if err := p.open(ctx, c); err != nil {
		return err
	}
	for _, wave := range waves(p.register) {
		err := parallel.Each(ctx, jobs, wave, func(ctx context.Context, versions []*client.Version) error {
			for _, v := range versions {
				if err := put(ctx, c, v); err != nil {
					return fmt.Errorf("%s version %d: %w", v.Subject, v.Version, err)
				}
				step()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, wave := range slices.Backward(waves(p.remove)) {
		err := parallel.Each(ctx, jobs, wave, func(ctx context.Context, versions []*client.Version) error {
			for _, v := range versions {
				if err := c.DeleteVersion(ctx, v.Subject, v.Version, false); err != nil {
					return fmt.Errorf("deleting %s version %d: %w", v.Subject, v.Version, err)
				}
				step()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return p.settle(ctx, c)
}

func put(ctx context.Context, c *client.Client, v *client.Version) error {
	made, err := c.Register(ctx, v.Subject, client.Registration{
		Schema: v.Schema, Type: v.Type, References: v.References, Metadata: v.Metadata, RuleSet: v.RuleSet, ID: v.ID, Version: v.Version,
	}, false)
	if err == nil && made.ID != v.ID {
		err = fmt.Errorf("it was given id %d instead of %d", made.ID, v.ID)
	}
	return err
}

// open puts the contexts that are written to into mode IMPORT. Modes of subjects would win over it.
func (p *Plan) open(ctx context.Context, c *client.Client) error {
	contexts, subjects := map[string]bool{}, map[string]bool{}
	for _, v := range append(slices.Clone(p.register), p.remove...) {
		subjects[v.Subject] = true
		name, _ := storage.SplitSubject(v.Subject)
		contexts[ownerOf(name)] = true
	}
	for _, owner := range sortedKeys(contexts) {
		if err := c.SetMode(ctx, owner, importMode, true); err != nil {
			return fmt.Errorf("putting the registry into mode %s: %w", importMode, err)
		}
	}
	return parallel.Each(ctx, jobs, sortedKeys(subjects), func(ctx context.Context, subject string) error {
		mode, err := c.Mode(ctx, subject, false)
		if err != nil || mode == "" {
			return err
		}
		return c.DeleteMode(ctx, subject)
	})
}

// ownerOf is what the config and the mode of a context are kept under.
func ownerOf(name string) string {
	if name == storage.DefaultContext {
		return ""
	}
	return storage.QualifySubject(name, "")
}

// settle gives the target the configs and modes of the source, and takes mode IMPORT away where the source has none.
func (p *Plan) settle(ctx context.Context, c *client.Client) error {
	err := parallel.Each(ctx, jobs, sortedKeys(p.from.Configs), func(ctx context.Context, owner string) error {
		members, err := settable(p.from.Configs[owner])
		if err == nil {
			err = c.SetConfig(ctx, owner, members)
		}
		if err != nil {
			return fmt.Errorf("the config of %s: %w", nameOf(owner), err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	owners := map[string]bool{"": true}
	for _, v := range p.from.Versions {
		name, _ := storage.SplitSubject(v.Subject)
		owners[ownerOf(name)] = true
	}
	for owner := range p.from.Modes {
		owners[owner] = true
	}
	for _, owner := range sortedKeys(owners) {
		if err := settleMode(ctx, c, owner, p.from.Modes[owner]); err != nil {
			return fmt.Errorf("the mode of %s: %w", nameOf(owner), err)
		}
	}
	return nil
}

// settleMode sets a mode, or takes away the one that open set.
func settleMode(ctx context.Context, c *client.Client, owner, mode string) error {
	if mode != "" {
		return c.SetMode(ctx, owner, mode, true)
	}
	present, err := c.Mode(ctx, owner, false)
	if err != nil || present != importMode {
		return err
	}
	return c.DeleteMode(ctx, owner)
}

// settable are the members of a config as a request names them.
func settable(config *client.Config) (map[string]any, error) {
	text, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	members := map[string]any{}
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	if level, ok := members["compatibilityLevel"]; ok {
		delete(members, "compatibilityLevel")
		members["compatibility"] = level
	}
	return members, nil
}

func nameOf(owner string) string {
	if owner == "" {
		return "the registry"
	}
	return owner
}

// waves splits versions, which are in order, so that a wave refers to earlier ones only. The versions of a subject stay together and in
// order.
func waves(versions []*client.Version) [][][]*client.Version {
	depth := make(map[client.SubjectVersion]int, len(versions))
	var out []map[string][]*client.Version
	for _, v := range versions {
		d := 0
		for _, to := range referred(v) {
			if at, ok := depth[to]; ok {
				d = max(d, at+1)
			}
		}
		depth[key(v)] = d
		for len(out) <= d {
			out = append(out, map[string][]*client.Version{})
		}
		out[d][v.Subject] = append(out[d][v.Subject], v)
	}
	list := make([][][]*client.Version, len(out))
	for i, wave := range out {
		for _, subject := range sortedKeys(wave) {
			list[i] = append(list[i], wave[subject])
		}
	}
	return list
}
