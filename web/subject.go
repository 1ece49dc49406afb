package web

import (
	"html/template"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-registry/concord/compat"
	"github.com/concord-registry/concord/compat/diff"
	"github.com/concord-registry/concord/formats"
	"github.com/concord-registry/concord/registry"
	"github.com/concord-registry/concord/registry/catalog"
	"github.com/concord-registry/concord/storage"
)

// subjectView is the page of one version.
type subjectView struct {
	Subject string
	Context string
	Type    string
	Number  int
	ID      int
	GUID    string
	Time    int64
	By      registry.Registrant
	Owner   string
	Doc     string
	Level   string // in force
	Mode    string
	Deleted bool // this version
	Gone    bool // the whole subject
	Newest  bool
	Latest  int // 0 when the subject is gone
	Before  int // the version before this one, to compare with; 0 when there is none
	Bytes   int
	Lines   int

	Versions []versionLine
	Tabs     []tab
	View     string

	Source    template.HTML
	MoreLines int // that are left out because there are too many
	Raw       bool
	RawHref   string
	TextHref  string
	Download  string
	TypeLinks int

	Tree     []treeNode
	TreeCut  bool
	Find     string // what is looked for in the tree
	Fault    string // why the text has no tree
	Uses     []referenceLine
	UsedBy   []referenceLine
	Graph    *graphView
	GraphCut bool

	SettingsHref string

	Settings   []setting
	Properties []Pair
	Tags       []Pair
	Sensitive  []string
	Rules      []ruleLine
	Snippets   []snippet
	Example    *exampleView
	Usage      *usageView // nil when nobody watches
}

// versionLine is a version in the list beside the page.
type versionLine struct {
	Number, ID int
	Time       int64
	By         registry.Registrant
	Deleted    bool
	Here       bool
	Latest     bool
	Href       string
}

// tab is one of the views of the page.
type tab struct {
	Label string
	Count int // 0 shows none
	Here  bool
	Href  string
}

// referenceLine is a reference, in or out.
type referenceLine struct {
	Name    string // as the schema calls it; empty for references in
	Subject string
	Version int
	Deleted bool
	Href    string
}

// setting is something in force, where it comes from and what it means.
type setting struct {
	Name, Value, From, Words string
	Own                      bool
}

// ruleLine is a rule of the data contract.
type ruleLine struct {
	registry.Rule
	Group  string
	Params []Pair // sorted by name
}

// views are the tabs, by the value of the parameter.
var views = []struct{ name, label string }{
	{"", "Schema"}, {"fields", "Fields"}, {"references", "References"}, {"clients", "Clients"}, {"settings", "Settings"}, {"code", "Use it"},
}

func (u *UI) subject(r *request) (*Page, error) {
	subject, version := r.param("subject"), r.param("version")
	if version == "" {
		version = "latest"
	}
	d, err := u.reg.Describe(r.Context(), subject, version)
	if err != nil {
		return nil, err
	}
	v := d.Version
	view := &subjectView{
		Subject: v.Subject, Type: string(v.Type), Number: v.Version, ID: v.ID, GUID: v.GUID, Time: v.Time, Owner: catalog.OwnerOf(v.Metadata),
		Deleted: v.Deleted, Gone: d.Latest == 0, Newest: v.Version == d.Latest, Latest: d.Latest, Bytes: len(v.Schema),
		Level: d.Level.Value, Mode: d.Mode.Value,
		TextHref: r.links.Text(v.Subject, v.Version), Download: fileName(v),
	}
	view.Context, _ = storage.SplitSubject(v.Subject)
	if v.Metadata != nil {
		view.Doc = firstOf(v.Metadata.Properties, "doc", "description")
	}
	shown := 0 // in links; the page of the subject itself goes on being that of the latest
	if r.param("version") != "" {
		shown = v.Version
	}
	view.Find = r.query("find")
	view.SettingsHref = r.links.View(v.Subject, shown, "settings")
	view.versions(r.links, d)
	view.references(r.links, d)
	view.tabs(r, shown)
	switch view.View {
	case "", "fields":
		u.text(r, view, d, shown)
	case "references":
		view.Graph = drawGraph(r.links, registry.SubjectVersion{Subject: v.Subject, Version: v.Version}, d)
		view.GraphCut = d.Cut
	case "clients":
		u.usage(view, d)
	case "settings":
		view.settings(d)
	case "code":
		view.Snippets = snippets(r.origin(), v)
		view.Example = u.example(r, v)
	}
	return &Page{
		Template: "subject", Title: v.Subject, Nav: "subjects", Context: contextFilter(view.Context), Scripts: []string{"tree.js", "graph.js"}, Model: view,
	}, nil
}

// contextOf is the context that a page about a subject stays in.
func contextOf(subject string) string {
	context, _ := storage.SplitSubject(subject)
	return contextFilter(context)
}

// contextFilter is the context to stay in: that of the page, unless it is the default one, from which one may see all.
func contextFilter(context string) string {
	if context == storage.DefaultContext {
		return ""
	}
	return context
}

func firstOf(properties map[string]string, names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(properties[name]); value != "" {
			return value
		}
	}
	return ""
}

// fileName is what a downloaded text is called.
func fileName(v *registry.SchemaVersion) string {
	return fileBase(v) + "-v" + strconv.Itoa(v.Version) + fileEndings[v.Type]
}

// localName is the file that a schema would be in at a developer's.
func localName(v *registry.SchemaVersion) string { return fileBase(v) + fileEndings[v.Type] }

var fileEndings = map[formats.Type]string{formats.Avro: ".avsc", formats.Protobuf: ".proto", formats.JSON: ".schema.json"}

func fileBase(v *registry.SchemaVersion) string {
	_, name := storage.SplitSubject(v.Subject)
	name = strings.TrimSuffix(name, fileEndings[v.Type]) // subjects of imported files are often called as the file
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, name)
}

func (view *subjectView) versions(l Links, d *registry.Description) {
	for _, row := range slices.Backward(d.Versions) {
		here := row.Version == view.Number
		view.Versions = append(view.Versions, versionLine{
			Number: row.Version, ID: row.ID, Time: row.Time, By: row.By, Deleted: row.Deleted, Here: here, Latest: row.Version == d.Latest, Href: l.Version(view.Subject, row.Version),
		})
		if here {
			view.By = row.By
		}
		if row.Version < view.Number && view.Before == 0 && (!row.Deleted || view.Deleted) {
			view.Before = row.Version
		}
	}
}

func (view *subjectView) references(l Links, d *registry.Description) {
	at := registry.SubjectVersion{Subject: view.Subject, Version: view.Number}
	for _, a := range d.Uses {
		if a.From == at {
			view.Uses = append(view.Uses, referenceLine{Name: a.Name, Subject: a.To.Subject, Version: a.To.Version, Href: l.Version(a.To.Subject, a.To.Version)})
		}
	}
	for _, a := range d.UsedBy {
		if a.To == at {
			view.UsedBy = append(view.UsedBy, referenceLine{Subject: a.From.Subject, Version: a.From.Version, Deleted: a.Deleted, Href: l.Version(a.From.Subject, a.From.Version)})
		}
	}
}

func (view *subjectView) tabs(r *request, shown int) {
	wanted := r.query("view")
	for _, v := range views {
		t := tab{Label: v.label, Here: v.name == wanted, Href: r.links.View(view.Subject, shown, v.name)}
		if v.name == "references" {
			t.Count = len(view.Uses) + len(view.UsedBy)
		}
		if t.Here {
			view.View = v.name
		}
		view.Tabs = append(view.Tabs, t)
	}
	if !slices.ContainsFunc(view.Tabs, func(t tab) bool { return t.Here }) {
		view.Tabs[0].Here = true
	}
}

// maxTexts bounds the texts of references in which types are looked for.
const maxTexts = 40

// text fills in the text and the tree, with every type that is named linked to its definition.
func (u *UI) text(r *request, view *subjectView, d *registry.Description, shown int) {
	v := d.Version
	view.Raw = r.query("text") == "raw"
	text := v.Schema
	if !view.Raw || view.View == "fields" {
		text = diff.LayoutText(v.Type, text)
	}
	view.Lines = strings.Count(strings.TrimSuffix(text, "\n"), "\n") + 1
	view.RawHref = r.links.View(view.Subject, shown, "") + "?text=raw"
	outline, err := u.opt.Engine.Outline(v.Type, text)
	places := definitions{}
	if err == nil {
		page := r.links.View(view.Subject, shown, "")
		if view.View == "" {
			page = "" // lines of this very page
		}
		places.add(outline.Nodes, page, "")
		u.referred(r, places, d)
	}
	if view.View == "fields" {
		if err != nil {
			view.Fault = err.Error()
			return
		}
		left := maxTreeNodes
		view.Tree = tree(outline.Nodes, r.links.View(view.Subject, shown, ""), places, 0, &left)
		view.TreeCut = left == 0
		return
	}
	var links map[place]string
	if err == nil {
		links = places.links(outline.Uses)
	}
	view.TypeLinks = len(links)
	view.Source, view.MoreLines = source(v.Type, text, links)
}

// referred adds the definitions in the texts that a version refers to, directly or through others. What cannot be read is
// not linked to.
func (u *UI) referred(r *request, places definitions, d *registry.Description) {
	seen := map[registry.SubjectVersion]bool{}
	for _, a := range d.Uses {
		if seen[a.To] || len(seen) == maxTexts {
			continue
		}
		seen[a.To] = true
		target, err := u.reg.Version(r.Context(), a.To.Subject, strconv.Itoa(a.To.Version), registry.ReadOptions{WithDeleted: true})
		if err != nil {
			continue
		}
		page := r.links.Version(a.To.Subject, a.To.Version)
		if outline, err := u.opt.Engine.Outline(target.Type, diff.LayoutText(target.Type, target.Schema)); err == nil {
			places.add(outline.Nodes, page, a.Name)
		}
		if places[a.Name] == "" {
			places[a.Name] = page
		}
	}
}

// settings fills in what is in force, and the metadata and rules.
func (view *subjectView) settings(d *registry.Description) {
	c := d.Config
	view.Settings = []setting{
		inherited("Compatibility level", d.Level, view.Context, levelWords(compat.Level(d.Level.Value))),
		inherited("Policy", d.Policy, view.Context, policyWords(compat.Policy(d.Policy.Value))),
		inherited("Mode", d.Mode, view.Context, modeWords(d.Mode.Value)),
	}
	add := func(name, value, words string) {
		view.Settings = append(view.Settings, setting{Name: name, Value: value, Words: words})
	}
	if c.Alias != "" {
		add("Alias of", c.Alias, "Whoever asks for this subject is answered with that one.")
	}
	if c.Normalize != nil {
		add("Normalize", onOff(*c.Normalize), "Schemas are brought into one order and spelling before they are compared with what is registered.")
	}
	if c.ValidateFields != nil {
		add("Validate fields", onOff(*c.ValidateFields), "Field names that are reserved are refused.")
	}
	if c.ValidateNewSchemas != nil {
		add("Validate new schemas", onOff(*c.ValidateNewSchemas), "New schemas are held to all rules of their format before they are taken.")
	}
	if c.CompatibilityPolicy != "" {
		add("Reading", c.CompatibilityPolicy, "How open JSON schemas are read when they are compared.")
	}
	if c.CompatibilityGroup != "" {
		add("Compatibility group", c.CompatibilityGroup, "Only versions with the same value of this metadata property are compared.")
	}
	v := d.Version
	if m := v.Metadata; m != nil {
		view.Properties = pairs(m.Properties)
		for _, path := range slices.Sorted(maps.Keys(m.Tags)) {
			view.Tags = append(view.Tags, Pair{path, strings.Join(m.Tags[path], ", ")})
		}
		view.Sensitive = m.Sensitive
	}
	if set := v.RuleSet; set != nil {
		for _, group := range []struct {
			name  string
			rules []registry.Rule
		}{{"Domain", set.DomainRules}, {"Migration", set.MigrationRules}, {"Encoding", set.EncodingRules}} {
			for _, rule := range group.rules {
				view.Rules = append(view.Rules, ruleLine{rule, group.name, pairs(rule.Params)})
			}
		}
	}
}

// pairs are the entries of a map, sorted by name.
func pairs(m map[string]string) []Pair {
	var all []Pair
	for _, name := range slices.Sorted(maps.Keys(m)) {
		all = append(all, Pair{name, m[name]})
	}
	return all
}

func onOff(on bool) string { return map[bool]string{true: "on", false: "off"}[on] }

func inherited(name string, s registry.Inherited, context, words string) setting {
	from := map[registry.Origin]string{
		registry.FromSubject: "set on this subject", registry.FromGlobal: "set for all contexts", registry.FromServer: "the server’s default",
		registry.FromContext: "inherited from the context " + context,
	}[s.From]
	if s.From == registry.FromContext && context == storage.DefaultContext {
		from = "inherited from the registry’s own setting"
	}
	return setting{Name: name, Value: s.Value, From: from, Words: words, Own: s.From == registry.FromSubject}
}
