package storetest

import (
	"encoding/json"
	"fmt"

	"github.com/concord-registry/concord/storage"
)

// universe is what a comparison asks about.
type universe struct {
	contexts []string
	subjects []string // contexts as subjects included
	versions int      // 0 … versions
	ids      int      // 0 … ids
	contents []*storage.Content
}

// universeOf collects everything that a model's records were about.
func universeOf(m *model, subjects []string, versions, ids int, contents []*storage.Content) *universe {
	contexts, _ := m.Contexts()
	return &universe{append(contexts, ".nowhere"), subjects, versions, ids, contents}
}

// answers asks a view everything there is to ask and returns what it says, one line per question.
func (u *universe) answers(v storage.View) []string {
	a := &answers{}
	a.add("contexts", answer(v.Contexts()))
	a.add("counts", answer(v.Counts()))
	for _, context := range u.contexts {
		a.add("highest id of "+context, answer(v.HighestID(context)))
		for id := range u.ids + 1 {
			a.add(fmt.Sprintf("content %s %d", context, id), answer(v.Content(context, id)))
			a.add(fmt.Sprintf("rows of id %s %d", context, id), answer(v.RowsOfID(context, id)))
			a.add(fmt.Sprintf("owner of id %s %d", context, id), answer(v.Owner(context, id)))
		}
		for _, c := range u.contents {
			a.add(fmt.Sprintf("id in %s of %s", context, c.Schema), answer(v.FindID(context, storage.KeyOf(c))))
		}
		for _, prefix := range []string{"", "a", "ab", "b"} {
			for _, from := range []string{"", "a", "aa", "b"} {
				a.add(fmt.Sprintf("subjects of %s from %q with %q", context, from, prefix), listSubjects(v, context, prefix, from))
			}
		}
	}
	for _, c := range u.contents {
		a.add("ids of guid "+c.GUID, answer(v.IDsOfGUID(c.GUID)))
	}
	for _, subject := range u.subjects {
		u.askSubject(a, v, subject)
	}
	var configs, modes []any
	err := v.Configs(func(subject string, c *storage.Config) bool {
		configs = append(configs, subject, c)
		return true
	})
	a.add("configs", answer(configs, err))
	err = v.Modes(func(subject, mode string) bool {
		modes = append(modes, subject, mode)
		return true
	})
	a.add("modes", answer(modes, err))
	return a.lines
}

func (u *universe) askSubject(a *answers, v storage.View, subject string) {
	a.add(fmt.Sprintf("subject %q", subject), answer(v.Subject(subject)))
	a.add(fmt.Sprintf("rows of %q", subject), answer(v.Rows(subject)))
	a.add(fmt.Sprintf("latest of %q", subject), answer(v.Latest(subject)))
	a.add(fmt.Sprintf("config of %q", subject), answer(v.Config(subject)))
	a.add(fmt.Sprintf("mode of %q", subject), answer(v.Mode(subject)))
	for version := range u.versions + 1 {
		a.add(fmt.Sprintf("row %q %d", subject, version), answer(v.Row(subject, version)))
		a.add(fmt.Sprintf("referrers of %q %d", subject, version), answer(v.Referrers(subject, version)))
	}
	for id := range u.ids + 1 {
		a.add(fmt.Sprintf("rows of id %d in %q", id, subject), answer(v.RowsOfIDIn(subject, id)))
	}
}

func listSubjects(v storage.View, context, prefix, from string) string {
	var list []storage.Subject
	err := v.Subjects(context, prefix, from, func(s storage.Subject) bool {
		list = append(list, s)
		return true
	})
	return answer(list, err)
}

type answers struct{ lines []string }

func (a *answers) add(question, answer string) { a.lines = append(a.lines, question+": "+answer) }

// answer prints a result so that equal results print equally: an empty list is no list, and maps are ordered.
func answer[T any](value T, err error) string {
	if err != nil {
		return "error: " + err.Error()
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "error: " + err.Error()
	}
	if string(text) == "[]" {
		return "null"
	}
	return string(text)
}

// Answers asks a view everything about what it holds: every subject, version and id it lists. Two views of the same state
// give the same lines. An error is a line too.
func Answers(v storage.View) []string {
	u := &universe{versions: 3}
	contexts, err := v.Contexts()
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	u.contexts = contexts
	seen := map[string]bool{"": true}
	u.subjects = []string{""}
	for _, context := range contexts {
		highest, _ := v.HighestID(context)
		u.ids = max(u.ids, highest)
		_ = v.Subjects(context, "", "", func(s storage.Subject) bool {
			if !seen[s.Name] {
				seen[s.Name] = true
				u.subjects = append(u.subjects, s.Name)
			}
			u.versions = max(u.versions, s.Highest)
			return true
		})
		for id := range highest + 1 {
			if c, err := v.Content(context, id); err == nil && c != nil {
				u.contents = append(u.contents, c)
			}
		}
	}
	return u.answers(v)
}
