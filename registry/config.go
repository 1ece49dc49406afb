package registry

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/storage"
)

// settings are a subject's config in force.
type settings struct {
	Config
	level  compat.Level
	policy compat.Policy
}

func (s *settings) normalizes() bool { return s.Normalize != nil && *s.Normalize }

func (s *settings) validatesFields() bool { return s.ValidateFields != nil && *s.ValidateFields }

func (s *settings) validatesNew() bool { return s.ValidateNewSchemas == nil || *s.ValidateNewSchemas }

func (s *settings) lenient() bool { return s.CompatibilityPolicy == "LENIENT" }

// fillsIn reports whether the config adds metadata or rules to what is registered.
func (s *settings) fillsIn() bool {
	return s.DefaultMetadata != nil || s.OverrideMetadata != nil || s.DefaultRuleSet != nil || s.OverrideRuleSet != nil
}

// configChain lists whose records apply to a subject: its own, that of its context, the one for every context.
func configChain(subject string) []string {
	return slices.Compact([]string{subject, contextSubject(contextOf(subject)), globalSubject})
}

// effectiveConfig returns the config in force for a subject. Level, policies, group and validation settings each come
// from the first record that sets them; alias, metadata and rules come from the subject's own record, or from its
// context's if it has none (rest-contract §5.9; unlike the reference, a record without a level does not hide the level of
// its context).
func (r *Registry) effectiveConfig(v storage.View, subject string) (*settings, error) {
	s := &settings{}
	found := false
	for _, owner := range configChain(subject) {
		record, err := v.Config(owner)
		if err != nil {
			return nil, err
		}
		if record == nil {
			continue
		}
		if !found {
			s.Config, found = *record, true
			continue
		}
		inherit(&s.Config, record)
	}
	if s.CompatibilityLevel == "" {
		s.CompatibilityLevel = string(r.opt.Level)
	}
	s.Subject = ""
	s.level = compat.Level(s.CompatibilityLevel)
	s.policy = r.opt.Policy
	if s.VerdictPolicy != "" {
		s.policy = compat.Policy(s.VerdictPolicy)
	}
	return s, nil
}

// inherit fills in what a config leaves open from the next one of its chain.
func inherit(c, from *Config) {
	c.CompatibilityLevel = cmp.Or(c.CompatibilityLevel, from.CompatibilityLevel)
	c.CompatibilityPolicy = cmp.Or(c.CompatibilityPolicy, from.CompatibilityPolicy)
	c.CompatibilityGroup = cmp.Or(c.CompatibilityGroup, from.CompatibilityGroup)
	c.VerdictPolicy = cmp.Or(c.VerdictPolicy, from.VerdictPolicy)
	c.Normalize = cmp.Or(c.Normalize, from.Normalize)
	c.ValidateFields = cmp.Or(c.ValidateFields, from.ValidateFields)
	c.ValidateNewSchemas = cmp.Or(c.ValidateNewSchemas, from.ValidateNewSchemas)
	c.ValidateRules = cmp.Or(c.ValidateRules, from.ValidateRules)
}

// Config returns the config of a subject (or of a context, or the global one for an empty subject). effective asks for
// what is in force rather than for the subject's own record. The level is always filled in. SubjectLevelNotConfigured.
func (r *Registry) Config(ctx context.Context, subject string, effective bool) (*Config, error) {
	subject = normalize(subject)
	var result *Config
	err := r.store.View(func(v storage.View) error {
		inForce, err := r.effectiveConfig(v, subject)
		if err != nil {
			return err
		}
		own, err := v.Config(subject)
		if err != nil {
			return err
		}
		switch {
		case effective || own == nil && subject == "":
			result = &inForce.Config
		case own == nil:
			return errorf(SubjectLevelNotConfigured, "Subject '%s' does not have subject-level compatibility configured", subject)
		default:
			result = withLevel(own, inForce.CompatibilityLevel)
		}
		return nil
	})
	return result, err
}

// withLevel returns a copy of a record for the outside, with its level filled in.
func withLevel(c *Config, level string) *Config {
	shown := *c
	shown.Subject = ""
	shown.CompatibilityLevel = cmp.Or(shown.CompatibilityLevel, level)
	return &shown
}

// SetConfig merges an update into the stored config and returns the result. InvalidLevel, InvalidRuleSet,
// InvalidSubject, OperationNotPermitted.
func (r *Registry) SetConfig(ctx context.Context, subject string, update ConfigUpdate) (*Config, error) {
	subject = normalize(subject)
	if err := validConfigSubject(subject); err != nil {
		return nil, err
	}
	if err := checkConfig(&update); err != nil {
		return nil, err
	}
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		if err := r.requireWritable(v, subject); err != nil {
			return nil, nil, err
		}
		stored, err := v.Config(subject)
		if err != nil {
			return nil, nil, err
		}
		merged := Config{}
		if stored != nil {
			merged = *stored
		}
		update.applyTo(&merged)
		merged.Subject = subject
		shown := merged
		shown.Subject = ""
		return []storage.Record{storage.PutConfig(merged, now())}, &shown, nil
	})
	if err != nil {
		return nil, err
	}
	return result.(*Config), nil
}

// checkConfig validates the values of an update and gives them their stored spelling.
func checkConfig(u *ConfigUpdate) error {
	if p := u.Compatibility.Value; p != nil {
		level, ok := compat.ParseLevel(*p)
		if !ok {
			return errorf(InvalidLevel, "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive")
		}
		*p = string(level)
	}
	if p := u.CompatibilityPolicy.Value; p != nil {
		*p = strings.ToUpper(*p)
		if !slices.Contains([]string{"STRICT", "LENIENT", "LOGICAL"}, *p) {
			return errorf(InvalidLevel, "Invalid compatibility policy. Valid values are STRICT, LENIENT and LOGICAL")
		}
	}
	if p := u.VerdictPolicy.Value; p != nil {
		policy, ok := compat.ParsePolicy(*p)
		if !ok {
			return errorf(InvalidLevel, "Invalid verdict policy. Valid values are reference, semantic, strict, wire-exact and json")
		}
		*p = string(policy)
	}
	for _, m := range []*Optional[Metadata]{&u.DefaultMetadata, &u.OverrideMetadata} {
		m.Value = sortMetadata(m.Value)
	}
	for _, set := range []*Optional[RuleSet]{&u.DefaultRuleSet, &u.OverrideRuleSet} {
		checked, err := checkRules(set.Value)
		if err != nil {
			return err
		}
		set.Value = checked
	}
	return nil
}

// applyTo lays the members that are present over a stored config.
func (u *ConfigUpdate) applyTo(c *Config) {
	assign(&c.Alias, u.Alias)
	assign(&c.AliasForDeks, u.AliasForDeks)
	assign(&c.CompatibilityLevel, u.Compatibility)
	assign(&c.CompatibilityPolicy, u.CompatibilityPolicy)
	assign(&c.CompatibilityGroup, u.CompatibilityGroup)
	assign(&c.VerdictPolicy, u.VerdictPolicy)
	assignPointer(&c.Normalize, u.Normalize)
	assignPointer(&c.ValidateFields, u.ValidateFields)
	assignPointer(&c.ValidateNewSchemas, u.ValidateNewSchemas)
	assignPointer(&c.ValidateRules, u.ValidateRules)
	assignPointer(&c.DefaultMetadata, u.DefaultMetadata)
	assignPointer(&c.OverrideMetadata, u.OverrideMetadata)
	assignPointer(&c.DefaultRuleSet, u.DefaultRuleSet)
	assignPointer(&c.OverrideRuleSet, u.OverrideRuleSet)
}

func assign(field *string, o Optional[string]) {
	if !o.Present {
		return
	}
	*field = ""
	if o.Value != nil {
		*field = *o.Value
	}
}

func assignPointer[T any](field **T, o Optional[T]) {
	if o.Present {
		*field = o.Value
	}
}

// DeleteConfig removes a config record and returns what it was. SubjectNotFound when there is none, except for the
// global one, which then is the default.
func (r *Registry) DeleteConfig(ctx context.Context, subject string) (*Config, error) {
	subject = normalize(subject)
	result, err := r.store.Update(ctx, func(v storage.View) ([]storage.Record, any, error) {
		inForce, err := r.effectiveConfig(v, subject)
		if err != nil {
			return nil, nil, err
		}
		stored, err := v.Config(subject)
		switch {
		case err != nil:
			return nil, nil, err
		case stored == nil && subject != "":
			return nil, nil, subjectNotFound(subject)
		}
		if err := r.requireWritable(v, subject); err != nil {
			return nil, nil, err
		}
		if stored == nil {
			return nil, &inForce.Config, nil
		}
		return []storage.Record{storage.DropConfig(subject, now())}, withLevel(stored, inForce.CompatibilityLevel), nil
	})
	if err != nil {
		return nil, err
	}
	return result.(*Config), nil
}

// Alias returns the subject that a subject's config redirects to; empty when it does not. It is one hop, and a target
// without a context is in that of the alias.
func (r *Registry) Alias(ctx context.Context, subject string) (string, error) {
	subject = normalize(subject)
	if isContext(subject) {
		return "", nil
	}
	target := ""
	err := r.store.View(func(v storage.View) error {
		c, err := v.Config(subject)
		if err == nil && c != nil && c.Alias != "" {
			target = storage.ReferredSubject(contextOf(subject), c.Alias)
		}
		return err
	})
	return target, err
}

// now is the time that records carry, in milliseconds.
func now() int64 { return time.Now().UnixMilli() }
