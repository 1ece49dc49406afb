package web

import (
	"net/http"
	"slices"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/storage"
)

// settingsView is the form that changes what holds for a subject.
type settingsView struct {
	Subject  string
	Choices  []settingChoice
	Failure  string // why the registry refused
	ReadOnly string // a warning that only the mode can be changed; empty when all can
}

// settingChoice is a setting with the values to choose from.
type settingChoice struct {
	Name, Title string
	Before      string // the subject's own value; empty when it inherits
	Options     []settingOption
}

// settingOption is one value, and what it means. The empty one takes the subject's own setting away.
type settingOption struct {
	Value, Label, Words string
	Chosen              bool
}

// settings asks what is to hold for a subject.
func (u *UI) settings(r *request) (*Page, error) {
	view, err := u.settingsOf(r)
	if err != nil {
		return nil, err
	}
	return settingsPage(view), nil
}

func settingsPage(view *settingsView) *Page {
	return &Page{Template: "settings", Title: "Settings of " + view.Subject, Nav: "subjects", Context: contextOf(view.Subject), Model: view}
}

// settingsOf finds what is in force, and what would be without settings of the subject's own.
func (u *UI) settingsOf(r *request) (*settingsView, error) {
	ctx := r.Context()
	d, err := u.reg.Describe(ctx, r.param("subject"), "latest")
	if err != nil {
		return nil, err
	}
	view := &settingsView{Subject: d.Version.Subject}
	context, _ := storage.SplitSubject(view.Subject)
	above := storage.QualifySubject(context, "")
	config, err := u.reg.Config(ctx, above, true)
	if err != nil {
		return nil, err
	}
	mode, err := u.reg.Mode(ctx, above, true)
	if err != nil {
		return nil, err
	}
	if now := d.Mode.Value; now == registry.ReadOnly || now == registry.ReadOnlyOverride {
		view.ReadOnly = "The mode in force here is " + now + ": as long as it is, the level and the policy cannot be changed."
	}
	level := newChoice("level", "Compatibility level", d.Level, config.CompatibilityLevel)
	for _, l := range compat.Levels() {
		level.add(string(l), levelWords(l))
	}
	policy := newChoice("policy", "Policy", d.Policy, config.VerdictPolicy)
	for _, p := range compat.Policies() {
		if forProtobuf := p == compat.PolicyWireExact || p == compat.PolicyJSON; !forProtobuf || d.Version.Type == formats.Protobuf || policy.Before == string(p) {
			policy.add(string(p), policyWords(p))
		}
	}
	modes := newChoice("mode", "Mode", d.Mode, mode)
	for _, m := range []string{registry.ReadWrite, registry.ReadOnly} {
		modes.add(m, modeWords(m))
	}
	if !slices.ContainsFunc(modes.Options, func(o settingOption) bool { return o.Value == modes.Before }) {
		modes.add(modes.Before, modeWords(modes.Before))
	}
	view.Choices = []settingChoice{level, policy, modes}
	return view, nil
}

// newChoice starts with the choice to inherit; inherited is what that leads to, if it is known.
func newChoice(name, title string, now registry.Inherited, inherited string) settingChoice {
	c := settingChoice{Name: name, Title: title}
	if now.From == registry.FromSubject {
		c.Before = now.Value
	} else {
		inherited = now.Value
	}
	label := "Inherited"
	if inherited != "" {
		label += ": " + inherited
	}
	c.add("", "What holds for the context, for all contexts or by the server’s default, in this order. It follows when they change.")
	c.Options[0].Label = label
	return c
}

func (c *settingChoice) add(value, words string) {
	c.Options = append(c.Options, settingOption{Value: value, Label: value, Words: words, Chosen: value == c.Before})
}

// setSettings changes what the form changes; what it leaves as it is may have been changed elsewhere meanwhile, and stays.
func (u *UI) setSettings(r *request) (*Page, error) {
	if err := r.ParseForm(); err != nil {
		return nil, formError(err)
	}
	view, err := u.settingsOf(r)
	if err != nil {
		return nil, err
	}
	changed := map[string]*string{}
	for i := range view.Choices {
		c := &view.Choices[i]
		value := r.PostFormValue(c.Name)
		if value == r.PostFormValue(c.Name+"-before") {
			continue
		}
		for j := range c.Options {
			c.Options[j].Chosen = c.Options[j].Value == value
		}
		changed[c.Name] = &value
		if value == "" {
			changed[c.Name] = nil
		}
	}
	if err := u.change(r, view.Subject, changed); err != nil {
		status, _, message := u.opt.Describe(err)
		if status >= http.StatusInternalServerError {
			return nil, err
		}
		view.Failure = message
		page := settingsPage(view)
		page.Status = status
		return page, nil
	}
	said := "The settings are saved."
	if len(changed) == 0 {
		said = "Nothing was changed."
	}
	return r.done(r.links.View(view.Subject, 0, "settings"), said)
}

// change sets what is in the map; nil takes the subject's own setting away. Whatever else changes does so while the subject
// can be written to.
func (u *UI) change(r *request, subject string, changed map[string]*string) error {
	mode, setMode := changed["mode"]
	locks := mode != nil && *mode == registry.ReadOnly
	if setMode && !locks {
		if err := u.reg.SetMode(r.Context(), subject, mode, false); err != nil {
			return err
		}
	}
	level, setLevel := changed["level"]
	policy, setPolicy := changed["policy"]
	if setLevel || setPolicy {
		_, err := u.reg.SetConfig(r.Context(), subject, registry.ConfigUpdate{
			Compatibility: registry.Optional[string]{Present: setLevel, Value: level}, VerdictPolicy: registry.Optional[string]{Present: setPolicy, Value: policy},
		})
		if err != nil {
			return err
		}
	}
	if setMode && locks {
		return u.reg.SetMode(r.Context(), subject, mode, false)
	}
	return nil
}
