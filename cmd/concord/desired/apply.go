package desired

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/concord-registry/concord/cmd/concord/client"
)

// Read reads a saved plan.
func Read(name string, data []byte) (*Plan, error) {
	p := &Plan{}
	if err := json.Unmarshal(data, p); err != nil || p.Format == 0 {
		return nil, fmt.Errorf("%s is no plan: it must be a folder, or a file that concord plan --out wrote", name)
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("%s is no plan that this program can read: its format is %d, not %d", name, p.Format, planFormat)
	}
	return p, nil
}

// Moved lists what has changed in a registry since the plan was made. A plan is not to be applied to anything but what it saw.
func (p *Plan) Moved(ctx context.Context, c *client.Client) (moved []string, err error) {
	if p.Registry != c.Name() {
		return []string{fmt.Sprintf("it was made for %s, not for %s", p.Registry, c.Name())}, nil
	}
	seen := map[string]bool{}
	for _, a := range p.Actions {
		if seen[a.Subject] {
			continue
		}
		seen[a.Subject] = true
		now, err := stateOf(ctx, c, a.Subject)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(now.Versions, a.Before.Versions) {
			moved = append(moved, fmt.Sprintf("%s has %s now; it had %s", a.Subject, numbers(now.Versions), numbers(a.Before.Versions)))
		}
		if now.Level != a.Before.Level {
			moved = append(moved, fmt.Sprintf("the level of %s is %s now; it was %s", a.Subject, now.Level, a.Before.Level))
		}
	}
	return moved, nil
}

func numbers(versions []int) string {
	switch len(versions) {
	case 0:
		return "no version"
	case 1:
		return fmt.Sprintf("version %d", versions[0])
	}
	texts := make([]string, len(versions))
	for i, v := range versions {
		texts[i] = fmt.Sprint(v)
	}
	return "the versions " + strings.Join(texts, ", ")
}

// Done is what became of an action.
type Done struct {
	Kind    Kind   `json:"kind"`
	Subject string `json:"subject"`
	Version int    `json:"version,omitempty"`
	ID      int    `json:"id,omitempty"`
	Level   string `json:"level,omitempty"`
}

// Apply does what the plan says, in order, and calls done after each action. It stops at the first that fails; what was done
// before stays, and a plan made anew goes on from there.
func (p *Plan) Apply(ctx context.Context, c *client.Client, done func(Done)) error {
	actual := map[string]int{}
	for i, a := range p.Actions {
		outcome, err := a.do(ctx, c, actual)
		if err != nil {
			return fmt.Errorf("%s: %w; %d of %d actions were done before: plan again to go on", a.Subject, err, i, len(p.Actions))
		}
		done(outcome)
	}
	return nil
}

// do does one action. actual holds the versions that were registered so far: references to them were planned with the numbers
// that were expected.
func (a *Action) do(ctx context.Context, c *client.Client, actual map[string]int) (Done, error) {
	outcome := Done{Kind: a.Kind, Subject: a.Subject}
	switch a.Kind {
	case SetLevel:
		outcome.Level = string(a.Level)
		return outcome, c.SetConfig(ctx, a.Subject, map[string]any{"compatibility": a.Level})
	case Delete:
		_, err := c.DeleteSubject(ctx, a.Subject, false)
		return outcome, err
	}
	registration := *a.Registration
	registration.References = slices.Clone(registration.References)
	for i := range registration.References {
		if version, ok := actual[registration.References[i].Subject]; ok {
			registration.References[i].Version = version
		}
	}
	version, err := c.Register(ctx, a.Subject, registration, false)
	if err != nil {
		return outcome, err
	}
	outcome.Version, outcome.ID = version.Version, version.ID
	if outcome.Version == 0 {
		known, err := c.Lookup(ctx, a.Subject, registration, false, false)
		if err != nil {
			return outcome, err
		}
		outcome.Version = known.Version
	}
	actual[a.Subject] = outcome.Version
	return outcome, nil
}
